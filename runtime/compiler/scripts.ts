/** Scripts: ES modules and TypeScript become function modules, line for line, checked for syntax. */

import { parse, tokenizer, type Node, type Options } from 'acorn'
import { transform } from 'sucrase'

import type { Diagnostics } from './diagnostics'
import { unsupportedApi } from './support'

const MODULE_SYNTAX = /^\s*(?:import\b|export\b)|[;}\s]import\s*[{*"'\w]|[;}\s]export\s*[{*]|[;}]export\b|\bimport\s*\(|\bimport\.meta\b/m

export interface ScriptOptions {
  typescript: boolean
  /** Does the project want its modules turned into functions? They are in any case; else it is told. */
  es6: boolean
  /** Leave out comments and indentation; lines stay. */
  minified: boolean
  /** Written for this program, rather than brought by a package: what it asks for in vain is said. */
  own: boolean
}

/** The body of a function of `require, module, exports`; an empty one if the script cannot be read. */
export function compileScript(path: string, source: string, options: ScriptOptions, diagnostics: Diagnostics): string {
  let code = source
  const modules = isModule(source)
  if (modules && !options.es6) {
    const at = source.split('\n').findIndex((line) => /^\s*(import|export)\b/.test(line))
    diagnostics.warn(path, 'This file is an ES module, but "setting.es6" is off; the original does not convert it then. Turn it on in project.config.json.', Math.max(1, at + 1))
  }
  if (options.typescript || modules) {
    try {
      code = transform(options.typescript ? source : importsFirst(source), {
        transforms: options.typescript ? ['typescript', 'imports'] : ['imports'],
        // Lines stay where they are, so a position in the output is a position in the source.
        disableESTransforms: true,
        production: true,
      }).code
    } catch (error) {
      const position = /\((\d+):(\d+)\)/.exec(String((error as Error).message))
      const message = String((error as Error).message).replace(/^.*?:\s*/, '').replace(/\s*\(\d+:\d+\)$/, '')
      diagnostics.error(path, `This script cannot be parsed: ${plainly(message)}.`, Number(position?.[1] ?? 1), Number(position?.[2] ?? 1))
      return ''
    }
  }
  const comments: Span[] = []
  const texts: Span[] = []
  try {
    parseScript(code, options.minified ? { onComment: (_block, _text, start, end) => comments.push({ start, end }), onToken: ({ type, start, end }) => type.label === 'template' && texts.push({ start, end }) } : {})
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } }
    diagnostics.error(path, `This script cannot be parsed: ${plainly(message.replace(/\s*\(\d+:\d+\)$/, ''))}.`, loc?.line ?? 1, (loc?.column ?? 0) + 1)
    return ''
  }
  if (options.own) warnOfMissing(path, code, diagnostics)
  return options.minified ? strip(code, comments, texts) : code
}

/** Imports are done before anything else, wherever they stand, while the transform does each in its place. Lines stay. */
function importsFirst(source: string): string {
  const comments: Span[] = []
  let body: (Node & { directive?: string })[]
  try {
    body = (parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowReturnOutsideFunction: true, allowHashBang: true, onComment: (_block, _text, start, end) => comments.push({ start, end }) }) as Node & { body: Node[] }).body
  } catch {
    return source
  }
  let first = body.findIndex((node) => node.type !== 'ImportDeclaration' && !node.directive)
  if (first < 0) first = body.length
  const late = body.slice(first).filter((node) => node.type === 'ImportDeclaration')
  if (!late.length || source.startsWith('#!')) return source
  const front = body[first - 1]?.end ?? 0
  let moved = ';'
  let rest = ''
  let at = front
  for (const { start, end } of late) {
    let text = source.slice(start, end)
    for (const inner of comments.filter((one) => one.start >= start && one.end <= end).reverse()) text = text.slice(0, inner.start - start) + text.slice(inner.end - start)
    moved += `${text.replace(/\s+/g, ' ')};`
    rest += `${source.slice(at, start)};${source.slice(start, end).replace(/[^\n]/g, '')}`
    at = end
  }
  return source.slice(0, front) + moved + rest + source.slice(at)
}

/** Whether a script imports or exports; its comments and texts may say so as well, so what can be read without is none. */
function isModule(source: string): boolean {
  if (!MODULE_SYNTAX.test(source)) return false
  try {
    let imports = false
    visit(parseScript(source), (node) => {
      imports ||= node.type === 'ImportExpression'
    })
    return imports
  } catch {
    return true
  }
}

