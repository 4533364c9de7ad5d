/** Looking at a page: selector queries, observers of what is seen, and animations. */

import { expect } from 'vitest'

import { proves } from '../../recorder'
import { Rules } from './rules'

const rules = new Rules()
const uses = (...names: string[]): object => ({ usingComponents: Object.fromEntries(names.map((name) => [name, `./${name}`])) })

rules.rule('a query measures nodes, gives what is asked for, and answers in the order of asking', {
  'index.json': uses('k'),
  'index.wxml': `<view style="height:20px"/><view id="a" class="v one" data-x="1" mark:m="{{2}}" style="height:100px;width:50px;margin-left:5px;color:rgb(1,2,3)"><view class="in" id="b"/></view>
    <scroll-view id="s" scroll-y style="height:50px"><view style="height:300px">x</view></scroll-view><canvas type="2d" id="c" style="width:30px;height:20px"/><k id="k"/><view style="height:1000px"/>`,
  'index.js': `Page({ onReady() { const q = this.createSelectorQuery(); setTimeout(() => {
    q.select('#a').boundingClientRect((r) => note('rect', r)).selectAll('.v, #b').fields({ id: true, dataset: true, mark: true, rect: true, size: true, computedStyle: ['color'], properties: ['hidden'] }, (all) => note('fields', all.map((r) => [r.id, r.dataset.x, r.mark.m, r.left, r.width, r.color])))
     .select('.one > .in').boundingClientRect((r) => note('child', r.id)).select('#k >>> .deep').boundingClientRect((r) => note('deep', r.id, r.height)).selectAll('.none').boundingClientRect((r) => note('none', r)).select('#none').boundingClientRect((r) => note('null', r))
     .selectViewport().scrollOffset((r) => note('viewport', r.scrollTop, r.scrollHeight > 1000)).select('#s').scrollOffset((r) => note('scrolled', r.scrollTop, r.scrollHeight)).select('#c').node((r) => note('node', typeof r.node.getContext)).select('#c').context((r) => note('context', typeof r.context))
     .exec((all) => { note('all', all.length); this.selectComponent('#k').look() }) }, 20) } })`,
  'k.wxml': '<view class="deep" id="deep" style="height:7px"/>',
  'k.js': `Component({ methods: { look() { wx.createSelectorQuery().in(this).select('.deep').boundingClientRect((r) => note('within', r.height)).exec(); wx.createSelectorQuery().select('.deep').boundingClientRect((r) => note('outside', r)).exec() } } })`,
}, async (page) => {
  await expect.poll(() => page.notes.at(-1)).toBe('outside null')
  expect(JSON.parse(page.notes[0]!.slice(5))).toEqual({ id: 'a', dataset: { x: '1' }, left: 5, top: 20, right: 55, bottom: 120, width: 50, height: 100 })
  expect(page.notes.slice(1)).toEqual(['fields [["a","1",2,5,50,"rgb(1, 2, 3)"],["b",null,2,5,50,"rgb(1, 2, 3)"]]', 'child b', 'deep deep 7', 'none []', 'null null', 'viewport 0 true', 'scrolled 0 300', 'node function', 'context object', 'all 10', 'within 7', 'outside null'])
  proves('wx_api_objects', 'NodesRef.boundingClientRect', 'NodesRef.context', 'NodesRef.fields', 'NodesRef.node', 'NodesRef.scrollOffset', 'SelectorQuery.exec', 'SelectorQuery.in', 'SelectorQuery.select', 'SelectorQuery.selectAll', 'SelectorQuery.selectViewport')
  proves('wx_api', 'createSelectorQuery')
})

