/** A page within the page: it slides in, and going back closes it rather than the page. */

import { BuiltIn, defineElement, flag, number, stillness, text } from './element'
import { follow } from './drag'
import { flyBetween } from './share-element'
import { resolveStyle } from '../engine/program'
import { beforeBack } from '../engine/router'
import { trustedHtml } from '../engine/trusted'

/** Slid down this far, it closes. */
const CLOSE_PX = 80

/** Where the content comes from, by its place. */
const FROM: Record<string, string> = { bottom: 'translateY(100%)', top: 'translateY(-100%)', right: 'translateX(100%)', center: 'scale(.8)' }

const STYLE = `
:host { position: fixed; inset: 0; display: none; }
:host(.h-on) { display: block; }
.o { position: absolute; inset: 0; background: rgba(0, 0, 0, .5); }
.b { position: absolute; background: var(--page-ground, #fff); left: 0; right: 0; bottom: 0; overflow: auto; max-height: 100%; }
:host([position=top]) .b { bottom: auto; top: 0; }
:host([position=right]) .b { top: 0; }
:host([position=center]) .b { inset: 0; margin: auto; height: fit-content; }
:host([round]) .b { border-radius: 16px 16px 0 0; }
:host([round][position=top]) .b { border-radius: 0 0 16px 16px; }
:host([round][position=right]) .b { border-radius: 16px 0 0 16px; }
:host([round][position=center]) .b { border-radius: 16px; }
`

class PageContainer extends BuiltIn {
  static override attributes = { show: flag(), duration: number(300), 'z-index': number(100), overlay: flag(true), position: text('bottom', 'top', 'bottom', 'right', 'center'), round: flag(), 'close-on-slide-down': flag(), 'overlay-style': text(), 'custom-style': text() }
  static override events = ['beforeenter', 'enter', 'afterenter', 'beforeleave', 'leave', 'afterleave', 'clickoverlay']
  private readonly overlay: HTMLElement
  private readonly body: HTMLElement
  private open = false
  private moving: Animation | undefined
  /** Only on the page that is seen. */
  private readonly back = (): boolean => this.open && this.getClientRects().length > 0 && this.close()

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.innerHTML = trustedHtml(`<style>${STYLE}</style><div class="o"></div><div class="b"><slot></slot></div>`)
    this.overlay = shadow.querySelector('.o')!
    this.body = shadow.querySelector('.b')!
    this.overlay.onclick = () => {
      this.emit('clickoverlay', {})
      this.close()
    }
    let from = 0
    follow(this.body, {
      begin: ({ y }) => {
        from = y
        return this.read<boolean>('close-on-slide-down') && this.body.scrollTop <= 0
      },
      move: ({ y }) => {
        const by = Math.max(0, y - from)
        this.body.style.transform = by ? `translateY(${by}px)` : ''
        this.slid = by
        return by > 0
      },
      end: () => {
        const by = this.slid
        this.slid = 0
        this.body.style.transform = ''
        if (by > CLOSE_PX) this.close()
      },
    })
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.open) this.close()
    })
  }

  private slid = 0

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = 'dialog'
    beforeBack.add(this.back)
  }

  disconnectedCallback(): void {
    beforeBack.delete(this.back)
  }

  override changed(name: string, value: any): void {
    if (name === 'show') queueMicrotask(() => (value ? this.enter() : this.leave()))
    else if (name === 'z-index') this.style.zIndex = String(value)
    else if (name === 'overlay') this.overlay.style.display = value ? '' : 'none'
    else if (name === 'overlay-style') {
      this.overlay.style.cssText = resolveStyle(String(value), this.ownerPath)
      this.overlay.style.display = this.read('overlay') ? '' : 'none'
    } else if (name === 'custom-style') this.body.style.cssText = resolveStyle(String(value), this.ownerPath)
  }

  /** By the person rather than by the program, which is told by the events and its bound data. */
  private close(): boolean {
    this.leave()
    this.writeBack('show', false)
    return true
  }

  private enter(): void {
    if (this.open) return
    this.open = true
    if (!this.style.zIndex) this.style.zIndex = String(this.read('z-index'))
    this.emit('beforeenter', {})
    this.classList.add('h-on')
    this.emit('enter', {})
    flyBetween(this, 'push')
    this.run('normal', () => this.emit('afterenter', {}))
  }

  private leave(): void {
    if (!this.open) return
    this.open = false
    this.emit('beforeleave', {})
    this.emit('leave', {})
    flyBetween(this, 'pop')
    this.run('reverse', () => {
      this.classList.remove('h-on')
      this.emit('afterleave', {})
    })
  }

  private run(direction: PlaybackDirection, done: () => void): void {
    this.moving?.cancel()
    const options = { duration: stillness() ? 0 : Math.max(0, this.read<number>('duration')), easing: 'ease-out', direction, fill: 'both' as const }
    this.overlay.animate([{ opacity: 0 }, { opacity: 1 }], options)
    const moving = (this.moving = this.body.animate([{ transform: FROM[this.read<string>('position')] ?? FROM.bottom!, opacity: this.read('position') === 'center' ? 0 : 1 }, { transform: 'none', opacity: 1 }], options))
    moving.onfinish = () => {
      moving.cancel()
      for (const one of this.overlay.getAnimations()) one.cancel()
      done()
    }
  }
}

defineElement('page-container', PageContainer)
