/** Canvas: both drawing contexts, paths, surfaces off the page, and fingers on it. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser } from '../harness'
import { open } from './table'

/**
 * Each method of the older context: a drawing of 40 by 40 with the call in double brackets, a pixel to look at, and
 * whether the call inks it. Without the call the pixel is the other way.
 */
const DRAWINGS: Record<string, [code: string, x: number, y: number, inked: boolean]> = {
  arc: ['o.beginPath(); [[o.arc(20, 20, 10, 0, 7)]]; o.fill()', 20, 12, true],
  arcTo: ['o.beginPath(); o.moveTo(2, 2); [[o.arcTo(38, 2, 38, 38, 30)]]; o.lineTo(38, 38); o.fill()', 20, 8, true],
  beginPath: ['o.rect(0, 0, 40, 40); [[o.beginPath()]]; o.rect(0, 0, 5, 5); o.fill()', 20, 20, false],
  bezierCurveTo: ['o.moveTo(0, 20); [[o.bezierCurveTo(0, -10, 40, -10, 40, 20)]]; o.fill()', 20, 8, true],
  clearRect: ['o.fillRect(0, 0, 40, 40); [[o.clearRect(10, 10, 20, 20)]]', 20, 20, false],
  clip: ['o.rect(0, 0, 10, 10); [[o.clip()]]; o.fillRect(0, 0, 40, 40)', 20, 20, false],
  closePath: ['o.setLineWidth(4); o.moveTo(5, 5); o.lineTo(35, 5); o.lineTo(35, 35); [[o.closePath()]]; o.stroke()', 20, 20, true],
  createPattern: ['[[o.setFillStyle(o.createPattern("/ink.svg", "repeat"))]]; o.fillRect(0, 0, 40, 40)', 15, 5, false],
  createLinearGradient: ['const g = o.createLinearGradient(0, 0, 40, 0); g.addColorStop(0, "#000"); g.addColorStop(1, "#fff"); [[o.setFillStyle(g)]]; o.fillRect(0, 0, 40, 40)', 38, 20, false],
  createCircularGradient: ['const g = o.createCircularGradient(20, 20, 20); g.addColorStop(0, "#fff"); g.addColorStop(1, "#000"); [[o.setFillStyle(g)]]; o.fillRect(0, 0, 40, 40)', 20, 20, false],
  draw: ['o.fillRect(0, 0, 40, 40); [[o.draw()]]; o.draw(true)', 20, 20, true],
  drawImage: ['[[o.drawImage("/ink.svg", 10, 10, 20, 20)]]', 12, 12, true],
  fill: ['o.rect(10, 10, 20, 20); [[o.fill()]]', 20, 20, true],
  fillRect: ['[[o.fillRect(10, 10, 20, 20)]]', 20, 20, true],
  fillText: ['o.setFontSize(80); o.setTextBaseline("middle"); [[o.fillText("█", 0, 20)]]', 12, 20, true],
  lineTo: ['o.setLineWidth(6); o.moveTo(0, 20); [[o.lineTo(40, 20)]]; o.stroke()', 20, 20, true],
  moveTo: ['o.setLineWidth(6); o.moveTo(0, 5); o.lineTo(5, 5); [[o.moveTo(5, 35)]]; o.lineTo(40, 35); o.stroke()', 25, 35, true],
  quadraticCurveTo: ['o.moveTo(0, 30); [[o.quadraticCurveTo(20, -30, 40, 30)]]; o.fill()', 20, 15, true],
  rect: ['[[o.rect(10, 10, 20, 20)]]; o.fill()', 20, 20, true],
  restore: ['o.save(); o.setGlobalAlpha(0); [[o.restore()]]; o.fillRect(0, 0, 40, 40)', 20, 20, true],
  rotate: ['o.translate(20, 20); [[o.rotate(Math.PI / 4)]]; o.fillRect(-14, -14, 28, 28)', 20, 3, true],
  save: ['o.setGlobalAlpha(1); [[o.save()]]; o.setGlobalAlpha(0); o.restore(); o.fillRect(0, 0, 40, 40)', 20, 20, true],
  scale: ['[[o.scale(4, 4)]]; o.fillRect(0, 0, 9, 9)', 30, 30, true],
  setFillStyle: ['[[o.setFillStyle("#fff")]]; o.fillRect(0, 0, 40, 40)', 20, 20, false],
  setFontSize: ['o.setTextBaseline("middle"); [[o.setFontSize(80)]]; o.fillText("█", 0, 20)', 25, 20, true],
  setGlobalAlpha: ['[[o.setGlobalAlpha(0)]]; o.fillRect(0, 0, 40, 40)', 20, 20, false],
  setLineCap: ['o.setLineWidth(20); [[o.setLineCap("square")]]; o.moveTo(15, 20); o.lineTo(25, 20); o.stroke()', 32, 20, true],
  setLineDash: ['o.setLineWidth(20); [[o.setLineDash([10, 10])]]; o.moveTo(0, 20); o.lineTo(40, 20); o.stroke()', 15, 20, false],
  setLineJoin: ['o.setLineWidth(16); [[o.setLineJoin("bevel")]]; o.moveTo(0, 10); o.lineTo(30, 10); o.lineTo(30, 40); o.stroke()', 37, 3, false],
  setLineWidth: ['[[o.setLineWidth(20)]]; o.moveTo(0, 20); o.lineTo(40, 20); o.stroke()', 20, 14, true],
  setMiterLimit: ['o.setLineWidth(10); [[o.setMiterLimit(1)]]; o.moveTo(5, 38); o.lineTo(20, 20); o.lineTo(35, 38); o.stroke()', 20, 14, false],
  setShadow: ['[[o.setShadow(20, 20, 0, "#000")]]; o.fillRect(0, 0, 15, 15)', 27, 27, true],
  setStrokeStyle: ['o.setLineWidth(20); [[o.setStrokeStyle("#fff")]]; o.moveTo(0, 20); o.lineTo(40, 20); o.stroke()', 20, 20, false],
  setTextAlign: ['o.setFontSize(40); o.setTextBaseline("middle"); [[o.setTextAlign("right")]]; o.fillText("█", 35, 20)', 25, 20, true],
  setTextBaseline: ['o.setFontSize(40); [[o.setTextBaseline("top")]]; o.fillText("█", 0, 5)', 10, 20, true],
  setTransform: ['o.scale(0, 0); [[o.setTransform(1, 0, 0, 1, 0, 0)]]; o.fillRect(0, 0, 40, 40)', 20, 20, true],
  stroke: ['o.setLineWidth(20); o.moveTo(0, 20); o.lineTo(40, 20); [[o.stroke()]]', 20, 20, true],
  strokeRect: ['o.setLineWidth(10); [[o.strokeRect(5, 5, 30, 30)]]', 5, 20, true],
  strokeText: ['o.setFontSize(80); o.setLineWidth(30); o.setTextBaseline("middle"); [[o.strokeText("█", 0, 20)]]', 12, 20, true],
  transform: ['[[o.transform(1, 0, 0, 1, 20, 20)]]; o.fillRect(0, 0, 15, 15)', 27, 27, true],
  translate: ['[[o.translate(20, 20)]]; o.fillRect(0, 0, 15, 15)', 27, 27, true],
}

