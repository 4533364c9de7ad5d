/** Data and templates: paths, copies, lists, slots of text, imported templates, WXS and two-way bindings. */

import { expect } from 'vitest'

import { Rules } from './rules'

const rules = new Rules()
const uses = (...names: string[]): object => ({ usingComponents: Object.fromEntries(names.map((name) => [name, `./${name}`])) })

rules.rule('setData takes paths into arrays and objects, makes what is missing, and knows escaped names', {
  'index.wxml': '<view id="v">{{a.b[1].c}} {{made.deep[1]}} {{odd["a.b"]}} {{list[0]}}</view>',
  'index.js': `Page({ data: { a: { b: [{ c: 1 }, { c: 2 }] }, odd: {}, list: [1] }, onReady() { this.setData({ 'a.b[1].c': 5, 'made.deep[1]': 'x', 'odd.a\\\\.b': 'dot', 'list[0]': 7 }, () => note('done')); note(this.data.a, this.data.made, this.data.list) } })`,
}, async (page) => {
  await page.noted('{"b":[{"c":1},{"c":5}]} {"deep":[null,"x"]} [7]', 'done')
  expect(await page.text('#v')).toBe('5 x dot 7')
  expect(page.errors).toEqual([])
})

rules.rule('what is set is a copy; instances and cycles are no danger', {
  'index.json': uses('k'),
  'index.wxml': '<k id="k" given="{{given}}"/>',
  'index.js': `Page({ data: { given: { n: 1 } }, onReady() { const o = { n: 1, when: new Date(0), k: this.selectComponent('#k') }; o.self = o; this.setData({ o, given: o }); o.n = 2; const k = this.selectComponent('#k'); k.data.given.n = 9;
    note(this.data.o.n, this.data.o.self === this.data.o, this.data.o.k === k, this.data.o.when.getTime(), this.data.given.n); this.setData(); this.setData(null); this.setData({ u: undefined }); note('u' in this.data) } })`,
  'k.wxml': '<view/>',
  'k.js': 'Component({ properties: { given: Object } })',
}, async (page) => {
  await page.noted('1 true true 0 1', 'true')
  expect(page.errors).toEqual([])
})

rules.rule('setData works at once; its callbacks come after, in order; grouped updates are drawn together', {
  'index.wxml': '<view id="v">{{a}}{{b}}</view>',
  'index.js': `Page({ data: { a: 0, b: 0 }, onReady() { this.setData({ a: 1 }, function () { note('first', this.data.b) }); this.setData({ a: 2 }, () => note('second')); note('now', this.data.a);
    this.setUpdatePerformanceListener({ withDataPaths: true }, (r) => note('update', r.dataPaths, typeof r.updateProcessId, r.updateEndTimestamp >= r.updateStartTimestamp, r.isMergedUpdate));
    this.groupSetData(() => { this.setData({ a: 3 }); this.setData({ b: 4 }) }); setTimeout(() => { this.setUpdatePerformanceListener(null); this.setData({ b: 5 }); note('end', this.getPageId().startsWith('pageId:')) }) } })`,
}, async (page) => {
  await expect.poll(() => page.notes).toContain('end true')
  expect(page.notes.filter((one) => !one.startsWith('update'))).toEqual(['now 2', 'first 4', 'second', 'end true'])
  expect(page.notes.filter((one) => one.startsWith('update'))).toEqual(['update [["a"],["b"]] number true true'])
  expect(await page.text('#v')).toBe('35')
})

rules.rule('lists: numbers, objects, text, nothing, keys that repeat, and lists of lists', {
  'index.wxml': `<view id="n"><text wx:for="{{3}}" wx:key="*this">{{index}}{{item}},</text></view><view id="o"><text wx:for="{{o}}" wx:for-index="key" wx:for-item="value" wx:key="*this">{{key}}={{value}},</text></view><view id="s"><text wx:for="{{'ab'}}" wx:key="*this">{{item}},</text></view>
    <view id="z">[<text wx:for="{{nothing}}" wx:key="*this">x</text><text wx:for="{{gone}}">x</text>]</view><view id="d"><text wx:for="{{twice}}" wx:key="id">{{item.t}}</text></view><view id="l"><block wx:for="{{rows}}" wx:for-item="row" wx:key="index"><text wx:for="{{row}}" wx:key="*this">{{item}}</text>;</block></view><view id="i" wx:for="{{[1, 2]}}" wx:if="{{item > 1}}">{{item}}</view>`,
  'index.js': `Page({ data: { o: { a: 1, b: 2 }, nothing: null, twice: [{ id: 1, t: 'x' }, { id: 1, t: 'y' }, { id: 2, t: 'z' }], rows: [[1, 2], [3]] }, onReady() { this.setData({ twice: [{ id: 2, t: 'c' }, { id: 1, t: 'a' }, { id: 1, t: 'b' }] }); note('set') } })`,
}, async (page) => {
  await page.noted('set')
  expect([await page.text('#n'), await page.text('#o'), await page.text('#s'), await page.text('#z'), await page.text('#d'), await page.text('#l'), await page.text('#i')]).toEqual(['00,11,22,', 'a=1,b=2,', 'a,b,', '[]', 'cab', '12;3;', '2'])
  expect(page.errors).toEqual([])
})

