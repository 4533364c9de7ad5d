/** Extended libraries: what `useExtendedLib` asks for is there without being packed, and its scripts and styles weigh nothing. */

import { record } from './components'
import type { Diagnostics } from './diagnostics'
import { positionAt } from './diagnostics'
import type { Sources } from './sources'

/** The npm package each stands for; its files are a bundle beside this one, by path. */
const LIBRARIES: Record<string, string> = { weui: 'weui-miniprogram' }
/** The style sheet of a package that a program has without importing it. */
const SHEETS: Record<string, string> = { 'weui-miniprogram': 'weui-wxss/dist/style/weui.wxss' }

/** The extended libraries of which the bundle must be loaded before a program with this app.json is compiled. */
export function extendedOf(appJson: string): string[] {
  return appJson.includes('"useExtendedLib"') ? Object.keys(LIBRARIES).filter((name) => appJson.includes(`"${name}"`)) : []
}

/** Put the libraries that app.json asks for where npm packages are found, unless the program packs its own; their packages. */
export function addExtended(app: Record<string, unknown>, sources: Sources, diagnostics: Diagnostics): string[] {
  const packages: string[] = []
  for (const [name, asked] of Object.entries(record(app.useExtendedLib))) {
    if (!asked) continue
    const at = (): number => positionAt(sources.text('app.json'), Math.max(0, sources.text('app.json').indexOf(`"${name}"`))).line
    const packed = LIBRARIES[name]
    if (packed === undefined) {
      diagnostics.warn('app.json', `The extended library "${name}" is not available; pack it from npm instead.`, at())
      continue
    }
    const folder = `miniprogram_npm/${packed}`
    if (sources.paths().some((path) => path.startsWith(`${folder}/`))) continue
    const files = (globalThis as { HutongExtended?: Record<string, Record<string, string>> }).HutongExtended?.[name]
    if (!files) diagnostics.error('app.json', `The extended library "${name}" was not loaded.`, at())
    for (const [path, text] of Object.entries(files ?? {})) sources.set(`${folder}/${path}`, text)
    packages.push(packed)
  }
  return packages
}

/** The sheets these packages bring, which come before the program's own; not those it imports itself. */
export function sheetsOf(packages: string[], own: string): string[] {
  return packages.flatMap((name) => (SHEETS[name] === undefined || own.includes(`${name}/${SHEETS[name]}`) ? [] : [`miniprogram_npm/${name}/${SHEETS[name]}`]))
}

/** Whether a path is an extended library's, which does not count among what the program weighs. */
export function isExtended(path: string, app: Record<string, unknown>): boolean {
  return Object.keys(record(app.useExtendedLib)).some((name) => LIBRARIES[name] !== undefined && path.startsWith(`miniprogram_npm/${LIBRARIES[name]}/`))
}
