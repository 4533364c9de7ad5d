import { expect, test } from 'vitest'

import { fenOf } from './fen'

test.each([
  ['18', 1800],
  ['18.', 1800],
  [' 18.5 ', 1850],
  ['0.07', 7],
  ['1.005', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
  ['１８', null],
  ['9999999999', null],
])('%j is %s', (text, fen) => expect(fenOf(text)).toBe(fen))
