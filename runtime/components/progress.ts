/** A bar that fills, at once or over time, and says when it is there. */

import { BuiltIn, any, defineElement, flag, length, number, stillness, text } from './element'

class Progress extends BuiltIn {
  static override attributes = {
    percent: number(),
    'show-info': flag(),
    'border-radius': any(0),
    'font-size': any(16),
    'stroke-width': any(6),
    color: text(),
    activeColor: text(),
    'active-color': text('#09bb07'),
    backgroundColor: text(),
    // Published as #EBEBEB; on a dark page, its like.
    'background-color': text('var(--bar-ground, #ebebeb)'),
    active: flag(),
    'active-mode': text('backwards', 'backwards', 'forwards'),
    duration: number(30),
  }
  static override events = ['activeend']
  private readonly bar = document.createElement('div')
  private readonly fill = document.createElement('div')
  private readonly info = document.createElement('span')
  private filling: Animation | undefined
  /** Where the bar is, or is going. */
  private target = 0

  constructor() {
    super()
    this.bar.className = 'h-progress-bar'
    this.bar.append(this.fill)
  }

  connectedCallback(): void {
    if (!this.bar.parentNode) this.append(this.bar)
    if (!this.hasAttribute('role')) this.role = 'progressbar'
    this.redrawSoon()
  }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    const percent = Math.min(100, Math.max(0, this.read<number>('percent')))
    this.bar.style.height = length(this.read('stroke-width'))
    this.bar.style.borderRadius = length(this.read('border-radius'))
    this.bar.style.backgroundColor = this.read<string>('background-color')
    this.fill.style.backgroundColor = this.read<string>('color') || this.read<string>('active-color')
    this.info.style.fontSize = length(this.read('font-size'))
    if (this.read<boolean>('show-info')) this.append(this.info)
    else this.info.remove()
    this.ariaValueNow = String(percent)
    if (percent === this.target && (this.fill.style.width || !percent)) {
      this.info.textContent = `${percent}%`
      this.fill.style.width = `${percent}%`
      return
    }
    this.go(percent)
  }

  /** Fill up to `percent`: from where it was, or from the start, at so many milliseconds a percent. */
  private go(percent: number): void {
    const from = this.read('active-mode') === 'forwards' ? this.target : 0
    this.target = percent
    this.filling?.cancel()
    this.fill.style.width = `${percent}%`
    this.info.textContent = `${percent}%`
    if (!this.read<boolean>('active')) return
    const duration = stillness() ? 0 : Math.abs(percent - from) * this.read<number>('duration')
    const filling = (this.filling = this.fill.animate([{ width: `${from}%` }, { width: `${percent}%` }], { duration }))
    filling.onfinish = () => this.emit('activeend', { curPercent: percent })
    const count = (): void => {
      if (this.filling !== filling || filling.playState !== 'running') return
      this.info.textContent = `${Math.round(from + (percent - from) * (filling.effect?.getComputedTiming().progress ?? 1))}%`
      requestAnimationFrame(count)
    }
    if (this.info.isConnected) requestAnimationFrame(count)
    filling.finished.then(() => (this.info.textContent = `${percent}%`), () => {})
  }
}

defineElement('progress', Progress)
