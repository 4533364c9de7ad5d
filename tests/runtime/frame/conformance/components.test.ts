/** Components: lifetimes, behaviors, properties, observers, relations, styles and how they are found. */

import { expect } from 'vitest'

import { proves } from '../../recorder'
import { Rules } from './rules'

const rules = new Rules({
  'app.wxss': '.app { color: rgb(1, 1, 1) }',
  'k.wxml': '<view/>',
  'k.js': 'Component({})',
})
const plain = { component: true }
const uses = (...names: string[]): object => ({ usingComponents: Object.fromEntries(names.map((name) => [name, `./${name}`])) })

rules.rule('a component is created, attached, ready, moved and detached in the published order', {
  'index.json': uses('a', 'b'),
  'index.wxml': '<a wx:if="{{on}}"><b wx:for="{{list}}" wx:key="*this" name="{{item}}"/></a>',
  'index.js': `Page({ data: { on: true, list: ['x', 'y'] }, onLoad() { note('load') }, onShow() { note('show') }, onReady() { note('page ready');
    setTimeout(() => { note('moving'); this.setData({ list: ['y', 'x'] }); note('leaving'); this.setData({ on: false }) }) } })`,
  'a.wxml': '<slot/>',
  'a.js': `Component({ lifetimes: { created() { note('a created', this.is.slice(-1)) }, attached() { note('a attached') }, ready() { note('a ready') }, detached() { note('a detached') } } })`,
  'b.wxml': '<view>{{name}}</view>',
  'b.js': `Component({ properties: { name: String }, created() { note('b created') }, attached() { note('b attached', this.data.name) }, ready() { note('b ready', this.data.name) }, moved() { note('b moved') }, detached() { note('b detached', this.data.name) } })`,
}, async (page) => {
  await expect.poll(() => page.notes).toContain('a detached')
  const notes = page.notes
  expect(notes.slice(0, 6)).toEqual(['a created a', 'b created', 'b created', 'a attached', 'b attached x', 'b attached y'])
  const order = (...some: string[]): number[] => some.map((one) => notes.indexOf(one))
  expect(order('b attached y', 'load', 'show', 'a ready', 'page ready')).toEqual([...order('b attached y', 'load', 'show', 'a ready', 'page ready')].sort((a, b) => a - b))
  expect(notes.slice(notes.indexOf('moving') + 1, notes.indexOf('leaving'))).toEqual(['b moved'])
  expect(notes.slice(notes.indexOf('leaving') + 1).sort()).toEqual(['a detached', 'b detached x', 'b detached y'])
  expect(page.errors).toEqual([])
  proves('app_config', 'component.json component')
})

rules.rule('the page of a component is on the stack when the component is attached', {
  'index.json': uses('a'),
  'index.wxml': '<a/>',
  'a.wxml': '<view/>',
  'a.js': `Component({ attached() { const pages = getCurrentPages(); note(pages.length, pages.at(-1).route === this.is.replace(/a$/, 'index')) } })`,
}, (page) => page.noted('1 true'))

rules.rule('what a program keeps under a name of the instance is its own, and its element stays as it was', {
  'index.json': uses('a'),
  'index.wxml': '<a id="one" class="a"/>',
  'index.js': `'use strict'; Page({ onLoad() { this.id = 7; this.dataset = { x: 1 }; note(this.id, this.dataset, this.is.slice(-5)) } })`,
  'a.wxml': '<view/>',
  'a.js': `'use strict'; Component({ attached() { note(this.id); this.id = 'two'; note(this.id, this.createSelectorQuery ? 'and goes on' : '') } })`,
}, async (page) => {
  await page.noted('one', 'two and goes on', '7 {"x":1} index')
  expect(await page.frame.locator('#one').count()).toBe(1)
  expect(page.errors).toEqual([])
})

