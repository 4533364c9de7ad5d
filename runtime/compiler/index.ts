/** A program's source tree in; artifacts, a manifest and diagnostics out. Pure: no clock, no files, no network. */

import './platform'

import { type ComponentConfig, collectComponents, isComponent, record, resolveAlias, resolveComponent, resolveUsing } from './components'
import { type AppConfig, findRoot, list, type Package, readAppConfig } from './config'
import { circles, type Edge } from './cycles'
import { type Diagnostic, Diagnostics, positionAt } from './diagnostics'
import { addExtended, isExtended, sheetsOf } from './extended'
import { isGame, readGameConfig } from './game'
import { contentHash, scopeOf, utf8Length } from './hash'
import { languageOf } from './languages'
import { Memo } from './memo'
import { buildNpm } from './npm'
import { escapes, extname, join, normalize, npmFolders } from './paths'
import { type Plugin, PLUGINS } from './plugins'
import { type Project, readProject } from './project'
import { compileScript, literalRequires } from './scripts'
import { sourceMap } from './source-map'
import { type Files, isScript, moduleName, notUtf8, Sources } from './sources'
import { compileStyle, type SheetKind } from './styles'
import { compileTemplates, elementsIn } from './templates'

export { extendedOf } from './extended'
export { languagesOf } from './languages'
export type { Diagnostic } from './diagnostics'
export type { Files } from './sources'

export interface Options {
  /** The most a package may weigh, compiled, and all packages together; the published limits if left out. */
  packageBytes?: number
  programBytes?: number
  /** Pictures and the like that the caller keeps, by path: the name to serve each under, and its size. */
  assets?: Record<string, { name: string; bytes: number }>
  /** Files that are not UTF-8 although their names say they are text, and the line where that shows. */
  unreadable?: { path: string; utf16: boolean; line: number }[]
}

export interface PackageManifest {
  root: string
  name: string
  independent: boolean
  pages: string[]
  /** The script that runs when the package arrives. */
  entry?: string
  /** The artifact that holds its scripts, templates and styles. */
  file: string
  /** The built-in elements its templates use. */
  elements: string[]
  /** Its scripts speak of worklets or of ways for pages to come in. */
  worklets?: true
  bytes: number
}

export interface Manifest {
  format: 1
  pages: string[]
  entryPagePath: string
  packages: PackageManifest[]
  window: Record<string, unknown>
  tabBar?: Record<string, unknown>
  theme?: Record<string, unknown>
  app: Record<string, unknown>
  /** Asset by path within the program, as the artifact that holds it. */
  assets: Record<string, string>
  bytes: number
  /** What of the project's own settings is of use to who runs it. */
  project: { appid: string; libVersion: string; compileType: string; urlCheck: boolean }
  /** The pages sitemap.json lets be found. */
  searchable: string[]
  /** By the name the program calls each. Their code is in the package with that root. */
  plugins?: Record<string, Plugin>
}

/** How a program differs from what it was before, for one that is running. */
export interface Change {
  /** The least that shows it: nothing, new style sheets, new templates, or the program started again. */
  how: 'nothing' | 'styles' | 'templates' | 'relaunch'
  /** By owner: a page, a component, or `app`. */
  styles: Record<string, string>
  /** For each package, the artifact that holds its templates. */
  templates: { root: string; file: string; elements: string[] }[]
}

export interface Result {
  artifacts: Record<string, string | Uint8Array>
  manifest: Manifest | null
  diagnostics: Diagnostic[]
}

const PACKAGE_BYTES = 2 * 1024 * 1024
const PROGRAM_BYTES = 30 * 1024 * 1024

const ASSETS = new Set(['.png', '.jpg', '.jpeg', '.gif', '.svg', '.webp', '.ico', '.bmp', '.mp3', '.mp4', '.m4a', '.aac', '.wav', '.ogg', '.silk', '.ttf', '.otf', '.woff', '.woff2', '.cer', '.wasm', '.br', '.txt', '.bin', '.obj', '.glb', '.gltf'])

