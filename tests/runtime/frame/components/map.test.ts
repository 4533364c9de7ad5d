/** Maps: what is drawn on them, what is fired from them, and what their context answers. */

import { describe, expect, test, vi } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser, type Running } from '../harness'
import { looks, open } from './table'

const PIN = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="30"/>'
const FILES = { 'pin.svg': PIN, 'q.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>' }
const drawn = (running: Running): Promise<void> =>
  vi.waitFor(async () => {
    if (await running.frame.evaluate(`[...document.querySelectorAll('wx-map')].some((one) => !one.querySelector('.h-map') || [...one.querySelectorAll('img')].some((img) => !img.complete))`)) throw new Error('not drawn yet')
    await running.frame.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  }, 15_000)

const marker = (part: string, look: string): ((dom: any) => unknown) => `(dom) => ((one) => ${look})(dom.querySelector('.h-map-${part}'))` as unknown as (dom: any) => unknown
const svg = (part: string, look: string): ((dom: any) => unknown) => marker(part, look)
const M = (more: object): object[] => [{ id: 1, latitude: 39.908, longitude: 116.397, iconPath: '/pin.svg', ...more }]
const callout = (more: object): object[] => M({ callout: { content: 'hi', display: 'ALWAYS', ...more } })
const label = (more: object): object[] => M({ label: { content: 'hi', ...more } })
const A = { latitude: 39.908, longitude: 116.397 }
const B = { latitude: 39.909, longitude: 116.398 }
const C = { latitude: 39.909, longitude: 116.396 }
const line = (more: object): object[] => [{ id: 1, points: [A, B, C], ...more }]
const area = (more: object): object[] => [{ points: [A, B, C], ...more }]
const circle = (more: object): object[] => [{ ...A, radius: 50, ...more }]
const map = (name: string, more = ''): string => `<map ID longitude="{{116.397}}" latitude="{{39.908}}" ${name}="{{v}}" ${more}/>`