rules.rule('the global object is the language over what the program shares, and the one function made of text is that which gives it', {
  'index.js': `global.shared = 3; const make = Function, ground = new Function('return this')();
    note(ground === make('return this')(), ground === globalThis, ground.wx === wx, ground.shared, ground.Array === Array, ground.Function === Function, typeof ground.document);
    ground.setTimeout(() => note('timer'));
    note((() => {}) instanceof Function, (() => {}).constructor === Function, Function.prototype === Object.getPrototypeOf(() => {}));
    try { new Function('return 1'); note('made') } catch (error) { note(error.name) }
    Page({})`,
}, (page) => page.noted('true true true 3 true true undefined', 'true true true', 'EvalError', 'timer'))

rules.rule('lifetimes in `lifetimes` take the place of those written outside of it', {
  'index.json': uses('a'),
  'index.wxml': '<a/>',
  'a.wxml': '<view/>',
  'a.js': `Component({ attached() { note('old') }, lifetimes: { attached() { note('new') } }, ready() { note('ready') } })`,
}, (page) => page.noted('new', 'ready'))

rules.rule('a component whose method throws is told by its `error` lifetime, and the program goes on', {
  'index.json': uses('a'),
  'index.wxml': '<a/><view id="after">after</view>',
  'a.wxml': '<view/>',
  'a.js': `Component({ lifetimes: { attached() { throw new Error('broken') }, error(e) { note('error', e.message) }, ready() { note('ready') } } })`,
}, async (page) => {
  await page.noted('error broken', 'ready')
  expect(await page.text('#after')).toBe('after')
  expect(page.errors.some((one) => one.includes('broken'))).toBe(true)
})

rules.rule('components hear their page show, hide and change its size', {
  'index.json': uses('a'),
  'index.wxml': '<a/>',
  'index.js': `Page({ onReady() { wx.navigateTo({ url: '/start/index' }).then(() => wx.navigateBack()) } })`,
  'a.wxml': '<view/>',
  'a.js': `Component({ pageLifetimes: { show() { note('show') }, hide() { note('hide') }, resize(e) { note('resize', typeof e.size.windowWidth) }, routeDone() { note('route done') } } })`,
}, async (page) => {
  await page.noted('show', 'route done', 'hide', 'show', 'route done')
  await page.page.setViewportSize({ width: 400, height: 600 })
  await expect.poll(() => page.notes.at(-1)).toBe('resize number')
  await page.page.setViewportSize({ width: 375, height: 667 })
})

rules.rule('behaviors: lifetimes all run, inner first, each once; fields of the component win; objects in data are merged', {
  'index.json': uses('a'),
  'index.wxml': '<a id="a"/>',
  'index.js': `Page({ onReady() { const a = this.selectComponent('#a'); note(a.data); note(a.who(), a.deep(), a.hasBehavior(a.inner())) } })`,
  'a.wxml': '<view/>',
  'a.js': `const inner = Behavior({ data: { o: { a: 1 }, n: 1, only: 'inner' }, properties: { p: { type: Number, value: 1 } }, methods: { who() { return 'inner' }, deep() { return 'deep' } }, attached() { note('inner') } });
    const one = Behavior({ behaviors: [inner], data: { o: { b: 2, c: 2 }, n: 2 }, lifetimes: { attached() { note('one') } } });
    const two = Behavior({ behaviors: [inner], data: { n: 3, last: 'two' }, methods: { who() { return 'two' } }, attached() { note('two') } });
    Component({ behaviors: [one, two], data: { o: { c: 4, d: 4 } }, properties: { p: { type: Number, value: 9 } }, methods: { inner: () => inner, who() { return 'component' } }, attached() { note('component') } })`,
}, async (page) => {
  await expect.poll(() => page.notes.length).toBe(6)
  expect(page.notes.slice(0, 4)).toEqual(['inner', 'one', 'two', 'component'])
  expect(JSON.parse(page.notes[4]!)).toEqual({ o: { a: 1, b: 2, c: 4, d: 4 }, n: 3, only: 'inner', last: 'two', p: 9 })
  expect(page.notes[5]).toBe('component deep true')
})

