/** What a program knows of where it runs, what it hears of itself, what it writes down; routes, threads, canvases. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { ask } from './program'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const ok = (name: string): object => expect.objectContaining({ errMsg: `${name}:ok`, kind: 'success,complete', early: false })

describe.skipIf(!hasBrowser)('the base', () => {
  test('a program knows its window, device, language, launch and category, and turns bytes to text', async () => {
    const { said, running } = await ask(
      harness,
      `const out = {}
      out.window = wx.getWindowInfo(); out.device = wx.getDeviceInfo(); out.base = wx.getAppBaseInfo(); out.all = wx.getSystemInfoSync()
      out.async = await call('getSystemInfo'); out.async2 = await call('getSystemInfoAsync')
      out.setting = wx.getSystemSetting(); out.authorize = wx.getAppAuthorizeSetting()
      out.menu = wx.getMenuButtonBoundingClientRect()
      out.launch = wx.getLaunchOptionsSync(); out.enter = wx.getEnterOptionsSync()
      out.category = wx.getApiCategory()
      out.agent = await call('getRendererUserAgent')
      out.skyline = [wx.getSkylineInfoSync(), await call('getSkylineInfo')]
      out.ext = [wx.getExtConfigSync(), await call('getExtConfig')]
      out.base64 = wx.arrayBufferToBase64(new Uint8Array([0, 255, 7]).buffer)
      out.bytes = [...new Uint8Array(wx.base64ToArrayBuffer('AP8H'))]
      const big = wx.base64ToArrayBuffer(wx.arrayBufferToBase64(new Uint8Array(300000).buffer)).byteLength
      out.big = big
      const random = await wx.getUserCryptoManager().getRandomValues({ length: 16 })
      out.random = [random.errMsg, random.randomValues.byteLength, new Set(new Uint8Array(random.randomValues)).size > 1]
      out.debug = [await call('setEnableDebug', { enableDebug: true }), wx.getAppBaseInfo().enableDebug]
      out.env = wx.env.USER_DATA_PATH
      out.nextTick = await new Promise((resolve) => { let early = true; wx.nextTick(() => resolve(!early)); early = false })
      out.experiments = wx.getExptInfoSync(['a'])
      out.config = await wx.getCommonConfig({ keys: ['kv_a'], mode: 0 })
      out.picture = wx.checkIsPictureInPictureActive()
      out.preload = [await call('preloadAssets', { data: [{ type: 'image', src: '/a.gif' }] }), await call('preloadAssets', { data: [{ type: 'image', src: '/none.gif' }] }), await call('preloadWebview')]
      return out`,
      { 'a.gif': new Uint8Array(Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64')) },
      { path: 'p/p', query: { a: '1' } },
    )
    expect(said.window).toMatchObject({ pixelRatio: 1, screenWidth: 375, screenHeight: 667, windowWidth: 375, statusBarHeight: 20, screenTop: expect.any(Number), safeArea: { left: 0, right: 375, top: 20, bottom: 667, width: 375, height: 647 } })
    expect(said.window.windowHeight).toBe(667 - said.window.screenTop)
    expect(said.device).toMatchObject({ platform: expect.any(String), brand: expect.any(String), model: expect.any(String), system: expect.any(String), benchmarkLevel: expect.any(Number) })
    expect(said.base).toMatchObject({ SDKVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/), language: 'zh_CN', theme: 'light', version: expect.any(String), enableDebug: false, fontSizeSetting: expect.any(Number) })
    for (const all of [said.all, said.async, said.async2]) expect(all).toMatchObject({ windowWidth: 375, platform: said.device.platform, SDKVersion: said.base.SDKVersion, language: 'zh_CN' })
    expect([said.async, said.async2]).toEqual([ok('getSystemInfo'), ok('getSystemInfoAsync')])
    expect(said.setting).toMatchObject({ deviceOrientation: 'portrait', bluetoothEnabled: expect.any(Boolean), locationEnabled: expect.any(Boolean), wifiEnabled: expect.any(Boolean) })
    expect(said.authorize).toMatchObject({ cameraAuthorized: expect.any(String), locationAuthorized: expect.any(String), microphoneAuthorized: expect.any(String), notificationAuthorized: expect.any(String) })
    expect(said.menu).toEqual({ top: 24, right: 365, bottom: 56, left: 278, width: 87, height: 32 })
    for (const options of [said.launch, said.enter]) expect(options).toEqual({ path: 'p/p', query: { a: '1' }, scene: 1001, referrerInfo: {} })
    expect(said.category).toEqual({ apiCategory: 'default' })
    expect(said.agent.userAgent).toContain('Chrom')
    expect(said.skyline[0].isSupported).toBe(false)
    expect(said.skyline[1]).toMatchObject({ errMsg: 'getSkylineInfo:ok', isSupported: false, version: '' })
    expect(said.ext).toEqual([{}, expect.objectContaining({ errMsg: 'getExtConfig:ok', extConfig: {} })])
    expect([said.base64, said.bytes, said.big]).toEqual(['AP8H', [0, 255, 7], 300000])
    expect(said.random).toEqual(['getRandomValues:ok', 16, true])
    expect(said.debug).toEqual([ok('setEnableDebug'), true])
    expect([said.env, said.nextTick, said.experiments, said.picture]).toEqual(['wxfile://usr', true, {}, false])
    expect(said.preload.map((one: { kind: string }) => one.kind)).toEqual(['success,complete', 'fail,complete', 'success,complete'])
    expect(running.errors).toEqual([])
    proves('wx_api', 'getWindowInfo', 'getDeviceInfo', 'getAppBaseInfo', 'getSystemInfoSync', 'getSystemInfo', 'getSystemInfoAsync', 'getSystemSetting', 'getAppAuthorizeSetting', 'getMenuButtonBoundingClientRect')
    proves('wx_api', 'getLaunchOptionsSync', 'getEnterOptionsSync', 'getApiCategory', 'getRendererUserAgent', 'getSkylineInfo', 'getSkylineInfoSync', 'getExtConfig', 'getExtConfigSync', 'arrayBufferToBase64', 'base64ToArrayBuffer')
    expect(said.config).toEqual({ conf: '{}', conf_type: 2, errcode: 0, errmsg: 'ok', expire_sec: 0, errMsg: 'getCommonConfig:ok' })
    proves('wx_api', 'getCommonConfig', 'getUserCryptoManager', 'setEnableDebug', 'env', 'nextTick', 'getExptInfoSync', 'checkIsPictureInPictureActive', 'preloadAssets', 'preloadWebview')
    proves('wx_api_objects', 'UserCryptoManager.getRandomValues')
    await running.page.context().close()
  })

  test('it hears of coming and going, themes, sizes, errors and routes, until it no longer listens', async () => {
    const { said, running } = await ask(
      harness,
      `await until(() => wx.getPerformance().getEntriesByName('appLaunch').length)
      const heard = [], gone = []
      const names = ['AppShow', 'AppHide', 'ThemeChange', 'WindowResize', 'Error', 'UnhandledRejection', 'PageNotFound', 'BeforeAppRoute', 'AppRoute', 'AppRouteDone', 'LazyLoadError']
      for (const name of names) {
        const never = () => gone.push(name)
        wx['on' + name](never)
        wx['off' + name](never)
        wx['on' + name]((detail) => heard.push([name, name === 'Error' ? String(detail).split('\\n')[0] : name === 'UnhandledRejection' ? detail.reason.message : detail]))
      }
      global.heard = heard; global.gone = gone
      setTimeout(() => { throw new Error('thrown late') })
      Promise.reject(new Error('refused late'))
      wx.navigateTo({ url: '/none/none?a=1' }).catch(() => {})
      await wx.navigateTo({ url: '/q/q?b=2' })
      await wx.navigateTo({ url: '/lost/l/l' }).catch(() => {})
      await wx.navigateBack()
      await until(() => heard.filter(([name]) => name === 'AppRouteDone').length === 2 && heard.some(([name]) => name === 'UnhandledRejection') && heard.some(([name]) => name === 'Error'))
      wx.getLogManager().info('ready')
      await until(() => heard.some(([name]) => name === 'AppShow') && heard.some(([name]) => name === 'WindowResize') && heard.some(([name]) => name === 'ThemeChange'))
      for (const name of names) wx['off' + name]()
      const before = heard.length
      await wx.navigateTo({ url: '/q/q' })
      return { heard, gone, quiet: heard.length === before }`,
      { 'app.json': '{"pages":["p/p","q/q"],"darkmode":true,"subPackages":[{"root":"lost","pages":["l/l"]}]}', 'q/q.wxml': '<view>q</view>', 'q/q.js': 'Page({})', 'lost/l/l.wxml': '<view/>', 'lost/l/l.js': 'Page({})' },
      {
        during: async ({ page, notes }) => {
          await expect.poll(() => notes.join(), { timeout: 10_000 }).toContain('ready')
          await page.evaluate('program.hide(), program.show({ scene: 1044 }), program.setTheme("dark")')
          await page.setViewportSize({ width: 400, height: 700 })
        },
        missing: (file) => file.startsWith('lost'),
      },
    )
    const of = (name: string): any[] => said.heard.filter(([one]: [string]) => one === name).map(([, detail]: [string, unknown]) => detail)
    expect(of('AppShow')[0]).toMatchObject({ scene: 1044, path: 'p/p' })
    expect(of('AppHide')).toHaveLength(1)
    expect(of('ThemeChange')).toEqual([{ theme: 'dark' }])
    expect(of('WindowResize').at(-1)).toEqual({ size: { windowWidth: 400, windowHeight: 700 } })
    expect(of('Error')[0]).toContain('thrown late')
    expect(of('UnhandledRejection')).toContain('refused late')
    expect(of('PageNotFound')).toEqual([{ path: 'none/none', query: { a: '1' }, isEntryPage: false }])
    expect(of('BeforeAppRoute').map((one) => [one.path, one.openType, one.notFound])).toEqual([['none/none', 'navigateTo', true], ['q/q', 'navigateTo', false], ['lost/l/l', 'navigateTo', false], ['p/p', 'navigateBack', false]])
    expect(of('AppRoute').map((one) => [one.path, one.openType])).toEqual([['q/q', 'navigateTo'], ['p/p', 'navigateBack']])
    expect(of('AppRouteDone')[0]).toMatchObject({ path: 'q/q', query: { b: '2' }, webviewId: expect.any(Number), routeEventId: of('AppRoute')[0].routeEventId })
    expect(of('LazyLoadError')[0]).toMatchObject({ type: 'subpackage', subpackage: ['lost'], errMsg: expect.any(String) })
    expect([said.gone, said.quiet]).toEqual([[], true])
    for (const name of ['AppShow', 'AppHide', 'ThemeChange', 'WindowResize', 'Error', 'UnhandledRejection', 'PageNotFound', 'BeforeAppRoute', 'AppRoute', 'AppRouteDone', 'LazyLoadError']) proves('wx_api', `on${name}`, `off${name}`)
    await running.page.context().close()
  })

  test('what it writes down and counts comes to the host; updates come from there', async () => {
    const { said, running } = await ask(
      harness,
      `const log = wx.getLogManager({ level: 1 })
      log.debug('d', { a: 1 }); log.info('i'); log.log('l', [1]); log.warn('w', new Error('e').message)
      const real = wx.getRealtimeLogManager()
      real.setFilterMsg('f1'); real.addFilterMsg('f2'); real.info('ri', 1); real.in({ route: 'other/page' }); real.warn('rw'); real.error('re')
      const tag = real.tag('plugin'); tag.setFilterMsg('t'); tag.addFilterMsg('u'); tag.info('key', 'value'); tag.warn('k2', 2); tag.error('k3', { three: 3 })
      const state = real.getCurrentState()
      wx.reportEvent('bought', { goods: 'tea' }); wx.reportAnalytics('old', { a: 1 }); wx.reportMonitor('7', 3); wx.reportPerformance(1001, 25, 'home')
      const update = wx.getUpdateManager(), heard = []
      update.onCheckForUpdate(({ hasUpdate }) => heard.push(['check', hasUpdate])); update.onUpdateReady(() => heard.push(['ready'])); update.onUpdateFailed(() => heard.push(['failed']))
      await until(() => heard.length === 1)
      const early = caught(() => update.applyUpdate()).message
      log.info('@go')
      await until(() => heard.some(([one]) => one === 'failed'))
      await until(() => heard.some(([one]) => one === 'ready'))
      update.applyUpdate()
      return { state, heard, early }`,
      {},
      {
        services: {
          logged: '(level, text, about) => { seen.calls.push(["log", level, text, about]); console.log("@note", text) }',
          counted: '(event) => seen.calls.push(["count", event])',
          applyUpdate: '() => seen.calls.push(["apply"])',
        },
        during: async ({ page, notes }) => {
          await expect.poll(() => notes, { timeout: 10_000 }).toContain('@go')
          await page.evaluate('program.tellUpdate(false), program.tellUpdate(true)')
        },
      },
    )
    const calls = (await running.host('seen.calls')) as any[]
    const logs = calls.filter(([kind]) => kind === 'log').map(([, level, text, about]) => [level, text, about])
    expect(logs.slice(0, 4)).toEqual([['debug', 'd {"a":1}', {}], ['info', 'i', {}], ['log', 'l [1]', {}], ['warn', 'w e', {}]])
    expect(logs.slice(4, 10)).toEqual([
      ['info', 'ri 1', { filter: 'f1 f2', page: 'p/p' }], ['warn', 'rw', { filter: 'f1 f2', page: 'other/page' }], ['error', 're', { filter: 'f1 f2', page: 'other/page' }],
      ['info', 'key value', { tag: 'plugin', filter: 't u', page: 'p/p' }], ['warn', 'k2 2', { tag: 'plugin', filter: 't u', page: 'p/p' }], ['error', 'k3 {"three":3}', { tag: 'plugin', filter: 't u', page: 'p/p' }],
    ])
    expect(said.state).toEqual({ size: 8, maxSize: 5120, logCount: 3, maxLogCount: 200 })
    expect(calls.filter(([kind]) => kind === 'count').map(([, event]) => event)).toEqual([
      { kind: 'reportEvent', id: 'bought', value: { goods: 'tea' } }, { kind: 'reportAnalytics', id: 'old', value: { a: 1 } }, { kind: 'reportMonitor', id: '7', value: 3 }, { kind: 'reportPerformance', id: '1001', value: 25, dimensions: 'home' },
    ])
    expect(said.early).toContain('applyUpdate:fail')
    expect(said.heard).toEqual([['check', false], ['failed'], ['ready']])
    await expect.poll(() => running.host('seen.calls.filter(([kind]) => kind === "apply").length')).toBe(1)
    proves('wx_api', 'getLogManager', 'getRealtimeLogManager', 'reportEvent', 'reportAnalytics', 'reportMonitor', 'reportPerformance', 'getUpdateManager')
    proves('wx_api_objects', ...['debug', 'info', 'log', 'warn'].map((name) => `LogManager.${name}`), ...['setFilterMsg', 'addFilterMsg', 'info', 'in', 'warn', 'error', 'tag', 'getCurrentState'].map((name) => `RealtimeLogManager.${name}`))
    proves('wx_api_objects', ...['setFilterMsg', 'addFilterMsg', 'info', 'warn', 'error'].map((name) => `RealtimeTagLogManager.${name}`), ...['onCheckForUpdate', 'onUpdateReady', 'onUpdateFailed', 'applyUpdate'].map((name) => `UpdateManager.${name}`))
    await running.page.context().close()
  })

  test('it measures its start and routes, goes from page to page and back with a word, and computes in a thread', async () => {
    const { said, running } = await ask(
      harness,
      `const out = {}
      const whole = wx.getPerformance(), observed = []
      const observer = whole.createObserver((list) => observed.push(...list.getEntries().map((one) => one.name), list.getEntriesByType('render').length, list.getEntriesByName('route').length))
      observer.observe({ entryTypes: ['navigation'] })
      await until(() => whole.getEntriesByName('appLaunch').length)
      out.launch = whole.getEntriesByName('appLaunch')
      out.types = [...new Set(whole.getEntries().map((one) => one.entryType))].sort()
      const channel = []
      const opened = await wx.navigateTo({ url: '/q/q?n=1', events: { fromOpened: (...args) => channel.push(args) } })
      opened.eventChannel.emit('fromOpener', { hello: 1 })
      await until(() => channel.length === 1)
      out.channel = channel
      out.pages = getCurrentPages().map((one) => one.route)
      out.redirect = await call('redirectTo', { url: '/q/q?n=2' })
      out.two = getCurrentPages().map((one) => one.options)
      out.redirectTab = await call('redirectTo', { url: '/t/t' })
      out.noTab = await call('switchTab', { url: '/q/q' })
      out.absent = await call('navigateTo', { url: '/none' })
      out.parameter = await call('navigateTo', {})
      out.back = await call('navigateBack', { delta: 1 })
      out.backFirst = await call('navigateBack')
      out.routes = whole.getEntriesByType('navigation').map((one) => [one.name, one.path, one.navigationType, one.duration >= 0])
      observer.disconnect()
      await wx.navigateTo({ url: '/q/q' }); await wx.navigateBack()
      out.observed = observed
      whole.setBufferSize(2)
      out.buffer = whole.getEntries().length

      const worker = wx.createWorker('workers/index.js')
      const answers = [], errors = []
      worker.onMessage((message) => answers.push(message)); worker.onError((error) => errors.push(error.message))
      worker.postMessage({ n: 20 })
      await until(() => answers.length === 1)
      out.second = caught(() => wx.createWorker('workers/index.js')).errMsg
      worker.postMessage({ fail: true })
      await until(() => errors.length === 1)
      worker.postMessage({ reach: ${JSON.stringify(`${harness.origin}/run/p1/manifest.json`)} })
      await until(() => answers.length === 2)
      out.answers = answers; out.errors = errors
      worker.terminate()
      out.ended = caught(() => worker.postMessage(1)).errMsg
      out.noScript = caught(() => wx.createWorker('workers/none.js')).errMsg
      const killed = wx.createWorker('workers/index.js'), deaths = []
      killed.onProcessKilled(() => deaths.push(1)); killed.testOnProcessKilled()
      out.deaths = deaths.length

      const surface = wx.createOffscreenCanvas({ type: '2d', width: 4, height: 2 })
      const pen = surface.getContext('2d'); pen.fillStyle = '#ff0000'; pen.fillRect(0, 0, 4, 2)
      const picture = surface.createImage()
      picture.src = '/a.gif'; await new Promise((resolve) => { picture.onload = resolve })
      out.canvas = [surface.width, surface.height, [...pen.getImageData(1, 1, 1, 1).data], picture.width]
      out.file = await call('canvasToTempFilePath', { canvas: surface, destWidth: 8, destHeight: 4, fileType: 'jpg' })
      out.info = await call('getImageInfo', { src: out.file.tempFilePath })
      out.noCanvas = await call('canvasToTempFilePath', { canvasId: 'none' })
      const older = wx.createCanvasContext('c')
      older.setFillStyle('#00ff00'); older.fillRect(0, 0, 10, 10)
      await new Promise((resolve) => older.draw(false, resolve))
      out.older = await call('canvasToTempFilePath', { canvasId: 'c', x: 0, y: 0, width: 2, height: 2 })

      out.guard = await call('enableAlertBeforeUnload', { message: 'Leave?' })
      out.launched = await call('reLaunch', { url: '/q/q?n=3' })
      out.after = getCurrentPages().map((one) => [one.route, one.options.n])
      out.tab = await call('switchTab', { url: '/t/t' })
      out.onTab = getCurrentPages().map((one) => one.route)
      return out`,
      {
        'app.json': '{"pages":["p/p","q/q","t/t"],"workers":"workers","tabBar":{"list":[{"pagePath":"t/t","text":"T"},{"pagePath":"p/p","text":"P"}]},"entryPagePath":"p/p"}',
        'p/p.wxml': '<view id="a"/><canvas canvas-id="c" style="width:20px;height:20px"/>',
        'q/q.wxml': '<view>q</view>',
        'q/q.js': "Page({ onLoad() { const channel = this.getOpenerEventChannel(); const never = () => channel.emit('fromOpened', 'never'); channel.on('fromOpener', never); channel.off('fromOpener', never); channel.once('fromOpener', (word) => channel.emit('fromOpened', word, 'once')) } })",
        't/t.wxml': '<view>t</view>',
        't/t.js': 'Page({})',
        'a.gif': new Uint8Array(Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64')),
        'workers/index.js': "const { sum } = require('./sum'); worker.onMessage((message) => { if (message.fail) throw new Error('worker failed'); if (message.reach) self.fetch(message.reach).then(() => 'got', () => 'kept in').then((word) => worker.postMessage([typeof fetch, typeof WebSocket, typeof importScripts, typeof wx, word])); else worker.postMessage(sum(message.n)) })",
        'workers/sum.js': 'exports.sum = (n) => (n < 1 ? 0 : n + exports.sum(n - 1))',
      },
    )
    expect(said.launch[0]).toMatchObject({ entryType: 'navigation', path: 'p/p', startTime: expect.any(Number) })
    expect(said.types).toEqual(['loadPackage', 'navigation', 'render'])
    expect(said.channel).toEqual([[{ hello: 1 }, 'once']])
    expect(said.pages).toEqual(['p/p', 'q/q'])
    expect(said.redirect).toEqual(ok('redirectTo'))
    expect(said.two[1]).toEqual({ n: '2' })
    expect(said.redirectTab.errMsg).toBe('redirectTo:fail can not redirectTo a tabbar page')
    expect(said.noTab.errMsg).toBe('switchTab:fail can not switch to no-tabBar page')
    expect(said.absent.errMsg).toBe('navigateTo:fail page "none" is not found')
    expect(said.parameter.errMsg).toBe('navigateTo:fail parameter error: parameter.url should be String instead of Undefined;')
    expect(said.back).toEqual(ok('navigateBack'))
    expect(said.backFirst.errMsg).toBe('navigateBack:fail cannot navigate back at first page')
    expect(said.routes.map(([, path, kind]: string[]) => [path, kind])).toEqual([['p/p', 'appLaunch'], ['q/q', 'navigateTo'], ['q/q', 'redirectTo'], ['p/p', 'navigateBack']])
    expect(said.observed.filter((one: unknown) => one === 'route')).toHaveLength(3)
    expect(said.observed.filter((one: unknown) => one === 0).length).toBeGreaterThan(0)
    expect(said.buffer).toBe(2)
    expect(said.answers).toEqual([210, ['undefined', 'undefined', 'undefined', 'undefined', 'kept in']])
    expect(said.errors[0]).toContain('worker failed')
    expect([said.second, said.ended, said.deaths]).toEqual(['createWorker:fail exceed max concurrent worker number limit 1', 'postMessage:fail worker has been terminated', 1])
    expect(said.noScript).toContain('createWorker:fail')
    expect(said.canvas).toEqual([4, 2, [255, 0, 0, 255], 1])
    expect(said.file).toEqual(ok('canvasToTempFilePath'))
    expect(said.info).toMatchObject({ width: 8, height: 4 })
    expect(said.noCanvas.kind).toBe('fail,complete')
    expect(said.older).toEqual(ok('canvasToTempFilePath'))
    expect(said.launched).toEqual(ok('reLaunch'))
    expect(said.after).toEqual([['q/q', '3']])
    expect(said.tab).toEqual(ok('switchTab'))
    expect(said.onTab).toEqual(['t/t'])
    expect(running.errors).toEqual([])
    proves('wx_api', 'navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack', 'getPerformance', 'createWorker', 'createOffscreenCanvas', 'canvasToTempFilePath', 'createCanvasContext')
    proves('app_config', 'app.json workers')
    proves('wx_api_objects', ...['emit', 'on', 'once', 'off'].map((name) => `EventChannel.${name}`), ...['getEntries', 'getEntriesByName', 'getEntriesByType', 'setBufferSize', 'createObserver'].map((name) => `Performance.${name}`), 'PerformanceObserver.observe', 'PerformanceObserver.disconnect')
    proves('wx_api_objects', ...['getEntries', 'getEntriesByName', 'getEntriesByType'].map((name) => `EntryList.${name}`), ...['onMessage', 'onError', 'onProcessKilled', 'postMessage', 'terminate', 'testOnProcessKilled'].map((name) => `Worker.${name}`), 'OffscreenCanvas.getContext', 'OffscreenCanvas.createImage')
    await running.page.context().close()
  })
})
