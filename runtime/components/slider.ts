/** Slider: a number drawn along a line. */

import { BuiltIn, defineElement, flag, number, text } from './element'
import type { Control } from './form'

class Slider extends BuiltIn implements Control {
  static override attributes = {
    name: text(),
    min: number(0),
    max: number(100),
    step: number(1),
    disabled: flag(),
    value: number(0),
    // The older names of the two colours below; the newer ones win.
    color: text('#e9e9e9'),
    'selected-color': text('#1aad19'),
    activeColor: text(),
    'active-color': text(),
    backgroundColor: text(),
    'background-color': text(),
    'block-size': number(28),
    'block-color': text('#ffffff'),
    'show-value': flag(),
  }
  static override events = ['change', 'changing']
  private readonly range = document.createElement('input')
  private readonly shown = document.createElement('span')

  constructor() {
    super()
    this.range.type = 'range'
    this.range.addEventListener('input', () => {
      this.draw()
      this.writeBack('value', this.formValue())
      this.emit('changing', { value: this.formValue() })
    })
    this.range.addEventListener('change', () => this.emit('change', { value: this.formValue() }))
  }

  connectedCallback(): void {
    if (!this.range.parentNode) this.append(this.range, this.shown)
    this.changed('', undefined)
  }

  override changed(name: string, value: unknown): void {
    this.range.min = String(this.read('min'))
    this.range.max = String(this.read('max'))
    this.range.step = String(this.read('step'))
    this.range.disabled = this.read('disabled')
    if (name === 'value' || name === 'max' || name === 'min') this.range.value = String(name === 'value' ? value : this.read('value'))
    if (name === 'aria-label') this.range.ariaLabel = String(value)
    this.draw()
  }

  private draw(): void {
    const { min, max, value } = this.range
    const part = ((Number(value) - Number(min)) / (Number(max) - Number(min) || 1)) * 100
    const on = this.read<string>('active-color') || this.read<string>('selected-color')
    const off = this.read<string>('background-color') || this.read<string>('color')
    this.range.style.background = `linear-gradient(to right,${on} ${part}%,${off} ${part}%) center/100% 2px no-repeat`
    this.range.style.setProperty('--block', `${Math.min(28, Math.max(12, this.read<number>('block-size')))}px`)
    this.range.style.setProperty('--block-color', this.read('block-color'))
    this.shown.textContent = this.read('show-value') ? value : ''
    this.shown.hidden = !this.read('show-value')
  }

  formValue(): number {
    return Number(this.range.value)
  }

  formReset(): void {
    this.range.value = this.range.min
    this.draw()
  }
}

defineElement('slider', Slider)