rules.rule('a behavior may change the definitions that use it, and those of behaviors that use it', {
  'index.json': uses('a'),
  'index.wxml': '<a id="a"/>',
  'index.js': `const pages = Behavior({ definitionFilter(fields) { fields.data = { ...fields.data, page: 1 }; const { onLoad } = fields; fields.extra = () => 7; fields.onLoad = function (q) { note('filtered load'); onLoad?.call(this, q) } } });
    Page({ behaviors: [pages], onLoad() { note('load', this.data.page, this.extra()) }, onReady() { note(this.selectComponent('#a').data) } })`,
  'a.wxml': '<view/>',
  'a.js': `const computed = Behavior({ definitionFilter(fields, filters) { note('inner', filters.length); fields.data = { ...fields.data, ['of' + (fields.name || '')]: 1 } } });
    const outer = Behavior({ behaviors: [computed], name: 'outer', definitionFilter(fields, filters) { note('outer', filters.length, fields.name); filters[0](fields, []) } });
    Component({ behaviors: [outer], name: 'component' })`,
}, async (page) => {
  await expect.poll(() => page.notes.length).toBe(6)
  expect(page.notes).toEqual(['inner 0', 'outer 1 component', 'inner 0', 'filtered load', 'load 1 7', '{"ofouter":1,"ofcomponent":1}'])
})

rules.rule('properties: defaults, several types, conversions, null and undefined, observers by function and by name', {
  'index.json': uses('a'),
  'index.wxml': '<a id="a" s="{{12}}" n="3.5" flag="" many="{{many}}" any="{{any}}" o="{{o}}" list="{{list}}" gone="{{gone}}"/>',
  'index.js': `Page({ data: { many: 1, any: null, o: null, list: [1], gone: 'x' }, onReady() { const a = this.selectComponent('#a'); note(a.data); this.setData({ many: 'two', gone: undefined, any: { a: 1 } }); note(a.data.many, a.data.gone, a.properties.any) } })`,
  'a.wxml': '<view/>',
  'a.js': `Component({ properties: { s: String, n: Number, flag: Boolean, many: { type: Number, optionalTypes: [String], observer(now, before) { note('many', before, now) } }, any: null, o: { type: Object, value: { a: 1 } }, list: { type: Array, observer: 'listed' }, gone: { type: String, value: 'default' }, left: { type: String, value: 'as is' } }, methods: { listed(now, before) { note('list', before, now) } } })`,
}, async (page) => {
  await expect.poll(() => page.notes.length).toBeGreaterThanOrEqual(5)
  expect(page.notes.filter((one) => one.startsWith('list'))).toEqual(['list [] [1]'])
  expect(page.notes.filter((one) => one.startsWith('many'))).toEqual(['many 0 1', 'many 1 two'])
  const first = JSON.parse(page.notes.find((one) => one.startsWith('{'))!) as Record<string, unknown>
  expect(first).toMatchObject({ s: '12', n: 3.5, many: 1, any: null, list: [1], gone: 'x', left: 'as is' })
  expect(page.notes.at(-1)).toBe('two default {"a":1}')
  expect(page.errors).toEqual([])
})

rules.rule('a function is a value like any other; an observer may set again what it was told of', {
  'index.json': uses('same'),
  'index.wxml': '<same id="s" list="{{list}}"/>',
  'index.js': `Page({ data: { list: [{ n: 1 }] }, onReady() { this.data.list[0].n = 5; this.setData({ list: this.data.list }); note('end', this.selectComponent('#s').data.shape(3)) } })`,
  'same.wxml': '<view id="v">{{list[0].n}} {{list[0].seen}}</view>',
  'same.js': `Component({ properties: { shape: { type: null, value: (n) => n * 2 }, list: { type: Array, value: [], observer(list) { note('list', list[0].n); this.data.list[0].seen = 'seen'; this.setData({ list: this.data.list }) } } } })`,
}, async (page) => {
  await page.noted('list 1', 'list 5', 'end 6')
  expect(await page.text('#v')).toBe('5 seen')
  expect(page.errors).toEqual([])
})

