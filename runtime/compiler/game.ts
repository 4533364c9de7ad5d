/** game.json: a mini game is one script that draws, in place of pages. */

import { record } from './components'
import { type AppConfig, list, type Package } from './config'
import { type Diagnostics, positionAt } from './diagnostics'
import { normalize } from './paths'
import type { Sources } from './sources'

/** What stands where a program has pages: everything that opens a page opens this. */
export const GAME_PAGE = 'game'

const ORIENTATIONS = ['portrait', 'landscape', 'landscapeLeft', 'landscapeRight']

export function isGame(sources: Sources): boolean {
  return sources.has('game.json') && !sources.has('app.json')
}

/** The same shape as a program's configuration, with one page that has no files. */
export function readGameConfig(sources: Sources, diagnostics: Diagnostics): AppConfig | undefined {
  const json = sources.json('game.json')
  if (!json) return undefined
  const text = sources.text('game.json')
  const at = (needle: string): [number, number] => {
    const { line, column } = positionAt(text, Math.max(0, text.indexOf(JSON.stringify(needle))))
    return [line, column]
  }
  const script = (path: string): boolean => sources.has(path) || sources.has(path.replace(/\.js$/, '.ts'))
  if (!script('game.js')) diagnostics.error('game.json', 'There is no game.js; a mini game begins there.')
  if (json.deviceOrientation !== undefined && !ORIENTATIONS.includes(String(json.deviceOrientation))) {
    diagnostics.warn('game.json', `"deviceOrientation" is ${ORIENTATIONS.map((one) => `"${one}"`).join(', ')}; "${String(json.deviceOrientation)}" is taken as "portrait".`, ...at('deviceOrientation'))
  }
  const shared = typeof json.openDataContext === 'string' ? normalize(json.openDataContext) : ''
  if (shared && !script(`${shared}/index.js`)) diagnostics.error('game.json', `"openDataContext" names ${shared}, which has no index.js.`, ...at('openDataContext'))
  const packages: Package[] = [{ root: '', name: '__GAME__', independent: false, pages: [GAME_PAGE] }]
  for (const value of [...list(json.subpackages), ...list(json.subPackages)]) {
    const { root: named, name } = record(value)
    if (typeof named !== 'string' || !normalize(named)) {
      diagnostics.error('game.json', 'Each sub-package needs a "root": the folder it lives in, or its script.', ...at('subpackages'))
      continue
    }
    const alone = named.endsWith('.js')
    const root = normalize(named) + (alone ? '' : '/')
    const entry = alone ? root : `${root}game.js`
    if (!script(entry)) diagnostics.error('game.json', `The sub-package "${named}" has no ${alone ? 'script of that name' : 'game.js'}.`, ...at(named))
    else if (packages.some((other) => other.root && (root.startsWith(other.root) || other.root.startsWith(root)))) diagnostics.error('game.json', `The sub-package "${named}" and another lie within each other; each needs a folder of its own.`, ...at(named))
    else packages.push({ root, name: typeof name === 'string' ? name : normalize(named), independent: false, pages: [], entry })
  }
  return { pages: [GAME_PAGE], entryPagePath: GAME_PAGE, packages, window: {}, using: {}, alias: {}, plugins: {}, json }
}
