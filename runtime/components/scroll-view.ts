/** The scroll view: where it is and goes, its ends, its pull to refresh, and what script may do with it. */

import { any, BuiltIn, defineElement, flag, number, stillness, text } from './element'
import { follow, Speed } from './drag'
import { toPixels } from '../engine/units'
import { trustedHtml } from '../engine/trusted'

const THRESHOLD_PX = 45
/** A finger pulls the refresher half as far as it goes, so that it feels held. */
const RESISTANCE = 2
/** How long what was thrown goes on by itself, if it is to stop soon. */
const FAST_MS = 200

/** The published states of the refresher. */
const enum Status {
  Idle,
  CanRefresh,
  Refreshing,
  Completed,
  Failed,
  CanTwoLevel,
  TwoLevelOpening,
  TwoLeveling,
  TwoLevelClosing,
}

const STYLE = `
:host { display: block; width: 100%; overflow: hidden; }
.s { position: relative; width: 100%; height: 100%; max-height: inherit; overflow: hidden; overscroll-behavior: contain; overflow-anchor: none; -webkit-overflow-scrolling: touch; }
:host([scroll-x]) .s { overflow-x: auto; }
:host([scroll-y]) .s { overflow-y: auto; }
:host([enhanced].h-stiff) .s { overscroll-behavior: none; }
:host([scroll-anchoring]) .s { overflow-anchor: auto; }
:host(.h-bare) .s { scrollbar-width: none; }
:host(.h-still) .s, :host(.h-held) .s { overflow: hidden; }
:host([enhanced][paging-enabled][scroll-y]) .s { scroll-snap-type: y mandatory; }
:host([enhanced][paging-enabled][scroll-x]) .s { scroll-snap-type: x mandatory; }
.c { width: 100%; height: 100%; box-sizing: border-box; }
:host([using-sticky]) .c, :host([type=custom]) .c { height: auto; min-height: 100%; }
:host([enable-flex]) .s, :host([enable-flex]) .c { flex-direction: inherit; flex-wrap: inherit; justify-content: inherit; align-items: inherit; align-content: inherit; gap: inherit; }
.p { position: absolute; width: 1px; height: 1px; scroll-snap-align: start; scroll-snap-stop: always; visibility: hidden; }
.r { position: relative; overflow: hidden; height: 0; display: flex; align-items: flex-end; justify-content: center; transition: height .2s; }
.r.drag { transition: none; }
.r i { width: 8px; height: 8px; margin: 0 4px 18px; border-radius: 50%; background: currentColor; opacity: .3; }
.r.busy i { animation: blink .6s infinite alternate; }
.r.busy i:nth-child(2) { animation-delay: .2s; }
.r.busy i:nth-child(3) { animation-delay: .4s; }
:host([refresher-default-style=none]) .r i { display: none; }
:host([refresher-default-style=none]) .r slot { display: block; width: 100%; }
@keyframes blink { to { opacity: .8; } }
@media (prefers-reduced-motion: reduce) { .r { transition: none; } .r.busy i { animation: none; opacity: .8; } }
`

/** Top, right, bottom and left, as the published elements take them. */
export function sides(given: unknown): string {
  return Array.isArray(given) ? [0, 1, 2, 3].map((side) => `${toPixels(given[side])}px`).join(' ') : ''
}

interface IntoView {
  offset?: number
  alignment?: string
  withinExtent?: boolean
  animated?: boolean
}