rules.rule('observers: several fields, parts of fields, wildcards, and equal values', {
  'index.json': uses('a'),
  'index.wxml': '<a id="a"/>',
  'index.js': `Page({ onReady() { this.selectComponent('#a').go() } })`,
  'a.wxml': '<view/>',
  'a.js': `Component({ data: { a: 1, b: 1, o: { x: { y: 1 } }, list: [{ v: 1 }] }, observers: { 'a, b'(a, b) { note('ab', a, b) }, 'o.x'(x) { note('o.x', x) }, 'o.**'(o) { note('o.**', o) }, 'list[0]'(v) { note('list[0]', v) }, '**'() { note('all') }, b: 'named' }, methods: { named(b) { note('named', b) }, go() {
    note('1'); this.setData({ a: 1 }); note('2'); this.setData({ a: 2, b: 2 }); note('3'); this.setData({ 'o.x.y': 2 }); note('4'); this.setData({ 'list[0].v': 2 }); this.setData({ 'list[1]': {} }); this.setData({ 'list[0]': { v: 3 } }); this.setData({ o: { x: { y: 3 } } }); note('end') } } })`,
}, async (page) => {
  await expect.poll(() => page.notes).toContain('end')
  const between = (from: string, to: string): string[] => page.notes.slice(page.notes.indexOf(from) + 1, page.notes.indexOf(to)).sort()
  expect(between('1', '2')).toEqual(['ab 1 1', 'all'])
  expect(between('2', '3')).toEqual(['ab 2 2', 'all', 'named 2'])
  expect(between('3', '4')).toEqual(['all', 'o.** {"x":{"y":2}}'])
  expect(between('4', 'end').filter((one) => one !== 'all')).toEqual(['list[0] {"v":3}', 'o.** {"x":{"y":3}}', 'o.x {"y":3}'])
})

rules.rule('relations: linked, changed and unlinked, through a behavior, in the order of the page', {
  'index.json': uses('group', 'item', 'other'),
  'index.wxml': '<group id="g"><view><item wx:for="{{list}}" wx:key="*this" name="{{item}}"/></view><other/></group>',
  'index.js': `Page({ data: { list: ['a', 'b'] }, onReady() { const g = this.selectComponent('#g'); note(g.names()); this.setData({ list: ['b', 'a', 'c'] }); note(g.names()); this.setData({ list: ['c'] }); note(g.names()) } })`,
  'group.wxml': '<slot/>',
  'group.js': `const field = require('./field'); Component({ relations: { field: { type: 'descendant', target: field, linked(t) { note('linked', t.data.name || 'other') }, linkChanged(t) { note('changed') }, unlinked(t) { note('unlinked', t.data.name) } } }, methods: { names() { return this.getRelationNodes('field').map((t) => t.data.name || 'other').join() } } })`,
  'field.js': `module.exports = Behavior({})`,
  'item.wxml': '<view/>',
  'item.js': `Component({ behaviors: [require('./field')], properties: { name: String }, relations: { './group': { type: 'ancestor', linked(t) { note('to', t.is.slice(-5)) } } } })`,
  'other.wxml': '<view/>',
  'other.js': `Component({ behaviors: [require('./field')], relations: { './group': { type: 'ancestor' } } })`,
}, async (page) => {
  await expect.poll(() => page.notes.filter((one) => /^[abc,]+other$|^c,other$/.test(one))).toEqual(['a,b,other', 'b,a,c,other', 'c,other'])
  expect(page.notes.slice(0, 2).sort()).toEqual(['linked a', 'to group'])
  expect(page.notes.filter((one) => one.startsWith('unlinked')).sort()).toEqual(['unlinked a', 'unlinked b'])
  expect(page.notes.filter((one) => one === 'changed').length).toBeGreaterThan(0)
})

rules.rule('pure data reaches observers and not the template, by option and by the file', {
  'index.json': uses('a', 'b'),
  'index.wxml': '<a id="a"/><b id="b"/>',
  'index.js': `Page({ onReady() { this.selectComponent('#a').setData({ _x: 2 }); this.selectComponent('#b').setData({ hiddenX: 2 }) } })`,
  'a.wxml': '<view>[{{_x}}]</view>',
  'a.js': `Component({ options: { pureDataPattern: /^_/ }, data: { _x: 1 }, observers: { _x(v) { note('a', v, this.data._x) } } })`,
  'b.json': { component: true, pureDataPattern: '^hidden' },
  'b.wxml': '<view>[{{hiddenX}}]</view>',
  'b.js': `Component({ data: { hiddenX: 1 }, observers: { hiddenX(v) { note('b', v) } } })`,
}, async (page) => {
  await page.noted('a 2 2', 'b 2')
  expect(await page.text('wx-a')).toBe('[]')
  expect(await page.text('wx-b')).toBe('[]')
  proves('app_config', 'component.json pureDataPattern')
})

