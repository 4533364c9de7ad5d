/** Writing rich text, on Quill: its deltas and formats are the ones the published editor speaks. */

import Quill, { Delta, Parchment } from 'quill/core'
import { BlockEmbed } from 'quill/blots/block'
import Inline from 'quill/blots/inline'
import { DirectionStyle } from 'quill/formats/direction'
import { AlignStyle } from 'quill/formats/align'
import Bold from 'quill/formats/bold'
import Header from 'quill/formats/header'
import Indent from 'quill/formats/indent'
import Italic from 'quill/formats/italic'
import List from 'quill/formats/list'
import Script from 'quill/formats/script'
import Strike from 'quill/formats/strike'
import Underline from 'quill/formats/underline'
import Clipboard from 'quill/modules/clipboard'

import type { Editor } from '../components/editor'
import { addSheet } from '../engine/loader'
import { resolveUrl } from '../engine/program'
import { trustedHtml } from '../engine/trusted'
import css from './editor/editor.css'

addSheet('base', css)

/** Formats that are one property of a style, of words and of paragraphs. */
const WORDS = ['color', 'backgroundColor', 'fontSize', 'fontFamily', 'fontWeight', 'fontStyle', 'letterSpacing', 'textDecoration', 'wordSpacing']
const PARAGRAPHS = ['lineHeight', 'margin', 'marginTop', 'marginBottom', 'marginLeft', 'marginRight', 'padding', 'paddingTop', 'paddingBottom', 'paddingLeft', 'paddingRight', 'textIndent']
const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const { EmbedBlot, Scope, StyleAttributor } = Parchment

class Inserted extends Inline {
  static override blotName = 'ins'
  static override tagName = 'INS'
}

class Divider extends BlockEmbed {
  static override blotName = 'divider'
  static override tagName = 'HR'
}

/** A place for a component of the page's. */
class Custom extends BlockEmbed {
  static override blotName = 'customBlock'
  static override tagName = 'DIV'
  static override className = 'h-editor-block'

  static override create(id: string): HTMLElement {
    const made = super.create(id) as HTMLElement
    made.dataset.blockId = id
    return made
  }

  static override value(node: HTMLElement): string {
    return node.dataset.blockId ?? ''
  }
}

const DETAILS = ['alt', 'width', 'height', 'class', 'data-custom']

/** A picture keeps the address the program gave, and shows what stands for it here. */
class Picture extends EmbedBlot {
  static override blotName = 'image'
  static override tagName = 'IMG'
  static owner = ''

  static override create(src: string): HTMLElement {
    const made = super.create(src) as HTMLImageElement
    made.dataset.src = src
    made.src = resolveUrl(src, Picture.owner)
    return made
  }

  static override value(node: HTMLElement): string {
    return node.dataset.src ?? node.getAttribute('src') ?? ''
  }

  static override formats(node: HTMLElement): Record<string, string> {
    return Object.fromEntries(DETAILS.filter((name) => node.hasAttribute(name)).map((name) => [name, node.getAttribute(name)!]))
  }

  override format(name: string, value: string | false): void {
    if (!DETAILS.includes(name)) super.format(name, value)
    else if (value) (this.domNode as HTMLElement).setAttribute(name, value)
    else (this.domNode as HTMLElement).removeAttribute(name)
  }
}

/** Text becomes markup only through the frame's one door. */
class Pasting extends Clipboard {
  /** The formats that may come in now, where not all may. */
  allowed: () => unknown = () => undefined

  override convert(...given: Parameters<Clipboard['convert']>): Delta {
    const delta = super.convert(...given)
    const allowed = this.allowed()
    if (Array.isArray(allowed)) for (const op of delta.ops) if (op.attributes) op.attributes = Object.fromEntries(Object.entries(op.attributes).filter(([name]) => allowed.includes(name)))
    return delta
  }

  protected override convertHTML(html: string): ReturnType<Clipboard['convert']> {
    return super.convertHTML(trustedHtml(html))
  }
}

