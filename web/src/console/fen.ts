/** A typed amount in fen, or null when it is not one: digits, and at most two after the point. */
export function fenOf(text: string): number | null {
  const found = /^\s*(\d{1,9})(?:\.(\d{0,2}))?\s*$/.exec(text)
  if (found === null) return null
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
}
