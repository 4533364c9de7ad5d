/** The scroll view: each attribute changes how it stands or scrolls, each event is heard, and script may drive it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Change, changes, Stage } from './stage'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const LONG = '<view style="width:300px;height:300px">a</view><view id="in{}" style="width:300px;height:300px">b</view><view style="width:300px;height:300px">c</view>'
const rows = (...names: string[]): string[] => names.map((name) => `scroll-view.${name}`)
let made = 0
const view = (attribute: string, values: [unknown, unknown], look: Change['look'], sees: [unknown, unknown], more = 'scroll-y', inner = LONG, also: string[] = [attribute]): Change => ({
  rows: rows(...also),
  wxml: `<scroll-view ${more.includes('style=') ? '' : 'style="width:100px;height:100px"'} ${more} @>${inner.replace('{}', String(++made))}</scroll-view>`,
  attribute,
  values,
  look,
  sees,
})
const overflow = (axis: 'X' | 'Y') => (axis === 'X' ? (dom: HTMLElement) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).overflowX : (dom: HTMLElement) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).overflowY)

describe.skipIf(!hasBrowser)('the scroll view', () => {
  test('attributes change how it stands and scrolls', async () => {
    made = 0
    await changes(harness, [
      view('scroll-x', [false, true], overflow('X'), ['hidden', 'auto'], ''),
      view('scroll-y', [false, true], overflow('Y'), ['hidden', 'auto'], ''),
      view('scroll-top', [40, '150rpx'], (dom) => dom.scrollTop, [40, 75]),
      view('scroll-left', ['40', 90], (dom) => dom.scrollLeft, [40, 90], 'scroll-x'),
      view('scroll-into-view', ['', 'in5'], (dom) => dom.scrollTop, [0, 300]),
      view('scroll-anchoring', [false, true], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).overflowAnchor, ['none', 'auto']),
      view('enable-flex', [false, true], (dom) => Math.round(dom.querySelectorAll('wx-view')[1]!.getBoundingClientRect().x - dom.getBoundingClientRect().x), [0, 50], 'scroll-x style="display:flex;flex-direction:row;width:100px;height:100px"', '<view style="width:50px;flex:none">a</view><view style="width:50px;flex:none">b</view>'),
      view('bounces', [true, false], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).overscrollBehaviorY, ['contain', 'none'], 'scroll-y enhanced'),
      view('show-scrollbar', [true, false], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).scrollbarWidth, ['auto', 'none'], 'scroll-y enhanced'),
      view('enhanced', [false, true], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).scrollbarWidth, ['auto', 'none'], 'scroll-y show-scrollbar="{{false}}"'),
      view('paging-enabled', [false, true], (dom) => {
        dom.scrollTop = 130
        return dom.scrollTop
      }, [130, 100], 'scroll-y enhanced'),
      // A sticky child stays for as long as what holds it: one screen, or all of the content.
      view('using-sticky', [false, true], (dom) => {
        dom.scrollTop = 400
        return dom.querySelector('wx-view')!.getBoundingClientRect().top - dom.getBoundingClientRect().top >= 0
      }, [false, true], 'scroll-y', '<view style="position:sticky;top:0;height:20px">s</view><view style="height:900px">a</view>'),
      view('padding', [[0, 0, 0, 0], [7, 0, 0, 9]], (dom) => [Math.round(dom.querySelector('wx-view')!.getBoundingClientRect().left - dom.getBoundingClientRect().left), Math.round(dom.querySelector('wx-view')!.getBoundingClientRect().top - dom.getBoundingClientRect().top)], [[0, 0], [9, 7]]),
      view('refresher-triggered', [false, true], (dom) => dom.shadowRoot!.querySelector<HTMLElement>('.r')!.style.height, ['', '45px'], 'scroll-y refresher-enabled'),
      view('refresher-background', ['red', 'blue'], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.r')!).backgroundColor, ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'], 'scroll-y refresher-enabled'),
      view('refresher-default-style', ['black', 'white'], (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.r i')!).backgroundColor, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'], 'scroll-y refresher-enabled'),
      view('refresher-default-style', ['black', 'none'], (dom) => [getComputedStyle(dom.shadowRoot!.querySelector('.r i')!).display, (dom.querySelector('wx-view') as HTMLElement).assignedSlot?.name], [['block', 'refresher'], ['none', 'refresher']], 'scroll-y refresher-enabled', '<view slot="refresher">own</view><view>x</view>', []),
    ])
  })

  test('scrolling is told, with its ends, by the thresholds set', async () => {
    const stage = await Stage.open(
      harness,
      `<scroll-view id="v" scroll-y style="height:100px" bind:scroll="on" bind:scrollstart="on" bind:scrollend="on" bindscrolltoupper="on" bindscrolltolower="on">${LONG}</scroll-view>
       <scroll-view id="w" scroll-y style="height:100px" upper-threshold="{{200}}" lower-threshold="200" bindscrolltoupper="on" bindscrolltolower="on">${LONG}</scroll-view>
       <scroll-view id="x" scroll-x style="width:100px;height:50px" bindscrolltoupper="on" bindscrolltolower="on"><view style="width:900px">x</view></scroll-view>
       <scroll-view id="anim" scroll-y scroll-with-animation style="height:100px" scroll-top="{{to}}" bindscroll="on">${LONG}</scroll-view><scroll-view id="jump" scroll-y style="height:100px" scroll-top="{{to}}" bindscroll="on">${LONG}</scroll-view>
       <scroll-view id="off" scroll-y style="height:100px" scroll-into-view-offset="{{20}}" scroll-into-view="{{into}}">${LONG.replace('{}', 'off')}</scroll-view><scroll-view id="mid" scroll-y style="height:100px" scroll-into-view-alignment="center" scroll-into-view="{{mid}}">${LONG.replace('{}', 'mid')}</scroll-view><scroll-view id="low" scroll-y style="height:100px" scroll-into-view-alignment="end" scroll-into-view="{{low}}">${LONG.replace('{}', 'low')}</scroll-view>
       ${['kept', 'sent'].map((id) => `<scroll-view id="${id}" scroll-y style="height:100px" scroll-top="{{20}}" ${id === 'kept' ? 'scroll-into-view-within-extent' : ''} scroll-into-view="{{${id}}}"><view style="height:40px"/><view id="in${id}" style="height:40px"/><view style="height:900px"/></scroll-view>`).join('')}<view id="next" bindtap="next">n</view>`,
      'data: { to: 0, into: "", mid: "", low: "", kept: "", sent: "", after: { to: 500, into: "inoff", mid: "inmid", low: "inlow", kept: "inkept", sent: "insent" } }',
    )
    const scroll = (id: string, top: number): Promise<unknown> => stage.look(id, new Function('dom', `dom.scrollTo({ top: ${top}, left: ${top} })`) as (dom: HTMLElement) => void)
    await scroll('v', 120)
    expect(await stage.hears('v', 'scroll')).toEqual({ scrollTop: 120, scrollLeft: 0, scrollHeight: 900, scrollWidth: 375, deltaX: 0, deltaY: -120 })
    expect(await stage.hears('v', 'scrollstart')).toEqual({ scrollTop: 120, scrollLeft: 0 })
    expect(await stage.hears('v', 'scrollend')).toEqual({ scrollTop: 120, scrollLeft: 0 })
    proves('components', 'scroll-view.bindscroll', 'scroll-view.bind:scroll', 'scroll-view.bind:scrollstart', 'scroll-view.bind:scrollend')
    await scroll('v', 60)
    await stage.hears('v', 'scroll', 2)
    expect(stage.heard('v', 'scrollto')).toEqual([])
    await scroll('v', 40)
    expect(await stage.hears('v', 'scrolltoupper')).toEqual({ direction: 'top' })
    await scroll('v', 740)
    await stage.hears('v', 'scroll', 4)
    expect(stage.heard('v', 'scrolltolower')).toEqual([])
    await scroll('v', 760)
    expect(await stage.hears('v', 'scrolltolower')).toEqual({ direction: 'bottom' })
    proves('components', 'scroll-view.bindscrolltoupper', 'scroll-view.bindscrolltolower')
    await scroll('w', 400)
    await scroll('w', 610)
    await stage.hears('w', 'scrolltolower')
    await scroll('w', 400)
    await scroll('w', 190)
    await stage.hears('w', 'scrolltoupper')
    proves('components', 'scroll-view.upper-threshold', 'scroll-view.lower-threshold')
    await scroll('x', 760)
    expect(await stage.hears('x', 'scrolltolower')).toEqual({ direction: 'right' })
    await scroll('x', 0)
    expect(await stage.hears('x', 'scrolltoupper')).toEqual({ direction: 'left' })
    stage.forget()
    await stage.tap('next')
    await expect.poll(() => stage.details('anim', 'scroll').at(-1)?.scrollTop as number, { timeout: 5000 }).toBe(500)
    expect(stage.details('anim', 'scroll').length).toBeGreaterThan(1)
    expect(stage.details('jump', 'scroll').map((one) => one.scrollTop as number)).toEqual([500])
    expect(await stage.look('off', (dom) => dom.scrollTop)).toBe(320)
    expect([await stage.look('mid', (dom) => dom.scrollTop), await stage.look('low', (dom) => dom.scrollTop)]).toEqual([400, 500])
    // What is seen already stays where it is, if it may.
    expect([await stage.look('kept', (dom) => dom.scrollTop), await stage.look('sent', (dom) => dom.scrollTop)]).toEqual([20, 40])
    proves('components', 'scroll-view.scroll-into-view-alignment', 'scroll-view.scroll-into-view-within-extent')
    proves('components', 'scroll-view.scroll-with-animation', 'scroll-view.scroll-into-view-offset')
    await stage.close()
  })

  test('pulled down it tells each step, and refreshes or gives up', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view>${[['v', 'refresher-enabled'], ['far', 'refresher-enabled refresher-threshold="{{90}}"'], ['off', '']].map(([id, more]) => `<scroll-view id="${id}" scroll-y style="height:120px" ${more} refresher-triggered="{{on_${id}}}" bindrefresherpulling="on" bindrefresherrefresh="on" bindrefresherrestore="on" bindrefresherabort="on">${LONG}</scroll-view>`).join('')}`,
      'data: { on_v: false, on_far: false, on_off: false, after: { on_v: false } }',
    )
    const pull = (id: string, by: number): Promise<void> => stage.touch(id, [[20, 10], [20, 30], [20, 10 + by]])
    const height = (): Promise<string> => stage.look('v', (dom) => dom.shadowRoot!.querySelector<HTMLElement>('.r')!.style.height)
    await pull('off', 120)
    await pull('v', 60)
    expect(await stage.hears('v', 'refresherpulling')).toMatchObject({ dy: 10 })
    expect(await stage.hears('v', 'refresherabort')).toEqual({ dy: 30 })
    expect([await height(), stage.heard('v', 'refresherrefresh')]).toEqual(['0px', []])
    stage.forget()
    await pull('v', 120)
    expect(await stage.hears('v', 'refresherrefresh')).toMatchObject({ dy: 60 })
    expect([await height(), stage.heard('v', 'refresherabort')]).toEqual(['45px', []])
    await stage.tap('next')
    await stage.hears('v', 'refresherrestore')
    expect(await height()).toBe('0px')
    await pull('far', 120)
    await stage.hears('far', 'refresherabort')
    await pull('far', 200)
    await stage.hears('far', 'refresherrefresh')
    expect(stage.heard('off')).toEqual([])
    proves('components', ...rows('refresher-enabled', 'refresher-threshold', 'refresher-triggered', 'bindrefresherpulling', 'bindrefresherrefresh', 'bindrefresherrestore', 'bindrefresherabort'))
    await stage.close()
  })

  test('a drag is told, what is thrown may stop sooner, a finger may be let through, and the bar leads to the top', async () => {
    const drag = 'binddragstart="on" binddragging="on" binddragend="on"'
    const stage = await Stage.open(
      harness,
      `<scroll-view id="v" scroll-y enhanced style="height:100px" ${drag}>${LONG}</scroll-view><scroll-view id="plain" scroll-y style="height:100px" ${drag}>${LONG}</scroll-view>
       <scroll-view id="fast" scroll-y enhanced fast-deceleration style="height:100px"><view style="height:90000px"/></scroll-view><scroll-view id="slow" scroll-y enhanced style="height:100px"><view style="height:90000px"/></scroll-view>
       <scroll-view id="active" scroll-y style="height:50px"><view id="ain" catch:touchmove="on" style="height:200px"/></scroll-view><scroll-view id="passive" scroll-y enable-passive style="height:50px"><view id="pin" catch:touchmove="on" style="height:200px"/></scroll-view>
       <scroll-view id="top" scroll-y enable-back-to-top scroll-top="{{50}}" style="height:100px">${LONG}</scroll-view><scroll-view id="stay" scroll-y scroll-top="{{50}}" style="height:100px">${LONG}</scroll-view>`,
    )
    await stage.touch('plain', [[20, 20], [20, 40], [20, 60]])
    await stage.touch('v', [[20, 20], [20, 40], [20, 60]])
    expect(await stage.hears('v', 'dragend')).toEqual({ scrollTop: 0, scrollLeft: 0, velocity: { x: expect.any(Number) as number, y: expect.any(Number) as number } })
    expect(stage.heard('v').map((note) => note.split(' ')[0])).toEqual(['dragstart', 'dragging', 'dragend'])
    expect(stage.heard('plain')).toEqual([])
    proves('components', ...rows('binddragstart', 'binddragging', 'binddragend', 'enhanced'))

    // As a browser throws on after the finger: a glide that goes far.
    for (const id of ['fast', 'slow']) {
      await stage.touch(id, [[20, 80], [20, 40]])
      await stage.look(id, (dom) => dom.scrollTo({ top: 80_000, behavior: 'smooth' }))
    }
    await expect.poll(() => stage.look('slow', (dom) => dom.scrollTop), { timeout: 8000 }).toBe(80_000)
    expect(await stage.look('fast', (dom) => dom.scrollTop)).toBeLessThan(80_000)
    proves('components', 'scroll-view.fast-deceleration')

    const prevented = (id: string): Promise<boolean> =>
      stage.look(id, (dom) => {
        const touch = new Touch({ identifier: 1, target: dom, clientX: 1, clientY: 1 })
        dom.dispatchEvent(new TouchEvent('touchstart', { bubbles: true, touches: [touch], changedTouches: [touch] }))
        return !dom.dispatchEvent(new TouchEvent('touchmove', { bubbles: true, cancelable: true, touches: [touch], changedTouches: [touch] }))
      })
    expect([await prevented('ain'), await prevented('pin')]).toEqual([true, false])
    proves('components', 'scroll-view.enable-passive')

    await expect.poll(() => stage.look('top', (dom) => dom.scrollTop)).toBe(50)
    await stage.frame.locator('.h-navigation').dblclick()
    await expect.poll(() => stage.look('top', (dom) => dom.scrollTop), { timeout: 5000 }).toBe(0)
    expect(await stage.look('stay', (dom) => dom.scrollTop)).toBe(50)
    proves('components', 'scroll-view.enable-back-to-top')
    await stage.close()
  })

  test('script drives an enhanced view by its context', async () => {
    const stage = await Stage.open(
      harness,
      `<scroll-view id="v" class="v" scroll-y enhanced refresher-enabled refresher-two-level-enabled style="height:100px" bindrefresherrefresh="on" bindrefresherrestore="on" bind:refresherwillrefresh="on" bind:refresherstatuschange="on">${LONG.replace('{}', 'v')}</scroll-view>
       <block wx:for="{{steps}}" wx:key="*this"><view id="{{item}}" bindtap="step">{{item}}</view></block>`,
      `data: { steps: ['scrollTo', 'jump', 'scrollIntoView', 'triggerRefresh', 'closeRefresh', 'triggerTwoLevel', 'closeTwoLevel', 'still', 'bare'] },
       onReady() { this.createSelectorQuery().select('.v').node(({ node }) => { this.view = node }).exec() },
       step(e) { const v = this.view; const id = e.currentTarget.id; if (id === 'scrollTo') v.scrollTo({ top: 120, duration: 50 }); else if (id === 'jump') v.scrollTo({ top: 10, animated: false }); else if (id === 'scrollIntoView') v.scrollIntoView('#inv', { animated: false, offset: -10 }); else if (id === 'still') v.scrollEnabled = false; else if (id === 'bare') { note('bar ' + v.showScrollbar); v.showScrollbar = false } else v[id]() }`,
    )
    const top = (): Promise<number> => stage.look('v', (dom) => dom.scrollTop)
    const height = (): Promise<string> => stage.look('v', (dom) => dom.shadowRoot!.querySelector<HTMLElement>('.r')!.style.height)
    await stage.tap('scrollTo')
    await expect.poll(top, { timeout: 5000 }).toBe(120)
    await stage.tap('jump')
    expect(await top()).toBe(10)
    await stage.tap('scrollIntoView')
    expect(await top()).toBe(290)
    await stage.tap('triggerRefresh')
    await stage.hears('v', 'refresherrefresh')
    expect(await height()).toBe('45px')
    expect(stage.heard('v', 'refresherwillrefresh')).toHaveLength(1)
    await stage.tap('closeRefresh')
    await stage.hears('v', 'refresherrestore')
    expect(await height()).toBe('0px')
    stage.forget()
    await stage.tap('triggerTwoLevel')
    expect(await height()).toBe('100px')
    await stage.tap('closeTwoLevel')
    expect(await height()).toBe('0px')
    await expect.poll(() => stage.details('v', 'refresherstatuschange').map((one) => one.status as number)).toEqual([6, 7, 8, 0])
    // By hand too, once it is pulled far enough.
    stage.forget()
    await stage.look('v', (dom) => void (dom.scrollTop = 0))
    await stage.touch('v', [[20, 5], [20, 30], [20, 345]])
    await expect.poll(() => stage.details('v', 'refresherstatuschange').map((one) => one.status as number)).toEqual([5, 6, 7])
    proves('components', ...rows('bind:refresherstatuschange', 'bind:refresherwillrefresh', 'refresher-two-level-enabled', 'refresher-two-level-threshold'))
    proves('wx_api_objects', ...['scrollTo', 'scrollIntoView', 'triggerRefresh', 'closeRefresh', 'triggerTwoLevel', 'closeTwoLevel'].map((name) => `ScrollViewContext.${name}`))
    await stage.tap('still')
    await stage.tap('bare')
    expect(await stage.look('v', (dom) => [getComputedStyle(dom.shadowRoot!.querySelector('.s')!).overflowY, getComputedStyle(dom.shadowRoot!.querySelector('.s')!).scrollbarWidth])).toEqual(['hidden', 'none'])
    await stage.close()
  })
})
