/* Keeps the app's own files, so that it opens without a network. Never an answer of the server's. */
const KEPT = 'hutong-shell-1'
const MOST_FILES = 300
const NOT_OURS = /^\/(?:api|run|docs|desk|console|mp|pay|work|healthz)(?:\/|$)/
const SHELL = '/index.html'

self.addEventListener('install', (event) => {
  // Calls need not pass through here, where the browser lets one say so.
  if ('addRoutes' in event) event.addRoutes([{ condition: { urlPattern: new URLPattern({ pathname: '/(api|run)/*' }) }, source: 'network' }])
  event.waitUntil(caches.open(KEPT).then((cache) => cache.add(SHELL)).then(keepAll).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('hutong-shell-') && name !== KEPT).map((name) => caches.delete(name))))
  event.waitUntil(old.then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin || NOT_OURS.test(url.pathname)) return
  if (request.mode === 'navigate') event.respondWith(page(event))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(file(request))
})

/** The newest page, or the kept one while the network is away. */
async function page(event) {
  const cache = await caches.open(KEPT)
  const kept = await cache.match(SHELL)
  try {
    const fresh = await fetch(event.request)
    if (fresh.ok) {
      const text = await fresh.clone().text()
      if (kept === undefined || text !== (await kept.text())) {
        await cache.put(SHELL, fresh.clone())
        event.waitUntil(keepAll())
      }
    }
    return fresh
  } catch (error) {
    if (kept === undefined) throw error
    return kept
  }
}

/** Every file that the app's pages may need, as the build lists them. */
async function keepAll() {
  const cache = await caches.open(KEPT)
  const chunks = await (await fetch('/manifest.json')).json()
  const seen = new Set()
  const files = new Set()
  const visit = (key) => {
    const chunk = chunks[key]
    if (chunk === undefined || seen.has(key)) return
    seen.add(key)
    for (const name of [chunk.file, ...(chunk.css ?? [])]) files.add(`/${name}`)
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next)
  }
  visit('index.html')
  for (const name of files) if ((await cache.match(name)) === undefined) await cache.add(name).catch(() => undefined)
}

/** A file whose name says what is in it: once fetched, it is never asked for again. */
async function file(request) {
  const cache = await caches.open(KEPT)
  const kept = await cache.match(request)
  if (kept !== undefined) return kept
  const fresh = await fetch(request)
  if (fresh.ok) {
    await cache.put(request, fresh.clone())
    const keys = (await cache.keys()).filter((key) => new URL(key.url).pathname.startsWith('/assets/'))
    for (const old of keys.slice(0, Math.max(0, keys.length - MOST_FILES))) await cache.delete(old)
  }
  return fresh
}
