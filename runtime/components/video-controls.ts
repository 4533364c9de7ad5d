/** The bars over a video: what is shown of them, and what their buttons do. */

import type { Video } from './video'

const HIDE_MS = 4000
/** Where a program does not say, a narrow video has no room for its progress. */
const NARROW_PX = 240

const SHAPES = {
  play: 'M7 4v16l13-8z',
  pause: 'M6 4h4v16H6zm8 0h4v16h-4z',
  whole: 'M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z',
  part: 'M8 4h2v6H4V8h4zm6 0h2v4h4v2h-6zM4 14h6v6H8v-4H4zm10 0h6v2h-4v4h-2z',
  loud: 'M4 9v6h4l5 5V4L8 9zm11.5-1.5v9a5 5 0 0 0 0-9z',
  mute: 'M4 9v6h4l5 5V4L8 9zm11.6.4L17 8l2 2 2-2 1.4 1.4-2 2 2 2L21 14.8l-2-2-2 2-1.4-1.4 2-2z',
  cast: 'M3 17v3h3a3 3 0 0 0-3-3m0-4v2a5 5 0 0 1 5 5h2a7 7 0 0 0-7-7M21 4H3v5h2V6h14v12h-6v2h8z',
  camera: 'M9 4 7.5 6H3v14h18V6h-4.5L15 4zm3 5a4 4 0 1 1 0 8 4 4 0 0 1 0-8',
  lock: 'M12 2a5 5 0 0 0-5 5v3H5v12h14V10h-2V7a5 5 0 0 0-5-5m-3 8V7a3 3 0 0 1 6 0v3z',
  open: 'M12 2a5 5 0 0 0-5 5h2a3 3 0 0 1 6 0v3H5v12h14V10h-2V7a5 5 0 0 0-5-5',
  sound: 'M12 3a9 9 0 0 0-9 9v8h5v-8H5a7 7 0 0 1 14 0h-3v8h5v-8a9 9 0 0 0-9-9',
} as const

type Shape = keyof typeof SHAPES

const SVG = 'http://www.w3.org/2000/svg'

function part(className: string, ...inner: Node[]): HTMLElement {
  const made = document.createElement('div')
  made.className = className
  made.append(...inner)
  return made
}

interface Button {
  element: HTMLButtonElement
  draw: (shape: Shape | string, label: string, pressed?: boolean) => void
}

function button(className: string, pressed: () => void): Button {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = className
  element.onclick = pressed
  let drawn = ''
  return {
    element,
    draw(shape, label, on) {
      element.ariaLabel = label
      element.ariaPressed = on === undefined ? null : String(on)
      if (drawn === shape) return
      drawn = shape
      if (!(shape in SHAPES)) {
        element.textContent = shape
        return
      }
      const svg = document.createElementNS(SVG, 'svg')
      svg.setAttribute('viewBox', '0 0 24 24')
      svg.setAttribute('aria-hidden', 'true')
      const path = document.createElementNS(SVG, 'path')
      path.setAttribute('d', SHAPES[shape as Shape])
      svg.append(path)
      element.replaceChildren(svg)
    },
  }
}

export class Controls {
  readonly element: HTMLElement
  shown = true
  private hiding: ReturnType<typeof setTimeout> | undefined
  private readonly title = part('h-video-title')
  private readonly status = part('h-video-status')
  private readonly now = part('h-video-time')
  private readonly whole = part('h-video-time')
  private readonly track = document.createElement('input')
  private readonly thin = part('h-video-thin', document.createElement('i'))
  private readonly bubble = part('h-video-hint')
  private readonly top: HTMLElement
  private readonly bottom: HTMLElement
  private readonly center = button('h-video-center', () => this.video.toggle())
  private readonly play = button('h-video-play', () => this.video.toggle())
  private readonly full = button('h-video-full', () => (this.video.full ? this.video.leaveFull() : this.video.fillAsAsked()))
  private readonly mute = button('h-video-mute', () => (this.video.player.muted = !this.video.player.muted))
  private readonly comments = button('h-video-danmu', () => {
    this.video.comments = !this.video.comments
    this.draw()
  })
  private readonly cast = button('h-video-cast', () => this.video.cast())
  private readonly shot = button('h-video-shot', () => void this.video.snapshot().catch(() => {}))
  private readonly background = button('h-video-background', () => this.video.playInBackground(!this.video.background))
  private readonly lock = button('h-video-lock', () => {
    this.video.locked = !this.video.locked
    this.draw()
  })

