/**
 * Live pusher: what the camera sees, as it would be sent, with music beside it. Nothing here takes a stream, and no browser
 * speaks RTMP: whoever asks to push hears that it cannot be reached, as with a server that does not answer.
 */

import { keepDrawing } from '../api/canvas'
import { program, resolveUrl } from '../engine/program'
import { act, Camera, type Callbacks } from './camera'
import { defineElement, flag, number, text } from './element'

/** The published codes of what a pusher goes through. */
const STATES = { opened: [1003, 'the camera is open'], noCamera: [-1301, 'the camera cannot be opened'], unreachable: [-1307, 'the server of the stream cannot be reached'] } as const
const CAMERA_DENIED = 10001
const RESOLUTIONS: Record<string, string> = { SD: 'low', HD: 'medium', FHD: 'high', RTC: 'medium' }
const PROGRESS_MS = 500

/** The published looks of a picture, as the browser draws them. */
const FILTERS: Record<string, string> = {
  standard: '',
  pink: 'sepia(.3) hue-rotate(300deg) saturate(1.3)',
  nostalgia: 'sepia(.7)',
  blues: 'sepia(.2) hue-rotate(170deg) saturate(1.4)',
  romantic: 'sepia(.25) hue-rotate(280deg) brightness(1.08)',
  cool: 'saturate(.8) hue-rotate(15deg) contrast(1.05)',
  fresher: 'saturate(1.15) brightness(1.1)',
  solor: 'sepia(.35) saturate(1.5)',
  aestheticism: 'saturate(.85) brightness(1.12) contrast(.95)',
  whitening: 'brightness(1.2)',
  cerisered: 'sepia(.2) hue-rotate(315deg) saturate(1.7)',
}

class LivePusher extends Camera {
  static override attributes = {
    url: text(),
    mode: text('RTC', 'SD', 'HD', 'FHD', 'RTC'),
    autopush: flag(),
    'enable-camera': flag(true),
    'device-position': text('front', 'front', 'back'),
    'local-mirror': text('auto', 'auto', 'enable', 'disable'),
    orientation: text('vertical', 'vertical', 'horizontal'),
    aspect: text('9:16', '9:16', '3:4'),
    filter: text('standard', ...Object.keys(FILTERS)),
    whiteness: number(),
    'waiting-image': text(),
  }
  static override events = ['statechange', 'error', 'bgmstart', 'bgmprogress', 'bgmcomplete']
  readonly music = new Audio()
  maxZoom = 1
  torch = false
  /** What its context switched to, whatever the attribute says. */
  private turned: string | undefined
  private wanted = false
  private readonly waiting = document.createElement('img')

  constructor() {
    super()
    this.waiting.alt = ''
    this.music.addEventListener('playing', () => this.emit('bgmstart', {}))
    this.music.addEventListener('ended', () => this.emit('bgmcomplete', {}))
    let told = 0
    this.music.addEventListener('timeupdate', () => {
      if (performance.now() - told < PROGRESS_MS) return
      told = performance.now()
      this.emit('bgmprogress', { progress: Math.round(this.music.currentTime * 1000), duration: Math.round((this.music.duration || 0) * 1000) })
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.waiting.parentNode) this.append(this.waiting)
    this.wanted ||= this.read('autopush')
    if (this.read('autopush')) queueMicrotask(() => this.push())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.music.pause()
  }

  override changed(name: string, value: any): void {
    if (name === 'device-position') this.turned = undefined
    if (name === 'waiting-image') this.waiting.src = value ? resolveUrl(value, this.ownerPath) : ''
    else if (name === 'orientation') this.classList.toggle('h-lying', value === 'horizontal')
    else if (name === 'filter' || name === 'whiteness') this.surface.style.filter = [FILTERS[this.read<string>('filter')] ?? '', this.read('whiteness') > 0 ? `brightness(${1 + Math.min(9, this.read('whiteness')) / 20})` : ''].join(' ').trim()
    else if (name === 'aspect') this.surface.style.aspectRatio = value.replace(':', ' / ')
    else if (name === 'local-mirror') this.mirror(this.read('device-position') === 'front')
    else if (['mode', 'enable-camera', 'device-position'].includes(name)) this.redrawSoon()
  }

  override read<T = any>(name: string): T {
    return (name === 'device-position' && this.turned ? this.turned : super.read(name)) as T
  }

  protected override redraw(): void {
    const on = this.wanted && this.read<boolean>('enable-camera')
    this.toggleAttribute('data-off', !on)
    if (on) super.redraw()
    else this.stop(false)
  }

  protected override get resolution(): string {
    return RESOLUTIONS[this.read<string>('mode')] ?? RESOLUTIONS.RTC!
  }

  protected override mirror(front: boolean): void {
    const wanted = this.read<string>('local-mirror')
    super.mirror(wanted === 'enable' || (wanted === 'auto' && front))
  }

  protected override shine(): void {
    if (this.torch) program().host.call('setCameraLight', { on: true }).catch(() => {})
  }

  protected override opened(maxZoom: number): void {
    this.maxZoom = maxZoom
    this.tell('opened')
  }

  protected override refused(errMsg: string): void {
    this.emit('error', { errCode: CAMERA_DENIED, errMsg })
    this.tell('noCamera')
  }

  private tell(state: keyof typeof STATES): void {
    this.emit('statechange', { code: STATES[state][0], message: STATES[state][1] })
  }

  preview(on: boolean): void {
    if (this.wanted === on) return
    this.wanted = on
    this.redrawSoon()
  }

  /** The picture is there as with any pusher; the stream goes nowhere, and the program is told so. */
  push(): void {
    this.preview(true)
    this.tell('unreachable')
  }

  switchCamera(): void {
    this.turned = this.read('device-position') === 'front' ? 'back' : 'front'
    this.redrawSoon()
  }

  override scriptContext(): LivePusherContext {
    return new LivePusherContext(this)
  }
}

class LivePusherContext {
  constructor(private readonly pusher: LivePusher) {}

