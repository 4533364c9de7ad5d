/** The program as a whole: its App object, how it starts, and how it hears of coming and going. */

import type { Ask } from '../bridge/aloud'
import type { Boot } from '../bridge/boot'
import type { Channel } from '../bridge/channel'
import type { ShareContent } from '../bridge/share'
import { createWx, listen as listenToHost } from '../api'
import { entered, tell } from '../api/base'
import { keepDrawing } from '../api/canvas'
import { cardPicture } from '../api/share'
import { listenToNetwork } from '../api/network'
import { createPluginWx } from '../api/plugin'
import { listenToUpdates } from '../api/updates'
import { workletsArrive } from '../api/worklet'
import { elementHooks } from '../components/basic'
import { cover, keyboard } from '../components/keyboard'
import { listenToWebViews, sharedWebView } from '../components/web-view'
import { openType } from './open-type'
import { callPage, type Instance, isFormField } from './component'
import { addGlobalErrorListener, addGlobalWarningListener, Event } from './glass-easel'
import { context } from './backend'
import { readyFiles } from '../api/file-system'
import { mount } from './files'
import { record } from './timing'
import { listenForGestures } from './gestures'
import { setDebug } from './debug'
import { arrival, configOf, definitions, fetchPackage, receivePackage, retheme, run, runAll, hasModule, takeDefinition } from './loader'
import { showStartFailure } from './notice'
import type * as Aloud from '../parts/aloud'
import { part, receivePart } from './parts'
import { pluginAt, pluginNamed, type Plugin } from './plugins'
import { onProgramError, reportError } from './report'
import { type LoadedPackage, setProgram, territory } from './program'
import { answerWith, groundOver } from './sandbox'
import { roundUnits } from './units'
import { currentPage, type Left, left, pageNotFound, pages, resized, rethemePages, returnWith, route, setVisible, settled } from './router'

/** The shell hears so often at most that somebody is at the page. */
const TOUCHED_MS = 5000

type App = Record<string, any>

let app: App | null = null
let wx: Record<string, unknown> = {}
const globals: Record<string, unknown> = {}
let ground: object = {}
/** What the scripts of a game find; programs have the scope below. */
let gameScope: unknown[] | undefined
/** What a game wants shared; of a program it is asked of the page. */
let gameCard: (() => unknown) | undefined

/** What the scripts of a package find in their scope. */
function scope(boot: Boot, root: string): unknown[] {
  if (gameScope) return gameScope
  const plugin = pluginAt(root)
  if (plugin) return scopeOfPlugin(plugin)
  const getApp = (options?: { allowDefault?: boolean }): App | undefined => app ?? (options?.allowDefault ? (app = {}) : undefined)
  // The one that is being made has no instance yet.
  const getCurrentPages = (): Instance[] => pages().flatMap((page) => page.instance ?? [])
  // What was given out before, and what was put into it, stays; the program's own fields win.
  const defineApp = (fields: App): void => {
    app = Object.assign(app ?? (Object.create(Object.getPrototypeOf(fields) as object | null) as App), fields)
  }
  return [
    wx,
    defineApp,
    (fields: Record<string, any>) => takeDefinition({ kind: 'page', fields: fields ?? {} }),
    (fields: Record<string, any>) => takeDefinition({ kind: 'component', fields: fields ?? {} }),
    (fields: Record<string, any>) => definitions.behavior(fields ?? {}),
    getApp,
    getCurrentPages,
    requirePluginFrom(root),
    notHere('requireMiniProgram'),
    { ...boot.manifest.app, accountInfo: { appId: boot.appId }, envVersion: boot.envVersion },
    globals,
    ground,
  ]
}

function notHere(name: string): () => never {
  return () => {
    throw new Error(`${name} is not available here`)
  }
}

