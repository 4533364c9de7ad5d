/** The smallest program, to which a test adds the one thing it is about. */

import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

import { buildSync } from 'esbuild'

import type * as Compiler from '../../../runtime/compiler/index'

const root = fileURLToPath(new URL('../../../runtime/', import.meta.url))
const bundle = `${root}dist/test/compiler.cjs`
buildSync({
  absWorkingDir: root,
  entryPoints: ['compiler/index.ts'],
  outfile: bundle,
  bundle: true,
  format: 'cjs',
  target: 'es2022',
  platform: 'browser',
  loader: { '.wasm': 'binary' },
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.LANG': '""' },
})

const require = createRequire(import.meta.url)
const { compile: run, Program } = require(bundle) as typeof Compiler

/** The compilers of Less and Sass beside the bundle, as the server's child loads them when a program needs them. */
export function withLanguages(): void {
  for (const language of ['less', 'sass']) {
    const outfile = `${root}dist/test/compiler-${language}.js`
    buildSync({ absWorkingDir: root, entryPoints: [`compiler/${language}.ts`], outfile, bundle: true, format: 'iife', target: 'es2022', platform: 'browser', define: { process: 'undefined' } })
    require(outfile)
  }
}

/** A program that is compiled again and again. */
export function program(files: Compiler.Files): Compiler.Program {
  return new Program({ ...MINIMAL, ...files })
}

export const MINIMAL = {
  'app.json': '{"pages":["pages/home/home"]}',
  'pages/home/home.wxml': '<view>hi</view>',
  'pages/home/home.js': 'Page({})',
}

/** A file given as undefined is left out. */
export function compile(files: Record<string, string | Uint8Array | undefined>, options: Compiler.Options = {}): Compiler.Result {
  const given = Object.entries({ ...MINIMAL, ...files }).filter((one): one is [string, string | Uint8Array] => one[1] !== undefined)
  return run(Object.fromEntries(given), options)
}

/** What a compiled package hands to the engine, by running it. */
export function load(result: Compiler.Result, index = 0): any {
  const file = result.manifest!.packages[index]!.file
  let given: unknown
  const engine = { package: (one: unknown) => (given = one) }
  new Function('__hutong__', result.artifacts[file] as string)(engine)
  return given
}

/** Exactly these files, nothing added. */
export function compileExactly(files: Compiler.Files): Compiler.Result {
  return run(files)
}

/** With the table of what is served, which the real build reads from the runtime itself. */
export function supported(files: Record<string, string>): Compiler.Result {
  const built = `${root}dist/test/built`
  execFileSync(process.execPath, [`${root}scripts/build.mjs`, built])
  return (require(`${built}/compiler.cjs`) as typeof Compiler).compile({ ...MINIMAL, ...files })
}
