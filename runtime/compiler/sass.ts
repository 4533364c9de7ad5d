/** Sass for the compiler: a bundle of its own, loaded only for programs that write their styles in it. */

import './url'

import { compileString, type Exception } from 'sass'

import type { StyleCompiler } from './languages'

const SCHEME = 'program:/'

const compileSass: StyleCompiler = (path, text, read) => {
  const pathOf = (url: URL | undefined): string => (url ? decodeURIComponent(String(url).slice(SCHEME.length)) : path)
  try {
    const { css } = compileString(text, {
      syntax: path.endsWith('.sass') ? 'indented' : 'scss',
      url: new URL(SCHEME + encodeURI(path)),
      importer: {
        canonicalize: (request, context) => {
          const name = request.startsWith(SCHEME) ? `/${decodeURIComponent(request.slice(SCHEME.length))}` : request
          const found = read(pathOf(context.containingUrl ?? undefined), name)
          return found ? new URL(SCHEME + encodeURI(found.path)) : null
        },
        load: (url) => {
          const found = read('', `/${pathOf(url)}`)
          return found ? { contents: found.text, syntax: found.path.endsWith('.sass') ? 'indented' : found.path.endsWith('.scss') ? 'scss' : 'css' } : null
        },
      },
      logger: { warn: () => {}, debug: () => {} },
      quietDeps: true,
    })
    return { css }
  } catch (error) {
    const { sassMessage, span, message } = error as Exception
    return {
      problem: {
        file: span?.url ? pathOf(span.url) : path,
        line: (span?.start.line ?? 0) + 1,
        column: (span?.start.column ?? 0) + 1,
        message: sassMessage ?? String(message ?? error),
      },
    }
  }
}

;(globalThis as { HutongSass?: StyleCompiler }).HutongSass = compileSass
