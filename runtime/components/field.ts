/** Input and textarea: what is typed, where the caret is, and what stands above the keyboard. */

import { program, resolveStyle } from '../engine/program'
import { any, BuiltIn, defineElement, flag, number, text } from './element'
import type { Control } from './form'
import { keyboard, stopTyping, type Typed, typing } from './keyboard'

const TYPES: Record<string, [type: string, mode: string]> = {
  text: ['text', 'text'],
  number: ['text', 'numeric'],
  idcard: ['text', 'text'],
  digit: ['text', 'decimal'],
  'safe-password': ['password', 'text'],
  nickname: ['text', 'text'],
}

/** What each kind of keyboard has keys for. */
const KEYS: Record<string, (value: string) => string> = {
  number: (value) => value.replace(/[^\d]/g, ''),
  digit: (value) => value.replace(/[^\d.]/g, '').replace(/(\..*)\./g, '$1'),
  idcard: (value) => value.replace(/[^\dXx]/g, ''),
}

/** With animation, as keyboards come and go. */
const KEYBOARD_SECONDS = 0.25

abstract class Field<E extends HTMLInputElement | HTMLTextAreaElement> extends BuiltIn implements Control, Typed {
  protected abstract readonly field: E
  private readonly hint = document.createElement('div')
  private composing = false
  private told = ''
  private known = false

  protected start(): void {
    const { field, hint } = this
    hint.className = 'h-field-placeholder'
    hint.setAttribute('aria-hidden', 'true')
    field.addEventListener('compositionstart', () => (this.composing = true))
    field.addEventListener('compositionend', () => {
      this.composing = false
      this.typed()
    })
    field.addEventListener('input', () => {
      this.drawHint()
      if (!this.composing) this.typed()
    })
    field.addEventListener('focus', () => {
      this.placeCaret()
      typing(this)
      this.accessories(true)
      this.emit('focus', { value: field.value, height: keyboard.height })
      this.emit('keyboardheightchange', { height: keyboard.height, duration: 0 })
    })
    field.addEventListener('blur', () => {
      stopTyping(this)
      this.accessories(false)
      this.emit('blur', { value: field.value, cursor: field.selectionEnd ?? 0 })
      this.emit('keyboardheightchange', { height: 0, duration: 0 })
      this.left()
    })
    field.addEventListener('keydown', (event) => {
      if ((event as KeyboardEvent).key !== 'Enter' || (event as KeyboardEvent).isComposing) return
      if (this.confirms(event as KeyboardEvent)) {
        this.emit('confirm', { value: field.value })
        if (!this.read('confirm-hold')) field.blur()
      }
    })
  }

  connectedCallback(): void {
    if (!this.field.parentNode) {
      this.append(this.hint, this.field)
      this.drawHint()
    }
    if (this.read('focus') || this.read('auto-focus')) this.take()
  }

  /** Focus after what is being set now has been set. */
  private take(): void {
    queueMicrotask(() => this.field.focus({ preventScroll: true }))
  }

  protected abstract confirms(event: KeyboardEvent): boolean

  protected resized(): void {}

  /** Another value was set while nobody typed. */
  protected setOtherwise(_value: string): void {}

  /** The caret has left. */
  protected left(): void {}

  caretBottom(): number {
    return this.getBoundingClientRect().bottom
  }

  keyboardChanged(height: number): void {
    this.emit('keyboardheightchange', { height, duration: KEYBOARD_SECONDS })
  }

  override changed(name: string, value: any): void {
    const { field } = this
    switch (name) {
      case 'value': {
        const next = this.limited(value === null || value === undefined ? '' : String(value))
        const other = field.value !== next
        if (other && !this.composing) field.value = next
        if (other && this.known && document.activeElement !== field) this.setOtherwise(next)
        this.known = true
        this.told = field.value
        this.drawHint()
        this.resized()
        break
      }
      case 'placeholder':
        this.hint.textContent = value
        field.setAttribute('aria-label', this.read('aria-label') || value)
        this.drawHint()
        break
      case 'placeholder-class':
        this.hint.className = `h-field-placeholder ${this.scopedClass(value)}`
        break
      case 'placeholder-style':
        this.hint.setAttribute('style', resolveStyle(String(value)))
        this.drawHint()
        break
      case 'disabled':
        field.disabled = value
        break
      case 'maxlength':
        field.value = this.limited(field.value)
        this.drawHint()
        break
      case 'focus':
        if (!this.isConnected) break
        if (value) this.take()
        else if (document.activeElement === field) field.blur()
        break
      case 'cursor':
      case 'selection-start':
      case 'selection-end':
        if (document.activeElement === field) this.placeCaret()
        break
      case 'cursor-color':
        field.style.caretColor = value
        break
      case 'aria-label':
        field.setAttribute('aria-label', value)
    }
  }

