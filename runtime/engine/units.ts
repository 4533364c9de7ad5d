/** Lengths that only mini programs know, where they are met at run time: inline styles and script. */

const RPX = /(^|[^\w.-])(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)rpx\b/gi
const VH = /(^|[^\w.-])(-?(?:\d+\.?\d*|\.\d+))vh\b/gi

let round = true

/** Whether a length that is less than a pixel still shows as one, as it does unless a program asks for exact widths. */
export function roundUnits(next: boolean): void {
  round = next
}

/** Below this many rpx a length may come to less than one pixel. */
const THIN_RPX = 2

export function rpxToCss(n: number, thin: boolean): string {
  // Few enough digits to read, enough that whole pixels come out whole: a border of 1.99999 pixels is drawn as one.
  const width = `${Math.round((n / 7.5) * 1e8) / 1e8}vw`
  return thin && n > 0 && n < THIN_RPX ? `max(1px, ${width})` : width
}

export function convertRuntimeUnits(style: string): string {
  let out = style
  if (out.includes('rpx') || out.includes('RPX')) out = out.replace(RPX, (_, before: string, n: string) => before + rpxToCss(Number(n), round))
  if (out.includes('vh')) out = out.replace(VH, (_, before: string, n: string) => `${before}calc(${n} * var(--page-vh, 1vh))`)
  return out
}

/** A length of the API, in pixels: numbers are pixels already. */
export function toPixels(length: unknown): number {
  if (typeof length === 'number') return length
  const text = String(length ?? '')
  const n = parseFloat(text)
  if (Number.isNaN(n)) return 0
  return text.trim().endsWith('rpx') ? (n * document.documentElement.clientWidth) / 750 : n
}
