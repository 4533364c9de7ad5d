/** Events: how they travel, what they carry, and how components send their own. */

import { expect } from 'vitest'

import { Rules } from './rules'

const rules = new Rules({}, {}, { touch: true })
const uses = (...names: string[]): object => ({ usingComponents: Object.fromEntries(names.map((name) => [name, `./${name}`])) })

rules.rule('capture goes down, bubbling comes up; catching stops either; of those that exclude each other one hears', {
  'index.wxml': `<view capture-bind:tap="say" data-n="c1" bindtap="say" id="top"><view capture-bind:tap="say" data-n="c2" bind:tap="say"><view id="a" bindtap="say" data-n="a">a</view></view>
    <view id="up" catch:tap="say" data-n="stop"><view id="b" bindtap="say" data-n="b">b</view></view><view capture-catch:tap="say" data-n="first"><view id="c" bindtap="say" data-n="c">c</view></view>
    <view mut-bind:tap="say" data-n="m1"><view mut-bind:tap="say" data-n="m2"><view id="d" bindtap="say" data-n="d">d</view></view></view></view>`,
  'index.js': `Page({ say(e) { note(e.currentTarget.dataset.n) } })`,
}, async (page) => {
  for (const [id, heard] of [['#a', ['c1', 'c2', 'a', 'c2', 'c1']], ['#b', ['c1', 'b', 'stop']], ['#c', ['c1', 'first']], ['#d', ['c1', 'd', 'm2', 'c1']]] as const) {
    page.notes.length = 0
    await page.tap(id)
    await page.noted(...heard)
  }
})

rules.rule('an event says what was touched, where, when, and what is marked on the way', {
  'index.wxml': '<view style="height:30px"/><view id="outer" mark:a="{{1}}" mark:b="outer" data-outer="{{ {x: 1} }}" bindtap="tap" style="position:relative;padding:10px"><view id="inner" mark:b="inner" data-camel-case="v" data-lowER="w" style="width:100px;height:40px">x</view></view>',
  'index.js': `Page({ tap(e) { const { x, y } = e.detail; note({ type: e.type, target: e.target.id, current: e.currentTarget.id, data: e.target.dataset, own: e.currentTarget.dataset, mark: e.mark, at: [Math.round(x), Math.round(y)], touches: e.touches.length, changed: Object.keys(e.changedTouches[0]).sort(), when: typeof e.timeStamp, offset: [e.currentTarget.offsetLeft, e.currentTarget.offsetTop, e.target.offsetTop] }) } })`,
}, async (page) => {
  await page.frame.locator('wx-page:visible #inner').click({ position: { x: 20, y: 10 } })
  await expect.poll(() => page.notes.length).toBe(1)
  expect(JSON.parse(page.notes[0]!)).toEqual({ type: 'tap', target: 'inner', current: 'outer', data: { camelCase: 'v', lower: 'w' }, own: { outer: { x: 1 } }, mark: { a: 1, b: 'inner' }, at: [30, 50], touches: 1, changed: ['clientX', 'clientY', 'force', 'identifier', 'pageX', 'pageY'], when: 'number', offset: [0, 30, 10] })
})

rules.rule('events of components: to their host alone, bubbling, crossing into what stands around, and on the way down', {
  'index.json': uses('outer'),
  'index.wxml': '<view bind:plain="say" bind:bubbles="say" bind:composed="say" capture-bind:down="say" data-n="page"><outer bind:plain="say" bind:bubbles="say" bind:composed="say" data-n="host"/></view>',
  'index.js': `Page({ say(e) { note(e.currentTarget.dataset.n, e.type, e.detail, e.target.id) } })`,
  'outer.json': uses('inner'),
  'outer.wxml': '<view bind:bubbles="say" bind:composed="say" data-n="shadow"><inner id="inner" bind:plain="say" bind:bubbles="say" data-n="inner"/></view>',
  'outer.js': `Component({ methods: { say(e) { note(e.currentTarget.dataset.n, e.type, e.detail) } } })`,
  'inner.wxml': '<view id="go" bindtap="go">go</view>',
  'inner.js': `Component({ methods: { go() { this.triggerEvent('plain', { a: 1 }); note('-'); this.triggerEvent('bubbles', 5, { bubbles: true }); note('-'); this.triggerEvent('composed', undefined, { bubbles: true, composed: true }); note('-'); this.triggerEvent('down', {}, { bubbles: true, composed: true, capturePhase: true }) } } })`,
}, async (page) => {
  await page.tap('#go')
  await page.noted('inner plain {"a":1}', '-', 'inner bubbles 5', 'shadow bubbles 5', '-', 'shadow composed {}', 'host composed {} ', 'page composed {} ', '-', 'page down {} ')
})