/** Names a program must not find in its scope; they belong to the page it runs in. */
export const SHADOWED = 'window,document,self,parent,top,frames,frameElement,location,history,navigator,localStorage,sessionStorage,indexedDB,caches,XMLHttpRequest,fetch,WebSocket,EventSource,customElements,postMessage,opener,open,alert,confirm,prompt'

/** What a script says that needs the part of wx.worklet and wx.router. */
const WORKLETS = /\b(worklet|addRouteBuilder|applyAnimatedStyle)\b/
const ENGINE = 'wx,App,Page,Component,Behavior,getApp,getCurrentPages,requirePlugin,requireMiniProgram,__wxConfig,global,globalThis'

/** Compile a program once. */
export function compile(files: Files, options: Options = {}): Result {
  return new Program(files, options).compile()
}

/** A program that is compiled again and again: what its files did not change is not worked out anew. */
export class Program {
  private readonly memo = new Memo()
  private former: Parts | undefined

  constructor(
    private readonly files: Files,
    private options: Options = {},
  ) {}

  /** Take in changed files, null for one that is gone, and what else is new of the options. */
  update(changes: Record<string, Uint8Array | string | null>, options: Options = {}): void {
    for (const [path, content] of Object.entries(changes)) {
      if (content === null) delete this.files[path]
      else this.files[path] = content
    }
    this.options = { ...this.options, ...options }
  }

  /** Compile what there is now. `change` says how it differs from the last time it went well. */
  compile(): Result & { change: Change } {
    const { result, parts } = build(this.files, this.options, this.memo)
    this.memo.turn()
    const change = parts ? differences(this.former, parts, result.artifacts) : { how: 'nothing' as const, styles: {}, templates: [] }
    if (parts) this.former = parts
    return { ...result, change }
  }
}