rules.rule('components are found by id, class and path; one may say what is given instead of it', {
  'index.json': uses('a', 'b'),
  'index.wxml': '<view class="box"><a id="one" class="k" p="x"/></view><a class="k"/><b id="b"/>',
  'index.js': `Page({ who: 'page', onReady() { note(this.selectComponent('#one').who(), this.selectAllComponents('.k').length, this.selectComponent('.box > .k').id, String(this.selectComponent('#none')));
    note(this.selectComponent('#b'), this.selectComponent('#one').owner(), this.selectAllComponents('.k, #b').length, this.selectComponent('#one >>> .deep').id) } })`,
  'a.json': uses('b', 'c'),
  'a.wxml': '<c class="deep" id="inside"/><b id="early"/>',
  'a.js': `Component({ properties: { p: { type: String, observer() { note('early', this.selectComponent('#early')) } } }, methods: { who() { return 'a' }, owner() { return this.selectOwnerComponent().who } } })`,
  'b.wxml': '<view/>',
  'b.js': `Component({ behaviors: ['wx://component-export'], export() { return { given: this.data.v } }, data: { v: 5 } })`,
  'c.wxml': '<view/>',
  'c.js': 'Component({})',
}, (page) => page.noted('early {"given":5}', 'a 2 one null', '{"given":5} page 3 inside'))

rules.rule('a component’s data is found under the name the engine keeps it by, too', {
  'index.json': uses('a'),
  'index.wxml': '<a id="a"/>',
  'index.js': `Page({ data: { name: 'page' }, onReady() { note(this.__data__.name, this.selectComponent('#a').up()) } })`,
  'a.json': uses('b'),
  'a.wxml': '<b id="b"/>',
  'a.js': `Component({ data: { name: 'a' }, methods: { up() { return this.selectComponent('#b').selectOwnerComponent().__data__.name } } })`,
  'b.wxml': '<view/>',
  'b.js': 'Component({})',
}, (page) => page.noted('page a'))

rules.rule('external classes, and classes a component gives on', {
  'index.json': uses('outer'),
  'index.wxml': '<outer my-class="red big" />',
  'index.wxss': '.red { color: rgb(9, 0, 0) } .big { font-size: 30px }',
  'outer.json': uses('inner'),
  'outer.wxml': '<inner my-class="my-class own"/><view id="o" class="my-class">o</view>',
  'outer.wxss': '.own { letter-spacing: 3px }',
  'outer.js': `Component({ externalClasses: ['my-class'] })`,
  'inner.wxml': '<view id="i" class="my-class">i</view>',
  'inner.js': `Component({ externalClasses: ['my-class'] })`,
}, async (page) => {
  expect([await page.style('#o', 'color'), await page.style('#o', 'font-size'), await page.style('#i', 'color'), await page.style('#i', 'letter-spacing')]).toEqual(['rgb(9, 0, 0)', '30px', 'rgb(9, 0, 0)', '3px'])
})

