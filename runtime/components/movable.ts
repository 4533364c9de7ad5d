/** Things a finger moves and two fingers scale, within their area: thrown, held back at the edge, brought back. */

import { any, BuiltIn, defineElement, flag, number, stillness, text } from './element'
import { follow, type Point, Speed } from './drag'
import { toPixels } from '../engine/units'

const DAMPING = 20
const FRICTION = 2
/** Beyond the edge it follows a finger this much slower. */
const RESISTANCE = 3
const SLOP_PX = 5
/** What is left of the way after a second is e to the power of minus the damping times this. */
const STIFFNESS = 0.75
/** The time in which a throw loses most of its speed, with a friction of one, in milliseconds. */
const GLIDE_MS = 650
const STILL_PX = 0.5
const KEY_PX = 10

type Source = '' | 'touch' | 'touch-out-of-bounds' | 'out-of-bounds' | 'friction'

class MovableArea extends BuiltIn {
  static override attributes = { 'scale-area': flag() }

  constructor() {
    super()
    // With the whole area for two fingers, they scale whichever view in it may be scaled.
    const pinch = new Pinch((by, begins) => {
      if (!this.read('scale-area')) return
      for (const view of this.querySelectorAll<MovableView>('wx-movable-view')) view.pinched(by, begins)
    })
    pinch.listen(this)
  }
}

/** Two fingers, and how much further apart they are than when they came down. */
class Pinch {
  private apart = 0

  constructor(private readonly pinched: (by: number, begins: boolean) => void) {}

  listen(element: HTMLElement): void {
    const distance = (touches: TouchList): number => Math.hypot(touches[0]!.clientX - touches[1]!.clientX, touches[0]!.clientY - touches[1]!.clientY)
    element.addEventListener('touchstart', (event) => {
      if (event.touches.length !== 2) return
      this.apart = distance(event.touches)
      this.pinched(1, true)
    }, { passive: true })
    element.addEventListener('touchmove', (event) => {
      if (event.touches.length !== 2 || !this.apart) return
      if (event.cancelable) event.preventDefault()
      this.pinched(distance(event.touches) / this.apart, false)
    }, { passive: false })
    for (const type of ['touchend', 'touchcancel'] as const) element.addEventListener(type, () => (this.apart = 0))
    // A trackpad's two fingers arrive as a wheel with the control key.
    element.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      this.pinched(1, true)
      this.pinched(Math.exp(-event.deltaY / 100), false)
    }, { passive: false })
  }
}

class MovableView extends BuiltIn {
  static override attributes = {
    direction: text('none', 'all', 'vertical', 'horizontal', 'none'),
    inertia: flag(),
    'out-of-bounds': flag(),
    x: any(0),
    y: any(0),
    damping: number(DAMPING),
    friction: number(FRICTION),
    disabled: flag(),
    scale: flag(),
    'scale-min': number(0.1),
    'scale-max': number(10),
    'scale-value': number(1),
    animation: flag(true),
  }
  static override events = ['change', 'scale', 'htouchmove', 'vtouchmove']
  private at: Point = { x: 0, y: 0 }
  /** Where it stands or, while it glides, is going. */
  private goal: Point = { x: 0, y: 0 }
  private begun = false
  private size = 1
  private sizeAtPinch = 1
  private drag: { start: Point; from: Point; axis: '' | 'x' | 'y' } | null = null
  private animation = 0
  private readonly speed = new Speed()

  constructor() {
    super()
    follow(this, { begin: (point) => this.begin(point), move: (point) => this.move(point), end: () => this.end() })
    new Pinch((by, begins) => this.pinched(by, begins)).listen(this)
    this.addEventListener('keydown', (event) => this.key(event))
  }

  connectedCallback(): void {
    this.redrawSoon()
  }

  disconnectedCallback(): void {
    cancelAnimationFrame(this.animation)
  }

  override changed(name: string, value: unknown): void {
    if (name === 'x' || name === 'y') {
      this.goal = { ...this.goal, [name]: toPixels(value) }
      this.redrawSoon()
    } else if (name === 'scale-value' || name === 'scale' || name === 'scale-min' || name === 'scale-max') queueMicrotask(() => this.resize(this.read('scale-value')))
    else if (name === 'direction' || name === 'disabled') {
      if (this.movable) this.tabIndex = 0
      else super.removeAttribute('tabindex')
      this.classList.toggle('h-fixed', !this.movable)
    }
  }

  protected override redraw(): void {
    // What is not yet in the page has no area to keep within; where it begins, it has not come from anywhere.
    if (!this.isConnected || !this.begun) {
      this.begun = true
      requestAnimationFrame(() => {
        this.at = this.goal = this.within(this.goal)
        this.show()
      })
    } else this.glide(this.within(this.goal))
  }

  private get movable(): boolean {
    return !this.read('disabled') && this.read('direction') !== 'none'
  }

  /** Where it may stand, at its present size: its edges within the area, or the area's within it. */
  private bounds(): { left: number; right: number; top: number; bottom: number } | null {
    const area = this.closest<HTMLElement>('wx-movable-area')
    if (!area || !this.isConnected) return null
    const range = (own: number, outer: number): [number, number] => {
      // It is scaled about its middle, so its edges stand further out than where it is placed.
      const grown = (own * (this.size - 1)) / 2
      const [one, other] = [grown, outer - own - grown]
      return [Math.min(one, other), Math.max(one, other)]
    }
    const [left, right] = range(this.offsetWidth, area.clientWidth)
    const [top, bottom] = range(this.offsetHeight, area.clientHeight)
    return { left, right, top, bottom }
  }

