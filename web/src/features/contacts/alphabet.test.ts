import { expect, test } from 'vitest'

import { compareNames, letterOf } from './alphabet'

const name = (...codes: number[]) => String.fromCodePoint(...codes)
const AN = name(0x5b89)
const ZHANG = name(0x5f20)
const LIN = name(0x6797)
const WU = name(0x5434)
const XU = name(0x8bb8)
const RUO = name(0x82e5)

test.each([
  [AN, 'A'],
  [LIN, 'L'],
  [RUO, 'R'],
  [WU, 'W'],
  [XU, 'X'],
  [ZHANG, 'Z'],
  ['bob', 'B'],
  ['\u00c9mile', 'E'],
  ['007', '#'],
  ['\u{1F375}', '#'],
  ['', '#'],
])('%s stands under %s', (written, letter) => {
  expect(letterOf(written)).toBe(letter)
})

test('names stand by letter, what has none at the end', () => {
  expect(['9', ZHANG, 'bob', AN, LIN].sort(compareNames)).toEqual([AN, 'bob', LIN, ZHANG, '9'])
})