rules.rule('what comes into view and leaves it is told, once for each threshold, relative to what was named', {
  'index.wxml': `<scroll-view id="s" scroll-y scroll-top="{{top}}" style="height:200px"><view style="height:300px"/><view id="t" class="t" data-n="7" style="height:100px"/><view class="t" id="u" style="height:100px"/><view style="height:600px"/></scroll-view>`,
  'index.js': `Page({ data: { top: 0 }, onReady() { const say = (name) => (r) => note(name, r.id, Math.round(r.intersectionRatio * 100), Math.round(r.relativeRect.bottom - r.relativeRect.top));
    const one = this.createIntersectionObserver({ thresholds: [0.5, 1] }).relativeTo('#s'); one.observe('#t', (r) => { say('one')(r); note(r.dataset.n, Object.keys(r).sort().join()) });
    wx.createIntersectionObserver(this, { observeAll: true, initialRatio: 0 }).relativeTo('#s', { bottom: 50 }).relativeToViewport().observe('.t', say('all'));
    const go = (top) => new Promise((done) => { this.setData({ top }); setTimeout(done, 120) });
    setTimeout(async () => { await go(150); note('half'); await go(200); note('whole'); one.disconnect(); await go(900); note('end') }, 60) } })`,
}, async (page) => {
  await expect.poll(() => page.notes, { timeout: 5000 }).toContain('end')
  const one = page.notes.filter((note) => note.startsWith('one'))
  expect(one).toEqual(['one t 50 200', 'one t 100 200'])
  expect(page.notes).toContain('7 boundingClientRect,dataset,id,intersectionRatio,intersectionRect,mark,relativeRect,time')
  const all = page.notes.filter((note) => note.startsWith('all'))
  expect(all.filter((note) => note.startsWith('all t')).length).toBe(2)
  expect(all.filter((note) => note.startsWith('all u')).length).toBe(2)
  expect(all.slice(-2).every((note) => / 0 /.test(note))).toBe(true)
  proves('wx_api_objects', 'IntersectionObserver.observe', 'IntersectionObserver.relativeTo', 'IntersectionObserver.relativeToViewport', 'IntersectionObserver.disconnect')
  proves('wx_api', 'createIntersectionObserver')
})

rules.rule('media queries are answered at once and when the window changes, until they are let go', {
  'index.wxml': '<view/>',
  'index.js': `Page({ onReady() { const o = this.createMediaQueryObserver(); o.observe({ minWidth: 380, orientation: 'portrait' }, (r) => { note('wide', r.matches); if (r.matches) o.disconnect() }) } })`,
}, async (page) => {
  await page.noted('wide false')
  await page.page.setViewportSize({ width: 400, height: 667 })
  await page.noted('wide false', 'wide true')
  await page.page.setViewportSize({ width: 375, height: 667 })
  await page.frame.evaluate(() => new Promise(requestAnimationFrame))
  expect(page.notes).toEqual(['wide false', 'wide true'])
  proves('wx_api_objects', 'MediaQueryObserver.observe', 'MediaQueryObserver.disconnect')
})

rules.rule('animations move what is named, say when they are done, follow a scroll, and are taken back in part or whole', {
  'index.wxml': '<view id="v" style="width:10px;height:10px"/><scroll-view id="s" scroll-y scroll-top="{{top}}" style="height:100px"><view style="height:300px"/></scroll-view><view id="f"/>',
  'index.js': `Page({ data: { top: 0 }, onReady() { this.animate('#f', [{ opacity: 0 }, { opacity: 1 }], 1000, { scrollSource: '#s', timeRange: 1000, startScrollOffset: 0, endScrollOffset: 200 });
    this.animate('#v', [{ opacity: 1, rotate: 0, width: '10px' }, { opacity: .5, rotate: 90, translateX: 20, width: '30px', ease: 'ease-in', offset: 1 }], 30, () => { note('moved'); this.setData({ top: 100 }) }) }, part() { this.clearAnimation('#v', { opacity: true }, () => note('part')) }, whole() { this.clearAnimation('#v', () => note('whole')) } })`,
}, async (page) => {
  await page.noted('moved')
  expect([await page.style('#v', 'opacity'), await page.style('#v', 'width'), await page.style('#v', 'transform')]).toEqual(['0.5', '30px', 'matrix(0, 1, -1, 0, 0, 20)'])
  await expect.poll(() => page.style('#f', 'opacity')).toBe('0.5')
})