/** Calls of what is not served here, but for those the script asks about first. */
function warnOfMissing(path: string, code: string, diagnostics: Diagnostics): void {
  let line = 1
  let at = 0
  for (const { 1: name, index } of code.matchAll(/\bwx\.([a-zA-Z]\w*)\s*\(/g)) {
    const warning = unsupportedApi(name!)
    if (!warning || new RegExp(`canIUse\\(\\s*['"]${name!}\\b|wx\\.${name!}\\s*(?:&&|\\?|\\))`).test(code)) continue
    for (; at < index; at++) if (code.charCodeAt(at) === 10) line++
    diagnostics.warn(path, warning, line, index - code.lastIndexOf('\n', index - 1))
  }
}

/** What an engine says of a stack that is full, said of the file that filled it. */
function plainly(message: string): string {
  return /\bstack\b/i.test(message) ? 'it is nested too deeply' : message
}

interface Span {
  start: number
  end: number
}

/** Without comments and indentation, but for what stands inside template strings. Lines stay where they are. */
function strip(code: string, comments: Span[], texts: Span[]): string {
  let out = ''
  let at = 0
  for (const { start, end } of comments) {
    // A comment parts what stands before and after it, and may end a line that has no semicolon.
    out += code.slice(at, start) + (code.slice(start, end).replace(/[^\n\u2028\u2029]/g, '') || ' ')
    at = end
  }
  out += code.slice(at)
  if (texts.some(({ start, end }) => code.slice(start, end).includes('\n'))) return out
  return out.replace(/^[ \t]+|[ \t]+$/gm, '')
}

function parseScript(code: string, more: Partial<Options> = {}): Node {
  return parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'script',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: false,
    allowHashBang: true,
    ...more,
  })
}

/**
 * WXS as the template engine runs it. In WXS `x.constructor` is the name of a type, a string, and a
 * required module is named with its extension, and a pattern is written without doubling its
 * backslashes; none of this holds for the script it becomes.
 */
export function compileWxs(path: string, source: string, diagnostics: Diagnostics): string {
  let tree: Node
  try {
    tree = parseScript(source)
  } catch (error) {
    try {
      tree = parseScript((source = withOwnNames(source)))
    } catch {
      const { message, loc } = error as Error & { loc?: { line: number; column: number } }
      diagnostics.error(path, `This WXS cannot be parsed: ${plainly(message.replace(/\s*\(\d+:\d+\)$/, ''))}.`, loc?.line ?? 1, (loc?.column ?? 0) + 1)
      return ''
    }
  }
  const edits: { at: number; remove: number; insert: string }[] = []
  visit(tree, (node) => {
    if (node.type === 'MemberExpression') {
      const member = node as Node & { object: Node; property: Node & { name?: string }; computed: boolean }
      if (!member.computed && member.property.name === 'constructor') {
        edits.push({ at: member.object.start, remove: 0, insert: 'typeName(' })
        edits.push({ at: member.object.end, remove: member.end - member.object.end, insert: ')' })
      }
    } else if (node.type === 'CallExpression') {
      const call = node as Node & { callee: Node & { name?: string }; arguments: (Node & { value?: unknown })[] }
      const target = call.arguments[0]
      if (call.callee.name === 'getRegExp' && target) {
        visit(target, (part) => {
          if (part.type !== 'Literal' || typeof (part as Node & { value?: unknown }).value !== 'string') return
          for (const { 0: escape, index } of source.slice(part.start, part.end).matchAll(/\\[^]/g)) if (!/[\\'"bfnrtvxu0\r\n]/.test(escape[1]!)) edits.push({ at: part.start + index, remove: 0, insert: '\\' })
        })
      }
      if (call.callee.name === 'require' && typeof target?.value === 'string' && target.value.endsWith('.wxs')) {
        edits.push({ at: target.start, remove: target.end - target.start, insert: JSON.stringify(target.value.slice(0, -4)) })
      }
    }
  })
  let out = source
  for (const edit of edits.sort((a, b) => b.at - a.at || b.remove - a.remove)) {
    out = out.slice(0, edit.at) + edit.insert + out.slice(edit.at + edit.remove)
  }
  return out
}

/** Words a script keeps for itself and WXS does not: there `class` is as good a name as any. */
const FREE_IN_WXS = /^(catch|class|const|debugger|enum|export|extends|finally|import|in|instanceof|new|super|throw|try|with)$/

/** The same WXS with other names where it has such words for names. */
function withOwnNames(source: string): string {
  let out = ''
  let at = 0
  let before = ''
  for (const { start, end } of tokenizer(source, { ecmaVersion: 'latest' })) {
    const word = source.slice(start, end)
    const named = before === '.' || ((before === '{' || before === ',') && /^\s*:/.test(source.slice(end, end + 99))) // a member may be called anything
    out += source.slice(at, end) + (FREE_IN_WXS.test(word) && !named ? '$' : '')
    before = word
    at = end
  }
  return out + source.slice(at)
}

/** What a WXS file requires, as written. */
export function wxsRequires(source: string): string[] {
  return Array.from(source.matchAll(/\brequire\s*\(\s*(['"])(.+?)\1\s*\)/g), (match) => match[2]!)
}

/** What a script requires by a literal name, and in which line. */
export function literalRequires(code: string): { request: string; line: number }[] {
  let line = 1
  let at = 0
  return Array.from(code.matchAll(/\brequire\s*\(\s*(['"])(.+?)\1\s*[,)]/g), (match) => {
    for (; at < match.index; at++) if (code.charCodeAt(at) === 10) line++
    return { request: match[2]!, line }
  })
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node)
  for (const child of children(node)) visit(child, see)
}

/** The nodes directly below one. */
export function children(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}
