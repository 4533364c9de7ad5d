/** Picker view: columns that turn, in the page itself. */

import { resolveStyle } from '../engine/program'
import { trustedHtml } from '../engine/trusted'
import { any, BuiltIn, defineElement, flag, text } from './element'

const ITEM_PX = 34
const SETTLE_MS = 120

class PickerView extends BuiltIn {
  static override attributes = { value: any([]), 'mask-class': text(), 'mask-style': text(), 'indicator-style': text(), 'indicator-class': text(), 'immediate-change': flag() }
  static override events = ['change', 'pickstart', 'pickend']
  private turning = false

  get columns(): PickerViewColumn[] {
    return [...this.querySelectorAll<PickerViewColumn>('wx-picker-view-column')]
  }

  override changed(name: string): void {
    if (name === 'value') this.place()
    else if (/^(mask|indicator)-/.test(name)) for (const column of this.columns) column.dress()
  }

  place(): void {
    queueMicrotask(() => this.columns.forEach((column, i) => column.select(Number((this.read<number[]>('value') ?? [])[i] ?? 0))))
  }

  began(): void {
    if (this.turning) return
    this.turning = true
    this.emit('pickstart', {})
  }

  picked(): void {
    const value = this.columns.map((column) => column.index)
    this.writeBack('value', value)
    this.emit('change', { value })
  }

  ended(): void {
    if (!this.turning) return
    this.turning = false
    this.emit('pickend', {})
  }
}

const FRAME = `<style>
:host{display:block;position:relative;flex:1;overflow:hidden;height:100%}
.s{height:100%;overflow-y:auto;scroll-snap-type:y mandatory;scrollbar-width:none;box-sizing:border-box;outline-offset:-2px}
.s::-webkit-scrollbar{display:none}
::slotted(*){scroll-snap-align:center;height:var(--item);overflow:hidden;flex:none}
</style><div class="s" part="scroller" tabindex="0" role="listbox"><slot></slot></div><slot name="mask"></slot><slot name="indicator"></slot>`

class PickerViewColumn extends BuiltIn {
  index = 0
  /** What was asked for, which there may be no item for yet. */
  private wanted = 0
  private readonly scroller: HTMLElement
  // In the page and not behind the shadow, so that the program's classes reach them.
  private readonly mask = document.createElement('i')
  private readonly indicator = document.createElement('i')
  private settling: ReturnType<typeof setTimeout> | undefined
  /** Where we are turning to ourselves, which nobody is told of. */
  private byUs = false

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.innerHTML = trustedHtml(FRAME)
    this.scroller = shadow.querySelector('.s')!
    shadow.querySelector('slot')!.addEventListener('slotchange', () => this.select(this.wanted))
    this.mask.slot = 'mask'
    this.indicator.slot = 'indicator'
    const begin = (): void => {
      this.byUs = false
    }
    for (const type of ['touchstart', 'wheel', 'mousedown', 'keydown']) this.scroller.addEventListener(type, begin, { passive: true })
    this.scroller.addEventListener('scroll', () => {
      if (!this.byUs) this.view?.began()
      clearTimeout(this.settling)
      this.settling = setTimeout(() => this.settled(), SETTLE_MS)
    }, { passive: true })
    this.scroller.addEventListener('touchend', () => {
      if (this.view?.read('immediate-change')) this.turned()
    }, { passive: true })
    this.scroller.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (!step) return
      event.preventDefault()
      this.scroller.scrollTop = (this.index + step) * this.itemHeight
    })
    this.addEventListener('click', (event) => {
      const item = this.items.findIndex((one) => one.contains(event.target as Node))
      if (item >= 0) {
        this.byUs = false
        this.scroller.scrollTo({ top: item * this.itemHeight, behavior: 'smooth' })
      }
    })
  }

  connectedCallback(): void {
    if (!this.mask.parentNode) this.prepend(this.mask, this.indicator)
    this.dress()
    new ResizeObserver(() => this.layout()).observe(this)
    this.view?.place()
  }

  private get view(): PickerView | null {
    return this.closest<PickerView>('wx-picker-view')
  }

  private get items(): Element[] {
    return [...this.children].filter((one) => !one.slot)
  }

  private get itemHeight(): number {
    return this.indicator.offsetHeight || ITEM_PX
  }

  dress(): void {
    const { view } = this
    if (!view) return
    this.indicator.className = `h-indicator ${view.scopedClass(view.read<string>('indicator-class'))}`
    this.indicator.style.cssText = resolveStyle(view.read<string>('indicator-style'))
    this.mask.className = `h-mask ${view.scopedClass(view.read<string>('mask-class'))}`
    this.mask.style.cssText = resolveStyle(view.read<string>('mask-style'))
    if (this.isConnected) this.layout()
  }

  private layout(): void {
    const pad = Math.max(0, (this.clientHeight - this.itemHeight) / 2)
    this.scroller.style.padding = `${pad}px 0`
    this.style.setProperty('--item', `${this.itemHeight}px`)
    this.select(this.wanted)
  }

  select(index: number): void {
    this.wanted = index
    this.index = Math.min(Math.max(0, index), Math.max(0, this.items.length - 1))
    const top = this.index * this.itemHeight
    if (Math.abs(this.scroller.scrollTop - top) < 1) return
    this.byUs = true
    this.scroller.scrollTo({ top, behavior: 'instant' })
  }

  /** Take the item in the middle, and tell of it if it is another. */
  private turned(): void {
    const index = Math.min(this.items.length - 1, Math.max(0, Math.round(this.scroller.scrollTop / this.itemHeight)))
    if (index === this.index) return
    this.index = this.wanted = index
    this.view?.picked()
  }

  private settled(): void {
    if (this.byUs) return
    this.turned()
    this.view?.ended()
  }
}

defineElement('picker-view', PickerView)
defineElement('picker-view-column', PickerViewColumn)
