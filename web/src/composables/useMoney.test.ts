import { expect, test } from 'vitest'

import { parseAmount } from './useMoney'

test.each([
  ['12', 1200],
  ['12.', 1200],
  ['12.3', 1230],
  [' 0.01 ', 1],
  ['999999999.99', 99999999999],
])('%s is %i fen', (typed, amount) => {
  expect(parseAmount(typed)).toBe(amount)
})

test.each(['', '0', '0.00', '-1', '1.234', '1e3', '1,000', '.5', 'x'])('%s is no amount', (typed) => {
  expect(parseAmount(typed)).toBeNull()
})
