// Programs that others wrote, from checkouts outside the tree: each is compiled and every page of it opened, by itself,
// in a sandboxed frame of a real browser. One line of JSON for each program: how many pages opened without an error,
// how many wanted nothing but the server they were written for, and the first error of each of the others.
//   node benchmarks/corpus.mjs [--pictures DIR] [--only TEXT] [--letters N] [--queries FILE] FOLDER…
// A folder holds an app.json, or a project.config.json. The file of queries is JSON: by page, what its callers pass it.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(join(root, 'runtime/package.json'))
const { buildSync } = require('esbuild')
const bundle = join(root, 'runtime/dist/test/harness.mjs')
buildSync({ absWorkingDir: root, entryPoints: ['tests/runtime/frame/harness.ts'], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'tests/runtime/frame/harness.ts')).href) } })
for (const language of ['less', 'sass']) {
  const outfile = join(root, `runtime/dist/test/compiler-${language}.js`)
  buildSync({ absWorkingDir: join(root, 'runtime'), entryPoints: [`compiler/${language}.ts`], outfile, bundle: true, format: 'iife', target: 'es2022', platform: 'browser', define: { process: 'undefined' } })
  require(outfile)
}
const { Harness } = await import(pathToFileURL(bundle).href)

const SETTLED_MS = 800 // what a page does after its first picture: timers, refused requests
const PAGE_MS = 20_000

/** What a page says whose server is not there: nothing is wrong with how it is run. */
const NO_SERVER = /^(request|downloadFile|uploadFile|connectSocket):fail /

const folders = []
const options = {}
for (let at = 2; at < process.argv.length; at++) {
  const word = process.argv[at]
  if (word.startsWith('--')) options[word.slice(2)] = process.argv[++at]
  else folders.push(resolve(word))
}

const queries = options.queries ? JSON.parse(readFileSync(options.queries, 'utf8')) : {}

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
  let serverless = 0
  const into = options.pictures && join(options.pictures, basename(folder))
  if (into) mkdirSync(into, { recursive: true })
  const running = await harness.open(files, { path: pages[0], device: true })
  for (const path of pages) {
    running.errors.length = 0
    const opened = running.host(`Promise.race([relaunch(false, ${JSON.stringify(path)}, ${JSON.stringify(queries[path] ?? {})}), new Promise((_, no) => setTimeout(() => no('was not shown'), ${PAGE_MS}))])`)
    await opened.catch((error) => running.errors.push(String(error)))
    await new Promise((done) => setTimeout(done, SETTLED_MS))
    if (into) await running.page.screenshot({ path: join(into, `${named(path)}.png`) }).catch(() => undefined)
    const found = running.errors.filter((error) => !NO_SERVER.test(error))
    if (found.length > 0) faults.push({ path, error: found[0].slice(0, Number(options.letters ?? 400)) })
    else if (running.errors.length > 0) serverless++
  }
  await running.page.context().close()
  return { benchmark: 'corpus', program: folder.split('/').slice(-2).join('/'), pages: pages.length, clean: pages.length - faults.length, serverless, compile_ms: compileMs, faults }
}

const harness = new Harness()
await harness.start()
require(join(root, 'runtime/dist/test/compiler-weui.js'))
let pages = 0
let clean = 0
try {
  for (const folder of folders) {
    if (!existsSync(join(folder, 'app.json')) && !existsSync(join(folder, 'project.config.json'))) throw new Error(`${folder} holds no program`)
    const found = await tour(harness, folder).catch((error) => ({ benchmark: 'corpus', program: folder, pages: 1, clean: 0, serverless: 0, faults: [{ path: '', error: String(error).slice(0, 2000) }] }))
    pages += found.pages
    clean += found.clean
    console.log(JSON.stringify(found))
  }
  console.log(JSON.stringify({ benchmark: 'corpus', pages, clean, share: Math.round((clean / pages) * 1000) / 1000 }))
} finally {
  await harness.stop()
}
