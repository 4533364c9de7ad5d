/** Canvas: a surface to draw on, as the newer drawing API has it and as the older one does. */

import { resolveUrl } from '../engine/program'
import { CanvasContext } from './canvas-context'
import { BuiltIn, defineElement, flag, text } from './element'

export class Canvas extends BuiltIn {
  static override attributes = { type: text('', '2d', 'webgl', 'webgl2'), 'canvas-id': text(), 'disable-scroll': flag() }
  static override events = ['touchstart', 'touchmove', 'touchend', 'touchcancel', 'longtap', 'error']
  readonly surface = document.createElement('canvas')
  /** Pixels of the surface in one of the page's; the newer kind's program sees to that itself. */
  density = 1
  /** What is still being drawn by the older kind, which waits for its pictures. */
  drawing: Promise<void> = Promise.resolve()
  private node: object | null = null

  constructor() {
    super()
    this.addEventListener('touchmove', (event) => {
      if (this.read('disable-scroll') && event.cancelable) event.preventDefault()
    }, { passive: false })
  }

  connectedCallback(): void {
    if (!this.surface.parentNode) this.append(this.surface)
    if (!this.read('type')) this.fit()
    this.changed('disable-scroll', this.read('disable-scroll'))
  }

  override changed(name: string, value: unknown): void {
    if (name === 'disable-scroll') this.style.touchAction = value ? 'none' : ''
  }

  /** The older kind is as large as it is shown, and as sharp as the screen. */
  fit(): void {
    const density = window.devicePixelRatio || 1
    const [width, height] = [Math.round(this.clientWidth * density), Math.round(this.clientHeight * density)]
    if (width && height && (this.surface.width !== width || this.surface.height !== height)) {
      this.surface.width = width
      this.surface.height = height
      this.density = density
    }
  }

  /** What a program gets of it: a drawing surface, and none of the document around it. */
  scriptNode(): object {
    this.node ??= drawingSurface(this.surface, (errMsg) => this.emit('error', { errMsg }))
    return this.node
  }

  scriptContext(): CanvasContext {
    return new CanvasContext(() => this)
  }
}

const surfaces = new WeakMap<object, HTMLCanvasElement>()

/** The surface behind what a program holds. */
export function surfaceOf(node: unknown): HTMLCanvasElement | undefined {
  return typeof node === 'object' && node !== null ? surfaces.get(node) : undefined
}

/** A canvas as the published API has it. */
export function drawingSurface(surface: HTMLCanvasElement, failed: (errMsg: string) => void = () => {}): object {
  const node = {
    get width() {
      return surface.width
    },
    set width(value: number) {
      surface.width = value
    },
    get height() {
      return surface.height
    },
    set height(value: number) {
      surface.height = value
    },
    getContext: (kind: string, options?: object) => {
      const context = surface.getContext(kind, options)
      if (!context) failed(`getContext:fail no "${kind}" context`)
      return context
    },
    createImage: programImage,
    createImageData: (width: number, height: number) => new ImageData(width || 1, height || 1),
    createPath2D: (path?: string | Path2D) => new Path2D(path),
    requestAnimationFrame: (step: FrameRequestCallback) => requestAnimationFrame(step),
    cancelAnimationFrame: (id: number) => cancelAnimationFrame(id),
    toDataURL: (type?: string, quality?: number) => surface.toDataURL(type, quality),
  }
  surfaces.set(node, surface)
  return node
}

const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')!

/** An image for a canvas: its source is a path of the program, like any other. */
function programImage(): HTMLImageElement {
  const image = new Image()
  // The frame has no origin, so even the program's own pictures are read only with the server's leave.
  image.crossOrigin = 'anonymous'
  return Object.defineProperty(image, 'src', {
    get: () => source.get!.call(image) as string,
    set: (value: string) => source.set!.call(image, resolveUrl(value)),
  })
}

defineElement('canvas', Canvas)
