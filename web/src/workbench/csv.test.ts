import { expect, test } from 'vitest'

import { csvOf, everyPage } from './csv'

test('commas, quotes and line ends stay inside their cell, and nothing runs as a formula', () => {
  expect(csvOf(['a', 'b'], [['x,"y"\n', 3], ['=HYPERLINK("http://x")', null]])).toBe('\uFEFFa,b\r\n"x,""y""\n",3\r\n"\'=HYPERLINK(""http://x"")",\r\n')
})

test('an amount below zero stays a number', () => {
  expect(csvOf(['n'], [[-12]])).toBe('\uFEFFn\r\n-12\r\n')
})

test('every page is fetched by the key of the one before, up to a limit', async () => {
  const pages: Record<string, { items: number[]; next: string | null }> = { '': { items: [1, 2], next: 'b' }, b: { items: [], next: 'c' }, c: { items: [3], next: null } }
  const fetch = (before: string | null) => Promise.resolve(pages[before ?? ''] ?? { items: [], next: null })
  expect(await everyPage(fetch)).toEqual([1, 2, 3])
  expect(await everyPage(fetch, 2)).toEqual([1, 2])
})
