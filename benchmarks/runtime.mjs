// The mini-program runtime's numbers (docs: design §8), medians of five in a real browser: a line of JSON for each.
//   node benchmarks/runtime.mjs [FOLDER…]     a folder holds a program of somebody else's, to be measured as well
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(join(root, 'runtime/package.json'))
const { buildSync } = require('esbuild')
const bundle = join(root, 'runtime/dist/test/harness.mjs')
buildSync({ absWorkingDir: root, entryPoints: ['tests/runtime/frame/harness.ts'], outfile: bundle, bundle: true, platform: 'node', format: 'esm', packages: 'external', define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'tests/runtime/frame/harness.ts')).href) } })
const { Harness } = await import(pathToFileURL(bundle).href)

const TIMES = 5
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const round = (n) => Math.round(n * 10) / 10

function read(folder, prefix, files) {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry)
    if (statSync(path).isDirectory()) read(path, `${prefix}${entry}/`, files)
    else files[prefix + entry] = readFileSync(path)
  }
  return files
}

const NOTE = 'const note = (text) => wx.getLogManager().info(text);'
const MINIMAL = { 'app.json': '{"pages":["p/p"]}', 'p/p.wxml': '<view>hi</view>', 'p/p.js': 'Page({})' }
const shop = read(join(root, 'examples/teashop/miniprogram'), '', {})
read(dirname(require.resolve('tdesign-miniprogram/package.json')), 'node_modules/tdesign-miniprogram/', shop)

// A thousand items of seven nodes each: drawn, drawn again unchanged, one path, twenty more.
const LIST = {
  'app.json': '{"pages":["p/p"]}',
  'p/p.wxml': '<view wx:for="{{list}}" wx:key="id" class="row"><view class="pic"/><view><text class="t">{{item.title}}</text><text>{{item.price}}</text></view><view>{{index}}</view></view>',
  'p/p.js': `${NOTE} Page({ data: { list: [] }, onReady() {
    const items = (n, from) => Array.from({ length: n }, (_, i) => ({ id: from + i, title: 'Item ' + (from + i), price: i * 3, tags: ['a', 'b'] }));
    const time = (name, data) => new Promise((done) => { const t = performance.now(); this.setData(data); const script = performance.now() - t; requestAnimationFrame(() => setTimeout(() => { note(name + ' ' + script + ' ' + (performance.now() - t)); done() })) });
    setTimeout(async () => { const first = items(1000, 0); await time('first', { list: first }); await time('same', { list: first }); await time('path', { 'list[500].title': 'changed' }); await time('append', Object.fromEntries(items(20, 1000).map((one, i) => ['list[' + (1000 + i) + ']', one]))); note('end') }, 300) } })`,
}

