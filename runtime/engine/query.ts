/** Looking at the page: selector queries, intersection and media-query observers. */

import { componentOf } from './component'
import type { Element, GeneralComponent } from './glass-easel'
import { pageElementOf, pageOrigin } from './layout'

type Fields = Record<string, unknown>

/** What an element offers to script: a canvas' drawing surface, a video's controls, a scroll view's position. */
export interface Scriptable {
  scriptNode?: () => unknown
  scriptContext?: () => unknown
  scrollPart?: () => HTMLElement
}

interface Request {
  scope: GeneralComponent | null
  selector: string
  mode: 'one' | 'all' | 'viewport'
  fields: Fields
  callback?: (result: unknown) => void
}

export const queryHooks = { currentPage: (): GeneralComponent | null => null }

export function createSelectorQuery(): SelectorQuery {
  return new SelectorQuery()
}

export class SelectorQuery {
  private requests: Request[] = []
  private component: GeneralComponent | null = null;

  in(instance: object): this {
    this.component = componentOf(instance)
    return this
  }

  select(selector: string): NodesRef {
    return new NodesRef(this, { scope: this.component, selector, mode: 'one', fields: {} })
  }

  selectAll(selector: string): NodesRef {
    return new NodesRef(this, { scope: this.component, selector, mode: 'all', fields: {} })
  }

  selectViewport(): NodesRef {
    return new NodesRef(this, { scope: this.component, selector: '', mode: 'viewport', fields: {} })
  }

  add(request: Request): this {
    this.requests.push(request)
    return this
  }

  exec(callback?: (results: unknown[]) => void): this {
    const requests = this.requests
    // Answers come later, as from another thread, after what was set has been drawn.
    queueMicrotask(() => {
      const results = requests.map(answer)
      requests.forEach((request, index) => request.callback?.(results[index]))
      callback?.(results)
    })
    return this
  }
}

class NodesRef {
  constructor(
    private readonly query: SelectorQuery,
    private readonly request: Request,
  ) {}

  fields(fields: Fields, callback?: (result: any) => void): SelectorQuery {
    return this.query.add({ ...this.request, fields, callback })
  }

  boundingClientRect(callback?: (result: any) => void): SelectorQuery {
    return this.fields({ id: true, dataset: true, rect: true, size: true }, callback)
  }

  scrollOffset(callback?: (result: any) => void): SelectorQuery {
    return this.fields({ id: true, dataset: true, scrollOffset: true }, callback)
  }

  context(callback?: (result: any) => void): SelectorQuery {
    return this.fields({ context: true }, callback)
  }

  node(callback?: (result: any) => void): SelectorQuery {
    return this.fields({ node: true }, callback)
  }

  ref(callback?: (result: any) => void): SelectorQuery {
    return this.fields({ node: true }, callback)
  }
}

function answer(request: Request): unknown {
  const scope = request.scope ?? queryHooks.currentPage()
  if (!scope) return request.mode === 'all' ? [] : null
  if (request.mode === 'viewport') {
    const page = pageElementOf(scope)
    const origin = pageOrigin(scope)
    return {
      ...(request.fields.id ? { id: '' } : {}),
      ...(request.fields.dataset ? { dataset: {} } : {}),
      ...(request.fields.rect ? { left: 0, top: 0, right: origin.width, bottom: origin.height } : {}),
      ...(request.fields.size ? { width: origin.width, height: origin.height } : {}),
      ...(request.fields.scrollOffset && page ? { scrollLeft: page.scrollLeft, scrollTop: page.scrollTop, scrollWidth: page.scrollWidth, scrollHeight: page.scrollHeight } : {}),
    }
  }
  const root = scope.getShadowRoot()
  const found = root ? root.querySelectorAll(request.selector) : []
  if (request.mode === 'all') return found.map((node) => measure(node, request.fields))
  return found[0] ? measure(found[0], request.fields) : null
}

