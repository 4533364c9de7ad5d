/** What stands in a scroll view: lists, grids, headers that stick, and a head that goes before its body scrolls. */

import { any, BuiltIn, defineElement, flag, number, text } from './element'
import { ScrollView, sides } from './scroll-view'
import { toPixels } from '../engine/units'

const ZERO = [0, 0, 0, 0]

class ListView extends BuiltIn {
  static override attributes = { padding: any(ZERO) }

  override changed(name: string, value: unknown): void {
    if (name === 'padding') this.style.padding = sides(value)
  }
}

/** Rows of a masonry are this high; an item spans as many as it needs. */
const ROW_PX = 1

class GridView extends BuiltIn {
  static override attributes = { type: text('aligned', 'aligned', 'masonry'), 'cross-axis-count': number(2), 'max-cross-axis-extent': number(0), 'main-axis-gap': number(0), 'cross-axis-gap': number(0), padding: any(ZERO) }
  // In a frame of its own: to lay out again while sizes are being told would be told again.
  private readonly sizes = new ResizeObserver(() => requestAnimationFrame(() => this.span()))
  private readonly children_ = new MutationObserver(() => this.redraw())

  connectedCallback(): void {
    this.children_.observe(this, { childList: true })
    this.redrawSoon()
  }

  disconnectedCallback(): void {
    this.children_.disconnect()
    this.sizes.disconnect()
  }

  override changed(): void {
    this.redrawSoon()
  }

  private get masonry(): boolean {
    return this.read('type') === 'masonry'
  }

  protected override redraw(): void {
    const extent = this.read<number>('max-cross-axis-extent')
    // As many columns as keep each within its widest, or as many as said.
    const gap = this.read<number>('cross-axis-gap')
    const inner = this.clientWidth - [1, 3].reduce((sum, side) => sum + toPixels((this.read<unknown[]>('padding') ?? ZERO)[side]), 0)
    const count = extent > 0 && inner > 0 ? Math.max(1, Math.ceil((inner + gap) / (extent + gap))) : Math.max(1, this.read<number>('cross-axis-count'))
    this.style.gridTemplateColumns = `repeat(${count}, minmax(0, 1fr))`
    this.style.columnGap = `${gap}px`
    this.style.rowGap = this.masonry ? '0' : `${this.read<number>('main-axis-gap')}px`
    this.style.gridAutoRows = this.masonry ? `${ROW_PX}px` : ''
    this.style.alignItems = this.masonry ? 'start' : ''
    this.style.padding = sides(this.read('padding'))
    this.sizes.disconnect()
    if (extent > 0) this.sizes.observe(this)
    if (this.masonry) for (const child of this.children) this.sizes.observe(child)
    else for (const child of this.children as Iterable<HTMLElement>) if (child.style.gridRowEnd) child.style.gridRowEnd = ''
  }

  private width = 0

  private span(): void {
    if (this.clientWidth !== this.width && this.read<number>('max-cross-axis-extent') > 0) {
      this.width = this.clientWidth
      this.redrawSoon()
    }
    if (!this.masonry) return
    const gap = this.read<number>('main-axis-gap')
    for (const child of this.children as Iterable<HTMLElement>) child.style.gridRowEnd = `span ${Math.ceil((child.offsetHeight + gap) / ROW_PX)}`
  }
}

class StickySection extends BuiltIn {
  static override attributes = { 'push-pinned-header': flag(true), padding: any(ZERO) }

  override changed(name: string, value: unknown): void {
    if (name === 'padding') this.style.padding = sides(value)
    // A header stays within its section, and is pushed out by its end; without a box of its own, it stays on.
    else this.classList.toggle('h-open', value === false)
  }
}

class StickyHeader extends BuiltIn {
  static override attributes = { 'offset-top': number(0), 'allow-overlapping': flag(), padding: any(ZERO) }
  static override events = ['stickontopchange']
  private view: ScrollView | null = null
  private stuck = false
  private readonly look = (): void => this.check()

  connectedCallback(): void {
    this.view = this.closest<ScrollView>('wx-scroll-view')
    this.view?.scroller.addEventListener('scroll', this.look, { passive: true })
    this.redrawSoon()
  }

  disconnectedCallback(): void {
    this.view?.scroller.removeEventListener('scroll', this.look)
  }

  override changed(name: string, value: unknown): void {
    if (name === 'padding') this.style.padding = sides(value)
    else this.redrawSoon()
  }

  /** Headers that stand in the view itself come to rest one below the other, unless one may lie over the last. */
  protected override redraw(): void {
    let top = this.read<number>('offset-top')
    if (this.parentElement === this.view && !this.read('allow-overlapping')) {
      for (let before = this.previousElementSibling; before; before = before.previousElementSibling) {
        if (before instanceof StickyHeader) {
          top += before.pinnedAt + before.offsetHeight
          break
        }
      }
    }
    this.pinnedAt = top
    this.style.top = `${top}px`
    this.check()
  }

  /** How far from the top of the view it comes to rest, in pixels. */
  pinnedAt = 0

  private check(): void {
    const { view } = this
    if (!view || !this.isConnected) return
    const own = this.getBoundingClientRect().top
    const top = view.scroller.getBoundingClientRect().top
    const stuck = view.scroller.scrollTop > 0 && own - top <= this.pinnedAt + 0.5
    if (stuck === this.stuck) return
    this.stuck = stuck
    this.emit('stickontopchange', { isStickOnTop: stuck })
  }
}

/** What goes away before the body scrolls. */
class NestedScrollHeader extends BuiltIn {}

/** Fills the view once the header is gone; the scroll views in it move only then. */
class NestedScrollBody extends BuiltIn {
  static override attributes = { 'offset-top': number(0) }
  private outer: ScrollView | null = null
  private readonly look = (): void => this.hold()

  connectedCallback(): void {
    this.outer = this.parentElement?.closest<ScrollView>('wx-scroll-view') ?? null
    this.outer?.scroller.addEventListener('scroll', this.look, { passive: true })
    this.redrawSoon()
  }

  disconnectedCallback(): void {
    this.outer?.scroller.removeEventListener('scroll', this.look)
  }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    this.style.height = `calc(100% - ${this.read<number>('offset-top')}px)`
    this.hold()
  }

  private hold(): void {
    const { outer } = this
    if (!outer) return
    const { scrollTop, scrollHeight, clientHeight } = outer.scroller
    const whole = scrollTop >= scrollHeight - clientHeight - 1
    for (const view of this.querySelectorAll<ScrollView>('wx-scroll-view')) view.classList.toggle('h-held', !whole)
  }
}

defineElement('list-view', ListView)
defineElement('grid-view', GridView)
defineElement('sticky-section', StickySection)
defineElement('sticky-header', StickyHeader)
defineElement('nested-scroll-header', NestedScrollHeader)
defineElement('nested-scroll-body', NestedScrollBody)
