/** The page stack: at most ten pages, tabs that stay, and the lifecycle of each page in its order. */

import { callPage, collectReady, componentOf, Instance, pageHooks } from './component'
import { debug } from './debug'
import { createComponent, configOf, ensurePackage, failureOf, preload } from './loader'
import { showPageFailure } from './notice'
import { reportError } from './report'
import { Element, type GeneralComponent } from './glass-easel'
import { pagePath } from './plugins'
import { program } from './program'
import { record } from './timing'
import { queryHooks } from './query'
import { alone, type Layer, createLayer, TabBar } from './chrome'
import { EventChannel } from './event-channel'

const DEEPEST = 10

export interface Page {
  id: number
  path: string
  query: Record<string, string>
  instance: Instance
  component: GeneralComponent
  layer: Layer
  tab: boolean
  tabBar: Instance | null
  channel: EventChannel | null
}

export type RouteKind = 'appLaunch' | 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab' | 'navigateBack'

const stack: Page[] = []
const tabs = new Map<string, Page>()
let nextId = 1
let visible = true
let busy: Promise<unknown> = Promise.resolve()

/** The page of the tab that was tapped is told, once it is on screen. */
export const tabBar = new TabBar((path, index, text) => {
  void route('switchTab', `/${path}`).then(() => {
    const page = tabs.get(path)
    if (page) call(page, 'onTabItemTap', { index, pagePath: path, text })
  }, reportError)
})

export const routed = new Set<(event: { path: string; query: Record<string, string>; openType: RouteKind }) => void>()
export const pageNotFound = new Set<(event: { path: string; query: Record<string, string>; isEntryPage: boolean }) => void>()

/** Asked before a page is left backwards; true from one that has closed something of its own instead. */
export const beforeBack = new Set<() => boolean>()
/** Told while the page that is left for another, or come back from, is still seen; and once the other is. */
export const departing = new Set<() => void>()
export const departed = new Set<(way: 'push' | 'pop') => void>()

export function currentPage(): Page | undefined {
  return stack[stack.length - 1]
}

export function pages(): Page[] {
  return stack
}

pageHooks.idOf = (component) => `pageId:${pageOf(component)?.id ?? 0}`
pageHooks.tabBarOf = (component) => pageOf(component)?.tabBar ?? null
pageHooks.openerOf = (component) => pageOf(component)?.channel ?? new EventChannel()
queryHooks.currentPage = () => currentPage()?.component ?? null

export function pageOf(component: GeneralComponent): Page | undefined {
  let host = component
  for (let root = host.ownerShadowRoot; root; root = host.ownerShadowRoot) host = root.getHostNode()
  return [...stack, ...tabs.values()].find((page) => page.component === host)
}

function tabItems(): { pagePath: string; text: string }[] {
  return ((program().boot.manifest.tabBar?.list ?? []) as { pagePath: string; text: string }[])
}