/** A plugin sees its own pages, what the program exports to it, and nothing else of the program. */
function scopeOfPlugin(plugin: Plugin): unknown[] {
  const definers = [
    (fields: Record<string, any>) => takeDefinition({ kind: 'page', fields: fields ?? {} }),
    (fields: Record<string, any>) => takeDefinition({ kind: 'component', fields: fields ?? {} }),
    (fields: Record<string, any>) => definitions.behavior(fields ?? {}),
  ]
  const getCurrentPages = (): Instance[] => pages().flatMap((page) => (territory(page.path) === plugin.root ? (page.instance ?? []) : []))
  const requireMiniProgram = (): unknown => (plugin.export ? run(plugin.export) : undefined)
  const pluginWx = createPluginWx(plugin, wx)
  return [pluginWx, notHere('App'), ...definers, () => undefined, getCurrentPages, notHere('requirePlugin'), requireMiniProgram, {}, {}, groundOver({ wx: pluginWx })]
}

/** `requirePlugin` for the scripts of a package: at once, with callbacks, or as a promise by `requirePlugin.async`. */
function requirePluginFrom(root: string): (name: string, done?: (exports: unknown) => void, failed?: (error: unknown) => void) => unknown {
  const given = (name: string): unknown => {
    const plugin = pluginNamed(name, root)
    if (!plugin) throw new Error(`plugin "${name}" is not declared in app.json${root ? `, nor in "${root}"` : ''}`)
    return plugin.main ? run(hasModule(plugin.main) ? plugin.main : `${plugin.main}.js`) : {}
  }
  const later = async (name: string): Promise<unknown> => {
    const plugin = pluginNamed(name, root)
    if (plugin) await fetchPackage(plugin.root)
    return given(name)
  }
  return Object.assign(
    (name: string, done?: (exports: unknown) => void, failed?: (error: unknown) => void) => {
      if (typeof done !== 'function') return given(name)
      later(name).then(done, failed ?? (() => {}))
      return undefined
    },
    { async: later },
  )
}

/** What the dev tools reach into, where the frame is built with them. */
export const inside = (): { wx: Record<string, any>; getApp: () => App | null; getCurrentPages: () => Instance[] } => ({ wx, getApp: () => app, getCurrentPages: () => pages().map((page) => page.instance) })

/** Told of the host before the program starts. */
export const whenStarting = new Set<(host: Channel) => void>()

/** Wired once per frame, before any program is known, so that a waiting frame is ready to run. */
export function prepare(): void {
  arrival.worklets = workletsArrive
  context.onEvent((target, type, detail, options) => {
    const event = new Event(type, detail, options)
    Event.dispatchEvent(target, event)
    return event.getEventBubbleStatus()
  })
  listenForGestures()
  addGlobalErrorListener((error) => {
    reportError(error)
    return false
  })
  addGlobalWarningListener(() => false)
}

