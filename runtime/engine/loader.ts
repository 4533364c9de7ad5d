/** Packages, modules and components: what has arrived of the program, and what has been run of it. */

import { context } from './backend'
import { componentOf, type Definition, Definitions } from './component'
import { debug } from './debug'
import { Component, ComponentSpace, type GeneralComponent, type GeneralComponentDefinition, StyleScopeManager } from './glass-easel'
import { type ComponentConfig, type LoadedPackage, type ModuleBody, program, resolveStyle, territory } from './program'
import { componentFailure } from './notice'
import { elementsArrive } from './parts'
import { pluginsOf } from './plugins'
import { reportError } from './report'
import { record } from './timing'
import { hooks } from './wxs'
import { trustedScript } from './trusted'

const scopes = new StyleScopeManager()
const space = new ComponentSpace(undefined, undefined, scopes)
export const definitions = new Definitions(space)
space.defineComponent({ is: '' } as never)
space.setComponentWaitingListener((_public, path) => {
  ensurePackage(path).then(
    () => ensureComponent(path),
    (error: unknown) => {
      reportError(error)
      fillIn(path)
    },
  )
})

/** A component whose package does not come: its place says so. */
function fillIn(path: string): void {
  if (space.getComponentByUrl(`/${path}`, '').is === path) return
  const attached = function (this: object): void {
    ;(componentOf(this).getBackendElement() as unknown as HTMLElement).append(componentFailure())
  }
  definitions.register({ kind: 'component', fields: { lifetimes: { attached } } }, { is: path, template: undefined, using: {}, styleScope: StyleScopeManager.globalScope(), extraStyleScope: null })
}

/** The classes that shared components also give to pages which take nothing from the program's own sheet. */
const SHARED = 'shared'

const packages = new Map<string, LoadedPackage & { rendered?: Record<string, any> }>()
const modules = new Map<string, ModuleBody>()
const loaded = new Map<string, { exports: any }>()
const configs = new Map<string, ComponentConfig>()
const registered = new Set<string>()
const arriving = new Map<string, Promise<void>>()

/** The file whose component is being defined; a call of `Component` counts for it, wherever it is written. */
const defining: { path: string; definition?: Definition }[] = []

export function takeDefinition(definition: Definition): void {
  const top = defining[defining.length - 1]
  if (top) top.definition = definition
}

/** Called by a package's script when it arrives. */
export function receivePackage(given: LoadedPackage, scope: (root: string) => unknown[]): void {
  packages.set(given.root, given)
  for (const [path, config] of Object.entries(given.components)) configs.set(path, config)
  given.modules((name, body) => modules.set(name, body), ...scope(given.root))
  // Components' sheets go by their owner's path; whole sheets of extended libraries by their own, and stand before the program's.
  for (const [path, css] of Object.entries(given.styles)) if (path === 'app' || path.endsWith('.wxss')) addSheet('app', css, path)
}

/** Called when the main package comes later than the program started, with an independent package. */
export const arrival: { main: () => void; worklets?: () => Promise<void> } = { main: () => {} }

/** Fetch the package a path belongs to, unless it is here. */
export async function ensurePackage(path: string): Promise<void> {
  const { boot } = program()
  const manifests = boot.manifest.packages
  const own = manifests.filter((one) => path.startsWith(one.root)).sort((a, b) => b.root.length - a.root.length)[0]
  if (!own) return
  if (!own.independent && !packages.has('')) {
    await fetchPackage('')
    arrival.main()
  }
  await fetchPackage(own.root)
}

/** The packages app.json wants to have here before they are needed, once this page is open. */
export function preload(path: string): void {
  const { boot } = program()
  const rule = (boot.manifest.app.preloadRule as Record<string, { packages?: string[]; network?: string }> | undefined)?.[path]
  if (!rule) return
  const network = (navigator as { connection?: { type?: string } }).connection?.type ?? 'wifi'
  if ((rule.network ?? 'wifi') !== 'all' && network === 'cellular') return
  for (const name of rule.packages ?? []) {
    const one = boot.manifest.packages.find((candidate) => candidate.name === name || candidate.root === `${name.replace(/^\/|\/$/g, '')}/` || (name === '__APP__' && candidate.root === ''))
    if (one) void fetchPackage(one.root).catch(() => {})
  }
}

