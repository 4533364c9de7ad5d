/** Web view: a page of the web over the whole page, shown by the shell, which alone may hold other documents. */

import { layerOf } from '../engine/chrome'
import { program } from '../engine/program'
import { routing } from '../engine/router'
import { elementHooks } from './basic'
import { BuiltIn, defineElement, text } from './element'

/** How the page's script names what leads elsewhere. */
const WAYS: Record<string, string> = { navigateTo: 'navigate', redirectTo: 'redirect', switchTab: 'switchTab', reLaunch: 'reLaunch', navigateBack: 'navigateBack' }

/** A page that says more than this without being heard is cut off. */
const MOST_MESSAGES = 1000

const shown = new Map<number, WebView>()
let last = 0

class WebView extends BuiltIn {
  static override attributes = { src: text() }
  static override events = ['message', 'load', 'error']
  private readonly number = (last += 1)
  private readonly messages: unknown[] = []
  private readonly moved = new ResizeObserver(() => this.place())
  private readonly turned = new MutationObserver(() => this.place())
  private opened = false
  /** Where the page says it is, or where it was sent. */
  private url = ''

  connectedCallback(): void {
    shown.set(this.number, this)
    const layer = this.layer
    if (!layer) return
    this.moved.observe(layer.querySelector('.h-viewport')!)
    this.turned.observe(layer, { attributeFilter: ['hidden'] })
    this.turned.observe(document.body, { childList: true })
    this.redrawSoon()
  }

  disconnectedCallback(): void {
    this.moved.disconnect()
    this.turned.disconnect()
    shown.delete(this.number)
    this.deliver()
    if (this.opened) program().host.call('closeWebView', { id: this.number }).catch(() => {})
    this.opened = false
  }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    const src = this.read<string>('src')
    if (!this.isConnected || !src || src === this.url) return
    this.url = src
    this.opened = true
    program().host.call('openWebView', { id: this.number, src, ...this.box }).catch((failure: { errMsg: string }) => this.emit('error', { src, errMsg: failure.errMsg }))
  }

  get layer(): HTMLElement | null {
    return this.closest<HTMLElement>('.h-page-layer')
  }

  get current(): string {
    return this.url
  }

  private get box(): { left: number; top: number; width: number; height: number } {
    const { left, top, width, height } = (this.layer?.querySelector('.h-viewport') ?? this).getBoundingClientRect()
    return { left, top, width, height }
  }

  /** What the program asks the person is drawn in the frame, below the page: the page makes room meanwhile. */
  private place(): void {
    const visible = !this.layer?.hidden && !document.querySelector('body > .h-dialog')
    if (this.opened) program().host.call('placeWebView', { id: this.number, ...this.box, visible }).catch(() => {})
  }

  /** Give the program what the page has said so far: when the page is left, goes, or is shared. */
  deliver(): void {
    if (this.messages.length) this.emit('message', { data: this.messages.splice(0) })
  }

  hear(event: string, { src, href, title }: { src?: string; href?: string; title?: string }): void {
    if (event === 'here') {
      this.url = href ?? this.url
      if (title) layerOf(this)?.setTitle(title)
    } else this.emit(event, { src })
  }

  /** What the page's script asks for. */
  async serve(name: string, arg: { url?: unknown; delta?: unknown; data?: unknown }): Promise<object> {
    if (name === 'postMessage') {
      if (this.messages.length >= MOST_MESSAGES) throw { errMsg: 'postMessage:fail too many messages' }
      this.messages.push(arg.data)
      return { errMsg: 'postMessage:ok' }
    }
    const way = Object.hasOwn(WAYS, name) ? WAYS[name]! : undefined
    if (!way) throw { errMsg: `${name}:fail not supported` }
    return (await elementHooks.navigate(way, String(arg.url ?? ''), Number(arg.delta ?? 1))) as object
  }
}

/** Hear what becomes of pages, and what they ask for. */
export function listenToWebViews(): void {
  const { host } = program()
  host.on('webView', ({ id, event, detail }: { id: number; event: string; detail: object }) => shown.get(id)?.hear(event, detail))
  host.on('webViewCall', ({ id, view, name, arg }: { id: number; view: number; name: string; arg: unknown }) => {
    const served = shown.get(view)?.serve(name, typeof arg === 'object' && arg !== null ? arg : {}) ?? Promise.reject(new Error())
    served.then(
      (result) => host.emit('webViewAnswer', { id, result }),
      (failure: { errMsg?: string }) => host.emit('webViewAnswer', { id, result: { errMsg: failure.errMsg ?? `${name}:fail` } }),
    )
  })
  routing.add((step, { openType }) => {
    if (step === 'BeforeAppRoute' && ['navigateBack', 'redirectTo', 'reLaunch'].includes(openType)) onScreen()?.deliver()
  })
}

function onScreen(): WebView | undefined {
  return [...shown.values()].find((one) => one.layer?.hidden === false)
}

/** The page on screen is being shared: the program is given its messages, and its address. */
export function sharedWebView(): string | undefined {
  const view = onScreen()
  view?.deliver()
  return view?.current
}

defineElement('web-view', WebView)
