/** Where the rows of a long list stand, measured where they were seen and estimated where not. */

/** The top of each row, and the end of the last. */
export function layOut(keys: readonly string[], measured: ReadonlyMap<string, number>, estimate: number): Float64Array {
  const offsets = new Float64Array(keys.length + 1)
  let sum = 0
  for (let index = 0; index < keys.length; index += 1) {
    offsets[index] = sum
    sum += measured.get(keys[index] ?? '') ?? estimate
  }
  offsets[keys.length] = sum
  return offsets
}

/** The last row that begins at or before `position`; the first one for positions before it. */
export function rowAt(offsets: Float64Array, position: number): number {
  let low = 0
  let high = Math.max(0, offsets.length - 2)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((offsets[middle] ?? 0) <= position) low = middle
    else high = middle - 1
  }
  return low
}
