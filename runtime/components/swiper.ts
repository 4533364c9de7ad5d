/** The swiper: pages side by side or one above the other, turned by hand, by time, by data and by keys. */

import { BuiltIn, defineElement, flag, number, stillness, text } from './element'
import { follow, type Point, Speed } from './drag'
import { toPixels } from '../engine/units'
import { trustedHtml } from '../engine/trusted'

const EASINGS: Record<string, (t: number) => number> = {
  default: (t) => 1 - (1 - t) ** 3,
  linear: (t) => t,
  easeInCubic: (t) => t ** 3,
  easeOutCubic: (t) => 1 - (1 - t) ** 3,
  easeInOutCubic: (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2),
}
/** Past its ends a swiper follows a finger this much slower. */
const RESISTANCE = 3
/** How far a finger goes before it is clear in which direction, in pixels. */
const SLOP_PX = 5
/** A finger this fast turns the page however short its way, in pixels a millisecond. */
const FLICK = 0.3
/** What a finger let go settles in this time. */
const SETTLE_MS = 250
const SHORTEST_INTERVAL_MS = 100

type Source = '' | 'autoplay' | 'touch'

class Swiper extends BuiltIn {
  static override attributes = {
    'indicator-dots': flag(),
    'indicator-color': text('rgba(0, 0, 0, .3)'),
    'indicator-active-color': text('#000000'),
    autoplay: flag(),
    current: number(),
    'current-item-id': text(),
    interval: number(5000),
    duration: number(500),
    circular: flag(),
    vertical: flag(),
    direction: text('all', 'all', 'positive', 'negative'),
    'previous-margin': text('0px'),
    'next-margin': text('0px'),
    'display-multiple-items': number(1),
    'snap-to-edge': flag(),
    'easing-function': text('default', ...Object.keys(EASINGS)),
    'scroll-with-animation': flag(true),
    'skip-hidden-item-layout': flag(),
    'disable-touch': flag(),
  }
  static override events = ['change', 'transition', 'animationfinish']
  private readonly frame: HTMLElement
  private readonly dots: HTMLElement
  /** Where it stands, in items; between two of them while it moves, beyond the last when it goes round. */
  private position = 0
  private index = 0
  private begun = false
  private animation = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private drag: { start: Point; from: number; axis: '' | 'x' | 'y'; turned: number } | null = null
  private readonly speed = new Speed()

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.innerHTML = trustedHtml('<style>:host{display:block;position:relative;overflow:hidden;touch-action:pan-y pinch-zoom}:host([vertical]){touch-action:pan-x pinch-zoom}.f{position:absolute;inset:0;overflow:visible}.d{position:absolute;display:flex;gap:8px;left:0;right:0;bottom:10px;justify-content:center;pointer-events:none}:host([vertical]) .d{left:auto;right:10px;top:0;bottom:0;flex-direction:column}.d i{width:8px;height:8px;border-radius:50%}</style><div class="f"><slot></slot></div><div class="d"></div>')
    this.frame = shadow.querySelector('.f')!
    this.dots = shadow.querySelector('.d')!
    shadow.querySelector('slot')!.addEventListener('slotchange', () => this.redrawSoon())
    follow(this, { begin: (point) => this.begin(point), move: (point) => this.move(point), end: () => this.end() })
    this.addEventListener('keydown', (event) => this.key(event))
  }

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = 'group'
    this.ariaRoleDescription ??= 'carousel'
    this.redrawSoon()
    this.schedule()
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer)
    cancelAnimationFrame(this.animation)
  }

  private get items(): HTMLElement[] {
    return [...this.children].filter((one): one is HTMLElement => one.localName === 'wx-swiper-item')
  }

  private get shown(): number {
    return Math.max(1, this.read<number>('display-multiple-items'))
  }

  private get round(): boolean {
    return this.read<boolean>('circular') && this.items.length > this.shown
  }

  /** The furthest it stands when it does not go round. */
  private get last(): number {
    return Math.max(0, this.items.length - this.shown)
  }

  /** Pixels of one item along the way. */
  private get step(): number {
    return ((this.read('vertical') ? this.frame.clientHeight : this.frame.clientWidth) || 1) / this.shown
  }

  override changed(name: string, value: any): void {
    // Where it begins is no change.
    if (!this.begun) return this.redrawSoon()
    if (name === 'current' && Number(value) !== this.index) queueMicrotask(() => this.turn(Number(value)))
    else if (name === 'current-item-id' && value) {
      queueMicrotask(() => {
        const index = this.items.findIndex((item) => itemId(item) === value)
        if (index >= 0 && index !== this.index) this.turn(index)
      })
    } else if (name === 'autoplay' || name === 'interval') this.schedule()
    this.redrawSoon()
  }

  /** One of its items is to be laid out another way. */
  arrange(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    const vertical = this.read<boolean>('vertical')
    const [before, after] = [toPixels(this.read('previous-margin')), toPixels(this.read('next-margin'))]
    this.frame.style.inset = vertical ? `${before}px 0 ${after}px` : `0 ${after}px 0 ${before}px`
    const count = this.items.length
    if (count && !this.begun) {
      this.begun = true
      const id = this.read<string>('current-item-id')
      const named = id ? this.items.findIndex((item) => itemId(item) === id) : -1
      this.index = this.position = Math.max(0, named >= 0 ? named : this.round ? modulo(this.read('current'), count) : Math.min(this.read('current'), this.last))
    }
    if (count && this.index >= count) this.index = this.position = count - 1
    this.place()
    this.rest()
    this.drawDots()
  }

  /** Where an item stands, counted in items from the first place shown. */
  private offset(index: number): number {
    const count = this.items.length
    if (!this.round) return index - this.position
    const ahead = modulo(index - this.position, count)
    return ahead >= (count + this.shown) / 2 - 0.5 + Number.EPSILON && ahead > this.shown - 1 ? ahead - count : ahead
  }

  /** How far everything is moved so that the first and the last item touch the edge, in pixels. */
  private edge(): number {
    if (!this.read('snap-to-edge') || this.round || this.items.length < 2) return 0
    const { last } = this
    const first = toPixels(this.read('previous-margin')) * Math.max(0, Math.min(1, 1 - this.position))
    const end = toPixels(this.read('next-margin')) * Math.max(0, Math.min(1, this.position - (last - 1)))
    return last ? end - first : -first
  }

  private place(): void {
    const vertical = this.read<boolean>('vertical')
    const size = `${100 / this.shown}%`
    const edge = this.edge()
    this.items.forEach((item, index) => {
      item.style.width = vertical ? '100%' : size
      item.style.height = vertical ? size : '100%'
      const at = `calc(${this.offset(index) * 100}% + ${edge}px)`
      item.style.transform = vertical ? `translate3d(0,${at},0)` : `translate3d(${at},0,0)`
      item.style.display = ''
    })
  }

  /** At rest, what is out of sight is out of reach, and out of the layout if that was asked. */
  private rest(): void {
    const whole = this.read('vertical') ? this.clientHeight : this.clientWidth
    const { step } = this
    const [before, after] = [toPixels(this.read('previous-margin')), toPixels(this.read('next-margin'))]
    const edge = this.edge()
    this.items.forEach((item, index) => {
      const start = this.offset(index) * step + edge
      const visible = !whole || (start + step > -before + 1 && start < whole - before - 1)
      item.inert = !visible
      const skips = this.read<boolean>('skip-hidden-item-layout') || Boolean((item as BuiltIn).__wxElement?.getAttribute('skip-hidden-item-layout'))
      item.style.display = skips && !visible && Math.abs(this.offset(index)) > this.shown + (before || after ? 1 : 0) - 0.5 ? 'none' : ''
    })
  }

  private drawDots(): void {
    const items = this.read('indicator-dots') ? this.items : []
    this.dots.replaceChildren(
      ...items.map((_, i) => {
        const dot = document.createElement('i')
        const on = modulo(i - this.index, items.length) < this.shown
        dot.style.background = this.read(on ? 'indicator-active-color' : 'indicator-color')
        return dot
      }),
    )
  }

  /** To an item, by data: the short way round if there is one. */
  private turn(target: number): void {
    const count = this.items.length
    if (!count || !Number.isFinite(target)) return
    if (!this.round) return this.go(Math.min(Math.max(0, target), this.last), '')
    const way = modulo(modulo(target, count) - this.position + count / 2, count) - count / 2
    this.go(this.position + way, '')
  }

  /** Go to a position, and say so when the item in front is another. */
  private go(to: number, source: Source, within?: number): void {
    const count = this.items.length
    const next = modulo(Math.round(to), count)
    if (next !== this.index) {
      this.index = next
      this.writeBack('current', next)
      this.emit('change', { current: next, source, currentItemId: itemId(this.items[next]) })
      this.drawDots()
    }
    const from = this.position
    const duration = stillness() || (source === '' && !this.read('scroll-with-animation')) ? 0 : (within ?? this.read<number>('duration'))
    cancelAnimationFrame(this.animation)
    const finish = (): void => {
      this.position = this.index
      this.place()
      this.rest()
      this.emit('animationfinish', { current: this.index, source, currentItemId: itemId(this.items[this.index]) })
      this.schedule()
    }
    if (!this.isConnected || duration <= 0 || from === to) return finish()
    const ease = EASINGS[this.read<string>('easing-function')] ?? EASINGS.default!
    const started = performance.now()
    const step = (now: number): void => {
      const t = Math.min(1, Math.max(0, (now - started) / duration))
      this.position = from + (to - from) * ease(t)
      this.place()
      this.tell(to - this.position)
      if (t < 1) this.animation = requestAnimationFrame(step)
      else finish()
    }
    this.animation = requestAnimationFrame(step)
  }

  /** How far it still is from where it stands at rest. */
  private tell(left: number): void {
    const way = -left * this.step
    const vertical = this.read<boolean>('vertical')
    this.emit('transition', { dx: vertical ? 0 : way, dy: vertical ? way : 0 })
  }

  private schedule(): void {
    clearTimeout(this.timer)
    if (!this.read('autoplay') || !this.isConnected) return
    this.timer = setTimeout(() => {
      if (this.items.length > 1 && !this.drag && this.offsetParent) this.go(this.round || this.index < this.last ? this.index + 1 : 0, 'autoplay')
      else this.schedule()
    }, Math.max(SHORTEST_INTERVAL_MS, this.read<number>('interval')))
  }

  private begin(point: Point): boolean {
    if (this.read('disable-touch') || this.items.length < 2) return false
    clearTimeout(this.timer)
    cancelAnimationFrame(this.animation)
    this.drag = { start: point, from: this.position, axis: '', turned: 0 }
    return true
  }

  private move(point: Point): boolean {
    const { drag } = this
    if (!drag) return false
    const [dx, dy] = [point.x - drag.start.x, point.y - drag.start.y]
    if (!drag.axis && Math.hypot(dx, dy) > SLOP_PX) drag.axis = Math.abs(dx) > Math.abs(dy) ? 'x' : 'y'
    const vertical = this.read<boolean>('vertical')
    if (drag.axis !== (vertical ? 'y' : 'x')) return false
    this.speed.add(point)
    let way = -(vertical ? dy : dx) / this.step
    const direction = this.read<string>('direction')
    if (direction === 'positive') way = Math.max(0, way)
    else if (direction === 'negative') way = Math.min(0, way)
    let position = drag.from + way
    if (!this.round) {
      if (position < 0) position /= RESISTANCE
      else if (position > this.last) position = this.last + (position - this.last) / RESISTANCE
    }
    this.position = position
    this.place()
    this.tell(Math.round(drag.from) - position)
    return true
  }

  private end(): void {
    const { drag } = this
    this.drag = null
    const speed = this.speed.take()
    if (!drag) return
    const base = Math.round(drag.from)
    const moved = this.position - drag.from
    if (!drag.axis && !moved && Number.isInteger(drag.from)) return this.schedule()
    const fast = Math.abs(this.read('vertical') ? speed.y : speed.x) > FLICK
    let to = fast && Math.abs(moved) < 1 ? base + Math.sign(moved) : Math.round(this.position)
    if (!this.round) to = Math.min(Math.max(0, to), this.last)
    this.go(to, 'touch', SETTLE_MS)
  }

  private key(event: KeyboardEvent): void {
    const [back, on] = this.read('vertical') ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight']
    const by = event.key === on ? 1 : event.key === back ? -1 : 0
    if (!by || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.defaultPrevented) return
    event.preventDefault()
    const to = this.index + by
    if (this.round || (to >= 0 && to <= this.last)) this.go(to, 'touch')
  }
}

function modulo(value: number, count: number): number {
  return ((value % count) + count) % count
}

function itemId(item: HTMLElement | undefined): string {
  return String((item as BuiltIn | undefined)?.__wxElement?.getAttribute('item-id') ?? '')
}

defineElement('swiper', Swiper)
defineElement('swiper-item', class extends BuiltIn {
  static override attributes = { 'item-id': text(), 'skip-hidden-item-layout': flag() }

  override changed(name: string): void {
    if (name === 'skip-hidden-item-layout' && this.parentElement instanceof Swiper) this.parentElement.arrange()
  }
})
