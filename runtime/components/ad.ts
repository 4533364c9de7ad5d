/** A place in a page for an advertisement. */

import { draw, find, type Kind, SOONEST_S } from '../parts/ads/place'
import { BuiltIn, defineElement, number, text } from './element'

class Ad extends BuiltIn {
  static override attributes = { 'unit-id': text(), 'ad-intervals': number(0) }
  static override events = ['load', 'error', 'close']
  protected readonly kind: Kind = 'BANNER'
  private asking: ReturnType<typeof setInterval> | undefined
  private turn = 0

  connectedCallback(): void {
    void this.ask()
    this.again()
  }

  disconnectedCallback(): void {
    clearInterval(this.asking)
    this.turn++
  }

  override changed(name: string): void {
    if (!this.isConnected) return
    if (name === 'unit-id') void this.ask()
    else if (name === 'ad-intervals') this.again()
  }

  private again(): void {
    clearInterval(this.asking)
    const seconds = this.read<number>('ad-intervals')
    if (seconds >= SOONEST_S) this.asking = setInterval(() => void this.ask(), seconds * 1000)
  }

  private async ask(): Promise<void> {
    const turn = ++this.turn
    // All attributes of one update first.
    await Promise.resolve()
    if (turn !== this.turn) return
    try {
      const found = await find(this.read('unit-id'), [this.kind])
      if (turn !== this.turn) return
      draw(this, found, () => {
        clearInterval(this.asking)
        this.replaceChildren()
        this.emit('close')
      })
      this.emit('load')
    } catch (error) {
      if (turn === this.turn) this.emit('error', { ...(error as object) })
    }
  }
}

defineElement('ad', Ad)
defineElement(
  'ad-custom',
  class extends Ad {
    protected override readonly kind = 'CUSTOM'
  },
)
