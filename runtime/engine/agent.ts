/**
 * The dev tools' hand inside the frame: it answers questions about the running program, in the words of the
 * published automation protocol where that has words for them, and tells what happens. Only the frame of the
 * dev tools is built with it.
 */

import type { Channel } from '../bridge/channel'
import { inside, whenStarting } from './app'
import { type Instance, updateHooks } from './component'
import { Component, type Element, type GeneralComponent, NativeNode, TextNode } from './glass-easel'
import { componentPaths, replaceSheet, replaceTemplates, usedBy } from './loader'
import { elementsArrive } from './parts'
import { program } from './program'
import { type Page, pages, route } from './router'
import { screenshot } from './screenshot'
import { trustedScript } from './trusted'

type Params = Record<string, any>
type Node = Element | TextNode

const SLOW_MS = 50
const LARGE_BYTES = 256 * 1024
const SMALLEST_TARGET = 32
const KEPT_UPDATES = 200
const DEEPEST = 8

let host: Channel
const elements = new Map<string, Element>()
const ids = new WeakMap<Element, string>()
let nextId = 1
const mocked = new Map<string, unknown>()
const updates: { path: string; keys: string[]; bytes: number; ms: number }[] = []

const tell = (method: string, params: object): void => host.emit('dev', { kind: 'event', method, params })

whenStarting.add((channel) => {
  host = channel
  host.on('dev', ({ id, method, params }: { id: string; method: string; params: Params }) => {
    void (async () => {
      try {
        const answer = answers[method]
        if (!answer) throw new Error(`${method} is not supported`)
        const result = await answer(params ?? {})
        // The tree is made of plain things already, and as deep as the page.
        host.emit('dev', { kind: 'answer', id, result: (method === 'Tree.get' ? result : plain(result)) ?? {} })
      } catch (error) {
        host.emit('dev', { kind: 'answer', id, error: { message: messageOf(error) } })
      }
    })()
  })
  listenToConsole()
})

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String((error as { errMsg?: string } | null)?.errMsg ?? error)
}

// ── what is told ─────────────────────────────────────────────────────────────────────────────────────────

function listenToConsole(): void {
  for (const type of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const original = console[type].bind(console)
    console[type] = (...args: unknown[]) => {
      original(...args)
      tell('App.logAdded', { type, args: args.map((one) => plain(one)), stack: stackOf(args) })
    }
  }
  addEventListener('error', ({ error, message }) => tell('App.exceptionThrown', { exception: { message: error instanceof Error ? error.message : message, stack: (error as Error | undefined)?.stack ?? '' } }))
  addEventListener('unhandledrejection', ({ reason }) => tell('App.exceptionThrown', { exception: { message: messageOf(reason), stack: (reason as Error | undefined)?.stack ?? '' } }))
}

/** Where the program said it: an error's own stack, or that of the call. */
function stackOf(args: unknown[]): string {
  const error = args.find((one): one is Error => one instanceof Error)
  return error?.stack ?? (new Error().stack ?? '').split('\n').slice(3).join('\n')
}

updateHooks.watch = (component, values, ms) => {
  const update = { path: component.is, keys: Object.keys(values), bytes: bytesOf(values), ms: Math.round(ms * 10) / 10 }
  updates.push(update)
  if (updates.length > KEPT_UPDATES) updates.shift()
  tell('Performance.update', update)
}

function bytesOf(value: unknown): number {
  return (JSON.stringify(plain(value)) ?? '').length
}

/** A value as it can cross: no functions, no circles, no more than so deep. */
function plain(value: unknown, depth = 0, above: object[] = []): any {
  if (typeof value === 'function') return `ƒ ${value.name}()`
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return { message: value.message, stack: value.stack ?? '' }
  if (above.includes(value)) return '[circular]'
  if (depth > DEEPEST) return '…'
  const inner = [...above, value]
  if (Array.isArray(value)) return value.map((one) => plain(one, depth + 1, inner))
  if (value instanceof Date) return value.toISOString()
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, depth + 1, inner)]))
}

// ── pages and elements ───────────────────────────────────────────────────────────────────────────────────

const described = (page: Page): object => ({ pageId: page.id, path: page.path, query: page.query })

function pageOf(id: unknown): Page {
  const found = pages().find((page) => page.id === Number(id)) ?? (id === undefined ? pages().at(-1) : undefined)
  if (!found) throw new Error('the page is not there any more')
  return found
}

function elementOf({ elementId }: Params): Element {
  const found = elements.get(String(elementId))
  if (!found) throw new Error('the element is not there any more')
  return found
}

