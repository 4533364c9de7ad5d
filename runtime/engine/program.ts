/** The program this frame runs: what it was given to start with, and what has been loaded of it since. */

import type { Boot } from '../bridge/boot'
import type { Channel } from '../bridge/channel'
import { fileUrl } from './files'
import { convertRuntimeUnits } from './units'

export interface ComponentConfig {
  using: Record<string, string>
  generics?: Record<string, string | true>
  placeholders?: Record<string, string>
  styleIsolation?: string
  pureDataPattern?: string
  json?: Record<string, any>
  scope: string
}

export type ModuleBody = (require: unknown, module: { exports: unknown }, exports: unknown) => unknown

export interface LoadedPackage {
  root: string
  using: Record<string, string>
  components: Record<string, ComponentConfig>
  styles: Record<string, string>
  templates: (hooks: unknown) => Record<string, any>
  modules: (define: (name: string, body: ModuleBody) => void, ...scope: unknown[]) => void
}

interface Program {
  boot: Boot
  host: Channel
}

let current: Program | undefined

export function setProgram(program: Program): void {
  current = program
}

export function program(): Program {
  if (!current) throw new Error('no program is running')
  return current
}

/** The folder of the plugin a file belongs to, ending in a slash; '' for the program's own. */
export function territory(path: string): string {
  return /^plugin-private\/[^/]+\//.exec(path)?.[0] ?? ''
}

/** The URL of a file as a program names it: its own, by path, or one from elsewhere. */
export function resolveUrl(src: string, from = ''): string {
  if (!src) return ''
  if (/^(data|blob):/i.test(src)) return src
  const { boot } = program()
  if (/^(wxfile:\/\/|http:\/\/(tmp|usr|store)\/)/i.test(src)) return fileUrl(src) ?? ''
  if (/^(https?:)?\/\//i.test(src)) {
    const url = src.startsWith('//') ? `https:${src}` : src
    return boot.relay ? boot.relay + encodeURIComponent(url) : url
  }
  const parts: string[] = []
  const path = (src.startsWith('/') ? territory(from) + src : `${from.slice(0, from.lastIndexOf('/') + 1)}${src}`).split(/[?#]/)[0]!
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  let name = parts.join('/')
  try {
    name = decodeURIComponent(name)
  } catch {
    // A path with a bare percent sign is taken as written.
  }
  const asset = boot.manifest.assets[name]
  return asset ? boot.base + asset : ''
}

/** The same for what is named by an element's `referrer-policy`: this frame has no origin, so the relay names the program's. */
export function referred(url: string, policy: string): string {
  const { relay } = program().boot
  return relay && url.startsWith(relay) && policy === 'origin' ? `${url}&referrer=origin` : url
}

/** The files of this frame as addresses the browser can show, by the path the program knows them by. */
export const files = { get: fileUrl }

/** An inline style or a sheet, with its units, pictures and relayed addresses as the browser wants them. */
export function resolveStyle(text: string, from = ''): string {
  let out = convertRuntimeUnits(text)
  if (out.includes('url(')) {
    out = out.replace(/url\(\s*(['"]?)([^'")]+)\1\s*\)/gi, (whole, _quote: string, target: string) => {
      if (/^(data:|#)/i.test(target)) return whole
      const url = target.startsWith('asset:/') ? resolveUrl(target.slice('asset:'.length)) : resolveUrl(target, from)
      return url ? `url("${url}")` : whole
    })
  }
  return out
}
