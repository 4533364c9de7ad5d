/** The built-in elements: what a program sets is what is seen, and what a person does is what it hears. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Harness, hasBrowser, type Running } from './harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const NOTE = 'const note = (text) => wx.getLogManager().info(text);'
const open = (wxml: string, page: string, more: Record<string, string> = {}): Promise<Running> =>
  harness.open({ 'app.json': '{"pages":["p/p","q/q"]}', 'p/p.wxml': wxml, 'p/p.js': `${NOTE} Page({ ${page} })`, 'q/q.wxml': '<view id="q">q {{n}}</view>', 'q/q.js': 'Page({ data: { n: "" }, onLoad(o) { this.setData({ n: o.n || "" }) } })', ...more })

describe.skipIf(!hasBrowser)('the elements', () => {
  test('a form collects its fields by name, and gives them back on reset', async () => {
    const running = await open(
      `<form bindsubmit="sent" bindreset="cleared">
        <input id="name" name="name" value="Ann" maxlength="{{5}}" bindinput="typed"/><textarea id="text" name="text" value="a"/>
        <switch id="switch" name="switch"/><slider name="slider" value="{{30}}"/>
        <checkbox-group name="boxes" bindchange="picked"><label id="label"><checkbox value="x"/>x</label><checkbox value="y" checked/></checkbox-group>
        <radio-group name="radio"><radio id="r1" value="1"/><radio id="r2" value="2"/></radio-group>
        <k name="own"/><button id="send" form-type="submit">send</button><button id="clear" form-type="reset">clear</button>
      </form>`,
      'sent(e) { note(JSON.stringify(e.detail.value)) }, cleared() { note("cleared") }, typed(e) { note(e.detail.value + e.detail.cursor) }, picked(e) { note(e.detail.value.join()) }',
      { 'p/p.json': '{"usingComponents":{"k":"/k"}}', 'k.wxml': '<view/>', 'k.js': 'Component({ behaviors: ["wx://form-field"], lifetimes: { attached() { this.setData({ value: "v" }) } } })' },
    )
    await running.frame.locator('#name input').fill('Benjamin')
    await running.frame.locator('#label').click()
    await running.frame.locator('#switch').click()
    await running.frame.locator('#r2').click()
    await running.frame.locator('#send').click()
    await running.frame.locator('#clear').click()
    await running.frame.locator('#send').click()
    await expect.poll(() => running.notes.length).toBe(5)
    expect(running.notes).toEqual([
      'Benja5',
      'x,y',
      '{"name":"Benja","text":"a","switch":true,"slider":30,"boxes":["x","y"],"radio":"2","own":"v"}',
      'cleared',
      '{"name":"","text":"","switch":false,"slider":0,"boxes":[],"radio":"","own":""}',
    ])
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('model: writes back what is typed and switched', async () => {
    const running = await open('<input id="i" model:value="{{a}}"/><view id="a">{{a}}</view><switch id="s" model:checked="{{on}}"/><view id="on">{{on}}</view>', 'data: { a: "1", on: false }')
    await running.frame.locator('#i input').fill('two')
    await running.frame.locator('#s').click()
    expect(await running.frame.locator('#a').innerText()).toBe('two')
    expect(await running.frame.locator('#on').innerText()).toBe('true')
    await running.page.context().close()
  })

  test('a scroll view tells where it is, reaches its ends, and goes where it is told', async () => {
    const running = await open(
      '<scroll-view id="s" scroll-y style="height:100px" scroll-into-view="{{to}}" bindscroll="on" bindscrolltolower="low" bindscrolltoupper="up"><view style="height:300px">a</view><view id="b" style="height:300px">b</view></scroll-view>',
      'data: { to: "" }, on(e) { this.last = e.detail.scrollTop }, low() { note("low") }, up() { note("up") }, onReady() { setTimeout(() => this.setData({ to: "b" }), 50); setTimeout(() => note("at " + this.last), 400) }',
    )
    await expect.poll(() => running.notes).toContain('at 300')
    await running.frame.locator('#s').evaluate((dom) => dom.scrollTo({ top: 600 }))
    await expect.poll(() => running.notes).toContain('low')
    await running.frame.locator('#s').evaluate((dom) => dom.scrollTo({ top: 0 }))
    await expect.poll(() => running.notes).toContain('up')
    await running.page.context().close()
  })

  test('a swiper turns by hand and by data, round and round', async () => {
    const running = await open(
      '<swiper id="s" current="{{at}}" duration="{{50}}" circular indicator-dots bindchange="turned"><swiper-item wx:for="{{3}}" wx:key="*this" item-id="i{{index}}"><view class="in">{{index}}</view></swiper-item></swiper>',
      'data: { at: 0 }, turned(e) { note(e.detail.current + e.detail.source + e.detail.currentItemId) }, onReady() { setTimeout(() => this.setData({ at: 2 }), 50) }',
    )
    await expect.poll(() => running.notes).toEqual(['2i2'])
    const box = (await running.frame.locator('#s').boundingBox())!
    await running.page.mouse.move(box.x + 300, box.y + 50)
    await running.page.mouse.down()
    await running.page.mouse.move(box.x + 60, box.y + 50, { steps: 5 })
    await running.page.mouse.up()
    await expect.poll(() => running.notes).toEqual(['2i2', '0touchi0'])
    await running.page.context().close()
  })

  test('pickers: one column, several, and a date', async () => {
    const running = await open(
      '<picker id="one" range="{{list}}" range-key="n" bindchange="got"><view>one</view></picker><picker id="date" mode="date" value="2026-02-28" start="2026-01-01" end="2027-12-31" bindchange="got" bindcancel="no"><view>date</view></picker>',
      'data: { list: [{ n: "a" }, { n: "b" }] }, got(e) { note(JSON.stringify(e.detail.value)) }, no() { note("cancel") }',
    )
    await running.frame.locator('#one').click()
    await running.frame.getByText('b', { exact: true }).click()
    await expect.poll(() => running.frame.locator('.h-sheet-column').evaluate((column) => Math.round(column.scrollTop / 44))).toBe(1)
    await running.frame.locator('.h-confirm').click()
    await running.frame.locator('#date').click()
    await running.frame.locator('.h-confirm').click()
    await running.frame.locator('#date').click()
    await running.frame.locator('.h-cancel').click()
    await expect.poll(() => running.notes).toEqual(['"1"', '"2026-02-28"', 'cancel'])
    await running.page.context().close()
  })

  test('navigators navigate, hovered things look hovered, pictures load from the program', async () => {
    const running = await open(
      '<view id="v" hover-class="hov" hover-start-time="{{0}}" hover-stay-time="{{0}}">v</view><image id="i" src="../a.svg" mode="widthFix" style="width:40px" bindload="loaded"/><image src="none.png" binderror="failed"/><rich-text id="r" nodes="<b onclick=alert(1)>x</b><script>1</script><a href=javascript:1>y</a>&amp;"/><text id="t" user-select>a\nb</text><navigator id="n" url="../q/q?n=5">go</navigator>',
      'loaded(e) { note("load " + e.detail.width) }, failed() { note("failed") }',
      { 'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>', 'p/p.wxss': '.hov{color:rgb(1,2,3)}' },
    )
    await expect.poll(() => running.notes.sort()).toEqual(['failed', 'load 20'])
    expect((await running.frame.locator('#i').boundingBox())!.height).toBe(20)
    expect(await running.frame.locator('#r').innerHTML()).toBe('<b>x</b><a>y</a>&amp;')
    const box = (await running.frame.locator('#v').boundingBox())!
    await running.page.mouse.move(box.x + 5, box.y + 5)
    await running.page.mouse.down()
    await expect.poll(() => running.frame.locator('#v').evaluate((dom) => getComputedStyle(dom).color)).toBe('rgb(1, 2, 3)')
    await running.page.mouse.up()
    await running.frame.locator('#n').click()
    expect(await running.frame.locator('#q').innerText()).toBe('q 5')
    await running.page.context().close()
  })

  test('canvas: the 2d surface and the older context draw, and become files', async () => {
    const running = await open(
      '<canvas type="2d" id="new" style="width:50px;height:40px"/><canvas canvas-id="old" style="width:30px;height:20px"/><page-meta background-color="#010203" page-font-size="20px"/><view id="f">x</view>',
      `onReady() { this.createSelectorQuery().select('#new').fields({ node: true, size: true }, (r) => { const c = r.node; c.width = r.width * 2; c.height = r.height * 2; const g = c.getContext('2d'); g.fillStyle = '#ff0000'; g.fillRect(0, 0, 100, 80); const p = g.getImageData(99, 79, 1, 1).data; note([p[0], p[1], p[3]].join());
        wx.canvasToTempFilePath({ canvas: c, destWidth: 10, destHeight: 8 }).then((f) => wx.getImageInfo({ src: f.tempFilePath })).then((i) => note(i.width + 'x' + i.height), (e) => note(e.errMsg)) }).exec();
        const o = wx.createCanvasContext('old'); o.setFillStyle('blue'); o.fillRect(0, 0, 30, 20); o.draw(false, () => wx.canvasToTempFilePath({ canvasId: 'old' }).then((f) => wx.getImageInfo({ src: f.tempFilePath })).then((i) => note('old ' + i.width), (e) => note(e.errMsg))) }`,
    )
    await expect.poll(() => running.notes.length).toBe(3)
    expect(running.notes.sort()).toEqual(['10x8', '255,0,255', 'old 30'])
    expect(await running.frame.locator('#f').evaluate((dom) => getComputedStyle(dom).fontSize)).toBe('20px')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('toasts, dialogs and sheets answer as published', async () => {
    const running = await open('<view id="v">v</view>', `async onReady() { await wx.showToast({ title: 'hello', icon: 'none' }); wx.hideToast();
      const m = await wx.showModal({ title: 'T', content: 'C' }); note('modal ' + m.confirm + m.cancel);
      await wx.showActionSheet({ itemList: ['a', 'b'] }).then((r) => note('sheet ' + r.tapIndex)); await wx.showActionSheet({ itemList: ['a'] }).catch((e) => note(e.errMsg));
      await wx.showModal({ title: 'T', confirmText: '太长的按钮' }).catch((e) => note(e.errMsg)); note(String(wx.canIUse('showToast.object.image')) + wx.canIUse('button.open-type.share') + wx.canIUse('button.open-type.nothing') + wx.canIUse('nothing')) }`)
    await running.frame.getByText('确定').click()
    await running.frame.getByText('b', { exact: true }).click()
    await running.frame.getByText('取消').click()
    await expect.poll(() => running.notes.length).toBe(5)
    expect(running.notes).toEqual(['modal truefalse', 'sheet 1', 'showActionSheet:fail cancel', 'showModal:fail confirmText length should not larger than 4 Chinese characters', 'truetruefalsefalse'])
    await running.page.context().close()
  })
})
