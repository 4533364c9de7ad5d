/**
 * What is taken out of this frame before a program runs. The frame's policy already refuses every
 * connection; peer connections are not covered by it, and a second realm would bring everything back.
 */

const NETWORK = ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'RTCIceCandidate', 'RTCSessionDescription', 'WebTransport', 'WebSocket', 'WebSocketStream', 'EventSource', 'XMLHttpRequest', 'fetch', 'fetchLater', 'Worker', 'SharedWorker', 'PresentationRequest', 'PaymentRequest', 'BroadcastChannel', 'XSLTProcessor', 'trustedTypes']

/** Refused to a frame of no origin: reading one would throw, and programs that copy the whole scope read each. */
const STORES = ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore']

/** Elements that can hold another document, where all of the above would be new again. */
const DOCUMENTS = new Set(['iframe', 'frame', 'object', 'embed', 'portal', 'fencedframe', 'frameset'])

export function lockDown(): void {
  for (const name of [...NETWORK, ...STORES]) {
    if (name in globalThis) Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false })
  }
  if (typeof navigator.sendBeacon === 'function') Object.defineProperty(Navigator.prototype, 'sendBeacon', { value: () => false, writable: false, configurable: false })
  Object.defineProperty(globalThis, 'open', { value: () => null, writable: false, configurable: false })

  // No document may appear inside this one, by whatever way nodes are made.
  const gone = (node: Node): void => {
    if (!(node instanceof Element)) return
    if (DOCUMENTS.has(node.localName)) node.remove()
    else for (const inner of node.querySelectorAll([...DOCUMENTS].join(','))) inner.remove()
  }
  const forbid = (owner: object, name: string): void => {
    const original = Reflect.getOwnPropertyDescriptor(owner, name)
    if (typeof original?.value !== 'function') return
    const run = original.value as (...args: unknown[]) => unknown
    Object.defineProperty(owner, name, {
      ...original,
      configurable: false,
      writable: false,
      value(this: unknown, ...args: unknown[]) {
        const tag = String(args[name === 'createElementNS' ? 1 : 0]).toLowerCase().replace(/^.*:/, '')
        if (DOCUMENTS.has(tag)) return run.apply(this, name === 'createElementNS' ? ['http://www.w3.org/1999/xhtml', 'div'] : ['div'])
        return run.apply(this, args)
      },
    })
  }
  forbid(Document.prototype, 'createElement')
  forbid(Document.prototype, 'createElementNS')
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(gone)
  }).observe(document, { childList: true, subtree: true })
}

/** Names of the language, and those of the host that every library counts on. */
const LANGUAGE = ('Object Function Array Number Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl BigInt ' +
  'ArrayBuffer SharedArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array Atomics ' +
  'Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect Infinity NaN undefined parseFloat parseInt isFinite isNaN decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape ' +
  'console setTimeout clearTimeout setInterval clearInterval').split(' ')

/** What a program takes for the global object: the names of the language, over what it shares by `global`; nothing of the page. */
export function groundOver(globals: object): object {
  const ground = Object.create(globals) as object
  for (const name of LANGUAGE.filter((one) => one in globalThis)) {
    const value = (globalThis as Record<string, unknown>)[name]
    // Bound, because a timer called on another object is refused.
    Object.defineProperty(ground, name, { value: /^(set|clear)/.test(name) ? (value as typeof setTimeout).bind(globalThis) : value, writable: true, configurable: true })
  }
  return Object.defineProperty(ground, 'globalThis', { value: ground, writable: true, configurable: true })
}

/** Scripts made of text are refused, but for the one that is published to work, which libraries find the global object with. */
export function answerWith(ground: object): void {
  const own = Function
  const make = (args: unknown[], target: new (...args: any[]) => object): object => (args.length === 1 && /^\s*return\s+this\s*;?\s*$/.test(String(args[0])) ? () => ground : Reflect.construct(own, args, target))
  const guarded: FunctionConstructor = new Proxy(own, {
    apply: (_target, _self, args: unknown[]) => make(args, own),
    construct: (_target, args: unknown[], target) => make(args, (target as unknown) === guarded ? own : (target as typeof own)),
  })
  Object.defineProperty(Function.prototype, 'constructor', { value: guarded, writable: true, configurable: true })
  globalThis.Function = guarded
  Object.defineProperty(ground, 'Function', { value: guarded, writable: true, configurable: true })
}