rules.rule('styles: what is isolated, what takes the page’s, what gives its own', {
  'index.json': uses('isolated', 'applied', 'shared', 'global'),
  'index.wxml': '<view id="p" class="from-shared">p</view><isolated/><applied/><shared/><global/>',
  'index.wxss': '.page { color: rgb(2, 2, 2) } .from-isolated { color: rgb(8, 8, 8) }',
  'isolated.wxml': '<view id="i" class="page app">i</view>',
  'isolated.wxss': '.from-isolated { color: rgb(3, 3, 3) }',
  'isolated.js': 'Component({})',
  'applied.json': plain,
  'applied.wxml': '<view id="a" class="page">a</view>',
  'applied.js': `Component({ options: { styleIsolation: 'apply-shared' } })`,
  'shared.json': { component: true, styleIsolation: 'shared' },
  'shared.wxml': '<view id="s" class="page">s</view><view id="own" class="from-shared">o</view>',
  'shared.wxss': '.from-shared { color: rgb(4, 4, 4) }',
  'shared.js': 'Component({})',
  'global.json': { component: true, addGlobalClass: true },
  'global.wxml': '<view id="g" class="app">g</view>',
  'global.js': 'Component({})',
}, async (page) => {
  expect(await page.style('#i', 'color')).toBe('rgb(0, 0, 0)')
  expect(await page.style('#a', 'color')).toBe('rgb(2, 2, 2)')
  expect(await page.style('#s', 'color')).toBe('rgb(2, 2, 2)')
  expect(await page.style('#p', 'color')).toBe('rgb(4, 4, 4)')
  expect(await page.style('#own', 'color')).toBe('rgb(4, 4, 4)')
  expect(await page.style('#g', 'color')).toBe('rgb(1, 1, 1)')
  proves('app_config', 'component.json styleIsolation', 'component.json addGlobalClass')
})

for (const [isolation, app, toApplied, fromShared] of [
  ['page-isolated', 'rgb(0, 0, 0)', 'rgb(0, 0, 0)', 'rgb(0, 0, 0)'],
  ['page-apply-shared', 'rgb(0, 0, 0)', 'rgb(0, 0, 0)', 'rgb(4, 4, 4)'],
  ['page-shared', 'rgb(0, 0, 0)', 'rgb(2, 2, 2)', 'rgb(4, 4, 4)'],
  ['shared', 'rgb(1, 1, 1)', 'rgb(2, 2, 2)', 'rgb(4, 4, 4)'],
] as const) {
  const inScript = isolation === 'page-isolated'
  rules.rule(`a page that is ${isolation} keeps to its own styles as far as that says`, {
    'index.json': { ...uses('applied', 'shared'), ...(inScript ? {} : { styleIsolation: isolation }) },
    'index.wxml': '<view id="own" class="page">o</view><view id="app" class="app">a</view><view id="given" class="from-shared">g</view><applied/><shared/>',
    'index.wxss': '.page { color: rgb(2, 2, 2) } page { padding: 3px }',
    'index.js': inScript ? `Component({ options: { styleIsolation: 'page-isolated' } })` : 'Page({})',
    'applied.json': { component: true, styleIsolation: 'apply-shared' },
    'applied.wxml': '<view id="applied" class="page">x</view>',
    'applied.js': 'Component({})',
    'shared.json': { component: true, styleIsolation: 'shared' },
    'shared.wxml': '<view class="from-shared">s</view>',
    'shared.wxss': '.from-shared { color: rgb(4, 4, 4) }',
    'shared.js': 'Component({})',
  }, async (page) => {
    expect([await page.style('#own', 'color'), await page.style('wx-page', 'padding-top')]).toEqual(['rgb(2, 2, 2)', '3px'])
    expect([await page.style('#app', 'color'), await page.style('#applied', 'color'), await page.style('#given', 'color')]).toEqual([app, toApplied, fromShared])
  })
}

rules.rule('a virtual host is not there, and its class and style are properties', {
  'index.json': uses('a', 'b'),
  'index.wxml': '<view id="row" style="display:flex"><a class="flex" style="color: rgb(5, 5, 5)"/><b/></view>',
  'index.wxss': '.flex { flex: 1 }',
  'a.wxml': '<view id="in" class="class" style="{{style}}">x</view>',
  'a.js': `Component({ options: { virtualHost: true }, externalClasses: ['class'], properties: { style: String } })`,
  'b.wxml': '<view/>',
  'b.js': 'Component({})',
}, async (page) => {
  expect(await page.style('#in', 'color')).toBe('rgb(5, 5, 5)')
  expect(await page.style('#in', 'flex-grow')).toBe('1')
  expect(await page.frame.locator('wx-page:visible #row > *').evaluateAll((all) => all.map((one) => one.localName))).toEqual(['wx-view', 'wx-b'])
})

