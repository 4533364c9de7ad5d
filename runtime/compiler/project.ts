/** project.config.json and its private companion: where the program is, what is packed, and how it is compiled. */

import { record } from './components'
import { list } from './config'
import type { Diagnostics } from './diagnostics'
import { normalize } from './paths'
import type { Sources } from './sources'

export const PROJECT_FILE = 'project.config.json'
export const PRIVATE_FILE = 'project.private.config.json'

export interface Project {
  appid: string
  /** Folders as given, without slashes at their ends; '' is the folder handed over. */
  miniprogramRoot: string
  pluginRoot: string
  /** Code for a cloud, which is no part of the program. */
  cloudfunctionRoot: string
  compileType: 'miniprogram' | 'plugin' | 'game'
  libVersion: string
  es6: boolean
  minified: boolean
  postcss: boolean
  urlCheck: boolean
  plugins: Set<string>
  /** Where npm packages are listed, and where each list is built to; empty: beside app.json. */
  npm: { packageJson: string; folder: string }[]
  /** Whether a file of the program is packed. */
  packs: (path: string) => boolean
}

const TYPES = ['miniprogram', 'plugin', 'game'] as const

/** The project's settings, the private file's over the shared one's. */
export function readProject(sources: Sources, diagnostics: Diagnostics): Project {
  const shared = record(sources.json(PROJECT_FILE))
  const own = record(sources.json(PRIVATE_FILE))
  const project = { ...shared, ...own }
  const setting = { ...record(shared.setting), ...record(own.setting) }
  const folder = (name: string): string => (typeof project[name] === 'string' ? normalize(project[name]) : '')
  const flag = (name: string, otherwise: boolean): boolean => (typeof setting[name] === 'boolean' ? setting[name] : otherwise)
  const type = TYPES.find((one) => one === project.compileType)
  if (project.compileType !== undefined && !type) {
    diagnostics.warn(PROJECT_FILE, `"compileType" is ${TYPES.map((one) => `"${one}"`).join(', ')}; "${String(project.compileType)}" is taken as "miniprogram".`)
  }
  const manual = setting.packNpmManually === true ? list(setting.packNpmRelationList).map(record) : []
  if (setting.packNpmManually === true && !manual.length) {
    diagnostics.warn(PROJECT_FILE, '"packNpmManually" is on, but "packNpmRelationList" names no package.json; no npm package is built.')
  }
  return {
    appid: typeof project.appid === 'string' ? project.appid : '',
    miniprogramRoot: folder('miniprogramRoot'),
    pluginRoot: folder('pluginRoot'),
    cloudfunctionRoot: folder('cloudfunctionRoot'),
    compileType: type ?? 'miniprogram',
    libVersion: typeof project.libVersion === 'string' ? project.libVersion : '',
    es6: flag('es6', true),
    minified: flag('minified', true),
    postcss: flag('postcss', true),
    urlCheck: flag('urlCheck', true),
    plugins: new Set(list(setting.useCompilerPlugins).map(String)),
    npm:
      setting.packNpmManually === true
        ? manual.map((one) => ({ packageJson: normalize(String(one.packageJsonPath ?? 'package.json')), folder: normalize(String(one.miniprogramNpmDistDir ?? '')) }))
        : [],
    packs: packed(record(project.packOptions), diagnostics),
  }
}

/** Is npm built by the list in the project, rather than wherever a package.json is found? */
export function packsManually(sources: Sources): boolean {
  const [shared, own] = [record(sources.json(PROJECT_FILE)), record(sources.json(PRIVATE_FILE))]
  return { ...record(shared.setting), ...record(own.setting) }.packNpmManually === true
}

function packed(options: Record<string, unknown>, diagnostics: Diagnostics): (path: string) => boolean {
  const ignored = rules(list(options.ignore), diagnostics)
  const included = rules(list(options.include), diagnostics)
  return (path) => !ignored.some((rule) => rule(path)) || included.some((rule) => rule(path))
}

/** Rules as published: a file, a folder, the beginning or end of a name, a glob, or an expression over the path. */
function rules(given: unknown[], diagnostics: Diagnostics): ((path: string) => boolean)[] {
  return given.flatMap((value) => {
    const rule = record(value)
    const text = String(rule.value ?? '')
    const path = text.replace(/^\.?\//, '').replace(/\/$/, '')
    switch (rule.type) {
      case 'file':
        return [(one: string) => one === path]
      case 'folder':
        return [(one: string) => one.startsWith(`${path}/`)]
      case 'suffix':
        return [(one: string) => one.endsWith(text)]
      case 'prefix':
        return [(one: string) => one.slice(one.lastIndexOf('/') + 1).startsWith(text)]
      case 'glob': {
        const pattern = globPattern(path)
        return [(one: string) => pattern.test(one)]
      }
      case 'regexp':
        try {
          const pattern = new RegExp(text)
          return [(one: string) => pattern.test(one)]
        } catch {
          diagnostics.warn(PROJECT_FILE, `The expression "${text}" in packOptions cannot be read; the rule was left out.`)
          return []
        }
      default:
        diagnostics.warn(PROJECT_FILE, `A rule of packOptions has the type "${String(rule.type)}"; it is "file", "folder", "suffix", "prefix", "glob" or "regexp".`)
        return []
    }
  })
}

function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('{') && part.endsWith('}')) return `(?:${part.slice(1, -1).split(',').map((one) => one.replace(/[.+^$()|[\]\\*?]/g, '\\$&')).join('|')})`
    return `\\${part}`
  })
  return new RegExp(`^${source}$`)
}
