/** Which components a page uses, found by following `usingComponents` from file to file. */

import type { Diagnostics } from './diagnostics'
import { positionAt } from './diagnostics'
import { join, normalize, npmFolders } from './paths'
import type { Plugin } from './plugins'
import type { Sources } from './sources'

export interface ComponentConfig {
  using: Record<string, string>
  generics?: Record<string, string | true>
  placeholders?: Record<string, string>
  styleIsolation?: string
  pureDataPattern?: string
  json?: Record<string, unknown>
}

const NATIVE_ONLY = /^(plugin|plugin-private|dynamicLib|ext):\/\//

/** What a request may also mean: other names for paths, what plugins make public, and the packages of extended libraries. */
export interface Names {
  alias: Record<string, string>
  plugins: Record<string, Plugin>
  extended: string[]
}

export function isComponent(path: string, sources: Sources): boolean {
  return ['.wxml', '.js', '.ts'].some((ext) => sources.has(path + ext))
}

/** The component a name in `usingComponents` stands for: relative, absolute, or from npm. */
export function resolveComponent(from: string, request: string, sources: Sources, alias: Record<string, string> = {}): string | undefined {
  const name = request.replace(/\.(js|json|wxml)$/, '')
  const candidates: string[] = [join(from, name)]
  if (!name.startsWith('/')) {
    if (!name.startsWith('.')) {
      const aliased = resolveAlias(name, alias)
      if (aliased !== undefined) candidates.push(aliased)
      candidates.push(...npmFolders(from).map((folder) => `${folder}/${name}`), normalize(name))
    }
  }
  return candidates.flatMap((one) => [one, `${one}/index`]).find((one) => isComponent(one, sources))
}

/** The path an alias of app.json stands for, from the root. */
export function resolveAlias(name: string, alias: Record<string, string>): string | undefined {
  for (const [pattern, target] of Object.entries(alias)) {
    const head = pattern.replace(/\*$/, '')
    if (pattern.endsWith('*') && name.startsWith(head)) return normalize(target.replace(/\*$/, '') + name.slice(head.length))
    if (pattern === name) return normalize(target)
  }
  return undefined
}

/** Every component reachable from these pages, with its configuration resolved to paths. */
export function collectComponents(
  pages: string[],
  global: string[],
  names: Names,
  sources: Sources,
  diagnostics: Diagnostics,
): Map<string, ComponentConfig> {
  const found = new Map<string, ComponentConfig>()
  const queue = [...pages]
  const enqueue = (target: string): void => {
    if (!found.has(target)) queue.push(target)
  }
  for (const target of global) enqueue(target)

  while (queue.length) {
    const path = queue.pop()!
    if (found.has(path)) continue
    const file = `${path}.json`
    const json = sources.json(file) ?? {}
    const using = resolveUsing(file, record(json.usingComponents), names, sources, diagnostics)
    const config: ComponentConfig = { using }
    const generics = record(json.componentGenerics)
    if (Object.keys(generics).length) {
      config.generics = {}
      for (const [name, value] of Object.entries(generics)) {
        const fallback = record(value).default
        const target = typeof fallback === 'string' ? resolveComponent(file, fallback, sources, names.alias) : undefined
        config.generics[name] = target ?? true
        if (target) enqueue(target)
      }
    }
    if (json.componentPlaceholder) config.placeholders = record(json.componentPlaceholder) as Record<string, string>
    if (typeof json.styleIsolation === 'string') config.styleIsolation = json.styleIsolation
    else if (json.addGlobalClass === true) config.styleIsolation = 'apply-shared'
    if (typeof json.pureDataPattern === 'string') config.pureDataPattern = json.pureDataPattern
    found.set(path, config)
    for (const target of Object.values(using)) enqueue(target)
  }
  return found
}

export function resolveUsing(
  file: string,
  using: Record<string, unknown>,
  names: Names,
  sources: Sources,
  diagnostics: Diagnostics,
): Record<string, string> {
  const resolved: Record<string, string> = {}
  for (const [name, request] of Object.entries(using)) {
    const where = (): { line: number; column: number } => {
      const text = sources.text(file)
      return positionAt(text, Math.max(0, text.indexOf(`"${name}"`)))
    }
    if (typeof request !== 'string') {
      diagnostics.error(file, `"${name}" in usingComponents must be the path of a component.`, where().line, where().column)
    } else if (request.startsWith('plugin://') && request.slice('plugin://'.length).split('/')[0]! in names.plugins) {
      const [plugin = '', ...rest] = request.slice('plugin://'.length).split('/')
      const target = names.plugins[plugin]!.components[rest.join('/')]
      if (target !== undefined && isComponent(target, sources)) resolved[name] = target
      else diagnostics.error(file, `The plugin "${plugin}" has no public component "${rest.join('/')}".`, where().line, where().column)
    } else if (NATIVE_ONLY.test(request)) {
      diagnostics.warn(file, `"${name}" comes from ${request.split('://')[0]}://, which is not available; it is shown as an empty element.`, where().line, where().column)
    } else {
      const target = resolveComponent(file, request, sources, names.alias)
      if (target) resolved[name] = target
      // What an extended library has is not known to the original's compiler, so programs name what it has not.
      else if (names.extended.includes(request.split('/')[0]!)) diagnostics.warn(file, `The extended library has no "${request}"; "${name}" is shown as an empty element.`, where().line, where().column)
      else diagnostics.error(file, `The component "${name}" is not found at "${request}"; check the path, or build npm if it comes from a package.`, where().line, where().column)
    }
  }
  return resolved
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