Quill.register(
  {
    'formats/bold': Bold, 'formats/italic': Italic, 'formats/underline': Underline, 'formats/strike': Strike, 'formats/script': Script, 'formats/header': Header, 'formats/list': List, 'formats/indent': Indent,
    'formats/align': AlignStyle, 'formats/direction': DirectionStyle, 'formats/ins': Inserted, 'formats/divider': Divider, 'formats/customBlock': Custom, 'formats/image': Picture, 'modules/clipboard': Pasting,
    ...Object.fromEntries(WORDS.map((name) => [`formats/${name}`, new StyleAttributor(name, dashed(name), { scope: Scope.INLINE })])),
    ...Object.fromEntries(PARAGRAPHS.map((name) => [`formats/${name}`, new StyleAttributor(name, dashed(name), { scope: Scope.BLOCK })])),
  } as never,
  true,
)

/** The published words where Quill has others. */
const TO_QUILL: Record<string, (value: unknown) => unknown> = { list: (value) => (value === 'check' ? 'unchecked' : value), script: (value) => value }
const FROM_QUILL = (formats: Record<string, unknown>): Record<string, unknown> => ({ ...formats, ...(formats.list === 'unchecked' || formats.list === 'checked' ? { list: 'check' } : {}) })

type Range = { index: number; length: number }

export class Editing {
  private readonly quill: Quill
  private readonly frame = document.createElement('div')
  private picked: HTMLImageElement | null = null
  private last: Range = { index: 0, length: 0 }
  private blocks = 0
  private pasting = false
  private told = '{}'

