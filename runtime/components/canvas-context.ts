/** The older drawing context: what is drawn is recorded, and appears at `draw`. */

import { resolveUrl } from '../engine/program'
import type { Canvas } from './canvas'

type Draw = (context: CanvasRenderingContext2D) => void

/** A picture to repeat, which becomes a pattern of the canvas it is drawn on. */
class Pattern {
  constructor(
    readonly image: HTMLImageElement,
    readonly repetition: string,
  ) {}
}

export class CanvasContext {
  private actions: Draw[] = []
  private pictures: Promise<unknown>[] = []
  /** How many states are saved while drawing; a program may not take back one it did not save. */
  private saved = 0
  /** Off the page: measures words and makes gradients. */
  private readonly scratch = document.createElement('canvas').getContext('2d')!

  constructor(private readonly canvas: () => Canvas | null) {}

  private record(action: Draw): void {
    this.actions.push(action)
  }

  /** Show what was recorded since the last time; with `reserve`, over what is there. */
  draw(reserve = false, done?: () => void): void {
    const { actions, pictures } = this
    this.actions = []
    this.pictures = []
    const canvas = this.canvas()
    if (!canvas) {
      if (done) queueMicrotask(done)
      return
    }
    const paint = (): void => {
      canvas.fit()
      const context = canvas.surface.getContext('2d')
      if (!context) return
      if (!reserve) context.reset()
      context.save()
      this.saved = 0
      context.scale(canvas.density, canvas.density)
      for (const action of actions) action(context)
      for (; this.saved >= 0; this.saved--) context.restore()
    }
    canvas.drawing = canvas.drawing.then(async () => {
      await Promise.allSettled(pictures)
      paint()
    })
    if (done) void canvas.drawing.then(done)
  }

  save(): void {
    this.record((context) => {
      context.save()
      this.saved++
    })
  }

  restore(): void {
    this.record((context) => {
      if (!this.saved) return
      context.restore()
      this.saved--
    })
  }

  private picture(source: string): HTMLImageElement {
    const image = new Image()
    image.crossOrigin = 'anonymous'
    image.src = resolveUrl(source)
    this.pictures.push(image.decode())
    return image
  }

  drawImage(source: string, ...at: number[]): void {
    const image = this.picture(String(source))
    this.record((context) => {
      if (image.naturalWidth) (context.drawImage as (...args: unknown[]) => void)(image, ...at)
    })
  }

  createPattern(source: string, repetition: string): Pattern {
    return new Pattern(this.picture(String(source)), repetition)
  }

  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradient {
    return this.scratch.createLinearGradient(x0, y0, x1, y1)
  }

  createCircularGradient(x: number, y: number, r: number): CanvasGradient {
    return this.scratch.createRadialGradient(x, y, 0, x, y, r)
  }

  measureText(text: string): { width: number } {
    return { width: this.scratch.measureText(text).width }
  }

  setFontSize(size: number): void {
    this.font = this.scratch.font.replace(/[\d.]+px/, `${size}px`)
  }

  get font(): string {
    return this.scratch.font
  }

  set font(value: string) {
    this.scratch.font = value
    const { font } = this.scratch
    this.record((context) => (context.font = font))
  }

  setShadow(offsetX: number, offsetY: number, blur: number, color: string): void {
    this.record((context) => {
      // Shadows are not scaled with what casts them.
      const { a } = context.getTransform()
      Object.assign(context, { shadowOffsetX: offsetX * a, shadowOffsetY: offsetY * a, shadowBlur: blur * a, shadowColor: color })
    })
  }

  /** In the page's pixels, whatever those of the surface. */
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.record((context) => {
      const density = this.canvas()?.density ?? 1
      context.setTransform(new DOMMatrix([density, 0, 0, density, 0, 0]).multiply(new DOMMatrix([a, b, c, d, e, f])))
    })
  }
}

/** Calls that are the same on the surface. */
const CALLS = ['arc', 'arcTo', 'beginPath', 'bezierCurveTo', 'clearRect', 'clip', 'closePath', 'fill', 'fillRect', 'fillText', 'lineTo', 'moveTo', 'quadraticCurveTo', 'rect', 'rotate', 'scale', 'setLineDash', 'stroke', 'strokeRect', 'strokeText', 'transform', 'translate']

/** Each is a setter in the older words, and a field in the newer. */
const FIELDS: Record<string, string> = { setFillStyle: 'fillStyle', setStrokeStyle: 'strokeStyle', setLineWidth: 'lineWidth', setLineCap: 'lineCap', setLineJoin: 'lineJoin', setMiterLimit: 'miterLimit', setGlobalAlpha: 'globalAlpha', setTextAlign: 'textAlign', setTextBaseline: 'textBaseline' }

const BASELINES: Record<string, string> = { normal: 'alphabetic' }

for (const name of CALLS) (CanvasContext.prototype as any)[name] = function (this: any, ...args: unknown[]) { this.record((context: any) => context[name](...args)) }
for (const [name, field] of [...Object.entries(FIELDS), ...['globalCompositeOperation', 'lineDashOffset', 'shadowBlur', 'shadowColor', 'shadowOffsetX', 'shadowOffsetY'].map((one) => ['', one] as const)]) {
  const set = function (this: any, value: unknown): void {
    this.record((context: any) => (context[field] = value instanceof Pattern ? context.createPattern(value.image, value.repetition) : (BASELINES[value as string] ?? value)))
  }
  if (name) (CanvasContext.prototype as any)[name] = set
  Object.defineProperty(CanvasContext.prototype, field, { set })
}
