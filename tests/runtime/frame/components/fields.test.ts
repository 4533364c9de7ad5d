/** Input, textarea and the bars above the keyboard: typing, carets, the keyboard coming and going. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser, type Running } from '../harness'
import { open } from './table'

const TAGS = ['input', 'textarea'] as const
const both = (...members: string[]): string[] => TAGS.flatMap((tag) => members.map((member) => `${tag}.${member}`))
const take = (running: Running): string[] => running.notes.splice(0)
const field = (running: Running, id: string) => running.frame.locator(`#${id} > :is(input, textarea):not([style*=hidden])`)

/** The keyboard comes: the frame has less room. */
const keyboard = (running: Running, height: number): Promise<void> => running.page.setViewportSize({ width: 375, height: 667 - height })

describe.skipIf(!hasBrowser)('fields', () => {
  test('typing, leaving and confirming are heard, and values that are set show', async () => {
    const running = await open(
      TAGS.map((tag) => `<${tag} id="${tag}" value="{{v}}" confirm-type="done" bindinput="got" bindfocus="got" bindblur="got" bindconfirm="got" bindchange="got"/><${tag} id="hold-${tag}" confirm-hold confirm-type="done" bindconfirm="got" bindblur="got"/>`).join('') + '<view id="set" bindtap="set">set</view>',
      'data: { v: "" }, got(e) { note(e.currentTarget.id, e.type, e.detail) }, set() { this.setData({ v: "set" }) }',
    )
    for (const tag of TAGS) {
      await field(running, tag).click()
      await running.page.keyboard.type('ab')
      await running.page.keyboard.press('Enter')
      await expect.poll(() => running.notes.length).toBe(5)
      expect(take(running)).toEqual([
        `${tag} focus {"value":"","height":0}`,
        `${tag} input {"value":"a","cursor":1,"keyCode":97}`,
        `${tag} input {"value":"ab","cursor":2,"keyCode":98}`,
        `${tag} confirm {"value":"ab"}`,
        `${tag} blur {"value":"ab","cursor":2}`,
      ])
      await field(running, `hold-${tag}`).click()
      await running.page.keyboard.press('Enter')
      await expect.poll(() => [...running.notes]).toEqual([`hold-${tag} confirm {"value":""}`])
    take(running)
      await field(running, `hold-${tag}`).evaluate((dom) => dom.blur())
      await expect.poll(() => take(running).length).toBe(1)
      proves('components', ...['bindinput', 'bindfocus', 'bindblur', 'bindconfirm', 'confirm-hold'].map((one) => `${tag}.${one}`))
    }
    await running.frame.locator('#set').click()
    await expect.poll(() => running.notes).toEqual(['input change {"value":"set"}'])
    expect(await field(running, 'textarea').inputValue()).toBe('set')
    proves('components', 'input.bindchange')
  })

  test('a Chinese word is heard once it is chosen, not while it is spelled', async () => {
    const running = await open('<input id="i" bindinput="got"/>', 'got(e) { note(e.detail.value) }')
    await field(running, 'i').click()
    const session = await running.page.context().newCDPSession(running.page)
    await session.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
    await session.send('Input.insertText', { text: '你' })
    await expect.poll(() => running.notes).toEqual(['你'])
  })

  test('the caret goes where it is told, by the program or when the field is entered', async () => {
    const running = await open(
      TAGS.map((tag) => `<${tag} id="auto-${tag}" value="x" auto-focus="{{auto === '${tag}'}}"/><${tag} id="focus-${tag}" value="x" focus="{{on === '${tag}'}}"/><${tag} id="cursor-${tag}" value="abcdef" cursor="{{2}}"/><${tag} id="part-${tag}" value="abcdef" selection-start="{{1}}" selection-end="{{4}}"/>`).join('') + '<view id="turn" bindtap="turn">t</view><view id="off" bindtap="off">o</view>',
      'data: { auto: "input", on: "" }, turn() { this.setData({ on: this.data.on === "input" ? "textarea" : "input" }) }, off() { this.setData({ on: "" }) }',
    )
    const active = (): Promise<string> => running.frame.evaluate('document.activeElement.parentElement.id')
    await expect.poll(active).toBe('auto-input')
    await running.frame.locator('#turn').click()
    await expect.poll(active).toBe('focus-input')
    await running.frame.locator('#turn').click()
    await expect.poll(active).toBe('focus-textarea')
    await running.frame.locator('#off').click()
    await expect.poll(active).not.toBe('focus-textarea')
    proves('components', 'input.auto-focus', ...both('focus'))
    for (const tag of TAGS) {
      const chosen = (id: string): Promise<unknown> => field(running, id).evaluate((dom: HTMLInputElement) => (dom.focus(), [dom.selectionStart, dom.selectionEnd]))
      expect(await chosen(`cursor-${tag}`)).toEqual([2, 2])
      expect(await chosen(`part-${tag}`)).toEqual([1, 4])
      proves('components', `${tag}.cursor`, `${tag}.selection-start`, `${tag}.selection-end`)
    }
    const other = await open('<textarea id="a" auto-focus/>')
    await expect.poll(() => other.frame.evaluate('document.activeElement.localName')).toBe('textarea')
    proves('components', 'textarea.auto-focus')
  })

  test('a keyboard that covers the field pushes the page up as far as the field asks', async () => {
    const style = 'position:absolute;left:0;width:100px;height:40px;line-height:20px'
    const running = await open(
      TAGS.map((tag, i) => `<${tag} id="up-${tag}" style="${style};top:${480 + i * 45}px" bindkeyboardheightchange="got" cursor-spacing="{{space}}"/><${tag} id="stay-${tag}" style="${style};left:120px;top:${480 + i * 45}px" adjust-position="{{false}}"/>`).join('') +
        `<textarea id="cursor" value="a" style="${style};left:240px;height:120px;top:450px"/><textarea id="bottom" value="a" adjust-keyboard-to="bottom" style="${style};left:300px;width:50px;height:120px;top:450px"/><view id="box" style="position:fixed;top:520px;height:30px;left:0;right:0"><textarea id="fixed" fixed style="height:30px;width:60px"/></view><view id="space" bindtap="space">s</view>`,
      'data: { space: 0 }, got(e) { note(e.currentTarget.id, e.detail) }, space() { this.setData({ space: this.data.space ? 0 : 30 }) }',
    )
    const shift = (selector = 'wx-page'): Promise<number> => running.frame.locator(selector).evaluate((dom) => Number(/0(?:px)? (-?[\d.]+)px/.exec(dom.style.translate)?.[1] ?? 0))
    const shiftOf = async (id: string, selector?: string): Promise<number> => {
      await field(running, id).evaluate((dom) => dom.focus({ preventScroll: true }))
      await keyboard(running, 300)
      await expect.poll(() => running.frame.evaluate('innerHeight')).toBe(367)
      await running.frame.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
      const found = await shift(selector)
      await field(running, id).evaluate((dom) => dom.blur())
      await keyboard(running, 0)
      await expect.poll(() => running.frame.evaluate('innerHeight')).toBe(667)
      return found
    }
    for (const tag of TAGS) {
      const up = await shiftOf(`up-${tag}`)
      expect(up).toBeLessThan(-100)
      expect(await shift()).toBe(0)
      const heights = take(running).map((one) => JSON.parse(one.replace(/^\S+ /, '')).height as number)
      expect(heights).toContain(300)
      expect(heights.at(-1)).toBe(0)
      expect(await shiftOf(`stay-${tag}`)).toBe(0)
      await running.frame.locator('#space').click()
      expect(Math.abs((await shiftOf(`up-${tag}`)) - up)).toBe(30)
      take(running)
      proves('components', `${tag}.bindkeyboardheightchange`, `${tag}.adjust-position`, `${tag}.cursor-spacing`)
    }
    expect(await shiftOf('bottom')).toBeLessThan((await shiftOf('cursor')) - 90)
    expect(await shiftOf('fixed', '#box')).toBeLessThan(-10)
    expect(await shiftOf('fixed')).toBe(0)
    proves('components', 'textarea.adjust-keyboard-to', 'textarea.fixed')
  })

  test('a tap elsewhere takes the caret away, unless the field holds the keyboard', async () => {
    const running = await open(TAGS.map((tag) => `<${tag} id="${tag}"/><${tag} id="hold-${tag}" hold-keyboard/>`).join('') + '<view id="v" bindtap="got">v</view>', 'got() { note("tapped") }')
    const active = (): Promise<string> => running.frame.evaluate('document.activeElement.localName')
    for (const tag of TAGS) {
      await field(running, `hold-${tag}`).click()
      await running.frame.locator('#v').click()
      expect(await active()).toBe(tag)
      await field(running, tag).click()
      await running.frame.locator('#v').click()
      expect(await active()).not.toBe(tag)
      proves('components', `${tag}.hold-keyboard`)
    }
    await expect.poll(() => running.notes).toEqual(['tapped', 'tapped', 'tapped', 'tapped'])
  })

  test('bars stand above the keyboard: done for a textarea, the program’s own, and a nickname to use', async () => {
    const running = await open(
      '<textarea id="bar"/><textarea id="bare" show-confirm-bar="{{false}}"/><textarea id="own"><keyboard-accessory id="acc"><view id="tool" bindtap="tool">tool</view></keyboard-accessory></textarea><input id="nick" type="nickname" bindinput="got" bindnicknamereview="got"/><input id="plain"/>',
      'tool() { note("tool") }, got(e) { note(e.type, e.detail.value === undefined ? e.detail : e.detail.value) }',
      {},
      { services: { nickname: 'async () => ({ nickName: "小明" })', reviewNickname: 'async (name) => ({ pass: name === "小明" })' } },
    )
    await field(running, 'bar').click()
    await keyboard(running, 300)
    await running.frame.getByText('完成').click()
    await expect.poll(() => running.frame.evaluate('document.activeElement.localName')).toBe('body')
    await keyboard(running, 0)
    await field(running, 'bare').click()
    await keyboard(running, 300)
    await expect.poll(() => running.frame.evaluate('getComputedStyle(document.documentElement).getPropertyValue("--h-covered")')).toBe('0px')
    expect(await running.frame.getByText('完成').count()).toBe(0)
    await keyboard(running, 0)
    proves('components', 'textarea.show-confirm-bar')

    const tool = running.frame.locator('#acc')
    expect(await tool.isVisible()).toBe(false)
    await field(running, 'own').click()
    expect(await tool.isVisible()).toBe(true)
    await running.frame.locator('#tool').click()
    await expect.poll(() => [...running.notes]).toEqual(['tool'])
    take(running)
    expect(await running.frame.evaluate('document.activeElement.localName')).toBe('textarea')
    await field(running, 'plain').click()
    expect(await tool.isVisible()).toBe(false)
    expect(await running.frame.getByText('用我的昵称').count()).toBe(0)
    proves('components', 'keyboard-accessory.')

    await field(running, 'nick').click()
    await running.frame.getByText('用我的昵称').click()
    await expect.poll(() => [...running.notes]).toEqual(['input 小明'])
    take(running)
    await field(running, 'plain').click()
    await expect.poll(() => [...running.notes]).toEqual(['nicknamereview {"pass":true,"timeout":false}'])
    take(running)
    await field(running, 'nick').fill('坏')
    await field(running, 'plain').click()
    await expect.poll(() => running.notes.length).toBe(3)
    expect(take(running)).toEqual(['input 坏', 'input ', 'nicknamereview {"pass":false,"timeout":false}'])
    proves('components', 'input.bindnicknamereview')
  })

  test('each kind of keyboard has its own keys', async () => {
    const running = await open('<input id="number" type="number"/><input id="digit" type="digit"/><input id="idcard" type="idcard"/><input id="text"/>')
    for (const [id, value] of [['number', '12'], ['digit', '1.2'], ['idcard', '12X'], ['text', '1.a.2X']] as const) {
      await field(running, id).pressSequentially('1.a.2X')
      expect(await field(running, id).inputValue()).toBe(value)
    }
  })

  test('a textarea tells of its lines, and pads as its device does unless told not to', async () => {
    const running = await open(
      '<textarea id="t" style="line-height:20px;width:100px" bindlinechange="got"/><textarea id="padded"/><textarea id="bare" disable-default-padding/>',
      'got(e) { note(e.detail) }',
      {},
      { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148' },
    )
    await field(running, 't').pressSequentially('a\nb')
    await expect.poll(() => running.notes).toEqual(['{"height":20,"heightRpx":40,"lineCount":1}', '{"height":40,"heightRpx":80,"lineCount":2}'])
    const padding = (id: string): Promise<string> => field(running, id).evaluate((dom) => getComputedStyle(dom).paddingTop)
    expect([await padding('padded'), await padding('bare')]).toEqual(['8px', '0px'])
    proves('components', 'textarea.bindlinechange', 'textarea.disable-default-padding')
  })

  test('a program hears the keyboard’s height, asks for the selection and puts the keyboard away', async () => {
    const running = await open(
      '<input id="t" bindblur="left" bindinput="asks"/><view id="off" bindtap="off">o</view>',
      `heard(e) { note('height', e.height) }, onLoad() { wx.onKeyboardHeightChange(this.heard) }, off() { wx.offKeyboardHeightChange(this.heard); note('off') }, left() { note('left') },
       async asks(e) { if (e.detail.value.endsWith('!')) wx.hideKeyboard({ success: (r) => note(r.errMsg), complete: () => wx.hideKeyboard({ fail: (r) => note(r.errMsg) }) }); else { const r = await wx.getSelectedTextRange(); note(r.start, r.end, r.errMsg) } }`,
    )
    await field(running, 't').click()
    await running.host('program.setKeyboard(240)')
    await expect.poll(() => take(running)).toEqual(['height 240'])
    await running.page.keyboard.insertText('tea')
    await expect.poll(() => take(running)).toEqual(['3 3 getSelectedTextRange:ok'])
    await running.page.keyboard.insertText('!')
    await expect.poll(() => [...running.notes]).toEqual(['left', 'hideKeyboard:ok', 'hideKeyboard:fail input not focused'])
    take(running)
    await running.host('program.setKeyboard(0)')
    await expect.poll(() => take(running)).toEqual(['height 0'])
    await running.frame.locator('#off').click()
    await expect.poll(() => take(running)).toEqual(['off'])
    await running.host('program.setKeyboard(100)')
    await expect.poll(() => running.frame.evaluate(() => document.documentElement.style.getPropertyValue('--h-covered'))).toBe('100px')
    expect(take(running)).toEqual([])
    proves('wx_api', 'onKeyboardHeightChange', 'offKeyboardHeightChange', 'hideKeyboard', 'getSelectedTextRange')
  })
})