  /** Where the program wants the caret, or what it wants selected. */
  private placeCaret(): void {
    const { field } = this
    const [from, to, at] = [this.read<number>('selection-start'), this.read<number>('selection-end'), this.read<number>('cursor')]
    if (from >= 0 && to >= 0) field.setSelectionRange(from, to)
    else if (at >= 0) field.setSelectionRange(at, at)
  }

  formValue(): string {
    return this.field.value
  }

  formReset(): void {
    this.field.value = ''
    this.typed(false)
  }

  /** Put text in as if it had been typed. */
  protected fill(value: string): void {
    this.field.value = value
    this.typed()
  }

  private limited(value: string): string {
    const most = this.read<number>('maxlength')
    return most >= 0 ? Array.from(value).slice(0, most).join('') : value
  }

  private typed(tell = true): void {
    const { field } = this
    const limited = this.limited(this.filter(field.value))
    if (limited !== field.value) field.value = limited
    this.drawHint()
    this.resized()
    if (field.value === this.told) return
    const keyCode = field.value.charCodeAt((field.selectionEnd ?? 1) - 1) || 0
    this.told = field.value
    this.writeBack('value', field.value)
    if (tell) this.emit('input', { value: field.value, cursor: field.selectionEnd ?? field.value.length, keyCode })
  }

  protected filter(value: string): string {
    return value
  }

  private drawHint(): void {
    this.hint.style.display = this.field.value ? 'none' : ''
  }

  /** Bars of the program's that stand above the keyboard while this field is typed in. */
  private accessories(shown: boolean): void {
    for (const one of this.querySelectorAll<KeyboardAccessory>('wx-keyboard-accessory')) one.show(shown)
  }
}

const FIELD = {
  name: text(),
  value: any(''),
  placeholder: text(),
  'placeholder-style': text(),
  'placeholder-class': text('input-placeholder'),
  disabled: flag(),
  maxlength: number(140),
  'cursor-spacing': number(),
  'auto-focus': flag(),
  focus: flag(),
  'confirm-hold': flag(),
  cursor: number(-1),
  'cursor-color': text(),
  'selection-start': number(-1),
  'selection-end': number(-1),
  'adjust-position': flag(true),
  'hold-keyboard': flag(),
}

/** A bar of the runtime's own above the keyboard, with one button. */
function bar(words: string, pressed: () => void): HTMLElement {
  const line = document.createElement('div')
  line.className = 'h-accessory'
  line.popover = 'manual'
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = words
  button.onclick = pressed
  line.append(button)
  return line
}

const say = (chinese: string, english: string): string => (program().boot.language.startsWith('zh') ? chinese : english)

class Input extends Field<HTMLInputElement> {
  static override attributes = {
    ...FIELD,
    type: text('text', 'text', 'number', 'idcard', 'digit', 'safe-password', 'nickname'),
    password: flag(),
    'confirm-type': text('done', 'send', 'search', 'next', 'go', 'done'),
  }
  static override events = ['input', 'change', 'focus', 'blur', 'confirm', 'keyboardheightchange', 'nicknamereview']
  protected readonly field = document.createElement('input')
  private offer: HTMLElement | null = null

  constructor() {
    super()
    this.start()
    this.field.addEventListener('focus', () => this.offerNickname())
  }

  override changed(name: string, value: any): void {
    if (name === 'type' || name === 'password') {
      const [type, mode] = TYPES[this.read<string>('type')] ?? TYPES.text!
      this.field.type = this.read('password') ? 'password' : type
      this.field.inputMode = mode
    } else if (name === 'confirm-type') this.field.enterKeyHint = value
    else super.changed(name, value)
  }

  protected override setOtherwise(value: string): void {
    this.emit('change', { value })
  }

  protected override filter(value: string): string {
    return KEYS[this.read<string>('type')]?.(value) ?? value
  }

  protected confirms(): boolean {
    return true
  }

