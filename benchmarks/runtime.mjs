// The mini-program runtime's numbers (docs: design §8), medians of five in a real browser. Prints one line of JSON.
//   node benchmarks/runtime.mjs
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
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
await harness.start()
try {
  const result = { benchmark: 'runtime', date: new Date().toISOString(), node: process.version }
  const frame = readFileSync(join(root, 'runtime/dist/test/frame.js'))
  result.bundle_gz_kb = round(gzipSync(frame, { level: 9 }).length / 1024)

  const launch = async (files) => {
    const cold = []
    const warm = []
    const prewarmed = []
    const heap = []
    for (let i = 0; i < TIMES; i++) {
      const running = await harness.open(files)
      cold.push(await running.host('seen.shown - seen.started'))
      // A frame stands by, as one always does in the app: else the browser ends the frames' process with the last of them.
      await running.host('(async () => { window.standby = frame(); await window.standby.ready })()')
      await running.host('relaunch()')
      warm.push(await running.host('seen.shown - seen.started'))
      await running.host('relaunch(true)')
      prewarmed.push(await running.host('seen.shown - seen.started'))
      const session = await running.page.context().newCDPSession(running.page.frames().at(-1))
      await session.send('HeapProfiler.collectGarbage')
      heap.push((await session.send('Runtime.getHeapUsage')).usedSize / 1e6)
      await running.page.context().close()
    }
    return { cold_ms: round(median(cold)), warm_ms: round(median(warm)), prewarmed_ms: round(median(prewarmed)), heap_mb: round(median(heap)) }
  }
  result.minimal = await launch(MINIMAL)
  result.teashop = await launch(shop)

  const parts = { first: [], same: [], path: [], append: [] }
  const heap = []
  for (let i = 0; i < TIMES; i++) {
    const running = await harness.open(LIST)
    await until(() => running.notes.includes('end'))
    for (const note of running.notes) {
      const [name, script, painted] = note.split(' ')
      parts[name]?.push([Number(script), Number(painted)])
    }
    const session = await running.page.context().newCDPSession(running.page.frames().at(-1))
    await session.send('HeapProfiler.collectGarbage')
    heap.push((await session.send('Runtime.getHeapUsage')).usedSize / 1e6)
    await running.page.context().close()
  }
  result.list = Object.fromEntries(Object.entries(parts).map(([name, all]) => [name, { script_ms: round(median(all.map((one) => one[0]))), frame_ms: round(median(all.map((one) => one[1]))) }]))
  result.list.heap_mb = round(median(heap))

  const stalls = []
  for (let i = 0; i < TIMES; i++) {
    const running = await harness.open({ ...MINIMAL, 'p/p.js': 'Page({ onReady() { setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); }, 200) } })' })
    stalls.push(await running.host('new Promise((resolve) => { let last = performance.now(), worst = 0; const end = last + 1500; const tick = () => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; if (now < end) setTimeout(tick, 4); else resolve(worst) }; tick() })'))
    await running.page.context().close()
  }
  result.stall_ms = round(median(stalls))

  const { compile } = require(join(root, 'runtime/dist/test/compiler.cjs'))
  const compiles = []
  for (let i = 0; i < TIMES; i++) {
    const start = performance.now()
    compile(shop)
    compiles.push(performance.now() - start)
  }
  result.compile_teashop_ms = { first: round(compiles[0]), median: round(median(compiles)) }
  console.log(JSON.stringify(result))
} finally {
  await harness.stop()
}
