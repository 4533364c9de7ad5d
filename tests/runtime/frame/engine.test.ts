import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Harness, hasBrowser, type Running } from './harness'

const harness = new Harness()
const opened: Running[] = []

beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)

afterAll(async () => {
  await harness.stop()
})

/** Programs note what they see with this; the host keeps it in order. */
const NOTE = 'const note = (text) => wx.getLogManager().info(text);'

async function open(files: Record<string, string>, options: Parameters<Harness['open']>[1] = {}): Promise<Running> {
  const running = await harness.open({ 'app.json': '{"pages":["p/p"]}', 'p/p.wxml': '<view/>', 'p/p.js': 'Page({})', ...files }, options)
  opened.push(running)
  return running
}

const text = (running: Running, selector: string): Promise<string> => running.frame.locator(selector).first().innerText()

describe.skipIf(!hasBrowser)('the engine', () => {
  test('lifecycles run in the published order', async () => {
    const running = await open({
      'app.js': `${NOTE} App({ onLaunch() { note('launch') }, onShow() { note('app show') } })`,
      'p/p.json': '{"usingComponents":{"k":"/k"}}',
      'p/p.wxml': '<k id="k"/>',
      'p/p.js': `${NOTE} Page({ onLoad(q) { note('load ' + q.a) }, onShow() { note('show') }, onReady() { note('ready') } })`,
      'k.wxml': '<view/>',
      'k.js': `${NOTE} Component({ lifetimes: { created() { note('k created') }, attached() { note('k attached') }, ready() { note('k ready') } }, pageLifetimes: { show() { note('k page show') } } })`,
    }, { query: { a: '1' } })
    expect(running.errors).toEqual([])
    expect(running.notes).toEqual(['launch', 'app show', 'k created', 'k attached', 'load 1', 'show', 'k page show', 'k ready', 'ready'])
  })

  test('data, conditions, lists and events', async () => {
    const running = await open({
      'p/p.wxml': '<view id="sum">{{a.b}}-{{list.length}}</view><view wx:if="{{on}}" id="on">on</view><view wx:else id="off">off</view><view wx:for="{{list}}" wx:key="id" class="item" data-id="{{item.id}}" bindtap="tapped">{{index}}:{{item.t}}</view><view id="got">{{got}}</view>',
      'p/p.js': 'Page({ data: { a: { b: 1 }, list: [{ id: 7, t: "x" }], on: false, got: "" }, tapped(e) { this.setData({ got: e.type + e.currentTarget.dataset.id, "a.b": 2, on: true, "list[1]": { id: 8, t: "y" } }) } })',
    })
    expect(await text(running, '#sum')).toBe('1-1')
    expect(await text(running, '#off')).toBe('off')
    await running.frame.locator('.item').click()
    expect(await text(running, '#got')).toBe('tap7')
    expect(await text(running, '#sum')).toBe('2-2')
    expect(await text(running, '#on')).toBe('on')
    expect(await running.frame.locator('.item').allInnerTexts()).toEqual(['0:x', '1:y'])
    expect(running.errors).toEqual([])
  })

  test('events: catch stops, bubbling crosses only what composes, marks and details arrive', async () => {
    const running = await open({
      'p/p.json': '{"usingComponents":{"k":"/k"}}',
      'p/p.wxml': '<view bindtap="outer"><view id="caught" catchtap="inner">c</view><view id="free" mark:m="{{5}}" bindtap="inner">f</view></view><view bind:plain="heard" bind:wide="heard"><k/></view>',
      'p/p.js': `${NOTE} Page({ outer(e) { note('outer ' + (e.mark.m || '')) }, inner(e) { note('inner ' + typeof e.detail.x + ' ' + e.touches.length + ' ' + e.changedTouches.length) }, heard(e) { note(e.type + JSON.stringify(e.detail)) } })`,
      'k.wxml': '<view id="k" bindtap="go">k</view>',
      'k.js': 'Component({ methods: { go() { this.triggerEvent("plain", { a: 1 }); this.triggerEvent("wide", { b: 2 }, { bubbles: true, composed: true }) } } })',
    })
    await running.frame.locator('#caught').click()
    await running.frame.locator('#free').click()
    await running.frame.locator('#k').click()
    await expect.poll(() => running.notes).toEqual(['inner number 1 1', 'inner number 1 1', 'outer 5', 'wide{"b":2}'])
  })

  test('styles stay where they belong', async () => {
    const running = await open({
      'app.json': '{"pages":["p/p","q/q"]}',
      'app.wxss': '.app{color:rgb(1,1,1)}',
      'p/p.json': '{"usingComponents":{"closed":"/closed","openk":"/openk"}}',
      'p/p.wxss': '.mine{color:rgb(2,2,2)} .inner{color:rgb(3,3,3)} .wide{width:375rpx;height:50vh}',
      'p/p.wxml': '<view id="a" class="app">a</view><view id="m" class="mine">m</view><view class="wide" id="w"/><view id="r" style="width:{{100}}rpx"/><closed ext="mine"/><openk/>',
      'closed.wxml': '<view id="c1" class="inner app">x</view><view id="c2" class="own">y</view><view id="c3" class="ext">z</view>',
      'closed.wxss': '.own{color:rgb(4,4,4)} :host{display:block;padding-left:9px}',
      'closed.js': 'Component({ externalClasses: ["ext"] })',
      'openk.json': '{"component":true,"styleIsolation":"apply-shared"}',
      'openk.wxml': '<view id="o1" class="inner">x</view>',
      'openk.js': 'Component({})',
      'q/q.wxml': '<view id="q" class="mine">q</view>',
      'q/q.js': 'Page({})',
    })
    const style = (selector: string, name: string): Promise<string> => running.frame.locator(selector).evaluate((element, key) => getComputedStyle(element).getPropertyValue(key), name)
    expect(await style('#a', 'color')).toBe('rgb(1, 1, 1)')
    expect(await style('#m', 'color')).toBe('rgb(2, 2, 2)')
    expect(await style('#c1', 'color')).toBe('rgb(0, 0, 0)')
    expect(await style('#c2', 'color')).toBe('rgb(4, 4, 4)')
    expect(await style('#c3', 'color')).toBe('rgb(2, 2, 2)')
    expect(await style('#o1', 'color')).toBe('rgb(3, 3, 3)')
    expect(await style('wx-closed', 'padding-left')).toBe('9px')
    expect(await style('#w', 'width')).toBe('187.5px')
    expect(await style('#r', 'width')).toBe('50px')
    // Half of the page, which stands below the bars: 667 less 20 and 44.
    expect(Math.abs(parseFloat(await style('#w', 'height')) - 603 / 2)).toBeLessThan(1)
  })

  test('components: slots, generics, relations, behaviors, observers, properties of odd kinds', async () => {
    const running = await open({
      'p/p.json': '{"usingComponents":{"list":"/list","item":"/item","box":"/box","leaf":"/leaf"}}',
      'p/p.wxml': '<list id="list"><item name="a"/><item name="b"/></list><box generic:leaf="leaf"><view slot="head" id="head">H</view><view id="body">B</view></box>',
      'p/p.js': `${NOTE} Page({ onReady() { const l = this.selectComponent('#list'); note('names ' + l.names()); note('cls ' + this.selectAllComponents('.none').length) } })`,
      'list.wxml': '<slot/>',
      'list.js': `Component({ relations: { './item': { type: 'child', linked(t) { this.n = (this.n || 0) + 1 } } }, methods: { names() { return this.getRelationNodes('./item').map((i) => i.data.name).join() + this.n } } })`,
      'item.wxml': '<view>{{name}}{{seen}}</view>',
      'item.js': `const b = Behavior({ properties: { name: { type: [String, Number], value: undefined } }, data: { seen: '' }, methods: { hi() {} } }); Component({ behaviors: [b], relations: { './list': { type: 'parent' } }, observers: { name(v) { this.setData({ seen: '!' + v }) }, 'name.**': 'nothing' } })`,
      'box.json': '{"component":true,"componentGenerics":{"leaf":true}}',
      'box.wxml': '<view id="top"><slot name="head"/></view><leaf/><view id="rest"><slot/></view>',
      'box.js': 'Component({ options: { multipleSlots: true } })',
      'leaf.wxml': '<view id="leaf">leaf</view>',
      'leaf.js': 'Component({ properties: { dataset: { type: "", value: 3 } } })',
    })
    expect(running.errors).toEqual([])
    expect(running.notes).toEqual(['names a,b2', 'cls 0'])
    expect(await text(running, '#top')).toBe('H')
    expect(await text(running, '#rest')).toBe('B')
    expect(await text(running, '#leaf')).toBe('leaf')
    expect(await text(running, 'wx-item')).toBe('a!a')
  })

  test('data may hold components and cycles', async () => {
    const running = await open({
      'p/p.json': '{"usingComponents":{"k":"/k"}}',
      'p/p.wxml': '<k id="k"/><view id="t">{{t}}</view>',
      'p/p.js': 'Page({ onReady() { const o = { deep: { a: [] } }; o.deep.a.push(o); this.setData({ k: this.selectComponent("#k"), o, t: "ok" }); const given = { n: 1 }; this.setData({ given }); given.n = 2; this.setData({ t: "ok" + this.data.given.n }) } })',
      'k.wxml': '<view/>',
      'k.js': 'Component({})',
    })
    expect(await text(running, '#t')).toBe('ok1')
    expect(running.errors).toEqual([])
  })

  test('WXS: functions, property changes, event handlers with handles on elements', async () => {
    const running = await open({
      'p/p.wxml': '<wxs src="./m.wxs" module="m"/><view id="n">{{m.kind(list)}} {{m.re("ab1")}}</view><view id="t" bindtap="{{m.tap}}" change:v="{{m.changed}}" v="{{v}}" data-d="{{4}}">tap</view><view id="got">{{got}}</view>',
      'p/m.wxs': 'var o = require("./o.wxs"); module.exports = { kind: function (x) { return x.constructor }, re: function (s) { return getRegExp("[0-9]").test(s) }, tap: function (e, owner) { e.instance.setStyle({ color: "rgb(9,9,9)" }); e.instance.getState().n = o.one; owner.callMethod("fromWxs", { d: e.currentTarget.dataset.d, n: e.instance.getState().n }); return false }, changed: function (now, before, owner, self) { if (now > 1) self.addClass("changed") } }',
      'p/o.wxs': 'module.exports.one = 1',
      'p/p.js': 'Page({ data: { list: [], v: 1, got: "" }, fromWxs(a) { this.setData({ got: a.d + ":" + a.n, v: 2 }) } })',
    })
    expect(await text(running, '#n')).toBe('Array true')
    await running.frame.locator('#t').click()
    expect(await text(running, '#got')).toBe('4:1')
    expect(await running.frame.locator('#t').evaluate((element) => [getComputedStyle(element).color, element.className])).toEqual(['rgb(9, 9, 9)', 'changed'])
  })

  test('the router keeps a stack of ten, tells pages, and refuses what is published as refused', async () => {
    const running = await open({
      'app.json': '{"pages":["p/p","q/q","t/t"],"tabBar":{"list":[{"pagePath":"p/p","text":"P"},{"pagePath":"t/t","text":"T"}]}}',
      'p/p.js': `${NOTE} Page({ onLoad() { note('p load') }, onShow() { note('p show') }, onHide() { note('p hide') }, onTabItemTap(e) { note('tab ' + e.index) } })`,
      'q/q.wxml': '<view id="q">{{n}}</view>',
      'q/q.js': `${NOTE} Page({ data: { n: '' }, onLoad(o) { this.setData({ n: o.n }); this.getOpenerEventChannel().on('hi', (d) => note('hi ' + d.x)); this.getOpenerEventChannel().emit('back', { y: 2 }) }, onUnload() { note('q unload') } })`,
      't/t.wxml': '<view id="t">t</view>',
      't/t.js': `${NOTE} Page({ onLoad() { note('t load') } })`,
      'app.js': `${NOTE} globalThis; App({ async onLaunch() { global.go = async () => {
        const r = await wx.navigateTo({ url: '../q/q?n=1', events: { back: (d) => note('back ' + d.y) } }); r.eventChannel.emit('hi', { x: 1 });
        note('depth ' + getCurrentPages().length + ' ' + getCurrentPages()[1].route);
        await wx.navigateTo({ url: '/t/t' }).catch((e) => note(e.errMsg)); await wx.navigateTo({ url: '/no/no' }).catch((e) => note(e.errMsg));
        for (let i = 0; i < 8; i++) await wx.navigateTo({ url: '/q/q?n=' + i }); await wx.navigateTo({ url: '/q/q' }).catch((e) => note(e.errMsg));
        await wx.navigateBack({ delta: 8 }); note('depth ' + getCurrentPages().length);
        await wx.switchTab({ url: '/t/t' }); await wx.switchTab({ url: '/p/p' }); await wx.navigateBack().catch((e) => note(e.errMsg)); note('end') }; setTimeout(global.go, 50) } })`,
    })
    await expect.poll(() => running.notes.at(-1), { timeout: 10_000 }).toBe('end')
    const notes = running.notes.filter((one) => one !== 'q unload')
    expect(notes).toEqual([
      'p load', 'p show', 'p hide', 'back 2', 'hi 1', 'depth 2 q/q',
      'navigateTo:fail can not navigateTo a tabbar page', 'navigateTo:fail page "no/no" is not found', 'navigateTo:fail webview count limit exceed',
      'depth 2', 't load', 'p show', 'navigateBack:fail cannot navigate back at first page', 'end',
    ])
    expect(running.notes.filter((one) => one === 'q unload')).toHaveLength(9)
    await running.frame.locator('.h-tab').nth(1).click()
    expect(await running.frame.locator('#t').isVisible()).toBe(true)
  })

  test('queries and observers answer in the page, below its bars', async () => {
    const running = await open({
      'p/p.wxml': '<view class="v" id="a" data-x="1" style="height:100px;width:50px"/><view class="v" style="height:2000px"/><view class="v" id="far" style="height:10px"/>',
      'p/p.js': `${NOTE} Page({ onReady() { wx.createSelectorQuery().select('#a').boundingClientRect((r) => note(JSON.stringify([r.top, r.width, r.height, r.dataset.x]))).selectAll('.v').fields({ size: true }, (r) => note('n ' + r.length)).select('#none').boundingClientRect((r) => note(String(r))).exec();
        this.createIntersectionObserver().relativeToViewport().observe('#far', (r) => { note('seen ' + r.id); }); setTimeout(() => wx.pageScrollTo({ scrollTop: 3000, duration: 0 }), 50) }, onPageScroll(e) { note('scroll ' + (e.scrollTop > 0)) }, onReachBottom() { note('bottom') } })`,
    })
    await expect.poll(() => running.notes).toContain('bottom')
    await expect.poll(() => running.notes).toContain('seen far')
    const notes = running.notes
    expect(notes.slice(0, 3)).toEqual(['[0,50,100,"1"]', 'n 3', 'null'])
    expect(notes).toContain('scroll true')
  })

  test('storage is there at once, is kept by the host, and keeps its limits', async () => {
    const running = await open({
      'p/p.js': `${NOTE} Page({ async onLoad() { note(JSON.stringify(wx.getStorageSync('was'))); wx.setStorageSync('o', { a: [1] }); const o = wx.getStorageSync('o'); o.a.push(2); note(JSON.stringify(wx.getStorageSync('o'))); note(JSON.stringify(wx.getStorageSync('none')));
        try { wx.setStorageSync('big', 'x'.repeat(1100000)) } catch (e) { note(e.errMsg) } const r = await wx.getStorage({ key: 'o' }); note(r.errMsg); await wx.getStorage({ key: 'q' }).catch((e) => note(e.errMsg)); wx.getStorage({ key: 'o', success: (s) => note('cb ' + s.data.a[0]) }) === undefined && note('later') } })`,
    }, { storage: { was: 'kept' } })
    await expect.poll(() => running.notes).toContain('cb 1')
    expect(running.notes).toEqual(['"kept"', '{"a":[1]}', '""', 'setStorageSync:fail data size exceeds limit, the maximum is 1MB', 'getStorage:ok', 'getStorage:fail data not found', 'later', 'cb 1'])
    expect(await running.storage()).toEqual({ o: { a: [1] } })
  })

  test('the host is asked: sign-in, requests, and payment only after a tap', async () => {
    const running = await open({
      'p/p.wxml': '<button id="pay" bindtap="pay">pay</button><button id="phone" open-type="getPhoneNumber" bindgetphonenumber="phone">phone</button>',
      'p/p.js': `${NOTE} const order = { timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's' }; Page({ async onLoad() { note((await wx.login()).code); wx.request({ url: 'https://shop.example/x', method: 'POST', data: { a: 1 }, success: (r) => note(r.statusCode + r.data.echo), fail: (e) => note(e.errMsg) }); await wx.requestPayment(order).catch((e) => note(e.errMsg)); await wx.requestPayment({}).catch((e) => note(e.errMsg)) }, async pay() { note((await wx.requestPayment(order)).errMsg) }, phone(e) { note(e.detail.code) } })`,
    }, { services: { request: `async (r) => ({ statusCode: 201, header: {}, cookies: [], body: new TextEncoder().encode(JSON.stringify({ echo: r.method + r.body })).buffer })` } })
    await expect.poll(() => running.notes).toHaveLength(4)
    expect(running.notes.sort()).toEqual([
      '201POST{"a":1}',
      'a-code',
      'requestPayment:fail can only be invoked by user TAP gesture.',
      'requestPayment:fail parameter error: parameter.timeStamp should be String instead of Undefined;',
    ])
    await running.frame.locator('#pay').click()
    await expect.poll(() => running.notes).toContain('requestPayment:ok')
    expect(await running.host('seen.calls.length')).toBe(1)
    await running.frame.locator('#phone').click()
    await expect.poll(() => running.notes).toContain('phone-code')
  })
})
