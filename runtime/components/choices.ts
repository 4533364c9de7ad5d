/** Checkbox, radio and switch, and the groups that tell of them. */

import { any, BuiltIn, defineElement, flag, text } from './element'
import type { Control } from './form'

class CheckboxGroup extends BuiltIn implements Control {
  static override attributes = { name: text() }
  static override events = ['change']

  connectedCallback(): void {
    if (!this.role) this.role = 'group'
  }

  formValue(): unknown[] {
    return [...this.querySelectorAll<Checkbox>('wx-checkbox')].filter((one) => one.on).map((one) => one.read('value'))
  }

  formReset(): void {
    for (const one of this.querySelectorAll<Checkbox>('wx-checkbox')) one.set(false)
  }
}

abstract class Choice extends BuiltIn {
  on = false
  protected readonly box = document.createElement('i')
  protected abstract readonly kind: string

  connectedCallback(): void {
    if (!this.box.parentNode) this.prepend(this.box)
    if (!this.role) this.role = this.kind
    this.tabIndex = this.read('disabled') ? -1 : 0
    this.ariaChecked = String(this.on)
    this.box.style.color = this.read<string>('color')
  }

  set(on: boolean): void {
    this.on = on
    this.classList.toggle('h-on', on)
    this.ariaChecked = String(on)
  }

  override changed(name: string, value: any): void {
    if (name === 'checked') this.set(value)
    else if (name === 'color') this.box.style.color = value
    else if (name === 'disabled') {
      this.classList.toggle('h-disabled', value)
      this.ariaDisabled = value ? 'true' : null
      this.tabIndex = value ? -1 : 0
    }
  }

  abstract toggle(): void

  override activate(): boolean {
    this.toggle()
    return true
  }
}

class Checkbox extends Choice implements Control {
  static override attributes = { value: any(''), disabled: flag(), checked: flag(), color: text('#09bb07') }
  protected readonly kind = 'checkbox'

  toggle(): void {
    if (this.read('disabled')) return
    this.set(!this.on)
    this.writeBack('checked', this.on)
    const group = this.closest<CheckboxGroup>('wx-checkbox-group')
    group?.emit('change', { value: group.formValue() })
  }

  formValue(): unknown {
    return this.on
  }

  formReset(): void {
    this.set(false)
  }
}

class RadioGroup extends BuiltIn implements Control {
  static override attributes = { name: text() }
  static override events = ['change']

  connectedCallback(): void {
    if (!this.role) this.role = 'radiogroup'
    // One stop for the keyboard; the arrows go through the choices.
    this.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
      const all = this.radios.filter((one) => !one.read('disabled'))
      const at = all.indexOf(document.activeElement as Radio)
      if (!step || at < 0) return
      event.preventDefault()
      const next = all[(at + step + all.length) % all.length]!
      next.focus()
      next.toggle()
    })
  }

  get radios(): Radio[] {
    return [...this.querySelectorAll<Radio>('wx-radio')]
  }

  formValue(): unknown {
    return this.radios.find((one) => one.on)?.read('value') ?? ''
  }

  formReset(): void {
    for (const one of this.radios) one.set(false)
  }
}

class Radio extends Choice {
  static override attributes = { value: any(''), disabled: flag(), checked: flag(), color: text('#09bb07') }
  protected readonly kind = 'radio'

  toggle(): void {
    if (this.read('disabled') || this.on) return
    const group = this.closest<RadioGroup>('wx-radio-group')
    for (const one of group?.radios ?? []) one.set(false)
    this.set(true)
    group?.emit('change', { value: this.read('value') })
  }
}

class Switch extends Choice implements Control {
  static override attributes = { name: text(), checked: flag(), disabled: flag(), type: text('switch', 'switch', 'checkbox'), color: text('#04be02') }
  static override events = ['change']
  protected readonly kind = 'switch'

  toggle(): void {
    if (this.read('disabled')) return
    this.set(!this.on)
    this.writeBack('checked', this.on)
    this.emit('change', { value: this.on })
  }

  formValue(): boolean {
    return this.on
  }

  formReset(): void {
    this.set(false)
  }
}

defineElement('checkbox-group', CheckboxGroup)
defineElement('checkbox', Checkbox)
defineElement('radio-group', RadioGroup)
defineElement('radio', Radio)
defineElement('switch', Switch)