export async function start(boot: Boot, host: Channel, openData?: MessagePort): Promise<void> {
  setProgram({ boot, host })
  mount(boot.files ?? [], (file) => host.emit('file', file))
  roundUnits(boot.manifest.app.convertRpxToVw !== true)
  setDebug(boot.manifest.app.debug === true)
  // A program that does not say it can be dark is always light; a game draws everything itself.
  if (boot.manifest.app.darkmode !== true && boot.manifest.project?.compileType !== 'game') boot.theme = 'light'
  document.documentElement.dataset.theme = boot.theme
  document.documentElement.lang = boot.language
  document.documentElement.classList.toggle('h-ios', /iPhone|iPad/.test(navigator.userAgent))
  wx = createWx()
  globals.wx = wx
  ground = groundOver(globals)
  answerWith(ground)
  listen(boot, host)
  for (const hear of whenStarting) hear(host)
  ;(globalThis as any).__hutong__ = {
    ...(globalThis as any).__hutong__, package: (given: LoadedPackage) => receivePackage(given, (root) => scope(boot, root)), part: receivePart }

  if (boot.manifest.project?.compileType === 'game') return startGame(boot, host, openData)

  // Opened without a page, a program may begin with the one it was last left at.
  const last = boot.launch.path === undefined ? (boot.kept?.left as Left | undefined) : undefined
  const again = last && boot.manifest.pages.includes(last.path) ? last : undefined
  const { path = again?.path ?? boot.manifest.entryPagePath, scene, referrerInfo = {}, shareTicket } = boot.launch
  const query = again?.query ?? boot.launch.query
  if (again && Number(again.expiresAt) > Date.now()) returnWith(again.exitState)
  const independent = boot.manifest.packages.find((one) => one.independent && path.startsWith(one.root))
  await readyFiles()
  await fetchPackage(independent?.root ?? '')
  entered.launch = entered.enter = { path, query, scene, referrerInfo, ...(shareTicket ? { shareTicket } : {}) }
  const startApp = (): void => {
    if (hasModule('app.js')) {
      const startTime = Date.now()
      try {
        run('app.js')
        record({ entryType: 'script', name: 'evaluateScript', startTime, duration: Date.now() - startTime, fileList: ['app.js'] })
      } catch (error) {
        // Said at once: every page after this would fail for the same, hidden reason.
        reportError(error)
        showStartFailure(error)
      }
    }
    callApp('onLaunch', entered.launch)
    callApp('onShow', entered.enter)
  }
  // An independent package runs without the program's own script, until a page of the main package is opened.
  if (independent) arrival.main = startApp
  else startApp()
  tell('AppShow', entered.enter)
  const search = Object.entries(query).map(([key, value]) => `${key}=${value}`).join('&')
  try {
    await route('appLaunch', `/${path}${search ? `?${search}` : ''}`)
  } catch (error) {
    // The program may have gone somewhere else itself; if not, it opens where it begins.
    await settled()
    if (!pages().length && path === boot.manifest.entryPagePath) throw error
    if (!pages().length) await route('appLaunch', `/${boot.manifest.entryPagePath}`)
  }
  if ((boot.manifest.app.debugOptions as { enableFPSPanel?: boolean } | undefined)?.enableFPSPanel === true) part('fps').catch(reportError)
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      host.emit('shown')
      if (boot.manifest.app.lazyCodeLoading !== 'requiredComponents') runAll()
    }),
  )
}

async function startGame({ launch }: Boot, host: Channel, openData?: MessagePort): Promise<void> {
  const [game] = await Promise.all([part<typeof import('../parts/game')>('game'), readyFiles()])
  entered.launch = entered.enter = { query: launch.query, scene: launch.scene, referrerInfo: launch.referrerInfo ?? {}, ...(launch.shareTicket ? { shareTicket: launch.shareTicket } : {}) }
  gameScope = game.begin({ wx, openData, onShare: (card) => (gameCard = card), keepDrawing, cardPicture, reportError })
  await fetchPackage('')
  try {
    game.play()
  } catch (error) {
    reportError(error)
    showStartFailure(error)
  }
  tell('AppShow', entered.enter)
  requestAnimationFrame(() => requestAnimationFrame(() => host.emit('shown')))
}

function callApp(name: string, ...args: unknown[]): unknown {
  const method = app?.[name]
  if (typeof method !== 'function') return undefined
  try {
    return method.apply(app, args)
  } catch (error) {
    reportError(error)
    return undefined
  }
}