  private within(to: Point): Point {
    const bounds = this.bounds()
    if (!bounds) return to
    return { x: Math.min(Math.max(to.x, bounds.left), bounds.right), y: Math.min(Math.max(to.y, bounds.top), bounds.bottom) }
  }

  private put(to: Point, source: Source): void {
    if (source !== '') this.goal = to
    if (to.x === this.at.x && to.y === this.at.y) return
    this.at = to
    this.show()
    this.emit('change', { x: round(to.x), y: round(to.y), source })
  }

  private show(): void {
    this.style.transform = `translate3d(${this.at.x}px,${this.at.y}px,0)${this.size === 1 ? '' : ` scale(${this.size})`}`
  }

  /** Move there as a spring would: the stiffer the damping, the sooner. */
  private glide(to: Point, source: Source = ''): void {
    cancelAnimationFrame(this.animation)
    if (!this.read('animation') || stillness()) return this.put(to, source)
    const rate = (Math.max(1, this.read<number>('damping')) * STIFFNESS) / 1000
    let last = performance.now()
    const step = (now: number): void => {
      const left = Math.exp(-rate * Math.max(0, now - last))
      last = now
      const next = { x: to.x + (this.at.x - to.x) * left, y: to.y + (this.at.y - to.y) * left }
      const there = Math.hypot(next.x - to.x, next.y - to.y) < STILL_PX
      this.put(there ? to : next, source)
      if (!there) this.animation = requestAnimationFrame(step)
    }
    this.animation = requestAnimationFrame(step)
  }

  private begin(point: Point): boolean {
    if (!this.movable) return false
    cancelAnimationFrame(this.animation)
    this.drag = { start: point, from: this.at, axis: '' }
    return true
  }

  private move(point: Point): boolean {
    const { drag } = this
    if (!drag) return false
    const [dx, dy] = [point.x - drag.start.x, point.y - drag.start.y]
    if (!drag.axis && Math.hypot(dx, dy) > SLOP_PX) {
      drag.axis = Math.abs(dx) > Math.abs(dy) ? 'x' : 'y'
      this.emit(drag.axis === 'x' ? 'htouchmove' : 'vtouchmove', {})
    }
    const direction = this.read<string>('direction')
    // A movement across its way is somebody else's.
    if ((direction === 'horizontal' && drag.axis === 'y') || (direction === 'vertical' && drag.axis === 'x')) return false
    this.speed.add(point)
    const wanted = { x: direction === 'vertical' ? this.at.x : drag.from.x + dx, y: direction === 'horizontal' ? this.at.y : drag.from.y + dy }
    const inside = this.within(wanted)
    if (inside.x === wanted.x && inside.y === wanted.y) this.put(wanted, 'touch')
    else if (this.read('out-of-bounds')) this.put({ x: inside.x + (wanted.x - inside.x) / RESISTANCE, y: inside.y + (wanted.y - inside.y) / RESISTANCE }, 'touch-out-of-bounds')
    else this.put(inside, 'touch')
    return Boolean(drag.axis)
  }

  private end(): void {
    if (!this.drag) return
    this.drag = null
    const speed = this.speed.take()
    const inside = this.within(this.at)
    if (inside.x !== this.at.x || inside.y !== this.at.y) this.glide(inside, 'out-of-bounds')
    else if (this.read('inertia') && Math.hypot(speed.x, speed.y) > 0.05 && !stillness()) this.throw(speed)
  }

  /** Goes on by itself, slower and slower, to where it stops or the area does. */
  private throw(speed: Point): void {
    const friction = this.read<number>('friction')
    const time = GLIDE_MS / (friction > 0 ? friction : FRICTION)
    const direction = this.read<string>('direction')
    const from = this.at
    const started = performance.now()
    const step = (now: number): void => {
      const gone = time * (1 - Math.exp(-Math.max(0, now - started) / time))
      const wanted = { x: direction === 'vertical' ? from.x : from.x + speed.x * gone, y: direction === 'horizontal' ? from.y : from.y + speed.y * gone }
      this.put(this.within(wanted), 'friction')
      if (time - gone > time / 100) this.animation = requestAnimationFrame(step)
    }
    this.animation = requestAnimationFrame(step)
  }

  /** Two fingers are so many times as far apart as when they came down. */
  pinched(by: number, begins: boolean): void {
    if (begins) this.sizeAtPinch = this.size
    else if (this.read('scale') && !this.read('disabled')) {
      this.drag = null
      this.resize(this.sizeAtPinch * by)
    }
  }

  private resize(wanted: number): void {
    const size = this.read('scale') ? Math.min(this.read<number>('scale-max'), Math.max(this.read<number>('scale-min'), wanted)) : 1
    if (size === this.size) return
    this.size = size
    this.at = this.within(this.at)
    this.show()
    this.emit('scale', { x: round(this.at.x), y: round(this.at.y), scale: size })
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this || !this.movable) return
    const direction = this.read<string>('direction')
    const dx = direction === 'vertical' ? 0 : event.key === 'ArrowRight' ? KEY_PX : event.key === 'ArrowLeft' ? -KEY_PX : 0
    const dy = direction === 'horizontal' ? 0 : event.key === 'ArrowDown' ? KEY_PX : event.key === 'ArrowUp' ? -KEY_PX : 0
    if (!dx && !dy) return
    event.preventDefault()
    this.put(this.within({ x: this.at.x + dx, y: this.at.y + dy }), 'touch')
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

defineElement('movable-area', MovableArea)
defineElement('movable-view', MovableView)
