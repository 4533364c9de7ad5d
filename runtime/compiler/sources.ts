/** The files of a program as given, read by path, with broken ones reported where they are. */

import { type Diagnostics, positionAt } from './diagnostics'
import { jsonProblem } from './json'
import { dirname, escapes, extname, normalize } from './paths'

export type Files = Record<string, Uint8Array | string>

/** A file of more than this is not a source anybody wrote; the published limit of a package is 2 MB. */
const LONGEST_SOURCE_BYTES = 8 * 1024 * 1024

/** These stay where they are when the program's own folder is entered. */
const PROJECT_FILES = new Set(['project.config.json', 'project.private.config.json'])

export class Sources {
  private readonly files = new Map<string, Uint8Array | string>()
  private readonly origins = new Map<string, string>()
  private readonly texts = new Map<string, string>()
  /** Files that are known to be there but were not handed over, with their size. */
  private readonly elsewhere = new Map<string, number>()
  private watched: Map<string, unknown> | undefined

  constructor(
    files: Files,
    private readonly diagnostics: Diagnostics,
  ) {
    for (const [path, content] of Object.entries(files)) {
      if (escapes(path) || path.includes('\0')) {
        diagnostics.error(path.replaceAll('\0', '?'), 'This path leads out of the program; only files below its root are taken.')
        continue
      }
      this.files.set(normalize(path), content)
    }
  }

  /** Note from now on what is read, with what was found there. */
  watch(): Map<string, unknown> {
    return (this.watched = new Map())
  }

  unwatch(): void {
    this.watched = undefined
  }

  /** What is at a path, only to be compared. */
  content(path: string): unknown {
    return this.files.get(path) ?? this.elsewhere.get(path)
  }

  has(path: string): boolean {
    this.watched?.set(path, this.content(path))
    return this.files.has(path) || this.elsewhere.has(path)
  }

  paths(): string[] {
    return [...this.files.keys(), ...this.elsewhere.keys()]
  }

  /** A file kept by the caller: it exists, and weighs this much. */
  declare(path: string, bytes: number): void {
    if (!escapes(path)) this.elsewhere.set(normalize(path), bytes)
  }

  size(path: string): number {
    return this.elsewhere.get(path) ?? this.bytes(path).length
  }

  set(path: string, content: Uint8Array | string): void {
    this.files.set(path, content)
  }

  /** The same file under another path as well. */
  move(from: string, to: string): void {
    const content = this.files.get(from)
    if (content !== undefined) this.files.set(to, content)
    else this.elsewhere.set(to, this.elsewhere.get(from) ?? 0)
    this.origins.set(to, this.originOf(from))
  }

  /** Where a file that was moved came from. */
  originOf(path: string): string {
    return this.origins.get(path) ?? path
  }

  bytes(path: string): Uint8Array {
    const content = this.files.get(path)
    return typeof content === 'string' ? new TextEncoder().encode(content) : (content ?? new Uint8Array())
  }

  text(path: string): string {
    this.watched?.set(path, this.content(path))
    const known = this.texts.get(path)
    if (known !== undefined) return known
    let text = ''
    const content = this.files.get(path)
    if (content !== undefined && content.length > LONGEST_SOURCE_BYTES) {
      this.diagnostics.error(path, `This file is larger than ${LONGEST_SOURCE_BYTES >> 20} MB and was not read.`)
    } else if (typeof content === 'string') text = content
    else if (content) {
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(content)
      } catch {
        const utf16 = (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff)
        this.diagnostics.error(path, notUtf8(utf16), lineOfBadByte(content))
      }
    }
    const zero = text.indexOf('\0')
    if (zero >= 0) {
      const { line, column } = positionAt(text, zero)
      this.diagnostics.error(path, 'There is a zero byte here; this is no text in UTF-8. Save the file as UTF-8.', line, column)
      text = ''
    }
    if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    this.texts.set(path, text)
    return text
  }

  /** The object in a JSON file, or undefined if there is none that can be read. */
  json(path: string): Record<string, unknown> | undefined {
    if (!this.has(path)) return undefined
    const text = this.text(path)
    if (!text.trim()) return {}
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
      this.diagnostics.error(path, 'A JSON object is expected here, in braces.')
    } catch {
      const { message, offset } = jsonProblem(text)
      const { line, column } = positionAt(text, offset)
      this.diagnostics.error(path, `This is not valid JSON: ${message}.`, line, column)
    }
    return undefined
  }

  /**
   * Take only what lies below the folder that holds app.json, as if that were the root; and folders outside of
   * it that a project names, each under the place it is to have inside.
   */
  enter(root: string, outside: Record<string, string> = {}): void {
    const places: [string, string][] = [[root ? `${root}/` : '', ''], ...Object.entries(outside).map(([from, to]): [string, string] => [`${from}/`, `${to}/`])]
    if (places.length === 1 && !root) return
    const origins = new Map(this.origins)
    this.origins.clear()
    const enter = <T>(files: Map<string, T>): void => {
      const given = [...files]
      files.clear()
      for (const [path, content] of given) {
        if (PROJECT_FILES.has(path)) files.set(path, content)
        // The longest folder first: a plugin may live below the program's own.
        const place = places.filter(([from]) => path.startsWith(from)).sort(([x], [y]) => y.length - x.length)[0]
        if (!place) continue
        const to = place[1] + path.slice(place[0].length)
        files.set(to, content)
        this.origins.set(to, origins.get(path) ?? path)
      }
    }
    enter(this.files)
    enter(this.elsewhere)
    this.texts.clear()
  }

  drop(unwanted: (path: string) => boolean): void {
    for (const path of this.paths()) {
      if (!unwanted(path)) continue
      this.files.delete(path)
      this.elsewhere.delete(path)
    }
  }
}

/** What to say of a text that cannot be read. */
export function notUtf8(utf16: boolean): string {
  return utf16 ? 'This file is UTF-16; save it as UTF-8.' : 'This file is not UTF-8, perhaps GBK or GB18030; save it as UTF-8.'
}

function lineOfBadByte(content: Uint8Array): number {
  let line = 1
  for (let at = 0, start = 0; at <= content.length; at++) {
    if (at < content.length && content[at] !== 10) continue
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(content.subarray(start, at))
    } catch {
      return line
    }
    start = at + 1
    line++
  }
  return 1
}

export function isScript(path: string): boolean {
  const ext = extname(path)
  return (ext === '.js' || ext === '.ts') && !path.endsWith('.d.ts')
}

/** The module name a script is required by. */
export function moduleName(path: string): string {
  return path.endsWith('.ts') ? `${path.slice(0, -3)}.js` : path
}

export function folderOf(path: string): string {
  return dirname(path)
}