rules.rule('what is written for elements and ids holds within a virtual host too, and only there', {
  'index.json': uses('a', 'b'),
  'index.wxml': '<view id="out">o<a><view id="given">g</view></a></view>',
  'a.json': uses('b'),
  'a.wxml': '<view id="top">t<text id="deep">d</text><b/></view><slot/>',
  'a.wxss': 'view { letter-spacing: 3px } #top { font-size: 30px } view text { text-indent: 5px } text::after { content: "!" }',
  'a.js': `Component({ options: { virtualHost: true } })`,
  'b.wxml': '<view id="inner">i</view>',
  'b.wxss': 'view { letter-spacing: 1px }',
  'b.js': `Component({ options: { virtualHost: true } })`,
}, async (page) => {
  expect([await page.style('#top', 'letter-spacing'), await page.style('#top', 'font-size'), await page.style('#deep', 'text-indent')]).toEqual(['3px', '30px', '5px'])
  expect(await page.frame.locator('wx-page:visible #deep').evaluate((one) => getComputedStyle(one, '::after').content)).toBe('"!"')
  expect([await page.style('#inner', 'letter-spacing'), await page.style('#given', 'letter-spacing'), await page.style('#out', 'letter-spacing')]).toEqual(['1px', 'normal', 'normal'])
})

rules.rule('a scroll view is as wide as what it stands in, whatever is in it', {
  'index.wxml': '<view style="display:flex"><scroll-view id="s" scroll-x><view id="in" style="width:100%">x</view></scroll-view></view><view style="display:flex"><scroll-view id="t" scroll-y style="width:100px">y</scroll-view></view>',
}, async (page) => {
  expect([await page.style('#s', 'width'), await page.style('#in', 'width'), await page.style('#t', 'width')]).toEqual(['375px', '375px', '100px'])
})

rules.rule('slots: one, several by name, and one for each item with what the component gives', {
  'index.json': uses('one', 'many', 'each'),
  'index.wxml': '<one><view>only</view></one><many><text>rest</text><text slot="{{place}}">named</text></many><each list="{{[1, 2]}}"><view slot:item slot:index="at">{{at}}:{{item}}{{suffix}}</view></each>',
  'index.js': `Page({ data: { place: 'head', suffix: '!' }, onReady() { setTimeout(() => { this.setData({ place: 'foot', suffix: '?' }); note('set') }) } })`,
  'one.wxml': '<view>[<slot/>]</view>',
  'one.js': 'Component({})',
  'many.wxml': '<view id="head">[<slot name="head"/>]</view><view id="rest">[<slot/>]</view><view id="foot">[<slot name="foot"/>]</view>',
  'many.js': 'Component({ options: { multipleSlots: true } })',
  'each.wxml': '<view wx:for="{{list}}" wx:key="*this"><slot item="{{item * 10}}" index="{{index}}"/></view>',
  'each.js': 'Component({ options: { dynamicSlots: true }, properties: { list: Array } })',
}, async (page) => {
  await page.noted('set')
  expect(await page.text('wx-one')).toMatch(/^\[\s*only\s*\]$/)
  expect([await page.text('#head'), await page.text('#rest'), await page.text('#foot')]).toEqual(['[]', '[rest]', '[named]'])
  expect((await page.text('wx-each')).split('\n')).toEqual(['0:10?', '1:20?'])
  expect(page.errors).toEqual([])
})

rules.rule('generics: the component a template leaves open, and its default', {
  'index.json': uses('list', 'blue'),
  'index.wxml': '<list generic:row="blue"/><list/>',
  'list.json': { component: true, componentGenerics: { row: { default: './grey' } } },
  'list.wxml': '<row wx:for="{{2}}" wx:key="*this" at="{{index}}"/>',
  'list.js': 'Component({})',
  'blue.wxml': '<view>blue {{at}}</view>',
  'blue.js': 'Component({ properties: { at: Number } })',
  'grey.wxml': '<view>grey</view>',
  'grey.js': 'Component({})',
}, async (page) => {
  expect((await page.frame.locator('wx-page:visible wx-list').allInnerTexts()).map((one) => one.split('\n'))).toEqual([['blue 0', 'blue 1'], ['grey', 'grey']])
  proves('app_config', 'component.json componentGenerics', 'component.json usingComponents', 'page.json usingComponents')
})
