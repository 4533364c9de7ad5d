// Programs that others wrote, from checkouts outside the tree: each is compiled and every page of it opened, by itself,
// in a sandboxed frame of a real browser. One line of JSON for each program: how many pages opened without an error,
// and the first error of each that did not.
//   node benchmarks/corpus.mjs [--pictures DIR] [--only TEXT] [--letters N] FOLDER…     a folder holds an app.json, or a project.config.json
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { buildSync } = createRequire(join(root, 'runtime/package.json'))('esbuild')
const bundle = join(root, 'runtime/dist/test/harness.mjs')
buildSync({ absWorkingDir: root, entryPoints: ['tests/runtime/frame/harness.ts'], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'tests/runtime/frame/harness.ts')).href) } })
const { Harness } = await import(pathToFileURL(bundle).href)

const SETTLED_MS = 800 // what a page does after its first picture: timers, refused requests
const PAGE_MS = 20_000

const folders = []
const options = {}
for (let at = 2; at < process.argv.length; at++) {
  const word = process.argv[at]
  if (word.startsWith('--')) options[word.slice(2)] = process.argv[++at]
  else folders.push(resolve(word))
}

function read(folder, prefix = '', files = {}) {
  for (const entry of readdirSync(folder)) {
    if (entry === '.git') continue
    const path = join(folder, entry)
    if (statSync(path).isDirectory()) read(path, `${prefix}${entry}/`, files)
    else files[prefix + entry] = readFileSync(path)
  }
  return files
}

/** What a picture of a page is called. */
const named = (path) => path.replace(/[^\w-]/g, '_')

async function tour(harness, folder) {
  const files = read(folder)
  const began = Date.now()
  const { manifest } = harness.compile(files)
  const compileMs = Date.now() - began
  const pages = manifest.pages.filter((path) => !options.only || path.includes(options.only))
  const faults = []
  const into = options.pictures && join(options.pictures, basename(folder))
  if (into) mkdirSync(into, { recursive: true })
  const running = await harness.open(files, { path: pages[0] })
  for (const path of pages) {
    running.errors.length = 0
    const opened = running.host(`Promise.race([relaunch(false, ${JSON.stringify(path)}), new Promise((_, no) => setTimeout(() => no('was not shown'), ${PAGE_MS}))])`)
    await opened.catch((error) => running.errors.push(String(error)))
    await new Promise((done) => setTimeout(done, SETTLED_MS))
    if (into) await running.page.screenshot({ path: join(into, `${named(path)}.png`) }).catch(() => undefined)
    if (running.errors.length > 0) faults.push({ path, error: running.errors[0].slice(0, Number(options.letters ?? 400)) })
  }
  await running.page.context().close()
  return { benchmark: 'corpus', program: folder.split('/').slice(-2).join('/'), pages: pages.length, clean: pages.length - faults.length, compile_ms: compileMs, faults }
}

const harness = new Harness()
await harness.start()
let pages = 0
let clean = 0
try {
  for (const folder of folders) {
    if (!existsSync(join(folder, 'app.json')) && !existsSync(join(folder, 'project.config.json'))) throw new Error(`${folder} holds no program`)
    const found = await tour(harness, folder).catch((error) => ({ benchmark: 'corpus', program: folder, pages: 1, clean: 0, faults: [{ path: '', error: String(error).slice(0, 2000) }] }))
    pages += found.pages
    clean += found.clean
    console.log(JSON.stringify(found))
  }
  console.log(JSON.stringify({ benchmark: 'corpus', pages, clean, share: Math.round((clean / pages) * 1000) / 1000 }))
} finally {
  await harness.stop()
}
