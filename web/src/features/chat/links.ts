/** Addresses of pages inside words. */
export interface Part {
  text: string
  url?: string
}

const ADDRESS = /https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+/gi
const TAIL = /[.,;:!?)\]}]+$/

export function cut(text: string): Part[] {
  const parts: Part[] = []
  let from = 0
  for (const found of text.matchAll(ADDRESS)) {
    const url = found[0].replace(TAIL, '')
    if (found.index > from) parts.push({ text: text.slice(from, found.index) })
    parts.push({ text: url, url })
    from = found.index + url.length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}
