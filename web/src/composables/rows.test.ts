import { expect, test } from 'vitest'

import { layOut, rowAt } from './rows'

test('rows stand where measured heights put them, the unseen ones by estimate', () => {
  const offsets = layOut(['a', 'b', 'c'], new Map([['b', 200]]), 50)
  expect([...offsets]).toEqual([0, 50, 250, 300])
})

test.each([
  [-100, 0],
  [0, 0],
  [49, 0],
  [50, 1],
  [249, 1],
  [250, 2],
  [9999, 2],
])('at %i stands row %i', (position, row) => {
  expect(rowAt(layOut(['a', 'b', 'c'], new Map([['b', 200]]), 50), position)).toBe(row)
})

test('an empty list has a first row that nobody draws', () => {
  expect(rowAt(layOut([], new Map(), 50), 10)).toBe(0)
})
