/** What every element shares (attributes, events, the ways to listen) and the elements of templates. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Change, changes, Stage } from './stage'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const on = (attribute: string, values: [unknown, unknown], look: Change['look'], sees: [unknown, unknown], wxml = '<view @>x</view>', rows = [`(all).${attribute}`]): Change => ({ rows, wxml, attribute, values, look, sees })

const INNER = {
  'p/p.json': '{"usingComponents":{"k":"/k","twice":"/twice"}}',
  'k.wxml': '<view class="head"><slot name="head"/></view><view class="body"><slot/></view>',
  'k.js': 'Component({ options: { multipleSlots: true } })',
  'twice.wxml': '<view class="in" bindtap="up">{{n}}</view>',
  'twice.js': 'Component({ properties: { n: Number }, methods: { up() { this.setData({ n: this.data.n * 2 }) } } })',
}

describe.skipIf(!hasBrowser)('what every element shares', () => {
  test('common attributes change what is seen', async () => {
    await changes(harness, [
      on('class', ['a', 'b'], (dom) => getComputedStyle(dom).color, ['rgb(1, 1, 1)', 'rgb(2, 2, 2)']),
      on('style', ['width:75rpx', 'width:150rpx'], (dom) => dom.getBoundingClientRect().width, [37.5, 75]),
      on('hidden', [true, false], (dom) => dom.offsetHeight > 0, [false, true]),
      on('hidden', [true, false], (dom) => dom.offsetHeight > 0, [false, true], '<scroll-view @>x</scroll-view>', []),
      on('aria-label', ['one', 'two'], (dom) => dom.ariaLabel, ['one', 'two'], '<view @>x</view>', ['(all).aria-*']),
      on('aria-checked', [false, true], (dom) => dom.ariaChecked, ['false', 'true'], '<view role="checkbox" @>x</view>', []),
      on('aria-hidden', [true, false], (dom) => dom.ariaHidden, ['true', 'false'], '<view @>x</view>', []),
      on('slot', ['head', ''], (dom) => (dom.parentNode as HTMLElement).className.replace(/^.*--/, ''), ['head', 'body'], '<k><view @>x</view></k>', ['(all).slot']),
    ], { ...INNER, 'p/p.wxss': '.a{color:rgb(1,1,1)}.b{color:rgb(2,2,2)}' })
  })

  test('data, marks and ids reach the handlers, and an id is what selectors find', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view><view id="{{name}}" data-a-b="{{a}}" data-cD="1" bindtap="tell" mark:outer="{{a}}" mark:both="o"><view id="in" mark:both="i" mark:inner="{{[a]}}">in</view></view>`,
      `data: { name: 'one', a: { n: 1 }, after: { name: 'two', a: { n: 2 } } }, tell(e) { note(JSON.stringify([e.currentTarget.id, e.target.id, e.currentTarget.dataset, e.target.dataset, e.mark])); this.createSelectorQuery().select('#' + this.data.name).fields({ id: true, dataset: true, mark: true }, (r) => note('found ' + JSON.stringify(r))).exec() }`,
    )
    await stage.tap('in')
    await stage.tap('next')
    await stage.tap('in')
    await expect.poll(() => stage.running.notes).toHaveLength(4)
    expect(stage.running.notes.map((note) => JSON.parse(note.replace('found ', '')))).toEqual([
      ['one', 'in', { aB: { n: 1 }, cd: '1' }, {}, { outer: { n: 1 }, both: 'i', inner: [{ n: 1 }] }],
      { id: 'one', dataset: { aB: { n: 1 }, cd: '1' }, mark: { outer: { n: 1 }, both: 'o' } },
      ['two', 'in', { aB: { n: 2 }, cd: '1' }, {}, { outer: { n: 2 }, both: 'i', inner: [{ n: 2 }] }],
      { id: 'two', dataset: { aB: { n: 2 }, cd: '1' }, mark: { outer: { n: 2 }, both: 'o' } },
    ])
    proves('components', '(all).id', '(all).data-*', '(all).mark:*')
    await stage.close()
  })

  test('touches, taps and long presses are told with where they were', async () => {
    const stage = await Stage.open(
      harness,
      '<view id="v" style="position:absolute;left:10px;top:20px;width:100px;height:100px" bindtouchstart="touched" bindtouchmove="touched" bindtouchend="touched" bindtouchcancel="touched" bindtap="on" bindlongpress="on"/><view id="w" style="position:absolute;left:10px;top:220px;width:100px;height:100px" bindtap="on" bindlongtap="on"/><view id="x" style="position:absolute;left:10px;top:320px;width:100px;height:100px" bindtap="on" catch:longpress="on"/>',
      'touched(e) { const at = (t) => [t.identifier, t.pageX, t.pageY, t.clientX, t.clientY].join(); note("v " + e.type + " " + JSON.stringify([e.touches.map(at), e.changedTouches.map(at)])) }',
    )
    await stage.touch('v', [[5, 6]])
    expect(await stage.hears('v', 'tap')).toEqual({ x: 15, y: 26 })
    expect(await stage.hears('v', 'touchstart')).toEqual([['1,15,26,15,26'], ['1,15,26,15,26']])
    expect(await stage.hears('v', 'touchend')).toEqual([[], ['1,15,26,15,26']])
    expect(stage.heard('v').map((note) => note.split(' ')[0])).toEqual(['touchstart', 'touchend', 'tap'])
    stage.forget()
    await stage.touch('v', [[5, 6], [50, 60]])
    await stage.hears('v', 'touchend')
    expect(await stage.hears('v', 'touchmove')).toEqual([['1,60,80,60,80'], ['1,60,80,60,80']])
    expect(stage.heard('v', 'tap')).toEqual([])
    await stage.look('v', (dom) => dom.dispatchEvent(new TouchEvent('touchcancel', { bubbles: true, changedTouches: [new Touch({ identifier: 1, target: dom, clientX: 1, clientY: 66 })] })))
    expect(await stage.hears('v', 'touchcancel')).toEqual([[], ['1,1,2,1,2']])
    stage.forget()
    // Held: a long press, and then no tap where it was heard; a long tap says nothing about the tap.
    for (const id of ['v', 'w', 'x']) await stage.touch(id, [[5, 5], [5, 5]], { ms: 220 })
    expect(await stage.hears('v', 'longpress')).toEqual({ x: 15, y: 25 })
    expect(await stage.hears('w', 'longtap')).toEqual({ x: 15, y: 225 })
    await stage.hears('x', 'longpress')
    expect(stage.heard('v', 'tap').concat(stage.heard('x', 'tap'))).toEqual([])
    proves('components', ...['touchstart', 'touchmove', 'touchend', 'touchcancel', 'tap', 'longpress', 'longtap'].map((type) => `(all).bind${type}`))
    await stage.close()
  })

  test('bind, catch, capture and mut-bind hear in the published order', async () => {
    const wrap = (attributes: [string, string, string], id: string): string => `<view id="${id}1" ${attributes[0]}><view id="${id}2" ${attributes[1]}><view id="${id}3" ${attributes[2]}>x</view></view></view>`
    const stage = await Stage.open(
      harness,
      wrap(['bindtap="on" capture-bind:tap="on"', 'bind:tap="on" capture-bindtap="on"', 'bindtap="on"'], 'a') +
        wrap(['bindtap="on"', 'catchtap="on"', 'bindtap="on"'], 'b') +
        wrap(['bindtap="on"', 'capture-catch:tap="on"', 'bindtap="on"'], 'c') +
        wrap(['mut-bind:tap="on"', 'bindtap="on"', 'mut-bind:tap="on"'], 'd') +
        wrap(['bindtap="on"', 'bind:tap="{{off}}"', 'bindtap="{{handler}}"'], 'e'),
      'data: { handler: "on", off: "" }',
    )
    const hears = async (id: string, order: string[]): Promise<void> => {
      stage.forget()
      await stage.tap(`${id}3`)
      await expect.poll(() => stage.running.notes.map((note) => note.split(' ')[0]!), { timeout: 5000 }).toEqual(order)
    }
    await hears('a', ['a1', 'a2', 'a3', 'a2', 'a1'])
    await hears('b', ['b3', 'b2'])
    await hears('c', ['c2'])
    await hears('d', ['d3', 'd2'])
    await hears('e', ['e3', 'e1'])
    proves('components', '(all).bind*/catch*/capture-bind*/capture-catch*/mut-bind*')
    await stage.close()
  })

  test('transitions and animations are told, and the animation attribute plays what was recorded', async () => {
    const stage = await Stage.open(
      harness,
      '<view id="next" bindtap="next">n</view><view id="t" style="width:10px;transition:width 20ms;{{grown}}" bindtransitionend="on"/><view id="k" class="{{spin}}" bindanimationstart="on" bindanimationiteration="on" bindanimationend="on"/><view id="a" style="width:10px;height:10px" animation="{{played}}" bindtransitionend="on"/>',
      'data: { grown: "", spin: "", played: {} }, onReady() { const a = wx.createAnimation({ duration: 20 }); a.translateX(30).opacity(0.5).step(); this.data.after = { grown: "width:50px", spin: "spin", played: a.export() } }',
      { 'p/p.wxss': '@keyframes turn{to{opacity:.2}}.spin{animation:turn 300ms 2}' },
    )
    expect(stage.running.notes).toEqual([])
    await stage.tap('next')
    expect(await stage.hears('t', 'transitionend')).toMatchObject({ propertyName: 'width', elapsedTime: 0.02 })
    await stage.hears('k', 'animationend')
    expect(stage.heard('k').map((note) => note.split(' ')[0])).toEqual(['animationstart', 'animationiteration', 'animationend'])
    await stage.hears('a', 'transitionend')
    expect([await stage.style('a', 'opacity'), await stage.style('a', 'transform')]).toEqual(['0.5', 'matrix(1, 0, 0, 1, 30, 0)'])
    proves('components', '(all).bindtransitionend', '(all).bindanimationstart', '(all).bindanimationiteration', '(all).bindanimationend', '(all).animation')
    await stage.close()
  })

  test('model writes back, change calls a script, conditions and lists follow the data', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view><wxs module="m">module.exports.seen = function (now, was, owner, it) { it.setStyle({ width: now * 10 + 'px' }) }</wxs>
       <twice id="m" model:n="{{n}}"/><view id="n">{{n}}</view><view id="c" change:prop="{{m.seen}}" prop="{{wide}}" style="height:1px"/>
       <view id="if"><view wx:if="{{k == 1}}">one</view><block wx:elif="{{k == 2}}">two</block><view wx:else>more</view></view>
       <view id="for"><block wx:for="{{list}}" wx:for-item="it" wx:for-index="at" wx:key="id"><text data-made="{{it.id}}">{{at}}{{it.id}}</text>;</block></view>`,
      'data: { n: 3, wide: 1, k: 1, list: [{ id: "a" }, { id: "b" }], after: { wide: 4, k: 2, list: [{ id: "b" }, { id: "a" }, { id: "c" }] } }',
      INNER,
    )
    const text = (id: string): Promise<string> => stage.look(id, (dom) => dom.innerText.replace(/\s/g, ''))
    await stage.frame.locator('#m .twice--in, #m [class*=in]').first().click()
    await expect.poll(() => text('n')).toBe('6')
    await expect.poll(() => stage.style('c', 'width')).toBe('10px')
    expect([await text('if'), await text('for')]).toEqual(['one', '0a;1b;'])
    await stage.look('for', (dom) => ((dom.querySelector('wx-text') as HTMLElement).title = 'the first'))
    await stage.tap('next')
    await expect.poll(() => stage.style('c', 'width')).toBe('40px')
    expect([await text('if'), await text('for')]).toEqual(['two', '0b;1a;2c;'])
    // By its key an item keeps its element, wherever it goes.
    expect(await stage.look('for', (dom) => dom.querySelector<HTMLElement>('[title]')?.innerText)).toBe('1a')
    await stage.look('next', (dom) => dom)
    proves('components', '(all).model:*', '(all).change:*', '(all).wx:if/wx:elif/wx:else', '(all).wx:for/wx:for-item/wx:for-index/wx:key', 'block.')
    await stage.close()
  })

  test('what can be tapped can be reached and pressed by keyboard', async () => {
    const stage = await Stage.open(harness, '<view id="plain">a</view><view id="v" bindtap="on">b</view><text id="t" bindtap="on">c</text><navigator id="n" url="/q/q">d</navigator>')
    const page = stage.running.page
    await stage.look('v', (dom) => dom.focus())
    await page.keyboard.press('Enter')
    expect(await stage.hears('v', 'tap')).toEqual({ x: expect.any(Number) as number, y: expect.any(Number) as number })
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await stage.hears('t', 'tap')
    await page.keyboard.press('Tab')
    expect(await stage.look('n', (dom) => [dom.ownerDocument.activeElement?.id, dom.role])).toEqual(['n', 'link'])
    await page.keyboard.press('Enter')
    expect(await stage.frame.locator('#q').innerText()).toBe('q')
    expect(await stage.look('plain', (dom) => dom.tabIndex)).toBe(-1)
    await stage.close()
  })

  test('templates, imports, includes, slots and scripts put together what is seen', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">n</view><import src="../t/t.wxml"/><import src="../t/u"/>
       <template name="own">own {{n}}</template><template name="other">other {{n}}</template>
       <view id="t"><template is="{{is}}" data="{{n, ...more}}"/></view><view id="d"><template is="own" data="{{n: n * 2}}"/></view>
       <view id="i"><template is="far" data="{{n}}"/></view><view id="u"><template is="near" data="{{n}}"/></view><view id="inc"><include src="/t/inc.wxml"/></view>
       <k id="k"><text slot="{{where}}">a</text><text>b</text></k>
       <wxs src="../t/s.wxs" module="s"/><wxs module="r">module.exports.twice = function (x) { return x * 2 }</wxs><view id="w">{{s.shout(is)}} {{r.twice(n)}}</view>`,
      'data: { is: "own", n: 2, more: { m: 1 }, where: "head", after: { is: "other", n: 3, where: "" } }',
      { ...INNER, 't/t.wxml': '<template name="far">far {{n}}</template><view>never</view>', 't/u.wxml': '<template name="near">near {{n}}</template>', 't/inc.wxml': '<view>included {{n}}</view><template name="hidden">no</template>', 't/s.wxs': 'module.exports = { shout: function (s) { return s + "!" } }' },
    )
    const texts = async (): Promise<string[]> => Promise.all(['t', 'd', 'i', 'u', 'inc', 'k', 'w'].map((id) => stage.look(id, (dom) => dom.innerText.replace(/\s+/g, ' ').trim())))
    expect(await texts()).toEqual(['own 2', 'own 4', 'far 2', 'near 2', 'included 2', 'a b', 'own! 4'])
    await stage.tap('next')
    expect(await texts()).toEqual(['other 3', 'own 6', 'far 3', 'near 3', 'included 3', 'ab', 'other! 6'])
    proves('components', 'template.name', 'template.is', 'template.data', 'import.src', 'include.src', 'slot.name', 'wxs.src', 'wxs.module')
    await stage.close()
  })
})
