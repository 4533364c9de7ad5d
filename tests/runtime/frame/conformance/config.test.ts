/** What app.json says of packages, code and the network: each key changes what happens. */

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

const scripts = (page: Shown): Promise<string[]> => page.frame.evaluate(() => Array.from(document.head.querySelectorAll('script'), (one) => one.src.replace(/^.*\//, '').replace(/-.*$/, '')))

describe.skipIf(!hasBrowser)('app.json', () => {
  test('packages come when a page of them opens or before it, run their entry, and lend their components', async () => {
    const page = await open({
      'app.json': {
        pages: ['p/p', 'q/q'], lazyCodeLoading: 'requiredComponents', usingComponents: { everywhere: '/everywhere' }, resolveAlias: { '@/*': 'lib/*', '~tool': 'lib/tool' },
        subpackages: [{ root: 'soon', name: 'early', pages: ['s/s'], entry: 'start.js' }], subPackages: [{ root: 'late', pages: ['l/l'] }],
        preloadRule: { 'q/q': { packages: ['early'], network: 'all' } },
      },
      'lib/tool.js': `module.exports = 'tool'`, 'lib/card.wxml': '<view>aliased</view>', 'lib/card.js': 'Component({})',
      'everywhere.wxml': '<view>everywhere</view>', 'everywhere.js': 'Component({})',
      'p/p.json': { usingComponents: { card: '@/card' } },
      'p/p.wxml': '<everywhere/><card/>',
      'p/p.js': `Page({ onLoad() { note(require('@/tool'), require('~tool')) } })`,
      'q/q.wxml': '<view id="q"/>', 'q/q.js': `note('q runs'); Page({ onReady() { note('q ready') } })`,
      'soon/start.js': `note('entry')`, 'soon/s/s.wxml': '<view id="s"/>', 'soon/s/s.js': `note('s runs'); Page({})`,
      'late/l/l.wxml': '<everywhere/>', 'late/l/l.js': 'Page({})',
    })
    await page.noted('tool tool')
    expect([await page.text('wx-everywhere'), await page.text('wx-card'), await scripts(page)]).toEqual(['everywhere', 'aliased', ['main']])
    await page.host(`program.show({ path: 'q/q', relaunch: true })`)
    await page.noted('tool tool', 'q runs', 'q ready', 'entry')
    expect(await scripts(page)).toEqual(['main', 'soon'])
    await page.host(`program.show({ path: 'late/l/l', relaunch: true })`)
    await expect.poll(() => scripts(page)).toEqual(['main', 'soon', 'late'])
    expect(await page.text('wx-everywhere')).toBe('everywhere')
    expect(page.notes).not.toContain('s runs')
    proves('app_config', 'app.json subpackages', 'app.json subPackages', ...['root', 'pages', 'name', 'entry'].map((key) => `app.json subpackages[].${key}`), 'app.json preloadRule', 'app.json preloadRule.<page>.packages', 'app.json preloadRule.<page>.network', 'app.json usingComponents', 'app.json resolveAlias')
    await page.page.context().close()
  })

  test('a component of a package that is not here is stood in for until it comes', async () => {
    const page = await open({
      'app.json': { pages: ['p/p'], subPackages: [{ root: 'far', pages: ['f/f'] }] },
      'p/p.json': { usingComponents: { far: '/far/k', near: './near' }, componentPlaceholder: { far: 'near' } },
      'p/p.wxml': '<far name="n"><text>inside</text></far>',
      'p/near.wxml': '<view>waiting</view>', 'p/near.js': `Component({ lifetimes: { attached() { note('stands in') }, detached() { note('goes') } } })`,
      'far/f/f.wxml': '<view/>', 'far/f/f.js': 'Page({})', 'far/k.wxml': '<view>{{name}} <slot/></view>', 'far/k.js': `Component({ properties: { name: String }, lifetimes: { attached() { note('came', this.data.name) } } })`,
    })
    await expect.poll(() => page.notes).toContain('came n')
    expect(page.notes[0]).toBe('stands in')
    expect((await page.text('wx-far')).replace(/\s+/g, ' ')).toBe('n inside')
    expect(page.errors).toEqual([])
    proves('app_config', 'component.json componentPlaceholder')
    await page.page.context().close()
  })

  test('an independent package starts without the program, which starts with the first page of its own', async () => {
    const page = await open({
      'app.json': { pages: ['p/p'], subPackages: [{ root: 'alone', pages: ['a/a'], independent: true }], debug: true },
      'app.js': `App({ onLaunch() { note('launch') } })`,
      'p/p.js': `note('p runs'); Page({ onLoad() { note('p load'); this.setData({ x: 1 }) } })`,
      'alone/a/a.wxml': '<view id="a"/>', 'alone/a/a.js': `Page({ onLoad() { note('alone', typeof getApp(), getApp({ allowDefault: true }) !== undefined) } })`,
    }, { path: 'alone/a/a' })
    await expect.poll(() => page.notes.filter((one) => !one.startsWith('['))).toEqual(['alone undefined true'])
    expect(await scripts(page)).toEqual(['alone'])
    await page.host(`program.show({ path: 'p/p', relaunch: true })`)
    await expect.poll(() => page.notes.filter((one) => !one.startsWith('['))).toEqual(['alone undefined true', 'launch', 'p runs', 'p load'])
    expect(page.notes.some((one) => one.startsWith('[route] reLaunch p/p'))).toBe(true)
    expect(page.notes).toContain('[setData] p/p x')
    proves('app_config', 'app.json subpackages[].independent', 'app.json debug')
    await page.page.context().close()
  })

  test('without lazy loading every page’s script is run once the first is on screen; with it, when it is needed', async () => {
    const files = { 'app.json': { pages: ['p/p', 'q/q'] }, 'p/p.js': `Page({ onReady() { note('p ready') } })`, 'q/q.wxml': '<view id="q">{{n}}</view>', 'q/q.js': `note('q runs'); Page({ data: { n: 'q' }, onLoad() { note('q load') } })` }
    const eager = await open(files)
    await eager.noted('p ready', 'q runs')
    await eager.host(`program.show({ path: 'q/q', relaunch: true })`)
    await eager.noted('p ready', 'q runs', 'q load')
    await eager.page.context().close()
    const lazy = await open({ ...files, 'app.json': { pages: ['p/p', 'q/q'], lazyCodeLoading: 'requiredComponents' } })
    await lazy.frame.evaluate(() => new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve))))
    expect(lazy.notes).toEqual(['p ready'])
    proves('app_config', 'app.json lazyCodeLoading', 'app.json lazyCodeLoading=requiredComponents')
    await lazy.page.context().close()
  })

  test('a custom tab bar is the program’s own component; the time a request may take is app.json’s', async () => {
    const page = await open({
      'app.json': { pages: ['p/p', 't/t'], tabBar: { custom: true, list: [{ pagePath: 'p/p', text: 'P' }, { pagePath: 't/t', text: 'T' }] }, networkTimeout: { request: 1234, downloadFile: 2345, uploadFile: 3456, connectSocket: 4567 } },
      'custom-tab-bar/index.json': { component: true }, 'custom-tab-bar/index.wxml': '<view id="bar">{{at}}</view>', 'custom-tab-bar/index.js': `Component({ data: { at: '' } })`,
      'p/p.js': `Page({ onShow() { this.getTabBar().setData({ at: 'p' }); wx.request({ url: 'https://shop.example/', success: (r) => note(r.data) })
        wx.downloadFile({ url: 'https://shop.example/', fail: (r) => note(r.errMsg) })
        wx.getFileSystemManager().writeFileSync('wxfile://usr/a', 'a'); wx.uploadFile({ url: 'https://shop.example/', filePath: 'wxfile://usr/a', name: 'a', fail: (r) => note(r.errMsg) })
        wx.connectSocket({ url: 'wss://shop.example/', fail: (r) => note(r.errMsg) })
        wx.downloadFile({ url: 'https://shop.example/', timeout: 99, fail: (r) => note(r.errMsg) }) } })`,
      't/t.wxml': '<view/>', 't/t.js': 'Page({})',
    }, { services: { request: `async (r) => ({ statusCode: 200, header: {}, cookies: [], body: new TextEncoder().encode('asked ' + r.timeout).buffer })`, ...Object.fromEntries(['download', 'upload', 'connect'].map((name) => [name, `async (r) => { throw { errMsg: 'asked ' + r.timeout } }`])) } })
    await expect.poll(() => [...page.notes].sort()).toEqual(['asked 1234', 'connectSocket:fail asked 4567', 'downloadFile:fail asked 2345', 'downloadFile:fail asked 99', 'uploadFile:fail asked 3456'])
    expect([await page.text('#bar'), await page.frame.locator('.h-tab-bar').count()]).toEqual(['p', 0])
    proves('app_config', 'app.json tabBar.custom', 'app.json networkTimeout', ...['request', 'downloadFile', 'uploadFile', 'connectSocket'].map((name) => `app.json networkTimeout.${name}`))
    await page.page.context().close()
  })

  test('places and addresses are given to a program that says it wants them, and other programs opened over it likewise', async () => {
    const calls = `for (const [name, options] of [['getLocation'], ['chooseAddress'], ['openEmbeddedMiniProgram', { appId: 'wxb' }], ['openEmbeddedMiniProgram', { appId: 'wxa' }], ['navigateToMiniProgram', { appId: 'wxb' }]]) await wx[name](options).then((r) => note(r.errMsg), (r) => note(r.errMsg))`
    const services = { location: 'async () => ({ latitude: 1, longitude: 2 })', chooseAddress: 'async () => ({})', navigateToProgram: 'async () => {}' }
    const open1 = (app: object): Promise<Shown> => open({ 'app.json': { pages: ['p/p'], ...app }, 'p/p.wxml': '<view id="go" bindtap="go">go</view>', 'p/p.js': `Page({ async go() { ${calls} } })` }, { services })
    const silent = await open1({})
    await silent.tap('#go')
    const undeclared = (name: string): string => `${name}:fail the api need to be declared in the requiredPrivateInfos field in app.json/ext.json`
    await silent.noted(undeclared('getLocation'), undeclared('chooseAddress'), 'openEmbeddedMiniProgram:fail appId not in embeddedAppIdList', 'openEmbeddedMiniProgram:fail appId not in embeddedAppIdList', 'navigateToMiniProgram:ok')
    await silent.page.context().close()
    const page = await open1({ requiredPrivateInfos: ['getLocation', 'chooseAddress'], embeddedAppIdList: ['wxa'], navigateToMiniProgramAppIdList: ['wxa'] })
    await page.tap('#go')
    // The list of whole programs to go to limits nothing any more.
    await page.noted('getLocation:ok', 'chooseAddress:ok', 'openEmbeddedMiniProgram:fail appId not in embeddedAppIdList', 'openEmbeddedMiniProgram:ok', 'navigateToMiniProgram:ok')
    proves('app_config', 'app.json requiredPrivateInfos', 'app.json embeddedAppIdList', 'app.json navigateToMiniProgramAppIdList')
    await page.page.context().close()
  })

  test('a program begins with the page it was left at, as that page or the window says, and with what it saved', async () => {
    const files: Files = {
      'app.json': { pages: ['p/p', 'q/q', 'r/r'], window: { restartStrategy: 'homePageAndLatestPage' } },
      'q/q.wxml': '<view/>', 'q/q.js': `Page({ onLoad(query) { note('q', query, this.exitState ?? 'none') }, onSaveExitState() { return { data: { at: 3 }, expireTimeStamp: Date.now() + 60000 } } })`,
      'r/r.json': { restartStrategy: 'homePage' }, 'r/r.wxml': '<view/>', 'r/r.js': `Page({})`,
    }
    const page = await open(files)
    const leave = async (path: string): Promise<unknown> => {
      await page.host(`program.show({ path: '${path}', query: { a: '1' }, relaunch: true })`)
      await page.frame.locator(`wx-page[is="${path}"]`).waitFor({ state: 'attached' })
      await page.host('delete seen.kept.left, program.hide()')
      await expect.poll(() => page.host('"left" in seen.kept || !window.once')).toBe(true)
      return page.host('seen.kept.left')
    }
    await page.host('void (window.once = true)')
    const kept = await leave('q/q')
    expect(kept).toEqual({ path: 'q/q', query: { a: '1' }, exitState: { at: 3 }, expiresAt: expect.any(Number) })
    await page.host('program.show()')
    // A page that wants to begin at home takes back what the one before it said.
    await page.host(`program.show({ path: 'r/r', relaunch: true })`)
    await page.frame.locator('wx-page[is="r/r"]').waitFor({ state: 'attached' })
    await page.host('program.hide()')
    await expect.poll(() => page.host('seen.kept.left')).toBeUndefined()
    await page.page.context().close()
    const again = await open(files, { kept: { left: kept } })
    await again.noted('q {"a":"1"} {"at":3}')
    await again.page.context().close()
    const late = await open(files, { kept: { left: { ...(kept as object), expiresAt: 1 } } })
    await late.noted('q {"a":"1"} none')
    await late.page.context().close()
    const named = await open(files, { kept: { left: kept }, path: 'p/p' })
    expect(named.notes).toEqual([])
    proves('app_config', 'app.json window.restartStrategy', 'page.json restartStrategy')
    await named.page.context().close()
  })

  test('passive pages scroll on under a caught finger; other layouts begin where their renderer does', async () => {
    const page = await open({
      'app.json': { pages: ['p/p', 'q/q', 'f/f'], enablePassiveEvent: true, renderer: 'skyline', rendererOptions: { skyline: { defaultDisplayBlock: true, defaultContentBox: true } }, debugOptions: { enableFPSPanel: true } },
      'p/p.wxml': '<view id="v" catchtouchmove="no"><view>1</view></view>', 'p/p.js': 'Page({ no() {} })',
      'q/q.json': { enablePassiveEvent: { touchmove: false }, rendererOptions: { skyline: {} } },
      'q/q.wxml': '<view id="v" catchtouchmove="no"><view>1</view></view><view class="own">2</view>', 'q/q.wxss': '.own { display: block; box-sizing: content-box }', 'q/q.js': 'Page({ no() {} })',
      'f/f.json': { renderer: 'webview' }, 'f/f.wxml': '<view id="v">3</view>', 'f/f.js': 'Page({})',
    })
    const stops = (path: string): Promise<boolean> => page.frame.evaluate((is) => {
      const target = document.querySelector(`wx-page[is="${is}"] #v`)!
      const touches = [new Touch({ identifier: 1, target, clientX: 5, clientY: 5 })]
      const event = new TouchEvent('touchmove', { bubbles: true, cancelable: true, touches, changedTouches: touches })
      return !target.dispatchEvent(event)
    }, path)
    const layout = async (selector: string): Promise<string[]> => [await page.style(selector, 'display'), await page.style(selector, 'box-sizing')]
    expect([await stops('p/p'), await layout('#v')]).toEqual([false, ['block', 'content-box']])
    await page.host(`program.show({ path: 'q/q', relaunch: true })`)
    await page.frame.locator('wx-page[is="q/q"] #v').waitFor({ state: 'attached' })
    expect([await stops('q/q'), await layout('#v'), await layout('.own')]).toEqual([true, ['flex', 'border-box'], ['block', 'content-box']])
    await page.host(`program.show({ path: 'f/f', relaunch: true })`)
    await page.frame.locator('wx-page[is="f/f"] #v').waitFor({ state: 'attached' })
    expect(await layout('#v')).toEqual(['block', 'content-box'])
    await expect.poll(() => page.frame.locator('.h-fps').textContent()).toMatch(/^\d+ FPS\n\d+ ms$/)
    proves('app_config', ...['app.json', 'page.json'].flatMap((file) => [`${file} enablePassiveEvent`, `${file} rendererOptions`]), ...['defaultDisplayBlock', 'defaultContentBox'].map((name) => `app.json rendererOptions.skyline.${name}`), 'app.json debugOptions')
    await page.page.context().close()
  })

  test('a page opened from moments stands alone, with its bar above or over it, and goes nowhere', async () => {
    const open1 = (page: object, app: object): Promise<Shown> => open({ 'app.json': { pages: ['p/p', 't/t'], tabBar: { list: [{ pagePath: 'p/p', text: 'P' }, { pagePath: 't/t', text: 'T' }] }, window: { navigationStyle: 'custom' }, ...app }, 'p/p.json': page, 'p/p.js': `Page({ onReady() { wx.switchTab({ url: '/t/t' }).then(() => note('went'), (r) => note(r.errMsg)) } })`, 't/t.wxml': '<view/>', 't/t.js': 'Page({})' }, { scene: 1154 })
    const heights: number[] = []
    for (const [page, app] of [[{}, {}], [{}, { singlePage: { navigationBarFit: 'squeezed' } }], [{ singlePage: { navigationBarFit: 'float' } }, { singlePage: { navigationBarFit: 'squeezed' } }]] as const) {
      const shown = await open1(page, app)
      await shown.noted('switchTab:fail not allowed in single page mode')
      expect(await shown.frame.locator('.h-tab-bar').count()).toBe(0)
      heights.push((await shown.frame.locator('.h-viewport').boundingBox())!.y)
      await shown.page.context().close()
    }
    // A page without a bar of its own has the platform's over it; squeezed, it begins below.
    expect(heights).toEqual([0, 64, 0])
    proves('app_config', 'app.json singlePage', 'app.json singlePage.navigationBarFit', 'page.json singlePage')
  })
})