function listen(boot: Boot, host: Channel): void {
  const report = (error: unknown): void => {
    const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String((error as { errMsg?: string })?.errMsg ?? error)
    host.emit('error', { text })
    console.error(error)
    const method = app?.onError
    if (typeof method === 'function') {
      try {
        method.call(app, text)
      } catch {
        // An error in the handler of errors goes no further.
      }
    }
    tell('Error', text)
  }
  onProgramError(report)
  pageNotFound.add((event) => callApp('onPageNotFound', event))
  window.addEventListener('error', (event) => report(event.error ?? event.message))
  window.addEventListener('unhandledrejection', (event) => {
    const detail = { reason: event.reason, promise: event.promise }
    callApp('onUnhandledRejection', detail)
    tell('UnhandledRejection', detail)
    host.emit('error', { text: String((event.reason as { message?: string; errMsg?: string })?.message ?? (event.reason as { errMsg?: string })?.errMsg ?? event.reason) })
  })
  listenToNetwork()
  listenToHost()
  listenToUpdates()
  listenToWebViews()

  let touched = -TOUCHED_MS
  const touch = (): void => {
    if (performance.now() - touched < TOUCHED_MS) return
    touched = performance.now()
    host.emit('touched')
  }
  for (const type of ['pointerdown', 'keydown', 'wheel']) document.addEventListener(type, touch, { capture: true, passive: true })
  host.on('ping', (detail) => host.emit('pong', detail))
  let leftBefore = boot.kept?.left !== undefined
  host.on('hide', () => {
    setVisible(false)
    const now = left()
    if (now || leftBefore) host.emit('keep', { name: 'left', value: now })
    leftBefore = now !== undefined
    document.documentElement.classList.toggle('h-unseen', (configOf(currentPage()?.path ?? '')?.json?.visualEffectInBackground ?? boot.manifest.window.visualEffectInBackground) === 'hidden')
    callApp('onHide', {})
    tell('AppHide', {})
  })
  host.on('show', (options: Record<string, unknown>) => {
    document.documentElement.classList.remove('h-unseen')
    entered.enter = { ...entered.launch, ...options }
    callApp('onShow', entered.enter)
    tell('AppShow', entered.enter)
    if (typeof options.path === 'string' && options.relaunch === true) {
      const search = Object.entries((options.query as Record<string, string>) ?? {}).map(([key, value]) => `${key}=${value}`).join('&')
      void route('reLaunch', `/${options.path}${search ? `?${search}` : ''}`).catch(reportError)
    }
    setVisible(true)
  })
  host.on('theme', ({ theme }: { theme: 'light' | 'dark' }) => {
    if (boot.manifest.app.darkmode !== true || theme === boot.theme) return
    boot.theme = theme
    retheme()
    rethemePages()
    document.documentElement.dataset.theme = theme
    callApp('onThemeChange', { theme })
    tell('ThemeChange', { theme })
  })
  host.on('keyboard', ({ height }: { height: number }) => cover(height))
  keyboard.heard = (detail) => tell('KeyboardHeightChange', detail)
  host.on('back', () => {
    route('navigateBack').catch(() => host.emit('exit'))
  })
  host.on('share', async ({ id, from }: { id: number; from: string }) => {
    const page = currentPage()
    const webViewUrl = sharedWebView()
    const given = page ? await Promise.resolve(callPage(page.instance, 'onShareAppMessage', { from, target: undefined, webViewUrl })).catch(() => undefined) : undefined
    const content = shareContent(gameCard ? gameCard() : given)
    host.emit('shareContent', { id, ...content, imageUrl: await cardPicture(content.imageUrl) })
  })
  host.on('aloud', async ({ id, ask }: { id: number; ask: Ask }) => {
    host.emit('aloudAnswer', { id, ...(await part<typeof Aloud>('aloud')).answer(ask) })
  })
  window.addEventListener('resize', () => {
    const size = { windowWidth: window.innerWidth, windowHeight: window.innerHeight }
    resized(size)
    tell('WindowResize', { size })
  })

  elementHooks.navigate = async (how, url, delta) => {
    const kinds: Record<string, 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch' | 'navigateBack'> = { navigate: 'navigateTo', redirect: 'redirectTo', switchTab: 'switchTab', reLaunch: 'reLaunch', navigateBack: 'navigateBack' }
    const kind = kinds[how] ?? 'navigateTo'
    try {
      await route(kind, url, { delta })
      return { errMsg: `${kind}:ok` }
    } catch (error) {
      throw { errMsg: `${kind}:fail ${(error as { errMsg?: string }).errMsg ?? String(error)}` }
    }
  }
  elementHooks.call = (name, args) => (wx[name] as (options: object) => Promise<unknown>)(args)
  elementHooks.isField = isFormField
  elementHooks.openType = openType(host, shareContent)
}

/** What a page gives to be shared, with the page itself where it says nothing. */
export function shareContent(given: unknown): ShareContent {
  const content = (typeof given === 'object' && given !== null ? given : {}) as Partial<ShareContent>
  const page = currentPage()
  const search = Object.entries(page?.query ?? {}).map(([key, value]) => `${key}=${value}`).join('&')
  return {
    title: String(content.title ?? document.title),
    path: String(content.path ?? `/${page?.path ?? ''}${search ? `?${search}` : ''}`),
    imageUrl: String(content.imageUrl ?? ''),
  }
}

