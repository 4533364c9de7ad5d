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
