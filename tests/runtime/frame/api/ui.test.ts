/** What a program shows around its pages: bars, toasts, dialogs, scrolling, fonts; what it measures and moves. */

import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { names, proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { ask } from './program'
import { openSteps } from './steps'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

/** A font that comes with the browser's driver. */
const fonts = join(dirname(createRequire(import.meta.url).resolve('playwright-core')), 'lib/vite/recorder/assets')
const FONT = new Uint8Array(readFileSync(join(fonts, readdirSync(fonts).find((name) => name.endsWith('.ttf'))!)))

const TABS = '{"pages":["p/p","q/q"],"tabBar":{"color":"#111111","list":[{"pagePath":"p/p","text":"One"},{"pagePath":"q/q","text":"Two"}]},"window":{"enablePullDownRefresh":true,"navigationBarTitleText":"Before"}}'
const Q = { 'q/q.wxml': '<view>q</view>', 'q/q.js': 'Page({})' }
describe.skipIf(!hasBrowser)('the interface', () => {
  test('bars, backgrounds, refreshing and scrolling change what is seen', async () => {
    const { said, running } = await ask(
      harness,
      `const out = {}
      const steps = []
      wx.onAppShow(({ step }) => steps.push(step))
      const step = async (name, run) => { out[name] = await run; wx.getLogManager().info('@step ' + name); await until(() => steps.includes(name)) }
      await step('title', call('setNavigationBarTitle', { title: 'After' }))
      await step('color', call('setNavigationBarColor', { frontColor: '#ffffff', backgroundColor: '#123456', animation: { duration: 0 } }))
      await step('loading', call('showNavigationBarLoading'))
      await step('loaded', call('hideNavigationBarLoading'))
      await step('background', call('setBackgroundColor', { backgroundColor: '#0a0b0c' }))
      await step('textStyle', call('setBackgroundTextStyle', { textStyle: 'light' }))
      await step('pull', call('startPullDownRefresh'))
      await step('pulled', call('stopPullDownRefresh'))
      await step('item', call('setTabBarItem', { index: 1, text: 'Second' }))
      await step('style', call('setTabBarStyle', { color: '#ff0000', selectedColor: '#00ff00', backgroundColor: '#0000ff', borderStyle: 'white' }))
      await step('badge', call('setTabBarBadge', { index: 0, text: '9' }))
      await step('unbadge', call('removeTabBarBadge', { index: 0 }))
      await step('dot', call('showTabBarRedDot', { index: 1 }))
      await step('undot', call('hideTabBarRedDot', { index: 1 }))
      await step('hideTabs', call('hideTabBar'))
      await step('showTabs', call('showTabBar'))
      await step('scroll', call('pageScrollTo', { scrollTop: 120, duration: 0 }))
      await step('scrollTo', call('pageScrollTo', { selector: '#far', duration: 0, offsetTop: -10 }))
      await step('font', call('loadFontFace', { family: 'Own', source: 'url("/own.ttf")' }))
      out.noItem = await call('setTabBarItem', { index: 7, text: 'x' })
      out.noTitle = await call('setNavigationBarTitle', {})
      await wx.navigateTo({ url: '/r/r' })
      out.noTab = await call('setTabBarBadge', { index: 0, text: '1' })
      await wx.reLaunch({ url: '/r/r' })
      await step('home', call('hideHomeButton'))
      return out`,
      {
        ...Q,
        'app.json': TABS.replace('"q/q"],"tabBar"', '"q/q","r/r"],"tabBar"'),
        'p/p.wxml': '<view style="height:900px">tall</view><view id="far" style="height:900px">far</view>',
        'r/r.wxml': '<view>r</view>',
        'r/r.js': 'Page({})',
        'own.ttf': FONT,
      },
      {
        during: async (running) => {
          const { frame, notes } = running
          const look = (code: string): Promise<any> => frame.evaluate(code)
          const layer = "document.querySelector('.h-page-layer:not([hidden])')"
          const color = (what: string, name: string): Promise<string> => look(`getComputedStyle(${what}).${name}`)
          const seen: Record<string, () => Promise<void>> = {
            title: async () => expect(await look(`${layer}.querySelector('.h-navigation-title').textContent`)).toBe('After'),
            color: async () => expect([await color(`${layer}.querySelector('.h-navigation')`, 'backgroundColor'), await color(`${layer}.querySelector('.h-navigation')`, 'color')]).toEqual(['rgb(18, 52, 86)', 'rgb(255, 255, 255)']),
            loading: async () => expect(await look(`${layer}.querySelector('.h-navigation-spinner').hidden`)).toBe(false),
            loaded: async () => expect(await look(`${layer}.querySelector('.h-navigation-spinner').hidden`)).toBe(true),
            background: async () => expect(await color(`${layer}.querySelector('.h-viewport')`, 'backgroundColor')).toBe('rgb(10, 11, 12)'),
            textStyle: async () => expect(await color(`${layer}.querySelector('.h-puller')`, 'color')).toBe('rgb(255, 255, 255)'),
            pull: async () => expect(await look(`${layer}.querySelector('.h-puller').classList.contains('h-on')`)).toBe(true),
            pulled: async () => expect(await look(`${layer}.querySelector('.h-puller').classList.contains('h-on')`)).toBe(false),
            item: async () => expect(await look("[...document.querySelectorAll('.h-tab span')].map((one) => one.textContent)")).toEqual(['One', 'Second']),
            style: async () => expect([await color("document.querySelector('.h-tab-bar')", 'backgroundColor'), await color("document.querySelectorAll('.h-tab')[0]", 'color'), await color("document.querySelectorAll('.h-tab')[1]", 'color')]).toEqual(['rgb(0, 0, 255)', 'rgb(0, 255, 0)', 'rgb(255, 0, 0)']),
            badge: async () => expect(await look("document.querySelector('.h-tab .h-badge').textContent")).toBe('9'),
            unbadge: async () => expect(await look("document.querySelector('.h-tab .h-badge')")).toBeNull(),
            dot: async () => expect(await look("!!document.querySelectorAll('.h-tab')[1].querySelector('.h-dot')")).toBe(true),
            undot: async () => expect(await look("document.querySelector('.h-tab .h-dot')")).toBeNull(),
            hideTabs: async () => expect(await look("document.querySelector('.h-tab-bar').hidden")).toBe(true),
            showTabs: async () => expect(await look("document.querySelector('.h-tab-bar').hidden")).toBe(false),
            scroll: async () => expect(await look(`${layer}.querySelector('wx-page').scrollTop`)).toBe(120),
            scrollTo: async () => expect(await look(`${layer}.querySelector('wx-page').scrollTop`)).toBe(890),
            font: async () => expect(await look("[...document.fonts].some((one) => one.family.replace(/\"/g, '') === 'Own' && one.status === 'loaded')")).toBe(true),
            home: async () => expect(await look(`${layer}.querySelector('.h-navigation-back').hidden`)).toBe(true),
          }
          for (const [name, check] of Object.entries(seen)) {
            await expect.poll(() => notes.some((note) => note === `@step ${name}` || note.startsWith('@said')), { timeout: 15_000 }).toBe(true)
            await check()
            await running.host(`program.show({ scene: 1001, step: ${JSON.stringify(name)} })`)
          }
        },
      },
    )
    const CALLS: Record<string, string> = { title: 'setNavigationBarTitle', color: 'setNavigationBarColor', loading: 'showNavigationBarLoading', loaded: 'hideNavigationBarLoading', background: 'setBackgroundColor', textStyle: 'setBackgroundTextStyle', pull: 'startPullDownRefresh', pulled: 'stopPullDownRefresh', item: 'setTabBarItem', style: 'setTabBarStyle', badge: 'setTabBarBadge', unbadge: 'removeTabBarBadge', dot: 'showTabBarRedDot', undot: 'hideTabBarRedDot', hideTabs: 'hideTabBar', showTabs: 'showTabBar', scroll: 'pageScrollTo', scrollTo: 'pageScrollTo', font: 'loadFontFace', home: 'hideHomeButton' }
    for (const [step, name] of Object.entries(CALLS)) expect(said[step], step).toMatchObject({ errMsg: `${name}:ok`, kind: 'success,complete', early: false })
    expect(said.noItem.errMsg).toBe('setTabBarItem:fail tabbar item not found')
    expect(said.noTitle.errMsg).toBe('setNavigationBarTitle:fail parameter error: parameter.title should be String instead of Undefined;')
    expect(running.errors).toEqual([])
    proves('wx_api', ...new Set(Object.values(CALLS)))
    await running.page.context().close()
  })

  test('toasts, dialogs and sheets are shown, answered and taken away', async () => {
    const { said, running } = await ask(
      harness,
      `const out = {}
      const note = (text) => wx.getLogManager().info(text)
      let seen = false
      wx.onAppShow(() => { seen = true })
      out.toast = await call('showToast', { title: 'Saved', icon: 'success', duration: 60000, mask: true }); note('@toast')
      await until(() => seen)
      out.hideToast = await call('hideToast')
      out.loading = await call('showLoading', { title: 'Wait' })
      out.hideLoading = await call('hideLoading')
      note('@modal'); out.modal = await call('showModal', { title: 'T', content: 'C', confirmText: 'Yes', cancelText: 'No' })
      note('@modal2'); out.cancel = await call('showModal', { content: 'C', editable: true, placeholderText: 'type' })
      note('@modal3'); out.typed = await call('showModal', { title: 'Name', editable: true })
      out.long = await call('showModal', { confirmText: '五个字太长' })
      note('@sheet'); out.sheet = await call('showActionSheet', { itemList: ['a', 'b'], alertText: 'choose' })
      note('@sheet2'); out.sheetCancel = await call('showActionSheet', { itemList: ['a'] })
      out.sheetWrong = await call('showActionSheet', { itemList: ['1', '2', '3', '4', '5', '6', '7'] })
      out.sheetNone = await call('showActionSheet', {})
      await wx.navigateTo({ url: '/q/q' })
      out.guard = await call('enableAlertBeforeUnload', { message: 'Leave?' })
      note('@stay'); out.stay = await call('navigateBack')
      out.still = getCurrentPages().length
      note('@leave'); out.leave = await call('navigateBack')
      out.left = getCurrentPages().length
      await wx.navigateTo({ url: '/q/q' })
      await call('enableAlertBeforeUnload', { message: 'Leave?' })
      out.unguard = await call('disableAlertBeforeUnload')
      out.free = await call('navigateBack')
      return out`,
      { 'app.json': '{"pages":["p/p","q/q"]}', ...Q },
      {
        during: async ({ frame, notes, page }) => {
          const when = (note: string): Promise<void> => expect.poll(() => notes, { timeout: 15_000 }).toContain(note)
          await when('@toast')
          expect(await frame.locator('.h-toast-box').innerText()).toBe('Saved')
          expect(await frame.locator('.h-toast-shade').count()).toBe(1)
          await page.evaluate('program.show({ scene: 1001 })')
          await when('@modal')
          expect(await frame.locator('.h-dialog-body').innerText()).toContain('T')
          await frame.getByText('Yes').click()
          await when('@modal2')
          await frame.getByText('取消').click()
          await when('@modal3')
          await frame.locator('.h-dialog input').fill('Ann')
          await frame.getByText('确定').click()
          await when('@sheet')
          await frame.getByText('b', { exact: true }).click()
          await when('@sheet2')
          await frame.getByText('取消').click()
          await when('@stay')
          await frame.getByText('取消').click()
          await when('@leave')
          await frame.getByText('确定').click()
        },
      },
    )
    const ok = (name: string): object => expect.objectContaining({ errMsg: `${name}:ok`, kind: 'success,complete' })
    for (const [step, name] of Object.entries({ toast: 'showToast', hideToast: 'hideToast', loading: 'showLoading', hideLoading: 'hideLoading', modal: 'showModal', sheet: 'showActionSheet', guard: 'enableAlertBeforeUnload', unguard: 'disableAlertBeforeUnload', leave: 'navigateBack', free: 'navigateBack' })) expect(said[step], step).toEqual(ok(name))
    expect(said.modal).toMatchObject({ confirm: true, cancel: false, content: null })
    expect(said.cancel).toMatchObject({ confirm: false, cancel: true })
    expect(said.typed).toMatchObject({ confirm: true, content: 'Ann' })
    expect(said.long.kind).toBe('fail,complete')
    expect(said.sheet.tapIndex).toBe(1)
    expect(said.sheetCancel.errMsg).toBe('showActionSheet:fail cancel')
    expect(said.sheetWrong.errMsg).toContain('showActionSheet:fail parameter error')
    expect(said.sheetNone.errMsg).toContain('parameter.itemList should be Array instead of Undefined;')
    expect([said.stay.kind, said.still, said.left]).toEqual(['fail,complete', 2, 1])
    expect(running.errors).toEqual([])
    proves('wx_api', 'showToast', 'hideToast', 'showLoading', 'hideLoading', 'showModal', 'showActionSheet', 'enableAlertBeforeUnload', 'disableAlertBeforeUnload')
    await running.page.context().close()
  })

  test('elements are measured, watched and moved', async () => {
    const methods = names('wx_api_objects').filter((name) => name.startsWith('Animation.')).map((name) => name.slice('Animation.'.length)).filter((name) => !['step', 'export'].includes(name))
    const { said, running } = await ask(
      harness,
      `const out = {}
      const query = (build) => new Promise((resolve) => { const made = wx.createSelectorQuery(); build(made); made.exec(resolve) })
      const each = []
      out.query = await query((made) => {
        made.select('#a').boundingClientRect((box) => each.push(box.width))
        made.selectAll('.box').boundingClientRect()
        made.selectViewport().scrollOffset()
        made.select('#a').fields({ id: true, dataset: true, size: true, rect: true, computedStyle: ['backgroundColor'], properties: ['data-x'] })
        made.select('#s').scrollOffset()
        made.select('#none').boundingClientRect()
      })
      out.each = each
      out.node = await query((made) => { made.select('#v').context(); made.select('#c').node(); made.select('#a').ref() })
      out.node = [typeof out.node[0].context, out.node[1].node.width, out.node[2] !== null]
      out.within = await new Promise((resolve) => wx.createSelectorQuery().in(page.selectComponent('#own')).select('.inside').boundingClientRect().exec(resolve))
      const seen = [], watch = wx.createIntersectionObserver(page, { thresholds: [0, 1], observeAll: true })
      watch.relativeToViewport({ bottom: 0 }).observe('.far', (one) => seen.push([one.intersectionRatio > 0, one.id, one.boundingClientRect.height, typeof one.time, one.relativeRect.width > 0]))
      const related = [], relation = wx.createIntersectionObserver(page)
      relation.relativeTo('#s').observe('#deep', (one) => related.push(one.intersectionRatio > 0))
      await wx.pageScrollTo({ selector: '#far', duration: 0 })
      await until(() => seen.some(([one]) => one))
      out.seen = seen.find(([one]) => one)
      page.setData({ top: 300 })
      await until(() => related.includes(true))
      watch.disconnect(); relation.disconnect()
      const count = seen.length
      await wx.pageScrollTo({ scrollTop: 0, duration: 0 }); await wait(80)
      out.quiet = seen.length === count
      const matches = [], media = wx.createMediaQueryObserver()
      media.observe({ minWidth: 300, maxWidth: 400 }, ({ matches: one }) => matches.push(one))
      await until(() => matches.length === 1)
      wx.getLogManager().info('@resize')
      await until(() => matches.length === 2)
      media.disconnect()
      wx.getLogManager().info('@resizeBack')
      await until(() => wx.getWindowInfo().windowWidth === 375)
      out.matches = matches

      const still = () => query((made) => made.select('#m').fields({ computedStyle: ['transform', 'opacity', 'backgroundColor', 'width', 'height', 'left', 'top', 'right', 'bottom'], size: true })).then(([one]) => one)
      const values = { matrix: [1, 0, 0, 1, 5, 6], matrix3d: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 3, 4, 0, 1], rotate: [90], rotate3d: [0, 0, 1, 90], rotateX: [180], rotateY: [180], rotateZ: [90], scale: [2, 3], scale3d: [2, 3, 1], scaleX: [2], scaleY: [2], scaleZ: [2], skew: [45, 0], skewX: [45], skewY: [45], translate: [10, 20], translate3d: [1, 2, 0], translateX: [7], translateY: [8], translateZ: [9], opacity: [0.5], backgroundColor: ['#ff0000'], width: [50], height: ['60px'], left: [11], top: ['12px'], right: [13], bottom: [14] }
      const changed = async (before) => { for (let turn = 0; turn < 200; turn++) { const look = await still(); if (JSON.stringify(look) !== before) return look; await wait(10) } return still() }
      out.moved = {}
      for (const name of ${JSON.stringify(methods)}) {
        const before = JSON.stringify(await still())
        const animation = wx.createAnimation({ duration: 0, timingFunction: 'linear' })
        const same = animation[name](...values[name]) === animation
        page.setData({ animation: animation.step({ delay: 0 }).export() })
        const look = await changed(before)
        out.moved[name] = [same, look]
        page.setData({ shown: false, animation: null }); page.setData({ shown: true })
      }
      const two = wx.createAnimation({ duration: 30 })
      two.translateX(10).opacity(0.2).step().translateX(40).opacity(1).step({ duration: 20 })
      const exported = two.export()
      out.steps = [exported.actions.length, two.export().actions.length]
      two.option.transition.duration = 7
      out.changed = two.left(1).step({ delay: 2 }).export().actions[0].options
      page.setData({ animation: exported })
      for (let turn = 0; turn < 200 && !(out.last?.transform === 'matrix(1, 0, 0, 1, 40, 0)' && out.last.opacity === '1'); turn++) { await wait(10); out.last = await still() }
      return out`,
      {
        'app.json': '{"pages":["p/p"]}',
        'p/p.json': '{"usingComponents":{"own":"/own/own"}}',
        'own/own.json': '{"component":true}',
        'own/own.js': 'Component({})',
        'own/own.wxml': '<view class="inside" style="width:33px;height:10px"/>',
        'p/p.wxml': `<view id="a" class="box" data-x="1" style="width:100px;height:40px;background:#00ff00"/><view class="box" style="width:20px;height:10px"/>
          <own id="own"/><video id="v"/><canvas id="c" type="2d" style="width:50px;height:30px"/>
          <scroll-view id="s" scroll-y scroll-top="{{top}}" style="height:50px"><view style="height:300px"/><view id="deep" style="height:40px">deep</view></scroll-view>
          <view wx:if="{{shown}}" id="m" animation="{{animation}}" style="position:absolute;width:20px;height:20px">m</view>
          <view style="height:1200px"/><view id="far" class="far" style="height:30px">far</view>`,
      },
      {
        data: { shown: true },
        during: async ({ page, notes }) => {
          await expect.poll(() => notes.some((note) => note === '@resize' || note.startsWith('@said')), { timeout: 15_000 }).toBe(true)
          await page.setViewportSize({ width: 500, height: 667 })
          await expect.poll(() => notes.some((note) => note === '@resizeBack' || note.startsWith('@said')), { timeout: 15_000 }).toBe(true)
          await page.setViewportSize({ width: 375, height: 667 })
        },
      },
    )
    const [box, all, viewport, fields, scroller, none] = said.query
    expect(box).toMatchObject({ id: 'a', dataset: { x: '1' }, left: 0, top: 0, right: 100, bottom: 40, width: 100, height: 40 })
    expect(all.map((one: { width: number }) => one.width)).toEqual([100, 20])
    expect(viewport).toMatchObject({ scrollTop: 0, scrollLeft: 0, scrollHeight: expect.any(Number) })
    expect(fields).toMatchObject({ id: 'a', width: 100, height: 40, backgroundColor: 'rgb(0, 255, 0)' })
    expect(scroller).toMatchObject({ scrollTop: 0, scrollHeight: 340 })
    expect([none, said.each]).toEqual([null, [100]])
    expect(said.node).toEqual(['object', expect.any(Number), true])
    expect(said.within[0].width).toBe(33)
    expect(said.seen).toEqual([true, 'far', 30, 'number', true])
    expect([said.quiet, said.matches]).toEqual([true, [true, false]])
    expect(said.changed).toEqual({ duration: 7, timingFunction: 'linear', delay: 2, transformOrigin: '50% 50% 0' })
    proves('wx_api', 'createSelectorQuery', 'createIntersectionObserver', 'createMediaQueryObserver', 'createAnimation')
    proves('wx_api_objects', ...['exec', 'select', 'selectAll', 'selectViewport', 'in'].map((name) => `SelectorQuery.${name}`), ...['boundingClientRect', 'context', 'fields', 'node', 'ref', 'scrollOffset'].map((name) => `NodesRef.${name}`))
    proves('wx_api_objects', ...['disconnect', 'observe', 'relativeTo', 'relativeToViewport'].map((name) => `IntersectionObserver.${name}`), 'MediaQueryObserver.observe', 'MediaQueryObserver.disconnect')

    const matrix: Record<string, string> = { matrix: 'matrix(1, 0, 0, 1, 5, 6)', matrix3d: 'matrix(1, 0, 0, 1, 3, 4)', rotate: 'matrix(0, 1, -1, 0, 0, 0)', rotateZ: 'matrix(0, 1, -1, 0, 0, 0)', rotate3d: 'matrix(0, 1, -1, 0, 0, 0)', scale: 'matrix(2, 0, 0, 3, 0, 0)', scale3d: 'matrix(2, 0, 0, 3, 0, 0)', scaleX: 'matrix(2, 0, 0, 1, 0, 0)', scaleY: 'matrix(1, 0, 0, 2, 0, 0)', skew: 'matrix(1, 0, 1, 1, 0, 0)', skewX: 'matrix(1, 0, 1, 1, 0, 0)', skewY: 'matrix(1, 1, 0, 1, 0, 0)', translate: 'matrix(1, 0, 0, 1, 10, 20)', translate3d: 'matrix(1, 0, 0, 1, 1, 2)', translateX: 'matrix(1, 0, 0, 1, 7, 0)', translateY: 'matrix(1, 0, 0, 1, 0, 8)' }
    const simple: Record<string, string> = { opacity: '0.5', backgroundColor: 'rgb(255, 0, 0)', width: '50px', height: '60px', left: '11px', top: '12px', right: '13px', bottom: '14px' }
    for (const name of methods) {
      const [same, look] = said.moved[name]
      expect(same, name).toBe(true)
      const flat = String(look.transform).replace(/-?\d\.\d+e-\d+/g, '0')
      if (name in matrix) expect([name, flat]).toEqual([name, matrix[name]])
      else if (name in simple) expect([name, look[name]]).toEqual([name, simple[name]])
      else expect([name, flat.startsWith('matrix3d(')], name).toEqual([name, true])
    }
    expect(said.steps).toEqual([2, 0])
    expect([said.last.transform, said.last.opacity]).toEqual(['matrix(1, 0, 0, 1, 40, 0)', '1'])
    expect(running.errors).toEqual([])
    proves('wx_api_objects', ...methods.map((name) => `Animation.${name}`), 'Animation.step', 'Animation.export')
    await running.page.context().close()
  })

  test('the window is sized and told of, a route is led elsewhere, and a lasting word stands beside the program', async () => {
    const steps = await openSteps(
      harness,
      {
        listens: `
          wx.onMenuButtonBoundingClientRectWeightChange(page.moved = (e) => heard.push(['capsule', e.left, wx.getMenuButtonBoundingClientRect().left]))
          wx.onWindowStateChange(page.turned = (e) => heard.push(['window', e.state]))
          return 1`,
        heard: `return heard`,
        stops: `wx.offMenuButtonBoundingClientRectWeightChange(page.moved); wx.offWindowStateChange(page.turned); heard.length = 0; return 1`,
        sizes: `return [await tried(wx.setWindowSize({ width: 500, height: 600 })), await tried(wx.setWindowSize({ width: 500 }))]`,
        words: `return [await tried(wx.setTopBarText({ text: '茶好了' })), await tried(wx.setTopBarText({ text: '又好了' })), await tried(wx.setTopBarText({}))]`,
        sound: `wx.onAudioInterruptionBegin(page.begun = () => heard.push('begun')); wx.onAudioInterruptionEnd(page.ended = () => heard.push('ended')); return 1`,
        silence: `wx.offAudioInterruptionBegin(page.begun); wx.offAudioInterruptionEnd(page.ended); heard.length = 0; return 1`,
        turns: `
          const early = await tried(wx.rewriteRoute({ url: '/q/q' }))
          const answers = []
          const turn = (e) => { if (e.path === 'r/r') answers.push(wx.rewriteRoute({ url: e.query.to, preserveQuery: e.query.keep === '1' })) }
          wx.onBeforeAppRoute(turn)
          wx.onAppRoute((e) => heard.push(e.path))
          const end = async (url) => { await wx.navigateTo({ url }); const { route, options } = getCurrentPages().at(-1); await wx.navigateBack(); return [route, options] }
          const out = [await end('/r/r?to=/q/q?a=1'), await end('/r/r?to=q/q&keep=1'), await end('/r/r?to=none')]
          wx.offBeforeAppRoute(turn)
          return { early, out, answers: await Promise.all(answers.map(tried)), late: await end('/r/r?to=q/q'), routed: heard.slice(0, 1) }`,
      },
      {
        files: { 'app.json': '{"pages":["p/p","q/q","r/r"],"resizable":true}', 'q/q.wxml': '<view/>', 'q/q.js': 'Page({})', 'r/r.wxml': '<view/>', 'r/r.js': 'Page({})' },
        context: { screen: { width: 1600, height: 1200 } },
        services: { resizeWindow: "async (size) => { seen.calls.push(['size', size]); if (size.width > 1000) throw { errMsg: 'no room' } }", topBarText: "(text) => seen.calls.push(['topBar', text])" },
      },
    )
    const { running } = steps
    await steps.run('listens')
    await running.host('program.setMenuButton({ top: 6, right: 300, bottom: 38, left: 213, width: 87, height: 32 })')
    await expect.poll(() => steps.run('heard')).toEqual([['capsule', 213, 213]])
    await running.host('document.documentElement.requestFullscreen()')
    await expect.poll(() => steps.run('heard')).toEqual([['capsule', 213, 213], ['window', 'maximize']])
    await running.host('document.exitFullscreen()')
    await expect.poll(async () => (await steps.run('heard')).at(-1)).toEqual(['window', 'normalize'])
    await steps.run('stops')
    await running.host('program.setMenuButton({ top: 6, right: 365, bottom: 38, left: 278, width: 87, height: 32 }), document.documentElement.requestFullscreen()')
    await running.host('document.exitFullscreen()')
    const [sized, unsized] = await steps.run('sizes')
    expect([sized.errMsg, unsized.failed.errMsg]).toEqual(['setWindowSize:ok', 'setWindowSize:fail parameter error: parameter.height should be Number instead of Undefined;'])
    const [said, early, none] = await steps.run('words')
    expect([said.errMsg, early.failed.errMsg, none.failed.errMsg]).toEqual(['setTopBarText:ok', 'setTopBarText:fail invoke too frequently', 'setTopBarText:fail parameter error: parameter.text should be String instead of Undefined;'])
    expect(await steps.asked()).toEqual([['size', { width: 500, height: 600 }], ['topBar', '茶好了']])
    expect(await steps.run('heard')).toEqual([])
    proves('wx_api', ...['MenuButtonBoundingClientRectWeightChange', 'WindowStateChange'].flatMap((name) => [`on${name}`, `off${name}`]), 'setWindowSize', 'setTopBarText')
    proves('app_config', 'app.json resizable')

    // Somebody else takes the device's sound, where the browser tells of it.
    await running.frame.evaluate(() => void Object.defineProperty(navigator, 'audioSession', { value: Object.assign(new EventTarget(), { state: 'active' }) }))
    const session = (state: string): Promise<void> => running.frame.evaluate((now) => {
      const { audioSession } = navigator as unknown as { audioSession: EventTarget & { state: string } }
      audioSession.state = now
      audioSession.dispatchEvent(new Event('statechange'))
    }, state)
    await steps.run('sound')
    for (const state of ['interrupted', 'active', 'inactive']) await session(state)
    expect(await steps.run('heard')).toEqual(['begun', 'ended'])
    await steps.run('silence')
    for (const state of ['interrupted', 'active']) await session(state)
    expect(await steps.run('heard')).toEqual([])
    proves('wx_api', ...['Begin', 'End'].flatMap((name) => [`onAudioInterruption${name}`, `offAudioInterruption${name}`]))

    const routes = await steps.run('turns')
    expect(routes.early.failed.errMsg).toBe('rewriteRoute:fail no route event to rewrite')
    expect(routes.out).toEqual([['q/q', { a: '1' }], ['q/q', { to: 'q/q', keep: '1' }], ['r/r', { to: 'none' }]])
    expect(routes.answers.map((one: any) => one.errMsg ?? one.failed.errMsg)).toEqual(['rewriteRoute:ok', 'rewriteRoute:ok', 'rewriteRoute:fail page "none" is not found'])
    expect([routes.late[0], routes.routed]).toEqual(['r/r', ['q/q']])
    proves('wx_api', 'rewriteRoute')
    await running.page.context().close()
  })

  test('styles follow values that are animated, and a page comes in as the program draws it', async () => {
    const { said, running } = await ask(
      harness,
      `
      const { shared, derived, timing, spring, decay, delay, sequence, repeat, Easing, cancelAnimation, runOnUI, runOnJS } = wx.worklet
      const out = {}
      const done = (make) => new Promise((resolve) => { const value = shared(0); const seen = []; value.value = make((finished) => resolve([Math.round(value.value * 100) / 100, finished, seen])); })
      const x = shared(3), twice = derived(() => x.value * 2)
      const first = await new Promise((resolve) => page.applyAnimatedStyle('#a', () => { 'worklet'; return { transform: 'translateX(' + twice.value + 'px)', marginTop: x.value + 'rpx' } }, { immediate: true }, resolve))
      const box = () => { const dom = wx.createSelectorQuery().select('#a').boundingClientRect; return new Promise((resolve) => wx.createSelectorQuery().select('#a').boundingClientRect((one) => resolve([one.left, one.top])).exec()) }
      out.before = await box()
      x.value = 20
      out.after = [await box(), twice.value, typeof first.styleId]
      await new Promise((resolve) => page.clearAnimatedStyle('#a', [first.styleId], resolve))
      x.value = 40
      out.cleared = await box()
      out.timing = await done((over) => timing(10, { duration: 60, easing: Easing.out(Easing.cubic) }, over))
      out.spring = await done((over) => spring(5, { damping: 40, stiffness: 900, mass: 1 }, over))
      out.decay = await done((over) => decay({ velocity: 1000, deceleration: 0.9, clamp: [0, 4] }, over))
      const steps = []
      out.sequence = await new Promise((resolve) => { const value = shared(0); value.value = delay(20, sequence(timing(4, { duration: 40 }, () => steps.push(value.value)), timing(1, { duration: 40 }, () => { steps.push(value.value); setTimeout(() => resolve([...steps, value.value]), 50) }))) })
      out.repeat = await done((over) => repeat(timing(2, { duration: 30 }), 2, true, over))
      const halted = shared(0), ends = []
      halted.value = timing(100, { duration: 60000 }, (finished) => ends.push(finished)); cancelAnimation(halted)
      halted.value = timing(100, { duration: 60000 }, (finished) => ends.push(finished)); halted.value = 7
      out.halted = [ends, halted.value]
      out.runs = await new Promise((resolve) => runOnUI((a) => runOnJS((b) => resolve([a, b]))(2))(1))
      out.easing = [Easing.linear(0.5), Easing.quad(0.5), Easing.poly(3)(0.5), Easing.bounce(1), Math.round(Easing.elastic(1)(1) * 100) / 100, Math.round(Easing.bezier(0.25, 0.1, 0.25, 1).factory()(0.5) * 100) / 100, Math.round(Easing.out(Easing.cubicBezier(0.42, 0, 1, 1))(0.5) * 1000) / 1000, Easing.in(Easing.sin)(0), Easing.circle(1), Easing.exp(1), Math.round(Easing.ease(0.5) * 1000) / 1000]

      const contexts = [], statuses = []
      wx.router.addRouteBuilder('slide', (context, options) => { contexts.push([context, options]); return { transitionDuration: 120, opaque: true, handlePrimaryAnimation: () => { 'worklet'; statuses.push(context.primaryAnimationStatus.value); return { transform: 'translateX(' + 100 * (1 - context.primaryAnimation.value) + '%)' } } } })
      await wx.navigateTo({ url: '/q/q', routeType: 'slide', routeOptions: { from: 'left' } })
      const [context, options] = contexts[0]
      const next = getCurrentPages().at(-1)
      out.coming = [wx.router.getRouteContext(next) === context, context.primaryAnimation.value < 1, options]
      await until(() => context.primaryAnimationStatus.value === 3)
      out.came = [context.primaryAnimation.value, statuses.includes(1)]
      context.startUserGesture(); out.gesture = [context.userGestureInProgress.value]; context.stopUserGesture(); out.gesture.push(context.userGestureInProgress.value)
      context.didPop(); await until(() => getCurrentPages().length === 1)
      wx.router.removeRouteBuilder('slide')
      await wx.navigateTo({ url: '/q/q', routeType: 'slide' })
      out.plain = [contexts.length, wx.router.getRouteContext(getCurrentPages().at(-1)) === undefined]
      await wx.navigateBack()
      out.can = [wx.canIUse('worklet'), wx.canIUse('router'), wx.canIUse('Router.addRouteBuilder')]
      return out`,
      { 'app.json': '{"pages":["p/p","q/q"],"window":{"navigationStyle":"custom"}}', 'q/q.wxml': '<view>q</view>', 'q/q.js': 'Page({})' },
    )
    expect(said.before).toEqual([6, 1.5])
    expect(said.after).toEqual([[40, 10], 40, 'number'])
    expect(said.cleared).toEqual([0, 0])
    expect([said.timing.slice(0, 2), said.spring.slice(0, 2), said.decay.slice(0, 2), said.sequence, said.repeat.slice(0, 2)]).toEqual([[10, true], [5, true], [4, true], [4, 1, 1], [0, true]])
    expect(said.halted).toEqual([[false, false], 7])
    expect([said.runs, said.easing]).toEqual([[1, 2], [0.5, 0.25, 0.125, 1, 1, 0.8, 0.685, 0, 1, 1, 0.315]])
    expect([said.coming, said.came, said.gesture, said.plain, said.can]).toEqual([[true, true, { from: 'left' }], [1, true], [1, 0], [1, true], [true, true, true]])
    expect(running.errors).toEqual([])
    proves('wx_api', 'worklet', 'router')
    proves('wx_api_objects', ...['addRouteBuilder', 'removeRouteBuilder', 'getRouteContext'].map((name) => `Router.${name}`), ...['shared', 'derived', 'timing', 'spring', 'decay', 'delay', 'sequence', 'repeat', 'cancelAnimation', 'runOnUI', 'runOnJS'].map((name) => `Worklet.${name}`))
    await running.page.context().close()
  })
})
