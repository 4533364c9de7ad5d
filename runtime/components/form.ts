/** Form and label: fields collected by name, and words that switch the control they belong to. */

import { Component } from '../engine/glass-easel'
import { program } from '../engine/program'
import { elementHooks } from './basic'
import { BuiltIn, defineElement, flag, number, text } from './element'

/** An element with a value that a form collects and a label switches. */
export interface Control extends BuiltIn {
  formValue: () => unknown
  formReset: () => void
  toggle?: () => void
}

export function isControl(element: Element): element is Control {
  return typeof (element as Partial<Control>).formValue === 'function'
}

const isButton = (element: Element): element is BuiltIn => element.localName === 'wx-button'

class Label extends BuiltIn {
  static override attributes = { for: text() }

  override activate(target: globalThis.Node): boolean {
    const id = this.read<string>('for')
    const page = this.closest('wx-page')
    const control = id ? page?.querySelector(`#${CSS.escape(id)}`) : [...this.querySelectorAll('*')].find((one) => isControl(one) || typeof (one as Partial<Control>).toggle === 'function' || isButton(one))
    if (!control || control.contains(target)) return false
    const toggle = (control as Partial<Control>).toggle
    if (typeof toggle === 'function') toggle.call(control)
    else if (isControl(control)) control.querySelector<HTMLElement>('input,textarea')?.focus()
    else if (isButton(control)) control.activate(control)
    return true
  }
}

interface Field {
  name: string
  get: () => unknown
  reset: () => void
}

export class Form extends BuiltIn {
  static override attributes = { 'report-submit': flag(), 'report-submit-timeout': number(0) }
  static override events = ['submit', 'reset', 'submitToGroup']

  submit(button: BuiltIn): void {
    const node = button.__wxElement
    this.emit('submit', { value: this.collect(), formId: this.formId(), target: { id: node?.id ?? '', dataset: { ...(node?.dataset ?? {}) } } })
  }

  reset(): void {
    for (const field of this.fields()) field.reset()
    this.emit('reset', {})
  }

  /** The text areas' words go to a group as a message that the person chooses to send. */
  submitToGroup(button: BuiltIn): void {
    const words = [...this.querySelectorAll<HTMLTextAreaElement>('wx-textarea > textarea')].map((one) => one.value).join('\n')
    const entrance = button.read<boolean>('need-show-entrance') ? button.read<string>('entrance-path') : undefined
    program().host.call('shareText', { text: words, ...(entrance === undefined ? {} : { entrance }) }).then(
      () => this.emit('submitToGroup', { value: this.collect(), errMsg: 'submitToGroup:ok' }),
      (failure: { errMsg?: string }) => this.emit('submitToGroup', { value: this.collect(), errMsg: String(failure.errMsg ?? 'fail').replace(/^\w+:fail/, 'submitToGroup:fail') }),
    )
  }

  private collect(): Record<string, unknown> {
    const value: Record<string, unknown> = {}
    for (const field of this.fields()) if (field.name) value[field.name] = field.get()
    return value
  }

  /**
   * A name for this submission, where asked for. Messages are no longer sent by it; a program that wants it
   * confirmed within a time is told, as published, that nobody confirms it.
   */
  private formId(): string {
    if (!this.read('report-submit')) return ''
    if (this.read<number>('report-submit-timeout') > 0) return 'requestFormId:fail timeout'
    return crypto.randomUUID().replaceAll('-', '')
  }

  private fields(): Field[] {
    const found: Field[] = []
    const walk = (parent: Element): void => {
      for (const child of parent.children) {
        const node = (child as BuiltIn).__wxElement
        if (isControl(child)) found.push({ name: String(node?.getAttribute('name') ?? ''), get: () => child.formValue(), reset: () => child.formReset() })
        else if (node && Component.isComponent(node) && elementHooks.isField(node)) {
          found.push({ name: String(node.data.name ?? ''), get: () => node.data.value as unknown, reset: () => node.setData({ value: '' }) })
          continue
        }
        walk(child)
      }
    }
    walk(this)
    return found
  }
}

defineElement('label', Label)
defineElement('form', Form)
