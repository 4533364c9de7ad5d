/** Plugins a program uses: code of another provider, in a package of its own, known by the names it makes public. */

import { record } from './components'
import type { Diagnostics } from './diagnostics'
import { positionAt } from './diagnostics'
import { normalize } from './paths'
import type { Sources } from './sources'

/** Where the code of a plugin stands among the sources: below this, in the folder of its provider's appid. */
export const PLUGINS = 'plugin-private/'

export interface Plugin {
  provider: string
  version: string
  /** The package of its code, ending in a slash. */
  root: string
  /** The package that declares it: '' for the program as a whole. */
  declaredIn: string
  /** The module `requirePlugin` gives, or ''. */
  main: string
  /** What `requireMiniProgram` gives the plugin: a module of the program, or ''. */
  export: string
  /** Public components and pages, by name, as paths. */
  components: Record<string, string>
  pages: Record<string, string>
}

/** What one package declares under `plugins`; one whose code is not there is left out with a warning. */
export function readPlugins(declared: unknown, declaredIn: string, sources: Sources, diagnostics: Diagnostics): Record<string, Plugin> {
  const found: Record<string, Plugin> = {}
  for (const [alias, value] of Object.entries(record(declared))) {
    const { provider, version, export: given } = record(value)
    const text = sources.text('app.json')
    const { line, column } = positionAt(text, Math.max(0, text.indexOf(`"${alias}"`)))
    if (typeof provider !== 'string' || typeof version !== 'string') {
      diagnostics.error('app.json', `The plugin "${alias}" needs a "provider", its appid, and a "version".`, line, column)
      continue
    }
    const root = `${PLUGINS}${provider}/`
    const json = sources.json(`${root}plugin.json`)
    if (!json) {
      diagnostics.warn('app.json', `The plugin "${alias}" of ${provider} is not here, so what it offers is left out; a plugin of your own is found by "pluginRoot" in project.config.json.`, line, column)
      continue
    }
    const paths = (named: unknown): Record<string, string> =>
      Object.fromEntries(Object.entries(record(named)).flatMap(([name, path]) => (typeof path === 'string' ? [[name, root + normalize(path)]] : [])))
    const main = typeof json.main === 'string' ? root + normalize(json.main) : ''
    if (main && !sources.has(main) && !sources.has(`${main}.js`)) diagnostics.error(`${root}plugin.json`, `"main" names ${String(json.main)}, which does not exist.`)
    found[alias] = {
      provider,
      version,
      root,
      declaredIn,
      main,
      export: typeof given === 'string' ? declaredIn + normalize(given) : '',
      components: paths(json.publicComponents),
      pages: paths(json.pages),
    }
  }
  return found
}