/** Each method of a path: a path with the call in double brackets and a point that is inside only with it. */
const PATHS: Record<string, [code: string, x: number, y: number]> = {
  addPath: ['[[p.addPath(other)]]', 20, 20],
  arc: ['[[p.arc(20, 20, 10, 0, 7)]]', 20, 15],
  arcTo: ['p.moveTo(2, 2); [[p.arcTo(38, 2, 38, 38, 30)]]; p.lineTo(38, 38)', 26, 8],
  bezierCurveTo: ['p.moveTo(0, 20); [[p.bezierCurveTo(0, -10, 40, -10, 40, 20)]]', 20, 8],
  closePath: ['p.moveTo(5, 35); p.lineTo(30, 5); p.lineTo(35, 35); [[p.closePath()]]; p.lineTo(0, 0); p.lineTo(35, 35)', 8, 20],
  ellipse: ['[[p.ellipse(20, 20, 15, 5, 0, 0, 7)]]', 30, 20],
  lineTo: ['p.moveTo(0, 0); p.lineTo(40, 0); [[p.lineTo(40, 40)]]', 30, 10],
  moveTo: ['p.lineTo(0, 0); [[p.moveTo(40, 0)]]; p.lineTo(40, 40); p.lineTo(0, 40)', 38, 20],
  quadraticCurveTo: ['p.moveTo(0, 30); [[p.quadraticCurveTo(20, -30, 40, 30)]]', 20, 15],
  rect: ['[[p.rect(10, 10, 20, 20)]]', 20, 20],
}

