/** After a build: is the app's first screen light enough, and is nothing fetched from elsewhere? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const FIRST_SCREEN_BYTES = 200_000 // script for the app's first screen, gzipped
const FACES = { app: 'index.html', desk: 'desk.html', console: 'console.html', kiosk: 'kiosk.html' }
const FIRST_PAGES = { app: ['src/features/identity/SignInPage.vue', 'src/features/chat/ChatsPage.vue', 'src/locales/common.zh-CN.json', 'src/locales/app.zh-CN.json'] }

const out = fileURLToPath(new URL('../../hutong/web', import.meta.url))
const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
const faults = []

/** The entries of the manifest that loading `keys` brings, lazy ones only if `lazy`. */
function reach(keys, lazy) {
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key) || !(key in manifest)) return
    seen.add(key)
    for (const next of manifest[key].imports ?? []) visit(next)
    if (lazy) for (const next of manifest[key].dynamicImports ?? []) visit(next)
  }
  keys.forEach(visit)
  return [...seen].map((key) => manifest[key])
}

const weigh = (chunks, ending) =>
  [...new Set(chunks.flatMap((chunk) => [chunk.file, ...(chunk.css ?? [])]))]
    .filter((file) => file.endsWith(ending))
    .reduce((sum, file) => sum + gzipSync(readFileSync(join(out, file))).length, 0)

for (const [face, entry] of Object.entries(FACES)) {
  const missing = (FIRST_PAGES[face] ?? []).filter((page) => !(page in manifest))
  if (missing.length > 0) faults.push(`${face}: the manifest does not know ${missing.join(', ')}`)
  const first = reach([entry, ...(FIRST_PAGES[face] ?? [])], false)
  const script = weigh(first, '.js')
  console.log(`${face}: first screen ${(script / 1000).toFixed(1)} kB of script, ${(weigh(first, '.css') / 1000).toFixed(1)} kB of style, gzipped`)
  if (face === 'app' && script > FIRST_SCREEN_BYTES) faults.push(`${face}: over ${FIRST_SCREEN_BYTES} bytes`)
}

// Addresses that are only named (namespaces, licences, links in messages for developers) fetch nothing.
const ELSEWHERE = /(?:tdesign\.gtimg\.com|unpkg\.com|jsdelivr\.net|googleapis\.com|cdnjs\.)/
const asset = /\.(?:js|css|html|svg)$/
for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => asset.test(name))) {
  const found = ELSEWHERE.exec(readFileSync(join(out, file), 'utf8'))
  if (found !== null) faults.push(`${file}: fetches from ${found[0]}`)
}

if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exitCode = 1
}
