/** Video: the published player, its comments that fly by, and the gestures on it. */

import { keepDrawing } from '../api/canvas'
import { part } from '../engine/parts'
import { program, referred, resolveUrl } from '../engine/program'
import { elementHooks } from './basic'
import { any, defineElement, flag, number, text } from './element'
import { Player, PLAYER, PLAYER_EVENTS } from './player'
import { Controls } from './video-controls'

interface Comment {
  text: string
  color?: string
  time?: number
}

/** A finger that moves less than this taps. */
const TAP_PX = 10
const DOUBLE_TAP_MS = 300
const LANES = 4

export class Video extends Player {
  static override attributes = {
    ...PLAYER,
    duration: number(0),
    controls: flag(true),
    'referrer-policy': text('no-referrer', 'no-referrer', 'origin'),
    'ad-unit-id': text(),
    'danmu-list': any([]),
    'danmu-btn': flag(),
    'enable-danmu': flag(),
    autoplay: flag(),
    loop: flag(),
    muted: flag(),
    'initial-time': number(0),
    'page-gesture': flag(),
    direction: any(undefined),
    'show-progress': any(undefined),
    'show-fullscreen-btn': flag(true),
    'show-play-btn': flag(true),
    'show-center-play-btn': flag(true),
    'enable-progress-gesture': flag(true),
    'object-fit': text('contain', 'contain', 'fill', 'cover'),
    poster: text(),
    'show-mute-btn': flag(),
    title: text(),
    'play-btn-position': text('bottom', 'bottom', 'center'),
    'enable-play-gesture': flag(),
    'vslide-gesture': flag(),
    'vslide-gesture-in-fullscreen': flag(true),
    'show-bottom-progress': flag(true),
    'show-casting-button': flag(),
    'picture-in-picture-show-progress': flag(),
    'show-screen-lock-button': flag(),
    'show-snapshot-button': flag(),
    'show-background-playback-button': flag(true),
    'background-poster': text(),
    'is-live': flag(),
  }
  static override events = [...PLAYER_EVENTS, 'adload', 'aderror', 'adclose', 'adplay', 'play', 'pause', 'ended', 'timeupdate', 'error', 'waiting', 'progress', 'loadedmetadata', 'seekcomplete', 'controlstoggle']
  /** It has been played since its source was set. */
  started = false
  /** Bars and gestures are shut off, in full screen. */
  locked = false
  comments = false
  /** An advertisement lies before it, or is being sought. */
  private covered = false
  private readonly flying = document.createElement('div')
  private readonly bars = new Controls(this)
  private lane = 0
  private toldUntil = 0

  constructor() {
    super()
    const { player } = this
    this.flying.className = 'h-danmu'
    this.flying.ariaHidden = 'true'
    for (const type of ['play', 'pause', 'ended', 'waiting']) {
      player.addEventListener(type, () => {
        if (type === 'play') this.begin()
        this.bars.draw()
        if (!this.covered) this.emit(type, {})
      })
    }
    player.addEventListener('timeupdate', () => {
      this.fly()
      this.bars.draw()
      this.emit('timeupdate', { currentTime: player.currentTime, duration: player.duration })
    })
    player.addEventListener('progress', () => {
      const { buffered, duration } = player
      this.emit('progress', { buffered: buffered.length && duration ? (buffered.end(buffered.length - 1) / duration) * 100 : 0 })
    })
    player.addEventListener('seeked', () => {
      this.toldUntil = player.currentTime
      this.emit('seekcomplete', { position: player.currentTime })
    })
    player.addEventListener('error', () => this.emit('error', { errMsg: player.error?.message || 'MEDIA_ERR_SRC_NOT_SUPPORTED' }))
    player.addEventListener('loadedmetadata', () => {
      const start = this.read<number>('initial-time')
      if (start) player.currentTime = start
      this.bars.draw()
      this.emit('loadedmetadata', { width: player.videoWidth, height: player.videoHeight, duration: player.duration })
    })
    player.addEventListener('volumechange', () => this.bars.draw())
    this.listenForGestures()
  }