  constructor(private readonly editor: Editor) {
    const place = document.createElement('div')
    place.className = 'h-editor'
    // Quill empties its place by writing an empty text into it, which the frame's policy takes for markup.
    Object.defineProperty(place, 'innerHTML', { get: () => '', set: () => place.replaceChildren() })
    editor.append(place)
    Picture.owner = editor.ownerPath
    this.quill = new Quill(place, { placeholder: editor.read('placeholder'), readOnly: editor.read('read-only'), modules: { history: { delay: 300, userOnly: false } } })
    const { root } = this.quill
    root.setAttribute('role', 'textbox')
    root.setAttribute('aria-multiline', 'true')
    for (const name of ['placeholder', 'enterkeyhint']) this.changed(name)
    root.addEventListener('focus', () => editor.emit('focus', this.contents()))
    root.addEventListener('blur', () => editor.emit('blur', this.contents()))
    root.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || editor.read('confirm-hold')) return
      event.preventDefault()
      event.stopImmediatePropagation()
      root.blur()
    }, true)
    root.addEventListener('paste', () => (this.pasting = true), true)
    root.addEventListener('click', (event) => this.pick(event.target instanceof HTMLImageElement ? event.target : null))
    this.quill.clipboard.addMatcher('script', () => new Delta())
    ;(this.quill.clipboard as Pasting).allowed = () => (this.pasting ? editor.read('enable-formats') : undefined)
    this.quill.on('text-change', () => {
      this.pasting = false
      editor.emit('input', this.contents())
      this.tellStatus()
      this.place()
    })
    this.quill.on('selection-change', (range: Range | null) => {
      if (!range) return
      this.last = range
      this.tellStatus()
    })
    this.frame.className = 'h-editor-picked'
    this.frame.addEventListener('pointerdown', (event) => this.resize(event))
  }

  changed(name: string): void {
    const { editor, quill } = this
    if (name === 'read-only') quill.enable(!editor.read('read-only'))
    else if (name === 'placeholder') {
      quill.root.dataset.placeholder = editor.read('placeholder')
      quill.root.ariaLabel = editor.read('placeholder') || null
    } else if (name === 'enterkeyhint') quill.root.enterKeyHint = editor.read('enterkeyhint')
    else this.pick(this.picked)
  }

  caretBottom(): number {
    const bounds = this.quill.getBounds(this.last.index)
    return this.quill.root.getBoundingClientRect().top + (bounds?.bottom ?? 0)
  }

  private contents(): { html: string; text: string; delta: object } {
    const copy = this.quill.root.cloneNode(true) as HTMLElement
    for (const one of copy.querySelectorAll<HTMLImageElement>('img')) {
      one.setAttribute('src', one.dataset.src ?? one.src)
      one.removeAttribute('data-src')
    }
    copy.querySelectorAll('.ql-ui').forEach((one) => one.remove())
    return { html: copy.innerHTML, text: this.quill.getText(), delta: structuredClone({ ops: this.quill.getContents().ops }) }
  }

  private get range(): Range {
    return this.quill.getSelection() ?? this.last
  }

  format(name: string, value?: unknown): void {
    const { index, length } = this.range
    this.quill.setSelection(index, length, 'silent')
    const now = this.quill.getFormat(index, length)[name]
    const wanted = TO_QUILL[name]?.(value) ?? value
    // Without a value, and with the value it has, a format is turned about.
    const next = wanted === undefined ? !now : now === wanted ? false : wanted
    this.quill.format(name, next, 'user')
    this.tellStatus()
  }

  /** Other formats at the caret than were told of last. */
  private tellStatus(): void {
    const formats = FROM_QUILL(this.quill.getFormat(this.last))
    const text = JSON.stringify(formats)
    if (text === this.told) return
    this.told = text
    this.editor.emit('statuschange', formats)
  }

  scrollIntoView(): void {
    this.quill.focus()
    this.quill.scrollSelectionIntoView()
    this.editor.scrollIntoView({ block: 'nearest' })
  }

  // ── a picture that was touched ──

  private pick(image: HTMLImageElement | null): void {
    this.picked = image
    this.frame.remove()
    const { editor } = this
    const [size, tools, handles] = ['show-img-size', 'show-img-toolbar', 'show-img-resize'].map((name) => editor.read<boolean>(name))
    if (!image || editor.read('read-only') || !(size || tools || handles)) return
    this.frame.replaceChildren()
    if (size) this.frame.append(Object.assign(document.createElement('span'), { className: 'h-editor-size' }))
    if (tools) {
      const bar = document.createElement('div')
      bar.className = 'h-editor-tools'
      const button = (label: string, words: string, press: () => void): void => {
        const made = Object.assign(document.createElement('button'), { type: 'button', textContent: words, onclick: press })
        made.ariaLabel = label
        bar.append(made)
      }
      button('50%', '½', () => this.setWidth('50%'))
      button('100%', '1', () => this.setWidth('100%'))
      button('Delete', '×', () => {
        const blot = Quill.find(image) as { remove: () => void } | null
        blot?.remove()
        this.quill.update('user')
        this.pick(null)
      })
      this.frame.append(bar)
    }
    if (handles) this.frame.append(Object.assign(document.createElement('i'), { className: 'h-editor-handle' }))
    this.editor.append(this.frame)
    this.place()
  }

  private setWidth(width: string): void {
    ;(Quill.find(this.picked!) as unknown as { format: (name: string, value: string) => void } | null)?.format('width', width)
    this.quill.update('user')
    this.place()
  }

  private place(): void {
    const { picked, frame } = this
    if (!picked?.isConnected) {
      frame.remove()
      return
    }
    const [box, around] = [picked.getBoundingClientRect(), this.editor.getBoundingClientRect()]
    frame.style.cssText = `left:${box.left - around.left}px;top:${box.top - around.top}px;width:${box.width}px;height:${box.height}px`
    const size = frame.querySelector('.h-editor-size')
    if (size) size.textContent = `${Math.round(box.width)} × ${Math.round(box.height)}`
  }

  private resize(event: PointerEvent): void {
    const handle = event.target as HTMLElement
    if (!handle.classList.contains('h-editor-handle') || !this.picked) return
    event.preventDefault()
    handle.setPointerCapture(event.pointerId)
    const [from, width] = [event.clientX, this.picked.offsetWidth]
    handle.onpointermove = (move) => this.setWidth(`${Math.max(20, Math.round(width + move.clientX - from))}`)
    handle.onpointerup = () => (handle.onpointermove = null)
  }

  // ── what a program asks ──

  private insert(name: string, value: unknown, nowrap: boolean, formats: Record<string, string> = {}): void {
    const { index, length } = this.range
    if (length) this.quill.deleteText(index, length, 'user')
    this.quill.insertEmbed(index, name, value, 'user')
    for (const [key, one] of Object.entries(formats)) this.quill.formatText(index, 1, key, one, 'user')
    if (!nowrap) this.quill.insertText(index + 1, '\n', 'user')
    this.quill.setSelection(index + (nowrap ? 1 : 2), 0, 'silent')
    this.last = { index: index + (nowrap ? 1 : 2), length: 0 }
  }

  readonly commands = {
    blur: () => this.quill.blur(),
    clear: () => void this.quill.setContents([], 'user'),
    getContents: () => this.contents(),
    setContents: ({ html, delta }: { html?: string; delta?: { ops: [] } }) => {
      this.quill.setContents(delta ? delta.ops : this.quill.clipboard.convert({ html: html ?? '' }), 'user')
    },
    insertText: ({ text = '' }: { text?: string }) => {
      const { index, length } = this.range
      if (length) this.quill.deleteText(index, length, 'user')
      this.quill.insertText(index, String(text), 'user')
      this.last = { index: index + text.length, length: 0 }
      this.quill.setSelection(this.last.index, 0, 'silent')
    },
    insertDivider: () => this.insert('divider', true, true),
    insertImage: ({ src, alt, width, height, data, extClass, nowrap = false }: { src: string; alt?: string; width?: string; height?: string; data?: Record<string, unknown>; extClass?: string; nowrap?: boolean }) => {
      const custom = Object.entries(data ?? {}).map(([key, value]) => `${key}=${String(value)}`).join('&')
      const formats = { alt, width, height, class: extClass, 'data-custom': custom || undefined }
      this.insert('image', src, nowrap, Object.fromEntries(Object.entries(formats).filter((one): one is [string, string] => one[1] !== undefined)))
    },
    insertCustomBlock: ({ nowrap = false }: { nowrap?: boolean } = {}) => {
      const blockId = `block-${++this.blocks}`
      this.insert('customBlock', blockId, nowrap)
      return { blockId }
    },
    removeFormat: () => {
      const { index, length } = this.range
      this.quill.removeFormat(index, length, 'user')
    },
    undo: () => this.quill.history.undo(),
    redo: () => this.quill.history.redo(),
    getHistoryState: () => {
      const { undo, redo } = this.quill.history.stack
      return { undo: undo.length > 0, redo: redo.length > 0 }
    },
    getSelectionText: () => ({ text: this.quill.getText(this.range.index, this.range.length) }),
    getSelection: () => ({ range: { ...this.range }, bounds: this.bounds(this.range) }),
    setSelection: ({ index, length = 0 }: Range) => {
      this.quill.setSelection(index, length, 'user')
      this.last = { index, length }
    },
    deleteText: ({ index, length }: Range) => void this.quill.deleteText(index, length, 'user'),
    getBounds: ({ index, length = 0 }: Range) => ({ bounds: this.bounds({ index, length }) }),
  }

  /** Where a stretch of text is in the page's window. */
  private bounds({ index, length }: Range): object {
    const found = this.quill.getBounds(index, length)
    const box = this.quill.container.getBoundingClientRect()
    if (!found) throw { errMsg: 'out of range' }
    return { left: box.left + found.left, top: box.top + found.top, right: box.left + found.right, bottom: box.top + found.bottom, width: found.width, height: found.height }
  }
}
