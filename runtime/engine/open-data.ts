/**
 * The open data context: a thread in which a game may look at its friends' data and draw it, on a surface the game can
 * show and never read. The friends' data comes over a port of the thread's own, which it is given before any script of
 * the game runs; the surface is known to the game by a token, and what it is drawn on is tainted by the browser itself.
 */

import { moduleSources } from './loader'
import { Thread, trustedScript } from './trusted'

/** Runs in the thread, before the game's modules for it. */
const PRELUDE = `
const bodies = {}, loaded = {}, heard = new Set(), pending = new Map();
let port, next = 1, sharedCanvas;
const ask = (n, a) => new Promise((yes, no) => { pending.set(next, [yes, no]); port.postMessage({ v: 1, t: 'call', id: next++, n, a }) });
const call = (name) => (options = {}) => {
  const { success, fail, complete, ...args } = options;
  const outcome = ask(name, args).then((result) => ({ ...result, errMsg: name + ':ok' }), (failure) => { throw failure });
  if (!success && !fail && !complete) return outcome;
  outcome.then((result) => { success && success(result); complete && complete(result) }, (failure) => { fail && fail(failure); complete && complete(failure) });
};
const pictures = new WeakMap();
class Image {
  width = 0; height = 0; onload = null; onerror = null; #src = '';
  get src() { return this.#src }
  set src(url) {
    this.#src = String(url);
    ask('picture', { url: this.#src }).then(({ body, type }) => createImageBitmap(new Blob([body], { type }))).then((bitmap) => {
      pictures.set(this, bitmap); this.width = bitmap.width; this.height = bitmap.height; this.onload && this.onload({});
    }, (error) => { this.onerror && this.onerror({ errMsg: String(error && error.errMsg || error) }) });
  }
}
const draw = OffscreenCanvasRenderingContext2D.prototype.drawImage;
OffscreenCanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
  const bitmap = image instanceof Image ? pictures.get(image) : image;
  if (bitmap) draw.call(this, bitmap, ...rest);
};
const wx = {
  onMessage(listener) { heard.add(listener) },
  getSharedCanvas: () => sharedCanvas,
  createCanvas: () => new OffscreenCanvas(300, 150),
  createImage: () => new Image(),
  ...Object.fromEntries(['getFriendCloudStorage', 'getGroupCloudStorage', 'getUserCloudStorage', 'setUserCloudStorage', 'removeUserCloudStorage', 'getUserInfo'].map((name) => [name, call(name)])),
};
const report = (error) => self.postMessage({ error: String(error && error.message || error) });
self.onerror = (message, file, line, column, error) => { report(error || message); return true };
self.onunhandledrejection = (event) => { event.preventDefault(); report(event.reason && event.reason.errMsg || event.reason) };
const resolve = (from, request) => {
  const parts = request.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of request.split('/')) if (part === '..') parts.pop(); else if (part && part !== '.') parts.push(part);
  const base = parts.join('/');
  return [base, base + '.js', base + '/index.js'].find((path) => path in bodies);
};
const run = (name) => {
  if (name in loaded) return loaded[name].exports;
  const module = loaded[name] = { exports: {} };
  bodies[name].call(undefined, (request) => {
    const target = resolve(name, String(request));
    if (!target) throw new Error("module '" + request + "' is not defined");
    return run(target);
  }, module, module.exports);
  return module.exports;
};
const GameGlobal = { wx };
`
const NO_NETWORK = 'const fetch = undefined, WebSocket = undefined, XMLHttpRequest = undefined, EventSource = undefined, importScripts = undefined, indexedDB = undefined, caches = undefined, Worker = undefined, BroadcastChannel = undefined;'

export interface OpenDataContext {
  /** Stands for the shared surface: it may be drawn and given a size, and shows nothing of itself. */
  canvas: { width: number; height: number }
  postMessage: (message: unknown) => void
}

/** Taken before the game runs, so that what it puts in their place is not called. */
const nativeDraw = CanvasRenderingContext2D.prototype.drawImage
const { apply } = Reflect

export function beginOpenData(port: MessagePort | undefined, folder: string, reportError: (error: unknown) => void): OpenDataContext {
  const size = { width: window.innerWidth, height: window.innerHeight }
  if (!port || !folder) return { canvas: size, postMessage: () => {} }
  const surface = document.createElement('canvas')
  surface.width = size.width
  surface.height = size.height
  const offscreen = surface.transferControlToOffscreen()
  // A picture of another origin, as everything is to this frame: whoever draws it can no longer read what was drawn on.
  const dot = document.createElement('img')
  dot.src = new URL('dot.svg', document.baseURI).href
  let thread: Worker | undefined
  const waiting: unknown[] = []

  const token = Object.create(null) as OpenDataContext['canvas']
  const side = (name: 'width' | 'height'): PropertyDescriptor => ({
    enumerable: true,
    get: () => size[name],
    set: (value: number) => {
      size[name] = Math.max(1, Math.floor(Number(value)) || 1)
      send({ size: { ...size } })
    },
  })
  Object.defineProperties(token, { width: side('width'), height: side('height') })
  Object.defineProperty(CanvasRenderingContext2D.prototype, 'drawImage', {
    configurable: false,
    writable: false,
    value: function drawImage(this: CanvasRenderingContext2D, image: unknown, ...rest: number[]): void {
      if (image !== token) return void apply(nativeDraw, this, [image, ...rest])
      if (!dot.naturalWidth) return // nothing is shown before it can be kept from being read
      apply(nativeDraw, this, [dot, 0, 0, 1, 1])
      apply(nativeDraw, this, [surface, ...rest])
    },
  })

  const send = (message: unknown): void => {
    if (thread) thread.postMessage(message)
    else waiting.push(message)
  }
  /** Called once the game's package is here and before it runs. */
  started.begin = () => {
    const bodies = Object.entries(moduleSources(`${folder.replace(/^\/|\/$/g, '')}/`)).map(([path, source]) => `bodies[${JSON.stringify(path)}] = ${source};`)
    const entry = `${folder.replace(/^\/|\/$/g, '')}/index.js`
    const script = `${PRELUDE}
self.onmessage = ({ data }) => {
  if (data.size) { if (sharedCanvas.width !== data.size.width) sharedCanvas.width = data.size.width; if (sharedCanvas.height !== data.size.height) sharedCanvas.height = data.size.height; return }
  if ('message' in data) { for (const listener of heard) listener(data.message); return }
  port = data.port; sharedCanvas = data.canvas;
  port.onmessage = ({ data: { id, r, e } }) => { const [yes, no] = pending.get(id) || []; pending.delete(id); if (e) { if (no) no(e) } else if (yes) yes(r) };
  try { run(${JSON.stringify(entry)}) } catch (error) { report(error) }
};
{ ${NO_NETWORK} ${bodies.join('\n')} }`
    thread = new Thread(trustedScript(URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))))
    thread.onmessage = ({ data }: MessageEvent<{ error?: string }>) => {
      if (data.error) reportError(new Error(data.error))
    }
    thread.postMessage({ port, canvas: offscreen }, [port, offscreen])
    for (const message of waiting.splice(0)) thread.postMessage(message)
  }
  return Object.freeze({ canvas: token, postMessage: (message: unknown) => send({ message: JSON.parse(JSON.stringify(message ?? null)) as unknown }) })
}

/** What is left to do when the modules are here. */
export const started: { begin: () => void } = { begin: () => {} }
