/** Lists, grids, sticky headers, sheets and nested scrolling: how they lie and what moves them. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Change, changes, Stage } from './stage'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const CELLS = [30, 60, 30, 30].map((height) => `<view style="height:${height}px">c</view>`).join('')
const places = (dom: HTMLElement): number[][] => {
  const own = dom.getBoundingClientRect()
  return [...dom.children].map((child) => {
    const box = child.getBoundingClientRect()
    return [Math.round(box.left - own.left), Math.round(box.top - own.top), Math.round(box.width)]
  })
}
const grid = (attribute: string, values: [unknown, unknown], sees: [unknown, unknown], more = 'type="aligned"'): Change => ({ rows: [`grid-view.${attribute}`], wxml: `<grid-view style="width:200px" ${more} @>${CELLS}</grid-view>`, attribute, values, look: places, sees })
const sheet = (attribute: string, values: [unknown, unknown], sees: [unknown, unknown], more = ''): Change => ({ rows: [`draggable-sheet.${attribute}`], wxml: `<view style="height:200px"><draggable-sheet ${more} @><view style="height:300px">x</view></draggable-sheet></view>`, attribute, values, look: (dom) => dom.shadowRoot!.querySelector<HTMLElement>('.s')!.offsetHeight, sees })
const TWO = [[0, 0, 100], [100, 0, 100], [0, 60, 100], [100, 60, 100]]
const first = (dom: HTMLElement): number[] => {
  const [box, own] = [dom.firstElementChild!.getBoundingClientRect(), dom.getBoundingClientRect()]
  return [Math.round(box.left - own.left), Math.round(box.top - own.top)]
}

describe.skipIf(!hasBrowser)('what stands in a scroll view', () => {
  test('attributes change how lists, grids and sheets lie', async () => {
    await changes(harness, [
      grid('cross-axis-count', [2, 4], [TWO, [[0, 0, 50], [50, 0, 50], [100, 0, 50], [150, 0, 50]]]),
      grid('max-cross-axis-extent', [0, 50], [TWO, [[0, 0, 50], [50, 0, 50], [100, 0, 50], [150, 0, 50]]]),
      grid('main-axis-gap', [0, 10], [TWO, [[0, 0, 100], [100, 0, 100], [0, 70, 100], [100, 70, 100]]]),
      grid('cross-axis-gap', [0, 20], [TWO, [[0, 0, 90], [110, 0, 90], [0, 60, 90], [110, 60, 90]]]),
      grid('padding', [[0, 0, 0, 0], [5, 10, 5, 10]], [TWO, [[10, 5, 90], [100, 5, 90], [10, 65, 90], [100, 65, 90]]]),
      // In a masonry the third stands right below the first, and the fourth there too or where there is room.
      grid('type', ['aligned', 'masonry'], [TWO, [[0, 0, 100], [100, 0, 100], [0, 30, 100], [0, 60, 100]]], ''),
      { rows: ['list-view.padding'], wxml: '<list-view @><view>x</view></list-view>', attribute: 'padding', values: [[0, 0, 0, 0], [7, 0, 0, 9]], look: first, sees: [[0, 0], [9, 7]] },
      { rows: ['sticky-section.padding'], wxml: '<sticky-section @><view>x</view></sticky-section>', attribute: 'padding', values: [[0, 0, 0, 0], [7, 0, 0, 9]], look: first, sees: [[0, 0], [9, 7]] },
      { rows: ['sticky-header.padding'], wxml: '<sticky-header @><view>x</view></sticky-header>', attribute: 'padding', values: [[0, 0, 0, 0], [7, 0, 0, 9]], look: first, sees: [[0, 0], [9, 7]] },
      sheet('min-child-size', [0.25, 0.75], [100, 150]),
      sheet('max-child-size', [1, 0.4], [100, 80]),
    ])
  })

  test('headers stick, push, stack and overlap as they say, and tell when they do', async () => {
    const section = (id: string, more = '', header = ''): string => `<sticky-section ${more}><sticky-header id="${id}1" ${header} bind:stickontopchange="on"><view style="height:20px">1</view></sticky-header><view style="height:100px">x</view></sticky-section><sticky-section ${more}><sticky-header id="${id}2"><view style="height:20px">2</view></sticky-header><view style="height:400px">y</view></sticky-section>`
    const loose = (id: string, more: string): string => `<sticky-header id="${id}1"><view style="height:20px">1</view></sticky-header><view style="height:100px">x</view><sticky-header id="${id}2" ${more}><view style="height:20px">2</view></sticky-header><view style="height:400px">y</view>`
    const views: Record<string, string> = { push: section('push'), keep: section('keep', 'push-pinned-header="{{false}}"'), low: section('low', '', 'offset-top="{{15}}"'), stack: loose('stack', ''), over: loose('over', 'allow-overlapping') }
    const stage = await Stage.open(harness, Object.entries(views).map(([id, inner]) => `<scroll-view id="${id}" type="custom" scroll-y style="height:100px">${inner}</scroll-view>`).join(''))
    const top = (view: string, header: string): Promise<number> => stage.look(header, new Function('dom', `return Math.round(dom.getBoundingClientRect().top - document.getElementById('${view}').getBoundingClientRect().top)`) as (dom: HTMLElement) => number)
    const scroll = async (to: number): Promise<void> => {
      for (const id of Object.keys(views)) await stage.look(id, new Function('dom', `dom.scrollTop = ${to}`) as (dom: HTMLElement) => void)
    }
    await scroll(50)
    expect(await stage.hears('push1', 'stickontopchange')).toEqual({ isStickOnTop: true })
    expect([await top('push', 'push1'), await top('low', 'low1')]).toEqual([0, 15])
    proves('components', 'sticky-header.offset-top', 'sticky-header.bind:stickontopchange')
    // Where the first section ends, its header is pushed out, unless headers are kept.
    await scroll(110)
    expect([await top('push', 'push1'), await top('keep', 'keep1')]).toEqual([-10, 0])
    proves('components', 'sticky-section.push-pinned-header')
    await scroll(200)
    expect([await top('stack', 'stack1'), await top('stack', 'stack2'), await top('over', 'over2')]).toEqual([0, 20, 0])
    proves('components', 'sticky-header.allow-overlapping')
    await scroll(0)
    expect(await stage.hears('push1', 'stickontopchange', 2)).toEqual({ isStickOnTop: false })
    await stage.close()
  })

  test('a sheet follows the finger, snaps to its sizes, and tells its size', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="go">n</view>${[
        ['a', 'initial-child-size="0.3" worklet:onsizeupdate="sized"'],
        ['b', 'initial-child-size="0.6"'],
        ['c', 'snap'],
        ['d', 'snap snap-sizes="{{[0.6]}}"'],
      ].map(([id, more]) => `<view style="height:200px"><draggable-sheet id="${id}" class="${id}" ${more}><view style="height:500px">x</view></draggable-sheet></view>`).join('')}`,
      `sized(e) { note('sized ' + JSON.stringify([Math.round(e.pixels), e.size])) }, go() { this.createSelectorQuery().select('.a').node(({ node }) => node.scrollTo({ size: 0.9, animated: false })).exec() }`,
    )
    const height = (id: string): Promise<number> => stage.look(id, (dom) => dom.shadowRoot!.querySelector<HTMLElement>('.s')!.offsetHeight)
    expect([await height('a'), await height('b'), await height('c')]).toEqual([60, 120, 100])
    proves('components', 'draggable-sheet.initial-child-size')
    await expect.poll(() => stage.running.notes).toContain('sized [60,0.3]')
    for (const id of ['a', 'c', 'd']) await stage.touch(id, [[20, 180], [20, 170], [20, id === 'a' ? 160 : 155], [20, id === 'a' ? 160 : 155]], { ms: 120 })
    expect(await height('a')).toBe(80)
    // Let go at rest a quarter of the way further: the nearest size of all, or one between that was named.
    await expect.poll(() => height('c'), { timeout: 5000 }).toBe(50)
    await expect.poll(() => height('d'), { timeout: 5000 }).toBe(120)
    proves('components', 'draggable-sheet.snap', 'draggable-sheet.snap-sizes')
    await stage.tap('next')
    await expect.poll(() => height('a')).toBe(180)
    await expect.poll(() => stage.running.notes).toContain('sized [180,0.9]')
    proves('components', 'draggable-sheet.worklet:onsizeupdate')
    proves('wx_api_objects', 'DraggableSheetContext.scrollTo')
    await stage.close()
  })

  test('a nested view lets its head go before its body scrolls', async () => {
    const stage = await Stage.open(
      harness,
      `<scroll-view id="outer" type="nested" scroll-y style="height:200px"><nested-scroll-header id="head"><view style="height:80px">head</view></nested-scroll-header><nested-scroll-body id="body"><scroll-view id="inner" scroll-y style="height:100%" associative-container="nested-scroll-view"><view style="height:900px">x</view></scroll-view></nested-scroll-body></scroll-view>
       <scroll-view type="nested" scroll-y style="height:200px"><nested-scroll-header><view style="height:80px">head</view></nested-scroll-header><nested-scroll-body id="less" offset-top="{{30}}"><view>y</view></nested-scroll-body></scroll-view>`,
    )
    const held = (): Promise<string> => stage.look('inner', (dom) => getComputedStyle(dom.shadowRoot!.querySelector('.s')!).overflowY)
    expect([(await stage.box('body')).height, (await stage.box('less')).height, await held()]).toEqual([200, 170, 'hidden'])
    await stage.look('outer', (dom) => void (dom.scrollTop = 80))
    await expect.poll(held).toBe('auto')
    expect(await stage.look('head', (dom) => dom.getBoundingClientRect().bottom <= dom.closest('wx-scroll-view')!.getBoundingClientRect().top)).toBe(true)
    proves('components', 'nested-scroll-header.', 'nested-scroll-body.offset-top')
    await stage.close()
  })
})
