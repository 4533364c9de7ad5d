/** The editor: what is written, how it looks, and what its context answers. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser, type Running } from '../harness'
import { open } from './table'

const PAGE = `got(e) { note(e.type, e.detail) },
  ask(name, options) { return new Promise((done) => this.context((c) => c[name]({ ...options, complete: done }))) },
  context(use) { this.createSelectorQuery().select('#e').context((r) => use(r.context)).exec() },`
const FILES = { 'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>' }
const ready = (running: Running): Promise<void> => expect.poll(() => running.notes.some((one) => one.startsWith('ready')), { timeout: 10_000 }).toBe(true)

describe.skipIf(!hasBrowser)('the editor', () => {
  test('it is written in, tells of it, and is as its attributes say', async () => {
    const running = await open(
      '<editor id="e" placeholder="{{hint}}" read-only="{{shut}}" enterkeyhint="{{key}}" confirm-hold="{{hold}}" bindready="got" bindfocus="got" bindblur="got" bindinput="got" bindstatuschange="got"/><view id="set" bindtap="set">set</view>',
      `data: { hint: 'Write', shut: false, key: 'send', hold: true }, ${PAGE} set() { this.setData({ hint: 'Read', shut: true, key: 'search', hold: false }) }, back() { this.setData({ shut: false }) }`,
    )
    await ready(running)
    const root = running.frame.locator('.ql-editor')
    const look = (): Promise<unknown> => root.evaluate((dom: HTMLElement) => [getComputedStyle(dom, '::before').content, dom.isContentEditable, dom.enterKeyHint])
    expect(await look()).toEqual(['"Write"', true, 'send'])
    await root.click()
    await running.page.keyboard.type('hi')
    await expect.poll(() => running.notes.some((one) => one.startsWith('input {"html":"<p>hi</p>","text":"hi\\n","delta":{"ops":[{"insert":"hi\\n"}]}'))).toBe(true)
    expect(running.notes.some((one) => one.startsWith('focus {"html":"<p><br></p>"'))).toBe(true)
    await running.page.keyboard.press('Enter')
    await running.page.keyboard.type('there')
    expect(await root.innerText()).toMatch(/^hi\s+there$/)
    await running.page.keyboard.press('Shift+Home')
    await running.page.keyboard.press('Control+b')
    await expect.poll(() => running.notes).toContain('statuschange {"bold":true}')
    await root.evaluate((dom) => dom.blur())
    await expect.poll(() => running.notes.some((one) => one.startsWith('blur {"html":"<p>hi</p><p><strong>there</strong></p>"'))).toBe(true)
    await running.frame.locator('#set').click()
    await expect.poll(() => root.evaluate((dom: HTMLElement) => [dom.dataset.placeholder, dom.isContentEditable, dom.enterKeyHint])).toEqual(['Read', false, 'search'])
    await root.evaluate((dom) => ((dom as HTMLElement).contentEditable = 'true'))
    await root.click()
    await running.page.keyboard.press('Enter')
    await expect.poll(() => running.frame.evaluate('document.activeElement.className')).not.toContain('ql-editor')
    proves('components', 'editor.bindready', 'editor.bindfocus', 'editor.bindblur', 'editor.bindinput', 'editor.bindstatuschange', 'editor.placeholder', 'editor.read-only', 'editor.enterkeyhint', 'editor.confirm-hold')
    expect(running.errors).toEqual([])
  })

  test('the context formats, inserts, undoes and answers', async () => {
    const running = await open(
      '<editor id="e" bindready="ready" style="height:120px"/>',
      `${PAGE} ready() { this.run().then((out) => note(out), (e) => note('threw', String(e && e.stack || e))); note('ready') },
      async run() {
        const out = {}, html = async () => (await this.ask('getContents')).html, select = (index, length) => this.ask('setSelection', { index, length })
        const format = (name, value) => new Promise((done) => this.context((c) => { c.format(name, value); setTimeout(done, 0) }))
        await this.ask('setContents', { html: '<p>one <strong>two</strong></p><script>1</script>' }); out.set = await html(); out.text = (await this.ask('getContents')).text
        await this.ask('setContents', { delta: { ops: [{ insert: 'word\\n' }] } }); out.delta = await html()
        await select(0, 4); out.range = (await this.ask('getSelection')).range; out.selected = (await this.ask('getSelectionText')).text
        const bounds = (await this.ask('getBounds', { index: 0, length: 4 })).bounds; out.bounds = [bounds.width > 10, bounds.height > 10, typeof bounds.left]
        out.formats = {}
        for (const [name, value] of [['bold'], ['italic'], ['underline'], ['strike'], ['ins'], ['script', 'sub'], ['color', '#ff0000'], ['backgroundColor', '#00ff00'], ['fontSize', '20px'], ['fontFamily', 'serif'], ['letterSpacing', '2px'], ['header', 2], ['align', 'center'], ['direction', 'rtl'], ['indent', '+1'], ['list', 'ordered'], ['list', 'check'], ['lineHeight', '2'], ['marginTop', '5px'], ['paddingLeft', '6px'], ['textIndent', '7px']]) {
          await select(0, 4); await format(name, value); out.formats[name + (value || '')] = await html(); await format(name, name === 'indent' ? '-1' : false); if (name === 'list') await format('list', false)
        }
        await this.ask('setContents', { html: '<p><b><i>x</i></b></p>' }); await select(0, 1); await this.ask('removeFormat'); out.plain = await html()
        await this.ask('clear'); out.clear = await html()
        await this.ask('insertText', { text: 'abc' }); out.inserted = await html()
        await this.ask('deleteText', { index: 1, length: 1 }); out.deleted = await html()
        await new Promise((done) => setTimeout(done, 350))
        await this.ask('insertText', { text: 'd' }); out.history = await this.ask('getHistoryState')
        await this.ask('undo'); out.undone = await html(); await this.ask('redo'); out.redone = await html()
        await this.ask('clear'); await this.ask('insertDivider'); out.divider = await html()
        await this.ask('clear'); await this.ask('insertImage', { src: '/a.svg', alt: 'A', width: '50%', data: { k: 'v' }, extClass: 'big', nowrap: true }); out.image = await html()
        await this.ask('clear'); out.block = (await this.ask('insertCustomBlock')).blockId; out.blocks = await html()
        await this.ask('setContents', { html: '<p>x</p>'.repeat(60) }); await select(119, 0); this.context((c) => c.scrollIntoView()); await new Promise((done) => setTimeout(done, 50)); out.blur = (await this.ask('blur')).errMsg
        return out
      },`,
      FILES,
    )
    await expect.poll(() => running.notes.length, { timeout: 15_000 }).toBe(2)
    const out = JSON.parse(running.notes[1]!) as Record<string, any>
    const { formats, ...rest } = out
    expect(rest).toMatchObject({
      set: '<p>one <strong>two</strong></p>',
      text: 'one two\n',
      delta: '<p>word</p>',
      range: { index: 0, length: 4 },
      selected: 'word',
      bounds: [true, true, 'number'],
      plain: '<p>x</p>',
      clear: '<p><br></p>',
      inserted: '<p>abc</p>',
      deleted: '<p>ac</p>',
      history: { undo: true, redo: false, errMsg: 'getHistoryState:ok' },
      divider: '<hr><p><br></p>',
      block: 'block-1',
      blur: 'blur:ok',
    })
    expect([out.undone, out.redone]).toEqual(['<p>ac</p>', expect.stringContaining('d')])
    expect(out.image).toBe('<p><img src="/a.svg" alt="A" width="50%" class="big" data-custom="k=v"></p>')
    expect(out.blocks).toContain('data-block-id="block-1"')
    const has: Record<string, string> = { bold: '<strong>', italic: '<em>', underline: '<u>', strike: '<s>', ins: '<ins>', scriptsub: '<sub>', 'color#ff0000': 'color: rgb(255, 0, 0)', 'backgroundColor#00ff00': 'background-color: rgb(0, 255, 0)', fontSize20px: 'font-size: 20px', fontFamilyserif: 'font-family: serif', letterSpacing2px: 'letter-spacing: 2px', header2: '<h2>', aligncenter: 'text-align: center', directionrtl: 'direction: rtl', 'indent+1': 'ql-indent-1', listordered: 'data-list="ordered"', listcheck: 'data-list="unchecked"', lineHeight2: 'line-height: 2', marginTop5px: 'margin-top: 5px', paddingLeft6px: 'padding-left: 6px', textIndent7px: 'text-indent: 7px' }
    for (const [name, markup] of Object.entries(has)) expect(`${name} ${formats[name]}`).toContain(markup)
    expect(await running.frame.locator('.ql-editor').evaluate((dom) => dom.scrollTop)).toBeGreaterThan(100)
    proves('wx_api_objects', ...['blur', 'clear', 'deleteText', 'format', 'getBounds', 'getContents', 'getHistoryState', 'getSelection', 'getSelectionText', 'insertCustomBlock', 'insertDivider', 'insertImage', 'insertText', 'redo', 'removeFormat', 'scrollIntoView', 'setContents', 'setSelection', 'undo'].map((one) => `EditorContext.${one}`))
    expect(running.errors).toEqual([])
  })

  test('a touched picture shows what it may be done to, and pasted words keep only the formats that are let in', async () => {
    const running = await open(
      '<editor id="e" bindready="ready" show-img-size="{{more}}" show-img-toolbar="{{more}}" show-img-resize="{{more}}" enable-formats="{{formats}}" style="width:300px"/><view id="more" bindtap="more">more</view>',
      `data: { more: false, formats: ['italic'] }, ${PAGE} async ready() { await this.ask('insertImage', { src: '/a.svg', width: '100' }); note('ready') }, more() { this.setData({ more: true, formats: ['bold', 'italic'] }) },`,
      FILES,
    )
    await ready(running)
    const paste = (): Promise<string> =>
      running.frame.evaluate(`(() => {
        const root = document.querySelector('.ql-editor')
        root.focus()
        const data = new DataTransfer()
        data.setData('text/html', '<b>B</b><i>I</i>')
        root.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }))
        return root.innerHTML
      })()`)
    const first = await paste()
    expect([first.includes('<strong>'), first.includes('<em>')]).toEqual([false, true])
    const image = running.frame.locator('.ql-editor img')
    await image.click()
    expect(await running.frame.locator('.h-editor-picked').count()).toBe(0)
    await running.frame.locator('#more').click()
    expect(await paste()).toContain('<strong>')
    await image.click()
    expect(await running.frame.locator('.h-editor-size').innerText()).toBe('100 × 75')
    const handle = (await running.frame.locator('.h-editor-handle').boundingBox())!
    await running.page.mouse.move(handle.x + 8, handle.y + 8)
    await running.page.mouse.down()
    await running.page.mouse.move(handle.x + 58, handle.y + 8, { steps: 3 })
    await running.page.mouse.up()
    await expect.poll(() => running.frame.locator('.h-editor-size').innerText()).toMatch(/^150 ×/)
    await running.frame.locator('.h-editor-tools button').first().click()
    await expect.poll(() => image.getAttribute('width')).toBe('50%')
    await running.frame.locator('.h-editor-tools button').last().click()
    await expect.poll(() => image.count()).toBe(0)
    proves('components', 'editor.show-img-size', 'editor.show-img-toolbar', 'editor.show-img-resize', 'editor.enable-formats')
    expect(running.errors).toEqual([])
  })
})