  constructor(private readonly video: Video) {
    this.track.type = 'range'
    this.track.step = '0.1'
    this.track.className = 'h-video-track'
    this.track.addEventListener('change', () => (video.player.currentTime = Number(this.track.value)))
    this.top = part('h-video-top', this.title, this.cast.element, this.shot.element, this.background.element)
    this.bottom = part('h-video-bottom', this.play.element, this.now, this.track, this.whole, this.comments.element, this.mute.element, this.full.element)
    this.element = part('h-video-bars', this.status, this.top, this.center.element, this.lock.element, this.bubble, this.bottom, this.thin)
    this.element.addEventListener('focusin', () => this.show(true))
  }

  /** Seconds as a clock shows them. */
  static time(seconds: number): string {
    const whole = Math.floor(seconds || 0)
    const two = (n: number): string => String(n).padStart(2, '0')
    const hours = Math.floor(whole / 3600)
    return `${hours ? `${hours}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  }

  show(on: boolean): void {
    clearTimeout(this.hiding)
    const changed = on !== this.shown
    this.shown = on
    if (on) this.hiding = setTimeout(() => !this.video.player.paused && this.show(false), HIDE_MS)
    this.draw()
    if (changed && this.video.read('controls')) this.video.controlsToggled(on)
  }

  hint(words: string): void {
    this.bubble.textContent = words
    this.bubble.hidden = !words
  }

  draw(): void {
    const { video } = this
    const { player, chinese } = video
    const say = (zh: string, en: string): string => (chinese ? zh : en)
    const on = video.read<boolean>('controls')
    const bars = on && this.shown && !video.locked
    const live = video.read<boolean>('is-live')
    const inCenter = video.read('play-btn-position') === 'center'
    const wanted = video.read<unknown>('show-progress')
    const progress = !live && (wanted === undefined ? !(video.clientWidth && video.clientWidth <= NARROW_PX) : Boolean(wanted) && wanted !== '')

    this.top.hidden = !bars
    this.bottom.hidden = !bars
    this.title.hidden = !video.full
    this.title.textContent = video.read('title')
    this.cast.element.hidden = !video.read('show-casting-button')
    this.shot.element.hidden = !(video.full && video.read('show-snapshot-button'))
    this.background.element.hidden = !(video.full && video.read('show-background-playback-button'))
    this.lock.element.hidden = !(video.full && on && video.read('show-screen-lock-button'))
    this.center.element.hidden = !on || video.locked || (inCenter ? !(this.shown && video.read('show-play-btn')) : video.started || !video.read('show-center-play-btn'))
    this.play.element.hidden = inCenter || !video.read('show-play-btn')
    this.full.element.hidden = !video.read('show-fullscreen-btn')
    this.mute.element.hidden = !video.read('show-mute-btn')
    this.comments.element.hidden = !video.read('danmu-btn')
    this.now.hidden = this.track.hidden = this.whole.hidden = !progress
    this.thin.hidden = !(video.started && progress && video.read('show-bottom-progress') && !(bars && on))
    if (!this.bubble.textContent) this.bubble.hidden = true

    this.track.max = String(video.length || 1)
    if (document.activeElement !== this.track || player.paused) this.track.value = String(player.currentTime)
    this.track.ariaLabel = say('进度', 'Progress')
    this.track.ariaValueText = Controls.time(player.currentTime)
    this.now.textContent = Controls.time(player.currentTime)
    this.whole.textContent = Controls.time(video.length)
    ;(this.thin.firstElementChild as HTMLElement).style.width = `${(player.currentTime / (video.length || 1)) * 100}%`
    this.status.textContent = new Date().toTimeString().slice(0, 5)

    const playing = !player.paused
    for (const one of [this.center, this.play]) one.draw(playing ? 'pause' : 'play', playing ? say('暂停', 'Pause') : say('播放', 'Play'))
    this.full.draw(video.full ? 'part' : 'whole', video.full ? say('退出全屏', 'Leave full screen') : say('全屏', 'Full screen'))
    this.mute.draw(player.muted ? 'mute' : 'loud', say('静音', 'Mute'), player.muted)
    this.comments.draw('弹', say('弹幕', 'Comments'), video.comments)
    this.cast.draw('cast', say('投屏', 'Cast'))
    this.shot.draw('camera', say('截屏', 'Snapshot'))
    this.background.draw('sound', say('后台播放', 'Play in background'), video.background)
    this.lock.draw(video.locked ? 'lock' : 'open', say('锁定', 'Lock'), video.locked)
  }
}
