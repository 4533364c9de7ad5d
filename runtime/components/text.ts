/** Text: spaces and entities shown as asked, selectable or not. */

import { BuiltIn, defineElement, flag, number, text } from './element'

const SPACES: Record<string, string> = { ensp: '\u2002', emsp: '\u2003', nbsp: '\u00a0' }

/** What `space` and `decode` make of a text. */
export function shownText(raw: string, space: string, decode: boolean): string {
  const text = decode ? decodeEntities(raw) : raw
  return space in SPACES ? text.replaceAll(' ', SPACES[space]!) : text
}

class Text extends BuiltIn {
  static override attributes = { selectable: flag(), 'user-select': flag(), space: text('', 'ensp', 'emsp', 'nbsp'), decode: flag(), 'max-lines': number(0), overflow: text('visible', 'clip', 'fade', 'ellipsis', 'visible') }
  /** What the program wrote, where something else is shown. */
  declare private raw?: Map<CharacterData, { raw: string; shown: string }>
  declare private observer?: MutationObserver

  override changed(name: string, value: unknown): void {
    if (name === 'selectable') this.classList.toggle('h-selectable', Boolean(value))
    else if (name === 'user-select') this.classList.toggle('h-user-select', Boolean(value))
    else if (name === 'max-lines' || name === 'overflow') this.clamp()
    else if (name === 'space' || name === 'decode') {
      this.classList.toggle('h-spaced', Boolean(this.read('space')))
      // The engine writes into these nodes whenever data changes; it is enough to look after it has.
      if (!this.observer) (this.observer = new MutationObserver(() => this.redraw())).observe(this, { childList: true, characterData: true, subtree: true })
      this.redrawSoon()
    }
  }

  /** So many lines, and how the text ends that has more. */
  private clamp(): void {
    const lines = Math.max(0, Math.floor(this.read<number>('max-lines')))
    const overflow = this.read<string>('overflow')
    const shut = lines > 0 || overflow !== 'visible'
    const set = (name: string, value: string): void => (value ? this.style.setProperty(name, value) : void this.style.removeProperty(name))
    set('overflow', shut ? 'hidden' : '')
    set('display', lines ? (overflow === 'ellipsis' ? '-webkit-box' : 'block') : '')
    set('-webkit-box-orient', lines ? 'vertical' : '')
    set('-webkit-line-clamp', lines && overflow === 'ellipsis' ? String(lines) : '')
    set('max-height', lines && overflow !== 'ellipsis' ? `${lines}lh` : '')
    set('mask-image', overflow === 'fade' ? 'linear-gradient(to right, #000 calc(100% - 2em), transparent), linear-gradient(#000 calc(100% - 1lh), transparent 0)' : '')
  }

  protected override redraw(): void {
    const [space, decode] = [this.read<string>('space'), this.read<boolean>('decode')]
    const texts = (this.raw ??= new Map())
    for (const node of texts.keys()) if (!this.contains(node)) texts.delete(node)
    const walker = document.createTreeWalker(this, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode as CharacterData
      const known = texts.get(node)
      const raw = known && known.shown === node.data ? known.raw : node.data
      const shown = shownText(raw, space, decode)
      texts.set(node, { raw, shown })
      if (node.data !== shown) node.data = shown
    }
    // What was just written is no news.
    this.observer?.takeRecords()
  }
}

const ENTITIES: Record<string, string> = { nbsp: '\u00a0', lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", ensp: '\u2002', emsp: '\u2003' }

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, name: string) => {
    if (name[0] !== '#') return ENTITIES[name] ?? whole
    const code = name[1]?.toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

defineElement('text', Text)
