// The table of `wx` and of the elements, read from the runtime's own definitions, joined with the published catalogue.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import vm from 'node:vm'

import { build } from 'esbuild'

/** Stands for whatever a browser has: definitions are only made here, nothing of them runs. */
function anything() {
  const everything = new Proxy(function () {}, {
    get: (target, name) => {
      if (name === Symbol.toPrimitive) return () => ''
      if (name === Symbol.iterator) return () => [][Symbol.iterator]()
      if (name === 'then') return undefined
      return name === 'prototype' ? target.prototype : everything
    },
    set: () => true,
    apply: () => everything,
    construct: () => ({}),
  })
  return everything
}

function catalogue(root) {
  const [head, ...lines] = readFileSync(join(root, '../hutong/catalogue/wx_api.csv'), 'utf8').trim().split('\n').map((line) => line.trim().split(','))
  return lines.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index]])))
}

/** `apis` holds every published name with `supported`; `missing` those of them that are not, with how they are called. */
export async function readTable(root) {
  const components = readdirSync(join(root, 'components')).filter((name) => name.endsWith('.ts'))
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: `${components.map((name) => `import './components/${name}'`).join('\n')}\nexport { table } from './api/table'`, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'Table',
    target: 'es2022',
    logLevel: 'warning',
    loader: { '.css': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const browser = anything()
  const context = vm.createContext({ URL, URLSearchParams, TextEncoder, TextDecoder, Blob, console, setTimeout, clearTimeout, queueMicrotask })
  context.missing = new Proxy({}, { has: (_, name) => !['made', 'Table'].includes(name) && !(name in context) && vm.runInContext(`typeof ${String(name)}`, context) === 'undefined', get: (_, name) => (name === Symbol.unscopables ? undefined : browser) })
  vm.runInContext(`with (missing) { ${outputFiles[0].text}; globalThis.made = JSON.stringify(Table.table()) }`, context, { timeout: 10_000 })
  const table = JSON.parse(context.made)
  const missing = {}
  for (const { name, category, since, mode, result_style, deprecated, priority } of catalogue(root)) {
    const known = table.apis[name]
    table.apis[name] = { ...known, supported: Boolean(known), category, since, mode, priority, ...(deprecated === 'yes' ? { deprecated: true } : {}), ...(result_style === 'property' ? { property: true } : {}) }
    // A property that is not served is not there: programs look before they use it, as they do `wx.cloud`.
    if (!known && result_style !== 'property') missing[name] = mode
  }
  for (const one of Object.values(table.apis)) one.supported ??= true
  return { table, missing }
}