function build(files: Files, options: Options, memo: Memo): { result: Result; parts?: Parts } {
  const diagnostics = new Diagnostics()
  const sources = new Sources(files, diagnostics)
  for (const [path, asset] of Object.entries(options.assets ?? {})) sources.declare(path, asset.bytes)
  for (const { path, utf16, line } of options.unreadable ?? []) diagnostics.error(path, notUtf8(utf16), line)
  const refused = (): { result: Result } => ({ result: { artifacts: {}, manifest: null, diagnostics: diagnostics.list } })
  const project = readProject(sources, diagnostics)
  const root = findRoot(sources, project)
  buildNpm(sources, root, project, diagnostics)
  const own = project.pluginRoot && project.pluginRoot !== root ? { [project.pluginRoot]: `${PLUGINS}${project.appid || 'wx0000000000000000'}` } : {}
  sources.enter(root, { ...own, ...(root ? { 'plugin-private': 'plugin-private' } : {}) })
  const cloud = project.cloudfunctionRoot.startsWith(root ? `${root}/` : '') ? project.cloudfunctionRoot.slice(root ? root.length + 1 : 0) : ''
  sources.drop((path) => /(^|\/)(\.git|\.DS_Store|__MACOSX)(\/|$)/.test(path) || /(^|\/)node_modules\//.test(path) || (cloud !== '' && path.startsWith(`${cloud}/`)) || !project.packs(path))
  const game = isGame(sources)
  const config = game ? readGameConfig(sources, diagnostics) : readAppConfig(sources, diagnostics)
  if (!config) return refused()

  const names = { alias: config.alias, plugins: config.plugins, extended: addExtended(config.json, sources, diagnostics) }
  const using = resolveUsing('app.json', config.using, names, sources, diagnostics)
  const offered = Object.values(config.plugins).flatMap((plugin) => Object.values(plugin.components).filter((path) => isComponent(path, sources)))
  const components = collectComponents(game ? [] : config.pages, [...Object.values(using), ...offered], names, sources, diagnostics)
  if (record(config.tabBar).custom === true) {
    const bar = resolveComponent('app.json', 'custom-tab-bar/index', sources)
    if (bar) for (const [path, one] of collectComponents([bar], [], names, sources, diagnostics)) components.set(path, one)
  }
  for (const one of config.packages.filter((each) => each.independent)) checkIndependence(one, components, sources, diagnostics)
  const artifacts: Record<string, string | Uint8Array> = {}
  const assets = emitAssets(sources, artifacts, options.assets ?? {})
  const packages: PackageManifest[] = []
  const parts: Parts = { rest: '', packages: new Map() }
  const building = { config, project, using, components, sources, diagnostics, memo, mostBytes: options.packageBytes ?? PACKAGE_BYTES, extended: names.extended, shared: new Set<string>() }
  // The main package last: what sub-packages ask for of its npm packages is known by then.
  for (const [at, one] of [...config.packages.entries()].sort(([, a], [, b]) => Number(!a.root) - Number(!b.root))) packages[at] = emitPackage(one, building, artifacts, parts)
  const bytes = packages.reduce((sum, one) => sum + one.bytes, 0)
  const most = options.programBytes ?? PROGRAM_BYTES
  if (bytes > most) diagnostics.error('app.json', `The program weighs ${kilobytes(bytes)}; at most ${kilobytes(most)} are allowed.`)

  const manifest: Manifest = {
    format: 1,
    pages: config.pages,
    entryPagePath: config.entryPagePath,
    packages,
    window: config.window,
    app: config.json,
    assets,
    bytes,
    project: { appid: project.appid, libVersion: project.libVersion, compileType: game ? 'game' : project.compileType, urlCheck: project.urlCheck },
    searchable: searchable(config, sources, diagnostics),
  }
  if (config.tabBar) manifest.tabBar = config.tabBar
  if (config.theme) manifest.theme = config.theme
  if (Object.keys(config.plugins).length) manifest.plugins = config.plugins
  if (diagnostics.failed) return refused()
  artifacts['manifest.json'] = JSON.stringify(manifest)
  parts.rest = JSON.stringify({ ...manifest, packages: config.packages, bytes: 0 })
  return { result: { artifacts, manifest, diagnostics: diagnostics.list }, parts }
}

interface Building {
  config: AppConfig
  project: Project
  using: Record<string, string>
  components: Map<string, ComponentConfig>
  sources: Sources
  diagnostics: Diagnostics
  memo: Memo
  mostBytes: number
  /** Packages of extended libraries. */
  extended: string[]
  /** Scripts of npm packages that some package asks for and that are not its own. */
  shared: Set<string>
}

function emitPackage(one: Package, building: Building, artifacts: Record<string, string | Uint8Array>, parts: Parts): PackageManifest {
  const { config, project, using, components, sources, diagnostics, memo, mostBytes, extended } = building
  const others = config.packages.filter((other) => other.root && other !== one)
  const inside = (path: string): boolean => path.startsWith(one.root) && !others.some((other) => path.startsWith(other.root) && other.root.length > one.root.length)
  const mine = [...components].filter(([path]) => inside(path))

  const configs: Record<string, ComponentConfig & { scope: string }> = {}
  const styles: Record<string, string> = {}
  const exact = config.json.convertRpxToVw === true
  const style = (owner: string, kinds: SheetKind[], sheet = sheetOf(owner, project, sources, diagnostics)): void => {
    if (!sheet) return
    styles[owner] = memo.of(`style ${kinds.join()} ${project.postcss} ${exact} ${sheet}`, sources, diagnostics, () => kinds.map((kind) => compileStyle(sheet, kind, owner, sources, diagnostics, project.postcss, exact)).join('\n'))
  }
  if (one.root === '') {
    const own = sheetOf('app', project, sources, diagnostics)
    for (const path of sheetsOf(extended, own ? sources.text(own) : '')) style(path, ['app'], path)
    if (own) style('app', ['app'], own)
  }
  const isForeign = one.root.startsWith(PLUGINS)
  for (const [path, component] of mine) {
    const isPage = config.pages.includes(path)
    configs[path] = { ...component, scope: scopeOf(path) }
    if (isPage) configs[path].json = pageJson(path, sources)
    const isolation = !isPage ? undefined : isForeign ? 'page-isolated' : pageIsolation(path, component, sources)
    if (isolation && (isForeign || sheetOf(path, project, sources, diagnostics))) configs[path].styleIsolation = isolation
    style(path, !isPage ? ['component'] : !isolation ? ['page'] : isolation === 'page-shared' ? ['isolated page', 'page'] : ['isolated page'])
  }
  const paths = mine.map(([path]) => path)
  const templates = memo.of(`templates ${one.root} ${paths.join(' ')}`, sources, diagnostics, () => compileTemplates(paths, sources, diagnostics))
  const modules = compileModules(inside, paths, building)

  // What a game puts on GameGlobal is found by its bare name, as engines' adapters need.
  const [scope, open, close] = isGame(sources) ? ['wx,GameGlobal,globalThis', 'with(GameGlobal){', '}'] : [ENGINE, '', '']
  const head = `(function(H){H.package({root:${JSON.stringify(one.root)},using:${JSON.stringify(one.root ? {} : using)},components:${JSON.stringify(configs)},styles:${JSON.stringify(styles)},templates:function(W){return ${templates}},modules:function(define,${scope},${SHADOWED}){${open}
`
  const text = `${head}${modules.map((module) => module.text).join('\n')}
${close}}})})(__hutong__)
`
  const given = [...modules.filter(({ path }) => isExtended(path, config.json)).map((module) => module.text), ...Object.entries(styles).filter(([path]) => isExtended(path, config.json)).map(([, sheet]) => JSON.stringify(sheet))]
  const bytes = utf8Length(text) - given.reduce((sum, one) => sum + utf8Length(one), 0) + sources.paths().reduce((sum, path) => sum + (inside(path) && ASSETS.has(extname(path)) ? sources.size(path) : 0), 0)
  if (bytes > mostBytes) {
    diagnostics.error('app.json', `The package "${one.root || 'main'}" weighs ${kilobytes(bytes)}; at most ${kilobytes(mostBytes)} are allowed. Move pages into sub-packages, or pictures to a server.`)
  }
  const file = `${one.root ? one.root.replace(/\W+/g, '-') : 'main-'}${contentHash(text)}.js`
  artifacts[file] = text
  let line = lines(head) - 1
  artifacts[`${file}.map`] = sourceMap(
    file,
    modules.map(({ path, text: module }) => {
      const mapped = { source: path, line, lines: lines(module) }
      line += mapped.lines
      return mapped
    }),
  )
  parts.packages.set(one.root, { rest: JSON.stringify([using, configs]), modules: modules.map((module) => module.text), styles, templates })
  return { root: one.root, name: one.name, independent: one.independent, pages: one.pages, ...(one.entry ? { entry: one.entry } : {}), file, elements: elementsIn(templates), ...(modules.some((module) => WORKLETS.test(module.text)) ? { worklets: true } : {}), bytes }
}

/** How a page keeps to its own styles, if it does: said in its file, or among the options of its script. */
function pageIsolation(path: string, component: ComponentConfig, sources: Sources): string | undefined {
  const script = [`${path}.js`, `${path}.ts`].find((file) => sources.has(file))
  const said = component.styleIsolation ?? (script && /\bstyleIsolation\s*:\s*['"](page-[\w-]+)['"]/.exec(sources.text(script))?.[1])
  return said?.startsWith('page-') ? said : undefined
}

interface Module {
  path: string
  text: string
}

/** All of a package's own scripts, since `require` may be computed; of npm packages, those that are reachable. */
function compileModules(inside: (path: string) => boolean, components: string[], building: Building): Module[] {
  const { config, project, sources, diagnostics, memo, shared } = building
  const compiled = new Map<string, string>()
  const calls = new Map<string, Edge[]>()
  const typescript = project.plugins.has('typescript')
  // Of a script in both languages one is the other's output: the plugin decides which is meant.
  const twin = (path: string): boolean => (path.endsWith('.ts') ? !typescript && sources.has(`${path.slice(0, -3)}.js`) : typescript && sources.has(`${path.slice(0, -3)}.ts`))
  const queue = sources.paths().filter((path) => isScript(path) && inside(path) && !fromNpm(path) && !twin(path))
  for (const path of components) {
    const script = [`${path}.js`, `${path}.ts`].find((file) => sources.has(file) && !twin(file))
    if (script) queue.push(script)
  }
  queue.push(...[...shared].filter((path) => inside(path) && !twin(path)))
  while (queue.length) {
    const path = queue.pop()!
    if (compiled.has(path)) continue
    const { code, requires } = memo.of(`script ${project.es6} ${project.minified} ${JSON.stringify(config.alias)} ${path}`, sources, diagnostics, () => {
      const code = unalias(compileScript(path, sources.text(path), { typescript: path.endsWith('.ts'), es6: project.es6, minified: project.minified, own: !fromNpm(path) }, diagnostics), config.alias)
      return { code, requires: literalRequires(code) }
    })
    compiled.set(path, code)
    const edges: Edge[] = []
    for (const { request, line } of requires) {
      const target = resolveScript(path, request, sources)
      if (!target) {
        if (/^\.{0,2}\//.test(request) && !fromNpm(path)) diagnostics.warn(path, `require('${request}') finds no file; it will throw when it is reached.`, line)
      } else {
        if (!fromNpm(target)) edges.push({ to: target, line })
        if (inside(target) && !twin(target)) queue.push(target)
        else if (fromNpm(target)) shared.add(target)
      }
    }
    if (!fromNpm(path)) calls.set(path, edges)
  }
  for (const { path, file, line } of circles(calls)) {
    diagnostics.warn(file, `These scripts require each other, and one of them sees the other half finished: ${path.join(' → ')}.`, line)
  }
  return [...compiled]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, code]) => ({ path, text: `define(${JSON.stringify(moduleName(path))},function(require,module,exports){${code}\n});` }))
}

function fromNpm(path: string): boolean {
  return /(^|\/)miniprogram_npm\//.test(path)
}

/** Literal requests by an alias of app.json, written as the paths they stand for. */
function unalias(code: string, alias: Record<string, string>): string {
  if (!Object.keys(alias).length) return code
  return code.replace(/\brequire\s*\(\s*(['"])([^.'"/][^'"]*)\1/g, (whole, quote: string, request: string) => {
    const target = resolveAlias(request, alias)
    return target === undefined ? whole : `require(${quote}/${target}${quote}`
  })
}

function resolveScript(from: string, request: string, sources: Sources): string | undefined {
  if (escapes(request) && request.startsWith('/')) return undefined
  const bases = [join(from, request)]
  // From the root; if there is no such file, from the folder of the script, as the original takes it.
  if (request.startsWith('/')) bases.push(join(from, `.${request}`))
  // Also `./name`, if there is no such file beside: programs in use ask for packages so.
  if (/^(?:\.\/)?[^./]/.test(request)) bases.push(...npmFolders(from).map((folder) => join(`${folder}/`, request)))
  return bases
    .flatMap((base) => [base, `${base}.js`, `${base}.ts`, `${base}/index.js`, `${base}/index.ts`])
    .find((path) => sources.has(path) && isScript(path))
}

/** The style sheet of a page or component, in whichever language it is written and the project compiles. */
function sheetOf(owner: string, project: Project, sources: Sources, diagnostics: Diagnostics): string | undefined {
  const written = ['.less', '.scss', '.sass'].map((ext) => owner + ext).find((path) => sources.has(path))
  const language = written && languageOf(written)
  if (written && language && project.plugins.has(language)) return written
  const plain = `${owner}.wxss`
  if (sources.has(plain)) return plain
  if (written && language) diagnostics.warn(written, `This style sheet is not compiled: add "${language}" to "setting.useCompilerPlugins" in project.config.json.`)
  return undefined
}

/** An independent sub-package runs without the main package, so nothing in it may come from outside. */
function checkIndependence(one: Package, components: Map<string, ComponentConfig>, sources: Sources, diagnostics: Diagnostics): void {
  for (const [path, component] of components) {
    if (!path.startsWith(one.root)) continue
    for (const [name, target] of Object.entries(component.using)) {
      if (target.startsWith(one.root) || target.startsWith(PLUGINS)) continue
      const text = sources.text(`${path}.json`)
      const { line, column } = positionAt(text, Math.max(0, text.indexOf(`"${name}"`)))
      diagnostics.error(`${path}.json`, `"${name}" lies outside the independent sub-package "${one.root.slice(0, -1)}"; it runs alone, so copy the component into it.`, line, column)
    }
  }
  for (const path of sources.paths()) {
    if (!path.startsWith(one.root) || !isScript(path) || fromNpm(path)) continue
    for (const { request, line } of literalRequires(sources.text(path))) {
      const target = resolveScript(path, request, sources)
      if (target && !target.startsWith(one.root)) diagnostics.warn(path, `require('${request}') leads out of the independent sub-package "${one.root.slice(0, -1)}" and throws while the main package is not loaded.`, line)
    }
  }
}

/** The pages a search may show, by the first rule of sitemap.json that speaks of each. */
function searchable(config: AppConfig, sources: Sources, diagnostics: Diagnostics): string[] {
  const named = config.json.sitemapLocation
  const file = typeof named === 'string' ? normalize(named) : 'sitemap.json'
  if (typeof named === 'string' && !sources.has(file)) diagnostics.warn('app.json', `"sitemapLocation" names ${file}, which does not exist; every page may be found.`)
  const rules = list(sources.json(file)?.rules).map(record)
  for (const { action, page } of rules) {
    if (action !== undefined && action !== 'allow' && action !== 'disallow') diagnostics.warn(file, `The action "${String(action)}" is "allow" or "disallow".`)
    if (typeof page === 'string' && page !== '*' && !config.pages.includes(normalize(page))) diagnostics.warn(file, `A rule speaks of the page "${page}", which is not in the program.`)
  }
  return config.pages.filter((page) => {
    const rule = rules.find((one) => one.page === '*' || (typeof one.page === 'string' && normalize(one.page) === page))
    return rule?.action !== 'disallow'
  })
}

function pageJson(path: string, sources: Sources): Record<string, unknown> {
  const json = { ...(sources.json(`${path}.json`) ?? {}) }
  delete json.usingComponents
  return json
}

function emitAssets(sources: Sources, artifacts: Record<string, string | Uint8Array>, kept: Record<string, { name: string }>): Record<string, string> {
  const assets: Record<string, string> = {}
  for (const path of sources.paths()) {
    const ext = extname(path).toLowerCase()
    if (!ASSETS.has(ext) || path.startsWith('node_modules/')) continue
    const known = kept[sources.originOf(path)]
    if (known) {
      assets[path] = known.name
      continue
    }
    const content = sources.bytes(path)
    const name = `assets/${contentHash(content)}${ext}`
    assets[path] = name
    artifacts[name] = content
  }
  return assets
}

/** What a running program needs to be told apart by. */
interface Parts {
  /** Everything of the manifest but where its artifacts are. */
  rest: string
  packages: Map<string, { rest: string; modules: string[]; styles: Record<string, string>; templates: string }>
}

function differences(before: Parts | undefined, now: Parts, artifacts: Result['artifacts']): Change {
  const change: Change = { how: 'nothing', styles: {}, templates: [] }
  if (!before || before.rest !== now.rest) return { ...change, how: 'relaunch' }
  for (const [root, part] of now.packages) {
    const former = before.packages.get(root)
    if (!former || former.rest !== part.rest || former.modules.length !== part.modules.length || former.modules.some((text, at) => text !== part.modules[at])) return { how: 'relaunch', styles: {}, templates: [] }
    for (const owner of new Set([...Object.keys(part.styles), ...Object.keys(former.styles)])) {
      if (part.styles[owner] !== former.styles[owner]) change.styles[owner] = part.styles[owner] ?? ''
    }
    if (former.templates === part.templates) continue
    const text = `__hutong__.templates(${JSON.stringify(root)},function(W){return ${part.templates}})\n`
    const file = `templates-${contentHash(text)}.js`
    artifacts[file] = text
    change.templates.push({ root, file, elements: elementsIn(part.templates) })
  }
  if (change.templates.length) change.how = 'templates'
  else if (Object.keys(change.styles).length) change.how = 'styles'
  return change
}

function lines(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} kB`
}