export class ScrollView extends BuiltIn {
  static override attributes = {
    'scroll-x': flag(),
    'scroll-y': flag(),
    'upper-threshold': any(50),
    'lower-threshold': any(50),
    'scroll-top': any(),
    'scroll-left': any(),
    'scroll-into-view': text(),
    'scroll-into-view-offset': number(0),
    'scroll-into-view-alignment': text('start', 'start', 'center', 'end', 'nearest'),
    'scroll-into-view-within-extent': flag(),
    'scroll-with-animation': flag(),
    'enable-back-to-top': any(),
    'enable-flex': flag(),
    'enable-passive': any(false),
    'scroll-anchoring': flag(),
    'using-sticky': flag(),
    enhanced: flag(),
    bounces: flag(true),
    'show-scrollbar': flag(true),
    'paging-enabled': flag(),
    'fast-deceleration': flag(),
    'refresher-enabled': flag(),
    'refresher-threshold': number(THRESHOLD_PX),
    'refresher-default-style': text('black', 'black', 'white', 'none'),
    'refresher-background': text(),
    'refresher-triggered': flag(),
    'refresher-two-level-enabled': flag(),
    'refresher-two-level-threshold': number(150),
    padding: any([0, 0, 0, 0]),
    type: text('list', 'list', 'custom', 'nested'),
    'associative-container': text('', 'draggable-sheet', 'nested-scroll-view', 'pop-gesture'),
  }
  static override events = ['scroll', 'scrolltoupper', 'scrolltolower', 'scrollstart', 'scrollend', 'refresherpulling', 'refresherrefresh', 'refresherrestore', 'refresherabort', 'refresherwillrefresh', 'refresherstatuschange', 'dragstart', 'dragging', 'dragend']
  /** The part that scrolls; the element itself is the window onto it. */
  readonly scroller: HTMLElement
  private readonly content: HTMLElement
  private readonly refresher: HTMLElement
  private last = { top: 0, left: 0 }
  private readonly near = { top: true, left: true, bottom: false, right: false }
  private moving = false
  private pulled = 0
  private status = Status.Idle
  private dragging = false
  private readonly speed = new Speed()
  /** What script has set beside the attributes. */
  private readonly set = { scrollEnabled: true, decelerationDisabled: false }

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.innerHTML = trustedHtml(`<style>${STYLE}</style><div class="s"><div class="r"><i></i><i></i><i></i><slot name="refresher"></slot></div><div class="c"><slot></slot></div></div>`)
    this.scroller = shadow.querySelector('.s')!
    this.content = shadow.querySelector('.c')!
    this.refresher = shadow.querySelector('.r')!
    this.scroller.addEventListener('scroll', () => this.scrolled(), { passive: true })
    this.scroller.addEventListener('scrollend', () => this.ended())
    this.content.firstElementChild!.addEventListener('slotchange', () => this.arrange())
    this.addEventListener('touchmove', () => this.dragged(), { passive: true })
    for (const type of ['touchend', 'touchcancel']) this.addEventListener(type, () => this.released())
    this.listenForPull()
  }

  connectedCallback(): void {
    // A program hides scroll bars by a rule for all of them, which does not reach into this one.
    const bar = getComputedStyle(this, '::-webkit-scrollbar')
    if (bar.display === 'none' || bar.width === '0px' || bar.height === '0px') this.classList.add('h-bare')
    this.arrange()
  }

  scrollPart(): HTMLElement {
    return this.scroller
  }

  override get scrollTop(): number {
    return this.scroller.scrollTop
  }

  override set scrollTop(top: number) {
    this.scroller.scrollTop = top
  }

  override get scrollLeft(): number {
    return this.scroller.scrollLeft
  }

  override set scrollLeft(left: number) {
    this.scroller.scrollLeft = left
  }

  override scrollTo(...where: any[]): void {
    ;(this.scroller.scrollTo as (...args: unknown[]) => void)(...where)
  }

  /** The published ScrollViewContext. */
  scriptNode(): object {
    const { set } = this
    const attribute = (name: string): PropertyDescriptor => ({
      enumerable: true,
      get: () => this.read<boolean>(name),
      set: (value: unknown) => this.__wxElement?.setAttribute(name, Boolean(value)),
    })
    const own = (name: keyof typeof set, applied: (on: boolean) => void): PropertyDescriptor => ({
      enumerable: true,
      get: () => set[name],
      set: (value: unknown) => applied((set[name] = Boolean(value))),
    })
    return Object.defineProperties(
      {
        scrollTo: ({ top, left, animated = true, duration }: { top?: number; left?: number; animated?: boolean; duration?: number } = {}) => this.go(left === undefined ? undefined : toPixels(left), top === undefined ? undefined : toPixels(top), animated !== false, duration),
        scrollIntoView: (selector: string, options: IntoView = {}) => this.show(this.find(selector), { animated: true, ...options }),
        triggerRefresh: () => this.refresh(),
        closeRefresh: () => this.restore(),
        triggerTwoLevel: () => this.openTwoLevel(),
        closeTwoLevel: () => this.closeTwoLevel(),
      },
      {
        bounces: attribute('bounces'),
        showScrollbar: attribute('show-scrollbar'),
        pagingEnabled: attribute('paging-enabled'),
        fastDeceleration: attribute('fast-deceleration'),
        scrollEnabled: own('scrollEnabled', (on) => this.classList.toggle('h-still', !on)),
        decelerationDisabled: own('decelerationDisabled', () => {}),
      },
    )
  }

  override changed(name: string, value: any): void {
    const animated = this.read<boolean>('scroll-with-animation')
    if (name === 'scroll-top' && value !== undefined && value !== '') this.later(() => this.go(undefined, toPixels(value), animated))
    else if (name === 'scroll-left' && value !== undefined && value !== '') this.later(() => this.go(toPixels(value), undefined, animated))
    else if (name === 'scroll-into-view' && value) {
      this.later(() => {
        const options = { offset: this.read<number>('scroll-into-view-offset'), alignment: this.read<string>('scroll-into-view-alignment'), withinExtent: this.read<boolean>('scroll-into-view-within-extent'), animated }
        this.show(this.querySelector(`#${CSS.escape(String(value))}`), options)
      })
    } else if (name === 'refresher-triggered') this.later(() => (value ? this.refresh() : this.restore()))
    else if (name === 'padding') this.content.style.padding = sides(value)
    else if (name === 'refresher-background') this.refresher.style.background = value
    else if (name === 'refresher-default-style') this.refresher.style.color = value === 'white' ? '#fff' : value === 'black' ? '#000' : ''
    else if (name === 'enhanced' || name === 'bounces' || name === 'show-scrollbar' || name === 'paging-enabled' || name === 'enable-flex') this.redrawSoon()
  }

  /** These speak only when the view is enhanced. */
  protected override redraw(): void {
    const enhanced = this.read<boolean>('enhanced')
    this.classList.toggle('h-stiff', !this.read('bounces'))
    this.classList.toggle('h-bare', enhanced && !this.read('show-scrollbar'))
    this.arrange()
  }

  /** After what the same update draws is there. */
  private later(run: () => void): void {
    queueMicrotask(() => (this.isConnected ? run() : requestAnimationFrame(run)))
  }

  private find(selector: string): Element | null {
    const found = this.__wxElement?.ownerShadowRoot?.querySelectorAll(selector) ?? []
    const inside = found.map((node) => node.getBackendElement() as unknown as Element | null).find((dom) => dom && this.contains(dom))
    return inside ?? null
  }

  /** Go there: at once, as the browser glides, or within a time of our own. */
  go(left: number | undefined, top: number | undefined, animated: boolean, duration?: number): void {
    const part = this.scroller
    if (!animated || stillness() || duration === 0) part.scrollTo({ left, top, behavior: 'instant' })
    else if (!duration) part.scrollTo({ left, top, behavior: 'smooth' })
    else {
      const from = { left: part.scrollLeft, top: part.scrollTop }
      const started = performance.now()
      const step = (now: number): void => {
        const t = Math.min(1, Math.max(0, (now - started) / duration))
        const eased = 1 - (1 - t) ** 3
        part.scrollTo({ left: from.left + ((left ?? from.left) - from.left) * eased, top: from.top + ((top ?? from.top) - from.top) * eased, behavior: 'instant' })
        if (t < 1) requestAnimationFrame(step)
      }
      requestAnimationFrame(step)
    }
  }

  /** Bring an element into view: where it begins, ends, in the middle, or as near as it is. */
  private show(target: Element | null, { offset = 0, alignment = 'start', withinExtent = false, animated = false }: IntoView): void {
    if (!target) return
    const box = target.getBoundingClientRect()
    const own = this.scroller.getBoundingClientRect()
    const place = (start: number, end: number, from: number, to: number, at: number): number | undefined => {
      const [before, after] = [start - from, end - to]
      if (withinExtent && before >= 0 && after <= 0) return undefined
      const nearest = before < 0 || Math.abs(before) < Math.abs(after) ? 'start' : 'end'
      if (alignment === 'nearest' && before >= 0 && after <= 0) return undefined
      const side = alignment === 'nearest' ? nearest : alignment
      return at + offset + (side === 'center' ? (before + after) / 2 : side === 'end' ? after : before)
    }
    const left = this.read<boolean>('scroll-x') ? place(box.left, box.right, own.left, own.right, this.scroller.scrollLeft) : undefined
    const top = this.read<boolean>('scroll-y') ? place(box.top, box.bottom, own.top, own.bottom, this.scroller.scrollTop) : undefined
    if (left !== undefined || top !== undefined) this.go(left, top, animated)
  }

  /** Children named for the refresher go there; its layout is the content's, if asked; pages to stop at are marked. */
  private arrange(): void {
    for (const child of this.children) {
      const slot = (child as BuiltIn).__wxElement?.slot ?? ''
      if (child.slot !== slot) child.slot = slot
    }
    const { display } = getComputedStyle(this)
    this.content.style.display = this.read('enable-flex') && (display.endsWith('flex') || display === 'none') ? 'flex' : ''
    const part = this.scroller
    for (const mark of part.querySelectorAll('.p')) mark.remove()
    if (!this.read('enhanced') || !this.read('paging-enabled')) return
    const vertical = this.read<boolean>('scroll-y')
    const page = vertical ? part.clientHeight : part.clientWidth
    const whole = vertical ? part.scrollHeight : part.scrollWidth
    if (!page) return void requestAnimationFrame(() => part.clientHeight && this.arrange())
    for (let at = 0; at < whole; at += page) {
      const mark = document.createElement('div')
      mark.className = 'p'
      mark.style.cssText = vertical ? `top:${at}px` : `left:${at}px`
      part.append(mark)
    }
  }

  private scrolled(): void {
    const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = this.scroller
    const deltaY = this.last.top - scrollTop
    const deltaX = this.last.left - scrollLeft
    this.last = { top: scrollTop, left: scrollLeft }
    if (!this.moving) {
      this.moving = true
      this.emit('scrollstart', { scrollTop, scrollLeft })
    }
    this.emit('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX, deltaY })
    const upper = toPixels(this.read('upper-threshold'))
    const lower = toPixels(this.read('lower-threshold'))
    const edge = (side: 'top' | 'bottom' | 'left' | 'right', near: boolean, towards: boolean): void => {
      if (near && !this.near[side] && towards) this.emit(side === 'top' || side === 'left' ? 'scrolltoupper' : 'scrolltolower', { direction: side })
      this.near[side] = near
    }
    if (this.read('scroll-y')) {
      edge('top', scrollTop <= upper, deltaY > 0)
      edge('bottom', scrollHeight - clientHeight - scrollTop <= lower, deltaY < 0)
    }
    if (this.read('scroll-x')) {
      edge('left', scrollLeft <= upper, deltaX > 0)
      edge('right', scrollWidth - clientWidth - scrollLeft <= lower, deltaX < 0)
    }
  }

  private ended(): void {
    if (!this.moving) return
    this.moving = false
    this.emit('scrollend', { scrollTop: this.scroller.scrollTop, scrollLeft: this.scroller.scrollLeft })
  }

  private dragged(): void {
    if (!this.read('enhanced')) return
    const { scrollTop, scrollLeft } = this.scroller
    this.speed.add({ x: scrollLeft, y: scrollTop })
    const first = !this.dragging
    this.dragging = true
    this.emit(first ? 'dragstart' : 'dragging', { scrollTop, scrollLeft })
  }

  private released(): void {
    if (!this.dragging) return
    this.dragging = false
    const { scrollTop, scrollLeft } = this.scroller
    this.emit('dragend', { scrollTop, scrollLeft, velocity: this.speed.take() })
    if (this.set.decelerationDisabled) this.hold()
    else if (this.read('fast-deceleration')) setTimeout(() => this.hold(), FAST_MS)
  }

  /** Whatever it was thrown to, it stays where it is. */
  private hold(): void {
    if (!this.dragging) this.scroller.scrollTo({ top: this.scroller.scrollTop, left: this.scroller.scrollLeft, behavior: 'instant' })
  }

  /** Double tap on the bar above the page: back to where it begins. */
  backToTop(): void {
    const wanted = this.read<unknown>('enable-back-to-top')
    const large = this.offsetHeight >= window.innerHeight * 0.9
    if (this.read('scroll-y') && (wanted === undefined || wanted === null ? large : Boolean(wanted))) this.go(undefined, 0, true)
  }

  private listenForPull(): void {
    let from = 0
    follow(this, {
      begin: ({ y }) => {
        from = y
        return this.read<boolean>('refresher-enabled') && this.scroller.scrollTop <= 0 && (this.status === Status.Idle || this.status === Status.TwoLeveling)
      },
      move: ({ y }) => {
        if (this.status === Status.TwoLeveling) return y < from
        const by = Math.max(0, (y - from) / RESISTANCE)
        if (!by && !this.pulled) return false
        // Once pulled, the content goes back up with the finger before it scrolls.
        this.pull(by)
        return by > 0
      },
      end: () => this.letGo(),
    })
  }

  private pull(by: number): void {
    this.pulled = by
    this.refresher.classList.add('drag')
    this.settle(by)
    if (by) this.emit('refresherpulling', { deltaY: by, dy: by })
    const ready = by >= this.read<number>('refresher-threshold')
    const deep = this.read<boolean>('refresher-two-level-enabled') && by >= this.read<number>('refresher-two-level-threshold')
    this.turn(deep ? Status.CanTwoLevel : ready ? Status.CanRefresh : Status.Idle)
  }

  private letGo(): void {
    if (this.status === Status.TwoLeveling) return this.closeTwoLevel()
    const by = this.pulled
    this.pulled = 0
    this.refresher.classList.remove('drag')
    if (this.status === Status.CanTwoLevel) this.openTwoLevel()
    else if (this.status === Status.CanRefresh) {
      this.refresh(by)
      this.writeBack('refresher-triggered', true)
    } else {
      this.settle(0)
      if (by) this.emit('refresherabort', { dy: by })
    }
  }

  private refresh(by = this.read<number>('refresher-threshold')): void {
    if (this.status === Status.Refreshing) return
    this.settle(Math.max(THRESHOLD_PX, this.read('refresher-threshold')))
    this.refresher.classList.add('busy')
    this.emit('refresherwillrefresh', {})
    this.turn(Status.Refreshing)
    this.emit('refresherrefresh', { deltaY: by, dy: by })
  }

  private restore(): void {
    if (this.status !== Status.Refreshing) return
    this.turn(Status.Completed)
    this.refresher.classList.remove('busy')
    this.settle(0)
    this.turn(Status.Idle)
    this.emit('refresherrestore', {})
  }

  private openTwoLevel(): void {
    if (this.status === Status.TwoLeveling) return
    this.turn(Status.TwoLevelOpening)
    this.settle(this.scroller.clientHeight)
    this.turn(Status.TwoLeveling)
  }

  private closeTwoLevel(): void {
    if (this.status !== Status.TwoLeveling) return
    this.turn(Status.TwoLevelClosing)
    this.settle(0)
    this.turn(Status.Idle)
  }

  private turn(status: Status): void {
    if (status === this.status) return
    this.status = status
    this.emit('refresherstatuschange', { status })
  }

  private settle(height: number): void {
    this.refresher.style.height = `${height}px`
  }
}

document.addEventListener('dblclick', (event) => {
  const layer = (event.target as Element).closest('.h-navigation')?.parentElement
  for (const view of layer?.querySelectorAll<ScrollView>('wx-scroll-view') ?? []) view.backToTop()
})

defineElement('scroll-view', ScrollView)