rules.rule('items follow what they look at: themselves, their place, the page, the list around them, and what fills a slot', {
  'index.json': uses('k'),
  'index.wxml': `<template name="t"><text>{{x}}</text></template><wxs module="m">module.exports = { up: function (x) { return x + '!' } }</wxs>
    <view id="own"><text wx:for="{{list}}" wx:key="id">{{index}}{{m.up(item.n)}}<template is="t" data="{{x: item.n}}"/>,</text></view><view id="page"><text wx:for="{{list}}" wx:key="id"><block wx:if="{{chosen === item.id}}">*</block>{{item.n}},</text></view>
    <view id="rows"><view wx:for="{{rows}}" wx:for-item="row" wx:key="id"><text wx:for="{{row.cells}}" wx:key="*this">{{row.name}}{{item}}</text>;</view></view><view id="slots"><k wx:for="{{list}}" wx:key="id" n="{{item.n}}"><text>{{item.n}}-</text></k></view><view id="bare"><text wx:for="{{list}}">{{item.n}}</text></view>`,
  'index.js': `Page({ data: { list: [{ id: 1, n: 'a' }, { id: 2, n: 'b' }, { id: 3, n: 'c' }], rows: [{ id: 1, name: 'x', cells: [1, 2] }, { id: 2, name: 'y', cells: [3] }], chosen: 1 }, onReady() { setTimeout(() => {
    this.setData({ 'list[1].n': 'B' }); this.setData({ chosen: 3 }); this.setData({ 'rows[0].name': 'X' }); this.setData({ 'rows[1].cells[1]': 4 }); this.setData({ 'list[3]': { id: 4, n: 'd' } }); this.setData({ list: [this.data.list[3], ...this.data.list.slice(0, 3)] }); this.setData({ 'list[0].n': 'D', 'list[3].n': 'C' }); note('set') }) } })`,
  'k.wxml': '<view><slot/>{{n}}</view>',
  'k.js': 'Component({ options: { dynamicSlots: true }, properties: { n: String } })',
}, async (page) => {
  await page.noted('set')
  expect([await page.text('#own'), await page.text('#page'), await page.text('#rows'), await page.text('#slots'), await page.text('#bare')].map((one) => one.replace(/\s/g, ''))).toEqual(['0D!D,1a!a,2B!B,3C!C,', 'D,a,B,*C,', 'X1X2;y3y4;', 'D-Da-aB-BC-C', 'DaBC'])
  expect(page.errors).toEqual([])
})

rules.rule('items that move keep what belongs to them', {
  'index.json': uses('k'),
  'index.wxml': '<k wx:for="{{list}}" wx:key="id" name="{{item.id}}"/>',
  'index.js': `Page({ data: { list: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }, onReady() { setTimeout(() => { this.setData({ list: [{ id: 'c' }, { id: 'a' }, { id: 'd' }] }); note('set') }) } })`,
  'k.wxml': '<view>{{name}}{{born}}</view>',
  'k.js': `let n = 0; Component({ properties: { name: String }, attached() { this.setData({ born: n++ }) } })`,
}, async (page) => {
  await page.noted('set')
  expect(await page.frame.locator('wx-page:visible wx-k').allInnerTexts()).toEqual(['c2', 'a0', 'd3'])
})

rules.rule('templates: chosen by data, given data by name and spread, imported once, and files included', {
  'index.wxml': `<import src="./parts.wxml"/><template name="own">own {{a}}</template><view id="t"><template is="{{which}}" data="{{a: 1, ...more}}"/></view><view id="o"><template is="own" data="{{a}}"/></view><view id="deep"><template is="deep"/></view><view id="i"><include src="/shared/footer"/></view><view id="c" wx:if="{{a == 2}}">two</view><view id="c" wx:elif="{{a == 7}}">seven</view><view id="c" wx:else>else</view>`,
  'index.js': `Page({ data: { which: 'part', more: { b: 2, c: 3 }, a: 7 }, onReady() { setTimeout(() => { this.setData({ which: 'other', 'more.b': 5 }); note('set') }) } })`,
  'parts.wxml': '<import src="deep.wxml"/><template name="part">part {{a}}{{b}}{{c}}</template><template name="other">other {{b}}</template>ignored',
  'deep.wxml': '<template name="deep">must not be here</template>',
  '/shared/footer.wxml': '<template name="x">no</template><wxs module="m">module.exports = 1</wxs><view>foot {{a}}</view>',
}, async (page) => {
  await page.noted('set')
  expect([await page.text('#t'), await page.text('#o'), await page.text('#deep'), await page.text('#i'), await page.text('#c')]).toEqual(['other 5', 'own 7', '', 'foot 7', 'seven'])
})

