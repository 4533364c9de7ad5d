/** Web views: pages of a business domain over the program's page, what they may ask, and that nothing else is shown. */

import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../recorder'
import { Harness, hasBrowser, type Running } from './harness'

const harness = new Harness()
const heard: string[] = []

/** A site of somebody else's: each of its pages brings the script for pages, and says by its title where it is. */
const site = (): Server =>
  createServer((request, response) => {
    if (request.method === 'GET') heard.push(`${request.headers.host}${request.url}`)
    if (request.url!.startsWith('/to')) {
      response.writeHead(302, { location: `${other}/redirected` }).end()
      return
    }
    if (request.url === '/sdk.js') {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(new URL('../../../runtime/dist/test/page-sdk.js', import.meta.url)))
      return
    }
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Page ${request.url}</title><script src="/sdk.js"></script><body style="background:#def"><p id="said">${request.url}</p><button id="go">go</button><a id="next" href="/next">next</a><a id="away" href="${other}/away">away</a>
      <script>wx.miniProgram.getEnv((env) => said.textContent += ' ' + env.miniprogram + ' ' + window.__wxjs_environment)
      go.onclick = () => { wx.miniProgram.postMessage({ data: { n: 1 } }); wx.miniProgram.postMessage({ data: 'two', success: (r) => said.textContent += ' ' + r.errMsg }) }
      let out = []; try { out.push('parent ' + parent.document.title) } catch (e) { out.push('parent refused') } try { top.location = '${other}/top' } catch (e) { out.push('top refused') } out.push('popup ' + String(window.open('${other}/popup'))); said.dataset.out = out.join(', ')</script>`)
  })
const sites = [site(), site()]
let own = ''
let other = ''

beforeAll(async () => {
  if (!hasBrowser) return
  await harness.start()
  for (const one of sites) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  ;[own, other] = sites.map((one) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`) as [string, string]
}, 60_000)

afterAll(async () => {
  await harness.stop()
  for (const one of sites) one.close()
})

const PROGRAM = {
  'app.json': JSON.stringify({ pages: ['p/p', 'q/q'], window: { navigationBarTitleText: 'Program' } }),
  'p/p.wxml': '<view id="open" bindtap="open">open</view><view id="under">under</view>',
  'p/p.js': `Page({ open() { wx.navigateTo({ url: '/q/q' }) } })`,
  'q/q.wxml': '<web-view wx:if="{{src}}" src="{{src}}" bindmessage="message" bindload="load" binderror="error"/>',
  'q/q.js': `const note = (...all) => wx.getLogManager().info(all.map((one) => typeof one === 'string' ? one : JSON.stringify(one)).join(' '));
    Page({ data: { src: '' }, onLoad() { this.setData({ src: getApp().src }) }, onUnload() { note('unload') }, onShow() { note('show') }, onHide() { note('hide') }, ask() { wx.showModal({ title: 'stay?', success: (r) => note('confirm', r.confirm) }) },
      message(e) { note('message', e.detail.data) }, load(e) { note('load', e.detail.src) }, error(e) { note('error', e.detail.src) }, onShareAppMessage(e) { note('share', e.webViewUrl); return {} } })`,
}

async function open(src: string, theme: 'light' | 'dark' = 'light'): Promise<Running> {
  const running = await harness.open({ ...PROGRAM, 'app.js': `App({ src: ${JSON.stringify(src)} })` }, { services: { page: `'/run/page.html?pages=${encodeURIComponent(own)}'` }, theme })
  await running.frame.locator('#open').click()
  return running
}

const page = (running: Running) => running.page.frameLocator('iframe[src*="page.html"]').frameLocator('iframe')
const around = (running: Running) => running.page.frameLocator('iframe[src*="page.html"]')