async function until(done, limit = 20_000) {
  const end = Date.now() + limit
  while (!done()) {
    if (Date.now() > end) throw new Error('nothing came')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const harness = new Harness()
const report = (benchmark, value, limit, unit, more = {}) => console.log(JSON.stringify({ benchmark, value: round(value), demand: `<= ${limit} ${unit}`, met: value <= limit, ...more }))

/** A program opened with nothing cached, again in a new frame, and in one that was made ahead. */
async function launch(name, files, [cold, warm, prewarmed, heap]) {
  const times = { cold: [], warm: [], prewarmed: [], heap: [] }
  for (let i = 0; i < TIMES; i++) {
    const running = await harness.open(files, { device: true })
    times.cold.push(await running.host('seen.shown - seen.started'))
    // A frame stands by, as one always does in the app: else the browser ends the frames' process with the last of them.
    await running.host('(async () => { window.standby = frame(); await window.standby.ready })()')
    await running.host('relaunch()')
    times.warm.push(await running.host('seen.shown - seen.started'))
    await running.host('relaunch(true)')
    times.prewarmed.push(await running.host('seen.shown - seen.started'))
    times.heap.push(await heapOf(running))
    await running.page.context().close()
  }
  report(`${name}: cold launch`, median(times.cold), cold, 'ms')
  report(`${name}: warm launch`, median(times.warm), warm, 'ms')
  report(`${name}: launch in a frame made ahead`, median(times.prewarmed), prewarmed, 'ms')
  report(`${name}: heap`, median(times.heap), heap, 'MB')
}

/** Of the program's frame, in MB, once what is not needed is gone. */
async function heapOf(running) {
  const session = await running.page.context().newCDPSession(running.page.frames().at(-1))
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6
}

async function list() {
  const parts = { first: [], same: [], path: [], append: [] }
  const heap = []
  for (let i = 0; i < TIMES; i++) {
    const running = await harness.open(LIST)
    await until(() => running.notes.includes('end'))
    for (const note of running.notes) {
      const [name, script, painted] = note.split(' ')
      parts[name]?.push([Number(script), Number(painted)])
    }
    heap.push(await heapOf(running))
    await running.page.context().close()
  }
  const [first, same, path, append] = Object.values(parts).map((all) => ({ script: median(all.map((one) => one[0])), frame: median(all.map((one) => one[1])) }))
  report('setData, 1,000 items of 7 nodes: script', first.script, 180, 'ms')
  report('setData, 1,000 items of 7 nodes: to frame', first.frame, 320, 'ms')
  report('setData, one path of 1,000 items: script', path.script, 6, 'ms', { same_ms: round(same.script), append_ms: round(append.script) })
  report('1,000 items: heap', median(heap), 20, 'MB')
}

/** The longest the page around a program waits while the program spins. */
async function stall() {
  const stalls = []
  for (let i = 0; i < TIMES; i++) {
    const running = await harness.open({ ...MINIMAL, 'p/p.js': 'Page({ onReady() { setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); }, 200) } })' })
    stalls.push(await running.host('new Promise((resolve) => { let last = performance.now(), worst = 0; const end = last + 1500; const tick = () => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; if (now < end) setTimeout(tick, 4); else resolve(worst) }; tick() })'))
    await running.page.context().close()
  }
  report('the page around a program that spins: longest wait', median(stalls), 50, 'ms')
}

/** What twenty times open and close leave behind, in the page around and in the frames' process. */
async function leak() {
  const running = await harness.open(shop, { device: true })
  await running.host('(async () => { window.standby = frame(); await window.standby.ready })()')
  const heaps = async () => {
    const session = await running.page.context().newCDPSession(running.page)
    await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6 + (await heapOf(running))
  }
  for (let i = 0; i < 3; i++) await running.host('relaunch(true)')
  const before = await heaps()
  for (let i = 0; i < 20; i++) await running.host('relaunch(true)')
  report('twenty times open and close: left behind', (await heaps()) - before, 2, 'MB')
  await running.page.context().close()
}

/** A program as it is uploaded, and with one file changed, as while somebody works on it. */
function compiling(name, files) {
  const { Program } = require(join(root, 'runtime/dist/test/compiler.cjs'))
  const limits = { packageBytes: 50e6, programBytes: 50e6 }
  const whole = []
  const changed = []
  for (let i = 0; i < TIMES; i++) {
    const program = new Program({ ...files }, limits)
    let start = performance.now()
    const { manifest } = program.compile()
    whole.push(performance.now() - start)
    const page = Object.keys(files).find((path) => path.endsWith(`${manifest.entryPagePath}.wxml`))
    program.update({ [page]: `${files[page]}<view>${i}</view>` })
    start = performance.now()
    program.compile()
    changed.push(performance.now() - start)
  }
  report(`${name}: compile`, median(whole), 3000, 'ms')
  report(`${name}: compile one changed file`, median(changed), 300, 'ms')
}

await harness.start()
try {
  report('the frame\'s script, gz', gzipSync(readFileSync(join(root, 'runtime/dist/test/frame.js')), { level: 9 }).length / 1000, 130, 'kB')
  await launch('a minimal program', MINIMAL, [350, 150, 80, 5])
  await launch('the tea shop', shop, [700, 400, 250, 16])
  await list()
  await stall()
  await leak()
  compiling('the tea shop', shop)
  for (const folder of process.argv.slice(2)) {
    const files = read(resolve(folder), '', {})
    await launch(basename(folder), files, [700, 400, 250, 16])
    compiling(basename(folder), files)
  }
} finally {
  await harness.stop()
}
