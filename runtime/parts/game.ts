/**
 * Mini games: one script that draws. The frame and its bridge are those of every program; what stands here is the
 * canvas on screen, touches, the game's own clock, its keyboard, sub-packages, and the open data of friends.
 */

import { asError, guard } from '../api/define'
import { addSheet, fetchPackage, run } from '../engine/loader'
import { program, resolveUrl } from '../engine/program'
import { beginOpenData, started } from '../engine/open-data'
import css from './ads/ads.css'
import { serveGame as serveAds } from './ads/over'

/** What the frame lends a game of its own parts. */
export interface Lent {
  wx: Record<string, unknown>
  /** The second port to the host, on which friends' data comes; it goes to the open data context at once. */
  openData?: MessagePort
  /** Called by the capsule's menu: what the game wants shared. */
  onShare: (content: () => unknown) => void
  keepDrawing: (surface: HTMLCanvasElement, type: string, quality: number) => Promise<string>
  cardPicture: (url: string) => Promise<string>
  reportError: (error: unknown) => void
}

type Listener = (detail: any) => void

/** A family of `onX`/`offX` that something of the frame's sets off. */
function heard(wx: Record<string, unknown>, name: string): Listener {
  const listeners = new Set<Listener>()
  wx[`on${name}`] = (listener: Listener) => void listeners.add(listener)
  wx[`off${name}`] = (listener?: Listener) => void (listener ? listeners.delete(listener) : listeners.clear())
  return (detail) => {
    for (const listener of [...listeners]) guard(listener, detail)
  }
}

/** A call with an object of options and callbacks, or a promise. */
function call(name: string, act: (options: any) => unknown): (options?: any) => unknown {
  return (options = {}) => {
    const outcome = Promise.resolve()
      .then(() => act(options))
      .then(
        (result) => ({ ...(result as object | undefined), errMsg: `${name}:ok` }),
        (error: unknown) => {
          throw asError(name, error)
        },
      )
    if (![options.success, options.fail, options.complete].some((one) => typeof one === 'function')) return outcome
    outcome.then(
      (result) => {
        guard(options.success, result)
        guard(options.complete, result)
      },
      (error) => {
        guard(options.fail, error)
        guard(options.complete, error)
      },
    )
    return undefined
  }
}

/** The height of the status bar, where the game wants it to be seen. */
function topOf(): number {
  const { manifest, statusBarHeight } = program().boot
  return manifest.app.showStatusBar === true ? statusBarHeight : 0
}

/** Fills the frame below what the status bar takes, if the game wants one to be seen. */
function screenSurface(keepDrawing: Lent['keepDrawing']): HTMLCanvasElement {
  const top = topOf()
  const canvas = surface(keepDrawing)
  canvas.width = window.innerWidth
  canvas.height = window.innerHeight - top
  canvas.id = 'game'
  canvas.style.cssText = `position:fixed;left:0;top:${top}px;width:100%;height:calc(100% - ${top}px);touch-action:none;outline:none;user-select:none`
  document.body.style.margin = '0'
  document.body.style.background = '#000'
  document.body.prepend(canvas)
  return canvas
}

function surface(keepDrawing: Lent['keepDrawing']): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const kept = (options: { fileType?: string; quality?: number } = {}): Promise<string> => keepDrawing(canvas, options.fileType === 'jpg' ? 'image/jpeg' : 'image/png', Number(options.quality ?? 1))
  return Object.assign(canvas, { toTempFilePath: call('toTempFilePath', async (options) => ({ tempFilePath: await kept(options) })) })
}

/** A picture whose `src` is a path of the game, or an address the relay may fetch. */
function picture(): HTMLImageElement {
  const image = document.createElement('img')
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')!
  image.crossOrigin = 'anonymous'
  let named = ''
  return Object.defineProperty(image, 'src', {
    get: () => named || (get!.call(image) as string),
    set: (value: string) => {
      named = String(value)
      const url = resolveUrl(named)
      if (url) set!.call(image, url)
      else queueMicrotask(() => image.dispatchEvent(new Event('error')))
    },
  })
}

