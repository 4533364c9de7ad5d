/**
 * WXSS to CSS. Units become ones the browser knows, elements get their runtime names, and each sheet
 * is kept to where it belongs: a page's to its page, a component's to its own classes.
 */

import postcss, { type AtRule, type Declaration, type Rule } from 'postcss'
import selectorParser, { type Selector } from 'postcss-selector-parser'

import { type Diagnostics, positionAt } from './diagnostics'
import { scopeOf } from './hash'
import { plainStyle, resolveStyle } from './languages'
import { join } from './paths'
import type { Sources } from './sources'
import { rpxToCss } from '../engine/units'

/** An isolated page keeps its classes to itself, as components do. */
export type SheetKind = 'app' | 'page' | 'isolated page' | 'component'

const RPX = /(^|[^\w.-])(-?(?:\d+\.?\d*|\.\d+))rpx\b/gi
const VH = /(^|[^\w.-])(-?(?:\d+\.?\d*|\.\d+))vh\b/gi
const LOCAL_URL = /url\(\s*(['"]?)(?!data:|https?:|blob:|\/\/|#)([^'")]+)\1\s*\)/gi

/** `750rpx` is the width of the screen, and `100vh` the height of the page, not of the frame around it. */
export function convertUnits(value: string, exact = false): string {
  return value
    .replace(RPX, (_, before: string, n: string) => before + rpxToCss(Number(n), !exact))
    .replace(VH, (_, before: string, n: string) => `${before}calc(${n} * var(--page-vh, 1vh))`)
}

const DEEPEST = 100

/** Properties that WebKit still knows only by its own name. */
const PREFIXED = new Set(['user-select', 'backdrop-filter', 'appearance', 'text-size-adjust', 'box-decoration-break', 'hyphens', 'print-color-adjust', 'initial-letter', 'mask', 'mask-image', 'mask-size', 'mask-position', 'mask-repeat', 'mask-origin', 'mask-clip', 'mask-composite', 'clip-path', 'line-clamp'])

/** `prefix` gives each of those its other name as well; `exact` lets lengths be thinner than a pixel. */
export function compileStyle(path: string, kind: SheetKind, owner: string, sources: Sources, diagnostics: Diagnostics, prefix = true, exact = false): string {
  const root = postcss.root()
  inline(path, root, new Set(), sources, diagnostics)

  const scope = scopeOf(owner)
  const keyframes = new Map<string, string>()
  if (keepsClasses(kind)) {
    root.walkAtRules(/keyframes$/i, (rule) => {
      keyframes.set(rule.params.trim(), `${scope}--${rule.params.trim()}`)
    })
  }
  const rewrite = selectorParser((selectors) => {
    for (const selector of [...selectors.nodes]) rewriteSelector(selector, kind, owner, scope)
  })

  const again: AtRule[] = []
  root.walk((node) => {
    if (node.type === 'rule') {
      const rule = node as Rule
      if (insideKeyframes(rule)) return
      try {
        rule.selector = rewrite.processSync(rule.selector)
      } catch {
        const file = rule.source?.input.file ?? path
        diagnostics.warn(file, `The selector "${rule.selector}" is not understood; its rule was left out.`, rule.source?.start?.line)
        rule.remove()
      }
    } else if (node.type === 'decl') rewriteDeclaration(node as Declaration, keyframes, path, sources, exact)
    else if (node.type === 'atrule') {
      const rule = node as AtRule
      if (/keyframes$/i.test(rule.name)) {
        const renamed = keyframes.get(rule.params.trim())
        if (renamed) {
          // The plain name stays as well: inline styles and scripts name animations, and are not rewritten.
          again.push(rule.clone())
          rule.params = renamed
        }
      } else if (rule.name === 'media') {
        rule.params = rule.params.replace(RPX, (_, before: string, n: string) => `${before}${Number(n) / 2}px`)
      } else if (rule.name === 'import' || rule.name === 'charset') rule.remove()
    }
  })
  for (const rule of again) root.append(rule)
  if (prefix) {
    root.walkDecls((decl) => {
      const twin = `-webkit-${decl.prop}`
      if (PREFIXED.has(decl.prop) && !decl.parent?.some((one) => one.type === 'decl' && one.prop === twin)) decl.cloneBefore({ prop: twin })
    })
  }
  root.walkComments((comment) => {
    comment.remove()
  })
  return root
    .toString()
    .replace(/\n\s*/g, '\n')
    .trim()
}

function keepsClasses(kind: SheetKind): boolean {
  return kind === 'component' || kind === 'isolated page'
}

/** Where a sheet goes deeper than anybody writes, as an offset. */
function tooDeep(text: string): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/\/\*[^]*?\*\/|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|[{}]/g)) {
    if (token === '{' && ++depth > DEEPEST) return index
    if (token === '}') depth--
  }
  return undefined
}

