/**
 * Programs written for uni-app and Taro, built with their own tools from npm and opened as they come out. The tools take
 * minutes to install, so `scripts/soak corpus` builds the programs and names the folder; without one nothing runs here.
 */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Harness, hasBrowser } from './harness'

const built = process.env.HUTONG_FRAMEWORKS
const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser && built) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

function read(folder: string, prefix = '', files: Record<string, Uint8Array> = {}): Record<string, Uint8Array> {
  for (const entry of readdirSync(folder)) {
    if (statSync(join(folder, entry)).isDirectory()) read(join(folder, entry), `${prefix}${entry}/`, files)
    else files[prefix + entry] = readFileSync(join(folder, entry))
  }
  return files
}

describe.skipIf(!hasBrowser || !built)('frameworks', () => {
  test.each(['uniapp', 'taro'])('a program of %s lists, toggles, types, adds and goes on to another page and back', async (framework) => {
    expect(existsSync(join(built!, framework, 'app.json'))).toBe(true)
    const { frame, errors, page } = await harness.open(read(join(built!, framework)), { touch: true })
    const seen = (selector: string): Promise<string> => frame.locator(`wx-page:visible ${selector}`).first().innerText()
    await expect.poll(() => seen('.left')).toBe('1 left, yes')
    expect(await frame.locator('wx-page:visible .task').allInnerTexts()).toEqual(['○ tea', expect.stringMatching(/^✓ rice\s*done$/)])
    await frame.locator('.task').first().tap()
    await expect.poll(() => seen('.left')).toBe('0 left, yes')
    expect(await frame.locator('.task').first().evaluate((dom) => getComputedStyle(dom).color)).toBe('rgb(0, 128, 0)')
    await frame.locator('.word input').fill('soup')
    await frame.locator('.add').tap()
    await expect.poll(() => frame.locator('.task').last().innerText()).toBe('○ soup')
    await expect.poll(() => frame.locator('.word input').inputValue()).toBe('')
    await frame.locator('.more').tap()
    await expect.poll(() => seen('.name')).toBe('about tea')
    await frame.locator('.name').tap()
    await expect.poll(() => seen('.left')).toBe('1 left, yes')
    expect(errors).toEqual([])
    await page.context().close()
  })
})
