/** Rows of elements proved by looking: each attribute has two values, and what is seen of the element for each. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser, type Running } from '../harness'

/** One for a file of tests. */
const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

/** One attribute with two values: `{{v}}` in the markup stands for the value, `ID` for the element's id. */
export interface Case {
  row: string | string[]
  wxml: string
  from: unknown
  to: unknown
  /** What is seen, run in the page; undefined is looked at again until it is something. */
  look: (dom: any) => unknown
  seen: [unknown, unknown]
}

export const NOTE = 'const note = (...parts) => wx.getLogManager().info(parts.map((one) => typeof one === "string" ? one : JSON.stringify(one)).join(" "));'

/** A page that shows every case at once, first with one value and, after a tap, with the other. */
export function looks(name: string, cases: Case[], more: { wxss?: string; js?: string; files?: Record<string, string | Uint8Array>; services?: Record<string, string>; wait?: (running: Running) => Promise<void> } = {}): void {
  describe.skipIf(!hasBrowser)(name, () => {
    let running: Running
    const first: unknown[] = []
    const second: unknown[] = []

    const look = (): Promise<unknown[]> => running.frame.evaluate(`[${cases.map((one, i) => `((look, dom) => dom ? look(dom) : 'missing')(${one.look}, document.querySelector('#c${i}'))`).join(',\n')}]`)

    beforeAll(async () => {
      running = await harness.open({
        'app.json': '{"pages":["p/p"]}',
        'p/p.wxml': `<view id="go" bindtap="go">go</view>${cases.map((one, i) => `<view>${one.wxml.replaceAll('{{v}}', `{{x[${i}]}}`).replaceAll('ID', `id="c${i}"`)}</view>`).join('\n')}`,
        'p/p.wxss': more.wxss ?? '',
        'p/p.js': `${NOTE} Page({ data: { x: ${JSON.stringify(cases.map((one) => one.from))} }, go() { this.setData({ x: ${JSON.stringify(cases.map((one) => one.to))} }, () => this.setData({ changed: true })) }, ${more.js ?? ''} })`,
        ...more.files,
      }, { services: more.services })
      await more.wait?.(running)
      first.push(...(await look()))
      await running.frame.locator('#go').click()
      await more.wait?.(running)
      await running.frame.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
      second.push(...(await look()))
    }, 60_000)
    test.each(cases.map((one, i) => [[one.row].flat().join(', '), one, i] as const))('%s: another value looks another way', (_, one, i) => {
      expect([first[i], second[i]]).toEqual(one.seen)
      expect(first[i]).not.toEqual(second[i])
      proves('components', ...[one.row].flat())
    })
    test(`${name}: nothing of it is reported as an error`, () => expect(running.errors).toEqual([]))
  })
}

/** One page with another beside it. */
export function open(wxml: string, page = '', more: Record<string, string | Uint8Array> = {}, options: Parameters<Harness['open']>[1] = {}): Promise<Running> {
  return harness.open({ 'app.json': '{"pages":["p/p","q/q"]}', 'p/p.wxml': wxml, 'p/p.js': `${NOTE} Page({ ${page} })`, 'q/q.wxml': '<view id="q">q</view>', 'q/q.js': 'Page({})', ...more }, options)
}
