/** A sheet that is dragged up from half the screen and down again, and what scrolls within it. */

import { any, BuiltIn, defineElement, flag, number, stillness } from './element'
import { follow, type Point, Speed } from './drag'
import type { ScrollView } from './scroll-view'
import { trustedHtml } from '../engine/trusted'

const SETTLE_MS = 300
/** A sheet let go this fast goes on to the next size, in pixels a millisecond. */
const FLICK = 0.4

class DraggableSheet extends BuiltIn {
  static override attributes = { 'initial-child-size': number(0.5), 'min-child-size': number(0.25), 'max-child-size': number(1), snap: flag(), 'snap-sizes': any([]) }
  private readonly sheet: HTMLElement
  private size: number | undefined
  private drag: { start: Point; from: number } | null = null
  private readonly speed = new Speed()

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.innerHTML = trustedHtml('<style>:host{display:block;position:relative;height:100%;pointer-events:none}.s{position:absolute;left:0;right:0;bottom:0;overflow:hidden;pointer-events:auto;touch-action:none}</style><div class="s"><slot></slot></div>')
    this.sheet = shadow.querySelector('.s')!
    follow(this, { begin: (point) => this.begin(point), move: (point) => this.move(point), end: () => this.end() })
  }

  connectedCallback(): void {
    this.redrawSoon()
  }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    this.put(this.size ?? this.read<number>('initial-child-size'), false)
  }

  /** The published DraggableSheetContext. */
  scriptNode(): object {
    return {
      scrollTo: ({ size, pixels, animated = true, duration = SETTLE_MS, easingFunction = 'ease' }: { size?: number; pixels?: number; animated?: boolean; duration?: number; easingFunction?: string } = {}) =>
        this.put(size ?? (pixels ?? 0) / (this.clientHeight || 1), animated, duration, easingFunction),
    }
  }

  private get sizes(): number[] {
    const between = this.read<unknown[]>('snap-sizes')
    return [this.read<number>('min-child-size'), ...(Array.isArray(between) ? between.map(Number) : []), this.read<number>('max-child-size')].sort((a, b) => a - b)
  }

  private put(wanted: number, animated: boolean, duration = SETTLE_MS, easing = 'ease'): void {
    const size = Math.min(this.read<number>('max-child-size'), Math.max(this.read<number>('min-child-size'), wanted))
    this.sheet.style.transition = animated && !stillness() ? `height ${duration}ms ${easing}` : ''
    this.sheet.style.height = `${size * 100}%`
    if (size === this.size) return
    this.size = size
    this.work('onsizeupdate', { pixels: size * this.clientHeight, size })
  }

  private get whole(): boolean {
    return (this.size ?? 0) >= this.read<number>('max-child-size') - 0.001
  }

  private begin(point: Point): boolean {
    this.drag = { start: point, from: this.size ?? this.read<number>('initial-child-size') }
    return true
  }

  private move(point: Point): boolean {
    const { drag } = this
    if (!drag) return false
    const by = drag.start.y - point.y
    const inner = this.querySelector<ScrollView>('wx-scroll-view[associative-container=draggable-sheet]')
    // Once it is as large as it gets, what is in it scrolls; and it comes down only when that is at its top.
    if (inner && (this.whole ? by > 0 || inner.scroller.scrollTop > 0 : false)) return false
    this.speed.add(point)
    this.put(drag.from + by / (this.clientHeight || 1), false)
    return true
  }

  private end(): void {
    if (!this.drag) return
    this.drag = null
    const speed = this.speed.take()
    if (!this.read('snap')) return
    const size = this.size ?? 0
    const { sizes } = this
    const nearest = sizes.reduce((best, one) => (Math.abs(one - size) < Math.abs(best - size) ? one : best))
    const next = speed.y < -FLICK ? sizes.find((one) => one > size) : speed.y > FLICK ? sizes.findLast((one) => one < size) : nearest
    this.put(next ?? nearest, true)
  }
}

defineElement('draggable-sheet', DraggableSheet)
