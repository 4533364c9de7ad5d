/** Component libraries from npm, unmodified: every component of each is seen on a page and touched. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Harness, hasBrowser } from './harness'
import { packageFiles, show } from './libraries/library'
import { mpHtml } from './libraries/mp-html'
import { vant } from './libraries/vant'
import { weui } from './libraries/weui'
import { wux } from './libraries/wux'

const harness = new Harness()

beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

/** What a component of TDesign needs to have something to show. */
const SAMPLES: Record<string, string> = {
  'action-sheet': 'visible items="{{texts}}"',
  calendar: 'visible',
  cascader: 'visible="{{ready}}" options="{{options}}"', // opened at once, it reads its items before it has made them
  'checkbox-group': 'options="{{options}}"',
  'color-picker': 'visible type="multiple"',
  'date-time-picker': 'visible mode="date" value="2026-01-01"',
  dialog: 'visible title="t" content="c" confirm-btn="ok" cancel-btn="no"',
  drawer: 'visible items="{{items}}"',
  'image-viewer': 'visible images="{{pictures}}"',
  message: 'visible content="hello"',
  'notice-bar': 'visible content="hello"',
  picker: 'visible title="t"',
  popup: 'visible placement="bottom"',
  progress: 'percentage="{{40}}"',
  qrcode: 'value="hello"',
  'radio-group': 'options="{{options}}"',
  rate: 'value="{{3}}"',
  segmented: 'options="{{options}}"',
  'side-bar': 'value="0"',
  swiper: 'list="{{pictures}}"',
  table: 'columns="{{columns}}" data="{{rows}}"',
  toast: 'id="toast"',
  'tree-select': 'options="{{options}}" value="{{[]}}"',
  watermark: 'content="w"',
  'chat-content': 'content="{{ { type: \'text\', data: \'hello\' } }}"',
  cell: 'title="t" note="n" arrow hover',
  button: 'theme="primary"',
  icon: 'name="add"',
  input: 'label="l" value="v"',
  tag: 'closable',
  image: 'src="{{pictures[0]}}" width="72" height="72"',
}

describe.skipIf(!hasBrowser)('libraries', () => {
  test.each([vant, weui, wux, mpHtml])('$name: every component is seen and touched without an error', (library) => show(harness, library), 60_000)

  test('tdesign-miniprogram: every component opens without an error', async () => {
    const files = packageFiles('tdesign-miniprogram')
    const prefix = 'node_modules/tdesign-miniprogram/miniprogram_dist/'
    const names = Object.keys(files)
      .map((path) => new RegExp(`^${prefix}([\\w-]+)/\\1\\.json$`).exec(path)?.[1])
      .filter((name): name is string => name !== undefined)
    expect(names.length).toBeGreaterThan(80)
    const program: Record<string, string | Uint8Array> = {
      ...files,
      'package.json': '{"dependencies":{"tdesign-miniprogram":"*"}}',
      'app.json': JSON.stringify({ pages: ['home/home', ...names.map((name) => `c/${name}`)] }),
      'home/home.wxml': '<view/>',
      'home/home.js': `Page({ onLoad() { global.names = ${JSON.stringify(names)} } })`,
    }
    for (const name of names) {
      program[`c/${name}.json`] = JSON.stringify({ usingComponents: { [`t-${name}`]: `tdesign-miniprogram/${name}/${name}` } })
      program[`c/${name}.wxml`] = `<t-${name} id="it" ${SAMPLES[name] ?? ''}>${['icon', 'image', 'progress'].includes(name) ? '' : 'content'}</t-${name}>`
      program[`c/${name}.js`] = `Page({ data: { texts: ['a', 'b'], items: [{ title: 'a' }], options: [{ label: 'a', value: 'a' }, { label: 'b', value: 'b' }], pictures: ['data:image/gif;base64,R0lGODlhAQABAAAAACw='], columns: [{ title: 'A', colKey: 'a' }], rows: [{ a: 1 }], ready: false }, onReady() { this.setData({ ready: true }) } })`
    }
    program['app.js'] = `App({ onShow() { global.open = (name) => wx.navigateTo({ url: '/c/' + name }) } }); wx.getLogManager(); setTimeout(async () => {
      for (const name of ${JSON.stringify(names)}) { console.log('@at ' + name); await wx.navigateTo({ url: '/c/' + name }); await new Promise((r) => setTimeout(r, 60)); await wx.navigateBack(); }
      wx.getLogManager().info('done') }, 100)`
    const running = await harness.open(program)
    const at: string[] = []
    const bad = new Map<string, string[]>()
    running.page.on('console', (message) => {
      const text = message.text()
      if (text.startsWith('@at ')) at.push(text.slice(4))
      else if (text.startsWith('@error')) bad.set(at.at(-1)!, [...(bad.get(at.at(-1)!) ?? []), text])
    })
    await expect.poll(() => running.notes.includes('done'), { timeout: 60_000 }).toBe(true)
    expect(Object.fromEntries(bad)).toEqual({})
    expect(at.length).toBeGreaterThan(80)
  }, 90_000)
})