rules.rule('expressions: operators, paths, literals and text with several of them', {
  'index.wxml': `<view id="v" class="a {{on ? 'b' : 'c'}} d{{n}}" hidden="{{!on}}" data-o="{{ {x: n, y: [1, n]} }}">{{n + 1}} {{n > 1 && on}} {{list.length ? list[n - 2].t : ''}} {{"a" + 'b'}} {{n % 2 === 0}} {{missing.deep.path}}|{{undefined}}|{{null}}|{{o.x || 'none'}} {{ -n }} {{!on}} {{n * (1 + 2)}} {{o[key]}}</view>`,
  'index.js': `Page({ data: { on: true, n: 2, list: [{ t: 'T' }], o: { x: 0, k: 'K' }, key: 'k' } })`,
}, async (page) => {
  expect((await page.text('#v')).replace(/\s+/g, ' ')).toBe('3 true T ab true |||none -2 false 6 K')
  expect(await page.frame.locator('wx-page:visible #v').getAttribute('class')).toBe('a b d2')
})

rules.rule('WXS: modules of a file and of a template, globals, dates, patterns, types and numbers', {
  'index.wxml': `<wxs module="m" src="./tools.wxs"/><wxs module="own">
    var tools = require('./tools.wxs');
    function kinds(list) { return list.map(function (one) { return one.constructor }).join() }
    module.exports = { kinds: kinds, twice: function (n) { return tools.double(n) * 2 }, fn: kinds.constructor }
    </wxs><view id="v">{{own.kinds(all)}} {{own.fn}}|{{own.twice(2)}}|{{m.date()}}|{{m.words("a1b22")}}|{{m.round}}|{{m.json(o)}}|{{m.parse("7px")}}|{{m.infinite}}</view>`,
  'index.js': `Page({ data: { all: [1, 'a', true, [], {}], o: { a: 1 } } })`,
  'tools.wxs': `var double = function (n) { return n * 2 }
    module.exports.double = double
    module.exports.date = function () { var d = getDate(2020, 1, 29); return d.getMonth() + '-' + d.getDate() + '-' + d.constructor + (getDate('2020-01-01T00:00:00Z').getTime() === 1577836800000) }
    module.exports.words = function (s) { var re = getRegExp('[0-9]+', 'g'); return s.match(re).join('+') + re.constructor }
    module.exports.round = Math.round(1.6) + Math.max(1, 2)
    module.exports.json = function (o) { return JSON.stringify(o) + JSON.parse('[1]')[0] }
    module.exports.parse = function (s) { return parseInt(s) + isNaN(Number.MAX_VALUE) }
    module.exports.infinite = isFinite(1) && decodeURIComponent('%20') === ' '`,
}, async (page) => {
  expect(await page.text('#v')).toBe('Number,String,Boolean,Array,Object Function|8|1-29-Datetrue|1+22RegExp|4|{"a":1}1|7|true')
  expect(page.errors).toEqual([])
})

rules.rule('WXS handlers have handles on elements and components, and stop what they return false for', {
  'index.json': uses('k'),
  'index.wxml': `<wxs module="m" src="./m.wxs"/><view id="outer" bindtap="outer"><view id="tap" class="was" data-n="{{3}}" bindtap="{{m.tap}}">tap</view></view><view id="watch" change:v="{{m.changed}}" v="{{v}}">w</view><k id="k" class="inner"/><view id="stop" bindtap="outer"><view id="stopped" catchtap="{{m.stop}}">s</view></view>`,
  'index.js': `Page({ data: { v: 1 }, outer(e) { note('outer', e.target.id) }, heard(a) { note('called', a); this.setData({ v: 2 }) }, bound(e) { note('event', e.detail) } })`,
  'm.wxs': `function tap(event, owner) {
      var self = event.instance, state = self.getState(); state.count = (state.count || 0) + 1
      self.addClass('added'); self.removeClass('was'); self.setStyle({ color: 'rgb(1, 2, 3)', 'font-size': '20px' })
      var box = self.getBoundingClientRect(), style = self.getComputedStyle(['color'])
      owner.selectComponent('#watch').setStyle('width: 100rpx')
      var inner = owner.selectComponent('.inner')
      inner.callMethod('hello', { from: 'wxs' })
      self.requestAnimationFrame(function () { owner.callMethod('heard', { frame: true }) })
      self.setTimeout(function () {}, 1)
      owner.callMethod('heard', { n: self.getDataset().n, count: state.count, has: self.hasClass('added'), was: self.hasClass('was'), width: box.width > 0, all: owner.selectAllComponents('.was, .inner').length, color: style.color, type: event.type })
      return true }
    function stop(event, owner) { owner.callMethod('heard', { stopped: 1 }); return false }
    function changed(now, before, owner, self) { if (before !== undefined) owner.callMethod('heard', { now: now, before: before }) }
    module.exports = { tap: tap, stop: stop, changed: changed }`,
  'k.wxml': '<view>k</view>',
  'k.js': `Component({ methods: { hello(a) { note('hello', a) } } })`,
}, async (page) => {
  await page.tap('#tap')
  await expect.poll(() => page.notes.filter((one) => one.includes('frame'))).toHaveLength(1)
  expect(page.notes.slice(0, 2)).toEqual(['hello {"from":"wxs"}', 'called {"n":3,"count":1,"has":true,"was":false,"width":true,"all":1,"color":"rgb(1, 2, 3)","type":"tap"}'])
  expect(page.notes).toContain('called {"now":2,"before":1}')
  expect(page.notes).toContain('outer tap')
  expect([await page.style('#tap', 'color'), await page.style('#watch', 'width')]).toEqual(['rgb(1, 2, 3)', '50px'])
  await page.tap('#stopped')
  await expect.poll(() => page.notes.at(-1)).toBe('called {"stopped":1}')
})