/** Fingers and the mouse, as touches in the frame's pixels. */
function listenToTouches(wx: Record<string, unknown>): void {
  const told = { pointerdown: heard(wx, 'TouchStart'), pointermove: heard(wx, 'TouchMove'), pointerup: heard(wx, 'TouchEnd'), pointercancel: heard(wx, 'TouchCancel') }
  const down = new Map<number, object>()
  for (const [type, tell] of Object.entries(told)) {
    window.addEventListener(type, (event) => {
      const { pointerId, clientX, clientY, pressure, timeStamp, target } = event as PointerEvent
      if ((target as Element | null)?.closest('.h-dialog, .h-toast, .h-game-keys, .h-ad-over')) return
      if (type !== 'pointerdown' && !down.has(pointerId)) return
      const touch = { identifier: pointerId, clientX, clientY, pageX: clientX, pageY: clientY, screenX: clientX, screenY: clientY, force: pressure }
      if (type === 'pointerdown' || type === 'pointermove') down.set(pointerId, touch)
      else down.delete(pointerId)
      tell({ touches: [...down.values()], changedTouches: [touch], timeStamp })
    })
  }
}

/** A line to write in above the keyboard of the device. */
function keyboard(wx: Record<string, unknown>): void {
  const [input, confirm, complete] = ['KeyboardInput', 'KeyboardConfirm', 'KeyboardComplete'].map((name) => heard(wx, name)) as [Listener, Listener, Listener]
  let field: HTMLInputElement | HTMLTextAreaElement | undefined
  const hide = (): void => {
    const value = field?.value
    const gone = field
    field = undefined
    gone?.remove()
    if (value !== undefined) complete({ value })
  }
  wx.showKeyboard = call('showKeyboard', ({ defaultValue = '', maxLength = 100, multiple, confirmHold, confirmType = 'done' }) => {
    hide()
    const made = (field = document.createElement(multiple ? 'textarea' : 'input'))
    made.className = 'h-game-keys'
    made.style.cssText = 'position:fixed;left:0;right:0;bottom:0;box-sizing:border-box;width:100%;padding:12px;border:0;border-top:1px solid #0003;font:17px/1.4 system-ui;background:#fff;color:#000;z-index:9'
    made.value = String(defaultValue)
    made.maxLength = Number(maxLength)
    made.enterKeyHint = confirmType
    made.addEventListener('input', () => input({ value: made.value }))
    made.addEventListener('keydown', (event) => {
      if ((event as KeyboardEvent).key === 'Escape') hide()
      if ((event as KeyboardEvent).key !== 'Enter' || multiple) return
      confirm({ value: made.value })
      if (!confirmHold) hide()
    })
    made.addEventListener('blur', () => made === field && hide())
    document.body.append(made)
    made.focus()
  })
  wx.hideKeyboard = call('hideKeyboard', hide)
  wx.updateKeyboard = call('updateKeyboard', ({ value }) => {
    if (!field) throw { errMsg: 'the keyboard is not shown' }
    field.value = String(value)
  })
}

/** The game's turns of the screen, as many a second as it wants. */
function clock(wx: Record<string, unknown>): (turn: FrameRequestCallback) => number {
  let least = 0
  wx.setPreferredFramesPerSecond = (fps: number) => {
    least = fps >= 60 || !(fps >= 1) ? 0 : 1000 / fps
  }
  let last = 0
  return (turn) =>
    requestAnimationFrame(function wait(now: number): void {
      // A turn that comes a little early is still this one's: screens do not keep exact time.
      if (least && now - last < least - 2) requestAnimationFrame(wait)
      else {
        last = now
        turn(now)
      }
    })
}

