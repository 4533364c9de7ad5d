/** The shell's side of a running program: its frame, what it may ask, and how the shell tells it things. */

import type { Ask, Spoken } from '../bridge/aloud'
import { type Boot, READY, START } from '../bridge/boot'
import { Channel } from '../bridge/channel'
import type { ShareContent } from '../bridge/share'
import { Gate } from './capabilities'
import { FileKeeper, packagedFile, packagedFiles } from './files'
import type { Development } from './development'
import { BARRED, SINGLE_PAGE } from './single-page'
import { serveOpenData } from './open-data'
import type { HostServices, Socket } from './services'
import { WebViews } from './web-view'

const SHARE_MS = 3000
const ALOUD_MS = 5000
const PING_MS = 2000
/** What a frame may have kept for its next visit, and how long it may be as JSON. */
const KEPT = new Set(['left', 'fetchToken'])
const KEPT_LETTERS = 256 * 1024

function windowState(): 'minimize' | 'maximize' | 'normalize' {
  if (document.visibilityState === 'hidden') return 'minimize'
  return document.fullscreenElement || (window.outerWidth >= screen.availWidth && window.outerHeight >= screen.availHeight) ? 'maximize' : 'normalize'
}

/** A frame with the runtime in it and no program yet. Making one early halves the time to the first page. */
export class WaitingFrame {
  readonly element: HTMLIFrameElement
  readonly ready: Promise<void>

  /** `source` is the frame's document, as the server sends it with its policy. */
  constructor(source: string, title = '') {
    this.element = document.createElement('iframe')
    this.element.setAttribute('sandbox', 'allow-scripts')
    this.element.setAttribute('allow', '')
    this.element.title = title
    this.element.src = source
    this.ready = new Promise((resolve) => {
      const listen = (event: MessageEvent<unknown>): void => {
        // Only this frame's own window, which has no origin of its own to check.
        if (event.source !== this.element.contentWindow || (event.data as { type?: string } | null)?.type !== READY) return
        window.removeEventListener('message', listen)
        resolve()
      }
      window.addEventListener('message', listen)
    })
  }
}

export class RunningProgram {
  private readonly channel: Channel
  private readonly calls = new Map<number, AbortController>()
  private readonly sockets = new Map<number, Socket>()
  private readonly webViews: WebViews
  private readonly port: MessagePort
  private readonly remote: MessagePort
  /** The way of a game's open data context to its friends' data, of which the game itself has no part. */
  private readonly openData: { channel: Channel; remote: MessagePort } | undefined
  private readonly ongoing = new Map<string, () => void>()
  private questions = 0
  /** The frame's own style while it lies on its side. */
  private upright: string | null = null
  private landscape = false
  private closed = false
  private heartbeat: ReturnType<typeof setInterval> | undefined
  private answered = true