  /** The person's own name, one press away; the host asks whether the program may have it. */
  private offerNickname(): void {
    if (this.read('type') !== 'nickname') return
    this.offer = bar(say('用我的昵称', 'Use my nickname'), () => {
      program().host.call('chooseNickname').then(
        ({ nickName }: { nickName: string }) => this.fill(nickName),
        () => {},
      )
    })
    this.append(this.offer)
    this.offer.showPopover()
  }

  protected override left(): void {
    this.offer?.remove()
    this.offer = null
    if (this.read('type') !== 'nickname' || !this.field.value) return
    const asked = this.field.value
    program().host.call('reviewNickname', { nickName: asked }).then(
      ({ pass }: { pass: boolean }) => {
        // As published: a name that does not pass is taken out again.
        if (!pass && this.field.value === asked) this.fill('')
        this.emit('nicknamereview', { pass, timeout: false })
      },
      () => this.emit('nicknamereview', { pass: true, timeout: true }),
    )
  }
}

class Textarea extends Field<HTMLTextAreaElement> {
  static override attributes = {
    ...FIELD,
    'placeholder-class': text('textarea-placeholder'),
    'auto-height': flag(),
    fixed: flag(),
    'show-confirm-bar': flag(true),
    'disable-default-padding': flag(),
    'confirm-type': text('return', 'send', 'search', 'next', 'go', 'done', 'return'),
    'adjust-keyboard-to': text('cursor', 'cursor', 'bottom'),
  }
  static override events = ['input', 'focus', 'blur', 'confirm', 'keyboardheightchange', 'linechange']
  protected readonly field = document.createElement('textarea')
  private lines = 0
  private done: HTMLElement | null = null

  constructor() {
    super()
    this.start()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    requestAnimationFrame(() => this.resized())
  }

  override changed(name: string, value: any): void {
    super.changed(name, value)
    if (name === 'auto-height') {
      this.field.style.height = ''
      this.classList.toggle('h-auto-height', value)
      this.resized()
    } else if (name === 'disable-default-padding') {
      this.classList.toggle('h-unpadded', value)
      this.resized()
    } else if (name === 'confirm-type') this.field.enterKeyHint = value === 'return' ? 'enter' : value
  }

  override caretBottom(): number {
    const { field } = this
    if (this.read('adjust-keyboard-to') === 'bottom') return super.caretBottom()
    const box = field.getBoundingClientRect()
    return Math.min(box.bottom, box.top - field.scrollTop + parseFloat(getComputedStyle(field).paddingTop) + this.heightOf(field.value.slice(0, field.selectionEnd)))
  }

  /** How tall text is as this field wraps it. */
  private heightOf(words: string): number {
    const copy = this.field.cloneNode() as HTMLTextAreaElement
    copy.value = words
    copy.style.cssText += ';position:absolute;visibility:hidden;height:0;min-height:0'
    this.append(copy)
    const { paddingTop, paddingBottom } = getComputedStyle(copy)
    const height = copy.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom)
    copy.remove()
    return height
  }

  override keyboardChanged(height: number): void {
    super.keyboardChanged(height)
    this.done?.remove()
    this.done = null
    if (!height || !this.read('show-confirm-bar')) return
    this.done = bar(say('完成', 'Done'), () => this.field.blur())
    this.append(this.done)
    this.done.showPopover()
  }

  protected override left(): void {
    this.done?.remove()
    this.done = null
  }

  protected override resized(): void {
    if (!this.isConnected) return
    const { field } = this
    const line = parseFloat(getComputedStyle(field).lineHeight) || 20
    if (this.read('auto-height')) {
      field.style.height = '0'
      const height = Math.max(field.scrollHeight, line)
      field.style.height = `${height}px`
    }
    const lines = Math.max(1, Math.round(this.heightOf(field.value) / line))
    if (lines !== this.lines) {
      this.lines = lines
      const height = lines * line
      this.emit('linechange', { height, heightRpx: (height * 750) / document.documentElement.clientWidth, lineCount: lines })
    }
  }

  protected confirms(event: KeyboardEvent): boolean {
    if (this.read('confirm-type') === 'return') return false
    event.preventDefault()
    return true
  }
}

/** A bar of the program's own that stands above the keyboard while the field around it is typed in. */
class KeyboardAccessory extends BuiltIn {
  connectedCallback(): void {
    this.popover = 'manual'
  }

  show(shown: boolean): void {
    this.togglePopover(shown)
  }
}

defineElement('input', Input)
defineElement('textarea', Textarea)
defineElement('keyboard-accessory', KeyboardAccessory)
