/** Style sheets in Less and Sass: which there are, and the two compilers that are loaded beside this bundle. */

import type { Diagnostics } from './diagnostics'
import { extname, join, npmFolders } from './paths'
import type { Sources } from './sources'

/** What an `@import` of the named file means from where it stands. */
export type StyleReader = (from: string, request: string) => { path: string; text: string } | undefined

export type StyleCompiler = (path: string, text: string, read: StyleReader) => { css: string } | { problem: { file: string; line: number; column: number; message: string } }

export type Language = 'less' | 'sass'

const LANGUAGES: Record<string, Language> = { '.less': 'less', '.scss': 'sass', '.sass': 'sass' }

export function languageOf(path: string): Language | undefined {
  return LANGUAGES[extname(path)]
}

/** The languages these files need, by the name of the bundle that must be loaded before they are compiled. */
export function languagesOf(paths: Iterable<string>): Language[] {
  const found = new Set<Language>()
  for (const path of paths) {
    const language = path.includes('node_modules/') ? undefined : languageOf(path)
    if (language) found.add(language)
  }
  return [...found].sort()
}

/** The CSS a file stands for; that of a plain sheet is its own text. */
export function plainStyle(path: string, sources: Sources, diagnostics: Diagnostics): string {
  const language = languageOf(path)
  if (!language) return sources.text(path)
  const given = globalThis as { HutongLess?: StyleCompiler; HutongSass?: StyleCompiler }
  const compiler = language === 'less' ? given.HutongLess : given.HutongSass
  if (!compiler) {
    diagnostics.error(path, `The compiler for ${language === 'less' ? 'Less' : 'Sass'} was not loaded, so this style sheet cannot be read.`)
    return ''
  }
  const outcome = compiler(path, sources.text(path), (from, request) => {
    const target = resolveStyle(from, request, sources)
    return target === undefined ? undefined : { path: target, text: sources.text(target) }
  })
  if ('css' in outcome) return outcome.css
  const { file, line, column, message } = outcome.problem
  diagnostics.error(file, `This style sheet cannot be compiled: ${message.replace(/\.?\s*$/, '')}.`, line, column)
  return ''
}

/** The sheet an import names: beside the file, from the root, or from npm; with its extension left out (first its own language's) or not. */
export function resolveStyle(from: string, request: string, sources: Sources): string | undefined {
  const name = request.replace(/^~/, '')
  const candidates = [join(from, name)]
  if (!name.startsWith('.') && !name.startsWith('/')) candidates.push(...npmFolders(from).map((folder) => `${folder}/${name}`), `node_modules/${name}`)
  return candidates
    .flatMap((one) => [one, one + extname(from), `${one}.wxss`, `${one}.less`, `${one}.scss`, `${one}.sass`, partial(one), `${partial(one)}.scss`, `${partial(one)}.sass`, `${one}/index.scss`, `${one}/_index.scss`])
    .find((one) => sources.has(one))
}

/** Sass also finds `_name` for `name`. */
function partial(path: string): string {
  const slash = path.lastIndexOf('/') + 1
  return `${path.slice(0, slash)}_${path.slice(slash)}`
}