  constructor(
    readonly frame: WaitingFrame,
    private readonly boot: Boot,
    private readonly services: HostServices,
    private readonly unresponsive: (stuck: boolean) => void = () => {},
    development?: Development,
  ) {
    // What the program's own media queries see as the preferred scheme is the scheme of its frame.
    frame.element.style.colorScheme = boot.theme
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    this.remote = port2
    // A shell may have its own way to give the whole screen; the browser's is to enlarge the frame.
    const gate = new Gate({ fullScreen: (on) => this.fillScreen(on), ...services }, () => performance.now(), () => navigator.userActivation?.isActive ?? true)
    this.channel = new Channel(
      port1,
      (name, args, id) => {
        const controller = new AbortController()
        this.calls.set(id, controller)
        if (boot.launch.scene === SINGLE_PAGE && BARRED.has(name)) return Promise.reject({ errMsg: `${name}:fail not allowed in single page mode` }).finally(() => this.calls.delete(id))
        const serve = (): Promise<unknown> => gate.serve(name, args, { signal: controller.signal, packaged: (path) => packagedFile(boot, path), sockets: this.sockets, webViews: this.webViews, ongoing: this.ongoing, agree: (call) => this.agree(call), emit: (event, detail, transfer) => this.channel.emit(event, detail, transfer) })
        return (development ? development.serve(name, args, serve) : serve()).finally(() => this.calls.delete(id))
      },
      (id) => this.calls.get(id)?.abort(),
    )
    if (boot.manifest.project?.compileType === 'game' && boot.manifest.app.openDataContext) {
      const { port1: near, port2: far } = new MessageChannel()
      this.openData = { channel: new Channel(near, (name, args) => serveOpenData(services, name, args)), remote: far }
    }
    this.webViews = new WebViews(
      frame.element,
      boot,
      async (view, name, arg) => (await this.question<{ result: object }>('webViewCall', 'webViewAnswer', { view, name, arg })).result,
      (id, event, detail) => this.channel.emit('webView', { id, event, detail }),
    )
    this.channel.on('storage', ({ key, value, sealed }: { key?: unknown; value?: unknown; sealed?: unknown }) => services.store(typeof key === 'string' ? key : undefined, value, sealed === true))
    this.channel.on('keep', ({ name, value }: { name: unknown; value?: unknown }) => {
      if (KEPT.has(String(name)) && JSON.stringify(value ?? null).length <= KEPT_LETTERS) services.keep?.(String(name), value)
    })
    const keeper = new FileKeeper(boot.files ?? [])
    this.channel.on('file', (file: unknown) => {
      const fit = keeper.fit(file)
      if (fit) services.keepFile?.(fit)
    })
    this.channel.on('error', ({ text }: { text: unknown }) => services.reported?.(String(text)))
    this.channel.on('log', ({ level, text, ...about }: Record<string, unknown>) => services.logged?.(String(level), String(text), about))
    this.channel.on('report', (event: unknown) => services.counted?.(event as Record<string, unknown>))
    this.channel.on('shown', () => services.shown?.())
    this.channel.on('failed', ({ text }: { text: unknown }) => services.failed?.(String(text)))
    this.channel.on('orientation', ({ value }: { value: unknown }) => {
      if (value === 'auto' || value === 'portrait' || value === 'landscape') services.orient?.(value)
      this.landscape = value === 'landscape'
      this.turn()
    })
    window.addEventListener('resize', this.turn)
    window.addEventListener('resize', this.tellWindow)
    document.addEventListener('visibilitychange', this.tellWindow)
    document.addEventListener('fullscreenchange', this.tellWindow)
    this.channel.on('exit', () => services.exit())
    this.channel.on('applyUpdate', () => services.applyUpdate?.())
    this.channel.on('pong', () => {
      if (!this.answered) this.unresponsive(false)
      this.answered = true
    })
  }

  async start(): Promise<void> {
    const [packaged] = await Promise.all([packagedFiles(this.boot), this.frame.ready])
    if (this.closed) return
    this.frame.element.contentWindow?.postMessage({ type: START, boot: { ...this.boot, packaged } }, '*', [this.remote, ...(this.openData ? [this.openData.remote] : [])])
    this.heartbeat = setInterval(() => {
      if (!this.answered) this.unresponsive(true)
      this.answered = false
      this.channel.emit('ping')
    }, PING_MS)
  }

  /** A page that lies on its side is shown so where the place is upright: the person turns the device. */
  private readonly turn = (): void => {
    const { style } = this.frame.element
    if (this.upright !== null) {
      const scheme = style.colorScheme
      style.cssText = this.upright
      style.colorScheme = scheme
      this.upright = null
    }
    const { width, height } = this.frame.element.getBoundingClientRect()
    if (!this.landscape || width >= height) return
    this.upright = style.cssText
    Object.assign(style, { inset: '0 auto auto 0', width: `${height}px`, height: `${width}px`, transformOrigin: '0 0', transform: `translateX(${width}px) rotate(90deg)` })
  }

  /** The program comes back to the front, perhaps by another way in. */
  show(options: { path?: string; query?: Record<string, string>; scene?: number; referrerInfo?: Record<string, unknown>; relaunch?: boolean } = {}): void {
    this.channel.emit('show', options)
  }

  /** What the frame of the dev tools says; no other says anything of the kind. */
  onDevelopment(listener: (message: Record<string, unknown>) => void): void {
    this.channel.on('dev', listener)
  }

  tellDevelopment(message: object): void {
    this.channel.emit('dev', message)
  }

  hide(): void {
    this.channel.emit('hide')
  }

  back(): void {
    this.channel.emit('back')
  }

  setTheme(theme: 'light' | 'dark'): void {
    this.frame.element.style.colorScheme = theme
    this.channel.emit('theme', { theme })
  }

  /** The newer version is here and may be started, or could not be fetched. */
  tellUpdate(ready: boolean): void {
    this.channel.emit(ready ? 'updateReady' : 'updateFailed')
  }

  /** What was asked of its server ahead of it. */
  tellFetched(fetched: object): void {
    this.channel.emit('fetched', fetched)
  }

