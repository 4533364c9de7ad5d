/** WXML: the templates of one package, compiled together with everything they import, include and call. */

import { circles, type Edge } from './cycles'
import { type Diagnostics, positionAt } from './diagnostics'
import { join, stripExtension } from './paths'
import { skipUnchanged } from './repeats'
import { compileWxs, wxsRequires } from './scripts'
import type { Sources } from './sources'
import { isBuiltIn, unsupportedAttribute } from './support'
import { templateGroup } from './template-compiler'

/** Names that WXS code may use without asking, given by the engine when the templates load. */
const RUNTIME = 'var getRegExp=W.getRegExp,getDate=W.getDate,typeName=W.typeName;'

/** Real programs are full of these; they are worth no one's attention. */
const QUIET = /uppercase|data bindings are not allowed|invalid attribute|duplicat/i

/** Mistakes the original's own tools let pass, and published libraries make. */
const TOLERATED = /child nodes are not allowed|duplicated|invalid attribute/i

/**
 * Where each template asks the engine for its hooks: at its first line, with those for properties only in a package that
 * has WXS. Ours are always there, and also copy what is passed down.
 */
const HOOKS = /(?:R\.setFnFilter\(Q\.A,Q\.B\);)?if\(typeof R\.setEventListenerWrapper==='function'\)R\.setEventListenerWrapper\(Q\.C\);/g

/** Deeper than anybody writes, and as deep as the template compiler goes without losing its way. */
const DEEPEST = 400

/** A function of the engine's hooks that gives the compiled templates by path. */
export function compileTemplates(paths: Iterable<string>, sources: Sources, diagnostics: Diagnostics): string {
  const group = templateGroup()
  try {
    group.setExtraRuntimeScript(RUNTIME)
    const added = new Set<string>()
    const scripts = new Set<string>()
    const includes = new Map<string, Edge[]>()
    const required = new Map<string, Edge[]>()

    const addWxs = (path: string): void => {
      if (scripts.has(path)) return
      scripts.add(path)
      const file = `${path}.wxs`
      if (!sources.has(file)) {
        diagnostics.error(file, 'This WXS file is used but does not exist.')
        group.addScript(path, '')
        return
      }
      const source = sources.text(file)
      group.addScript(path, compileWxs(file, source, diagnostics))
      const requests = wxsRequires(source)
      required.set(path, requests.map((request) => ({ to: join(path, request).replace(/\.wxs$/, ''), line: positionAt(source, source.indexOf(request)).line })))
      for (const request of requests) addWxs(join(path, request).replace(/\.wxs$/, ''))
    }

    const queue = [...paths].sort().reverse()
    while (queue.length) {
      const path = queue.pop()!
      if (added.has(path)) continue
      added.add(path)
      const file = `${path}.wxml`
      const text = sources.text(file)
      const deep = tooDeep(text)
      if (deep !== undefined) {
        const { line, column } = positionAt(text, deep)
        diagnostics.error(file, `Elements are nested more than ${DEEPEST} deep here.`, line, column)
      }
      includes.set(path, includesOf(path, text))
      if (!/(^|\/)miniprogram_npm\//.test(path)) warnOfUnread(file, text, diagnostics)
      for (const warning of group.addTmpl(path, deep === undefined ? text : '')) {
        const message = `${warning.message[0]?.toUpperCase() ?? ''}${warning.message.slice(1)}.`
        const [line, column] = [warning.startLine + 1, warning.startColumn + 1]
        if ((warning.isError && !TOLERATED.test(warning.message)) || /end tag/.test(warning.message)) diagnostics.error(file, message, line, column)
        else if (!QUIET.test(warning.message)) diagnostics.warn(file, message, line, column)
      }
      for (const module of group.getInlineScriptModuleNames(path)) {
        const source = group.getInlineScript(path, module)
        group.setInlineScript(path, module, compileWxs(`${file}#${module}`, source, diagnostics))
        for (const request of wxsRequires(source)) addWxs(join(path, request).replace(/\.wxs$/, ''))
      }
      for (const target of group.getScriptDependencies(path)) addWxs(target.replace(/\.wxs$/, ''))
      for (const target of group.getDirectDependencies(path)) {
        const other = stripWxml(target)
        if (sources.has(`${other}.wxml`)) queue.push(other)
        else {
          // The original warns while it runs, and draws the rest.
          diagnostics.warn(file, `The template "${target}" imported here does not exist, so nothing of it is drawn.`)
          if (!added.has(other)) group.addTmpl(other, '')
          added.add(other)
        }
      }
    }
    for (const { path, file, line } of circles(includes)) {
      diagnostics.error(`${file}.wxml`, `This template includes itself without end: ${path.map((one) => `${one}.wxml`).join(' → ')}.`, line)
    }
    for (const { path, file, line } of circles(required)) {
      diagnostics.error(`${file}.wxs`, `This WXS requires itself: ${path.map((one) => `${one}.wxs`).join(' → ')}.`, line)
    }
    return skipUnchanged(group.getTmplGenObjectGroups()).replace(HOOKS, 'W.wrap(R);')
  } finally {
    group.free()
  }
}

/** The built-in elements that compiled templates make. */
export function elementsIn(templates: string): string[] {
  return [...new Set(Array.from(templates.matchAll(/\bE\("([a-z-]+)"/g), (match) => match[1]!))].filter(isBuiltIn).sort()
}

/** Where a template goes deeper than can be compiled, as an offset. */
function tooDeep(text: string): number | undefined {
  let depth = 0
  for (const { 0: tag, index } of text.matchAll(/<!--[^]*?-->|<wxs\b[^]*?<\/wxs>|<\/?[a-zA-Z][^\s/>]*(?:"[^"]*"|'[^']*'|[^"'>])*>/g)) {
    if (tag.startsWith('<!--') || /^<(wxs|import|include|input|image)\b/.test(tag) || tag.endsWith('/>')) continue
    depth += tag.startsWith('</') ? -1 : 1
    if (depth > DEEPEST) return index
  }
  return undefined
}

/** Attributes of built-in elements that change nothing here. */
function warnOfUnread(file: string, text: string, diagnostics: Diagnostics): void {
  for (const { 1: element, 2: attributes = '', index } of text.matchAll(/<!--[^]*?-->|<wxs\b[^]*?<\/wxs>|<([a-z][a-z-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/?>/g)) {
    if (!element) continue
    for (const { 1: name } of attributes.matchAll(/\s([^\s=>"'/]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'))?/g)) {
      const warning = unsupportedAttribute(element, name!)
      if (!warning) continue
      const { line, column } = positionAt(text, index)
      diagnostics.warn(file, warning, line, column)
    }
  }
}

function includesOf(path: string, text: string): Edge[] {
  return Array.from(text.replace(/<!--[^]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' ')).matchAll(/<include\b[^>]*?\bsrc\s*=\s*["']([^"'{]+)["']/g), (match) => ({
    to: stripWxml(join(path, match[1]!)),
    line: positionAt(text, match.index).line,
  }))
}

function stripWxml(path: string): string {
  return path.endsWith('.wxml') ? stripExtension(path) : path
}
