/** app.json and its companions: pages, packages, windows, tab bar and theme, checked and made one shape. */

import { record } from './components'
import { type Diagnostics, positionAt } from './diagnostics'
import { normalize } from './paths'
import { type Plugin, PLUGINS, readPlugins } from './plugins'
import type { Project } from './project'
import type { Sources } from './sources'

export interface Package {
  /** '' is the main package; others end in a slash. */
  root: string
  name: string
  independent: boolean
  pages: string[]
  /** The script that runs when the package arrives. */
  entry?: string
}

export interface AppConfig {
  pages: string[]
  entryPagePath: string
  packages: Package[]
  window: Record<string, unknown>
  tabBar?: Record<string, unknown>
  theme?: Record<string, unknown>
  using: Record<string, unknown>
  alias: Record<string, string>
  plugins: Record<string, Plugin>
  json: Record<string, unknown>
}

const TAB_BAR_LEAST = 2
const TAB_BAR_MOST = 5

/** Where the program itself starts in what was handed over. */
export function findRoot(sources: Sources, project: Project): string {
  const named = project.miniprogramRoot
  if (['app.json', 'game.json'].some((file) => sources.has(named ? `${named}/${file}` : file))) return named
  const nested = sources.paths().filter((path) => /\/(app|game)\.json$/.test(path) && !path.includes('node_modules/') && !path.startsWith(PLUGINS))
  return nested.length === 1 ? nested[0]!.replace(/\/[^/]*$/, '') : ''
}

export function readAppConfig(sources: Sources, diagnostics: Diagnostics): AppConfig | undefined {
  if (!sources.has('app.json')) {
    diagnostics.error('app.json', 'There is no app.json; a mini program needs one at its root, listing its pages (and a mini game a game.json).')
    return undefined
  }
  const json = sources.json('app.json')
  if (!json) return undefined
  const text = sources.text('app.json')
  const at = (needle: string): [number, number] => {
    const { line, column } = positionAt(text, Math.max(0, text.indexOf(JSON.stringify(needle))))
    return [line, column]
  }
  const exists = (page: string): boolean => ['.wxml', '.js', '.ts'].some((ext) => sources.has(page + ext))

  const main: Package = { root: '', name: '__APP__', independent: false, pages: [] }
  const packages = [main]
  const plugins = readPlugins(json.plugins, '', sources, diagnostics)
  for (const page of list(json.pages)) {
    if (typeof page !== 'string') diagnostics.error('app.json', '"pages" lists the path of each page as text.', ...at('pages'))
    else if (!exists(normalize(page))) diagnostics.error('app.json', `The page "${page}" is listed here but its files do not exist.`, ...at(page))
    else if (!main.pages.includes(normalize(page))) main.pages.push(normalize(page))
  }
  for (const value of [...list(json.subPackages), ...list(json.subpackages)]) {
    const one = record(value)
    if (typeof one.root !== 'string') {
      diagnostics.error('app.json', 'Each sub-package needs a "root": the folder it lives in.', ...at('subPackages'))
      continue
    }
    const root = `${normalize(one.root)}/`
    const known = packages.find((other) => other.root && (root.startsWith(other.root) || other.root.startsWith(root)))
    if (root === '/' || known) {
      diagnostics.error('app.json', known ? `The sub-package "${one.root}" and "${known.root.slice(0, -1)}" lie within each other; each needs a folder of its own.` : 'A sub-package needs a folder of its own below the root.', ...at(one.root))
      continue
    }
    const pages = list(one.pages).filter((page): page is string => typeof page === 'string').map((page) => normalize(root + page))
    for (const page of pages.filter((page) => !exists(page))) {
      diagnostics.error('app.json', `The page "${page}" of a sub-package is listed here but its files do not exist.`, ...at(page.slice(root.length)))
    }
    packages.push({
      root,
      name: typeof one.name === 'string' ? one.name : root.slice(0, -1),
      independent: one.independent === true,
      pages: pages.filter(exists),
      ...entryOf(root, one.entry, sources),
    })
    Object.assign(plugins, readPlugins(one.plugins, root, sources, diagnostics))
  }
  for (const { root, provider, pages } of new Set(Object.values(plugins))) {
    if (packages.some((one) => one.root === root)) continue
    for (const [name, page] of Object.entries(pages).filter(([, page]) => !exists(page))) {
      diagnostics.error(`${root}plugin.json`, `The page "${name}" is listed at "${page.slice(root.length)}", but its files do not exist.`)
    }
    packages.push({ root, name: `__PLUGIN__/${provider}`, independent: false, pages: Object.values(pages).filter(exists) })
  }
  checkPreload(json, packages, at, diagnostics)
  const pages = packages.flatMap((one) => one.pages)
  if (!main.pages.length) {
    diagnostics.error('app.json', '"pages" is empty; list at least one page, the first is where the program opens.', ...at('pages'))
    return undefined
  }
  const entry = typeof json.entryPagePath === 'string' ? normalize(json.entryPagePath) : main.pages[0]!

  const tabBar = json.tabBar ? record(json.tabBar) : undefined
  if (tabBar) {
    const items = list(tabBar.list)
    if (items.length < TAB_BAR_LEAST || items.length > TAB_BAR_MOST) {
      diagnostics.error('app.json', `A tab bar has ${TAB_BAR_LEAST} to ${TAB_BAR_MOST} tabs; this one has ${items.length}.`, ...at('tabBar'))
    }
    for (const item of items) {
      const path = record(item).pagePath
      if (typeof path !== 'string' || !main.pages.includes(normalize(path))) {
        diagnostics.error('app.json', `The tab "${String(path)}" must be a page of the main package.`, ...at(String(path)))
      }
    }
  }
  const themeFile = typeof json.themeLocation === 'string' ? normalize(json.themeLocation) : 'theme.json'
  const config: AppConfig = {
    pages,
    entryPagePath: pages.includes(entry) ? entry : main.pages[0]!,
    packages,
    window: record(json.window),
    using: record(json.usingComponents),
    alias: record(json.resolveAlias) as Record<string, string>,
    plugins,
    json,
  }
  if (tabBar) config.tabBar = tabBar
  if (sources.has(themeFile)) config.theme = sources.json(themeFile) ?? {}
  return config
}

function checkPreload(json: Record<string, unknown>, packages: Package[], at: (needle: string) => [number, number], diagnostics: Diagnostics): void {
  for (const [page, rule] of Object.entries(record(json.preloadRule))) {
    if (!packages.some((one) => one.pages.includes(normalize(page)))) diagnostics.warn('app.json', `"preloadRule" names the page "${page}", which is not in the program.`, ...at(page))
    for (const name of list(record(rule).packages)) {
      if (!packages.some((one) => one.name === name || one.root === `${String(name)}/` || (name === '__APP__' && !one.root))) {
        diagnostics.error('app.json', `"preloadRule" names the package "${String(name)}"; there is no such sub-package.`, ...at(String(name)))
      }
    }
  }
}

function entryOf(root: string, entry: unknown, sources: Sources): { entry?: string } {
  if (typeof entry !== 'string') return {}
  const path = normalize(root + entry).replace(/\.(js|ts)$/, '')
  return sources.has(`${path}.js`) || sources.has(`${path}.ts`) ? { entry: `${path}.js` } : {}
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