looks(
  'map',
  [
    { row: 'map.markers', wxml: map('markers'), from: M({}), to: [], look: (dom) => dom.querySelectorAll('.h-map-marker').length, seen: [1, 0] },
    { row: 'map.covers', wxml: map('covers'), from: [{ ...A, iconPath: '/pin.svg' }], to: [], look: (dom) => dom.querySelectorAll('.h-map-marker').length, seen: [1, 0] },
    { row: 'map.iconPath', wxml: map('markers'), from: M({}), to: M({ iconPath: '/q.svg' }), look: marker('marker img', '[one.naturalWidth, one.naturalHeight]'), seen: [[20, 30], [10, 10]] },
    { row: ['map.width', 'map.height'], wxml: map('markers'), from: M({ width: 40, height: 50 }), to: M({ width: '10px', height: '12px' }), look: marker('marker img', '[one.offsetWidth, one.offsetHeight]'), seen: [[40, 50], [10, 12]] },
    { row: 'map.alpha', wxml: map('markers'), from: M({}), to: M({ alpha: 0.5 }), look: marker('marker img', 'one.style.opacity'), seen: ['1', '0.5'] },
    { row: 'map.zIndex', wxml: map('markers'), from: M({ zIndex: 3 }), to: M({ zIndex: 9 }), look: marker('marker', 'one.style.zIndex'), seen: ['3', '9'] },
    { row: 'map.aria-label', wxml: map('markers'), from: M({ 'aria-label': 'home' }), to: M({ 'aria-label': 'work' }), look: marker('marker', 'one.ariaLabel'), seen: ['home', 'work'] },
    { row: 'map.anchor', wxml: map('markers'), from: M({}), to: M({ anchor: { x: 0, y: 0 } }), look: marker('marker img', 'one.style.transform'), seen: ['translate(-10px, -30px) rotate(0deg)', 'translate(0px, 0px) rotate(0deg)'] },
    { row: 'map.id', wxml: map('markers'), from: M({ callout: { content: 'one', display: 'ALWAYS' } }), to: [...M({}), { ...A, id: 2, iconPath: '/pin.svg' }], look: (dom) => dom.querySelectorAll('.h-map-marker').length, seen: [1, 2] },
    { row: 'map.callout', wxml: map('markers'), from: callout({}), to: M({}), look: marker('callout', '[one.hidden, one.textContent]'), seen: [[false, 'hi'], [true, '']] },
    { row: 'map.content', wxml: map('markers'), from: callout({}), to: callout({ content: 'other' }), look: marker('callout', 'one.textContent'), seen: ['hi', 'other'] },
    { row: 'map.display', wxml: map('markers'), from: callout({}), to: callout({ display: 'BYCLICK' }), look: marker('callout', 'one.hidden'), seen: [false, true] },
    { row: 'map.bgColor', wxml: map('markers'), from: callout({ bgColor: '#ff0000' }), to: callout({ bgColor: '#0000ff' }), look: marker('callout', 'getComputedStyle(one).backgroundColor'), seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
    { row: 'map.borderColor', wxml: map('markers'), from: callout({ borderWidth: 1, borderColor: '#ff0000' }), to: callout({ borderWidth: 1, borderColor: '#0000ff' }), look: marker('callout', 'getComputedStyle(one).borderTopColor'), seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
    { row: 'map.borderWidth', wxml: map('markers'), from: callout({ borderWidth: 1 }), to: callout({ borderWidth: 4 }), look: marker('callout', 'one.style.borderTopWidth'), seen: ['1px', '4px'] },
    { row: 'map.borderRadius', wxml: map('markers'), from: callout({ borderRadius: 1 }), to: callout({ borderRadius: 4 }), look: marker('callout', 'one.style.borderRadius'), seen: ['1px', '4px'] },
    { row: 'map.padding', wxml: map('markers'), from: callout({ padding: 1 }), to: callout({ padding: 4 }), look: marker('callout', 'one.style.padding'), seen: ['1px', '4px'] },
    { row: 'map.fontSize', wxml: map('markers'), from: callout({ fontSize: 10 }), to: callout({ fontSize: 20 }), look: marker('callout', 'one.style.fontSize'), seen: ['10px', '20px'] },
    { row: 'map.textAlign', wxml: map('markers'), from: callout({ textAlign: 'left' }), to: callout({ textAlign: 'right' }), look: marker('callout', 'one.style.textAlign'), seen: ['left', 'right'] },
    { row: ['map.anchorX', 'map.anchorY'], wxml: map('markers'), from: callout({}), to: callout({ anchorX: 5, anchorY: 7 }), look: marker('callout', 'one.style.transform'), seen: ['translate(calc(-50% + 0px), calc(-100% - 36px))', 'translate(calc(-50% + 5px), calc(-100% - 29px))'] },
    { row: 'map.label', wxml: map('markers'), from: label({}), to: M({}), look: marker('label', '[one.hidden, one.textContent]'), seen: [[false, 'hi'], [true, '']] },
    { row: ['map.x', 'map.y'], wxml: map('markers'), from: label({}), to: label({ x: 5, y: 7 }), look: marker('label', 'one.style.transform'), seen: ['translate(0px, 0px)', 'translate(5px, 7px)'] },
    { row: 'map.color', wxml: map('markers'), from: label({ color: '#ff0000' }), to: label({ color: '#0000ff' }), look: marker('label', 'one.style.color'), seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
    { row: 'map.collision', wxml: map('markers'), from: [...M({ zIndex: 2 }), { ...A, id: 2, iconPath: '/pin.svg' }], to: [...M({ zIndex: 2, collision: 'marker' }), { ...A, id: 2, iconPath: '/pin.svg', collision: 'marker' }], look: (dom) => [...dom.querySelectorAll('.h-map-marker')].map((one) => one.hidden), seen: [[false, false], [false, true]] },
    { row: 'map.collisionRelation', wxml: map('markers'), from: [...callout({ content: 'a wide callout' }).map((one) => ({ ...one, zIndex: 2, collision: 'marker' })), { latitude: 39.9085, longitude: 116.397, id: 2, iconPath: '/q.svg', collision: 'marker' }], to: [...callout({ content: 'a wide callout' }).map((one) => ({ ...one, zIndex: 2, collision: 'marker', collisionRelation: 'together' })), { latitude: 39.9085, longitude: 116.397, id: 2, iconPath: '/q.svg', collision: 'marker' }], look: (dom) => [...dom.querySelectorAll('.h-map-marker')].map((one) => one.hidden), seen: [[false, false], [false, true]] },
    { row: 'map.customCallout', wxml: `<map ID longitude="{{116.397}}" latitude="{{39.908}}" markers="{{v}}"><cover-view slot="callout"><cover-view marker-id="1" class="mine">mine</cover-view></cover-view></map>`, from: M({ customCallout: { display: 'ALWAYS' } }), to: M({ customCallout: { display: 'BYCLICK' } }), look: (dom) => dom.querySelector('[marker-id]').style.visibility, seen: ['visible', 'hidden'] },

    { row: ['map.polyline', 'map.points'], wxml: map('polyline'), from: line({}), to: line({ points: [A, B] }), look: svg('line', `one.getAttribute('d').split('L').length`), seen: [3, 2] },
    { row: 'map.colorList', wxml: map('polyline'), from: line({}), to: line({ colorList: ['#ff0000', '#00ff00'] }), look: (dom) => [...dom.querySelectorAll('.h-map-line')].map((one) => one.getAttribute('stroke')), seen: [['#000000'], ['#ff0000', '#00ff00']] },
    { row: 'map.dottedLine', wxml: map('polyline'), from: line({}), to: line({ dottedLine: true }), look: svg('line', `one.getAttribute('stroke-dasharray')`), seen: [null, '10 10'] },
    { row: 'map.arrowLine', wxml: map('polyline'), from: line({}), to: line({ arrowLine: true }), look: (dom) => dom.querySelectorAll('path.h-map-arrow').length > 0, seen: [false, true] },
    { row: 'map.arrowIconPath', wxml: map('polyline'), from: line({ arrowLine: true }), to: line({ arrowLine: true, arrowIconPath: '/q.svg' }), look: (dom) => dom.querySelectorAll('image.h-map-arrow').length > 0, seen: [false, true] },
    { row: 'map.level', wxml: '<map ID longitude="{{116.397}}" latitude="{{39.908}}" polyline="{{v}}" polygons="{{[{points:[{latitude:39.908,longitude:116.397},{latitude:39.909,longitude:116.398}],level:\'abovebuildings\'}]}}"/>', from: line({}), to: line({ level: 'abovelabels' }), look: (dom) => dom.querySelector('svg').lastElementChild.getAttribute('class'), seen: ['h-map-area', 'h-map-line'] },
    { row: 'map.segmentTexts', wxml: map('polyline'), from: line({}), to: line({ segmentTexts: [{ name: 'road', startIndex: 0, endIndex: 1 }] }), look: (dom) => dom.querySelector('.h-map-words')?.textContent ?? '', seen: ['', 'road'] },
    { row: ['map.startIndex', 'map.endIndex', 'map.name'], wxml: map('polyline'), from: line({ segmentTexts: [{ name: 'one', startIndex: 0, endIndex: 1 }] }), to: line({ segmentTexts: [{ name: 'two', startIndex: 1, endIndex: 2 }] }), look: svg('words', `[one.textContent, Number(one.getAttribute('x')) > 150]`), seen: [['one', true], ['two', false]] },
    { row: ['map.textStyle', 'map.textColor', 'map.strokeColor'], wxml: map('polyline'), from: line({ segmentTexts: [{ name: 'a', startIndex: 0, endIndex: 1 }] }), to: line({ segmentTexts: [{ name: 'a', startIndex: 0, endIndex: 1 }], textStyle: { textColor: '#ff0000', strokeColor: '#00ff00', fontSize: 9 } }), look: svg('words', `['fill', 'stroke', 'font-size'].map((name) => one.getAttribute(name))`), seen: [['#000000', '#ffffff', '14'], ['#ff0000', '#00ff00', '9']] },
    { row: 'map.polygons', wxml: map('polygons'), from: area({}), to: [], look: (dom) => dom.querySelectorAll('.h-map-area').length, seen: [1, 0] },
    { row: ['map.fillColor', 'map.strokeWidth', 'map.dashArray'], wxml: map('polygons'), from: area({ fillColor: '#ff000088', strokeWidth: 2 }), to: area({ fillColor: '#00ff0088', strokeWidth: 5, dashArray: [4, 2] }), look: svg('area', `['fill', 'stroke-width', 'stroke-dasharray'].map((name) => one.getAttribute(name))`), seen: [['#ff000088', '2', null], ['#00ff0088', '5', '4 2']] },
    { row: ['map.circles', 'map.radius'], wxml: map('circles'), from: circle({}), to: circle({ radius: 100 }), look: svg('circle', `Math.round(Number(one.getAttribute('rx')) / 10)`), seen: [3, 5] },
    { row: ['map.controls', 'map.position', 'map.left', 'map.top'], wxml: map('controls'), from: [{ id: 1, iconPath: '/q.svg', position: { left: 5, top: 6, width: 20, height: 20 } }], to: [{ id: 1, iconPath: '/q.svg', position: { left: 50, top: 60, width: 20, height: 20 } }], look: marker('control', '[one.style.left, one.style.top]'), seen: [['5px', '6px'], ['50px', '60px']] },

    { row: 'map.longitude', wxml: '<map ID latitude="{{39.908}}" longitude="{{v}}" markers="{{[{id:1,latitude:39.908,longitude:116.397}]}}"/>', from: 116.397, to: 116.398, look: marker('marker', `Math.round(new DOMMatrix(one.style.transform).e)`), seen: [150, 103] },
    { row: 'map.latitude', wxml: '<map ID longitude="{{116.397}}" latitude="{{v}}" markers="{{[{id:1,latitude:39.908,longitude:116.397}]}}"/>', from: 39.908, to: 39.907, look: marker('marker', `Math.round(new DOMMatrix(one.style.transform).f)`), seen: [75, 14] },
    { row: 'map.scale', wxml: map('scale', 'show-scale'), from: 16, to: 10, look: marker('ruler', 'one.textContent'), seen: ['100m', '10km'] },
    { row: 'map.min-scale', wxml: map('min-scale', 'show-scale scale="{{5}}"'), from: 3, to: 10, look: marker('ruler', 'one.textContent'), seen: ['200km', '10km'] },
    { row: 'map.max-scale', wxml: map('max-scale', 'show-scale'), from: 20, to: 10, look: marker('ruler', 'one.textContent'), seen: ['100m', '10km'] },
    { row: 'map.show-scale', wxml: map('show-scale'), from: false, to: true, look: marker('ruler', 'one.hidden'), seen: [true, false] },
    { row: 'map.show-compass', wxml: map('show-compass'), from: false, to: true, look: marker('compass', 'one.hidden'), seen: [true, false] },
    { row: 'map.rotate', wxml: map('rotate', 'show-compass'), from: 0, to: 90, look: marker('compass', 'one.style.transform'), seen: ['rotate(0deg)', 'rotate(-90deg)'] },
    { row: 'map.skew', wxml: map('skew', 'markers="{{[{id:1,latitude:39.9085,longitude:116.397}]}}"'), from: 0, to: 40, look: marker('marker', `Math.round(new DOMMatrix(one.style.transform).f)`), seen: [45, 52] },
    { row: 'map.enable-auto-max-overlooking', wxml: map('enable-auto-max-overlooking', 'skew="{{70}}" rotate="{{v ? 1 : 0}}" circles="{{[{latitude:39.908,longitude:116.397,radius:50}]}}"'), from: true, to: false, look: svg('circle', `Math.round(100 * one.getAttribute('ry') / one.getAttribute('rx'))`), seen: [34, 77] },
    { row: 'map.enable-satellite', wxml: map('enable-satellite'), from: false, to: true, look: (dom) => dom.querySelector('.h-map').dataset.ground, seen: ['plain', 'satellite'] },
    { row: 'map.include-points', wxml: map('include-points', 'show-scale'), from: [A, { latitude: 39.9, longitude: 116.3 }], to: [A, { latitude: 30, longitude: 120 }], look: marker('ruler', 'one.textContent'), seen: ['2km', '500km'] },
    { row: 'map.setting', wxml: map('setting'), from: {}, to: { showScale: true, rotate: 45 }, look: (dom) => [dom.querySelector('.h-map-ruler').hidden, dom.querySelector('.h-map-compass').style.transform], seen: [[true, 'rotate(0deg)'], [false, 'rotate(-45deg)']] },
    { row: 'map.show-location', wxml: map('show-location'), from: false, to: true, look: (dom) => dom.querySelectorAll('.h-map-me').length, seen: [0, 1] },
  ],
  { files: FILES, services: { location: 'async () => ({ latitude: 39.908, longitude: 116.397 })' }, wait: drawn },
)

const take = (running: Running): string[] => running.notes.splice(0)
const HEAR = ['tap', 'markertap', 'callouttap', 'labeltap', 'controltap', 'polylinetap', 'updated', 'error', 'abilityfail', 'interpolatepoint'].map((one) => `bind${one}="got"`).join(' ')

describe.skipIf(!hasBrowser)('maps at work', () => {
  test('what is tapped on a map is told', async () => {
    const running = await open(
      `<map id="m" latitude="{{39.908}}" longitude="{{116.397}}" markers="{{markers}}" polyline="{{lines}}" controls="{{controls}}" subkey="{{key}}" layer-style="{{style}}" ${HEAR} style="height:300px"/><view id="key" bindtap="key">k</view>`,
      `data: { key: '', style: 1, markers: [{ id: 7, latitude: 39.908, longitude: 116.397, iconPath: '/pin.svg', title: 'The title', callout: { content: 'call', display: 'ALWAYS', fontSize: 20 }, label: { content: 'label', fontSize: 20, x: 20, y: 10 } }, { id: 8, latitude: 39.9095, longitude: 116.397, iconPath: '/pin.svg', title: 'Shown' }],
        lines: [{ id: 3, width: 10, points: [{ latitude: 39.907, longitude: 116.39 }, { latitude: 39.907, longitude: 116.41 }] }], controls: [{ id: 5, iconPath: '/pin.svg', clickable: true, position: { left: 2, top: 2 } }, { id: 6, iconPath: '/pin.svg', clickable: false, position: { left: 250, top: 2 } }] },
       got(e) { note(e.type, e.detail) }, key() { this.setData({ key: 'abc', style: 2 }) }`,
      FILES,
    )
    await drawn(running)
    await expect.poll(() => running.notes).toContain('updated {}')
    const press = async (selector: string): Promise<void> => {
      take(running)
      await running.frame.locator(selector).first().click({ force: true })
    }
    await press('.h-map-marker img')
    await expect.poll(() => [...running.notes]).toEqual(['markertap {"markerId":7}'])
    await press('.h-map-callout')
    await expect.poll(() => [...running.notes]).toEqual(['callouttap {"markerId":7}'])
    await press('.h-map-label')
    await expect.poll(() => [...running.notes]).toEqual(['labeltap {"markerId":7}'])
    await press('.h-map-control')
    await expect.poll(() => [...running.notes]).toEqual(['controltap {"controlId":5}'])
    // One that cannot be clicked lets the map have the tap.
    const box = (await running.frame.locator('#m').boundingBox())!
    take(running)
    await running.page.mouse.click(box.x + 255, box.y + 12)
    await expect.poll(() => running.notes.length).toBe(1)
    expect(running.notes[0]).toMatch(/^tap \{.*"latitude":39\.9\d+,"longitude":116\.39\d+/)
    proves('components', 'map.clickable', 'map.bindtap', 'map.bindmarkertap', 'map.bindcallouttap', 'map.bindlabeltap', 'map.bindcontroltap', 'map.bindupdated')
    take(running)
    const line = (await running.frame.locator('.h-map-line').boundingBox())!
    await running.page.mouse.click(box.x + 40, line.y + line.height / 2)
    await expect.poll(() => running.notes.some((one) => one.startsWith('polylinetap {"polylineId":3'))).toBe(true)
    proves('components', 'map.bindpolylinetap')
    // A title is said when its marker is tapped.
    const titled = running.frame.locator('.h-map-marker').nth(1)
    expect(await titled.locator('.h-map-callout').isVisible()).toBe(false)
    await titled.locator('img').click({ force: true })
    expect(await titled.locator('.h-map-callout').innerText()).toBe('Shown')
    proves('components', 'map.title')
    take(running)
    await running.frame.locator('#key').click()
    await expect.poll(() => running.notes.filter((one) => one.startsWith('abilityfail')).length).toBe(2)
    proves('components', 'map.bindabilityfail', 'map.subkey', 'map.layer-style')
    expect(running.errors).toEqual([])
  })

  test('fingers move, zoom, turn and tilt a map as far as it lets them, and the page hears of it', async () => {
    const one = (id: string, more: string): string => `<map id="${id}" latitude="{{39.908}}" longitude="{{116.397}}" ${more} bindregionchange="region" style="height:130px;width:200px"/>`
    const running = await open(
      one('free', 'enable-rotate enable-overlooking') + one('fixed', 'enable-scroll="{{false}}" enable-zoom="{{false}}"') + '<view id="go" bindtap="go">go</view>',
      `region(e) { note(e.currentTarget.id, e.type, e.causedBy, typeof e.detail.region.northeast.latitude) }, go() { this.ask('free'); this.ask('fixed') }, ask(id) { const c = wx.createMapContext(id); c.getCenterLocation({ success: (l) => c.getScale({ success: (s) => c.getRotate({ success: (r) => c.getSkew({ success: (k) => note(id, JSON.stringify([l.longitude > 116.397, s.scale, Math.round(r.rotate), k.skew > 0])) }) }) }) }) }`,
      FILES,
      { touch: true },
    )
    await drawn(running)
    const session = await running.page.context().newCDPSession(running.page)
    const ask = async (): Promise<string[]> => {
      take(running)
      await running.frame.locator('#go').tap()
      await expect.poll(() => running.notes.length).toBe(2)
      return take(running).sort()
    }
    const touch = (type: string, points: [number, number][]): Promise<unknown> => session.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: points.map(([px, py], id) => ({ x: px, y: py, id })) })
    const gestures = async (id: string): Promise<void> => {
      const box = (await running.frame.locator(`#${id}`).boundingBox())!
      const [cx, cy] = [box.x + 100, box.y + 65]
      await touch('touchStart', [[cx, cy]])
      await touch('touchMove', [[cx - 20, cy]])
      await touch('touchMove', [[cx - 60, cy]])
      await touch('touchEnd', [])
      await touch('touchStart', [[cx - 40, cy], [cx + 40, cy]])
      await touch('touchMove', [[cx - 40, cy], [cx + 40, cy - 20]])
      await touch('touchEnd', [])
      await running.page.mouse.move(cx, cy)
      await running.page.mouse.wheel(0, -240)
    }
    await gestures('free')
    await gestures('fixed')
    await expect.poll(() => running.notes.filter((note) => note.includes('end scale')).length).toBeGreaterThan(1)
    expect(running.notes[0]).toBe('free begin gesture number')
    expect(running.notes).toContain('free end drag number')
    expect(running.notes.some((note) => note.startsWith('fixed'))).toBe(false)
    const [fixed, free] = await ask()
    expect(fixed).toBe('fixed [false,16,0,false]')
    const [moved, scale, rotate, tilted] = JSON.parse(free!.slice(5)) as [boolean, number, number, boolean]
    expect([moved, scale > 16.5, rotate > 5, tilted]).toEqual([true, true, true, true])
    proves('components', 'map.enable-scroll', 'map.enable-zoom', 'map.enable-rotate', 'map.enable-overlooking', 'map.bindregionchange', 'map.causedBy', 'map.type')
    proves('wx_api_objects', 'MapContext.getCenterLocation', 'MapContext.getScale', 'MapContext.getRotate', 'MapContext.getSkew')
    await running.frame.locator('#free').focus()
    await running.page.keyboard.press('ArrowLeft')
    await expect.poll(() => running.notes).toContain('free end drag number')
  })

  test('the context moves, measures, adds and takes away', async () => {
    const running = await open(
      `<map id="m" latitude="{{39.908}}" longitude="{{116.397}}" show-location markers="{{markers}}" polyline="{{lines}}" bindinterpolatepoint="step"/>`,
      `data: { markers: [{ id: 1, latitude: 39.908, longitude: 116.397, iconPath: '/pin.svg' }], lines: [{ id: 9, points: [{ latitude: 39.908, longitude: 116.39 }, { latitude: 39.908, longitude: 116.395 }, { latitude: 39.908, longitude: 116.4 }] }] }, step(e) { if (e.detail.animationStatus === 'complete') note('along', e.detail.markerId, e.detail.longitude.toFixed(4)) },
       onReady() { this.run().then((out) => note(out), (e) => note('threw', e.errMsg || String(e))) },
       async run() {
        const c = wx.createMapContext('m'), call = (name, options) => new Promise((done) => c[name]({ ...options, complete: done })), out = {}
        const region = await call('getRegion'); out.getRegion = [region.southwest.latitude < 39.908, region.northeast.longitude > 116.397, region.errMsg]
        out.to = await call('toScreenLocation', { latitude: 39.908, longitude: 116.397 })
        const from = await call('fromScreenLocation', { x: 0, y: 0 }); out.from = [Math.abs(from.latitude - region.northeast.latitude) < 1e-9, Math.abs(from.longitude - region.southwest.longitude) < 1e-9]
        await call('moveToLocation', { latitude: 31, longitude: 121 }); out.moved = (await call('getCenterLocation')).latitude; await call('moveToLocation'); out.home = (await call('getCenterLocation')).latitude
        await call('includePoints', { points: [{ latitude: 30, longitude: 110 }, { latitude: 40, longitude: 120 }], padding: [10] }); out.included = (await call('getScale')).scale < 8
        await call('setBoundary', { southwest: { latitude: 20, longitude: 100 }, northeast: { latitude: 25, longitude: 105 } }); out.bounded = (await call('getCenterLocation')).latitude
        await call('setBoundary', { southwest: { latitude: -80, longitude: -180 }, northeast: { latitude: 80, longitude: 180 } }); await call('moveToLocation', { latitude: 39.908, longitude: 116.397 })
        await call('setCenterOffset', { offset: [0.25, 0.25] }); out.offset = await call('toScreenLocation', { latitude: 39.908, longitude: 116.397 }); await call('setCenterOffset', { offset: [0.5, 0.5] })
        out.open = (await call('openMapApp', { latitude: 1, longitude: 2, destination: 'there' })).errMsg
        out.layers = []; for (const name of ['addCustomLayer', 'removeCustomLayer', 'addVisualLayer', 'removeVisualLayer', 'executeVisualLayerCommand']) out.layers.push((await call(name, { layerId: 'x' })).errMsg)
        out.moved2 = await new Promise((done) => c.translateMarker({ markerId: 1, destination: { latitude: 39.908, longitude: 116.398 }, autoRotate: false, rotate: 90, duration: 50, animationEnd: () => done(true) }))
        out.lost = (await call('translateMarker', { markerId: 44, destination: { latitude: 1, longitude: 1 } })).errMsg
        out.along = (await call('moveAlong', { markerId: 1, path: [{ latitude: 39.908, longitude: 116.397 }, { latitude: 39.908, longitude: 116.396 }, { latitude: 39.909, longitude: 116.396 }], duration: 80 })).errMsg
        return out
       }`,
      FILES,
      { services: { location: 'async () => ({ latitude: 22, longitude: 114 })', openLocation: 'async (place) => { seen.calls.push(place) }' } },
    )
    await expect.poll(() => running.notes.length, { timeout: 15_000 }).toBe(2)
    const out = JSON.parse(running.notes.find((one) => one.startsWith('{'))!) as Record<string, unknown>
    expect(running.notes.find((one) => one.startsWith('along'))).toBe('along 1 116.3960')
    expect(out).toMatchObject({
      getRegion: [true, true, 'getRegion:ok'],
      to: { x: 150, y: 75, errMsg: 'toScreenLocation:ok' },
      from: [true, true],
      moved: 31,
      home: 22,
      included: true,
      bounded: 25,
      offset: { x: 75, y: 37.5 },
      open: 'openMapApp:ok',
      layers: ['addCustomLayer', 'removeCustomLayer', 'addVisualLayer', 'removeVisualLayer', 'executeVisualLayerCommand'].map((name) => `${name}:fail layer x not found`),
      moved2: true,
      lost: 'translateMarker:fail marker 44 not found',
      along: 'moveAlong:ok',
    })
    expect(await running.host('seen.calls')).toMatchObject([{ latitude: 1, longitude: 2, name: 'there' }])
    proves('components', 'map.bindinterpolatepoint')
    proves('wx_api_objects', ...['getRegion', 'toScreenLocation', 'fromScreenLocation', 'moveToLocation', 'includePoints', 'setBoundary', 'setCenterOffset', 'openMapApp', 'translateMarker', 'moveAlong', 'addCustomLayer', 'removeCustomLayer', 'addVisualLayer', 'removeVisualLayer', 'executeVisualLayerCommand'].map((one) => `MapContext.${one}`))
    proves('wx_api', 'createMapContext')
    expect(running.errors).toEqual([])
  })

  test('pictures, bows, groups and worn lines are added to a map and taken away', async () => {
    const running = await open(
      `<map id="m" latitude="{{39.908}}" longitude="{{116.397}}" scale="{{16}}" show-location markers="{{markers}}" polyline="{{lines}}"/>` + ['mark', 'unmark', 'over', 'update', 'under', 'bow', 'unbow', 'wear', 'group', 'own', 'icon'].map((one) => `<view id="${one}" bindtap="${one}">${one}</view>`).join(''),
      `data: { markers: [1, 2, 3].map((id) => ({ id, latitude: 39.908 + id / 1e4, longitude: 116.397, joinCluster: id < 3, iconPath: '/pin.svg' })), lines: [{ id: 9, points: [{ latitude: 39.908, longitude: 116.39 }, { latitude: 39.908, longitude: 116.395 }, { latitude: 39.908, longitude: 116.4 }] }] },
       onLoad() { this.c = wx.createMapContext('m'); this.c.on('markerClusterCreate', (e) => note('made', e.clusters[0].markerIds)); this.c.on('markerClusterClick', (e) => note('clicked', e.cluster.markerIds)) },
       mark() { this.c.addMarkers({ markers: [{ id: 50, latitude: 39.909, longitude: 116.397 }] }) }, unmark() { this.c.removeMarkers({ markerIds: [50] }) },
       over() { this.c.addGroundOverlay({ id: 'g', src: '/q.svg', bounds: { southwest: { latitude: 39.907, longitude: 116.396 }, northeast: { latitude: 39.909, longitude: 116.398 } } }) }, update() { this.c.updateGroundOverlay({ id: 'g', opacity: 0.5 }) }, under() { this.c.removeGroundOverlay({ id: 'g' }) },
       bow() { this.c.addArc({ id: 'a', start: { latitude: 39.907, longitude: 116.396 }, end: { latitude: 39.907, longitude: 116.398 }, angle: 90, color: '#ff0000' }) }, unbow() { this.c.removeArc({ id: 'a' }) }, wear() { this.c.eraseLines({ lines: [{ id: 9, index: 1 }] }) },
       group() { this.c.initMarkerCluster({ gridSize: 40, zoomOnClick: true }) }, own() { this.c.addMarkers({ markers: [{ id: 60, clusterId: 1, latitude: 39.908, longitude: 116.397 }] }) }, icon() { this.c.setLocMarkerIcon({ iconPath: '/q.svg' }) }`,
      FILES,
      { services: { location: 'async () => ({ latitude: 39.908, longitude: 116.397 })' } },
    )
    await drawn(running)
    const count = (selector: string): Promise<number> => running.frame.locator(`${selector}:not([hidden])`).count()
    const press = (id: string): Promise<void> => running.frame.locator(`#${id}`).click()
    const became = async (id: string, selector: string, before: number, after: number): Promise<void> => {
      expect(await count(selector)).toBe(before)
      await press(id)
      await expect.poll(() => count(selector)).toBe(after)
    }
    await became('mark', '.h-map-marker', 3, 4)
    await became('unmark', '.h-map-marker', 4, 3)
    await became('over', '.h-map > div:nth-child(2) > img', 0, 1)
    expect(await running.frame.locator('.h-map > div:nth-child(2) > img').evaluate((dom) => Math.round(dom.getBoundingClientRect().width))).toBe(93)
    await press('update')
    await expect.poll(() => running.frame.locator('.h-map > div:nth-child(2) > img').evaluate((dom) => dom.style.opacity)).toBe('0.5')
    await became('under', '.h-map > div:nth-child(2) > img', 1, 0)
    await became('bow', '.h-map-line', 1, 2)
    expect(await running.frame.locator('.h-map-line[stroke="#ff0000"]').evaluate((dom) => dom.getBoundingClientRect().height)).toBeGreaterThan(15)
    await became('unbow', '.h-map-line', 2, 1)
    const width = (): Promise<number> => running.frame.locator('.h-map-line').evaluate((dom) => Math.round(dom.getBoundingClientRect().width / 10))
    const whole = await width()
    await press('wear')
    await expect.poll(width).toBeLessThan(whole * 0.6)
    expect(await running.frame.locator('.h-map-me').getAttribute('class')).not.toContain('h-own')
    await press('icon')
    expect(await running.frame.locator('.h-map-me').getAttribute('class')).toContain('h-own')
    proves('wx_api_objects', ...['addMarkers', 'removeMarkers', 'addGroundOverlay', 'updateGroundOverlay', 'removeGroundOverlay', 'addArc', 'removeArc', 'eraseLines', 'setLocMarkerIcon'].map((one) => `MapContext.${one}`))

    await became('group', '.h-map-marker', 3, 1)
    expect(await running.frame.locator('.h-map-cluster').innerText()).toBe('2')
    await expect.poll(() => [...running.notes]).toEqual(['made [1,2]'])
    await press('own')
    await expect.poll(() => count('.h-map-cluster')).toBe(0)
    const box = (await running.frame.locator('#m').boundingBox())!
    await running.page.mouse.click(box.x + 150, box.y + 66)
    await expect.poll(() => running.notes).toContain('clicked [1,2]')
    // Closer, the two stand apart.
    await expect.poll(() => count('.h-map-marker')).toBe(4)
    proves('wx_api_objects', 'MapContext.initMarkerCluster', 'MapContext.on')
    proves('components', 'map.joinCluster', 'map.clusterId')
    expect(running.errors).toEqual([])
  })
})
