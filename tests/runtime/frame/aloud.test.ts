/** A page read aloud: what it says in its order, what may be chosen, and that choosing and writing do what a finger does. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Harness, hasBrowser, type Running } from './harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const PROGRAM = {
  'app.json': JSON.stringify({ pages: ['p/p', 'q/q'], window: { navigationBarTitleText: 'Room service' } }),
  'p/p.wxml': `<view class="hello">Good <text>evening</text></view>
    <view wx:for="{{goods}}" wx:key="*this" bindtap="more" data-name="{{item}}"><image aria-label="{{item}}" style="width:9px;height:9px"/><button data-name="{{item}}" catchtap="take">Order {{item}}</button></view>
    <view wx:if="{{false}}">never</view><view hidden>hidden</view><view aria-hidden="true">silent</view><button disabled>closed</button>
    <input placeholder="Room" bindinput="room"/><view>Taken: {{taken}} for {{number}}</view><navigator url="/q/q">The bill</navigator>
    <view wx:if="{{asking}}"><view bindtap="leave" style="position:fixed;inset:0;background:#0008"/><view style="position:fixed;left:0;right:0;bottom:0;height:200px;overflow:auto;background:#fff"><view style="height:300px">How large?</view><button bindtap="leave">Large</button></view></view>`,
  'p/p.js': `Page({ data: { asking: false, goods: ['Tea', 'Cake'], taken: '', number: '' }, leave() { this.setData({ asking: false }) }, more(e) { this.setData({ taken: 'more of ' + e.currentTarget.dataset.name }) }, take(e) { this.setData({ taken: e.currentTarget.dataset.name }) }, room(e) { this.setData({ number: e.detail.value }) } })`,
  'q/q.wxml': '<button bindtap="ask">Pay</button>',
  'q/q.json': '{"navigationBarTitleText":"Bill"}',
  'q/q.js': `Page({ ask() { wx.showModal({ title: 'Sure?', content: 'Twelve', cancelText: 'No', confirmText: 'Yes', success: (r) => wx.getLogManager().info('said ' + r.confirm) }) } })`,
}

interface Line {
  id: number
  kind: string
  text: string
}
const hear = (running: Running, ask: object = {}) => running.host(`program.aloud(${JSON.stringify(ask)})`) as Promise<{ title: string; lines: Line[] }>
const shown = ({ lines }: { lines: Line[] }): string[] => lines.map(({ kind, text }) => `${kind} ${text}`)
const choose = async (running: Running, text: string): Promise<unknown> => hear(running, { press: (await hear(running)).lines.find((one) => one.id && one.text === text)!.id })

describe.skipIf(!hasBrowser)('a page read aloud', () => {
  test('says what is seen, once and in order, and does what is chosen', async () => {
    const running = await harness.open(PROGRAM)
    const first = await hear(running)
    expect(first.title).toBe('Room service')
    expect(shown(first)).toEqual(['text Good evening', 'choice Tea', 'choice Order Tea', 'choice Cake', 'choice Order Cake', 'text closed', 'field Room', 'text Taken: for', 'choice The bill'])

    const heard = running.host('new Promise((moved) => program.onAloudMoved(() => moved(true)))')
    await choose(running, 'Order Cake')
    expect(await heard).toBe(true)
    expect(shown(await hear(running))).toContain('text Taken: Cake for')
    await choose(running, 'Cake')
    await expect.poll(async () => shown(await hear(running))).toContain('text Taken: more of Cake for')
    await hear(running, { write: { id: first.lines.find((one) => one.kind === 'field')!.id, text: '302' } })
    await expect.poll(async () => shown(await hear(running))).toContain('text Taken: more of Cake for 302')
    expect(shown(await hear(running))).toContain('field Room 302')

    // Under the shade of a popup nothing can be chosen; what is scrolled out of sight in the popup can.
    await running.frame.evaluate(`document.querySelector('wx-page').__wxElement.getMethodCaller().setData({ asking: true })`)
    expect(shown(await hear(running))).toEqual(['text How large?', 'choice Large'])
    await choose(running, 'Large')
    await expect.poll(async () => shown(await hear(running))).toContain('choice Order Tea')

    await choose(running, 'The bill')
    await expect.poll(async () => (await hear(running)).title).toBe('Bill')
    await choose(running, 'Pay')
    // What a dialog asks is all there is while it does.
    await expect.poll(async () => shown(await hear(running))).toEqual(['text Sure?', 'text Twelve', 'choice No', 'choice Yes'])
    await choose(running, 'Yes')
    await expect.poll(() => running.notes).toEqual(['said true'])
    await running.host('program.back()')
    await expect.poll(async () => (await hear(running)).title).toBe('Room service')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })
})