  start(options: Callbacks = {}): void {
    void act('start', options, async () => {
      this.pusher.push()
      throw { errMsg: STATES.unreachable[1] }
    })
  }

  stop(options: Callbacks = {}): void {
    void act('stop', options, async () => this.pusher.preview(false))
  }

  pause(options: Callbacks = {}): void {
    void act('pause', options, async () => this.pusher.preview(false))
  }

  resume(options: Callbacks = {}): void {
    void act('resume', options, async () => this.pusher.preview(true))
  }

  startPreview(options: Callbacks = {}): void {
    void act('startPreview', options, async () => this.pusher.preview(true))
  }

  stopPreview(options: Callbacks = {}): void {
    void act('stopPreview', options, async () => this.pusher.preview(false))
  }

  switchCamera(options: Callbacks = {}): void {
    void act('switchCamera', options, async () => this.pusher.switchCamera())
  }

  toggleTorch(options: Callbacks = {}): void {
    void act('toggleTorch', options, async () => {
      await program().host.call('setCameraLight', { on: !this.pusher.torch })
      this.pusher.torch = !this.pusher.torch
    })
  }

  snapshot(options: Callbacks & { quality?: string } = {}): void {
    void act('snapshot', options, async () => {
      const { surface, seeing } = this.pusher
      if (!seeing) throw { errMsg: 'the camera is not open' }
      const raw = options.quality === 'compressed' ? 0.6 : 0.92
      return { tempImagePath: await keepDrawing(surface, 'image/jpeg', raw), width: surface.width, height: surface.height }
    })
  }

  getMaxZoom(options: Callbacks = {}): void {
    void act('getMaxZoom', options, async () => ({ maxZoom: this.pusher.maxZoom }))
  }

  setZoom(options: Callbacks & { zoom?: number } = {}): void {
    void act('setZoom', options, async () => ({ zoom: await program().host.call('setCameraZoom', { zoom: Number(options.zoom ?? 1) }) }))
  }

  playBGM(options: Callbacks & { url?: string } = {}): void {
    void act('playBGM', options, async () => {
      this.pusher.music.src = resolveUrl(String(options.url ?? ''), this.pusher.ownerPath)
      await this.pusher.music.play()
    })
  }

  pauseBGM(options: Callbacks = {}): void {
    void act('pauseBGM', options, async () => this.pusher.music.pause())
  }

  resumeBGM(options: Callbacks = {}): void {
    void act('resumeBGM', options, () => this.pusher.music.play())
  }

  stopBGM(options: Callbacks = {}): void {
    void act('stopBGM', options, async () => {
      this.pusher.music.pause()
      this.pusher.music.removeAttribute('src')
    })
  }

  setBGMVolume(options: Callbacks & { volume?: number | string } = {}): void {
    void act('setBGMVolume', options, async () => {
      const volume = Number(options.volume)
      if (!(volume >= 0 && volume <= 1)) throw { errMsg: 'parameter error: parameter.volume should be from 0 to 1' }
      this.pusher.music.volume = volume
    })
  }
}

defineElement('live-pusher', LivePusher)
