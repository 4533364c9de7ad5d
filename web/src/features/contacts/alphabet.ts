/** The order of names: by pinyin for Chinese ones, under the letter they begin with. */
const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin', { numeric: true, sensitivity: 'base' })

/** The first character of each letter's syllables in pinyin order; I, U and V begin none. */
const FIRSTS: readonly (readonly [string, string])[] = [
  ['\u963f', 'A'],
  ['\u516b', 'B'],
  ['\u5693', 'C'],
  ['\u54d2', 'D'],
  ['\u59b8', 'E'],
  ['\u53d1', 'F'],
  ['\u65ee', 'G'],
  ['\u54c8', 'H'],
  ['\u8ba5', 'J'],
  ['\u5494', 'K'],
  ['\u5783', 'L'],
  ['\u5988', 'M'],
  ['\u62cf', 'N'],
  ['\u5662', 'O'],
  ['\u5991', 'P'],
  ['\u4e03', 'Q'],
  ['\u5465', 'R'],
  ['\u4ee8', 'S'],
  ['\u4ed6', 'T'],
  ['\u7a75', 'W'],
  ['\u5915', 'X'],
  ['\u4e2b', 'Y'],
  ['\u5e00', 'Z'],
]

export function letterOf(name: string): string {
  const first = [...name.trim()][0] ?? ''
  const latin = first.normalize('NFD').charAt(0).toUpperCase()
  if (/[A-Z]/.test(latin)) return latin
  if (!/\p{Script=Han}/u.test(first)) return '#'
  let letter = '#'
  for (const [character, found] of FIRSTS) {
    if (collator.compare(first, character) < 0) break
    letter = found
  }
  return letter
}

/** Letters first, then everything else under '#'. */
export function compareNames(a: string, b: string): number {
  const [x, y] = [letterOf(a), letterOf(b)]
  if (x !== y) return x === '#' ? 1 : y === '#' ? -1 : x < y ? -1 : 1
  return collator.compare(a, b)
}
