import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { contentHash } from '../../../runtime/compiler/hash'
import { compile, load } from './build'

const messages = (result: ReturnType<typeof compile>): string[] => result.diagnostics.map((one) => `${one.file}:${one.line} ${one.message}`)

test('the smallest program compiles without a word', () => {
  const result = compile({})
  expect(result.diagnostics).toEqual([])
  expect(result.manifest!.pages).toEqual(['pages/home/home'])
  const { file } = result.manifest!.packages[0]!
  expect(Object.keys(result.artifacts).sort()).toEqual(['manifest.json', file, `${file}.map`].sort())
})

test('the same program gives the same bytes, whatever was compiled before', () => {
  const files = { 'pages/home/home.wxml': '<view a="{{a}}" b="{{b}}" c="{{c}}">{{d}}{{e}}</view>' }
  const first = compile(files)
  compile({ 'pages/home/home.wxml': '<text>{{other}}</text>' })
  expect(compile(files).artifacts).toEqual(first.artifacts)
})

test('content is named by its SHA-256', () => {
  for (const text of ['', 'abc', '汉字', 'x'.repeat(1000)]) {
    expect(contentHash(text)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 20))
  }
})

test('styles: units, elements, and each sheet kept to its place', () => {
  const result = compile({
    'app.json': '{"pages":["pages/home/home"],"usingComponents":{"card":"/card"}}',
    'app.wxss': '.red{color:red} page{height:100vh}',
    'pages/home/home.wxss': '@import "../../shared.wxss"; view{width:750rpx} page .a{margin:-15rpx} #x{top:.5rpx}',
    'shared.wxss': '.shared{color:blue}',
    'card.wxml': '<view class="box"/>',
    'card.js': 'Component({})',
    'card.wxss': ':host{display:block} .box .in{color:red} view{color:blue} .box{animation:spin 1s} @keyframes spin{to{opacity:0}}',
  })
  expect(messages(result)).toEqual([])
  const { styles, components } = load(result)
  const scope = components.card.scope
  expect(styles.app).toContain('wx-page{height:calc(100 * var(--page-vh, 1vh))}')
  expect(styles.app).toContain('.red{color:red}')
  expect(styles['pages/home/home']).toContain(':where([is="pages/home/home"]) .shared{')
  expect(styles['pages/home/home']).toContain(':where([is="pages/home/home"]) wx-view{width:100vw}')
  expect(styles['pages/home/home']).toContain('wx-page:where([is="pages/home/home"]) .a{margin:-2vw}')
  expect(styles['pages/home/home']).toContain('#x{top:max(1px, 0.06666667vw)}')
  expect(styles.card).toContain(`[wx-host="${scope}"]{display:block}`)
  expect(styles.card).toContain(`.${scope}--box .${scope}--in{`)
  expect(styles.card).toContain(`:where([wx-host="${scope}"]) wx-view,wx-view:where([wx-in="${scope}"]){`)
  expect(styles.card).toContain(`animation:${scope}--spin 1s`)
  expect(styles.card).toContain(`@keyframes ${scope}--spin`)
})

test('modules: ES modules and TypeScript become functions of require, on the same lines', () => {
  const { modules } = load(
    compile({
      'pages/home/home.js': "import { two } from '../../two'\nexport const four: number = two * 2".replace(': number', ''),
      'two.ts': 'export const two: number = 2\nexport type Unused = string',
    }),
  )
  const found: Record<string, (require: unknown, module: unknown, exports: any) => void> = {}
  modules((name: string, body: any) => (found[name] = body))
  const exports: any = {}
  const two: any = {}
  found['two.js']!(null, {}, two)
  found['pages/home/home.js']!(() => two, {}, exports)
  expect(exports.four).toBe(4)
})

test('a program cannot reach the page it runs in by name, and may use those names itself', () => {
  const { modules } = load(compile({ 'pages/home/home.js': 'const globalThis = 1; exports.seen = [typeof window, typeof document, typeof fetch, globalThis]' }))
  const exports: any = {}
  modules((name: string, body: any) => name.startsWith('pages/') && body(null, {}, exports))
  expect(exports.seen).toEqual(['undefined', 'undefined', 'undefined', 1])
})

test('npm packages are built, and only what is reached is packed', () => {
  const result = compile({
    'package.json': '{"dependencies":{"kit":"1","plain":"1"}}',
    'node_modules/kit/package.json': '{"miniprogram":"dist"}',
    'node_modules/kit/dist/button/button.json': '{"component":true}',
    'node_modules/kit/dist/button/button.wxml': '<slot/>',
    'node_modules/kit/dist/button/button.js': 'Component({})',
    'node_modules/kit/dist/unused.js': 'exports.unused = 1',
    'node_modules/plain/package.json': '{"main":"lib/main.js"}',
    'node_modules/plain/lib/main.js': 'module.exports = 7',
    'pages/home/home.json': '{"usingComponents":{"k-button":"kit/button/button"}}',
    'pages/home/home.js': "require('plain'); Page({})",
  })
  expect(messages(result)).toEqual([])
  const { modules, components } = load(result)
  const names: string[] = []
  modules((name: string) => names.push(name))
  expect(names).toContain('miniprogram_npm/plain/lib/main.js')
  expect(names).toContain('miniprogram_npm/kit/button/button.js')
  expect(names).not.toContain('miniprogram_npm/kit/unused.js')
  expect(components['pages/home/home'].using).toEqual({ 'k-button': 'miniprogram_npm/kit/button/button' })
})