const domOf = (node: Node): HTMLElement => {
  const dom = (node as unknown as { $$?: HTMLElement }).$$
  if (!dom) throw new Error('the element is not on screen')
  return dom
}

function idOf(node: Element): string {
  let id = ids.get(node)
  if (!id) {
    ids.set(node, (id = `e${nextId++}`))
    elements.set(id, node)
  }
  return id
}

const tagOf = (node: Element): string => (Component.isComponent(node) ? (node as unknown as GeneralComponent).tagName : String((node as unknown as { is: string }).is)).replace(/^wx-/, '')

function handle(node: Element): object {
  return { elementId: idOf(node), tagName: tagOf(node), ...(Component.isComponent(node) ? { nodeId: idOf(node) } : {}) }
}

function find(root: GeneralComponent, selector: string): Element[] {
  return (root.getShadowRoot()?.querySelectorAll(selector) ?? []) as Element[]
}

function one(found: Element[]): object {
  if (!found[0]) throw new Error('no such element')
  return handle(found[0])
}

function below(node: Element, selector: string): Element[] {
  if (Component.isComponent(node)) return find(node as unknown as GeneralComponent, selector)
  const owner = node.ownerShadowRoot?.getHostNode()
  const dom = domOf(node)
  return owner ? find(owner, selector).filter((other) => other !== node && dom.contains((other as unknown as { $$: HTMLElement }).$$)) : []
}

function component(params: Params): GeneralComponent {
  const node = elementOf(params)
  if (!Component.isComponent(node)) throw new Error('the element is no component of the program')
  return node as unknown as GeneralComponent
}

function at(value: any, path?: string): unknown {
  if (!path) return value
  return path.split(/[.[\]]+/).filter(Boolean).reduce((inner, key) => inner?.[key], value)
}

async function call(target: any, method: string, args: unknown[]): Promise<{ result: unknown }> {
  if (typeof target[method] !== 'function') throw new Error(`${method} is not a method`)
  return { result: await target[method](...args) }
}

function compile(declaration: string): (...args: unknown[]) => unknown {
  const { wx, getApp, getCurrentPages } = inside()
  return new Function('wx', 'getApp', 'getCurrentPages', `return (${declaration})`)(wx, getApp, getCurrentPages) as (...args: unknown[]) => unknown
}

// ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────

interface Branch {
  id?: string
  tag: string
  text?: string
  path?: string
  attributes: [string, string][]
  children: Branch[]
}

const HIDDEN = /^(is|wx-host|wx-in|class|style|id|tabindex|meta:|wx-name)$/

