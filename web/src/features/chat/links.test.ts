import { expect, test } from 'vitest'

import { cut } from './links'
import { calledIn, nameBefore } from './mentions'

test.each([
  ['no address', [['no address']]],
  ['see https://tea.example/a?b=1. Now', [['see '], ['https://tea.example/a?b=1', 'link'], ['. Now']]],
  ['http://a.example\uff0chttps://b.example', [['http://a.example', 'link'], ['\uff0c'], ['https://b.example', 'link']]],
  ['javascript:alert(1)', [['javascript:alert(1)']]],
])('%s', (text, parts) => {
  expect(cut(text).map((part) => (part.url === undefined ? [part.text] : [part.text, 'link']))).toEqual(parts)
})

test.each([
  ['@', 1, ''],
  ['hello @an', 9, 'an'],
  ['mail@an', 7, null],
  ['@an is', 6, null],
])('in %j at %i the name being written is %j', (text, caret, name) => {
  expect(nameBefore(text, caret)).toBe(name)
})

test('only those whose name is still in the text are called', () => {
  const chosen = [
    { id: '1', name: 'Ann' },
    { id: '2', name: 'Bob' },
  ]
  expect(calledIn('@Ann come', chosen)).toEqual(['1'])
})