export function fetchPackage(root: string): Promise<void> {
  if (packages.has(root)) return Promise.resolve()
  let promise = arriving.get(root)
  if (!promise) {
    const { boot } = program()
    const { file, entry, elements, worklets } = boot.manifest.packages.find((one) => one.root === root) ?? {}
    const drawn = Promise.all([elementsArrive(elements), worklets ? arrival.worklets?.() : undefined, ...pluginsOf(root).map((plugin) => fetchPackage(plugin.root))])
    promise = new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.crossOrigin = 'anonymous' // else the browser keeps from us what went wrong in it
      script.src = trustedScript(`${boot.base}${file}`)
      script.onload = () => {
        if (!packages.has(root)) return reject(new Error(`the package "${root || 'main'}" did not run`))
        drawn.then(() => {
          try {
            if (entry) run(entry)
          } catch (error) {
            reportError(error)
          }
          resolve()
        }, reject)
      }
      script.onerror = () => reject(new Error(`the package "${root || 'main'}" could not be loaded`))
      document.head.append(script)
    })
    arriving.set(root, promise)
    const started = Date.now()
    void promise.then(() => record({ entryType: 'loadPackage', name: 'downloadPackage', startTime: started, duration: Date.now() - started, packageName: root || '__APP__' }), () => {})
    promise.catch((error: Error) => {
      arriving.delete(root)
      if (root) lazyLoad.failed({ type: 'subpackage', subpackage: [root.replace(/\/$/, '')], errMsg: error.message })
    })
  }
  return promise
}

export function configOf(path: string): ComponentConfig | undefined {
  return configs.get(path)
}

/** The modules below a folder as text, for a thread of their own. */
export function moduleSources(folder: string): Record<string, string> {
  return Object.fromEntries([...modules].filter(([name]) => name.startsWith(folder)).map(([name, body]) => [name, `(${String(body)})`]))
}

/** Who hears that something fetched when it was needed did not come. */
export const lazyLoad: { failed: (event: { type: string; subpackage: string[]; errMsg: string }) => void } = { failed: () => {} }

export function hasModule(name: string): boolean {
  return modules.has(name)
}

/** Run a module, once. */
export function run(name: string): any {
  const known = loaded.get(name)
  if (known) return known.exports
  const body = modules.get(name)
  if (!body) throw new Error(`module '${name}' is not defined`)
  const module = { exports: {} as any }
  loaded.set(name, module)
  const require = (request: string, done?: (exports: unknown) => void, failed?: (error: unknown) => void): any => {
    if (typeof done === 'function') {
      require.async(request).then(done, failed ?? (() => {}))
      return undefined
    }
    const target = resolve(name, String(request))
    if (!target) throw new Error(`module '${request}' is not defined, require args is '${request}'`)
    return run(target)
  }
  require.async = async (request: string): Promise<any> => {
    const path = request.startsWith('/') ? request.slice(1) : join(name, request)
    await ensurePackage(path)
    const target = resolve(name, request)
    if (!target) throw new Error(`module '${request}' is not defined`)
    return run(target)
  }
  try {
    // Not undefined: a script that is not strict would be given the frame itself.
    body.call(module.exports, require, module, module.exports)
  } catch (error) {
    loaded.delete(name)
    throw error
  }
  return module.exports
}

function resolve(from: string, request: string): string | undefined {
  const home = territory(from)
  const bases = [request.startsWith('/') ? home + join('', request) : join(from, request)]
  if (request.startsWith('/')) bases.push(join(from, `.${request}`))
  // Also `./name`, if there is no such file beside: programs in use ask for packages so.
  if (/^(?:\.\/)?[^./]/.test(request)) {
    for (let dir = parent(from); ; dir = parent(dir)) {
      bases.push(join(`${dir ? `${dir}/` : ''}miniprogram_npm/`, request))
      if (!dir) break
    }
  }
  if (/^[^./]/.test(request)) bases.push(home + join('', request))
  for (const [pattern, to] of Object.entries((program().boot.manifest.app.resolveAlias ?? {}) as Record<string, string>)) {
    const head = pattern.replace(/\*$/, '')
    if (pattern.endsWith('*') ? request.startsWith(head) : request === pattern) bases.unshift(join('', to.replace(/\*$/, '') + request.slice(head.length)))
  }
  for (const base of bases) {
    for (const candidate of [base, `${base}.js`, `${base.replace(/\.ts$/, '')}.js`, `${base}/index.js`]) if (modules.has(candidate) && territory(candidate) === home) return candidate
  }
  return undefined
}

