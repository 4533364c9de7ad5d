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
      'app.json': { pages: ['p/p', 't/t'], tabBar: { custom: true, list: [{ pagePath: 'p/p', text: 'P' }, { pagePath: 't/t', text: 'T' }] }, networkTimeout: { request: 1234 } },
      'custom-tab-bar/index.json': { component: true }, 'custom-tab-bar/index.wxml': '<view id="bar">{{at}}</view>', 'custom-tab-bar/index.js': `Component({ data: { at: '' } })`,
      'p/p.js': `Page({ onShow() { this.getTabBar().setData({ at: 'p' }); wx.request({ url: 'https://shop.example/', success: (r) => note(r.data) }) } })`,
      't/t.wxml': '<view/>', 't/t.js': 'Page({})',
    }, { services: { request: `async (r) => ({ statusCode: 200, header: {}, cookies: [], body: new TextEncoder().encode('asked ' + r.timeout).buffer })` } })
    await page.noted('asked 1234')
    expect([await page.text('#bar'), await page.frame.locator('.h-tab-bar').count()]).toEqual(['p', 0])
    proves('app_config', 'app.json tabBar.custom', 'app.json networkTimeout', 'app.json networkTimeout.request')
    await page.page.context().close()
  })
})
