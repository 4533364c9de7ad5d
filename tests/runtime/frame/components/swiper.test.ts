/** Swipers and movable views: where things stand, how they move, and what is told of it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Change, changes, Stage } from './stage'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const ITEMS = ['a', 'b', 'c', 'd'].map((name) => `<swiper-item item-id="${name}"><view style="height:100%">${name}</view></swiper-item>`).join('')

/** Where the items of a swiper stand, from its own corner. */
const lefts = (dom: HTMLElement): number[] => [...dom.querySelectorAll('wx-swiper-item')].map((item) => Math.round(item.getBoundingClientRect().left - dom.getBoundingClientRect().left))
const swiper = (attribute: string, values: [unknown, unknown], look: Change['look'], sees: [unknown, unknown], more = ''): Change => ({ rows: [`swiper.${attribute}`], wxml: `<swiper style="width:300px;height:100px" duration="{{0}}" ${more} @>${ITEMS}</swiper>`, attribute, values, look, sees })
const movable = (attribute: string, values: [unknown, unknown], look: Change['look'], sees: [unknown, unknown], more = '', also = [`movable-view.${attribute}`]): Change => ({ rows: also, wxml: `<movable-area style="width:200px;height:100px"><movable-view style="width:40px;height:40px" animation="{{false}}" ${more} @>m</movable-view></movable-area>`, attribute, values, look, sees })
const at = (dom: HTMLElement): number[] => {
  const [own, area] = [dom.getBoundingClientRect(), dom.parentElement!.getBoundingClientRect()]
  return [Math.round(own.left - area.left), Math.round(own.top - area.top), Math.round(own.width)]
}