const INK = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="10" height="20"/></svg>'
const withCall = (code: string): string => code.replace(/\[\[(.*?)\]\]/, '$1')
const without = (code: string): string => code.replace(/\[\[.*?\]\]/, '')

describe.skipIf(!hasBrowser)('canvas', () => {
  test('each call of the older context draws what it should, and nothing without it', async () => {
    const bodies = Object.entries(DRAWINGS).map(([name, [code, x, y]]) => `[${JSON.stringify(name)}, ${x}, ${y}, (o) => { ${withCall(code)} }, (o) => { ${without(code)} }]`)
    const running = await open(
      '<canvas canvas-id="c" style="width:40px;height:40px"/><canvas canvas-id="d" style="width:40px;height:40px"/>',
      `onReady() { this.run().catch((e) => note('threw', e.errMsg || String(e))) },
       async run() {
        const ink = async (draw, x, y) => {
          const o = wx.createCanvasContext('c'); o.draw()
          draw(o); await new Promise((done) => o.draw(true, done))
          const { data } = await wx.canvasGetImageData({ canvasId: 'c', x, y, width: 1, height: 1 })
          return data[3] > 127 && data[0] < 128
        }
        const out = {}
        for (const [name, x, y, yes, no] of [${bodies.join(',\n')}]) out[name] = [await ink(yes, x, y), await ink(no, x, y)]
        const o = wx.createCanvasContext('c'); const small = o.measureText('word').width; o.setFontSize(40); out.measureText = [o.measureText('word').width > small * 2, false]
        const d = wx.createCanvasContext('d'); d.fillRect(0, 0, 40, 40); d.draw()
        const dark = async (canvasId) => (await wx.canvasGetImageData({ canvasId, x: 20, y: 20, width: 1, height: 1 })).data[3]
        out.id = [await dark('d'), await dark('c')]
        await wx.canvasPutImageData({ canvasId: 'd', x: 20, y: 20, width: 1, height: 1, data: new Uint8ClampedArray(4) }); out.put = await dark('d')
        note(out)
      }`,
      { 'ink.svg': INK },
    )
    await expect.poll(() => [running.notes.length, ...running.errors], { timeout: 15_000 }).toEqual([1])
    expect(running.notes[0]).toMatch(/^\{/)
    const { id, put, measureText, ...drawn } = JSON.parse(running.notes[0]!) as Record<string, [boolean, boolean]> & { id: unknown; put: unknown }
    expect(drawn).toEqual(Object.fromEntries(Object.entries(DRAWINGS).map(([name, [, , , inked]]) => [name, name === 'draw' ? [true, true] : [inked, !inked]])))
    expect(measureText).toEqual([true, false])
    expect(id).toEqual([255, 0])
    expect(put).toBe(0)
    proves('wx_api_objects', ...Object.keys(DRAWINGS).map((name) => `CanvasContext.${name}`), 'CanvasContext.measureText', 'CanvasGradient.addColorStop')
    proves('components', 'canvas.canvas-id')
    proves('wx_api', 'createCanvasContext', 'canvasGetImageData', 'canvasPutImageData')
    expect(running.errors).toEqual([])
  })

  test('a drawing is shown when it is drawn, over the last one only if it is kept', async () => {
    const running = await open(
      '<canvas canvas-id="c" style="width:40px;height:40px"/>',
      `async onReady() {
        const o = wx.createCanvasContext('c'), at = async (x) => (await wx.canvasGetImageData({ canvasId: 'c', x, y: 5, width: 1, height: 1 })).data[3]
        o.fillRect(0, 0, 20, 40); const before = await at(5); await new Promise((done) => o.draw(false, done)); const after = await at(5)
        o.fillRect(20, 0, 20, 40); o.draw(true); const kept = [await at(5), await at(30)]
        o.fillRect(20, 0, 20, 40); o.draw(); note([before, after, ...kept, await at(5), await at(30)])
      }`,
    )
    await expect.poll(() => running.notes).toEqual(['[0,255,255,255,0,255]'])
    proves('wx_api_objects', 'CanvasContext.draw')
  })

  test('a canvas node gives contexts, pictures, paths and frames, and says when it has no such context', async () => {
    const paths = Object.entries(PATHS).map(([name, [code, x, y]]) => `[${JSON.stringify(name)}, ${x}, ${y}, (p) => { ${withCall(code)} }, (p) => { ${without(code)} }]`)
    const running = await open(
      '<canvas type="2d" id="new" style="width:50px;height:40px" binderror="failed"/><canvas canvas-id="old" id="old" style="width:30px;height:20px"/>',
      `failed(e) { note('error', e.detail.errMsg) },
       onReady() { this.createSelectorQuery().select('#new').node((r) => this.use(r.node).catch((e) => note('threw', e.errMsg || String(e)))).exec() },
       async use(c) {
        const out = {}, other = new Path2D(); other.rect(10, 10, 20, 20)
        const g = c.getContext('2d'); out.getContext = typeof g.fillRect
        out.size = [c.width, c.height]; c.width = 40; c.height = 40; out.resized = c.width
        for (const [name, x, y, yes, no] of [${paths.join(',\n')}]) { const inside = (make) => { const p = c.createPath2D(); make(p); return g.isPointInPath(p, x, y) }; out[name] = [inside(yes), inside(no)] }
        const data = c.createImageData(2, 3); out.data = [data.width, data.height]
        const image = c.createImage(); await new Promise((done) => { image.onload = done; image.src = '/ink.svg' }); g.drawImage(image, 0, 0); out.image = g.getImageData(5, 5, 1, 1).data[3]
        out.url = c.toDataURL().slice(0, 15)
        const stop = c.requestAnimationFrame(() => (out.stopped = false)); c.cancelAnimationFrame(stop); await new Promise((done) => c.requestAnimationFrame(() => { out.frame = true; done() }))
        const off = wx.createOffscreenCanvas({ type: '2d', width: 7, height: 5 }), og = off.getContext('2d'); const oi = off.createImage(); await new Promise((done) => { oi.onload = done; oi.src = '/ink.svg' }); og.drawImage(oi, 0, 0); out.off = [off.width, off.height, og.getImageData(1, 1, 1, 1).data[3]]
        c.getContext('webgl'); note(out)
       }`,
      { 'ink.svg': INK },
    )
    await expect.poll(() => [...running.notes, ...running.errors]).toEqual([expect.stringMatching(/^error/), expect.stringMatching(/^\{/)])
    expect(running.notes.find((one) => one.startsWith('error'))).toContain('no "webgl" context')
    const { getContext, size, resized, data, image, url, stopped, frame, off, ...drawn } = JSON.parse(running.notes.find((one) => one.startsWith('{'))!) as Record<string, unknown>
    expect({ getContext, resized, data, image, url, stopped, frame, off }).toEqual({ getContext: 'function', resized: 40, data: [2, 3], image: 255, url: 'data:image/png;', stopped: undefined, frame: true, off: [7, 5, 255] })
    expect(drawn).toEqual(Object.fromEntries(Object.keys(PATHS).map((name) => [name, [true, false]])))
    // The older kind is as large as it is shown; the newer one is what its program makes it.
    expect(size).toEqual([300, 150])
    expect(await running.frame.locator('#old canvas').evaluate((dom: HTMLCanvasElement) => [dom.width, dom.height])).toEqual([30, 20])
    proves('components', 'canvas.binderror', 'canvas.type')
    proves('wx_api_objects', ...Object.keys(PATHS).map((name) => `Path2D.${name}`), 'Canvas.getContext', 'Canvas.createPath2D', 'Canvas.createImageData', 'Canvas.createImage', 'Canvas.toDataURL', 'Canvas.requestAnimationFrame', 'Canvas.cancelAnimationFrame', 'OffscreenCanvas.getContext', 'OffscreenCanvas.createImage')
    proves('wx_api', 'createOffscreenCanvas')
  })

  test('fingers on a canvas say where on it they are, and scroll the page only where they may', async () => {
    const running = await open(
      '<view style="height:1200px;padding:50px 0 0 30px"><canvas id="c" disable-scroll="{{still}}" style="width:200px;height:200px" bindtouchstart="got" bindtouchmove="got" bindtouchend="got" bindtouchcancel="got" bindlongtap="got"/><view id="free" bindtap="free">free</view></view>',
      'data: { still: true }, got(e) { note(e.type, (e.touches[0] || e.changedTouches[0]).x, (e.touches[0] || e.changedTouches[0]).y) }, free() { this.setData({ still: false }) }',
      {},
      { touch: true },
    )
    const session = await running.page.context().newCDPSession(running.page)
    const box = (await running.frame.locator('#c').boundingBox())!
    const finger = (type: string, x?: number, y?: number): Promise<unknown> => session.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: x === undefined ? [] : [{ x: box.x + x, y: box.y + y! }] })
    // Whether the browser may scroll with a finger that moves on it.
    const scrolls = (): Promise<[boolean, string]> =>
      running.frame.evaluate(`(() => {
        const canvas = document.getElementById('c')
        const touch = new Touch({ identifier: 9, target: canvas, clientX: 1, clientY: 1 })
        return [canvas.dispatchEvent(new TouchEvent('touchmove', { bubbles: true, cancelable: true, touches: [touch], changedTouches: [touch] })), getComputedStyle(canvas).touchAction]
      })()`)
    await finger('touchStart', 100, 150)
    await finger('touchMove', 100, 120)
    await finger('touchEnd')
    await expect.poll(() => running.notes).toEqual(['touchstart 100 150', 'touchmove 100 120', 'touchend 100 120'])
    expect(await scrolls()).toEqual([false, 'none'])
    await running.frame.locator('#free').tap()
    await expect.poll(scrolls).toEqual([true, 'auto'])
    await finger('touchStart', 50, 60)
    await finger('touchCancel')
    await expect.poll(() => running.notes).toContain('touchcancel 50 60')
    running.notes.length = 0
    await running.frame.locator('wx-page').evaluate((dom) => dom.scrollTo(0, 0))
    await finger('touchStart', 20, 30)
    await expect.poll(() => running.notes).toContain('longtap 20 30')
    await finger('touchEnd')
    proves('components', 'canvas.bindtouchstart', 'canvas.bindtouchmove', 'canvas.bindtouchend', 'canvas.bindtouchcancel', 'canvas.bindlongtap', 'canvas.disable-scroll')
  })
})
