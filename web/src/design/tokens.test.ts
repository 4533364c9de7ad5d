import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const tdesign = readFileSync(join(import.meta.dirname, 'tdesign.css'), 'utf8')
const colours = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    [light, dark] as const,
  ]),
)

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

test.each([
  ['text', 'page'],
  ['text', 'card'],
  ['text-2', 'card'],
  ['text-2', 'page'],
  ['hint', 'card'],
  ['hint', 'page'],
  ['on-gate', 'gate'],
  ['gate', 'card'],
  ['gate', 'gate-soft'],
  ['jade', 'jade-soft'],
  ['amber', 'amber-soft'],
  ['text', 'bubble-mine'],
  ['text', 'bubble-theirs'],
  ['link', 'card'],
])('%s can be read on %s in both themes', (text, ground) => {
  for (const theme of [0, 1] as const) {
    const [one, other] = [colours.get(text)?.[theme], colours.get(ground)?.[theme]]
    expect(contrast(one ?? '', other ?? '')).toBeGreaterThanOrEqual(4.5)
  }
})

test('TDesign follows tokens that exist, and no colour of its own', () => {
  const known = new Set([...css.matchAll(/--([\w-]+):/g)].map(([, name]) => name))
  for (const [, name = ''] of tdesign.matchAll(/var\(--([\w-]+)\)/g)) {
    if (!name.startsWith('td-')) expect(known, name).toContain(name)
  }
  expect(tdesign.match(/#[\da-f]{3,8}\b/gi)).toEqual(['#ffffff']) // a toast's words, on a dark veil in both themes
})