describe.skipIf(!hasBrowser)('swipers and movable views', () => {
  test('attributes change where the items of a swiper stand, and its dots', async () => {
    await changes(harness, [
      swiper('current', [0, 2], lefts, [[0, 300, 600, 900], [-600, -300, 0, 300]]),
      swiper('vertical', [false, true], (dom) => Math.round(dom.querySelectorAll('wx-swiper-item')[1]!.getBoundingClientRect().top - dom.getBoundingClientRect().top), [0, 100]),
      swiper('previous-margin', ['0px', '20px'], lefts, [[0, 300, 600, 900], [20, 300, 580, 860]]),
      swiper('next-margin', ['0px', '40rpx'], lefts, [[0, 300, 600, 900], [0, 280, 560, 840]]),
      swiper('display-multiple-items', [1, 3], lefts, [[0, 300, 600, 900], [0, 100, 200, 300]]),
      swiper('circular', [false, true], lefts, [[0, 300, 600, 900], [0, 300, -600, -300]]),
      swiper('snap-to-edge', [false, true], lefts, [[20, 280, 540, 800], [0, 260, 520, 780]], 'previous-margin="20px" next-margin="20px"'),
      swiper('snap-to-edge', [false, true], lefts, [[-760, -500, -240, 20], [-740, -480, -220, 40]], 'previous-margin="20px" next-margin="20px" current="{{3}}"'),
      swiper('indicator-dots', [false, true], (dom) => dom.shadowRoot!.querySelectorAll('.d i').length, [0, 4]),
      swiper('indicator-color', ['red', 'blue'], (dom) => getComputedStyle(dom.shadowRoot!.querySelectorAll('.d i')[1]!).backgroundColor, ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'], 'indicator-dots'),
      swiper('indicator-active-color', ['red', 'blue'], (dom) => getComputedStyle(dom.shadowRoot!.querySelectorAll('.d i')[0]!).backgroundColor, ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'], 'indicator-dots'),
      { rows: ['swiper-item.skip-hidden-item-layout'], wxml: '<swiper><swiper-item>a</swiper-item><swiper-item>b</swiper-item><swiper-item @>c</swiper-item></swiper>', attribute: 'skip-hidden-item-layout', values: [false, true], look: (dom) => dom.offsetWidth > 0, sees: [true, false] },
    ])
  })

  test('a swiper turns by hand, by time and by keys, in the ways it may, and tells', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view>${[
        ['v', 'duration="{{150}}" bindtransition="on"'],
        ['pos', 'direction="positive" current="{{1}}"'],
        ['neg', 'direction="negative" current="{{1}}"'],
        ['auto', 'autoplay="{{auto}}" interval="{{150}}" duration="{{10}}"'],
        ['lazy', 'autoplay="{{auto}}" interval="{{60000}}"'],
        ['round', 'circular current="{{3}}"'],
        ['slow', 'current="{{at}}" duration="{{60000}}"'],
        ['line', 'current="{{at}}" duration="{{60000}}" easing-function="linear"'],
        ['in', 'current="{{at}}" duration="{{60000}}" easing-function="easeInCubic"'],
      ].map(([id, more]) => `<swiper id="${id}" style="width:300px;height:40px" ${more} bindchange="on" bindanimationfinish="on">${ITEMS}</swiper>`).join('')}`,
      'data: { auto: false, at: 0, after: { auto: true, at: 1 } }',
    )
    const swipe = (id: string, by: number): Promise<void> => stage.touch(id, [[150, 10], [150 + by / 2, 10], [150 + by, 10]], { ms: 10 })
    await swipe('v', -200)
    expect(await stage.hears('v', 'change')).toEqual({ current: 1, source: 'touch', currentItemId: 'b' })
    expect(await stage.hears('v', 'animationfinish')).toEqual({ current: 1, source: 'touch', currentItemId: 'b' })
    const moved = stage.details('v', 'transition').map((one) => one.dx as number)
    expect(moved.slice(0, 2)).toEqual([100, 200])
    expect(moved.length).toBeGreaterThan(2)
    expect(await stage.look('v', (dom) => [...dom.querySelectorAll('wx-swiper-item')].map((item) => (item as HTMLElement).inert))).toEqual([true, false, true, true])
    proves('components', 'swiper.bindchange', 'swiper.bindtransition', 'swiper.bindanimationfinish', 'swiper-item.item-id')
    await swipe('pos', 200)
    await swipe('neg', -200)
    await swipe('pos', -200)
    await swipe('neg', 200)
    expect((await stage.hears('pos', 'change')).current).toBe(2)
    expect((await stage.hears('neg', 'change')).current).toBe(0)
    expect(stage.details('pos', 'change').concat(stage.details('neg', 'change'))).toHaveLength(2)
    proves('components', 'swiper.direction')
    await swipe('round', -200)
    expect((await stage.hears('round', 'change')).current).toBe(0)
    proves('components', 'swiper.circular')
    stage.forget()
    await stage.look('v', (dom) => ((dom.tabIndex = 0), dom.focus()))
    await stage.running.page.keyboard.press('ArrowRight')
    expect((await stage.hears('v', 'change')).current).toBe(2)
    expect(stage.heard('auto').concat(stage.heard('slow'))).toEqual([])
    await stage.tap('next')
    expect(await stage.hears('auto', 'change', 2)).toEqual({ current: 2, source: 'autoplay', currentItemId: 'c' })
    expect(stage.heard('lazy')).toEqual([])
    proves('components', 'swiper.autoplay', 'swiper.interval')
    // Three long ways, a little later: slowing down, even, gathering speed.
    await expect.poll(async () => (await stage.look('slow', lefts))[0]! < -3, { timeout: 5000 }).toBe(true)
    const [slow, line, gathering] = [(await stage.look('slow', lefts))[0]!, (await stage.look('line', lefts))[0]!, (await stage.look('in', lefts))[0]!]
    expect(slow).toBeLessThan(line)
    expect(line).toBeLessThanOrEqual(gathering)
    expect(stage.heard('slow', 'animationfinish')).toEqual([])
    proves('components', 'swiper.duration', 'swiper.easing-function')
    await stage.close()
  })

  test('attributes change where a movable view stands and how large it is', async () => {
    await changes(harness, [
      movable('x', [10, '60rpx'], at, [[10, 0, 40], [30, 0, 40]], 'direction="all"'),
      movable('y', ['20', 500], at, [[0, 20, 40], [0, 60, 40]], 'direction="all"'),
      movable('x', [10, 30], at, [[10, 25, 40], [30, 25, 40]], 'direction="all" y="25"', []),
      movable('scale-value', [1, 2], at, [[0, 0, 40], [0, 0, 80]], 'scale'),
      movable('scale', [false, true], at, [[0, 0, 40], [0, 0, 80]], 'scale-value="{{2}}"'),
      movable('scale-min', [0.5, 2], at, [[10, 10, 20], [0, 0, 80]], 'scale scale-value="{{0.5}}"'),
      movable('scale-max', [10, 2], at, [[0, -20, 120], [20, 0, 80]], 'scale scale-value="{{3}}"'),
    ])
  })

  test('a finger moves it, within its ways and its area; it glides, comes back, and is told of', async () => {
    const views: [string, string][] = [
      ['all', 'direction="all"'],
      ['none', ''],
      ['hor', 'direction="horizontal"'],
      ['off', 'direction="all" disabled'],
      ['out', 'direction="all" out-of-bounds'],
      ['throw', 'direction="all" inertia'],
      ['stick', 'direction="all" inertia friction="{{40}}"'],
      ['jump', 'direction="all" animation="{{false}}" x="{{x}}"'],
      ['glide', 'direction="all" x="{{x}}"'],
      ['quick', 'direction="all" damping="{{400}}" x="{{x}}"'],
    ]
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view>${views.map(([id, more]) => `<movable-area style="width:300px;height:40px"><movable-view id="${id}" style="width:20px;height:20px" ${more} bindchange="on" bind:htouchmove="on" bind:vtouchmove="on"/></movable-area>`).join('')}
       <movable-area style="width:300px;height:100px"><movable-view id="pinch" scale direction="all" style="width:60px;height:60px" bindscale="on"/></movable-area><movable-area id="area" scale-area style="width:300px;height:60px"><movable-view id="wide" scale direction="all" style="width:20px;height:20px" bindscale="on"/></movable-area><movable-area id="narrow" style="width:300px;height:60px"><movable-view id="thin" scale direction="all" style="width:20px;height:20px" bindscale="on"/></movable-area>`,
      'data: { x: 0, after: { x: 200 } }',
    )
    const left = async (id: string): Promise<number> => (await stage.look(id, at))[0]!
    const push = (id: string, dx: number, dy = 0, ms = 0): Promise<void> => stage.touch(id, [[10, 10], [10 + dx / 2, 10 + dy / 2], [10 + dx, 10 + dy]], { ms })
    for (const id of ['none', 'off']) await push(id, 60)
    await push('hor', 60, 8)
    await push('all', 60)
    expect([await left('all'), await left('none'), await left('off'), await stage.look('hor', at)]).toEqual([60, 0, 0, [60, 0, 20]])
    expect(stage.details('all', 'change').at(-1)).toEqual({ x: 60, y: 0, source: 'touch' })
    await stage.hears('all', 'htouchmove')
    await push('all', 0, 16)
    await stage.hears('all', 'vtouchmove')
    expect(stage.heard('none').concat(stage.heard('off'))).toEqual([])
    proves('components', ...['direction', 'disabled', 'bindchange', 'htouchmove', 'vtouchmove'].map((name) => `movable-view.${name}`))
    await push('all', 500)
    expect(await left('all')).toBe(280)
    await stage.touch('out', [[10, 10], [110, 10], [610, 10]], { stay: true })
    expect(await left('out')).toBeGreaterThan(280)
    await stage.look('out', (dom) => dom.dispatchEvent(new TouchEvent('touchend', { bubbles: true, changedTouches: [new Touch({ identifier: 1, target: dom, clientX: 0, clientY: 0 })] })))
    await expect.poll(() => left('out'), { timeout: 5000 }).toBe(280)
    expect(new Set(stage.details('out', 'change').map((one) => one.source as string))).toEqual(new Set(['touch', 'touch-out-of-bounds', 'out-of-bounds']))
    proves('components', 'movable-view.out-of-bounds')
    await push('throw', 40, 0, 20)
    await push('stick', 40, 0, 20)
    await expect.poll(() => left('throw'), { timeout: 5000 }).toBeGreaterThan(60)
    await expect.poll(() => stage.details('stick', 'change').some((one) => one.source === 'friction')).toBe(true)
    expect(await left('stick')).toBeLessThan(await left('throw'))
    expect(stage.details('all', 'change').some((one) => one.source === 'friction')).toBe(false)
    proves('components', 'movable-view.inertia', 'movable-view.friction')
    await stage.tap('next')
    await expect.poll(() => left('jump')).toBe(200)
    await expect.poll(() => left('glide'), { timeout: 5000 }).toBe(200)
    const steps = (id: string): number => stage.details(id, 'change').length
    await expect.poll(() => steps('glide')).toBeGreaterThan(2)
    expect(steps('jump')).toBe(1)
    expect(steps('quick')).toBeLessThan(steps('glide'))
    proves('components', 'movable-view.animation', 'movable-view.damping')

    const pinch = (id: string): Promise<void> =>
      stage.look(id, (dom) => {
        const { left: x, top: y } = dom.getBoundingClientRect()
        const two = (apart: number): Touch[] => [0, 1].map((n) => new Touch({ identifier: n, target: dom, clientX: x + 10 + n * apart, clientY: y + 10 }))
        for (const [type, apart] of [['touchstart', 20], ['touchmove', 30]] as const) dom.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, touches: two(apart), changedTouches: two(apart) }))
        dom.dispatchEvent(new TouchEvent('touchend', { bubbles: true, changedTouches: two(30) }))
      })
    await pinch('pinch')
    expect(await stage.hears('pinch', 'scale')).toMatchObject({ scale: 1.5 })
    expect((await stage.look('pinch', at))[2]).toBe(90)
    await pinch('narrow')
    await pinch('area')
    expect(await stage.hears('wide', 'scale')).toMatchObject({ scale: 1.5 })
    expect(stage.heard('thin')).toEqual([])
    proves('components', 'movable-view.bindscale', 'movable-area.scale-area')
    await stage.look('all', (dom) => dom.focus())
    await stage.running.page.keyboard.press('ArrowLeft')
    expect(await left('all')).toBe(270)
    await stage.close()
  })
})
