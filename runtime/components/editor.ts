/** Editor: rich text to write in. The writing itself is a part of its own, fetched when an editor first appears. */

import { part } from '../engine/parts'
import type { Editing } from '../parts/editor'
import { any, BuiltIn, defineElement, flag, text } from './element'
import { stopTyping, type Typed, typing } from './keyboard'

export class Editor extends BuiltIn implements Typed {
  static override attributes = {
    'read-only': flag(),
    placeholder: text(),
    'show-img-size': flag(),
    'show-img-toolbar': flag(),
    'show-img-resize': flag(),
    'enable-formats': any(undefined),
    enterkeyhint: text('enter'),
    'confirm-hold': flag(true),
  }
  static override events = ['ready', 'focus', 'blur', 'input', 'statuschange']
  readonly editing: Promise<Editing>
  private open: Editing | null = null
  private arrived: (editing: Editing) => void = () => {}

  constructor() {
    super()
    this.editing = new Promise((resolve) => (this.arrived = resolve))
    this.addEventListener('focusin', () => typing(this))
    this.addEventListener('focusout', () => stopTyping(this))
  }

  connectedCallback(): void {
    if (this.open) return
    void part<typeof import('../parts/editor')>('editor').then(({ Editing: Opened }) => {
      this.open ??= new Opened(this)
      this.arrived(this.open)
      this.emit('ready', {})
    })
  }

  override changed(name: string): void {
    this.open?.changed(name)
  }

  caretBottom(): number {
    return this.open?.caretBottom() ?? this.getBoundingClientRect().bottom
  }

  keyboardChanged(): void {}

  scriptContext(): EditorContext {
    return new EditorContext(this)
  }
}

interface Callbacks {
  success?: (result: object) => void
  fail?: (failure: object) => void
  complete?: (result: object) => void
}

export const EDITOR_COMMANDS = [
  'blur', 'clear', 'deleteText', 'getBounds', 'getContents', 'getHistoryState', 'getSelection', 'getSelectionText', 'insertCustomBlock', 'insertDivider', 'insertImage', 'insertText', 'redo', 'removeFormat', 'setContents', 'setSelection', 'undo',
] as const

/** The published EditorContext. */
export class EditorContext {
  constructor(private readonly editor: Editor) {}

  format(name: string, value?: unknown): void {
    void this.editor.editing.then((editing) => editing.format(name, value))
  }

  scrollIntoView(): void {
    void this.editor.editing.then((editing) => editing.scrollIntoView())
  }

  async command(name: (typeof EDITOR_COMMANDS)[number], options: Callbacks & Record<string, unknown> = {}): Promise<void> {
    let result: { errMsg: string }
    try {
      result = { ...((await this.editor.editing).commands[name](options as never) as object | undefined), errMsg: `${name}:ok` }
    } catch (error) {
      result = { errMsg: `${name}:fail ${String((error as { errMsg?: string; message?: string }).errMsg ?? (error as Error).message)}` }
    }
    if (result.errMsg.endsWith(':ok')) options.success?.(result)
    else options.fail?.(result)
    options.complete?.(result)
  }
}

for (const name of EDITOR_COMMANDS) {
  ;(EditorContext.prototype as any)[name] = function (this: EditorContext, options?: Callbacks & Record<string, unknown>) {
    void this.command(name, options)
  }
}

defineElement('editor', Editor)
