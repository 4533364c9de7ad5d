/** Pages: how they are opened and left, what they hear, and the bars around them. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Files, type Shown, shown, sources } from './rules'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const PAGE = { 'p/p.wxml': '<view id="v">v</view>', 'p/p.js': 'Page({})' }

async function open(files: Files, options: Parameters<Harness['open']>[1] = {}): Promise<Shown> {
  return shown(await harness.open(sources({ 'app.json': { pages: ['p/p'] }, ...PAGE, ...files }), options))
}

describe.skipIf(!hasBrowser)('pages', () => {
  test('what a program says of its bars as it starts is shown on its first page', async () => {
    const page = await open({
      'app.js': `App({ onLaunch() { for (const [name, what] of [['setNavigationBarColor', { frontColor: '#ffffff', backgroundColor: '#123456' }], ['setNavigationBarTitle', { title: 'Tea' }], ['setBackgroundColor', { backgroundColor: '#654321' }]]) wx[name]({ ...what, complete: (r) => note(r.errMsg) }) } })`,
    })
    await page.noted('setNavigationBarColor:ok', 'setNavigationBarTitle:ok', 'setBackgroundColor:ok')
    expect(await page.frame.evaluate("(() => { const bar = document.querySelector('.h-navigation'); return [getComputedStyle(bar).backgroundColor, bar.querySelector('.h-navigation-title').textContent] })()")).toEqual(['rgb(18, 52, 86)', 'Tea'])
  })

  test('every lifecycle of program, page and component comes in its place', async () => {
    const say = (what: string, ...names: string[]): string => names.map((name) => `${name}(o) { note('${what} ${name}') }`).join(', ')
    const page = await open({
      'app.json': { pages: ['p/p', 'q/q'] },
      'app.js': `note(typeof getApp(), getApp({ allowDefault: true }) === getApp()); getApp().early = 1; App({ own: 1, onLaunch(o) { note('launch', o.path, o.scene, o.query, this.early, getApp() === this) }, ${say('app', 'onShow', 'onHide')} })`,
      'p/p.json': { usingComponents: { k: '/k' } },
      'p/p.wxml': '<k/>',
      'p/p.js': `Page({ ${say('p', 'onShow', 'onReady', 'onHide', 'onUnload', 'onRouteDone')}, onLoad(o) { note('p onLoad', o) }, custom: { list: [1] } })`,
      'k.wxml': '<view/>',
      'k.js': `Component({ lifetimes: { ${say('k', 'created', 'attached', 'ready', 'detached')} }, pageLifetimes: { ${say('k page', 'show', 'hide')} } })`,
      'q/q.js': `Page({ ${say('q', 'onLoad', 'onShow', 'onReady', 'onUnload')} })`,
      'q/q.wxml': '<view id="q"/>',
    }, { query: { a: '1', b: '%E8%8C%B6' } })
    const start = ['undefined true', 'launch p/p 1001 {"a":"1","b":"%E8%8C%B6"} 1 true', 'app onShow', 'k created', 'k attached', 'p onLoad {"a":"1","b":"%E8%8C%B6"}', 'p onShow', 'k page show', 'k ready', 'p onReady', 'p onRouteDone']
    await page.noted(...start)
    page.notes.length = 0
    await page.host('program.hide()')
    await page.host('program.show()')
    await page.noted('p onHide', 'k page hide', 'app onHide', 'app onShow', 'p onShow', 'k page show')
    page.notes.length = 0
    await page.host(`program.show({ path: 'q/q', relaunch: true })`)
    await expect.poll(() => page.notes.at(-1)).toBe('q onReady')
    expect(page.notes).toEqual(['app onShow', 'p onUnload', 'k detached', 'q onLoad', 'q onShow', 'q onReady'])
    expect(page.errors).toEqual([])
    proves('app_config', 'app.json pages')
    await page.page.context().close()
  })

  test('routes: relative addresses, what pages say to each other, and every refusal', async () => {
    const page = await open({
      'app.json': { pages: ['a/p', 'a/b/q', 't/t'], entryPagePath: 't/t', tabBar: { list: [{ pagePath: 'a/p', text: 'P' }, { pagePath: 't/t', text: 'T' }] } },
      'app.js': `App({ onPageNotFound(e) { note('lost', e) } }); wx.onPageNotFound((e) => note('heard', e.path)); wx.onAppRoute((e) => note('route', e.openType, e.path))`,
      'a/p.wxml': '<view/>', 'a/p.js': `Page({ onLoad() { note('p load') }, onHide() { note('p hide') }, onShow() { note('p show') }, onTabItemTap(e) { note('tab', e) } })`,
      'a/b/q.wxml': '<view/>', 'a/b/q.js': `Page({ onLoad(o) { const c = this.getOpenerEventChannel(); note('q load', o, this.route, this.options === o || this.options.n); c.once && c.once('say', (d) => { note('said', d); c.emit('answer', d + 1); c.emit('answer', 9) }) }, onUnload() { note('q unload') } })`,
      't/t.wxml': '<view/>', 't/t.js': `Page({ onLoad() { note('t load'); global.run && 0 }, onReady() { const run = async () => {
        const fails = (name, url) => wx[name]({ url }).then(() => note('no failure'), (e) => note(e.errMsg));
        await wx.switchTab({ url: '/a/p' });
        const { eventChannel } = await wx.navigateTo({ url: 'b/q?n=1&t=%20&empty=&flag', events: { answer: (d) => note('answer', d) } }); eventChannel.emit('say', 1); eventChannel.off('say');
        note(getCurrentPages().map((one) => one.route).join());
        await wx.redirectTo({ url: './q?n=2' }); note(getCurrentPages().length); await fails('navigateTo', '/t/t'); await fails('redirectTo', '/t/t'); await fails('switchTab', '/a/b/q'); await fails('navigateTo', '/none');
        await wx.navigateBack({ delta: 5 }); await wx.navigateBack().catch((e) => note(e.errMsg)); await wx.reLaunch({ url: '/a/b/q?n=3' }); note(getCurrentPages().length); note('end') }; run() } })`,
    })
    await expect.poll(() => page.notes.at(-1), { timeout: 8000 }).toBe('end')
    expect(page.notes.filter((one) => !one.startsWith('route'))).toEqual([
      't load', 'p load', 'p show', 'p hide', 'q load {"n":"1","t":"%20","empty":"","flag":""} a/b/q true', 'said 1', 'answer 2', 'answer 9', 'a/p,a/b/q', 'q unload', 'q load {"n":"2"} a/b/q true', '2',
      'navigateTo:fail can not navigateTo a tabbar page', 'redirectTo:fail can not redirectTo a tabbar page', 'switchTab:fail can not switch to no-tabBar page', 'heard none', 'lost {"path":"none","query":{},"isEntryPage":false}', 'navigateTo:fail page "none" is not found',
      'q unload', 'p show', 'navigateBack:fail cannot navigate back at first page', 'q load {"n":"3"} a/b/q true', '1', 'end',
    ])
    proves('app_config', 'app.json entryPagePath')
    proves('wx_api_objects', 'EventChannel.emit', 'EventChannel.off', 'EventChannel.on', 'EventChannel.once')
    await page.page.context().close()
  })

  test('an address that leads nowhere is told to the program, which may send the person elsewhere', async () => {
    const page = await open({
      'app.json': { pages: ['p/p', 'q/q'] },
      'app.js': `App({ onPageNotFound(e) { note('lost', e); wx.redirectTo({ url: '/q/q?from=' + e.path }) } })`,
      'q/q.wxml': '<view id="q">q</view>',
      'q/q.js': `Page({ onLoad(o) { note('q', o.from) } })`,
    }, { path: 'gone/away', query: { a: '1' } })
    await page.noted('lost {"path":"gone/away","query":{"a":"1"},"isEntryPage":true}', 'q gone/away')
    expect(await page.text('#q')).toBe('q')
    await page.page.context().close()
  })

  test('the bars: titles, colours, the ways back and home, tabs above and below, what is custom', async () => {
    const page = await open({
      'app.json': {
        pages: ['p/p', 't/t', 'q/q', 'c/c', 'h/h'],
        window: { navigationBarTitleText: 'All', navigationBarBackgroundColor: '#010203', navigationBarTextStyle: 'white', backgroundColor: '#0a0b0c', backgroundTextStyle: 'light', backgroundColorTop: '#111111', backgroundColorBottom: '#222222' },
        tabBar: { color: '#aa0000', selectedColor: '#00aa00', backgroundColor: '#0000aa', borderStyle: 'white', list: [{ pagePath: 'p/p', text: 'First', iconPath: 'a.svg', selectedIconPath: 'b.svg' }, { pagePath: 't/t', text: 'Second' }] },
      },
      'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', 'b.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>',
      'p/p.js': `Page({ onTabItemTap(e) { note('tap', e) } })`,
      't/t.json': { navigationBarTitleText: 'Tab', navigationBarBackgroundColor: '#040506', navigationBarTextStyle: 'black', backgroundColor: '#0d0e0f', backgroundColorContent: '#aabbccff', backgroundColorTop: '#333333', backgroundColorBottom: '#333333', backgroundTextStyle: 'dark' },
      't/t.wxml': '<view id="t">t</view>', 't/t.js': `Page({ onTabItemTap(e) { note('tap', e) } })`,
      'q/q.wxml': '<view id="q">q</view>', 'q/q.js': 'Page({})', 'h/h.json': { homeButton: true }, 'h/h.wxml': '<view id="h"/>', 'h/h.js': 'Page({})',
      'c/c.json': { navigationStyle: 'custom', disableScroll: true }, 'c/c.wxml': '<view id="c" style="height:2000px">c</view>', 'c/c.js': 'Page({})',
    })
    const bar = (name: string): Promise<string> => page.style('.h-navigation', name)
    expect([await bar('background-color'), await bar('color'), await page.text('.h-navigation-title')]).toEqual(['rgb(1, 2, 3)', 'rgb(255, 255, 255)', 'All'])
    expect([await page.style('.h-viewport', 'background-image'), await page.style('.h-puller', 'color'), await page.style('wx-page', 'background-color')]).toEqual(['linear-gradient(rgb(17, 17, 17) 50%, rgb(34, 34, 34) 50%)', 'rgb(255, 255, 255)', 'rgb(255, 255, 255)'])
    const tabs = page.frame.locator('.h-tab')
    const color = (at: number): Promise<string> => tabs.nth(at).evaluate((dom) => getComputedStyle(dom).color)
    expect([await tabs.allInnerTexts(), await color(0), await color(1), await page.frame.locator('.h-tab-bar').evaluate((dom) => [getComputedStyle(dom).backgroundColor, getComputedStyle(dom).borderTopColor])]).toEqual([['First', 'Second'], 'rgb(0, 170, 0)', 'rgb(170, 0, 0)', ['rgb(0, 0, 170)', 'rgba(255, 255, 255, 0.2)']])
    const icon = (): Promise<string | null> => tabs.nth(0).locator('img').getAttribute('src')
    const selected = await icon()
    await tabs.nth(1).click()
    await page.noted('tap {"index":1,"pagePath":"t/t","text":"Second"}')
    expect(await icon()).not.toBe(selected)
    expect([await bar('background-color'), await bar('color'), await page.text('.h-navigation-title'), await color(1)]).toEqual(['rgb(4, 5, 6)', 'rgb(0, 0, 0)', 'Tab', 'rgb(0, 170, 0)'])
    expect([await page.style('.h-viewport', 'background-color'), await page.style('.h-puller', 'color'), await page.style('wx-page', 'background-color')]).toEqual(['rgb(51, 51, 51)', 'rgb(0, 0, 0)', 'rgb(170, 187, 204)'])
    const buttons = (): Promise<(string | null)[]> => page.frame.locator('.h-page-layer:not([hidden]) .h-navigation-back:visible').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    expect(await buttons()).toEqual([])
    await page.host(`program.show({ path: 'q/q', relaunch: true })`)
    await page.frame.locator('#q').waitFor()
    expect([await buttons(), await page.frame.locator('.h-tab-bar').isVisible()]).toEqual([['首页'], false])
    await page.frame.locator('.h-home:visible').click()
    await page.frame.locator('#v').waitFor()
    await page.frame.evaluate(() => (document.querySelector('.h-tab-bar') as HTMLElement).isConnected)
    await page.host(`program.show({ path: 'c/c', relaunch: true })`)
    await page.frame.locator('#c').waitFor()
    expect([await page.frame.locator('.h-page-layer:not([hidden]) > .h-navigation').count(), await page.style('.h-viewport', 'height'), await page.style('wx-page', 'overflow-y')]).toEqual([0, '667px', 'hidden'])
    proves('app_config', ...['navigationBarBackgroundColor', 'navigationBarTextStyle', 'navigationBarTitleText', 'backgroundColor', 'backgroundTextStyle', 'backgroundColorTop', 'backgroundColorBottom'].flatMap((key) => [`app.json window.${key}`, `page.json ${key}`]), 'app.json window', 'page.json backgroundColorContent', 'page.json navigationStyle', 'page.json disableScroll')
    proves('app_config', 'app.json tabBar', ...['color', 'selectedColor', 'backgroundColor', 'borderStyle', 'list', 'list[].pagePath', 'list[].text', 'list[].iconPath', 'list[].selectedIconPath'].map((key) => `app.json tabBar.${key}`))
    await page.page.context().close()
  })

  test('a page of its own: home beside back, a bar of tabs on top, styles of the second kind, a page on its side', async () => {
    const page = await open({
      'app.json': { pages: ['p/p', 't/t', 'h/h', 's/s'], style: 'v2', convertRpxToVw: true, window: { navigationStyle: 'custom', homeButton: true }, tabBar: { position: 'top', list: [{ pagePath: 'p/p', text: 'P', iconPath: 'a.svg' }, { pagePath: 't/t', text: 'T' }] } },
      'a.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'p/p.wxml': '<button id="b">b</button><view id="thin" style="width: 1rpx" class="thin"/>', 'p/p.wxss': '.thin { height: 1rpx }', 'p/p.js': `Page({ onReady() { note('renderer', this.renderer) } })`,
      't/t.wxml': '<view/>', 't/t.js': 'Page({})',
      'h/h.json': { navigationStyle: 'default', style: 'default', renderer: 'skyline', componentFramework: 'glass-easel' }, 'h/h.wxml': '<button id="h">h</button>', 'h/h.js': `Page({ onReady() { note('renderer', this.renderer) } })`,
      's/s.json': { pageOrientation: 'landscape', homeButton: false, navigationStyle: 'default' }, 's/s.wxml': '<view id="s">s</view>', 's/s.js': `Page({ onResize(e) { note('size', e.size.windowWidth > e.size.windowHeight, e.deviceOrientation) } })`,
    })
    await page.noted('renderer webview')
    expect([await page.frame.locator('.h-page-layer:not([hidden]) > .h-navigation').count(), await page.frame.locator('.h-tab-bar').evaluate((dom) => [dom.getBoundingClientRect().top, dom.querySelectorAll('img').length]), await page.frame.locator('wx-page:visible').evaluate((dom) => dom.getBoundingClientRect().top)]).toEqual([0, [0, 0], 50])
    expect([await page.style('#b', 'width'), await page.style('#thin', 'width'), await page.style('#thin', 'height')]).toEqual(['184px', '0.5px', '0.5px'])
    await page.host(`program.show({ path: 'h/h', relaunch: true })`)
    await page.frame.locator('#h').waitFor()
    expect(parseFloat(await page.style('#h', 'width'))).toBeGreaterThan(184)
    expect(page.notes.at(-1)).toBe('renderer webview')
    const buttons = (): Promise<(string | null)[]> => page.frame.locator('.h-page-layer:not([hidden]) .h-navigation-back:visible').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    expect(await buttons()).toEqual(['首页'])
    await page.host(`program.show({ path: 's/s', relaunch: true })`)
    await page.frame.locator('#s').waitFor()
    await expect.poll(() => page.notes.at(-1)).toBe('size true landscape')
    expect([await page.frame.evaluate(() => [innerWidth, innerHeight]), await buttons()]).toEqual([[667, 375], []])
    proves('app_config', 'app.json style', 'page.json style', 'app.json convertRpxToVw', 'app.json window.navigationStyle', 'app.json window.homeButton', 'page.json homeButton', 'app.json tabBar.position', 'page.json pageOrientation', 'page.json renderer', 'page.json componentFramework', 'app.json renderer', 'app.json componentFramework')
    await page.page.context().close()
  })

  test('pulling, scrolling and reaching the end, at the distance asked for; a window turned and hidden', async () => {
    const page = await open({
      'app.json': { pages: ['p/p', 'q/q'], darkmode: true, renderer: 'webview', componentFramework: 'glass-easel', window: { enablePullDownRefresh: true, onReachBottomDistance: 300, pageOrientation: 'landscape', visualEffectInBackground: 'hidden', navigationBarBackgroundColor: '@bar', navigationBarTextStyle: '@text' } },
      'theme.json': { light: { bar: '#010101', text: 'white' }, dark: { bar: '#020202', text: 'black' } },
      'p/p.json': { pageOrientation: 'portrait' },
      'p/p.wxml': '<view style="height: 2000px"/><view style="height:30px" id="end"/>',
      'p/p.js': `Page({ onPullDownRefresh() { note('pull'); setTimeout(() => wx.stopPullDownRefresh()) }, onReachBottom() { note('bottom') }, onPageScroll(e) { note('scroll', typeof e.scrollTop) } })`,
      'q/q.json': { enablePullDownRefresh: false, onReachBottomDistance: 10, visualEffectInBackground: 'none' },
      'q/q.wxml': '<view style="height: 2000px"/>',
      'q/q.js': `Page({ onPullDownRefresh() { note('pull') }, onReachBottom() { note('bottom') } })`,
    }, { touch: true })
    const pull = (): Promise<void> => page.frame.locator('wx-page:visible').evaluate((target) => {
      const fire = (type: string, clientY: number): void => {
        const touch = new Touch({ identifier: 1, target, clientX: 10, clientY })
        target.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, changedTouches: [touch], touches: type === 'touchend' ? [] : [touch] }))
      }
      fire('touchstart', 100)
      fire('touchmove', 300)
      fire('touchend', 300)
    })
    const scrollTo = (fromEnd: number): Promise<void> => page.frame.locator('wx-page:visible').evaluate((dom, left) => dom.scrollTo(0, dom.scrollHeight - dom.clientHeight - left), fromEnd)
    await pull()
    await page.noted('pull')
    page.notes.length = 0
    await scrollTo(400)
    await page.noted('scroll number')
    await scrollTo(250)
    await page.noted('scroll number', 'scroll number', 'bottom')
    const bar = (): Promise<string[]> => Promise.all([page.style('.h-navigation', 'background-color'), page.style('.h-navigation', 'color')])
    expect(await bar()).toEqual(['rgb(1, 1, 1)', 'rgb(255, 255, 255)'])
    await page.host('program.setTheme("dark")')
    await expect.poll(bar).toEqual(['rgb(2, 2, 2)', 'rgb(0, 0, 0)'])
    await page.host('program.hide()')
    await expect.poll(() => page.frame.locator('wx-page').first().evaluate((dom) => getComputedStyle(dom).visibility)).toBe('hidden')
    await page.host('program.show()')
    await expect.poll(() => page.frame.locator('wx-page').first().evaluate((dom) => getComputedStyle(dom).visibility)).toBe('visible')
    await page.host(`program.show({ path: 'q/q', relaunch: true })`)
    await page.frame.locator('wx-page[is="q/q"]').waitFor({ state: 'attached' })
    await expect.poll(() => page.frame.evaluate(() => innerWidth)).toBe(667)
    page.notes.length = 0
    await pull()
    await scrollTo(200)
    await page.host('program.hide()')
    await page.host('program.show()')
    await scrollTo(5)
    await page.noted('bottom')
    proves('app_config', ...['enablePullDownRefresh', 'onReachBottomDistance', 'pageOrientation', 'visualEffectInBackground'].flatMap((key) => [`app.json window.${key}`, `page.json ${key}`]), 'app.json darkmode', 'app.json themeLocation', 'theme.json light.<name>', 'theme.json dark.<name>')
    await page.page.context().close()
  })

  test('nothing is ever only white: a start that fails, a page that cannot be made, a component that does not come', async () => {
    const page = await open({
      'app.json': { pages: ['p/p', 'bad/bad'], subPackages: [{ root: 'late', pages: ['x/x'] }], lazyCodeLoading: 'requiredComponents' },
      'app.js': `App({ onError(text) { note('heard', text.split('\\n')[0]) }, onUnhandledRejection(e) { note('rejected', e.reason) } }); null.start`,
      'p/p.json': { usingComponents: { late: '/late/k' }, componentPlaceholder: { late: 'view' } },
      'p/p.wxml': '<late/><view id="v" bindtap="go">v</view>',
      'p/p.js': `Page({ onLoad() { Promise.reject('by hand') }, go() { wx.navigateTo({ url: '/bad/bad' }) } })`,
      'bad/bad.js': `null.page`, 'bad/bad.wxml': '<view/>',
      'late/x/x.wxml': '<view/>', 'late/x/x.js': 'Page({})', 'late/k.wxml': '<view/>', 'late/k.js': 'Component({})',
    })
    await expect.poll(() => page.errors.some((one) => one.includes('start'))).toBe(true)
    const bar = page.frame.locator('.h-failure-bar')
    expect(await bar.innerText()).toContain('程序启动时出错')
    await bar.getByText('知道了').click()
    expect(await bar.count()).toBe(0)
    await expect.poll(() => page.notes).toContain('rejected by hand')
    await page.tap('#v')
    await page.frame.locator('.h-failure').waitFor()
    expect(await page.text('.h-failure')).toContain('页面打不开')
    await page.frame.locator('.h-failure button').click()
    expect(await page.text('#v')).toBe('v')
    await page.page.context().close()
  })
})