  /** It plays. Before the first time an advertisement may come, and as long as that lies there nothing plays. */
  private begin(): void {
    const unit = this.started ? '' : this.read<string>('ad-unit-id')
    this.started = true
    if (unit) {
      this.covered = true
      const uncover = (): void => {
        this.covered = false
        if (this.isConnected) this.play()
      }
      part<typeof import('../parts/ads')>('ads')
        .then(({ beforeFilm }) => beforeFilm(this, unit, (event, detail) => this.emit(event, detail)))
        .then(uncover, uncover)
    }
    if (this.covered) this.player.pause()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.flying.parentNode) this.append(this.flying, this.bars.element)
    this.bars.draw()
  }

  scriptContext(): VideoContext {
    return new VideoContext(this)
  }

  override changed(name: string, value: any): void {
    const { player } = this
    if (name === 'src' || name === 'referrer-policy') {
      this.started = false
      this.toldUntil = 0
      const url = referred(resolveUrl(this.read<string>('src'), this.ownerPath), this.read('referrer-policy'))
      if (url) player.src = url
      else {
        player.removeAttribute('src')
        if (this.read('src')) queueMicrotask(() => this.emit('error', { errMsg: 'MEDIA_ERR_SRC_NOT_SUPPORTED' }))
      }
    } else if (name === 'poster') {
      const url = resolveUrl(value, this.ownerPath)
      if (url) player.poster = url
      else player.removeAttribute('poster')
    }
    else if (name === 'autoplay') player.autoplay = value
    else if (name === 'loop') player.loop = value
    else if (name === 'muted') player.muted = value
    else if (name === 'object-fit') player.style.objectFit = value
    else if (name === 'enable-danmu') this.comments = value
    this.bars.draw()
  }

  /** The length the program gives, or the video's own; in seconds. */
  get length(): number {
    return this.read<number>('duration') || (Number.isFinite(this.player.duration) ? this.player.duration : 0)
  }

  toggle(): void {
    if (this.player.paused) this.play()
    else this.player.pause()
  }

  fillAsAsked(direction?: number): void {
    const own = this.read<unknown>('direction')
    this.fill(direction ?? (own === undefined || own === '' ? undefined : Number(own)))
  }

  protected override fullChanged(): void {
    this.locked = false
    this.bars.show(true)
  }

  /** The picture as it is now, kept among the person's pictures. */
  async snapshot(): Promise<void> {
    const surface = document.createElement('canvas')
    surface.width = this.player.videoWidth
    surface.height = this.player.videoHeight
    surface.getContext('2d')?.drawImage(this.player, 0, 0)
    const filePath = await keepDrawing(surface, 'image/png', 1)
    await elementHooks.call('saveImageToPhotosAlbum', { filePath })
  }

  playInBackground(on: boolean): void {
    this.background = on
    const session = navigator.mediaSession
    const art = resolveUrl(this.read<string>('background-poster'), this.ownerPath)
    session.metadata = on ? new MediaMetadata({ title: this.read<string>('title') || document.title, artwork: art ? [{ src: art }] : [] }) : null
    this.bars.draw()
  }

  // ── comments ──

  private fly(): void {
    const now = this.player.currentTime
    const from = this.toldUntil
    this.toldUntil = now
    if (now < from) return
    for (const one of this.read<Comment[]>('danmu-list') ?? []) if (Number(one.time) > from - 0.001 && Number(one.time) <= now) this.flyBy(one)
  }

  flyBy({ text: words, color = '#ffffff' }: Comment): void {
    if (!this.comments) return
    const line = document.createElement('span')
    line.textContent = String(words)
    line.style.color = color
    line.style.top = `${6 + (this.lane++ % LANES) * 22}px`
    line.onanimationend = () => line.remove()
    this.flying.append(line)
  }

  // ── gestures ──

  private listenForGestures(): void {
    let from: { x: number; y: number; time: number; volume: number; light: number; kind: '' | 'seek' | 'slide' } | null = null
    let light = 1
    let lastTap = -DOUBLE_TAP_MS
    this.addEventListener('pointerdown', (event) => {
      if ((event.target as Element).closest('button, input') || this.locked) return
      from = { x: event.clientX, y: event.clientY, time: this.player.currentTime, volume: this.player.volume, light, kind: '' }
      this.setPointerCapture(event.pointerId)
    })
    this.addEventListener('pointermove', (event) => {
      if (!from) return
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
      const slides = this.read<boolean>(this.full ? 'vslide-gesture-in-fullscreen' : 'vslide-gesture') || (!this.full && this.read<boolean>('page-gesture'))
      if (!from.kind && Math.hypot(dx, dy) > TAP_PX) {
        if (Math.abs(dx) > Math.abs(dy)) from.kind = this.read('enable-progress-gesture') && !this.read('is-live') && this.length ? 'seek' : ''
        else from.kind = slides ? 'slide' : ''
      }
      const box = this.getBoundingClientRect()
      if (from.kind === 'seek') {
        this.bars.hint(Controls.time(this.seekTo(from.time + (dx / box.width) * this.length)))
      } else if (from.kind === 'slide') {
        const by = -dy / box.height
        if (from.x - box.left < box.width / 2) {
          light = Math.min(1, Math.max(0.1, from.light + by))
          this.player.style.filter = light < 1 ? `brightness(${light.toFixed(2)})` : ''
          this.bars.hint(`☀ ${Math.round(light * 100)}%`)
        } else {
          this.player.volume = Math.min(1, Math.max(0, from.volume + by))
          this.bars.hint(`♪ ${Math.round(this.player.volume * 100)}%`)
        }
      }
    })
    const end = (event: PointerEvent): void => {
      if (!from) return
      const { kind, x, y, time } = from
      from = null
      this.bars.hint('')
      if (kind === 'seek') this.player.currentTime = this.seekTo(time + ((event.clientX - x) / this.getBoundingClientRect().width) * this.length)
      if (kind || event.type === 'pointercancel' || Math.hypot(event.clientX - x, event.clientY - y) > TAP_PX) return
      if (event.timeStamp - lastTap < DOUBLE_TAP_MS && this.read('enable-play-gesture')) this.toggle()
      else this.bars.show(!this.bars.shown)
      lastTap = event.timeStamp
    }
    this.addEventListener('pointerup', end)
    this.addEventListener('pointercancel', end)
  }

  private seekTo(seconds: number): number {
    return Math.min(this.length, Math.max(0, seconds))
  }

  /** The bars came or went. */
  controlsToggled(show: boolean): void {
    this.emit('controlstoggle', { show })
  }

  statusBar(show: boolean): void {
    this.classList.toggle('h-status-shown', show)
  }

  get chinese(): boolean {
    return program().boot.language.startsWith('zh')
  }
}

