/**
 * Code 128, the bars every till reads (ISO/IEC 15417). Digits go two to a symbol, other text one.
 * A symbol is six widths, bar and gap in turn, eleven modules in all; the end has seven and thirteen.
 */

const SYMBOLS =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 ' +
  '212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 ' +
  '314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 ' +
  '214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232'
export const WIDTHS = SYMBOLS.split(' ')
const END = '2331112'
const [START_B, START_C, MODULO] = [104, 105, 103]

/** The symbols of a text, with start and check; null for what cannot be written so. */
export function symbols(text: string): number[] | null {
  let values: number[]
  if (/^(\d\d)+$/.test(text)) values = [START_C, ...(text.match(/../g) ?? []).map(Number)]
  else if (/^[ -~]+$/.test(text)) values = [START_B, ...[...text].map((letter) => letter.charCodeAt(0) - 32)]
  else return null
  const check = values.reduce((sum, value, at) => sum + value * Math.max(1, at), 0) % MODULO
  return [...values, check]
}

/** Where each bar begins and how wide it is, in modules, and how many modules there are in all. */
export function bars(text: string): { bars: { at: number; width: number }[]; modules: number } | null {
  const found = symbols(text)
  if (found === null) return null
  const widths = [...found.map((value) => WIDTHS[value] ?? ''), END].join('')
  let at = 0
  const drawn: { at: number; width: number }[] = []
  for (const [index, width] of [...widths].map(Number).entries()) {
    if (index % 2 === 0) drawn.push({ at, width })
    at += width
  }
  return { bars: drawn, modules: at }
}
