/** Drawing: the older context, surfaces off the page, and what was drawn as a file or as pixels. */

import { Canvas, drawingSurface, surfaceOf } from '../components/canvas'
import { CanvasContext } from '../components/canvas-context'
import { componentOf } from '../engine/component'
import { currentPage } from '../engine/router'
import { defineApi, defineDirect, defineObject } from './define'
import { keepFile } from './network'

function canvasOf(id: unknown, instance?: object): Canvas | null {
  const root = (instance ? componentOf(instance) : currentPage()?.component)?.getShadowRoot()
  if (!root) return null
  const found = root.querySelectorAll('canvas').map((node) => node.getBackendElement() as unknown as Canvas)
  const own = found.find((one) => one.read('canvas-id') === id) ?? found.find((one) => one.id === id)
  // A program seldom says which component its canvas is in.
  return own ?? (instance ? null : document.querySelector<Canvas>(`.h-page-layer:not([hidden]) wx-canvas[canvas-id="${CSS.escape(String(id))}"]`))
}

defineDirect('createCanvasContext', (id: string, instance?: object) => new CanvasContext(() => canvasOf(id, instance)), { source: 'miniprogram/canvas/wx.createCanvasContext' })
defineObject('CanvasContext', CanvasContext)
defineObject('CanvasGradient', ['addColorStop'])
defineObject('Canvas', ['cancelAnimationFrame', 'createImage', 'createImageData', 'createPath2D', 'getContext', 'requestAnimationFrame', 'toDataURL'])
defineObject('OffscreenCanvas', ['createImage', 'getContext'])
defineObject('Path2D', ['addPath', 'arc', 'arcTo', 'bezierCurveTo', 'closePath', 'ellipse', 'lineTo', 'moveTo', 'quadraticCurveTo', 'rect'])

defineDirect(
  'createOffscreenCanvas',
  (options: { width?: number; height?: number } | number = {}, height?: number) => {
    const surface = document.createElement('canvas')
    surface.width = (typeof options === 'number' ? options : options.width) ?? 300
    surface.height = (typeof options === 'number' ? height : options.height) ?? 150
    return drawingSurface(surface)
  },
  { source: 'miniprogram/canvas/wx.createOffscreenCanvas' },
)

/** A drawing as a temporary file. */
export async function keepDrawing(surface: HTMLCanvasElement, type: string, quality: number): Promise<string> {
  const blob = await new Promise<Blob | null>((resolve) => surface.toBlob(resolve, type, quality))
  if (!blob) throw { errMsg: 'create bitmap failed' }
  return keepFile(await blob.arrayBuffer(), type, type === 'image/jpeg' ? '.jpg' : '.png')
}

/** The surface that was asked for, drawn to the end, and how many of its pixels are one of the page's. */
async function drawn(canvasId: unknown, canvas?: unknown): Promise<{ surface: HTMLCanvasElement; density: number }> {
  const node = surfaceOf(canvas)
  if (node) return { surface: node, density: 1 }
  const element = canvasOf(canvasId)
  if (!element) throw { errMsg: 'canvas is empty' }
  await element.drawing
  return { surface: element.surface, density: element.density }
}

function sized(width: number, height: number): { surface: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const surface = document.createElement('canvas')
  surface.width = width
  surface.height = height
  return { surface, context: surface.getContext('2d')! }
}

defineApi('canvasToTempFilePath', {
  source: 'miniprogram/canvas/wx.canvasToTempFilePath',
  params: { canvasId: 'text?', canvas: 'any?', x: 'number?', y: 'number?', width: 'number?', height: 'number?', destWidth: 'number?', destHeight: 'number?', fileType: 'text?', quality: 'number?' },
  returns: ['tempFilePath'],
  run: async ({ canvasId, canvas, x = 0, y = 0, width, height, destWidth, destHeight, fileType = 'png', quality = 1 }) => {
    const { surface, density } = await drawn(canvasId, canvas)
    const [w, h] = [Number(width ?? surface.width / density - x), Number(height ?? surface.height / density - y)]
    const screen = window.devicePixelRatio || 1
    const out = sized(Number(destWidth ?? Math.round(w * screen)), Number(destHeight ?? Math.round(h * screen)))
    const jpeg = fileType === 'jpg' || fileType === 'jpeg'
    if (jpeg) {
      out.context.fillStyle = '#fff'
      out.context.fillRect(0, 0, out.surface.width, out.surface.height)
    }
    out.context.drawImage(surface, Number(x) * density, Number(y) * density, w * density, h * density, 0, 0, out.surface.width, out.surface.height)
    return { tempFilePath: await keepDrawing(out.surface, jpeg ? 'image/jpeg' : 'image/png', Number(quality)) }
  },
})

defineApi('canvasGetImageData', {
  source: 'miniprogram/canvas/wx.canvasGetImageData',
  params: { canvasId: 'text', x: 'number', y: 'number', width: 'number', height: 'number' },
  returns: ['width', 'height', 'data'],
  run: async ({ canvasId, x, y, width, height }) => {
    const { surface, density } = await drawn(canvasId)
    const out = sized(Number(width), Number(height))
    out.context.drawImage(surface, x * density, y * density, width * density, height * density, 0, 0, width, height)
    const { data } = out.context.getImageData(0, 0, Number(width), Number(height))
    return { width: Number(width), height: Number(height), data }
  },
})

defineApi('canvasPutImageData', {
  source: 'miniprogram/canvas/wx.canvasPutImageData',
  params: { canvasId: 'text', data: 'any', x: 'number', y: 'number', width: 'number', height: 'number?' },
  run: async ({ canvasId, data, x, y, width, height }) => {
    const { surface, density } = await drawn(canvasId)
    const pixels = data instanceof ArrayBuffer ? new Uint8ClampedArray(data) : Uint8ClampedArray.from(data as ArrayLike<number>)
    const rows = Number(height ?? Math.floor(pixels.length / 4 / width))
    if (pixels.length !== width * rows * 4) throw { errMsg: 'data length is incorrect' }
    const given = sized(Number(width), rows)
    given.context.putImageData(new ImageData(pixels, Number(width), rows), 0, 0)
    const context = surface.getContext('2d')
    if (!context) throw { errMsg: 'canvas is empty' }
    context.clearRect(x * density, y * density, width * density, rows * density)
    context.drawImage(given.surface, x * density, y * density, width * density, rows * density)
  },
})
