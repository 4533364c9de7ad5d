// Compiles the examples for the demo world to install: the shops' program once for each shop, and the game.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const out = resolve(process.argv[2])
const require = createRequire(import.meta.url)
const { compile } = require(join(out, 'compiler.cjs'))

/** Where each shop's own server listens. */
const SHOPS = { tea: 'http://127.0.0.1:8100', book: 'http://127.0.0.1:8101', repair: 'http://127.0.0.1:8102' }

function read(root, prefix, files) {
  for (const entry of readdirSync(root)) {
    const path = join(root, entry)
    if (statSync(path).isDirectory()) read(path, `${prefix}${entry}/`, files)
    else files[prefix + entry] = readFileSync(path)
  }
}

const program = join(here, '../../examples/teashop/miniprogram')
const files = {}
read(program, '', files)
for (const name of Object.keys(JSON.parse(files['package.json'].toString()).dependencies)) {
  read(dirname(require.resolve(`${name}/package.json`)), `node_modules/${name}/`, files)
}
mkdirSync(join(out, 'examples'), { recursive: true })
const game = {}
read(join(here, '../../examples/leafcatch'), '', game)
for (const [shop, base] of [...Object.entries(SHOPS), ['leafcatch', '']]) {
  const { manifest, artifacts, diagnostics } = compile(base ? { ...files, 'config.js': `module.exports = { base: ${JSON.stringify(base)} }\n` } : game)
  if (!manifest) throw new Error(diagnostics.map((one) => `${one.file}:${one.line} ${one.message}`).join('\n'))
  const encoded = Object.fromEntries(Object.entries(artifacts).map(([name, body]) => [name, Buffer.from(body).toString('base64')]))
  writeFileSync(join(out, 'examples', `${shop}.json`), JSON.stringify({ server: base, manifest, files: encoded }))
}
