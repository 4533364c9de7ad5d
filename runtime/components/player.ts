/**
 * What video and live player share: a player that can fill the frame, shrink into a small window while the
 * person goes on, be sent to another screen, and rests when its page or its program is left.
 */

import { program } from '../engine/program'
import { type Attribute, any, BuiltIn, flag, text } from './element'

export const PLAYER: Record<string, Attribute> = {
  src: text(),
  'auto-pause-if-navigate': flag(true),
  'auto-pause-if-open-native': flag(true),
  'picture-in-picture-mode': any(''),
  'picture-in-picture-init-position': text(),
  'enable-auto-rotation': flag(),
}
export const PLAYER_EVENTS = ['fullscreenchange', 'enterpictureinpicture', 'leavepictureinpicture', 'castinguserselect', 'castingstatechange', 'castinginterrupt']

/** Of the browser, where it can send a player to another screen. */
interface Remote extends EventTarget {
  state: 'connecting' | 'connected' | 'disconnected'
  prompt: () => Promise<void>
}

export abstract class Player extends BuiltIn {
  readonly player = document.createElement('video')
  full = false
  /** Sound goes on while the program is away. */
  background = false
  private small: HTMLElement | null = null
  private away: (() => void) | null = null

  constructor() {
    super()
    this.player.playsInline = true
    // So that its picture can be kept and its sound measured.
    this.player.crossOrigin = 'anonymous'
    this.player.disablePictureInPicture = true
    const { remote } = this
    remote?.addEventListener('connecting', () => this.emit('castinguserselect', {}))
    remote?.addEventListener('connect', () => this.emit('castingstatechange', { type: 'success' }))
    remote?.addEventListener('disconnect', () => this.emit('castinginterrupt', {}))
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.full) this.leaveFull()
    })
  }

  private get remote(): Remote | undefined {
    return (this.player as { remote?: Remote }).remote
  }

  connectedCallback(): void {
    if (!this.player.parentNode) this.prepend(this.player)
    if (this.away) return
    const layer = this.closest<HTMLElement>('.h-page-layer')
    const pageShown = new MutationObserver(() => (layer?.hidden ? this.pageLeft('push') : this.leaveSmall()))
    if (layer) pageShown.observe(layer, { attributeFilter: ['hidden'] })
    const stopHearing = program().host.on('hide', () => this.programLeft())
    const stopHearingShow = program().host.on('show', () => this.programBack())
    const turned = (): void => {
      if (!this.read('enable-auto-rotation') || layer?.hidden) return
      const wide = window.innerWidth > window.innerHeight
      if (wide && !this.full && !this.player.paused) this.fill(0)
      else if (!wide && this.full) this.leaveFull()
    }
    window.addEventListener('resize', turned)
    this.away = () => {
      pageShown.disconnect()
      stopHearing()
      stopHearingShow()
      window.removeEventListener('resize', turned)
    }
  }

  disconnectedCallback(): void {
    this.away?.()
    this.away = null
    this.pageLeft('pop')
    if (!this.small) this.player.pause()
  }

  protected programLeft(): void {
    if (!this.background && this.read('auto-pause-if-open-native')) this.player.pause()
  }

  protected programBack(): void {}

  private pageLeft(how: 'push' | 'pop'): void {
    const modes = this.read<string | string[]>('picture-in-picture-mode')
    if ((Array.isArray(modes) ? modes : [modes]).includes(how) && !this.player.paused) this.enterSmall()
    else if (this.read('auto-pause-if-navigate')) this.player.pause()
  }

  // ── the whole frame ──

  /** Turned by so many degrees; undefined to go by the picture's shape. */
  fill(direction?: number): void {
    if (this.full) return
    this.full = true
    const lying = this.player.videoWidth > this.player.videoHeight && window.innerHeight > window.innerWidth
    const turn = direction ?? (lying ? 90 : 0)
    this.dataset.turn = String(turn)
    this.classList.add('h-whole')
    // Above every page and bar, whatever holds the element.
    this.popover = 'manual'
    this.showPopover()
    program().host.call('setFullScreen', { on: true, direction: turn }).catch(() => {})
    this.fullChanged()
    this.emit('fullscreenchange', { fullScreen: true, direction: turn ? 'horizontal' : 'vertical' })
  }

  leaveFull(): void {
    if (!this.full) return
    this.full = false
    this.classList.remove('h-whole')
    if (this.isConnected) this.hidePopover()
    this.popover = null
    program().host.call('setFullScreen', { on: false, direction: 0 }).catch(() => {})
    this.fullChanged()
    this.emit('fullscreenchange', { fullScreen: false, direction: 'vertical' })
  }

  protected fullChanged(): void {}

  // ── a small window over other pages ──

  private enterSmall(): void {
    if (this.small) return
    const [, side = 'right', top = '12'] = /\(?\s*(left|right)\s*,\s*([\d.]+)/.exec(this.read<string>('picture-in-picture-init-position')) ?? []
    const window = document.createElement('div')
    window.className = 'h-small'
    window.style.cssText = `${side}:12px;top:${top}%`
    const close = document.createElement('button')
    close.type = 'button'
    close.ariaLabel = program().boot.language.startsWith('zh') ? '关闭小窗' : 'Close'
    close.onclick = () => {
      this.player.pause()
      this.leaveSmall()
    }
    window.append(this.player, close)
    if (this.read('picture-in-picture-show-progress')) {
      const line = document.createElement('i')
      window.append(line)
      this.player.ontimeupdate = () => (line.style.width = `${(this.player.currentTime / (this.player.duration || 1)) * 100}%`)
    }
    document.body.append(window)
    this.small = window
    this.emit('enterpictureinpicture', {})
  }

  leaveSmall(): void {
    if (!this.small) return
    this.prepend(this.player)
    this.player.ontimeupdate = null
    this.small.remove()
    this.small = null
    this.emit('leavepictureinpicture', {})
  }

  // ── another screen ──

  /** The browser lets the person choose a screen. */
  cast(): void {
    const prompt = this.remote?.prompt() ?? Promise.reject(new Error('no screen to send to'))
    prompt.catch((error: Error) => this.emit('castinginterrupt', { errMsg: error.message }))
  }

  play(): void {
    void this.player.play().catch((error: Error) => {
      // A player that was told to stop meanwhile is no failure.
      if (error.name !== 'AbortError') this.emit('error', { errMsg: error.message })
    })
  }
}
