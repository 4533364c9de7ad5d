/** A stretch of text a person may select, and the program hears what. */

import { BuiltIn, defineElement, flag } from './element'

class Selection extends BuiltIn {
  static override attributes = { 'disable-context-menu': flag() }
  static override events = ['selectionchange']
  private last = ''
  private readonly changedIn = (): void => this.look()

  constructor() {
    super()
    this.addEventListener('contextmenu', (event) => {
      if (this.read('disable-context-menu')) event.preventDefault()
    })
  }

  connectedCallback(): void {
    document.addEventListener('selectionchange', this.changedIn)
  }

  disconnectedCallback(): void {
    document.removeEventListener('selectionchange', this.changedIn)
  }

  override changed(): void {
    // What a long press shows over selected text, where the browser lets a page say.
    this.style.setProperty('-webkit-touch-callout', this.read('disable-context-menu') ? 'none' : '')
  }

  private look(): void {
    const selection = document.getSelection()
    const range = selection?.rangeCount ? selection.getRangeAt(0) : null
    const inside = range !== null && this.contains(range.startContainer)
    if (!inside && !this.last) return
    const selectedString = inside ? (selection?.toString() ?? '') : ''
    const box = inside ? (range.getClientRects()[0] ?? new DOMRect()) : new DOMRect()
    const [first, last] = inside ? [this.end(range.startContainer, range.startOffset), this.end(range.endContainer, range.endOffset)] : [{}, {}]
    const detail = {
      isCollapsed: !selectedString,
      selectedString,
      firstNodeId: first.id,
      firstOffset: first.offset,
      lastNodeId: last.id,
      lastOffset: last.offset,
      firstRangeRect: { left: box.left, top: box.top, right: box.right, bottom: box.bottom, width: box.width, height: box.height },
    }
    const seen = JSON.stringify(detail)
    if (seen === this.last) return
    this.last = selectedString ? seen : ''
    this.emit('selectionchange', detail)
  }

  /** The text an end of the selection is in, by its id, and how many letters of it come before. Nothing outside. */
  private end(node: Node, offset: number): { id?: string; offset?: number } {
    const text = (node instanceof Element ? node : node.parentElement)?.closest<BuiltIn>('wx-text, wx-rich-text')
    if (!text || !this.contains(text)) return {}
    const before = document.createRange()
    before.setStart(text, 0)
    before.setEnd(node, offset)
    return { id: text.__wxElement?.id ?? '', offset: before.toString().length }
  }
}

defineElement('selection', Selection)