test('a package of the program is packed although only a sub-package asks for it, by its name or as if it lay beside', () => {
  const result = compile({
    'app.json': '{"pages":["pages/home/home"],"subPackages":[{"root":"more","pages":["p"]}]}',
    'package.json': '{"dependencies":{"plain":"1","other":"1"}}',
    'node_modules/plain/package.json': '{}',
    'node_modules/plain/index.js': "require('./deep')",
    'node_modules/plain/deep.js': '',
    'node_modules/plain/unused.js': '',
    'node_modules/other/package.json': '{}',
    'node_modules/other/index.js': '',
    'more/p.wxml': '<view/>',
    'more/p.js': "require('plain'); require('./other'); Page({})",
  })
  expect(messages(result)).toEqual([])
  const names: string[] = []
  load(result).modules((name: string) => names.push(name))
  expect(names.filter((name) => name.startsWith('miniprogram_npm/'))).toEqual(['miniprogram_npm/other/index.js', 'miniprogram_npm/plain/deep.js', 'miniprogram_npm/plain/index.js'])
  expect(result.manifest!.packages.map(({ root }) => root)).toEqual(['', 'more/'])
})

test('imports are done first, wherever they are written', () => {
  const result = compile({
    'a.js': 'export default { one: 1 }',
    'b.js': 'export const two = 2',
    'app.js': "import './b'\nconst one = a.one\nimport a from './a'\nconst more = two\n;[1].map(() => 1)\nimport {\n  two, // what b has\n} from './b'\nexports.seen = [one, more]; throw new Error('line 9')",
  })
  expect(messages(result)).toEqual([])
  const bodies: Record<string, any> = {}
  load(result).modules((name: string, body: any) => (bodies[name] = body))
  const order: string[] = []
  const run = (name: string): any => {
    const exports: any = {}
    order.push(name)
    try {
      bodies[name]((request: string) => run(`${request.slice(2)}.js`), {}, exports)
    } catch (error) {
      if (!String(error).includes('line 9')) throw error
    }
    return exports
  }
  expect(run('app.js').seen).toEqual([1, 2])
  expect(order).toEqual(['app.js', 'b.js', 'a.js'])
  expect(bodies['app.js'].toString().split('\n')[8]).toContain('line 9')
})

test('a script that only speaks of imports is no module, and stays as lax as it was written', () => {
  const { modules } = load(compile({ 'lib.js': "/* harmony import */ var a = 1; // to import something\nloose = a; exports.strict = (function () { return this === undefined })()", 'late.js': "exports.later = () => import('./lib')" }))
  const made: Record<string, any> = {}
  modules((name: string, body: any) => name.startsWith('la') && (made[name] = body.toString()))
  modules((name: string, body: any) => name === 'lib.js' && body(null, {}, (made.lib = {})))
  expect(made.lib.strict).toBe(false)
  expect(made['late.js']).toContain('require')
})

test('a script that is named from the root is looked for beside as well', () => {
  const result = compile({ 'kit/main.js': "exports.a = require('/deep/a').a", 'kit/deep/a.js': 'exports.a = 1', 'app.js': "require('/kit/main'); App({})" })
  expect(messages(result)).toEqual([])
})

test('WXS: a constructor is the name of a type, and files are required with or without their extension', () => {
  const result = compile({
    'pages/home/home.wxml': '<wxs module="m" src="./m.wxs"/><view>{{m.name(list)}}</view>',
    'pages/home/m.wxs': "var other = require('../other.wxs'); module.exports = { name: function (x) { return x.constructor === 'Array' ? other.yes : 'no' } }",
    'pages/other.wxs': "module.exports = { yes: 'yes' }",
  })
  expect(messages(result)).toEqual([])
  expect(result.artifacts[result.manifest!.packages[0]!.file]).toContain("typeName(x) === 'Array'")
})