rules.rule('WXS hears of changes in their order, the first value included', {
  'index.json': uses('k'),
  'index.wxml': '<k v="given"/>',
  'k.wxml': '<wxs module="m">module.exports.hear = function (now, before, owner) { owner.callMethod("hear", [now, before]) }</wxs><view change:v="{{m.hear}}" v="{{v}}">k</view>',
  'k.js': `Component({ properties: { v: { type: String, value: 'own' } }, methods: { hear(change) { note(change) } } })`,
}, (page) => page.noted('["own",null]', '["given","own"]'))

rules.rule('an animation ends where it says, in numbers, lengths and words', {
  'index.wxml': '<view id="v" style="height:0;overflow:hidden" animation="{{moved}}"><view style="height:40px">v</view></view>',
  'index.js': `Page({ onReady() { this.setData({ moved: wx.createAnimation({ duration: 10 }).height(20).width('100rpx').step().height('auto').width('calc(100rpx + 10px)').step({ duration: 1 }).export() }) } })`,
}, async (page) => {
  await expect.poll(async () => [await page.style('#v', 'height'), await page.style('#v', 'width')]).toEqual(['40px', '60px'])
})

rules.rule('model: writes back what fields and components change', {
  'index.json': uses('k'),
  'index.wxml': '<input id="in" model:value="{{text}}"/><view id="t">{{text}}</view><k id="k" model:value="{{count}}" /><view id="c">{{count}}</view>',
  'index.js': `Page({ data: { text: 'a', count: 1 }, observers: { count(v) { note('count', v) } } })`,
  'k.wxml': '<view id="add" bindtap="add">{{value}}</view>',
  'k.js': `Component({ properties: { value: Number }, methods: { add() { this.setData({ value: this.data.value + 1 }) } } })`,
}, async (page) => {
  await page.frame.locator('wx-page:visible #in input').fill('abc')
  await expect.poll(() => page.text('#t')).toBe('abc')
  await page.tap('#add')
  expect([await page.text('#c'), await page.text('#add')]).toEqual(['2', '2'])
  await page.noted('count 2')
})

rules.rule('rpx and vh are lengths of the page, in sheets, inline styles and styles set by script', {
  'index.wxml': '<view id="s" class="s"/><view id="i" style="width: {{w}}rpx; height: 50vh; margin: -7.5rpx 0"/>',
  'index.wxss': '.s { width: 375rpx; height: 25vh; padding: 10rpx 1.5rpx; background-image: url(data:image/png;base64,1rpx) } @media (min-width: 300rpx) { .s { margin-left: 2rpx } }',
  'index.js': `Page({ data: { w: 100 }, onReady() { this.setData({ w: 200 }); note('set', wx.getWindowInfo().windowHeight) } })`,
}, async (page) => {
  await expect.poll(() => page.notes.length).toBe(1)
  const height = Number(page.notes[0]!.split(' ')[1])
  expect([await page.style('#s', 'width'), await page.style('#i', 'width'), await page.style('#i', 'margin-top'), await page.style('#s', 'padding-top'), await page.style('#s', 'margin-left')]).toEqual(['187.5px', '100px', '-3.75px', '5px', '1px'])
  expect(Math.abs(parseFloat(await page.style('#s', 'height')) - height / 4)).toBeLessThan(1)
  expect(Math.abs(parseFloat(await page.style('#i', 'height')) - height / 2)).toBeLessThan(1)
})
