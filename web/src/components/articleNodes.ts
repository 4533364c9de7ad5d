/**
 * What an article says, as nodes to draw. The server has made it safe; here only elements and attributes that are known are
 * drawn, as data and never as HTML, so that nothing in an article can run.
 */
export interface ArticleNode {
  tag: string
  /** Of a text: its words. */
  text: string
  style: Record<string, string>
  attributes: Record<string, string>
  program: ProgramMention | null
  children: ArticleNode[]
}

export interface ProgramMention {
  appid: string
  path: string
  card: boolean
  title: string
  picture: string
}

const CARD = 'mp-miniprogram'
const PLAIN = new Set(
  'h1 h2 h3 h4 h5 h6 p div section blockquote pre hr br span strong b em i u s del ins sub sup small code mark ul ol li dl dt dd figure figcaption table caption colgroup col thead tbody tfoot tr th td'.split(' '),
)
const KEPT: Record<string, string[]> = { img: ['src', 'alt'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan'], ol: ['start'], a: ['href'] }
const PIXELS = /(\d+(?:\.\d+)?)px/g
const ROOT_PX = 16

/** Lengths in rem, so that large type scales them; colours as variables, which the page fits to its theme. */
export function styleOf(text: string): Record<string, string> {
  const style: Record<string, string> = {}
  for (const declaration of text.split(';')) {
    const at = declaration.indexOf(':')
    if (at < 0) continue
    const name = declaration.slice(0, at).trim()
    const value = declaration.slice(at + 1).trim()
    if (name === 'color') style['--ink'] = value
    else if (name === 'background-color') style['--paper'] = value
    else style[name] = value.replace(PIXELS, (_, number: string) => `${String(Number(number) / ROOT_PX)}rem`)
  }
  return style
}

const attributesOf = (element: Element): Record<string, string> =>
  Object.fromEntries((KEPT[element.tagName.toLowerCase()] ?? []).map((name) => [name, element.getAttribute(name) ?? '']).filter(([, value]) => value !== ''))

function programOf(element: Element): ProgramMention | null {
  const of = (name: string): string => element.getAttribute(`data-miniprogram-${name}`) ?? ''
  if (of('appid') === '') return null
  return { appid: of('appid'), path: of('path').replace(/^\/+/, ''), card: element.tagName.toLowerCase() === CARD, title: of('title'), picture: of('imageurl') }
}

function nodeOf(node: Node): ArticleNode[] {
  if (node.nodeType === Node.TEXT_NODE) return [{ tag: '', text: node.nodeValue ?? '', style: {}, attributes: {}, program: null, children: [] }]
  if (!(node instanceof Element)) return []
  const tag = node.tagName.toLowerCase()
  const children = [...node.childNodes].flatMap(nodeOf)
  const program = tag === CARD || tag === 'a' ? programOf(node) : null
  if (!PLAIN.has(tag) && !(tag in KEPT) && program === null) return children
  return [{ tag, text: '', style: styleOf(node.getAttribute('style') ?? ''), attributes: attributesOf(node), program, children }]
}

export function articleNodes(html: string): ArticleNode[] {
  return [...new DOMParser().parseFromString(html, 'text/html').body.childNodes].flatMap(nodeOf)
}