/** Define a component and everything it uses; cheap if that was done before. */
export function ensureComponent(path: string): void {
  if (registered.has(path)) return
  const config = configs.get(path)
  if (!config) return
  registered.add(path)
  const own = owner(path)
  const using: Record<string, string> = {}
  // What stands in until a component's package is here; the engine asks for it when it is first used.
  const placeholders: Record<string, string> = {}
  for (const [name, target] of [...Object.entries((!territory(path) && packages.get('')?.using) || {}), ...Object.entries(config.using)]) {
    if (target === path && !(name in config.using)) continue
    using[name] = `/${target}`
    if (!configs.has(target)) placeholders[name] = config.placeholders?.[name] ?? ''
    ensureComponent(target)
  }
  const generics: Record<string, unknown> = {}
  for (const [name, target] of Object.entries(config.generics ?? {})) {
    if (typeof target === 'string') {
      ensureComponent(target)
      generics[name] = { default: `/${target}` }
    } else generics[name] = true
  }
  const isPage = program().boot.manifest.pages.includes(path)
  const definition = define(path, isPage)
  const isolation = definition.fields.options?.styleIsolation ?? (definition.fields.options?.addGlobalClass ? 'apply-shared' : undefined) ?? config.styleIsolation ?? 'isolated'
  const shared = isolation === 'shared'
  const open = shared || isolation === 'apply-shared' || isolation === 'page-apply-shared'
  const closedPage = isPage && isolation.startsWith('page-')
  const written = (sheet: string): string => [sheet, ...(shared && !isPage ? ['.', `.${SHARED}--`].map((prefix) => sheet.replaceAll(`.${config.scope}--`, prefix)) : [])].join('\n')
  const sheet = own?.styles[path]
  if (sheet) addSheet(isPage ? 'page' : 'component', written(sheet), path)
  rewrites.set(path, { kind: isPage ? 'page' : 'component', written })
  if (own && !own.rendered) own.rendered = own.templates(hooks)
  definitions.register(definition, {
    is: path,
    template: { content: own?.rendered?.[path], groupList: own?.rendered, fallbackListenerOnNativeNode: true },
    using,
    generics,
    placeholders,
    styleScope: isPage && !closedPage ? StyleScopeManager.globalScope() : scopes.register(config.scope),
    extraStyleScope: closedPage ? (isolation === 'page-isolated' ? null : scopes.register(SHARED)) : !isPage && open ? StyleScopeManager.globalScope() : null,
    pureDataPattern: config.pureDataPattern ? new RegExp(config.pureDataPattern) : undefined,
  })
}

/** What scripts defined that were run before anything needed them. */
const ahead = new Map<string, Definition>()
/** Pages whose script threw, or defined nothing: what is shown in their place. */
const failures = new Map<string, unknown>()

export function failureOf(path: string): unknown {
  return failures.get(path)
}

function define(path: string, isPage: boolean): Definition {
  const known = ahead.get(path)
  if (known) return known
  const frame: { path: string; definition?: Definition } = { path }
  if (modules.has(`${path}.js`)) {
    loaded.delete(`${path}.js`)
    defining.push(frame)
    try {
      run(`${path}.js`)
    } catch (error) {
      reportError(error)
      if (isPage && !frame.definition) failures.set(path, error)
    } finally {
      defining.pop()
    }
  }
  debug('register', path)
  return frame.definition ?? { kind: isPage ? 'page' : 'component', fields: {} }
}

/** Without lazy loading every page and component of what is here is run, needed or not; but never before the first page. */
export function runAll(): void {
  const left = [...configs.keys()].filter((path) => !registered.has(path) && !ahead.has(path) && modules.has(`${path}.js`))
  const step = (): void => {
    const path = left.pop()
    if (path === undefined) return
    if (!registered.has(path) && !loaded.has(`${path}.js`)) ahead.set(path, define(path, program().boot.manifest.pages.includes(path)))
    later(step)
  }
  later(step)
}

const later = (run: () => void): void => void (typeof requestIdleCallback === 'function' ? requestIdleCallback(run) : setTimeout(run, 1))

