/** Rich text: the published tags and attributes, built as nodes; nothing is ever parsed into a live document. */

import { resolveStyle, resolveUrl } from '../engine/program'
import { any, BuiltIn, defineElement, flag, text } from './element'
import { shownText } from './text'
import { trustedHtml } from '../engine/trusted'

const TAGS = new Set('a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em fieldset font footer h1 h2 h3 h4 h5 h6 header hr i img ins label legend li mark nav ol p pre q rt ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul'.split(' '))
const ATTRIBUTES: Record<string, string[]> = {
  img: ['alt', 'src', 'height', 'width'],
  col: ['span', 'width'],
  colgroup: ['span', 'width'],
  ol: ['start', 'type'],
  table: ['width'],
  td: ['colspan', 'height', 'rowspan', 'width'],
  th: ['colspan', 'height', 'rowspan', 'width'],
  font: ['color', 'face', 'size'],
  bdo: ['dir'],
}

interface TextNode {
  type?: string
  name?: string
  text?: unknown
  attrs?: Record<string, unknown>
  children?: unknown
}

/** How the texts and pictures of one rich text are made. */
interface Making {
  /** The component whose files relative addresses name. */
  from: string
  /** A class of the program as this document calls it. */
  scoped: (names: string) => string
  space: string
  /** Texts of node lists are decoded; those of markup have been, by its parser. */
  decode: boolean
}

const DEEPEST = 200

/** Nodes or markup as elements of this document, with everything but the published tags and attributes left out. */
export function sanitize(nodes: unknown, from: string, scoped: (names: string) => string, space: string): DocumentFragment {
  const out = document.createDocumentFragment()
  const making = { from, scoped, space, decode: typeof nodes !== 'string' }
  if (typeof nodes === 'string') {
    // Parsed in a document of its own that runs no script and fetches nothing.
    const parsed = new DOMParser().parseFromString(trustedHtml(nodes), 'text/html')
    for (const child of parsed.body.childNodes) append(out, fromDom(child), making, 0)
  } else if (Array.isArray(nodes)) for (const one of nodes) append(out, one as TextNode, making, 0)
  return out
}

function fromDom(node: ChildNode): TextNode | null {
  if (node.nodeType === Node.TEXT_NODE) return { type: 'text', text: node.textContent }
  if (!(node instanceof Element)) return null
  return {
    name: node.tagName.toLowerCase(),
    attrs: Object.fromEntries(Array.from(node.attributes, (one) => [one.name, one.value])),
    children: Array.from(node.childNodes, fromDom).filter(Boolean),
  }
}

function append(parent: Node, given: TextNode | null, making: Making, depth: number): void {
  if (!given || typeof given !== 'object' || depth > DEEPEST) return
  if (given.type === 'text' || (given.text !== undefined && !given.name)) {
    parent.appendChild(document.createTextNode(shownText(String(given.text ?? ''), making.space, making.decode)))
    return
  }
  const name = String(given.name ?? '').toLowerCase()
  if (!TAGS.has(name)) return
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(given.attrs ?? {})) {
    const attribute = key.toLowerCase()
    if (attribute === 'style') element.setAttribute('style', resolveStyle(String(value), making.from))
    else if (attribute === 'class') element.className = making.scoped(String(value))
    else if (name === 'img' && attribute === 'src') (element as HTMLImageElement).src = resolveUrl(String(value), making.from)
    else if (ATTRIBUTES[name]?.includes(attribute)) element.setAttribute(attribute, String(value))
  }
  if (Array.isArray(given.children)) for (const child of given.children) append(element, child as TextNode, making, depth + 1)
  parent.appendChild(element)
}

class RichText extends BuiltIn {
  static override attributes = { nodes: any([]), space: text('', 'ensp', 'emsp', 'nbsp'), 'user-select': flag() }

  override changed(name: string, value: unknown): void {
    if (name === 'user-select') this.classList.toggle('h-user-select', Boolean(value))
    else if (name === 'nodes' || name === 'space') this.redrawSoon()
  }

  protected override redraw(): void {
    const space = this.read<string>('space')
    this.classList.toggle('h-spaced', Boolean(space))
    this.replaceChildren(sanitize(this.read('nodes'), this.ownerPath, (names) => this.scopedClass(names), space))
  }
}

defineElement('rich-text', RichText)
