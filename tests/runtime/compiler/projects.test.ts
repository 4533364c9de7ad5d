/** What a project says of itself, and what its files are written in. */

import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping'
import { beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../recorder'
import { compile, load, MINIMAL, program, supported, withLanguages } from './build'

const said = (result: ReturnType<typeof compile>): string[] => result.diagnostics.map((one) => `${one.level} ${one.file}:${one.line} ${one.message}`)
const project = (settings: object): { 'project.config.json': string } => ({ 'project.config.json': JSON.stringify(settings) })
const moved = (folder: string): Record<string, string | undefined> => Object.fromEntries(Object.entries(MINIMAL).flatMap(([path, text]) => [[path, undefined], [`${folder}/${path}`, text]]))
const modules = (result: ReturnType<typeof compile>, index = 0): Record<string, string> => {
  const found: Record<string, string> = {}
  load(result, index).modules((name: string, body: unknown) => (found[name] = String(body)))
  return found
}

describe('project.config.json', () => {
  test('the appid, the library version and the kind of project travel with the program', () => {
    const { manifest } = compile(project({ appid: 'wx1234567890abcdef', libVersion: '3.5.0', compileType: 'miniprogram', setting: { urlCheck: false } }))
    expect(manifest!.project).toEqual({ appid: 'wx1234567890abcdef', libVersion: '3.5.0', compileType: 'miniprogram', urlCheck: false })
    expect(compile({}).manifest!.project).toEqual({ appid: '', libVersion: '', compileType: 'miniprogram', urlCheck: true })
    expect(said(compile(project({ compileType: 'book' })))[0]).toContain('"compileType" is "miniprogram", "plugin", "game"')
    proves('app_config', 'project.config.json appid', 'project.config.json libVersion', 'project.config.json compileType', 'project.config.json setting.urlCheck')
  })

  test('the program starts where miniprogramRoot says, and cloud functions are no part of it', () => {
    const files = { ...moved('src'), 'src/cloud/pay/index.js': 'let broken = ;', 'other/app.json': '{}' }
    const result = compile({ ...files, ...project({ miniprogramRoot: './src/', cloudfunctionRoot: 'src/cloud/' }) })
    expect(said(result)).toEqual([])
    expect(Object.keys(modules(result))).toEqual(['pages/home/home.js'])
    expect(said(compile({ ...files, ...project({ miniprogramRoot: 'src/' }) }))[0]).toContain('cloud/pay/index.js:1 This script cannot be parsed')
    expect(said(compile({ ...files, ...project({ miniprogramRoot: 'nowhere' }) }))[0]).toContain('There is no app.json')
    proves('app_config', 'project.config.json miniprogramRoot', 'project.config.json cloudfunctionRoot')
  })

  test('packOptions leaves files out by six kinds of rule, and include brings them back', () => {
    const names = ['a/one.png', 'a/keep.png', 'b.map.png', 'draft-c.png', 'deep/x/d.png', 'e9.png', 'f.png', 'g.png']
    const files = Object.fromEntries(names.map((name) => [name, new Uint8Array([1])]))
    const ignore = [
      { type: 'folder', value: 'a' },
      { type: 'suffix', value: '.map.png' },
      { type: 'prefix', value: 'draft-' },
      { type: 'glob', value: 'deep/**/*.{png,jpg}' },
      { type: 'regexp', value: '^e\\d\\.png$' },
      { type: 'file', value: './f.png' },
    ]
    const packed = (packOptions: object): string[] => Object.keys(compile({ ...files, ...project({ packOptions }) }).manifest!.assets).sort()
    expect(packed({})).toEqual([...names].sort())
    expect(packed({ ignore })).toEqual(['g.png'])
    expect(packed({ ignore, include: [{ type: 'file', value: 'a/keep.png' }] })).toEqual(['a/keep.png', 'g.png'])
    expect(said(compile(project({ packOptions: { ignore: [{ type: 'regexp', value: '(' }, { type: 'odd', value: '' }] } })))).toHaveLength(2)
    proves('app_config', 'project.config.json packOptions.ignore', 'project.config.json packOptions.include')
  })

  test('minified takes comments and indentation, never a line or the inside of a string', () => {
    const source = '/* long\n   comment */\nlet a = 1 // one\nlet b = `  //no\n    /* kept */`\n  exports.found = [a, b]'
    const text = (minified: boolean): string => modules(compile({ 'util.js': source, ...project({ setting: { minified } }) }))['util.js']!
    const run = (code: string): unknown => {
      const exports: { found?: unknown } = {}
      new Function('exports', `(${code})(null, {}, exports)`)(exports)
      return exports.found
    }
    expect(text(false)).toContain('// one')
    expect(text(true)).not.toContain('one\n')
    expect(text(true).split('\n')).toHaveLength(text(false).split('\n').length)
    expect(run(text(true))).toEqual([1, '  //no\n    /* kept */'])
    expect(modules(compile({ 'util.js': '    exports.a = 1\n    // gone\n    exports.b = 2' }))['util.js']).toContain('{exports.a = 1\n\nexports.b = 2')
    proves('app_config', 'project.config.json setting.minified')
  })

  test('a module without es6 is pointed out, and postcss gives properties their other name', () => {
    expect(said(compile({ 'util.js': '\nexport const a = 1', ...project({ setting: { es6: false } }) }))).toEqual([expect.stringContaining('warning util.js:2 This file is an ES module, but "setting.es6" is off')])
    expect(said(compile({ 'util.js': 'export const a = 1' }))).toEqual([])
    const styles = (postcss: boolean): string => load(compile({ 'app.wxss': '.a{user-select:none}', ...project({ setting: { postcss } }) })).styles.app
    expect(styles(true)).toBe('.a{-webkit-user-select:none;user-select:none}')
    expect(styles(false)).toBe('.a{user-select:none}')
    proves('app_config', 'project.config.json setting.es6', 'project.config.json setting.postcss')
  })

  test('npm is built where a package.json stands, or by hand exactly where the project says', () => {
    const kit = (at: string): Record<string, string> => ({
      [`${at}package.json`]: '{"dependencies":{"kit":"1"}}',
      [`${at}node_modules/kit/package.json`]: '{"miniprogram":"dist"}',
      [`${at}node_modules/kit/dist/button.js`]: 'Component({})',
      [`${at}node_modules/kit/dist/button.wxml`]: '<slot/>',
    })
    const using = { 'src/pages/home/home.json': '{"usingComponents":{"k":"kit/button"}}' }
    const files = { ...moved('src'), ...using }
    expect(said(compile({ ...files, ...kit(''), ...project({ miniprogramRoot: 'src' }) }))).toEqual([])
    expect(said(compile({ ...files, ...kit('src/'), ...project({ miniprogramRoot: 'src' }) }))).toEqual([])
    const manual = (list: object[]): object => ({ miniprogramRoot: 'src', setting: { packNpmManually: true, packNpmRelationList: list } })
    expect(said(compile({ ...files, ...kit('tools/'), ...project(manual([{ packageJsonPath: './tools/package.json', miniprogramNpmDistDir: './src/' }])) }))).toEqual([])
    expect(said(compile({ ...files, ...kit(''), ...project(manual([])) })).join()).toContain('The component "k" is not found')
    expect(said(compile({ ...files, ...kit(''), ...project(manual([{ packageJsonPath: 'gone/package.json', miniprogramNpmDistDir: 'src' }])) })).join()).toContain('names gone/package.json, which is not in the project')
    proves('app_config', 'project.config.json setting.packNpmManually', 'project.config.json setting.packNpmRelationList')
  })

  test('the private file has the last word', () => {
    const { manifest } = compile({ ...project({ libVersion: '2.0.0', appid: 'wx1', setting: { urlCheck: true, minified: false } }), 'project.private.config.json': '{"libVersion":"3.0.0","setting":{"urlCheck":false}}' })
    expect(manifest!.project).toMatchObject({ appid: 'wx1', libVersion: '3.0.0', urlCheck: false })
    proves('app_config', 'project.private.config.json (overrides project.config.json)')
  })

  test('a plugin of the project itself is a package with its public components, pages and main module', () => {
    const result = compile({
      ...moved('miniprogram'),
      'miniprogram/app.json': '{"pages":["pages/home/home"],"plugins":{"hello":{"version":"dev","provider":"wxaaaaaaaaaaaaaaaa","export":"shared.js"}}}',
      'miniprogram/shared.js': 'module.exports = 1',
      'miniprogram/pages/home/home.json': '{"usingComponents":{"h":"plugin://hello/card"}}',
      'plugin/plugin.json': '{"publicComponents":{"card":"components/card"},"pages":{"one":"pages/one"},"main":"index.js"}',
      'plugin/index.js': "exports.greet = require('/lib/word').word",
      'plugin/lib/word.js': "exports.word = 'hello'",
      'plugin/components/card.wxml': '<view/>',
      'plugin/components/card.js': 'Component({})',
      'plugin/pages/one.wxml': '<view/>',
      'plugin/pages/one.js': 'Page({})',
      ...project({ appid: 'wxaaaaaaaaaaaaaaaa', miniprogramRoot: 'miniprogram/', pluginRoot: 'plugin/', compileType: 'plugin' }),
    })
    expect(said(result)).toEqual([])
    const root = 'plugin-private/wxaaaaaaaaaaaaaaaa/'
    expect(result.manifest!.plugins!.hello).toMatchObject({ root, main: `${root}index.js`, export: 'shared.js', components: { card: `${root}components/card` }, pages: { one: `${root}pages/one` } })
    expect(result.manifest!.packages.map((one) => one.root)).toEqual(['', root])
    expect(load(result).components['pages/home/home'].using).toEqual({ h: `${root}components/card` })
    expect(Object.keys(modules(result, 1))).toContain(`${root}lib/word.js`)
    proves('app_config', 'project.config.json pluginRoot')
  })
})

test('sitemap.json says which pages may be found: the first rule that speaks of one', () => {
  const found = (rules: object[]): string[] =>
    compile({ 'app.json': '{"pages":["pages/home/home","p"]}', 'p.wxml': '<view/>', 'sitemap.json': JSON.stringify({ rules }) }).manifest!.searchable
  expect(found([])).toEqual(['pages/home/home', 'p'])
  expect(found([{ action: 'allow', page: 'p' }, { action: 'disallow', page: '*' }])).toEqual(['p'])
  expect(found([{ action: 'disallow', page: 'p' }])).toEqual(['pages/home/home'])
  expect(compile({ 'app.json': '{"pages":["pages/home/home"],"sitemapLocation":"map/s.json"}', 'map/s.json': '{"rules":[{"action":"disallow","page":"*"}]}' }).manifest!.searchable).toEqual([])
  expect(said(compile({ 'sitemap.json': '{"rules":[{"action":"maybe","page":"gone"}]}' }))).toHaveLength(2)
  proves('app_config', 'sitemap.json rules[].action', 'sitemap.json rules[].page', 'app.json sitemapLocation')
})

describe('languages', () => {
  beforeAll(withLanguages)

  test('Less and Sass are compiled when the project says so, with their imports', () => {
    const files = {
      'pages/home/home.less': '@import "../../colour"; .a{color:@brand;.b{width:(750rpx / 2)}}',
      'colour.less': '@brand:#b23a2a;',
      'colour.wxss': '.built { color: red }', // a library may bring both; a sheet in Less means the one in Less
      'app.scss': '@use "./sizes" as s; $gap: 10rpx; page{.c & {margin:$gap}} .d{padding:s.$wide}',
      '_sizes.scss': '$wide: 75rpx;',
    }
    const result = compile({ ...files, ...project({ setting: { useCompilerPlugins: ['typescript', 'less', 'sass'] } }) })
    expect(said(result)).toEqual([])
    const { styles } = load(result)
    expect(styles['pages/home/home']).toContain('.a .b')
    expect(styles['pages/home/home']).toContain('color: #b23a2a')
    expect(styles['pages/home/home']).toContain('width: 50vw')
    expect(styles.app).toContain('padding: 10vw')
    expect(said(compile(files))).toEqual([expect.stringContaining('app.scss:1 This style sheet is not compiled: add "sass"'), expect.stringContaining('home.less:1 This style sheet is not compiled: add "less"')])
  })

  test('of a script in both languages the plugin decides which is meant', () => {
    const files = { 'util.ts': 'export const from: string = "ts"', 'util.js': 'exports.from = "js"' }
    expect(modules(compile(files))['util.js']).toContain('"js"')
    expect(modules(compile({ ...files, ...project({ setting: { useCompilerPlugins: ['typescript'] } }) }))['util.js']).toContain('"ts"')
    proves('app_config', 'project.config.json setting.useCompilerPlugins')
  })

  test('a mistake in Less or Sass is said where it is, also in an imported file; a plugin in Less runs nothing', () => {
    const on = project({ setting: { useCompilerPlugins: ['less', 'sass'] } })
    expect(said(compile({ ...on, 'app.less': '@import "b";', 'b.less': '.a{\n  color: @missing;\n}' }))[0]).toMatch(/^error b\.less:2 This style sheet cannot be compiled: variable @missing is undefined/)
    expect(said(compile({ ...on, 'app.scss': '@use "b";', '_b.scss': '\n.a{color:$missing}' }))[0]).toMatch(/^error _b\.scss:2 This style sheet cannot be compiled: Undefined variable/)
    expect(said(compile({ ...on, 'app.less': '@plugin "evil"; .a{color:red}', 'evil.js': 'throw 1' }))[0]).toContain('@plugin is not available')
    expect(said(compile({ ...on, 'app.less': '@import "gone";' }))[0]).toContain("'gone' is not in the program")
    expect(said(compile({ ...on, 'app.less': '.a{width:`process.exit()`}' }))[0]).toContain('error app.less:1')
    expect(said(compile({ ...on, 'app.scss': '@use "nowhere";' }))[0]).toContain("error app.scss:1 This style sheet cannot be compiled: Can't find stylesheet")
  })
})

test('a source map leads from a line of the package to the file and line it came from', () => {
  const result = compile({ 'util.js': '\n\nexports.here = 1', 'pages/home/home.js': "import { here } from '../../util'\n\nPage({ boom() { throw here } })" })
  const { file } = result.manifest!.packages[0]!
  const lines = String(result.artifacts[file]).split('\n')
  const map = new TraceMap(String(result.artifacts[`${file}.map`]))
  const origin = (needle: string): unknown => originalPositionFor(map, { line: lines.findIndex((line) => line.includes(needle)) + 1, column: 5 })
  expect(origin('exports.here = 1')).toMatchObject({ source: 'util.js', line: 3 })
  expect(origin('boom()')).toMatchObject({ source: 'pages/home/home.js', line: 3 })
})

test('resolveAlias gives scripts and components other names for folders', () => {
  const result = compile({
    'app.json': '{"pages":["pages/home/home"],"resolveAlias":{"@/*":"/lib/*","~tools":"lib/tools/index"}}',
    'lib/tools/index.js': 'exports.one = 1',
    'lib/card.wxml': '<view/>',
    'pages/home/home.js': "import { one } from '@/tools/index'; const t = require('~tools'); Page({ one, t })",
    'pages/home/home.json': '{"usingComponents":{"card":"@/card"}}',
  })
  expect(said(result)).toEqual([])
  expect(modules(result)['pages/home/home.js']).toContain("require('/lib/tools/index')")
  expect(load(result).components['pages/home/home'].using).toEqual({ card: 'lib/card' })
})

test('an independent sub-package that leans on the outside, overlapping folders and false preload rules are said', () => {
  const result = compile({
    'app.json': '{"pages":["pages/home/home"],"subPackages":[{"root":"alone","independent":true,"pages":["p"]},\n{"root":"alone/in","pages":["q"]}],"preloadRule":{"pages/home/home":{"packages":["gone"]}}}',
    'alone/p.wxml': '<view/>',
    'alone/p.js': "\nrequire('../util'); Page({})",
    'alone/p.json': '{"usingComponents":{"c":"/card"}}',
    'alone/in/q.wxml': '<view/>',
    'card.wxml': '<view/>',
    'util.js': '',
  })
  expect(said(result)).toEqual([
    expect.stringContaining('error app.json:2 The sub-package "alone/in" and "alone" lie within each other'),
    expect.stringContaining('error app.json:2 "preloadRule" names the package "gone"'),
    expect.stringContaining('error alone/p.json:1 "c" lies outside the independent sub-package "alone"'),
    expect.stringContaining("warning alone/p.js:2 require('../util') leads out of the independent sub-package"),
  ])
})

describe('bad input', () => {
  test('circles: includes and WXS are refused, scripts and imports are pointed out, components are nothing wrong', () => {
    expect(said(compile({ 'pages/home/home.wxml': '<view/>\n<include src="a"/>', 'pages/home/a.wxml': '<include src="home.wxml"/>' }))[0]).toContain('error pages/home/a.wxml:1 This template includes itself without end: pages/home/home.wxml → pages/home/a.wxml → pages/home/home.wxml')
    expect(said(compile({ 'pages/home/home.wxml': '<wxs src="./a.wxs" module="a"/>', 'pages/home/a.wxs': "require('./b.wxs')", 'pages/home/b.wxs': "require('./a.wxs')" }))[0]).toContain('This WXS requires itself')
    const scripts = compile({ 'a.js': "\nrequire('./b')", 'b.js': "require('./a')" })
    expect(said(scripts)).toEqual([expect.stringMatching(/^warning (a\.js:2|b\.js:1) These scripts require each other/)])
    expect(scripts.manifest).not.toBeNull()
    expect(said(compile({ 'pages/home/home.wxml': '<import src="a"/>', 'pages/home/a.wxml': '<import src="home"/><template name="t"/>' }))).toEqual([])
    const loop = { 'a.wxml': '<b/>', 'a.json': '{"component":true,"usingComponents":{"b":"b"}}', 'b.wxml': '<a/>', 'b.json': '{"component":true,"usingComponents":{"a":"a"}}' }
    expect(said(compile({ ...loop, 'pages/home/home.json': '{"usingComponents":{"a":"/a"}}' }))).toEqual([])
  })

  test('broken JSON is said with the place where it breaks', () => {
    expect(said(compile({ 'app.json': '{\n  "pages": ["pages/home/home",]\n}' }))[0]).toMatch(/^error app\.json:2 This is not valid JSON: ] stands where a value is expected/)
    expect(said(compile({ 'app.json': '{"pages":[\'p\']}' }))[0]).toContain('texts stand in double quotes')
    expect(said(compile({ 'app.json': '{\n// one\n}' }))[0]).toContain('app.json:2 This is not valid JSON: comments are not allowed in it')
    expect(said(compile({ 'app.json': '{"pages":[' }))[0]).toContain('it ends where a value or ] is expected')
    expect(said(compile({ 'pages/home/home.json': '{"a":1,\n\n b}' }))[0]).toMatch(/^error pages\/home\/home\.json:3 This is not valid JSON: b stands where a name in double quotes is expected/)
  })

  test('other encodings are told apart, and a byte order mark is none of them', () => {
    const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from('Page({})', 'utf16le')])
    const gbk = new Uint8Array([...Buffer.from('Page({})\n// '), 0xba, 0xfa, 0xcd, 0xac])
    expect(said(compile({ 'pages/home/home.js': utf16 }))[0]).toContain('home.js:1 This file is UTF-16; save it as UTF-8.')
    expect(said(compile({ 'pages/home/home.js': gbk }))[0]).toContain('home.js:2 This file is not UTF-8, perhaps GBK')
    expect(said(compile({ 'pages/home/home.js': 'Page({})\nlet a\0' }))[0]).toContain('home.js:2 There is a zero byte here')
    expect(said(compile({ 'pages/home/home.js': new Uint8Array([0xef, 0xbb, 0xbf, ...Buffer.from('Page({})')]) }))).toEqual([])
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['elements', { 'pages/home/home.wxml': `${'<view>'.repeat(3000)}${'</view>'.repeat(3000)}` }, /home\.wxml:1 Elements are nested more than 400 deep/],
    ['a script', { 'pages/home/home.js': `${'['.repeat(100_000)}${']'.repeat(100_000)}` }, /home\.js:1 This script cannot be parsed: it is nested too deeply/],
    ['a sheet', { 'pages/home/home.wxss': `${'@media a{'.repeat(20_000)}${'}'.repeat(20_000)}` }, /home\.wxss:1 Rules are nested more than 100 deep/],
    ['WXS', { 'pages/home/home.wxml': '<wxs src="./m.wxs" module="m"/>', 'pages/home/m.wxs': `var a = ${'('.repeat(50_000)}1${')'.repeat(50_000)}` }, /m\.wxs:1 This WXS cannot be parsed: it is nested too deeply/],
  ])('%s nested without measure: said of the file, and nothing breaks', (_, files, expected) => {
    expect(said(compile(files)).join('\n')).toMatch(expected)
    expect(compile({}).manifest).not.toBeNull()
  })
})

