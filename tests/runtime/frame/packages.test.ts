/** Sub-packages, custom tab bars, themes and errors: what happens around the first page. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../recorder'
import { Harness, hasBrowser } from './harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const NOTE = 'const note = (text) => wx.getLogManager().info(text);'

describe.skipIf(!hasBrowser)('a program in parts', () => {
  test('a sub-package comes when its page is opened, and shares the main package', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p"],"subPackages":[{"root":"shop","name":"shop","pages":["list/list"]}]}',
      'shared.js': 'exports.word = "shared"',
      'card.wxml': '<view class="in">card {{w}}</view>',
      'card.wxss': '.in{color:rgb(7,7,7)}',
      'card.js': 'Component({ properties: { w: String } })',
      'p/p.wxml': '<view id="go" bindtap="go">go</view>',
      'p/p.js': `${NOTE} Page({ async go() { const r = await wx.navigateTo({ url: '/shop/list/list?a=1' }); note(r.errMsg) } })`,
      'shop/list/list.json': '{"usingComponents":{"card":"/card"}}',
      'shop/list/list.wxml': '<card id="c" w="{{w}}"/>',
      'shop/list/list.js': `const { word } = require('../../shared'); Page({ data: { w: word } })`,
    })
    expect(await running.frame.evaluate(() => document.querySelectorAll('head script').length)).toBe(1)
    await running.frame.locator('#go').click()
    await expect.poll(() => running.notes).toEqual(['navigateTo:ok'])
    expect(await running.frame.locator('wx-card').innerText()).toBe('card shared')
    expect(await running.frame.locator('wx-card wx-view').evaluate((dom) => getComputedStyle(dom).color)).toBe('rgb(7, 7, 7)')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('elements that few use come with the package whose pages have them, and are known before', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p"],"subPackages":[{"root":"film","name":"film","pages":["show/show"]}]}',
      'p/p.wxml': '<view id="go" bindtap="go">go</view>',
      'p/p.js': `${NOTE} Page({ onReady() { this.video = wx.createVideoContext('v'); this.video.play(); note(['video', 'video.bindplay', 'picker.mode.date', 'picker.mode.none', 'live-player.src'].filter((one) => wx.canIUse(one)).join()) }, go() { wx.navigateTo({ url: '/film/show/show' }) } })`,
      'film/show/show.wxml': '<video id="v" controls="{{false}}" loop/><picker mode="time"><view>at</view></picker>',
      'film/show/show.js': `${NOTE} Page({ onReady() { wx.createVideoContext('v').requestFullScreen(); wx.createSelectorQuery().select('#v').boundingClientRect((box) => note(box.width)).exec() } })`,
    })
    const parts = () => running.frame.evaluate(() => Array.from(document.querySelectorAll<HTMLScriptElement>('head script'), (one) => /part-([a-z]+)\./.exec(one.src)?.[1]).filter(Boolean).sort())
    await expect.poll(() => running.notes).toEqual(['video,video.bindplay,picker.mode.date,live-player.src'])
    expect(await parts()).toEqual([])
    await running.frame.locator('#go').click()
    await expect.poll(() => running.notes.length).toBe(2)
    expect(await parts()).toEqual(['media', 'picker'])
    await running.frame.locator('wx-video.h-whole > video').waitFor()
    expect(await running.frame.locator('wx-video > video').evaluate((dom: HTMLVideoElement) => dom.loop)).toBe(true)
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('a custom tab bar is one component on each tab, and pages reach it', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p","q/q"],"tabBar":{"custom":true,"list":[{"pagePath":"p/p","text":"P"},{"pagePath":"q/q","text":"Q"}]}}',
      'custom-tab-bar/index.json': '{"component":true}',
      'custom-tab-bar/index.wxml': '<view class="tb" style="position:fixed;bottom:0"><view wx:for="{{[0,1]}}" wx:key="*this" class="tab{{item}}" data-i="{{item}}" bindtap="go">{{item === on ? "on" : "off"}}</view></view>',
      'custom-tab-bar/index.js': "Component({ data: { on: 0 }, methods: { go(e) { wx.switchTab({ url: ['/p/p', '/q/q'][e.currentTarget.dataset.i] }) } } })",
      'p/p.wxml': '<view id="p">p</view>',
      'p/p.js': 'Page({ onShow() { this.getTabBar().setData({ on: 0 }) } })',
      'q/q.wxml': '<view id="q">q</view>',
      'q/q.js': 'Page({ onShow() { this.getTabBar().setData({ on: 1 }) } })',
    })
    await running.frame.getByText('off').locator('visible=true').click()
    await running.frame.locator('#q').waitFor()
    await expect.poll(() => running.frame.locator('.h-page-layer:visible wx-custom-tab-bar wx-view wx-view').allInnerTexts()).toEqual(['off', 'on'])
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('a tab is renamed and marked before the bar is first shown', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p","q/q"],"tabBar":{"list":[{"pagePath":"p/p","text":"菜单"},{"pagePath":"q/q","text":"订单"}]}}',
      'app.js': "App({ onLaunch() { wx.setTabBarItem({ index: 0, text: 'Menu' }); wx.setTabBarStyle({ selectedColor: '#010203' }) } })",
      'p/p.wxml': '<view id="p">p</view>',
      'p/p.js': "Page({ onLoad() { wx.setTabBarItem({ index: 1, text: 'Orders' }); wx.setTabBarBadge({ index: 1, text: '2' }) } })",
      'q/q.wxml': '<view>q</view>',
      'q/q.js': 'Page({})',
    })
    const tabs = running.frame.locator('.h-tab')
    await expect.poll(() => tabs.allInnerTexts()).toEqual(['Menu', 'Orders\n2'])
    expect(await tabs.first().evaluate((tab) => getComputedStyle(tab).color)).toBe('rgb(1, 2, 3)')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('the bar of tabs is hidden before it is first shown, and stays so on the next tab; other pages cannot', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p","q/q","r/r"],"tabBar":{"list":[{"pagePath":"p/p","text":"p"},{"pagePath":"q/q","text":"q"}]}}',
      'p/p.json': '{"usingComponents":{"k":"/k"}}',
      'p/p.wxml': '<k on/><view id="p" bindtap="next">p</view>',
      'k.json': '{"component":true}',
      'k.wxml': '<view/>',
      'k.js': 'Component({ properties: { on: { type: Boolean, observer() { wx.hideTabBar() } } } })',
      'p/p.js': 'Page({ next() { wx.switchTab({ url: "/q/q" }) } })',
      'q/q.wxml': '<view id="q" bindtap="next">q</view>',
      'q/q.js': 'Page({ next() { wx.navigateTo({ url: "/r/r" }) } })',
      'r/r.wxml': '<view id="r">r</view>',
      'r/r.js': `${NOTE} Page({ async onReady() { await wx.showTabBar().catch((e) => note(e.errMsg)); await wx.navigateBack(); await wx.showTabBar(); note('shown') } })`,
    })
    const look = (): Promise<unknown> => running.frame.evaluate(`[document.querySelector('.h-tab-bar').hidden, document.querySelector('.h-page-layer:not([hidden]) > .h-viewport').style.marginBottom !== '']`)
    expect(await look()).toEqual([true, false])
    await running.frame.locator('#p').click()
    await running.frame.locator('#q').waitFor()
    expect(await look()).toEqual([true, false])
    await running.frame.locator('#q').click()
    await expect.poll(() => running.notes).toEqual(['showTabBar:fail not TabBar page', 'shown'])
    expect(await look()).toEqual([false, true])
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('the theme is the shell’s, and the program hears when it turns', async () => {
    const running = await harness.open(
      {
        'app.json': '{"pages":["p/p"],"window":{"navigationBarBackgroundColor":"@bar","navigationBarTextStyle":"@text"},"darkmode":true}',
        'theme.json': '{"light":{"bar":"#ffffff","text":"black"},"dark":{"bar":"#010203","text":"white"}}',
        'app.wxss': 'page{background:rgb(1,1,1)} @media (prefers-color-scheme: dark){page{background:rgb(2,2,2)}}',
        'p/p.wxml': '<view/>',
        'p/p.js': `${NOTE} wx.onThemeChange((e) => note(e.theme)); Page({ onLoad() { note(wx.getAppBaseInfo().theme) } })`,
      },
      { theme: 'dark' },
    )
    expect(await running.frame.locator('.h-navigation').evaluate((dom) => getComputedStyle(dom).backgroundColor)).toBe('rgb(1, 2, 3)')
    expect(await running.frame.locator('wx-page').evaluate((dom) => getComputedStyle(dom).backgroundColor)).toBe('rgb(2, 2, 2)')
    await running.host('program.setTheme("light")')
    await expect.poll(() => running.notes).toEqual(['dark', 'light'])
    await expect.poll(() => running.frame.locator('wx-page').evaluate((dom) => getComputedStyle(dom).backgroundColor)).toBe('rgb(1, 1, 1)')
    await running.page.context().close()
  })

  test('a bar of which nothing is said is black, and its words are white, in either theme', async () => {
    const running = await harness.open({ 'app.json': '{"pages":["p/p"],"darkmode":true}', 'p/p.wxml': '<view/>', 'p/p.js': 'Page({})' })
    const bar = (): Promise<string[]> => running.frame.locator('.h-navigation').evaluate((dom) => [getComputedStyle(dom).backgroundColor, getComputedStyle(dom).color])
    expect(await bar()).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)'])
    await running.host('program.setTheme("dark")')
    await running.frame.locator('html[data-theme=dark]').waitFor({ state: 'attached' })
    expect(await bar()).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)'])
    await running.page.context().close()
  })

  test('what goes wrong is said, to the program and to the host, and stops nothing else', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p"]}',
      'app.js': `${NOTE} App({ onError(text) { note('heard ' + text.split('\\n')[0]) }, onPageNotFound(e) { note('lost ' + e.path) } }); throw new Error('at start')`,
      'p/p.wxml': '<view id="v" bindtap="bad">v</view><view id="n">{{n}}</view>',
      'p/p.js': 'Page({ data: { n: 0 }, bad() { this.setData({ n: this.data.n + 1 }); throw new Error("in a tap") } })',
    }, { path: 'no/such' })
    expect(running.errors.some((one) => one.includes('at start'))).toBe(true)
    await running.frame.locator('#v').click()
    await running.frame.locator('#v').click()
    expect(await running.frame.locator('#n').innerText()).toBe('2')
    await expect.poll(() => running.notes.filter((one) => one === 'heard in a tap').length).toBe(2)
    await running.page.context().close()
  })

  test('leaving and coming back, going back, and what is shared', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p","q/q"]}',
      'app.js': `${NOTE} App({ onShow(o) { note('show ' + o.scene) }, onHide() { note('hide') } })`,
      'p/p.wxml': '<button id="s" open-type="share" data-k="1">s</button><navigator id="n" url="/q/q">n</navigator>',
      'p/p.js': `${NOTE} Page({ onHide() { note('page hide') }, onShow() { note('page show') }, onShareAppMessage(e) { return { title: e.from + (e.target ? e.target.dataset.k : ''), path: '/q/q?x=1' } } })`,
      'q/q.wxml': '<view id="q">q</view>',
      'q/q.js': 'Page({})',
    })
    await running.host('program.hide()')
    await running.host('program.show({ scene: 1008 })')
    await expect.poll(() => running.notes).toEqual(['show 1001', 'page show', 'page hide', 'hide', 'show 1008', 'page show'])
    expect(await running.host('program.shareContent()')).toEqual({ title: 'menu', path: '/q/q?x=1', imageUrl: '' })
    await running.frame.locator('#s').click()
    await expect.poll(() => running.host('seen.calls')).toEqual([['share', { title: 'button1', path: '/q/q?x=1', imageUrl: '' }]])
    await running.frame.locator('#n').click()
    await running.frame.locator('#q').waitFor()
    await running.host('program.back()')
    await expect.poll(() => running.notes.at(-1)).toBe('page show')
    await running.host('program.back()')
    await expect.poll(() => running.host<unknown[]>('seen.calls').then((calls) => calls.length)).toBe(2)
    await running.page.context().close()
  })

  test('an extended library is there for who asks, and weighs next to nothing', async () => {
    createRequire(import.meta.url)('../../../runtime/dist/test/compiler-weui.js')
    const files = {
      'app.json': '{"pages":["p/p"],"useExtendedLib":{"weui":true,"kbone":true}}',
      'p/p.json': '{"usingComponents":{"mp-cell":"weui-miniprogram/cell/cell","mp-badge":"weui-miniprogram/badge/badge","mp-none":"weui-miniprogram/none/none"}}',
      'app.wxss': '@import "weui-miniprogram/weui-wxss/dist/style/weui.wxss";',
      'p/p.wxml': '<mp-cell id="cell" value="tea" footer="12"/><mp-badge content="7"/><view class="weui-flex"/>',
      'p/p.js': 'Page({})',
    }
    const plain = await harness.open({ ...files, 'app.wxss': '.weui-flex { color: rgb(1, 2, 3) }' })
    expect(await plain.frame.locator('.weui-flex').evaluate((dom) => [getComputedStyle(dom).display, getComputedStyle(dom).color])).toEqual(['flex', 'rgb(1, 2, 3)'])
    expect(await plain.frame.locator('.weui-badge').evaluate((dom) => getComputedStyle(dom).color)).toBe('rgb(255, 255, 255)')
    await plain.page.context().close()
    const running = await harness.open(files)
    expect(await running.frame.locator('#cell').innerText()).toMatch(/tea\s*12/)
    expect(await running.frame.locator('.weui-badge').evaluate((dom) => getComputedStyle(dom).color)).toBe('rgb(255, 255, 255)')
    expect(running.errors).toEqual([])
    await running.page.context().close()
    expect(harness.compile({ ...files, 'app.wxss': '' }).manifest.bytes).toBeLessThan(8000)
    expect(() => harness.compile({ ...files, 'app.json': '{"pages":["p/p"],"useExtendedLib":{"weui":false}}' })).toThrow('mp-cell')
    proves('app_config', 'app.json useExtendedLib', 'app.json useExtendedLib.weui')
  })

  test('an import of a template that is not there takes nothing else away', async () => {
    const running = await harness.open({
      'app.json': '{"pages":["p/p"]}',
      'p/p.wxml': '<import src="../none/head.wxml"/><template is="head" data="{{a: 1}}"/><include src="none.wxml"/><view id="v">here</view>',
      'p/p.js': 'Page({})',
    })
    expect(await running.frame.locator('#v').innerText()).toBe('here')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('the compiler says the same in a browser’s worker as in Node, styles in Less and Sass included', async () => {
    const built = join(import.meta.dirname, '../../../runtime/dist/test')
    for (const name of ['compiler.cjs', 'compiler-less.js', 'compiler-sass.js']) harness.serve(`/built/${name}`, readFileSync(join(built, name)))
    harness.serve('/built/worker.js', `
      self.module = { exports: {} }; self.exports = self.module.exports
      importScripts('/built/compiler.cjs', '/built/compiler-less.js', '/built/compiler-sass.js')
      onmessage = ({ data }) => { const { manifest, diagnostics, artifacts } = self.module.exports.compile(data, {}); postMessage({ manifest, diagnostics, names: Object.keys(artifacts).sort() }) }`)
    const files = {
      'project.config.json': '{"setting":{"useCompilerPlugins":["typescript","less","sass"]}}',
      'app.json': '{"pages":["p/p","q/q"]}',
      'p/p.ts': 'const n: number = 1; Page({ data: { n } })',
      'p/p.wxml': '<view class="a"><text>{{n}}</text></view>',
      'p/p.less': '@w: 2rpx; .a { width: @w * 2; &:active { color: red } }',
      'q/q.js': 'Page({})',
      'q/q.wxml': '<view class="b"/>',
      'q/q.scss': '$w: 3rpx; .b { .c { height: $w } }',
    }
    for (const language of ['less', 'sass']) createRequire(import.meta.url)(join(built, `compiler-${language}.js`))
    const here = harness.compile(files)
    const running = await harness.open({ 'app.json': '{"pages":["p/p"]}', 'p/p.wxml': '<view/>', 'p/p.js': 'Page({})' })
    const there = await running.host<{ manifest: unknown; diagnostics: unknown[]; names: string[] }>(`new Promise((done, fail) => { const worker = new Worker('/built/worker.js'); worker.onmessage = ({ data }) => done(data); worker.onerror = (event) => fail(new Error(event.message)); worker.postMessage(${JSON.stringify(files)}) })`)
    expect(there).toEqual({ manifest: JSON.parse(JSON.stringify(here.manifest)), diagnostics: [], names: Object.keys(here.artifacts).sort() })
    await running.page.context().close()
  })
})
