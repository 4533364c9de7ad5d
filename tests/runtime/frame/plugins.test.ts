/** Plugins at run time: what they give the program, what they find, and what stays apart. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../recorder'
import { Harness, hasBrowser } from './harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const NOTE = 'const note = (...said) => wx.getLogManager().info(said.map((one) => typeof one === "string" ? one : JSON.stringify(one)).join(" "));'
const OWN = 'wxaaaaaaaaaaaaaaaa'
const PNG = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='), (one) => one.charCodeAt(0))

const FILES = {
  'project.config.json': JSON.stringify({ appid: OWN, miniprogramRoot: 'miniprogram/', pluginRoot: 'plugin/', compileType: 'plugin' }),
  'miniprogram/app.json': JSON.stringify({
    pages: ['p/p'],
    usingComponents: { outer: '/outer/outer' },
    subPackages: [{ root: 'far', pages: ['q'], plugins: { distant: { version: '1.0.0', provider: 'wxbbbbbbbbbbbbbbbb' } } }],
    plugins: { hello: { version: '2.1.0', provider: OWN, export: 'shared.js' } },
  }),
  'miniprogram/app.wxss': 'text { color: rgb(1, 1, 1) } .name { color: rgb(2, 2, 2) }',
  'miniprogram/shared.js': 'module.exports = { price: 12 }',
  'miniprogram/outer/outer.json': '{"component":true}',
  'miniprogram/outer/outer.js': 'Component({})',
  'miniprogram/outer/outer.wxml': '<view id="outer">outer</view>',
  'miniprogram/p/p.json': '{"usingComponents":{"card":"plugin://hello/card","pay":"plugin://hello/pay"}}',
  'miniprogram/p/p.wxml': '<card id="card" bindpick="pick"/><pay id="pay" bindsaid="pick"/><navigator id="nav" url="plugin://hello/one?from=nav">go</navigator><view id="raw" bindtap="raw">raw</view><view id="far" bindtap="far">far</view>',
  'miniprogram/p/p.js': `${NOTE}
    const hello = requirePlugin('hello')
    wx.setStorageSync('key', 'ours')
    Page({
      onLoad() {
        note('greet', hello.greet())
        try { requirePlugin('distant') } catch (error) { note(error.message) }
        try { require('../plugin-private/${OWN}/secret') } catch (error) { note('apart', error.message) }
        requirePlugin.async('hello').then((one) => note('same', one === hello))
        note('account', wx.getAccountInfoSync().plugin)
      },
      pick(e) { note('pick', e.detail); note('ours', wx.getStorageSync('key'), wx.getStorageInfoSync().keys) },
      raw() { wx.navigateTo({ url: 'plugin://hello/none', fail: (e) => note(e.errMsg) }) },
      far() { wx.navigateTo({ url: '/far/q' }) },
    })`,
  'miniprogram/far/q.wxml': '<view id="q">q</view>',
  'miniprogram/far/q.js': `${NOTE} Page({ onLoad() { note('distant', requirePlugin('distant').word) } })`,
  'miniprogram/plugin-private/wxbbbbbbbbbbbbbbbb/plugin.json': '{"main":"index.js"}',
  'miniprogram/plugin-private/wxbbbbbbbbbbbbbbbb/index.js': "exports.word = 'from far'",
  'plugin/plugin.json': JSON.stringify({ publicComponents: { card: 'components/card', pay: 'components/pay' }, pages: { one: 'pages/one', two: 'pages/two' }, main: 'index' }),
  'plugin/index.js': `exports.greet = () => [require('/lib/word').word, requireMiniProgram().price, typeof wx.login, typeof wx.request, typeof wx.reLaunch, typeof getApp(), wx.getAccountInfoSync().plugin]`,
  'plugin/secret.js': 'exports.secret = 1',
  'plugin/lib/word.js': "exports.word = 'hello'",
  'plugin/a.png': PNG,
  'plugin/components/card.json': '{"component":true}',
  'plugin/components/card.wxml': '<view id="in" class="name" bindtap="tap"><text>card</text><image src="/a.png" style="width:9px;height:9px"/><outer/></view>',
  'plugin/components/card.js': `Component({ methods: { tap() {
    wx.setStorageSync('key', 'theirs')
    wx.setStorage({ key: 'other', data: 1 }).then(() => this.triggerEvent('pick', [wx.getStorageSync('key'), wx.getStorageInfoSync().keys]))
  } } })`,
  'plugin/components/pay.json': '{"component":true}',
  'plugin/components/pay.wxml': '<functional-page-navigator id="functional" name="requestPayment" args="{{order}}" bindsuccess="said" bindfail="said">pay</functional-page-navigator>',
  'plugin/components/pay.js': 'Component({ data: { order: { timeStamp: "1", nonceStr: "n", package: "prepay_id=p", signType: "RSA", paySign: "s" } }, methods: { said(e) { this.triggerEvent("said", e.detail.errMsg) } } })',
  'plugin/pages/one.wxml': '<view id="one" class="name"><text>{{from}}</text></view><view id="two" bindtap="two">two</view><view id="out" bindtap="out">out</view>',
  'plugin/pages/one.js': `${NOTE} Page({
    onLoad({ from }) { this.setData({ from }); note('stack', getCurrentPages().length) },
    two() { wx.navigateTo({ url: './two?x=1' }) },
    out() { wx.navigateTo({ url: 'plugin-private://wxbbbbbbbbbbbbbbbb/pages/x', fail: (e) => note(e.errMsg) }) },
  })`,
  'plugin/pages/two.wxml': '<view id="second">second</view>',
  'plugin/pages/two.js': `${NOTE} Page({ onLoad({ x }) { note('two', x); wx.redirectTo({ url: 'plugin-private://${OWN}/pages/one?from=two' }) } })`,
}

describe.skipIf(!hasBrowser)('a program with plugins', () => {
  test('uses their module, components and pages; each finds its own and no more', async () => {
    const running = await harness.open(FILES)
    const { frame, notes } = running
    await expect.poll(() => notes).toEqual([
      `greet ${JSON.stringify(['hello', 12, 'undefined', 'function', 'undefined', 'undefined', { appId: OWN, version: '2.1.0' }])}`,
      'plugin "distant" is not declared in app.json',
      `apart module '../plugin-private/${OWN}/secret' is not defined, require args is '../plugin-private/${OWN}/secret'`,
      'account {}',
      'same true',
    ])
    notes.length = 0
    const inside = frame.locator('#card wx-view')
    expect(await inside.innerText()).toContain('card')
    expect(await inside.evaluate((dom) => getComputedStyle(dom).color)).not.toBe('rgb(2, 2, 2)')
    await expect.poll(() => frame.locator('#card img').evaluate((dom: HTMLImageElement) => dom.naturalWidth)).toBe(1)
    expect(await frame.locator('#outer').count()).toBe(0)
    await inside.click()
    await expect.poll(() => notes).toEqual(['pick ["theirs",["key","other"]]', 'ours ours ["key"]'])
    notes.length = 0

    await frame.locator('#raw').click()
    await expect.poll(() => notes.length).toBe(1)
    expect(notes.pop()).toMatch(/^navigateTo:fail page .* is not found/)
    await frame.locator('#nav').click()
    await expect.poll(() => notes).toEqual(['stack 1'])
    expect(await frame.locator('#one').innerText()).toBe('nav')
    expect(await frame.locator('#one').evaluate((dom) => getComputedStyle(dom).color)).not.toBe('rgb(2, 2, 2)')
    await frame.locator('#out').click()
    await expect.poll(() => notes.at(-1)).toContain('a plugin opens pages of its own')
    notes.length = 0
    await frame.locator('#two').click()
    await expect.poll(() => notes).toEqual(['two 1', 'stack 2'])
    expect(await frame.locator('#one').last().innerText()).toBe('two')
    proves('app_config', 'app.json plugins', 'app.json plugins.<alias>.version', 'app.json plugins.<alias>.provider', 'app.json plugins.<alias>.export')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('its functional pages are open where the program says so', async () => {
    const app = JSON.parse(FILES['miniprogram/app.json'] as string) as object
    for (const [functionalPages, said] of [[undefined, 'pick functional pages are not enabled: "functionalPages" in app.json'], [true, 'pick requestPayment:ok']] as const) {
      const running = await harness.open({ ...FILES, 'miniprogram/app.json': JSON.stringify({ ...app, functionalPages }) }, { appId: OWN })
      await running.frame.locator('#functional').click()
      await expect.poll(() => running.notes.find((one) => one.startsWith('pick'))).toBe(said)
      await running.page.context().close()
    }
    proves('app_config', 'app.json functionalPages')
  })

  test('a plugin of a sub-package comes with it', async () => {
    const running = await harness.open(FILES)
    await expect.poll(() => running.notes.length).toBe(5)
    await running.frame.locator('#far').click()
    await expect.poll(() => running.notes.at(-1)).toBe('distant from far')
    proves('app_config', 'app.json subpackages[].plugins')
    await running.page.context().close()
  })
})