function inline(path: string, into: postcss.Root | postcss.AtRule, open: Set<string>, sources: Sources, diagnostics: Diagnostics): void {
  if (open.has(path)) {
    diagnostics.warn(path, 'This style sheet imports itself, directly or through another; the second time was left out.')
    return
  }
  open.add(path)
  const text = plainStyle(path, sources, diagnostics)
  const deep = tooDeep(text)
  if (deep !== undefined) {
    const { line, column } = positionAt(text, deep)
    diagnostics.error(path, `Rules are nested more than ${DEEPEST} deep here.`, line, column)
    open.delete(path)
    return
  }
  let sheet: postcss.Root
  try {
    sheet = postcss.parse(text, { from: path })
  } catch (error) {
    const { reason, line, column } = error as { reason?: string; line?: number; column?: number }
    diagnostics.error(path, `This style sheet cannot be parsed: ${reason ?? String(error)}.`, line, column)
    open.delete(path)
    return
  }
  for (const node of [...sheet.nodes]) {
    if (node.type !== 'atrule' || node.name !== 'import') {
      into.append(node)
      continue
    }
    const match = /^\s*(?:url\(\s*)?['"]?([^'")\s]+)['"]?\s*\)?\s*(.*)$/.exec(node.params)
    const target = match && resolveStyle(path, match[1]!, sources)
    if (!match || !target) {
      diagnostics.error(path, `The style sheet ${node.params} imported here does not exist.`, node.source?.start?.line, node.source?.start?.column)
      continue
    }
    if (match[2]) {
      const media = postcss.atRule({ name: 'media', params: match[2] })
      into.append(media)
      inline(target, media, open, sources, diagnostics)
    } else inline(target, into, open, sources, diagnostics)
  }
  open.delete(path)
}

function rewriteSelector(selector: Selector, kind: SheetKind, owner: string, scope: string): void {
  const isPage = kind === 'page' || kind === 'isolated page'
  let scoped = false
  selector.walk((node) => {
    if (node.type === 'tag') {
      if (node.value === 'page') {
        node.value = isPage ? `wx-page:where([is="${owner}"])` : 'wx-page'
        scoped = true
      } else if (!node.value.startsWith('wx-') && !/^(from|to|[\d.]+%)$/.test(node.value)) {
        node.value = `wx-${node.value.toLowerCase()}`
      }
    } else if (node.type === 'class' && keepsClasses(kind)) {
      node.value = `${scope}--${node.value}`
      scoped = true
    } else if (node.type === 'pseudo' && node.value === ':host') {
      const inner = node.nodes.map(String).join(',')
      const host = `[wx-host="${scope}"]${inner}`
      node.replaceWith(selectorParser.tag({ value: host }))
      scoped = true
    }
  })
  const prefix = kind === 'app' ? (selector.some((node) => node.type === 'universal') && !scoped ? ':where(wx-page) ' : '')
    : scoped ? ''
    : isPage ? `:where([is="${owner}"]) `
    : `:where([wx-host="${scope}"]) `
  if (prefix) {
    const first = selector.first
    if (first) first.spaces.before = ''
    // A virtual host is no element that what it holds could stand in; what it holds then says itself where it belongs.
    if (kind === 'component' && first) {
      const twin = selector.clone({}) as Selector
      const own = selectorParser.tag({ value: `:where([wx-in="${scope}"])` }) as never
      if (first.type === 'pseudo' && first.value.startsWith('::')) twin.prepend(own)
      else twin.insertAfter(twin.first, own)
      selector.parent!.append(twin as never)
    }
    selector.prepend(selectorParser.tag({ value: prefix }) as never)
  }
}

function rewriteDeclaration(decl: Declaration, keyframes: Map<string, string>, path: string, sources: Sources, exact: boolean): void {
  let value = decl.value
  if (/rpx|vh/i.test(value)) value = convertUnits(value, exact)
  if (keyframes.size && /^(-webkit-)?animation(-name)?$/i.test(decl.prop)) {
    value = value.replace(/[\w-]+/g, (word) => keyframes.get(word) ?? word)
  }
  if (value.includes('url(')) {
    const from = decl.source?.input.file ?? path
    value = value.replace(LOCAL_URL, (whole, _quote: string, target: string) => {
      const clean = join(from, target.split(/[?#]/)[0]!)
      return sources.has(clean) ? `url("asset:/${clean}")` : whole
    })
  }
  decl.value = value
}

function insideKeyframes(rule: Rule): boolean {
  const parent = rule.parent
  return parent?.type === 'atrule' && /keyframes$/i.test((parent as AtRule).name)
}
