/** One page that holds many elements, looked at before and after its data changes, with a finger to touch it. */

import { expect } from 'vitest'

import { proves } from '../../recorder'
import { type Harness, type Running } from '../harness'

type Files = Record<string, string>
type Options = Parameters<Harness['open']>[1]

/** An attribute in two values, and what is seen with each. */
export interface Change {
  /** The rows this shows. */
  rows: string[]
  /** The element, with `@` where the attribute goes: `<icon type="info" @/>`. The element it stands on gets an id. */
  wxml: string
  attribute: string
  values: [unknown, unknown]
  look: (dom: HTMLElement) => unknown
  sees: [unknown, unknown]
}

/** A crowded machine draws late; what never comes still fails. */
const PATIENCE_MS = 5000

/** What every page of these tests has: `on` writes down any event that reaches it. */
const PAGE = `const note = (text) => wx.getLogManager().info(text);
const told = (e) => note([e.currentTarget.id, e.type, JSON.stringify(e.detail)].join(' '));`

export class Stage {
  private read = 0

  constructor(readonly running: Running) {}

  static async open(harness: Harness, wxml: string, page = '', files: Files = {}, options: Options = {}): Promise<Stage> {
    const running = await harness.open(
      { 'app.json': '{"pages":["p/p","q/q"]}', 'p/p.wxml': wxml, 'p/p.js': `${PAGE} Page({ on(e) { told(e) }, next(e) { this.setData(e.currentTarget.dataset.set ?? this.data.after) }, ${page} })`, 'q/q.wxml': '<view id="q">q</view>', 'q/q.js': 'Page({})', ...files },
      { touch: true, ...options },
    )
    return new Stage(running)
  }

  get frame(): Running['frame'] {
    return this.running.frame
  }

  look<T>(id: string, look: (dom: HTMLElement) => T): Promise<T> {
    return this.frame.locator(`#${id}`).evaluate(look as (dom: unknown) => T) as Promise<T>
  }

  style(id: string, name: string): Promise<string> {
    return this.frame.locator(`#${id}`).evaluate((dom, property) => getComputedStyle(dom).getPropertyValue(property), name)
  }

  box(id: string): Promise<{ x: number; y: number; width: number; height: number }> {
    return this.look(id, (dom) => {
      const { x, y, width, height } = dom.getBoundingClientRect()
      return { x, y, width, height }
    })
  }

  /** The events an element's handlers have heard, as `type detail`. */
  heard(id: string, type?: string): string[] {
    return this.running.notes.filter((note) => note.startsWith(`${id} ${type ?? ''}`)).map((note) => note.slice(id.length + 1))
  }

  /** The details of the events of one type. */
  details(id: string, type: string): any[] {
    return this.heard(id)
      .filter((note) => note.split(' ')[0] === type)
      .map((note) => JSON.parse(note.slice(type.length + 1)) as unknown)
  }

  async hears(id: string, type: string, times = 1): Promise<any> {
    await expect.poll(() => this.details(id, type).length, { message: `${id} hears ${type}`, timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(times)
    return this.details(id, type)[times - 1]
  }

  forget(): void {
    this.running.notes.length = 0
  }

  /** A finger: down at a point of an element (from its top left), along the points, and up; waits between if told. */
  async touch(id: string, points: [number, number][], how: { ms?: number; stay?: boolean } = {}): Promise<void> {
    await this.frame.locator(`#${id}`).evaluate(
      async (dom, { points, ms, stay }) => {
        const origin = dom.getBoundingClientRect()
        const at = ([x, y]: [number, number]): Touch => new Touch({ identifier: 1, target: dom, clientX: origin.x + x, clientY: origin.y + y })
        const send = (type: string, touch: Touch, down: boolean): boolean => dom.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, composed: true, touches: down ? [touch] : [], changedTouches: [touch] }))
        const wait = (): Promise<void> => new Promise((done) => (ms ? setTimeout(done, ms) : done()))
        send('touchstart', at(points[0]!), true)
        for (const point of points.slice(1)) {
          await wait()
          send('touchmove', at(point), true)
        }
        await wait()
        if (!stay) send('touchend', at(points.at(-1)!), false)
      },
      { points, ms: how.ms ?? 0, stay: how.stay ?? false },
    )
  }

  tap(id: string): Promise<void> {
    return this.touch(id, [[3, 3]])
  }

  async close(): Promise<void> {
    expect(this.running.errors).toEqual([])
    await this.running.page.context().close()
  }
}

/** Show every change on one page: all first values, then all second ones, set as data into the same elements. */
export async function changes(harness: Harness, list: Change[], files: Files = {}, options: Options = {}): Promise<void> {
  const wxml = list.map((one, at) => one.wxml.replace('@', `id="c${at}" ${one.attribute}="{{v[${at}]}}"`)).join('\n')
  const data = { v: list.map((one) => one.values[0] ?? null), after: { v: list.map((one) => one.values[1] ?? null) } }
  const stage = await Stage.open(harness, `<view id="next" bindtap="next">next</view>\n${wxml}`, `data: ${JSON.stringify(data)}`, files, options)
  const look = async (value: 0 | 1): Promise<void> => {
    for (const [at, one] of list.entries()) {
      await expect.poll(() => stage.look(`c${at}`, one.look), { message: `${one.rows.join()}: ${one.attribute}=${JSON.stringify(one.values[value])}`, timeout: PATIENCE_MS }).toEqual(one.sees[value])
    }
  }
  await look(0)
  await stage.tap('next')
  await look(1)
  for (const one of list) {
    expect(one.sees[0], `${one.attribute} makes a difference`).not.toEqual(one.sees[1])
    proves('components', ...one.rows)
  }
  await stage.close()
}