export function measure(node: Element, fields: Fields): Fields {
  const dom = node.getBackendElement() as unknown as (HTMLElement & Scriptable) | null
  const out: Fields = {}
  if (fields.id) out.id = node.id
  if (fields.dataset) out.dataset = { ...node.dataset }
  if (fields.mark) out.mark = node.collectMarks()
  if (!dom) return out
  if (fields.rect || fields.size) {
    const box = dom.getBoundingClientRect()
    const origin = pageOrigin(node)
    if (fields.rect) Object.assign(out, { left: box.left - origin.left, top: box.top - origin.top, right: box.right - origin.left, bottom: box.bottom - origin.top })
    if (fields.size) Object.assign(out, { width: box.width, height: box.height })
  }
  if (fields.scrollOffset) {
    const part = dom.scrollPart?.() ?? dom
    Object.assign(out, { scrollLeft: part.scrollLeft, scrollTop: part.scrollTop, scrollWidth: part.scrollWidth, scrollHeight: part.scrollHeight })
  }
  for (const name of (fields.properties as string[] | undefined) ?? []) out[name] = node.getAttribute(name)
  const computed = (fields.computedStyle as string[] | undefined) ?? []
  if (computed.length) {
    const style = getComputedStyle(dom)
    for (const name of computed) out[name] = style.getPropertyValue(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
  }
  if (fields.node) out.node = dom.scriptNode?.() ?? null
  if (fields.context) out.context = dom.scriptContext?.() ?? null
  return out
}

interface ObserverOptions {
  thresholds?: number[]
  initialRatio?: number
  observeAll?: boolean
}

interface Margins {
  left?: number
  right?: number
  top?: number
  bottom?: number
}

export function createIntersectionObserver(instance: object | null, options: ObserverOptions = {}): PageIntersectionObserver {
  return new PageIntersectionObserver(instance ? componentOf(instance) : null, options)
}

/** The published IntersectionObserver of a component. */
export class PageIntersectionObserver {
  private readonly references: { selector: string | null; margins: Margins }[] = []
  private observers: IntersectionObserver[] = []

  constructor(
    private readonly scope: GeneralComponent | null,
    private readonly options: ObserverOptions,
  ) {}

  relativeTo(selector: string, margins: Margins = {}): this {
    this.references.push({ selector, margins })
    return this
  }

  relativeToViewport(margins: Margins = {}): this {
    this.references.push({ selector: null, margins })
    return this
  }

  observe(selector: string, callback: (entry: Fields) => void): void {
    const scope = this.scope ?? queryHooks.currentPage()
    const root = scope?.getShadowRoot()
    if (!scope || !root) return
    const targets = this.options.observeAll ? root.querySelectorAll(selector) : [root.querySelector(selector)].filter((one): one is Element => one !== null)
    const thresholds = this.options.thresholds ?? [0]
    const references = (this.references.length ? this.references : [{ selector: null, margins: {} }]).map(({ selector: name, margins }) => {
      const found = name ? root.querySelector(name) : null
      return { dom: (found?.getBackendElement() as unknown as HTMLElement | undefined) ?? pageElementOf(scope), margins }
    })
    for (const node of targets) this.watch(node, references, thresholds, callback)
  }

  private watch(node: Element, references: { dom: HTMLElement | null; margins: Margins }[], thresholds: number[], callback: (entry: Fields) => void): void {
    const dom = node.getBackendElement() as unknown as HTMLElement
    let ratio = this.options.initialRatio ?? 0
    const tell = (entry: IntersectionObserverEntry): void => {
      const before = ratio
      const target = entry.boundingClientRect
      // The browser looks at one reference at a time; of several the area is what they share.
      const several = references.length > 1
      const relativeRect = several ? references.map(({ dom: one, margins }) => widened(one, margins)).reduce(overlap) : (entry.rootBounds ?? new DOMRect())
      const intersectionRect = several ? overlap(target, relativeRect) : entry.intersectionRect
      ratio = several ? area(target) && area(intersectionRect) / area(target) : entry.intersectionRatio
      if (!thresholds.some((one) => (one === 0 ? before > 0 !== ratio > 0 : before >= one !== ratio >= one))) return
      const origin = pageOrigin(node)
      callback({
        id: node.id,
        dataset: { ...node.dataset },
        mark: node.collectMarks(),
        intersectionRatio: ratio,
        boundingClientRect: shift(target, origin),
        intersectionRect: shift(intersectionRect, origin),
        relativeRect: shift(relativeRect, origin),
        time: entry.time,
      })
    }
    for (const { dom: root, margins } of references) {
      const { top = 0, right = 0, bottom = 0, left = 0 } = margins
      const observer = new IntersectionObserver((entries) => entries.forEach(tell), { root, rootMargin: `${top}px ${right}px ${bottom}px ${left}px`, threshold: thresholds })
      observer.observe(dom)
      this.observers.push(observer)
    }
  }

  disconnect(): void {
    for (const one of this.observers.splice(0)) one.disconnect()
  }
}

function overlap(one: DOMRectReadOnly, other: DOMRectReadOnly): DOMRectReadOnly {
  const left = Math.max(one.left, other.left)
  const top = Math.max(one.top, other.top)
  return new DOMRect(left, top, Math.max(0, Math.min(one.right, other.right) - left), Math.max(0, Math.min(one.bottom, other.bottom) - top))
}

function widened(dom: HTMLElement | null, { top = 0, right = 0, bottom = 0, left = 0 }: Margins): DOMRectReadOnly {
  const box = dom?.getBoundingClientRect() ?? new DOMRect()
  return new DOMRect(box.left - left, box.top - top, box.width + left + right, box.height + top + bottom)
}

function area(box: DOMRectReadOnly): number {
  return box.width * box.height
}

function shift(box: DOMRectReadOnly, origin: { left: number; top: number }): Fields {
  return { left: box.left - origin.left, top: box.top - origin.top, right: box.right - origin.left, bottom: box.bottom - origin.top, width: box.width, height: box.height }
}

interface MediaQuery {
  width?: number
  minWidth?: number
  maxWidth?: number
  height?: number
  minHeight?: number
  maxHeight?: number
  orientation?: string
}

export function mediaMatches(query: MediaQuery): boolean {
  const width = document.documentElement.clientWidth
  const height = document.documentElement.clientHeight
  return (
    (query.width === undefined || width === query.width) &&
    (query.minWidth === undefined || width >= query.minWidth) &&
    (query.maxWidth === undefined || width <= query.maxWidth) &&
    (query.height === undefined || height === query.height) &&
    (query.minHeight === undefined || height >= query.minHeight) &&
    (query.maxHeight === undefined || height <= query.maxHeight) &&
    (query.orientation === undefined || query.orientation === (width > height ? 'landscape' : 'portrait'))
  )
}

export function createMediaQueryObserver(): { observe: (query: MediaQuery, callback: (result: { matches: boolean }) => void) => void; disconnect: () => void } {
  let stop = (): void => {}
  return {
    observe(query, callback) {
      let last: boolean | undefined
      const check = (): void => {
        const matches = mediaMatches(query)
        if (matches !== last) callback({ matches: (last = matches) })
      }
      window.addEventListener('resize', check)
      stop = () => window.removeEventListener('resize', check)
      queueMicrotask(check)
    },
    disconnect: () => stop(),
  }
}