/** The published VideoContext. */
export class VideoContext {
  constructor(private readonly video: Video) {}

  play(): void {
    this.video.play()
  }

  pause(): void {
    this.video.player.pause()
  }

  stop(): void {
    const { player } = this.video
    player.pause()
    player.currentTime = 0
  }

  seek(position: number): void {
    this.video.player.currentTime = position
  }

  sendDanmu(comment: { text: string; color?: string }): void {
    this.video.flyBy(comment)
  }

  playbackRate(rate: number): void {
    this.video.player.playbackRate = rate
  }

  requestFullScreen(options: { direction?: number } = {}): void {
    this.video.fillAsAsked(options.direction)
  }

  exitFullScreen(): void {
    this.video.leaveFull()
  }

  /** The line with the time above a video that fills the screen. */
  showStatusBar(): void {
    this.video.statusBar(true)
  }

  hideStatusBar(): void {
    this.video.statusBar(false)
  }

  requestBackgroundPlayback(): void {
    this.video.playInBackground(true)
  }

  exitBackgroundPlayback(): void {
    this.video.playInBackground(false)
  }

  exitPictureInPicture(options: { success?: (result: object) => void; complete?: (result: object) => void } = {}): void {
    this.video.leaveSmall()
    const result = { errMsg: 'exitPictureInPicture:ok' }
    options.success?.(result)
    options.complete?.(result)
  }

  startCasting(): void {
    this.video.cast()
  }

  /** The browser's own sheet also leaves a screen or takes another. */
  exitCasting(): void {
    this.video.cast()
  }

  reconnectCasting(): void {
    this.video.cast()
  }

  switchCasting(): void {
    this.video.cast()
  }
}

defineElement('video', Video)
