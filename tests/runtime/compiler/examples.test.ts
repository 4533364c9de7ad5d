/** The example's own program, as it stands in the tree with its packages from npm. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { compileExactly } from './build'

const here = fileURLToPath(new URL('../../../', import.meta.url))
const require = createRequire(`${here}runtime/package.json`)

function read(root: string, prefix: string, files: Record<string, Uint8Array>): void {
  for (const entry of readdirSync(root)) {
    const path = join(root, entry)
    if (statSync(path).isDirectory()) read(path, `${prefix}${entry}/`, files)
    else files[prefix + entry] = readFileSync(path)
  }
}

test('the tea shop compiles without a word and stays far below the limit', () => {
  const files: Record<string, Uint8Array> = {}
  read(`${here}examples/teashop/miniprogram`, '', files)
  read(dirname(require.resolve('tdesign-miniprogram/package.json')), 'node_modules/tdesign-miniprogram/', files)
  const result = compileExactly(files)
  expect(result.diagnostics).toEqual([])
  expect(result.manifest!.bytes).toBeLessThan(512 * 1024)
  expect(Object.keys(result.manifest!.assets)).toContain('images/oolong.svg')
})