describe.skipIf(!hasBrowser)('a web view', () => {
  test('shows a page of a business domain over the page, with its title, and hears it load, speak and be left', async () => {
    const running = await open(`${own}/first?a=1`)
    await expect.poll(() => running.notes).toEqual(['show', `load ${own}/first?a=1`])
    await expect.poll(() => page(running).locator('#said').textContent()).toBe('/first?a=1 true miniprogram')
    await expect.poll(() => running.frame.locator('.h-page-layer:not([hidden]) .h-navigation-title').textContent()).toBe('Page /first?a=1')
    const [bar, shown] = [await running.frame.locator('.h-page-layer:not([hidden]) .h-navigation').boundingBox(), await running.page.locator('iframe[src*="page.html"]').boundingBox()]
    expect([shown!.x, shown!.y, shown!.width, shown!.height]).toEqual([0, bar!.height, 375, 667 - bar!.height])
    // The page has no way to its surroundings, and opens nothing by itself.
    expect(await page(running).locator('#said').getAttribute('data-out')).toBe('parent refused, top refused, popup null')

    await page(running).locator('#go').click()
    await expect.poll(() => page(running).locator('#said').textContent()).toContain('postMessage:ok')
    expect(running.notes.filter((one) => one.startsWith('message'))).toEqual([])
    running.notes.length = 0
    await running.host('program.shareContent()')
    expect(running.notes).toEqual(['message [{"n":1},"two"]', `share ${own}/first?a=1`])

    // What the program asks is seen, not covered by the page.
    await running.frame.evaluate(`document.querySelector('.h-page-layer:not([hidden]) wx-page').__wxElement.getMethodCaller().ask()`)
    await running.page.locator('iframe[src*="page.html"]').waitFor({ state: 'hidden' })
    running.notes.length = 0
    await running.frame.locator('.h-dialog button').last().click()
    await running.page.locator('iframe[src*="page.html"]').waitFor({ state: 'visible' })
    expect(running.notes).toEqual(['confirm true'])

    running.notes.length = 0
    await page(running).locator('#next').click()
    await expect.poll(() => running.notes).toEqual([`load ${own}/next`])
    await page(running).locator('#go').click()
    await expect.poll(() => page(running).locator('#said').textContent()).toContain('postMessage:ok')
    await page(running).locator('#said').evaluate(() => (window as any).wx.miniProgram.navigateBack({ delta: 1 }))
    await expect.poll(() => running.notes).toEqual([`load ${own}/next`, 'message [{"n":1},"two"]', 'unload'])
    await running.page.locator('iframe[src*="page.html"]').waitFor({ state: 'detached' })
    expect(running.errors).toEqual([])
    proves('components', 'web-view.src', 'web-view.bindload', 'web-view.bindmessage')
    await running.page.context().close()
  })

  test('says which address it does not open: of another domain, by a link or a redirect, or one that is not there', async () => {
    heard.length = 0
    const running = await open(`${other}/secret`)
    await expect.poll(() => running.notes).toEqual(['show', `error ${other}/secret`])
    expect(await around(running).locator('.notice').innerText()).toContain(`${other}/secret`)
    running.notes.length = 0
    const set = (src: string): Promise<unknown> => running.frame.evaluate((to) => (document.querySelector('.h-page-layer:not([hidden]) wx-page') as any).__wxElement.getMethodCaller().setData({ src: to }), src)
    await set(`${own}/ok`)
    await expect.poll(() => running.notes).toEqual([`load ${own}/ok`])
    await page(running).locator('#away').click()
    await expect.poll(() => running.notes.length).toBe(2)
    expect(running.notes[1]!.startsWith(`error ${other}`)).toBe(true)
    await around(running).locator('.notice').waitFor()
    await set(`${own}/to`)
    await expect.poll(() => running.notes.length).toBe(3)
    expect(running.notes[2]!.startsWith('error ')).toBe(true)
    expect(heard.filter((one) => one.startsWith(other.slice('http://'.length)))).toEqual([])
    // Not of the web, and not of the shell's own home, whose storage it would share.
    for (const src of ['javascript:alert(1)', 'data:text/html,x', `${harness.origin}/host/1`, 'nonsense']) {
      running.notes.length = 0
      await set(src)
      await expect.poll(() => running.notes).toEqual([`error ${src}`])
    }
    sites[0]!.close()
    sites[0]!.closeAllConnections()
    running.notes.length = 0
    await set(`${own}/gone`)
    await expect.poll(() => running.notes).toEqual([`error ${own}/gone`])
    await around(running).getByRole('button').waitFor()
    proves('components', 'web-view.binderror')
    await running.page.context().close()
  })
})
