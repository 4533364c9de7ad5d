/** What of the published surface is not served here, as the build wrote it from the table of `wx` and the elements. */

interface Support {
  missing: string[]
  elements: Record<string, { attributes: Record<string, string[] | null>; events: string[] }>
}

declare const __HUTONG_SUPPORT__: Support

const support: Support | null = typeof __HUTONG_SUPPORT__ === 'undefined' ? null : __HUTONG_SUPPORT__
const missing = new Set(support?.missing)

/** Attributes any element takes. */
const COMMON = /^(id|class|style|hidden|slot|is|animation|generic:.*|data-.*|aria-.*|role|worklet:.*|change:.*|mark:.*|model:.*|wx:.*|bind.*|catch.*|capture-.*|mut-.*)$/

/** A warning for a published name of `wx` that is not served, or undefined. */
export function unsupportedApi(name: string): string | undefined {
  return missing.has(name) ? `wx.${name} is not supported here; it fails with "${name}:fail not supported". Ask wx.canIUse('${name}') first.` : undefined
}

/** A warning for an attribute that a built-in element does not read, or undefined; unknown elements are no business of this. */
export function unsupportedAttribute(element: string, attribute: string): string | undefined {
  const known = support?.elements[element]
  if (!known || COMMON.test(attribute) || attribute in known.attributes) return undefined
  return `<${element}> does not read the attribute "${attribute}"; it changes nothing.`
}

export function isBuiltIn(element: string): boolean {
  return !support || element in support.elements
}