function owner(path: string): (LoadedPackage & { rendered?: Record<string, any> }) | undefined {
  return [...packages.values()].find((one) => path in one.components)
}

export function createComponent(path: string, tag: string, init?: (component: GeneralComponent) => void): GeneralComponent {
  ensureComponent(path)
  const definition: GeneralComponentDefinition = space.getComponentByUrl(`/${path}`, '')
  return Component.createWithGenericsAndContext(tag, definition, null, context as never, init as never) as unknown as GeneralComponent
}

type SheetKind = 'base' | 'app' | 'component' | 'page'
const anchors: Partial<Record<SheetKind, HTMLElement>> = {}

/** Sheets stand in one order whatever order they come in: ours, the app's, components', pages'. */
export function addSheet(kind: SheetKind, css: string, owner = ''): void {
  if (!anchors.base) for (const one of ['base', 'app', 'component', 'page'] as const) document.head.append((anchors[one] = document.createElement('meta')))
  const style = document.createElement('style')
  if (owner) sheets.set(owner, style)
  if (kind === 'base') style.textContent = css
  else {
    const resolved = resolveStyle(css)
    style.textContent = inTheme(resolved)
    if (THEME_QUERY.test(resolved)) themed.push({ style, css: resolved })
  }
  anchors[kind]!.before(style)
}

/** The sheet of each owner, and how another text of it is written: what the dev tools exchange. */
const sheets = new Map<string, HTMLStyleElement>()
const rewrites = new Map<string, { kind: SheetKind; written: (sheet: string) => string }>()

/** Put another sheet where an owner's stands; nothing if it is not shown yet, but for what comes later. */
export function replaceSheet(path: string, css: string): void {
  const own = path === 'app' ? packages.get('') : owner(path)
  if (own) own.styles[path] = css
  const { kind, written } = path === 'app' ? { kind: 'app' as const, written: (text: string) => text } : (rewrites.get(path) ?? {})
  if (!kind || !written) return
  const former = sheets.get(path)
  addSheet(kind, written(css), path)
  if (former) {
    former.replaceWith(sheets.get(path)!)
    const at = themed.findIndex((one) => one.style === former)
    if (at >= 0) themed.splice(at, 1)
  }
}

/** Put other templates where a package's are; the components whose templates are new. */
export function replaceTemplates(root: string, templates: LoadedPackage['templates']): Set<string> {
  const own = packages.get(root)
  if (!own) return new Set()
  const former = own.rendered ?? {}
  own.templates = templates
  const rendered = (own.rendered = templates(hooks))
  const mine = Object.keys(own.components).filter((path) => registered.has(path))
  const differs = Object.keys(rendered).filter((path) => String(rendered[path]) !== String(former[path]))
  // What is not a component's own is shared by import or by WXS: then any may look different.
  const stale = new Set(differs.length && differs.every((path) => path in own.components) ? mine.filter((path) => differs.includes(path)) : mine)
  for (const path of stale) space.getComponentByUrl(`/${path}`, '').updateTemplate({ content: rendered[path], groupList: rendered, fallbackListenerOnNativeNode: true })
  return stale
}

/** The components that have been defined. */
export function componentPaths(): string[] {
  return [...registered]
}

/** The names a component declares and its template never writes. */
export function usedBy(path: string): { unused: string[] } {
  const names = Object.keys(configs.get(path)?.using ?? {})
  const template = String(owner(path)?.rendered?.[path] ?? '')
  return { unused: names.filter((name) => !template.includes(JSON.stringify(name))) }
}

const THEME_QUERY = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/
const themed: { style: HTMLStyleElement; css: string }[] = []

/** The shell's theme may differ from the browser's, so what asks for one is answered here. */
function inTheme(css: string): string {
  return css.replace(new RegExp(THEME_QUERY, 'g'), (_, wanted: string) => (wanted === program().boot.theme ? '(min-width: 0)' : '(max-width: 0)'))
}

/** The theme has turned: sheets that ask for it are answered anew. */
export function retheme(): void {
  for (const { style, css } of themed) style.textContent = inTheme(css)
}

function parent(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

function join(from: string, path: string): string {
  const parts: string[] = []
  for (const part of `${path.startsWith('/') ? '' : parent(from)}/${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
