/** Camera: what the shell's camera sees, drawn here; the shell asks the person before it looks. */

import { keepDrawing } from '../api/canvas'
import { keepFile } from '../engine/files'
import { program } from '../engine/program'
import { type Attribute, BuiltIn, defineElement, text } from './element'

/** Pixels across a frame that the program listens to, by its published name. */
const ACROSS: Record<string, number> = { small: 288, medium: 480, large: 720 }
const QUALITIES: Record<string, number> = { low: 0.6, normal: 0.8, high: 0.92, original: 1 }
const LONGEST_SECONDS = 300
/** Between two looks for a code, and how long a code that stays in sight is not told again. */
const LOOK_MS = 300
const AGAIN_MS = 1000

type Frame = { width: number; height: number; data: ArrayBuffer }

export class Camera extends BuiltIn {
  static override attributes: Record<string, Attribute> = {
    mode: text('normal', 'normal', 'scanCode'),
    'device-position': text('back', 'front', 'back'),
    flash: text('auto', 'auto', 'on', 'off', 'torch'),
    resolution: text('medium', 'low', 'medium', 'high'),
    'frame-size': text('medium', 'small', 'medium', 'large'),
  }
  static override events = ['stop', 'error', 'initdone', 'scancode']
  readonly surface = document.createElement('canvas')
  /** Something has been seen since it was last opened. */
  seeing = false
  readonly hearing = new Set<(frame: Frame) => void>()
  /** When codes are looked for next. */
  private lookAt = 0
  /** Which start is the last one: what an earlier one brings is no longer wanted. */
  protected turn = 0
  private away: (() => void)[] = []

  connectedCallback(): void {
    if (!this.surface.parentNode) this.append(this.surface)
    const { host } = program()
    this.away = [
      host.on('hide', () => this.stop(true)),
      host.on('show', () => this.redrawSoon()),
      host.on('cameraEnded', () => this.stop(true)),
    ]
    this.redrawSoon()
  }

  disconnectedCallback(): void {
    for (const stop of this.away.splice(0)) stop()
    this.stop(false)
  }

  override changed(name: string, _value: unknown): void {
    if (name === 'flash') this.shine()
    else if (!['frame-size', 'mode'].includes(name)) this.redrawSoon()
  }

  protected override redraw(): void {
    if (this.isConnected) void this.start()
  }

  protected shine(): void {
    if (this.turn) program().host.call('setCameraLight', { on: this.read('flash') === 'torch' }).catch(() => {})
  }

  protected async start(): Promise<void> {
    const { host } = program()
    const mine = (this.turn += 1)
    const position = this.read<string>('device-position')
    this.mirror(position === 'front')
    try {
      const { maxZoom } = (await host.call('startCamera', { position, resolution: this.resolution })) as { maxZoom: number }
      if (mine !== this.turn) return
      this.opened(maxZoom)
      this.shine()
      while (mine === this.turn) this.draw((await host.call('takeCameraFrame')) as ImageBitmap)
    } catch (failure) {
      if (mine === this.turn) this.refused((failure as { errMsg?: string }).errMsg ?? String(failure))
    }
  }

  protected get resolution(): string {
    return this.read('resolution')
  }

  protected mirror(front: boolean): void {
    this.surface.style.transform = front ? 'scaleX(-1)' : ''
  }

  protected opened(maxZoom: number): void {
    this.emit('initdone', { maxZoom })
  }

  protected refused(errMsg: string): void {
    this.emit('error', { errMsg })
  }

  protected stop(tell: boolean): void {
    if (!this.turn) return
    this.turn += 1
    this.seeing = false
    program().host.call('stopCamera').catch(() => {})
    if (tell) this.emit('stop', {})
  }

  private draw(picture: ImageBitmap): void {
    const { surface } = this
    if (surface.width !== picture.width || surface.height !== picture.height) Object.assign(surface, { width: picture.width, height: picture.height })
    surface.getContext('2d', { willReadFrequently: true })!.drawImage(picture, 0, 0)
    picture.close()
    this.seeing = true
    if (this.read('mode') === 'scanCode' && performance.now() >= this.lookAt) void this.look()
    if (!this.hearing.size) return
    const width = Math.min(surface.width, ACROSS[this.read<string>('frame-size')] ?? ACROSS.medium!)
    const small = document.createElement('canvas')
    Object.assign(small, { width, height: Math.round((surface.height * width) / surface.width) })
    const context = small.getContext('2d')!
    context.drawImage(surface, 0, 0, small.width, small.height)
    const frame = { width: small.width, height: small.height, data: context.getImageData(0, 0, small.width, small.height).data.buffer as ArrayBuffer }
    for (const hear of this.hearing) hear(frame)
  }