  private async fillScreen(on: boolean): Promise<void> {
    const { element } = this.frame
    if (on) await element.requestFullscreen()
    else if (document.fullscreenElement === element) await document.exitFullscreen()
  }

  /** The capsule lies elsewhere over the frame. */
  setMenuButton(menuButton: Boot['menuButton']): void {
    this.boot.menuButton = menuButton
    this.channel.emit('menuButton', menuButton)
  }

  /** What the page on screen wants in a link to it. */
  async copyLink(): Promise<{ query: string; title: string; path: string }> {
    const { query, title, path } = await this.question<{ query: string; title: string; path: string }>('copyUrl', 'copiedUrl', {}, SHARE_MS)
    return { query: String(query), title: String(title), path: String(path) }
  }

  /** The window it is in grew to the whole screen, went out of sight, or came back; each is told once. */
  private readonly tellWindow = (): void => {
    const state = windowState()
    if (state === this.windowState) return
    this.windowState = state
    this.channel.emit('windowState', { state })
  }
  private windowState = windowState()

  /** How many pixels of the frame the keyboard on the screen covers. */
  setKeyboard(height: number): void {
    this.channel.emit('keyboard', { height })
  }

  /** What the page on screen wants shared, when the person shares from the capsule. */
  async shareContent(): Promise<ShareContent> {
    const { title, path, imageUrl } = await this.question<ShareContent>('share', 'shareContent', { from: 'menu' }, SHARE_MS)
    return { title: String(title), path: String(path), imageUrl: String(imageUrl) }
  }

  /** Whether the page on screen may be shown to everybody who knows the person. */
  async mayBePosted(): Promise<boolean> {
    return (await this.question<{ open: boolean }>('timeline', 'timelineContent', { asked: false }, SHARE_MS)).open
  }

  /** What it wants shown there; nothing if it may not be. */
  async timelineContent(): Promise<ShareContent | null> {
    const { open, title, path, imageUrl } = await this.question<ShareContent & { open: boolean }>('timeline', 'timelineContent', { asked: true }, SHARE_MS)
    return open ? { title: String(title), path: String(path), imageUrl: String(imageUrl) } : null
  }

  /** What the page on screen says and lets one choose, to be read aloud, once what is asked of it is done. */
  async aloud(ask: Ask = {}): Promise<{ title: string; lines: Spoken[] }> {
    const { title, lines } = await this.question<{ title: unknown; lines: Spoken[] }>('aloud', 'aloudAnswer', { ask }, ALOUD_MS)
    return { title: String(title), lines: lines.map(({ id, kind, text }) => ({ id: Number(id), kind, text: String(text) })) }
  }

  /** Hear, now and then, that somebody touches the page or writes on it. */
  onTouched(listener: () => void): void {
    this.channel.on('touched', listener)
  }

  /** Hear when the page that is read aloud has become another. */
  onAloudMoved(listener: () => void): void {
    this.channel.on('aloudMoved', listener)
  }

  /** The program's own sheet if it has one, else the shell's; the grant itself is only ever given by a person's touch. */
  private async agree(call: string): Promise<boolean> {
    const { event } = await this.question<{ event: string }>('privacy', 'privacyAnswer', { referrer: call })
    if (event === 'none') return (await this.services.askPrivacy?.()) ?? false
    return event === 'agree' && !(await this.services.privacy?.())?.needAuthorization
  }

  /** Ask the program something and hear its answer, which carries the question's number. */
  private question<T>(name: string, answer: string, detail: object, longestMs?: number): Promise<T> {
    const id = ++this.questions
    return new Promise((resolve, reject) => {
      const timer = longestMs === undefined ? undefined : setTimeout(() => {
        stop()
        reject(new Error(`the program did not answer: ${name}`))
      }, longestMs)
      const stop = this.channel.on(answer, (said: T & { id: number }) => {
        if (said.id !== id) return
        clearTimeout(timer)
        stop()
        resolve(said)
      })
      this.channel.emit(name, { id, ...detail })
    })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    clearInterval(this.heartbeat)
    window.removeEventListener('resize', this.turn)
    window.removeEventListener('resize', this.tellWindow)
    document.removeEventListener('visibilitychange', this.tellWindow)
    document.removeEventListener('fullscreenchange', this.tellWindow)
    for (const one of this.calls.values()) one.abort()
    for (const one of this.sockets.values()) one.close(1001, '')
    for (const stop of this.ongoing.values()) stop()
    this.webViews.closeAll()
    this.channel.close()
    this.openData?.channel.close()
    this.port.close()
    this.frame.element.remove()
  }
}
