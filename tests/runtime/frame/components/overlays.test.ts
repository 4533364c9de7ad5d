/** What leads elsewhere or lies over the page: navigators, containers, portals, shared elements, and the page's own setup. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Change, changes, Stage } from './stage'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const NOTE = 'const note = (text) => wx.getLogManager().info(text);'
const PAGES = { 'app.json': '{"pages":["p/p","q/q","t/t","u/u"],"tabBar":{"list":[{"pagePath":"t/t","text":"t"},{"pagePath":"u/u","text":"u"}]}}', 't/t.wxml': '<view id="t">tab</view>', 't/t.js': 'Page({})', 'u/u.wxml': '<view/>', 'u/u.js': 'Page({})' }

describe.skipIf(!hasBrowser)('what leads elsewhere', () => {
  test('navigators lead to pages by their type, and out to another program', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="depth" bindtap="depth">d</view><navigator id="go" url="/q/q?a=1" bindsuccess="on">go</navigator><navigator id="redirect" open-type="redirect" url="../q/q">r</navigator><navigator id="tab" open-type="switchTab" url="/t/t">t</navigator><navigator id="relaunch" open-type="reLaunch" url="/q/q?all">l</navigator>
       <navigator id="out" target="miniProgram" app-id="wx2" path="a/b?c=1" extra-data="{{extra}}" version="trial" bindsuccess="on" bindcomplete="on">o</navigator><navigator id="link" target="miniProgram" short-link="#a" bindsuccess="on">s</navigator><navigator id="bad" target="miniProgram" bindfail="on" bindcomplete="on">f</navigator><navigator id="exit" target="miniProgram" open-type="exit">e</navigator><navigator id="noexit" open-type="exit">e</navigator><navigator id="home" target="miniProgram" open-type="navigateBack" extra-data="{{extra}}">h</navigator>`,
      `data: { extra: { n: 1 } }`,
      { ...PAGES, 'q/q.wxml': '<view id="q">q {{a}}</view><navigator id="back" open-type="navigateBack">b</navigator><navigator id="far" open-type="navigateBack" delta="{{2}}">b</navigator><navigator id="more" url="/q/q?a=2">m</navigator>', 'q/q.js': `${NOTE} Page({ data: { a: "" }, onLoad(o) { this.setData({ a: Object.entries(o).join() }); note('depth ' + getCurrentPages().length) }, onUnload() { note('closed ' + this.data.a) } })` },
      { services: { navigateToProgram: 'async (target) => { if (!target.appId && !target.shortLink) throw { errMsg: "invalid appid" }; seen.calls.push(["to", target]) }', navigateBackProgram: 'async (extra) => void seen.calls.push(["back", extra])' } },
    )
    const { frame } = stage
    const seen = (id: string): ReturnType<typeof frame.locator> => frame.locator(`.h-page-layer:not([hidden]) #${id}`)
    // Clicked, as only what a person does may lead out.
    await frame.locator('#out').click()
    expect(await stage.hears('out', 'success')).toEqual(expect.objectContaining({ errMsg: 'navigateToMiniProgram:ok' }))
    await stage.hears('out', 'complete')
    await frame.locator('#link').click()
    await stage.hears('link', 'success')
    await frame.locator('#bad').click()
    await stage.hears('bad', 'fail')
    await stage.hears('bad', 'complete')
    await frame.locator('#home').click()
    await frame.locator('#noexit').click()
    await frame.locator('#exit').click()
    await expect.poll(() => stage.running.host('seen.calls')).toEqual([['to', { appId: 'wx2', path: 'a/b?c=1', extraData: { n: 1 }, envVersion: 'trial', embedded: false }], ['to', { appId: '', path: '', extraData: {}, envVersion: 'release', embedded: false, shortLink: '#a' }], ['back', { n: 1 }], ['exit']])
    proves('components', ...['target', 'app-id', 'path', 'extra-data', 'version', 'short-link', 'bindsuccess', 'bindfail', 'bindcomplete'].map((name) => `navigator.${name}`))

    await frame.locator('#go').click()
    await expect.poll(() => seen('q').innerText()).toBe('q a,1')
    expect(stage.heard('go')).toEqual([])
    await seen('more').click()
    await expect.poll(() => seen('q').innerText()).toBe('q a,2')
    await seen('back').click()
    await expect.poll(() => seen('q').innerText()).toBe('q a,1')
    await seen('more').click()
    await expect.poll(() => seen('q').innerText()).toBe('q a,2')
    await seen('far').click()
    await expect.poll(() => seen('go').count()).toBe(1)
    await seen('redirect').click()
    await expect.poll(() => seen('q').innerText()).toBe('q')
    expect(stage.heard('depth')).toEqual(['2', '3', '3', '1'])
    await stage.close()

    const again = await Stage.open(harness, '<navigator id="tab" open-type="switchTab" url="/t/t">t</navigator><navigator id="relaunch" open-type="reLaunch" url="/q/q">l</navigator>', '', PAGES)
    await again.frame.locator('#tab').click()
    await expect.poll(() => again.frame.locator('.h-page-layer:not([hidden]) #t').count()).toBe(1)
    await again.close()
    const last = await Stage.open(harness, '<navigator id="go" url="/p/p?2">g</navigator><navigator id="relaunch" open-type="reLaunch" url="/q/q">l</navigator>', '', PAGES)
    await last.frame.locator('#go').click()
    await last.frame.locator('.h-page-layer:not([hidden]) #relaunch').nth(0).click()
    await expect.poll(() => last.frame.locator('.h-page-layer').count()).toBe(1)
    expect(await last.frame.locator('#q').innerText()).toBe('q')
    proves('components', 'navigator.url', 'navigator.open-type', 'navigator.delta')
    await last.close()
  })

  test('a pressed navigator looks as it says, and a functional one asks the platform', async () => {
    const stage = await Stage.open(
      harness,
      `<navigator id="plain" url="/q/q" hover-start-time="{{0}}" hover-stay-time="{{0}}">a</navigator><navigator id="own" url="/q/q" hover-class="own" hover-start-time="{{0}}" hover-stay-time="{{100000}}">b</navigator><navigator id="late" url="/q/q" hover-start-time="{{60000}}">c</navigator>
       <view id="outer" hover-class="own" hover-start-time="{{0}}"><navigator id="through" url="/q/q" hover-start-time="{{0}}">d</navigator></view><view id="outer2" hover-class="own" hover-start-time="{{0}}"><navigator id="shut" url="/q/q" hover-start-time="{{0}}" hover-stop-propagation>e</navigator></view>
       <functional-page-navigator id="login" name="loginAndGetUserInfo" bindsuccess="on" bindcancel="on" bindfail="on">l</functional-page-navigator><functional-page-navigator id="address" name="chooseAddress" bindsuccess="on" bindcancel="on" bindfail="on">a</functional-page-navigator><functional-page-navigator id="pay" name="requestPayment" args="{{order}}" bindsuccess="on" bindfail="on">p</functional-page-navigator><functional-page-navigator id="none" name="nothing" bindfail="on">n</functional-page-navigator>`,
      'data: { order: { timeStamp: "1", nonceStr: "n", package: "prepay_id=p", signType: "RSA", paySign: "s" } }',
      { 'p/p.wxss': '.own{outline:1px solid red}', 'app.json': '{"pages":["p/p","q/q"],"requiredPrivateInfos":["chooseAddress"]}' },
      { services: { chooseAddress: 'async () => { throw { errMsg: "cancel" } }', userProfile: 'async () => ({ userInfo: { nickName: "Ann" }, rawData: "{}", signature: "", encryptedData: "", iv: "" })', grants: 'async () => ({ "scope.userInfo": true })' } },
    )
    // With the mouse first: what it does right after a finger counts as the finger's.
    for (const id of ['login', 'address', 'pay', 'none']) await stage.frame.locator(`#${id}`).click()
    expect(await stage.hears('login', 'success')).toMatchObject({ code: 'a-code', userInfo: { nickName: 'Ann' } })
    await stage.hears('address', 'cancel')
    await stage.hears('pay', 'success')
    await stage.hears('none', 'fail')
    expect(await stage.running.host('seen.calls')).toEqual([['pay', { timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's' }]])
    proves('components', ...['name', 'args', 'bindsuccess', 'bindfail', 'bindcancel'].map((name) => `functional-page-navigator.${name}`))
    const pressed = (id: string): Promise<boolean> => stage.look(id, (dom) => /own|navigator-hover/.test(dom.className))
    const press = (id: string): Promise<void> => stage.touch(id, [[3, 3]], { stay: true })
    const release = (id: string): Promise<unknown> => stage.look(id, (dom) => dom.dispatchEvent(new TouchEvent('touchcancel', { bubbles: true, changedTouches: [new Touch({ identifier: 1, target: dom, clientX: -99, clientY: 0 })] })))
    for (const id of ['late', 'plain']) await press(id)
    await expect.poll(() => stage.look('plain', (dom) => dom.classList.contains('navigator-hover'))).toBe(true)
    expect([await pressed('late'), await pressed('own')]).toEqual([false, false])
    await release('plain')
    await press('own')
    await expect.poll(() => pressed('own')).toBe(true)
    expect(await stage.look('own', (dom) => getComputedStyle(dom).outlineStyle)).toBe('solid')
    await press('through')
    await expect.poll(() => pressed('outer')).toBe(true)
    await press('shut')
    await expect.poll(() => pressed('shut')).toBe(true)
    expect(await pressed('outer2')).toBe(false)
    await release('shut')
    proves('components', 'navigator.hover-class', 'navigator.hover-start-time', 'navigator.hover-stay-time', 'navigator.hover-stop-propagation')
    await stage.close()
  })

  test('attributes change how a page container lies, what a portal escapes and what fits the window', async () => {
    const container = (attribute: string, values: [unknown, unknown], look: Change['look'], sees: [unknown, unknown], more = ''): Change => ({ rows: [`page-container.${attribute}`], wxml: `<page-container ${attribute === 'show' ? '' : 'show'} duration="{{0}}" ${more} @><view style="height:50px">x</view></page-container>`, attribute, values, look, sees })
    const media = (attribute: string, values: [unknown, unknown], sees: [unknown, unknown]): Change => ({ rows: [`match-media.${attribute}`], wxml: '<match-media @><view>x</view></match-media>', attribute, values, look: (dom) => dom.getClientRects().length > 0, sees })
    await changes(harness, [
      container('show', [false, true], (dom) => dom.getClientRects().length > 0, [false, true]),
      container('z-index', [200, 300], (dom) => getComputedStyle(dom).zIndex, ['200', '300']),
      container('overlay', [true, false], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.o')!).display, ['block', 'none']),
      container('position', ['bottom', 'top'], (dom) => Math.round(dom.shadowRoot!.querySelector('.b')!.getBoundingClientRect().top - dom.getBoundingClientRect().top), [553, 0]),
      container('position', ['right', 'center'], (dom) => {
        const box = dom.shadowRoot!.querySelector('.b')!.getBoundingClientRect()
        return [Math.round(box.top - dom.getBoundingClientRect().top), Math.round(box.height)]
      }, [[0, 603], [277, 50]]),
      container('round', [false, true], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.b')!).borderTopLeftRadius, ['0px', '16px']),
      container('overlay-style', ['', 'background:red'], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.o')!).backgroundColor, ['rgba(0, 0, 0, 0.5)', 'rgb(255, 0, 0)']),
      container('custom-style', ['', 'background:blue;height:150rpx'], (dom) => [getComputedStyle(dom.shadowRoot!.querySelector('.b')!).backgroundColor, dom.shadowRoot!.querySelector<HTMLElement>('.b')!.offsetHeight], [['rgb(255, 255, 255)', 50], ['rgb(0, 0, 255)', 75]]),
      media('min-width', [300, 400], [true, false]),
      media('max-width', [300, 400], [false, true]),
      media('width', [375, 376], [true, false]),
      media('min-height', [300, 4000], [true, false]),
      media('max-height', [300, 4000], [false, true]),
      media('height', [667, 668], [true, false]),
      media('orientation', ['portrait', 'landscape'], [true, false]),
      { rows: ['root-portal.enable'], wxml: '<view style="height:10px;overflow:hidden;transform:translate(0,0)"><root-portal @><view style="position:fixed;top:0;left:0">x</view></root-portal></view>', attribute: 'enable', values: [true, false], look: (dom) => [dom.querySelector('wx-view')!.getClientRects().length, Math.round(dom.querySelector('wx-view')!.getBoundingClientRect().top) === 0], sees: [[1, true], [1, false]] },
      { rows: ['root-portal.externalClass'], wxml: '<root-portal @><view>x</view></root-portal>', attribute: 'externalClass', values: ['', 'red'], look: (dom) => getComputedStyle(dom.querySelector('wx-view')!).color, sees: ['rgb(0, 0, 0)', 'rgb(255, 0, 0)'] },
    ], { 'p/p.wxss': '.red{color:red}' })
  })

  test('what the runtime shows stays above a portal, whichever came first', async () => {
    const stage = await Stage.open(harness, '<view id="next" bindtap="next">n</view><view id="toast" bindtap="toast">t</view><root-portal wx:if="{{up}}"><view id="whole" style="position:fixed;inset:0;background:red">x</view></root-portal>', 'data: { up: false, after: { up: true } }, toast() { wx.showToast({ title: "t", mask: true, duration: 60000 }) }')
    const top = (): Promise<string> => stage.frame.evaluate(() => document.elementFromPoint(20, 300)?.className ?? '')
    await stage.tap('toast')
    await stage.tap('next')
    await expect.poll(() => stage.frame.locator('#whole').count()).toBe(1)
    expect(await top()).toBe('h-toast-shade')
    await stage.tap('toast')
    expect(await top()).toBe('h-toast-shade')
    await stage.close()
  })

  test('a page container slides in and out in steps, and going back closes it, not the page', async () => {
    const events = ['beforeenter', 'enter', 'afterenter', 'beforeleave', 'leave', 'afterleave', 'clickoverlay'].map((name) => `bind:${name}="on"`).join(' ')
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view><page-container id="c" model:show="{{show}}" duration="{{100}}" ${events}><view style="height:50px">x</view></page-container><page-container id="slow" show="{{other}}" duration="{{60000}}" position="top" overlay="{{false}}" ${events}><view style="height:10px">x</view></page-container><view id="is">{{show}}</view>
       <view id="slide" bindtap="next" data-set="{{slid}}">s</view><page-container id="down" show="{{down}}" duration="{{0}}" close-on-slide-down bind:afterleave="on"><view style="height:200px">x</view></page-container><page-container id="firm" show="{{down}}" duration="{{0}}" bind:afterleave="on"><view style="height:10px">x</view></page-container>`,
      'data: { show: false, other: false, down: false, slid: { down: true }, after: { show: true, other: true } }, onUnload() { note("closed") }',
    )
    await stage.tap('next')
    await stage.hears('c', 'afterenter')
    expect(stage.heard('c').map((note) => note.split(' ')[0])).toEqual(['beforeenter', 'enter', 'afterenter'])
    expect(stage.heard('slow', 'afterenter')).toEqual([])
    proves('components', 'page-container.duration')
    stage.forget()
    await stage.look('c', (dom) => dom.shadowRoot!.querySelector<HTMLElement>('.o')!.click())
    await stage.hears('c', 'afterleave')
    expect(stage.heard('c').map((note) => note.split(' ')[0])).toEqual(['clickoverlay', 'beforeleave', 'leave', 'afterleave'])
    expect(await stage.look('is', (dom) => dom.innerText)).toBe('false')
    proves('components', ...['clickoverlay', 'beforeenter', 'enter', 'afterenter', 'beforeleave', 'leave', 'afterleave'].map((name) => `page-container.bind:${name}`))
    stage.forget()
    await stage.running.host('program.back()')
    await stage.hears('slow', 'leave')
    expect(stage.running.notes).not.toContain('closed')
    await stage.tap('slide')
    await expect.poll(() => stage.look('firm', (dom) => dom.getClientRects().length)).toBe(1)
    for (const id of ['firm', 'down']) {
      await stage.look(id, (dom) => {
        const body = dom.shadowRoot!.querySelector('.b')!
        const at = (y: number): Touch[] => [new Touch({ identifier: 1, target: body, clientX: 5, clientY: y })]
        for (const [type, y] of [['touchstart', 10], ['touchmove', 60], ['touchmove', 160]] as const) body.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, touches: at(y), changedTouches: at(y) }))
        body.dispatchEvent(new TouchEvent('touchend', { bubbles: true, changedTouches: at(160) }))
      })
    }
    await stage.hears('down', 'afterleave')
    expect(stage.heard('firm')).toEqual([])
    proves('components', 'page-container.close-on-slide-down')
    await stage.close()
  })

  test('shared elements fly between pages, and into a container, as they say', async () => {
    const shared = (key: string, more: string): string => `<share-element key="${key}" ${more}><view style="width:20px;height:20px;background:red">${key}</view></share-element>`
    const stage = await Stage.open(
      harness,
      `<view id="go" bindtap="go">go</view><view id="next" bindtap="next">n</view><view style="position:absolute;left:0;top:100px">${['a', 'b', 'c', 'd', 'e'].map((key) => shared(key, '')).join('')}</view>
       <view style="position:absolute;left:0;top:300px">${shared('in', '')}${shared('still', '')}</view><page-container show="{{show}}" duration="{{0}}">${shared('in', 'transform duration="{{60000}}"')}${shared('still', 'duration="{{60000}}"')}</page-container>`,
      'data: { show: false, after: { show: true } }, go() { wx.navigateTo({ url: "/q/q" }) }',
      {
        'q/q.wxml': `<view style="position:absolute;left:200px;top:0">${[
          ['a', 'duration="{{60000}}" easing-function="linear" rect-tween-type="linear" worklet:onframe="frame"'],
          ['b', 'duration="{{60000}}" easing-function="ease-in" rect-tween-type="linear"'],
          ['c', 'duration="{{60000}}" easing-function="linear"'],
          ['d', 'duration="{{60000}}" shuttle-on-push="from"'],
          ['e', 'duration="{{1}}"'],
          ['none', 'duration="{{60000}}"'],
        ].map(([key, more]) => `<share-element key="${key}" ${more}><view style="width:40px;height:40px;background:blue">${key} to</view></share-element>`).join('')}</view><view id="back" bindtap="back">b</view>`,
        'q/q.js': `${NOTE} Page({ frame(data) { if (!this.told && data.progress > 0) { this.told = true; note('frame ' + JSON.stringify([data.direction, data.begin.width, data.end.width])) } }, back() { wx.navigateBack() } })`,
      },
    )
    const flying = (): Promise<{ text: string; left: number; top: number }[]> =>
      stage.frame.evaluate(() => [...document.querySelectorAll<HTMLElement>('.h-shuttle')].map((dom) => ({ text: dom.innerText.trim(), left: dom.getBoundingClientRect().left, top: dom.getBoundingClientRect().top })))
    await stage.tap('go')
    // The one of a moment has landed; of two pages only what both have flies.
    await expect.poll(async () => (await flying()).map((one) => one.text), { timeout: 5000 }).toEqual(['a to', 'b to', 'c to', 'd'])
    await expect.poll(async () => (await flying())[0]!.left, { timeout: 5000 }).toBeGreaterThan(1)
    const [a, b, c] = await flying()
    expect(b!.left).toBeLessThan(a!.left)
    expect(c!.left).toBeLessThan(a!.left)
    await expect.poll(() => stage.running.notes).toContain('frame [0,20,40]')
    proves('components', 'share-element.key', 'share-element.duration', 'share-element.easing-function', 'share-element.rect-tween-type', 'share-element.shuttle-on-push', 'share-element.worklet:onframe')
    await stage.tap('back')
    await expect.poll(async () => (await flying()).map((one) => one.text)).toContain('a')
    await stage.close()

    const pop = await Stage.open(harness, `<view id="go" bindtap="go">go</view><share-element key="a" duration="{{60000}}" shuttle-on-pop="from"><view style="width:20px;height:20px">here</view></share-element><share-element key="b" duration="{{60000}}"><view style="width:20px;height:20px">here</view></share-element><view id="next" bindtap="next">n</view><view>${shared('in', '')}${shared('still', '')}</view><page-container show="{{show}}" duration="{{0}}">${shared('in', 'transform duration="{{60000}}"')}${shared('still', 'duration="{{60000}}"')}</page-container>`, 'data: { show: false, after: { show: true } }, go() { wx.navigateTo({ url: "/q/q" }) }', {
      'q/q.wxml': '<share-element key="a" duration="{{0}}"><view style="width:20px;height:20px">there</view></share-element><share-element key="b" duration="{{0}}"><view style="width:20px;height:20px">there</view></share-element><view id="back" bindtap="back">b</view>',
      'q/q.js': 'Page({ back() { wx.navigateBack() } })',
    })
    const texts = (): Promise<string[]> => pop.frame.evaluate(() => [...document.querySelectorAll<HTMLElement>('.h-shuttle')].map((dom) => dom.innerText.trim()))
    await pop.tap('next')
    await expect.poll(texts).toEqual(['in'])
    proves('components', 'share-element.transform')
    await pop.tap('go')
    await pop.frame.locator('#back').waitFor()
    await pop.tap('back')
    await expect.poll(texts).toEqual(['in', 'there', 'here'])
    proves('components', 'share-element.shuttle-on-pop')
    await pop.close()
  })

  test('page-meta and the bar in it set up their page, and tell of it', async () => {
    const values = (v: Record<string, string>): string => JSON.stringify(v)
    const stage = await Stage.open(
      harness,
      `<page-meta id="m" background-color="{{m.color}}" background-color-top="{{m.top}}" background-color-bottom="{{m.bottom}}" background-text-style="{{m.text}}" root-background-color="{{m.ground}}" page-style="{{m.style}}" page-font-size="{{m.size}}" root-font-size="{{m.root}}" page-orientation="{{m.way}}" scroll-top="{{m.to}}" scroll-duration="{{m.time}}" bindscroll="on" bindscrolldone="on" bindresize="on">
         <navigation-bar title="{{m.title}}" loading="{{m.loading}}" front-color="{{m.front}}" background-color="{{m.bar}}" color-animation-duration="{{m.fade}}" color-animation-timing-func="{{m.timing}}"/></page-meta><view id="next" bindtap="next">n</view><view id="next2" bindtap="next" data-set="{{third}}">n</view><view id="rem" style="width:2rem;height:3000px">x</view>`,
      `data: { m: ${values({ color: '#010101', top: '#020202', bottom: '#030303', text: 'light', ground: '#040404', style: 'color:rgb(5,5,5)', size: '20px', root: '10px', way: 'landscape', title: 'one', loading: '', front: '#000000', bar: '#060606' })},
        after: { m: ${values({ color: '#111111', top: '#121212', bottom: '#131313', text: 'dark', ground: '#141414', style: 'color:rgb(21,21,21)', size: '24px', root: '12px', way: 'portrait', title: 'two', loading: 'y', front: '#ffffff', bar: '#161616', to: '100', time: '0', fade: '60000', timing: 'easeIn' }).replace('"0"', '0').replace('"60000"', '60000')} }, third: { 'm.to': '300px', 'm.time': 60000 } }`,
      {},
      { services: { orient: '(how) => void seen.calls.push(["orient", how])' } },
    )
    const look = (): Promise<Record<string, unknown>> =>
      stage.frame.evaluate(() => {
        const page = document.querySelector('wx-page')!
        const style = getComputedStyle(page)
        const view = getComputedStyle(page.parentElement!)
        const bar = document.querySelector<HTMLElement>('.h-navigation')!
        return { color: view.backgroundColor, ends: view.backgroundImage.match(/\d+, \d+, \d+/g), text: getComputedStyle(document.querySelector('.h-puller')!).color, ground: style.backgroundColor, style: style.color, size: style.fontSize, root: document.querySelector<HTMLElement>('#rem')!.offsetWidth, title: bar.innerText.trim(), spinner: getComputedStyle(bar.querySelector('.h-navigation-spinner')!).display !== 'none', timing: bar.style.transition.includes('ease-in'), front: bar.style.color, bar: bar.style.backgroundColor, barNow: getComputedStyle(bar).backgroundColor }
      })
    const first = { color: 'rgb(1, 1, 1)', ends: ['2, 2, 2', '3, 3, 3'], text: 'rgb(255, 255, 255)', ground: 'rgb(4, 4, 4)', style: 'rgb(5, 5, 5)', size: '20px', root: 20, title: 'one', spinner: false, timing: false, front: 'rgb(0, 0, 0)', bar: 'rgb(6, 6, 6)', barNow: 'rgb(6, 6, 6)' }
    await expect.poll(look).toEqual(first)
    await stage.tap('next')
    await expect.poll(look).toMatchObject({ color: 'rgb(17, 17, 17)', ends: ['18, 18, 18', '19, 19, 19'], text: 'rgb(0, 0, 0)', ground: 'rgb(20, 20, 20)', style: 'rgb(21, 21, 21)', size: '24px', root: 24, title: 'two', spinner: true, timing: true, front: 'rgb(255, 255, 255)', bar: 'rgb(22, 22, 22)' })
    // The colour is on its way and will be for a minute.
    expect((await look()).barNow).not.toBe('rgb(22, 22, 22)')
    await expect.poll(() => stage.running.host('seen.calls')).toEqual([['orient', 'landscape'], ['orient', 'portrait']])
    await stage.hears('m', 'scrolldone')
    expect((await stage.hears('m', 'scroll')).scrollTop).toBe(100)
    stage.forget()
    await stage.tap('next2')
    await expect.poll(() => stage.details('m', 'scroll').length, { timeout: 5000 }).toBeGreaterThan(1)
    expect(stage.heard('m', 'scrolldone')).toEqual([])
    await stage.running.page.setViewportSize({ width: 400, height: 700 })
    expect(await stage.hears('m', 'resize')).toMatchObject({ size: { windowWidth: 400 } })
    proves('components', ...['background-color', 'background-color-top', 'background-color-bottom', 'background-text-style', 'root-background-color', 'page-style', 'page-font-size', 'root-font-size', 'page-orientation', 'scroll-top', 'scroll-duration', 'bindscroll', 'bindscrolldone', 'bindresize'].map((name) => `page-meta.${name}`))
    proves('components', ...['title', 'loading', 'front-color', 'background-color', 'color-animation-duration', 'color-animation-timing-func'].map((name) => `navigation-bar.${name}`))
    await stage.close()
  })

  test('a selection tells what is selected in it, and may keep its menu to itself', async () => {
    const stage = await Stage.open(harness, '<selection id="s" bindselectionchange="on"><text id="one" user-select>first</text><text id="two" user-select>second</text></selection><text id="out" user-select>outside</text><selection id="quiet" disable-context-menu><text id="three" user-select>third</text></selection>')
    const select = (from: string, at: number, to: string, end: number): Promise<unknown> =>
      stage.frame.evaluate(([a, i, b, j]) => {
        const text = (id: string): ChildNode => document.getElementById(id)!.firstChild!
        document.getSelection()!.setBaseAndExtent(text(a as string), i as number, text(b as string), j as number)
      }, [from, at, to, end] as const)
    await select('out', 0, 'out', 3)
    await select('one', 1, 'two', 3)
    expect(await stage.hears('s', 'selectionchange')).toMatchObject({ isCollapsed: false, selectedString: 'irstsec', firstNodeId: 'one', firstOffset: 1, lastNodeId: 'two', lastOffset: 3, firstRangeRect: { height: expect.any(Number) as number } })
    await select('out', 0, 'out', 3)
    expect(await stage.hears('s', 'selectionchange', 2)).toMatchObject({ isCollapsed: true, selectedString: '' })
    expect(stage.heard('s')).toHaveLength(2)
    const menu = (id: string): Promise<boolean> => stage.look(id, (dom) => dom.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })))
    expect([await menu('one'), await menu('three')]).toEqual([true, false])
    proves('components', 'selection.bindselectionchange', 'selection.disable-context-menu')
    await stage.close()
  })
})