rules.rule('a script’s function hears as one, whatever expression it comes from', {
  'index.wxml': `<wxs module="m" src="./m.wxs"/><view id="plain" data-n="plain" bindtap="{{m.hear}}">p</view><view id="or" data-n="or" bindtap="{{off || m.hear}}">o</view>
    <view id="if" data-n="if" bindtap="{{off ? '' : off || m.hear}}">i</view><view id="off" bindtap="{{!off || m.hear}}">n</view><view id="name" bindtap="{{off || 'named'}}">m</view>`,
  'm.wxs': `module.exports.hear = function (event, owner) { owner.callMethod('heard', event.instance.getDataset().n) }`,
  'index.js': `Page({ data: { off: false }, heard(n) { note(n) }, named(e) { note('named', e.type) } })`,
}, async (page) => {
  for (const id of ['#plain', '#or', '#if', '#off', '#name']) await page.tap(id)
  await page.noted('plain', 'or', 'if', 'named tap')
  expect(page.errors).toEqual([])
})

rules.rule('handlers may be named by data, forgotten, or not exist', {
  'index.wxml': '<view id="v" bindtap="{{name}}">v</view><view id="w" bindtap="none">w</view><view id="x" bindtap="">x</view>',
  'index.js': `Page({ data: { name: 'one' }, one() { note('one'); this.setData({ name: 'two' }) }, two() { note('two') } })`,
}, async (page) => {
  await page.tap('#v')
  await page.tap('#v')
  await page.tap('#w')
  await page.tap('#x')
  await page.noted('one', 'two')
  expect(page.errors).toEqual([])
})

rules.rule('an error in a handler is the program’s to hear, and the next handler still runs', {
  'index.wxml': '<view bindtap="outer"><view id="v" bindtap="bad">v</view></view>',
  'index.js': `Page({ bad() { throw new Error('in a handler') }, outer() { note('outer') } })`,
}, async (page) => {
  await page.tap('#v')
  await page.noted('outer')
  expect(page.errors.some((one) => one.includes('in a handler'))).toBe(true)
})

rules.rule('animations that end and transitions are heard', {
  'index.wxml': '<view id="v" class="{{on}}" style="transition: width .01s; width: 10px" bindtransitionend="say">v</view><view class="spin" bindanimationstart="say" bindanimationend="say">s</view>',
  'index.wxss': '.on { width: 20px !important } @keyframes turn { from { opacity: 0 } } .spin { animation: turn .01s }',
  'index.js': `Page({ data: { on: '' }, onReady() { setTimeout(() => this.setData({ on: 'on' }), 30) }, say(e) { note(e.type, e.detail.propertyName || '') } })`,
}, async (page) => {
  await expect.poll(() => [...page.notes].sort()).toEqual(['animationend ', 'animationstart ', 'transitionend width'])
})

// Last, since the browser's own clicks count as echoes of a touch for a second after it.
rules.rule('touches start, move and end; a long press is heard instead of the tap that would follow', {
  'index.wxml': '<view id="t" style="width:100px;height:100px" bindtouchstart="say" bindtouchmove="say" bindtouchend="say" bindtouchcancel="say" bindtap="say">t</view><view id="l" bindlongpress="say" bindtap="say" style="height:50px">l</view>',
  'index.js': `Page({ say(e) { note(e.type, e.touches.length, e.changedTouches.length) } })`,
}, async (page) => {
  const fire = (selector: string, type: string, x: number, y: number): Promise<void> =>
    page.frame.locator(`wx-page:visible ${selector}`).evaluate((target, [name, clientX, clientY]) => {
      const touch = new Touch({ identifier: 1, target, clientX, clientY })
      target.dispatchEvent(new TouchEvent(name, { bubbles: true, cancelable: true, composed: true, changedTouches: [touch], touches: name === 'touchend' ? [] : [touch] }))
    }, [type, x, y] as const)
  await fire('#t', 'touchstart', 10, 10)
  await fire('#t', 'touchmove', 60, 60)
  await fire('#t', 'touchend', 60, 60)
  await page.noted('touchstart 1 1', 'touchmove 1 1', 'touchend 0 1')
  await fire('#t', 'touchstart', 10, 10)
  await fire('#t', 'touchend', 12, 12)
  await expect.poll(() => page.notes.at(-1)).toBe('tap 1 1')
  page.notes.length = 0
  await fire('#l', 'touchstart', 10, 10)
  await expect.poll(() => page.notes).toEqual(['longpress 1 1'])
  await fire('#l', 'touchend', 10, 10)
  await page.noted('longpress 1 1')
})
