import { expect, test } from 'vitest'

import { bars, symbols, WIDTHS } from './code128'

test('every symbol is its own, eleven modules wide, with an even number of them black', () => {
  expect(WIDTHS.length).toBe(106)
  expect(new Set(WIDTHS).size).toBe(106)
  for (const widths of WIDTHS) {
    const modules = [...widths].map(Number)
    const black = modules.filter((_, at) => at % 2 === 0)
    expect([modules.length, modules.reduce((sum, one) => sum + one)]).toEqual([6, 11])
    expect(black.reduce((sum, one) => sum + one) % 2).toBe(0)
  }
})

test('digits go in pairs, text letter by letter, and the check closes both', () => {
  // 105 + 1·12 + 2·34 = 185, 185 mod 103 = 82.
  expect(symbols('1234')).toEqual([105, 12, 34, 82])
  // PJJ123C, worked out in every description: 54 when it begins in A, so one more when it begins in B.
  expect(symbols('PJJ123C')).toEqual([104, 48, 42, 42, 17, 18, 19, 35, 55])
  expect(symbols('123')?.[0]).toBe(104)
  expect([symbols(''), symbols('茶'), bars('茶')]).toEqual([null, null, null])
})

test('bars and gaps fill the width', () => {
  const drawn = bars('100000000001')
  expect(drawn?.modules).toBe(11 * 8 + 13)
  const last = drawn?.bars.at(-1)
  expect((last?.at ?? 0) + (last?.width ?? 0)).toBe(drawn?.modules)
})