/** Put into `wx` what games have, and make the scope their scripts run in. */
export function begin({ wx, openData, onShare, keepDrawing, cardPicture, reportError }: Lent): unknown[] {
  const { boot, host } = program()
  const { app } = boot.manifest
  const sideways = String(app.deviceOrientation ?? '').startsWith('landscape')
  host.emit('orientation', { value: sideways ? 'landscape' : 'portrait' })
  let screen: HTMLCanvasElement | undefined
  wx.createCanvas = () => (screen ? surface(keepDrawing) : (screen = screenSurface(keepDrawing)))
  wx.createImage = picture
  // A game has no bar above it: its window is the screen.
  const whole = (info: object): object => ({ ...info, windowWidth: window.innerWidth, windowHeight: window.innerHeight - topOf(), screenTop: topOf() })
  for (const name of ['getWindowInfo', 'getSystemInfoSync']) {
    const tell = wx[name] as () => object
    wx[name] = () => whole(tell())
  }
  for (const name of ['getSystemInfo', 'getSystemInfoAsync']) wx[name] = call(name, wx.getSystemInfoSync as () => object)
  wx.onShow = wx.onAppShow
  wx.offShow = wx.offAppShow
  wx.onHide = wx.onAppHide
  wx.offHide = wx.offAppHide
  listenToTouches(wx)
  keyboard(wx)
  addSheet('base', css)
  serveAds(wx)
  wx.loadSubpackage = (options: { name: string; success?: Listener; fail?: Listener; complete?: Listener }) => {
    const heardOf = new Set<Listener>()
    const one = boot.manifest.packages.find((each) => each.root && (each.name === options.name || each.root.replace(/\/$/, '') === options.name)) as { root: string; bytes?: number } | undefined
    const tell = (share: number): void => heardOf.forEach((listener) => guard(listener, { progress: share * 100, totalBytesWritten: Math.round((one?.bytes ?? 0) * share), totalBytesExpectedToWrite: one?.bytes ?? 0 }))
    void Promise.resolve().then(() =>
      call('loadSubpackage', async () => {
        if (!one) throw { errMsg: `there is no sub-package "${options.name}"` }
        tell(0)
        await fetchPackage(one.root)
        tell(1)
      })({ ...options, complete: options.complete ?? (() => {}) }),
    )
    return { onProgressUpdate: (listener: Listener) => void heardOf.add(listener) }
  }
  let wanted: () => unknown = () => undefined
  wx.onShareAppMessage = (content: () => unknown) => void (wanted = content)
  wx.offShareAppMessage = () => void (wanted = () => undefined)
  const card = (content: { title?: string; query?: string; imageUrl?: string } = {}): { title: string; path: string; imageUrl: string } => ({ title: String(content.title ?? ''), path: `/game${content.query ? `?${content.query}` : ''}`, imageUrl: String(content.imageUrl ?? '') })
  onShare(() => card(wanted() as object | undefined))
  wx.shareAppMessage = call('shareAppMessage', async (content) => {
    const made = card(content)
    await host.call('shareAppMessage', { ...made, imageUrl: await cardPicture(made.imageUrl) })
  })
  for (const name of ['setUserCloudStorage', 'removeUserCloudStorage']) wx[name] = call(name, ({ KVDataList, keyList }) => host.call(name, { ...(KVDataList ? { KVDataList } : {}), ...(keyList ? { keyList } : {}) }))
  const context = beginOpenData(openData, String(app.openDataContext ?? ''), reportError)
  wx.getOpenDataContext = () => context
  // Bare names of these are the game's, not the frame's.
  const shared = { requestAnimationFrame: clock(wx), cancelAnimationFrame: cancelAnimationFrame.bind(globalThis) }
  const GameGlobal: Record<string, unknown> = { ...shared, wx, setTimeout: setTimeout.bind(globalThis), setInterval: setInterval.bind(globalThis), clearTimeout: clearTimeout.bind(globalThis), clearInterval: clearInterval.bind(globalThis) }
  GameGlobal.GameGlobal = GameGlobal
  return [wx, GameGlobal]
}

/** Run the game's own script, once its package is here; what friends' data is drawn by comes first. */
export function play(): void {
  started.begin()
  run('game.js')
}