export function tabPaths(): string[] {
  return tabItems().map((item) => item.pagePath.replace(/^\//, '').replace(/\.html$/, ''))
}

export function parseUrl(url: string, from = ''): { path: string; query: Record<string, string> } {
  const [raw, search = ''] = url.split('#')[0]!.split(/\?(.*)/s)
  const parts: string[] = []
  const base = raw!.startsWith('/') ? '' : from.slice(0, from.lastIndexOf('/') + 1)
  for (const part of (pagePath(raw!, from) ?? base + raw!.replace(/\.html$/, '')).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  const query: Record<string, string> = {}
  for (const pair of search.split('&')) {
    if (!pair) continue
    const at = pair.indexOf('=')
    query[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? '' : pair.slice(at + 1)
  }
  return { path: parts.join('/'), query }
}

/** One route at a time, in the order asked for. */
export function route(kind: RouteKind, url = '', options: { delta?: number; events?: Record<string, (data: unknown) => void> } = {}): Promise<{ eventChannel?: EventChannel }> {
  const run = busy.then(() => followed(kind, url, options))
  busy = run.catch(() => {})
  return run
}

type RouteEvent = { path: string; query: Record<string, string>; openType: RouteKind; webviewId: number; notFound: boolean; renderer: 'webview'; routeEventId: string; timeStamp: number }

/** Told before a route, when its page is there, and when it is done. */
export const routing = new Set<(step: 'BeforeAppRoute' | 'AppRoute' | 'AppRouteDone', event: RouteEvent) => void>()

/** What a page asked to have asked before it is left, and who asks it. */
export const leaving: { message: (page: Page) => string | undefined; ask: (message: string) => Promise<boolean> } = { message: () => undefined, ask: () => Promise.resolve(true) }
let lastRoute = 0
/** What the page that opens next left behind the last time. */
let exitState: unknown
export function returnWith(state: unknown): void {
  exitState = state
}
/** Set only while those who listen are told that a route is about to be taken: where it goes instead. */
let turn: { kind: RouteKind; query: Record<string, string>; url?: string } | undefined

/** Lead the route that is about to be taken elsewhere. */
export function rewrite(url: string, preserveQuery: boolean): void {
  if (!turn || turn.kind === 'navigateBack') throw { errMsg: 'no route event to rewrite' }
  const { path } = parseUrl(url)
  if (!program().boot.manifest.pages.includes(path)) throw { errMsg: `page "${path}" is not found` }
  const search = Object.entries(turn.query).map(([key, value]) => `${key}=${value}`).join('&')
  turn.url = preserveQuery ? `/${path}${search ? `?${search}` : ''}` : url.replace(/^\/?/, '/')
}

/** A route, with its news and its measure. */
async function followed(kind: RouteKind, url: string, options: { delta?: number; events?: Record<string, (data: unknown) => void> }): Promise<{ eventChannel?: EventChannel }> {
  const startTime = Date.now()
  const before = currentPage()
  if (before && alone()) throw { errMsg: 'not allowed in single page mode' }
  if (kind === 'navigateBack' && before && stack.length > 1) {
    const message = leaving.message(before)
    if (message !== undefined && !(await leaving.ask(message))) throw { errMsg: 'cancel' }
  }
  const back = stack[Math.max(0, stack.length - 1 - Math.max(1, Math.floor(Number(options.delta ?? 1)) || 1))]
  let target = kind === 'navigateBack' ? { path: back?.path ?? '', query: back?.query ?? {} } : parseUrl(url, before?.path)
  const routeEventId = `${startTime}_${(lastRoute += 1)}`
  const tell = (step: 'BeforeAppRoute' | 'AppRoute' | 'AppRouteDone'): void => {
    const page = currentPage()
    const event: RouteEvent = { ...target, openType: kind, webviewId: page?.id ?? 0, notFound: !program().boot.manifest.pages.includes(target.path), renderer: 'webview', routeEventId, timeStamp: Date.now() }
    for (const listener of routing) listener(step, event)
  }
  turn = { kind, query: target.query }
  tell('BeforeAppRoute')
  if (turn.url !== undefined) target = parseUrl((url = turn.url))
  turn = undefined
  const result = await perform(kind, url, options)
  tell('AppRoute')
  const page = currentPage()
  if (page) {
    const about = { path: page.path, pageId: page.id, referrerPath: before?.path ?? '', navigationType: kind }
    record({ entryType: 'render', name: 'firstRender', startTime, duration: Date.now() - startTime, ...about })
    record({ entryType: 'navigation', name: kind === 'appLaunch' ? 'appLaunch' : 'route', startTime, duration: Date.now() - startTime, ...about })
  }
  tell('AppRouteDone')
  return result
}

/** Once every route asked for so far has been taken. */
export async function settled(): Promise<void> {
  await busy
}

async function perform(kind: RouteKind, url: string, options: { delta?: number; events?: Record<string, (data: unknown) => void> }): Promise<{ eventChannel?: EventChannel }> {
  if (kind === 'navigateBack') {
    for (const closes of [...beforeBack].reverse()) if (closes()) return {}
    const delta = Math.max(1, Math.floor(Number(options.delta ?? 1)) || 1)
    if (stack.length <= 1) throw { errMsg: 'cannot navigate back at first page' }
    for (const tell of departing) tell()
    const gone = stack.splice(Math.max(1, stack.length - delta))
    for (const page of gone.reverse()) close(page)
    show(stack[stack.length - 1]!, kind)
    done(stack[stack.length - 1]!)
    for (const tell of departed) tell('pop')
    return {}
  }
  const { path, query } = parseUrl(url, currentPage()?.path)
  debug('route', kind, path, JSON.stringify(query))
  const { manifest } = program().boot
  const isTab = tabPaths().includes(path)
  if (!manifest.pages.includes(path)) {
    for (const tell of pageNotFound) tell({ path, query, isEntryPage: kind === 'appLaunch' })
    throw { errMsg: `page "${path}" is not found` }
  }
  if ((kind === 'navigateTo' || kind === 'redirectTo') && isTab) throw { errMsg: `can not ${kind} a tabbar page` }
  if (kind === 'switchTab' && !isTab) throw { errMsg: `can not switch to no-tabBar page` }
  if (kind === 'navigateTo' && stack.length >= DEEPEST) throw { errMsg: 'webview count limit exceed' }
  await ensurePackage(path)

  const before = currentPage()
  if (kind === 'navigateTo') {
    for (const tell of departing) tell()
    if (before) hide(before)
    const channel = new EventChannel()
    for (const [name, listener] of Object.entries(options.events ?? {})) channel.opener.on(name, listener)
    begin(open(path, query, false, channel), kind)
    for (const tell of departed) tell('push')
    return { eventChannel: channel.opener }
  }
  if (kind === 'redirectTo') {
    const old = stack.pop()
    if (old) close(old)
    begin(open(path, query, false, null), kind)
  } else if (kind === 'switchTab') {
    const known = tabs.get(path)
    for (const page of stack.splice(0).reverse()) {
      if (page.tab) {
        if (page !== known) hide(page)
      } else close(page)
    }
    if (known) {
      stack.push(known)
      if (known !== before) {
        show(known, kind)
        done(known)
      }
      tabBar.select(path)
    } else begin(open(path, query, true, null), kind)
  } else {
    for (const page of new Set([...stack.splice(0).reverse(), ...tabs.values()])) close(page)
    begin(open(path, query, isTab, null), kind)
  }
  return {}
}

function open(path: string, query: Record<string, string>, tab: boolean, channel: EventChannel | null): Page {
  const config = { ...program().boot.manifest.window, ...(configOf(path)?.json ?? {}) } as Record<string, any>
  const layer = createLayer(config, {
    tab,
    entry: path === program().boot.manifest.entryPagePath,
    root: stack.length === 0,
    customTabBar: program().boot.manifest.tabBar?.custom === true,
    back: () => void route('navigateBack').catch(() => {}),
    home: () => void route('reLaunch', `/${program().boot.manifest.entryPagePath}`).catch(() => {}),
  })
  const page: Page = { id: nextId++, path, query, layer, tab, tabBar: null, channel } as Page
  // Its components ask for the page they are in, and how deep it is, as soon as they are made.
  stack.push(page)
  const make = (): void => {
    page.component = createComponent(path, 'page', (component) => {
      for (const [name, value] of Object.entries(query)) if (name in component.data) component.replaceDataOnPath([name], value)
      component.applyDataUpdates()
    })
    page.instance = page.component.getMethodCaller() as unknown as Instance
    page.instance.route = path
    ;(page.instance as any).__route__ = path
    page.instance.options = query
    if (exitState !== undefined) page.instance.exitState = exitState
    exitState = undefined
    const dom = page.component.getBackendElement() as unknown as HTMLElement
    dom.setAttribute('is', path)
    layer.attach(dom, (place) => Element.replaceDocumentElement(page.component, layer.viewport as never, place as never), {
      scroll: (detail) => callPage(page.instance, 'onPageScroll', detail),
      bottom: () => callPage(page.instance, 'onReachBottom'),
      pull: () => callPage(page.instance, 'onPullDownRefresh'),
      listensToScroll: () => typeof (page.instance as any).onPageScroll === 'function',
    })
    if (tab && program().boot.manifest.tabBar?.custom === true && configOf('custom-tab-bar/index')) {
      const bar = createComponent('custom-tab-bar/index', 'custom-tab-bar')
      const place = document.createElement('div')
      layer.root.append(place)
      Element.replaceDocumentElement(bar, layer.root as never, place as never)
      page.tabBar = bar.getMethodCaller() as unknown as Instance
    }
  }
  try {
    page.layer.ready = collectReady(make)
  } catch (error) {
    stack.splice(stack.indexOf(page), 1)
    throw error
  }
  if (tab) tabs.set(path, page)
  const failure = failureOf(path)
  if (failure !== undefined) showPageFailure(layer.viewport, failure, stack.length > 1 ? () => void route('navigateBack').catch(() => {}) : undefined)
  return page
}

function begin(page: Page, kind: RouteKind): void {
  call(page, 'onLoad', page.query)
  show(page, kind)
  page.layer.ready?.()
  page.layer.ready = undefined
  call(page, 'onReady')
  done(page)
}

/** The page a route leads to is there, and nothing moves any more. */
function done(page: Page): void {
  preload(page.path)
  call(page, 'onRouteDone')
  page.component.triggerPageLifetime('routeDone', [])
}

function show(page: Page, kind: RouteKind): void {
  page.layer.root.hidden = false
  for (const other of [...stack, ...tabs.values()]) if (other !== page) other.layer.root.hidden = true
  tabBar.show(page.tab, page.path)
  page.layer.shown()
  for (const tell of routed) tell({ path: page.path, query: page.query, openType: kind })
  if (!visible) return
  call(page, 'onShow')
  page.component.triggerPageLifetime('show', [])
}

function hide(page: Page): void {
  if (page.layer.root.hidden) return
  call(page, 'onHide')
  page.component.triggerPageLifetime('hide', [])
  page.layer.root.hidden = true
}

function close(page: Page): void {
  tabs.delete(page.path)
  call(page, 'onUnload')
  page.layer.detach(() => Element.pretendDetached(page.component))
  if (page.tabBar) Element.pretendDetached(componentOf(page.tabBar))
}

/** Where a program is when it is left, if its page wants to be the one it begins with next time. */
export interface Left {
  path: string
  query: Record<string, string>
  exitState?: unknown
  expiresAt?: number
}

const EXIT_STATE_MS = 24 * 60 * 60 * 1000 // as published, where the page names no other time

export const staysLatest = (path: string): boolean => (configOf(path)?.json?.restartStrategy ?? program().boot.manifest.window.restartStrategy) === 'homePageAndLatestPage' && !tabPaths().includes(path)

/** Its page in view says what it wants to know then. */
export function left(): Left | undefined {
  const page = currentPage()
  if (!page || !staysLatest(page.path)) return undefined
  const { path, query } = page
  const saved = call(page, 'onSaveExitState') as { data?: unknown; expireTimeStamp?: number } | undefined
  return { path, query, ...(saved?.data === undefined ? {} : { exitState: saved.data, expiresAt: Number(saved.expireTimeStamp ?? Date.now() + EXIT_STATE_MS) }) }
}

/** The whole program came to the front, or left it. */
export function setVisible(next: boolean): void {
  if (next === visible) return
  visible = next
  const page = currentPage()
  if (!page) return
  call(page, next ? 'onShow' : 'onHide')
  page.component.triggerPageLifetime(next ? 'show' : 'hide', [])
}

export function resized(size: { windowWidth: number; windowHeight: number }): void {
  const page = currentPage()
  if (!page) return
  const event = { size, deviceOrientation: size.windowWidth > size.windowHeight ? 'landscape' : 'portrait' }
  call(page, 'onResize', event)
  page.component.triggerPageLifetime('resize', [event] as never)
}

/** The theme has turned: bars that are coloured by it are drawn anew. */
export function rethemePages(): void {
  for (const page of new Set([...stack, ...tabs.values()])) page.layer.retheme()
  tabBar.retheme()
}

function call(page: Page, name: string, ...args: unknown[]): unknown {
  try {
    return callPage(page.instance, name, ...args)
  } catch (error) {
    reportError(error)
    return undefined
  }
}