  /** Tell of the code in sight. The shell looks, as it does for itself. */
  private async look(): Promise<void> {
    const mine = this.turn
    this.lookAt = Infinity
    const seen = (await program().host.call('readCameraCode').catch(() => null)) as { type: string; result: string; charSet: string; rawData: string } | null
    this.lookAt = performance.now() + (seen ? AGAIN_MS : LOOK_MS)
    if (seen && mine === this.turn) this.emit('scancode', seen)
  }

  scriptContext(): object {
    return new CameraContext(this)
  }
}

export interface Callbacks {
  success?: (result: object) => void
  fail?: (failure: { errMsg: string }) => void
  complete?: (result: object) => void
}

export async function act(name: string, options: Callbacks, run: () => Promise<object | void>): Promise<void> {
  try {
    const result = { ...(await run()), errMsg: `${name}:ok` }
    options.success?.(result)
    options.complete?.(result)
  } catch (error) {
    const failure = { errMsg: `${name}:fail ${String((error as { errMsg?: string }).errMsg ?? error).replace(/^\w+:fail /, '')}` }
    options.fail?.(failure)
    options.complete?.(failure)
  }
}

interface Filmed {
  body: ArrayBuffer
  type: string
  extension: string
  duration: number
  width: number
  height: number
}

/** The published CameraContext. */
export class CameraContext {
  constructor(private readonly camera: Camera) {}

  takePhoto(options: Callbacks & { quality?: string; selfieMirror?: boolean } = {}): void {
    void act('takePhoto', options, async () => {
      const { surface } = this.camera
      if (!this.camera.seeing) throw { errMsg: 'camera is not ready' }
      const photo = document.createElement('canvas')
      Object.assign(photo, { width: surface.width, height: surface.height })
      const context = photo.getContext('2d')!
      if (this.camera.read('device-position') === 'front' && options.selfieMirror !== false) context.setTransform(-1, 0, 0, 1, photo.width, 0)
      context.drawImage(surface, 0, 0)
      return { tempImagePath: await keepDrawing(photo, 'image/jpeg', QUALITIES[options.quality ?? 'normal'] ?? QUALITIES.normal!) }
    })
  }

  startRecord(options: Callbacks & { timeout?: number; timeoutCallback?: (result: object) => void } = {}): void {
    void act('startRecord', options, async () => {
      await program().host.call('startCameraRecord')
      filming = setTimeout(() => void this.film().then((result) => options.timeoutCallback?.(result), () => {}), Math.min(LONGEST_SECONDS, Number(options.timeout ?? 30)) * 1000)
    })
  }

  stopRecord(options: Callbacks = {}): void {
    void act('stopRecord', options, () => this.film())
  }

  private async film(): Promise<object> {
    clearTimeout(filming)
    const thumb = await keepDrawing(this.camera.surface, 'image/jpeg', 0.8)
    const { body, type, extension, duration, width, height } = (await program().host.call('stopCameraRecord')) as Filmed
    return { tempThumbPath: thumb, tempVideoPath: keepFile(body, type, extension), duration: Math.round(duration / 1000), size: body.byteLength, width, height }
  }

  setZoom(options: Callbacks & { zoom?: number } = {}): void {
    void act('setZoom', options, async () => {
      if (!Number.isFinite(Number(options.zoom))) throw { errMsg: 'parameter error: parameter.zoom should be Number' }
      return { zoom: await program().host.call('setCameraZoom', { zoom: Number(options.zoom) }) }
    })
  }

  onCameraFrame(listener: (frame: Frame) => void): object {
    const { hearing } = this.camera
    return {
      start: (options: Callbacks = {}) => void act('start', options, async () => void hearing.add(listener)),
      stop: (options: Callbacks = {}) => void act('stop', options, async () => void hearing.delete(listener)),
    }
  }
}

let filming: ReturnType<typeof setTimeout> | undefined

defineElement('camera', Camera)
