/** Reed–Solomon over GF(256) with x⁸+x⁴+x³+x²+1; words have their roots at 2⁰ … 2^(parity-1). */
const POWERS = new Uint8Array(510)
const LOGS = new Uint8Array(256)
for (let at = 0, value = 1; at < 255; at += 1, value = (value << 1) ^ (value & 0x80 ? 0x11d : 0)) {
  POWERS[at] = POWERS[at + 255] = value
  LOGS[value] = at
}
const power = (of: number): number => POWERS[of] as number
const log = (of: number): number => LOGS[of] as number
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : power(log(a) + log(b)))
const over = (a: number, b: number): number => (a === 0 ? 0 : power(log(a) + 255 - log(b)))

/** The value of a polynomial, lowest power first. */
const value = (polynomial: number[], at: number): number => polynomial.reduceRight((sum, factor) => times(sum, at) ^ factor, 0)

/** The word with at most `parity` / 2 wrong bytes put right, or null: there are more. */
export function correct(word: Uint8Array, parity: number): Uint8Array | null {
  const reversed = [...word].reverse()
  const syndromes = Array.from({ length: parity }, (_, at) => value(reversed, power(at)))
  if (syndromes.every((one) => one === 0)) return word

  // Berlekamp–Massey: the shortest register that makes the syndromes has its roots where the errors are.
  let locator = [1]
  let before = [1]
  let errors = 0
  let gap = 1
  let last = 1
  for (let at = 0; at < parity; at += 1) {
    let off = syndromes[at] as number
    for (let back = 1; back <= errors; back += 1) off ^= times(locator[back] ?? 0, syndromes[at - back] as number)
    if (off === 0) {
      gap += 1
      continue
    }
    const factor = over(off, last)
    const next = Array.from({ length: Math.max(locator.length, before.length + gap) }, (_, place) => (locator[place] ?? 0) ^ times(factor, before[place - gap] ?? 0))
    if (2 * errors <= at) {
      before = locator
      last = off
      errors = at + 1 - errors
      gap = 1
    } else {
      gap += 1
    }
    locator = next
  }
  if (2 * errors > parity) return null

  const places: number[] = []
  for (let place = 0; place < word.length; place += 1) if (value(locator, power(255 - place)) === 0) places.push(place)
  if (places.length !== errors) return null

  // Forney: how far each byte is off.
  const evaluator = Array.from({ length: parity }, (_, at) => locator.slice(0, at + 1).reduce((sum, factor, place) => sum ^ times(factor, syndromes[at - place] as number), 0))
  const derived = locator.map((_, at) => (at % 2 === 0 ? (locator[at + 1] ?? 0) : 0))
  const right = word.slice()
  for (const place of places) {
    const inverse = power(255 - place)
    const slope = value(derived, inverse)
    if (slope === 0) return null
    const spot = word.length - 1 - place
    right[spot] = (right[spot] as number) ^ times(power(place), over(value(evaluator, inverse), slope))
  }
  const settled = [...right].reverse()
  return syndromes.every((_, at) => value(settled, power(at)) === 0) ? right : null
}