test('an item that looks at nothing but itself is passed over while nothing of it changes; one that looks further is not', () => {
  const passes = (item: string): boolean => {
    const result = compile({ 'pages/home/home.wxml': `<wxs module="m">module.exports = { f: function (x) { return x } }</wxs><template name="t"><view>{{x}}</view></template><view wx:for="{{list}}" wx:key="id">${item}</view>` })
    expect(messages(result)).toEqual([])
    return /=>\{if\(!C&&!K&&!\w+&&!\w+\)return;/.test(result.artifacts[result.manifest!.packages[0]!.file] as string)
  }
  for (const item of ['<text bindtap="go" data-id="{{item.id}}">{{index}} {{m.f(item.name)}}</text>', '<input wx:if="{{item.on}}" model:value="{{item.v}}"/>', '<template is="t" data="{{x: item.x}}"/>', '<text wx:for="{{item.more}}" wx:for-item="one" wx:key="id">{{one.n}}</text>', 'same']) expect([item, passes(item)]).toEqual([item, true])
  for (const item of ['{{chosen === item.id}}', '<view wx:if="{{open}}"/>', '<template is="{{which}}" data="{{x: 1}}"/>', '<text style="{{m.f(colour)}}"/>', '<template is="t" data="{{x}}"/>', '{{list.length}}']) expect([item, passes(item)]).toEqual([item, false])
})

test('WXS: a pattern is written with single backslashes', () => {
  const wxs = String.raw`module.exports = getRegExp('^\d+(\.\d+)?\\s' + "\n$", 'g').test('\d')`
  const result = compile({ 'pages/home/home.wxml': `<wxs module="m">${wxs}</wxs>` })
  expect(result.artifacts[result.manifest!.packages[0]!.file]).toContain(String.raw`getRegExp('^\\d+(\\.\\d+)?\\s' + "\n$", 'g').test('\d')`)
})

test('WXS: a word that only scripts keep for themselves is a name', () => {
  const wxs = "module.exports = { name: function (o) { var class = o.class; var new = { class: class, in: 'in' }; return new.in + class } }"
  const result = compile({ 'pages/home/home.wxml': `<wxs module="m">${wxs}</wxs><view>{{m.name(o)}}</view>` })
  expect(messages(result)).toEqual([])
  expect(result.artifacts[result.manifest!.packages[0]!.file]).toContain("var class$ = o.class; var new$ = { class: class$, in: 'in' }; return new$.in + class$")
  expect(messages(compile({ 'pages/home/home.wxml': '<wxs module="m">var 1</wxs>' }))).toEqual([expect.stringContaining('This WXS cannot be parsed: Unexpected token')])
})

test('sub-packages are packages of their own', () => {
  const result = compile({
    'app.json': '{"pages":["pages/home/home"],"subPackages":[{"root":"shop","name":"shop","pages":["list/list"]}]}',
    'shop/list/list.wxml': '<view/>',
    'shop/list/list.js': 'Page({})',
  })
  expect(messages(result)).toEqual([])
  expect(result.manifest!.packages.map((one) => [one.root, one.pages])).toEqual([
    ['', ['pages/home/home']],
    ['shop/', ['shop/list/list']],
  ])
  expect(Object.keys(load(result, 1).components)).toEqual(['shop/list/list'])
})

test('every mistake names its file and line and says one helpful thing', () => {
  const said = messages(
    compile({
      'app.json': '{"pages":["pages/home/home",\n"gone/gone"],"usingComponents":{"k":"./k"}}',
      'pages/home/home.wxml': '<view>\n{{a +}}</view><include src="none.wxml"/>',
      'pages/home/home.js': '\nlet a = ;',
      'pages/home/home.wxss': '.a{}\n.b{color:red',
    }),
  )
  expect(said).toContain('app.json:2 The page "gone/gone" is listed here but its files do not exist.')
  expect(said.some((one) => one.startsWith('app.json:2 The component "k" is not found at "./k"'))).toBe(true)
  expect(said.some((one) => one.startsWith('pages/home/home.wxml:2 Unexpected character inside expression'))).toBe(true)
  expect(said.some((one) => one.startsWith('pages/home/home.wxml:1 The template'))).toBe(true)
  expect(said).toContain('pages/home/home.js:2 This script cannot be parsed: Unexpected token.')
  expect(said).toContain('pages/home/home.wxss:2 This style sheet cannot be parsed: Unclosed block.')
})

test.each<[string, Record<string, string | Uint8Array | undefined>]>([
  ['broken JSON', { 'app.json': '{"pages":[' }],
  ['no app.json', { 'app.json': undefined }],
  ['a list for an object', { 'app.json': '[]' }],
  ['no pages', { 'app.json': '{"pages":[]}' }],
  ['not UTF-8', { 'app.json': new Uint8Array([0xff, 0xfe, 0x00]) }],
  ['one tab', { 'app.json': '{"pages":["pages/home/home"],"tabBar":{"list":[{"pagePath":"pages/home/home"}]}}' }],
  ['a path out of the program', { '../../etc/passwd': 'x' }],
])('%s is refused with a diagnostic and gives no artifact', (_, files) => {
  const result = compile(files)
  expect(result.diagnostics.some((one) => one.level === 'error')).toBe(true)
  expect(result.artifacts).toEqual({})
})

test('a style sheet that imports itself is taken once', () => {
  const result = compile({ 'app.wxss': '@import "a.wxss";', 'a.wxss': '@import "app.wxss"; .a{color:red}' })
  expect(result.manifest).not.toBeNull()
  expect(messages(result)[0]).toContain('imports itself')
  expect(load(result).styles.app).toBe('.a{color:red}')
})

test('a package that weighs too much is refused', () => {
  const result = compile({ 'big.png': new Uint8Array(3000) }, { packageBytes: 2000 })
  expect(messages(result)[0]).toContain('weighs')
  expect(result.manifest).toBeNull()
})