function attributesOf(node: Element): [string, string][] {
  const found: [string, string][] = []
  if (node.id) found.push(['id', node.id])
  if (node.class) found.push(['class', node.class])
  const style = (node as unknown as { style?: string }).style
  if (style) found.push(['style', style])
  for (const [name, value] of Object.entries(node.dataset ?? {})) found.push([`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, said(value)])
  if (Component.isComponent(node)) {
    const given = node as unknown as GeneralComponent
    for (const name of given.getComponentDefinition().behavior.listProperties?.() ?? []) found.push([name, said(given.data[name])])
  } else for (const { name, value } of Array.from((node as unknown as { $$?: HTMLElement }).$$?.attributes ?? [])) if (!HIDDEN.test(name) && !name.startsWith('data-')) found.push([name, value])
  return found
}

const said = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(plain(value)) ?? ''))

function branches(nodes: readonly unknown[]): Branch[] {
  return nodes.flatMap((node): Branch[] => {
    if (node instanceof TextNode) {
      const text = node.textContent.trim()
      return text ? [{ tag: '#text', text, attributes: [], children: [] }] : []
    }
    const element = node as Element
    if (Component.isComponent(element)) {
      const given = element as unknown as GeneralComponent
      return [{ id: idOf(element), tag: tagOf(element), path: given.is, attributes: attributesOf(element), children: [...branches(given.getShadowRoot()?.childNodes ?? []), ...branches(element.childNodes)] }]
    }
    if (NativeNode.isNativeNode(element)) return [{ id: idOf(element), tag: tagOf(element), attributes: attributesOf(element), children: branches(element.childNodes) }]
    // What only groups others — a condition, a list, a slot — is not written in the tree.
    return branches(element.childNodes)
  })
}

function written(all: Branch[]): string {
  return all.map((one) => (one.tag === '#text' ? one.text! : `<${one.tag}${one.attributes.map(([name, value]) => ` ${name}="${value.replaceAll('"', '&quot;')}"`).join('')}>${written(one.children)}</${one.tag}>`)).join('')
}

function change(node: Element, name: string, value: string): void {
  const parsed = parse(value)
  if (name === 'class') node.class = value
  else if (name === 'id') node.id = value
  else if (name === 'style') (node as unknown as { style: string }).style = value
  else if (name.startsWith('data-')) node.dataset[name.slice(5).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = parsed
  else if (Component.isComponent(node)) (node as unknown as GeneralComponent).setData({ [name]: parsed })
  else (node as unknown as { setAttribute: (name: string, value: unknown) => void }).setAttribute(name, parsed)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

let frame: HTMLElement | undefined
function highlight(node: Element | undefined): void {
  frame?.remove()
  if (!node) return
  const { left, top, width, height } = domOf(node).getBoundingClientRect()
  frame = document.createElement('div')
  frame.style.cssText = `position:fixed;z-index:2147483647;pointer-events:none;left:${left}px;top:${top}px;width:${width}px;height:${height}px;background:rgb(43 95 138 / 25%);outline:1px solid rgb(43 95 138)`
  document.body.append(frame)
}

// ── touch ────────────────────────────────────────────────────────────────────────────────────────────────

interface Point {
  identifier: number
  clientX: number
  clientY: number
  pageX?: number
  pageY?: number
}

function touch(type: 'touchstart' | 'touchmove' | 'touchend', node: Element, given: { touches?: Point[]; changedTouches?: Point[] } = {}): void {
  const target = domOf(node)
  const { left, top, width, height } = target.getBoundingClientRect()
  const middle = { identifier: 1, clientX: left + width / 2, clientY: top + height / 2 }
  const made = (points: Point[]): Touch[] => points.map(({ identifier = 1, clientX, clientY, pageX, pageY }) => new Touch({ identifier, target, clientX: clientX ?? pageX ?? middle.clientX, clientY: clientY ?? pageY ?? middle.clientY }))
  const changed = made(given.changedTouches ?? given.touches ?? [middle])
  target.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, composed: true, changedTouches: changed, touches: type === 'touchend' ? [] : made(given.touches ?? [middle]) }))
}

function fieldOf(node: Element): HTMLInputElement | HTMLTextAreaElement {
  const field = domOf(node).querySelector<HTMLInputElement | HTMLTextAreaElement>('input,textarea')
  if (!field) throw new Error('the element takes no text')
  return field
}

const functions: Record<string, (node: Element, ...args: any[]) => unknown> = {
  'input.input': (node, text) => type(node, text),
  'textarea.input': (node, text) => type(node, text),
  'scroll-view.scrollTo': (node, left, top) => scroller(node).scrollTo(Number(left), Number(top)),
  'scroll-view.scrollTop': (node) => scroller(node).scrollTop,
  'scroll-view.scrollLeft': (node) => scroller(node).scrollLeft,
  'scroll-view.scrollWidth': (node) => scroller(node).scrollWidth,
  'scroll-view.scrollHeight': (node) => scroller(node).scrollHeight,
  'swiper.swipeTo': (node, current) => (node as unknown as { setAttribute: (name: string, value: unknown) => void }).setAttribute('current', Number(current)),
  'switch.tap': (node) => tap(node),
  'slider.slideTo': (node, value) => {
    ;(node as unknown as { setAttribute: (name: string, value: unknown) => void }).setAttribute('value', Number(value))
    node.triggerEvent('change', { value: Number(value) }, { bubbles: true, composed: true })
  },
  'movable-view.moveTo': (node, x, y) => {
    for (const [name, value] of [['x', x], ['y', y]]) (node as unknown as { setAttribute: (name: string, value: unknown) => void }).setAttribute(name, Number(value))
  },
}

function tap(node: Element): void {
  touch('touchstart', node)
  touch('touchend', node)
}

function type(node: Element, text: unknown): void {
  const field = fieldOf(node)
  field.focus()
  field.value = String(text)
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: String(text) }))
}

function scroller(node: Element): HTMLElement {
  const dom = domOf(node) as HTMLElement & { scrollPart?: () => HTMLElement }
  return dom.scrollPart?.() ?? dom
}

// ── what is asked ────────────────────────────────────────────────────────────────────────────────────────

const answers: Record<string, (params: Params) => unknown> = {
  'App.getPageStack': () => ({ pageStack: pages().map(described) }),
  'App.getCurrentPage': () => described(pageOf(undefined)),
  'App.callWxMethod': async ({ method, args }) => call(inside().wx, method, args ?? []),
  'App.mockWxMethod': ({ method, functionDeclaration, result, args = [] }) => {
    const { wx } = inside()
    if (!mocked.has(method)) mocked.set(method, wx[method])
    const original = mocked.get(method) as (...given: unknown[]) => unknown
    if (functionDeclaration === undefined && result === undefined) {
      wx[method] = original
      mocked.delete(method)
      return
    }
    const answer = (given: unknown[]): unknown => (functionDeclaration === undefined ? result : compile(functionDeclaration).apply({ origin: original }, [...given, ...args]))
    wx[method] = (...given: any[]) => {
      const made = answer(given)
      if (/Sync$/.test(method) || typeof given[0] !== 'object' || given[0] === null) return made
      const failed = typeof made === 'object' && made !== null && /:fail/.test(String((made as { errMsg?: string }).errMsg))
      const { success, fail, complete } = given[0] as Record<string, ((value: unknown) => void) | undefined>
      const done = Promise.resolve(made).then((value) => {
        ;(failed ? fail : success)?.(value)
        complete?.(value)
        return value
      })
      return success ?? fail ?? complete ? undefined : done
    }
  },
  'App.callFunction': async ({ functionDeclaration, args }) => ({ result: await compile(functionDeclaration)(...(args ?? [])) }),
  'App.addBinding': ({ name }) => {
    ;(globalThis as Params)[name] = (...args: unknown[]) => tell('App.bindingCalled', { name, args: args.map((one) => plain(one)) })
  },
  'App.enableLog': () => undefined,
  'App.exit': () => inside().wx.exitMiniProgram?.({}),
  'App.captureScreenshot': async () => ({ data: await screenshot() }),

  'Page.getElement': ({ pageId, selector }) => one(find(pageOf(pageId).component, selector)),
  'Page.getElements': ({ pageId, selector }) => ({ elements: find(pageOf(pageId).component, selector).map(handle) }),
  'Page.getData': ({ pageId, path }) => ({ data: at(pageOf(pageId).instance.data, path) }),
  'Page.setData': ({ pageId, data }) => pageOf(pageId).instance.setData(data),
  'Page.callMethod': ({ pageId, method, args }) => call(pageOf(pageId).instance, method, args ?? []),
  'Page.getWindowProperties': ({ names }) => ({ properties: (names as string[]).map((name) => at(window, name)) }),

  'Element.getElement': (params) => one(below(elementOf(params), params.selector)),
  'Element.getElements': (params) => ({ elements: below(elementOf(params), params.selector).map(handle) }),
  'Element.getOffset': (params) => {
    const { left, top } = domOf(elementOf(params)).getBoundingClientRect()
    return { left, top }
  },
  'Element.getDOMProperties': (params) => ({ properties: (params.names as string[]).map((name) => at(domOf(elementOf(params)), name)) }),
  'Element.getAttributes': (params) => {
    const known = Object.fromEntries(attributesOf(elementOf(params)))
    return { attributes: (params.names as string[]).map((name) => known[name] ?? null) }
  },
  'Element.getProperties': (params) => {
    const node = elementOf(params)
    const known = Component.isComponent(node) ? (node as unknown as GeneralComponent).data : (domOf(node) as HTMLElement & { readAll?: () => Params }).readAll?.() ?? {}
    return { properties: (params.names as string[]).map((name) => (name === '__propPublic' ? Object.fromEntries(Object.keys(known).map((key) => [key, true])) : known[name])) }
  },
  'Element.getStyles': (params) => {
    const style = getComputedStyle(domOf(elementOf(params)))
    return { styles: (params.names as string[]).map((name) => style.getPropertyValue(name)) }
  },
  'Element.getWXML': (params) => {
    const [branch] = branches([elementOf(params)])
    return { wxml: params.type === 'outer' ? written([branch!]) : written(branch!.children) }
  },
  'Element.tap': (params) => tap(elementOf(params)),
  'Element.touchstart': (params) => touch('touchstart', elementOf(params), params),
  'Element.touchmove': (params) => touch('touchmove', elementOf(params), params),
  'Element.touchend': (params) => touch('touchend', elementOf(params), params),
  'Element.triggerEvent': (params) => elementOf(params).triggerEvent(params.type, params.detail ?? {}, { bubbles: true, composed: true }),
  'Element.dispatchEvent': (params) => domOf(elementOf(params)).dispatchEvent(new Event(params.eventName ?? params.type, { bubbles: true, composed: true })),
  'Element.callFunction': (params) => {
    const run = functions[params.functionName]
    if (!run) throw new Error(`${params.functionName} is not supported`)
    return { result: run(elementOf(params), ...(params.args ?? [])) }
  },
  'Element.getData': (params) => ({ data: at(component(params).data, params.path) }),
  'Element.setData': (params) => (component(params).getMethodCaller() as unknown as Instance).setData(params.data),
  'Element.callMethod': (params) => call(component(params).getMethodCaller(), params.method, params.args ?? []),

  // What the panels ask beyond that.
  'Console.evaluate': async ({ code }) => ({ value: plain(await compile(`() => (${code}\n)`)()) }),
  'Tree.get': () => ({ tree: branches([pageOf(undefined).component]) }),
  'Tree.set': (params) => change(elementOf(params), params.name, params.value),
  'Tree.highlight': (params) => highlight(params.elementId ? elementOf(params) : undefined),
  'Data.get': () => ({ pages: pages().map((page) => ({ ...described(page), data: plain(page.instance.data) })) }),
  'Storage.get': () => ({ values: Object.fromEntries((inside().wx.getStorageInfoSync().keys as string[]).map((key) => [key, plain(inside().wx.getStorageSync(key))])) }),
  'Storage.set': ({ key, value }) => inside().wx.setStorageSync(key, parse(value)),
  'Storage.remove': ({ key }) => inside().wx.removeStorageSync(key),
  'Storage.clear': () => inside().wx.clearStorageSync(),
  'Performance.get': () => ({ updates }),
  'Audits.run': () => ({ found: audit() }),
  'Reload.apply': ({ change: how }) => reload(how),
  'Reload.restore': async ({ stack }) => {
    for (const { path, query } of stack as { path: string; query: Record<string, string> }[]) {
      const search = Object.entries(query).map(([key, value]) => `${key}=${value}`).join('&')
      await route('navigateTo', `/${path}${search ? `?${search}` : ''}`)
    }
  },
}

/** Show a change without starting again: what the pages hold stays. */
async function reload({ styles, templates }: { styles: Record<string, string>; templates: { root: string; file: string; elements: string[] }[] }): Promise<void> {
  for (const { root, file, elements: used } of templates) {
    await elementsArrive(used)
    await new Promise<void>((resolve, reject) => {
      const script = document.createElement('script')
      script.src = trustedScript(`${program().boot.base}${file}`)
      script.onload = () => resolve()
      script.onerror = () => reject(new Error(`the templates of "${root}" could not be loaded`))
      document.head.append(script)
    })
  }
  for (const [owner, css] of Object.entries(styles)) replaceSheet(owner, css)
}

;(globalThis as Params).__hutong__ = {
  templates: (root: string, templates: (hooks: unknown) => Record<string, any>) => {
    const stale = replaceTemplates(root, templates)
    const renew = (node: unknown): void => {
      if (Component.isComponent(node as Element)) {
        const given = node as GeneralComponent
        if (stale.has(given.is)) given.applyTemplateUpdates()
        for (const inner of given.getShadowRoot()?.childNodes ?? []) renew(inner)
      }
      for (const inner of (node as Partial<Element>).childNodes ?? []) renew(inner)
    }
    for (const page of pages()) renew(page.component)
  },
}

interface Finding {
  rule: 'alt' | 'target' | 'slow' | 'large' | 'unused' | 'heavy'
  where: string
  elementId?: string
  figure?: number
}

function audit(): Finding[] {
  const found: Finding[] = []
  const page = pageOf(undefined)
  const look = (branch: Branch): void => {
    const known = Object.fromEntries(branch.attributes)
    if (branch.tag === 'image' && !known['aria-label'] && !known.alt && known['aria-hidden'] !== 'true') found.push({ rule: 'alt', where: known.src ?? '', elementId: branch.id! })
    const dom = branch.id ? (elements.get(branch.id) as unknown as { $$?: HTMLElement }).$$ : undefined
    if (dom && dom.tabIndex === 0) {
      const { width, height } = dom.getBoundingClientRect()
      if (width > 0 && Math.min(width, height) < SMALLEST_TARGET) found.push({ rule: 'target', where: `<${branch.tag}>`, elementId: branch.id!, figure: Math.round(Math.min(width, height)) })
    }
    branch.children.forEach(look)
  }
  branches([page.component]).forEach(look)
  for (const { path, ms, bytes } of updates) {
    if (ms > SLOW_MS) found.push({ rule: 'slow', where: path, figure: ms })
    if (bytes > LARGE_BYTES) found.push({ rule: 'large', where: path, figure: bytes })
  }
  for (const path of componentPaths()) for (const name of usedBy(path).unused) found.push({ rule: 'unused', where: `${path}: ${name}` })
  for (const one of program().boot.manifest.packages as { root: string; bytes?: number }[]) if ((one.bytes ?? 0) > 1.5 * 1024 * 1024) found.push({ rule: 'heavy', where: one.root || 'main', figure: one.bytes! })
  return found
}
