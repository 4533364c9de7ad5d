import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { chosenLocale, LOCALES } from '.'

const SRC = join(import.meta.dirname, '..')
const CATALOGUES = join(SRC, 'locales')
const FACES = ['common', 'app', 'desk', 'console', 'devtools', 'kiosk']

function flat(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]): [string, string][] =>
    typeof value === 'string' ? [[path + name, value]] : flat(value as object, `${path}${name}.`),
  )
}

const catalogue = (face: string, locale: string): Map<string, string> =>
  new Map(flat(JSON.parse(readFileSync(join(CATALOGUES, `${face}.${locale}.json`), 'utf8')) as object))

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path) && !path.endsWith('.test.ts'))
  .map((path) => [path, readFileSync(join(SRC, path), 'utf8')] as const)

/** Comments are for developers; everything else in a source is code or reaches a reader. */
const uncommented = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|^\s*\/\/.*$/gm, '')

/** The mark's own name is the same in every language. */
const NAME = /胡同/g

test.each(FACES)('%s says the same things, with the same blanks, in every language', (face) => {
  const [first, ...others] = LOCALES.map((locale) => catalogue(face, locale))
  const blanks = (text = '') => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
  for (const other of others) {
    expect([...other.keys()].sort()).toEqual([...(first?.keys() ?? [])].sort())
    for (const [key, text] of other) expect(blanks(text), key).toEqual(blanks(first?.get(key)))
  }
})

test.each(LOCALES)('no string of %s is empty', (locale) => {
  for (const face of FACES) {
    for (const [key, text] of catalogue(face, locale)) expect(text.trim(), `${face} ${key}`).not.toBe('')
  }
})

test('every string that a page asks for is in a catalogue that it loads, and every string is asked for', () => {
  const facesOf = (path: string) =>
    path.startsWith('desk') ? ['desk'] : path.startsWith('console') ? ['console'] : path.startsWith('devtools') ? ['devtools'] : path.startsWith('kiosk') ? ['kiosk'] : path.startsWith('workbench') ? ['desk', 'console'] : ['app']
  const asked = new Set<string>()
  const begun = new Set<string>() // t(`did.${…}`) asks for whatever begins like this
  for (const [path, text] of sources) {
    for (const [, start = ''] of text.matchAll(/\bt\(\s*`([\w-]+(?:\.[\w-]+)*\.)\$\{/g)) begun.add(start)
    for (const [, call = ''] of text.matchAll(/\bt\(\s*([^()]*)/g)) {
      for (const [, key = ''] of call.matchAll(/'([\w-]+(?:\.[\w-]+)+)'/g)) {
        asked.add(key)
        for (const face of facesOf(path)) {
          const known = catalogue('common', 'en').has(key) || catalogue(face, 'en').has(key)
          expect(known, `${path} asks for ${key}, which ${face} does not have`).toBe(true)
        }
      }
    }
  }
  const kept = FACES.flatMap((face) => [...catalogue(face, 'en').keys()]).filter((key) => !key.startsWith('errors.'))
  expect(kept.filter((key) => !asked.has(key) && ![...begun].some((start) => key.startsWith(start)))).toEqual([])
})

test('no source speaks to readers past the catalogues', () => {
  for (const [path, text] of sources) {
    expect(uncommented(text).replace(NAME, ''), path).not.toMatch(/\p{Script=Han}/u)
  }
})

test.each([
  [['fr', 'en-GB'], 'en'],
  [['zh-TW'], 'zh-CN'],
  [['fr'], 'zh-CN'],
] as const)('a browser that speaks %j reads %s', (languages, locale) => {
  expect(chosenLocale(languages)).toBe(locale)
})