test('what is not served here is said where it is asked for, unless the script asks first or a package brought it', () => {
  const kit = { 'package.json': '{"dependencies":{"kit":"1"}}', 'node_modules/kit/package.json': '{}', 'node_modules/kit/index.js': 'wx.openBluetoothAdapter({})' }
  const result = supported({
    ...kit,
    'pages/home/home.js': "require('kit')\nwx.getStorageSync('a')\n  wx.openBluetoothAdapter({})\nif (wx.canIUse('startBeaconDiscovery')) wx.startBeaconDiscovery()\nPage({})",
    'pages/home/home.wxml': '<!-- <view bogus="1"/> -->\n<view class="a" data-a="1" bindtap="x" wx:if="{{a > 1}}" bogus="{{1}}"/>',
  })
  expect(said(result)).toEqual([
    expect.stringContaining('warning pages/home/home.wxml:2 <view> does not read the attribute "bogus"'),
    expect.stringContaining('warning pages/home/home.js:3 wx.openBluetoothAdapter is not supported here'),
  ])
  expect(result.manifest).not.toBeNull()
})

describe('again and again', () => {
  test('what changed decides the least that shows it', () => {
    const one = program({ 'card.wxml': '<view/>', 'card.wxss': '.a{color:red}', 'pages/home/home.json': '{"usingComponents":{"card":"/card"}}' })
    expect(one.compile().change.how).toBe('relaunch')
    expect(one.compile().change).toEqual({ how: 'nothing', styles: {}, templates: [] })
    one.update({ 'card.wxss': '.a{color:blue}' })
    const styled = one.compile()
    expect(styled.change).toMatchObject({ how: 'styles', templates: [] })
    expect(styled.change.styles.card).toContain('color:blue')
    one.update({ 'pages/home/home.wxml': '<view>new</view>' })
    const templated = one.compile()
    expect(templated.change).toMatchObject({ how: 'templates', styles: {} })
    expect(templated.artifacts[templated.change.templates[0]!.file]).toContain('new')
    one.update({ 'pages/home/home.js': 'Page({data:{a:1}})' })
    expect(one.compile().change.how).toBe('relaunch')
  })

  test('a mistake is said until it is mended, and the next difference counts from the last good state', () => {
    const one = program({})
    one.compile()
    one.update({ 'pages/home/home.wxml': '<view>{{</view>' })
    expect(one.compile().manifest).toBeNull()
    expect(said(one.compile())[0]).toContain('pages/home/home.wxml:1')
    one.update({ 'pages/home/home.wxml': '<view>mended</view>' })
    expect(one.compile().change.how).toBe('templates')
    one.update({ 'pages/home/home.js': null, 'pages/home/home.wxml': null })
    expect(said(one.compile())[0]).toContain('The page "pages/home/home" is listed here but its files do not exist.')
  })

  test('compiled step by step it is the same as compiled at once', () => {
    const one = program({ 'a.js': 'exports.a = 1' })
    one.compile()
    one.update({ 'a.js': 'exports.a = 2', 'app.wxss': 'page{color:red}' })
    const { artifacts } = one.compile()
    expect(artifacts).toEqual(compile({ 'a.js': 'exports.a = 2', 'app.wxss': 'page{color:red}' }).artifacts)
  })
})
