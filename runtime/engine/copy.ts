/**
 * Copies of what a program sets as data. Plain objects and arrays are copied, cycles kept; whatever
 * has a class of its own (a component, a date, a buffer) is passed as it is, since copying a component
 * would copy the whole engine behind it.
 */
export function copyData<T>(value: T): T {
  return copy(value, null) as T
}

/** What is being copied, from the inside out: a value found here again closes a cycle. */
interface Open {
  source: object
  copied: unknown
  outer: Open | null
}

function copy(value: unknown, open: Open | null): unknown {
  if (typeof value !== 'object' || value === null) return value
  const isArray = Array.isArray(value)
  if (!isArray) {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return value
  }
  for (let one = open; one; one = one.outer) if (one.source === value) return one.copied
  if (isArray) {
    const out: unknown[] = new Array(value.length)
    const here = { source: value, copied: out, outer: open }
    for (let i = 0; i < value.length; i++) out[i] = copy(value[i], here)
    return out
  }
  const out: Record<string, unknown> = {}
  const here = { source: value, copied: out, outer: open }
  for (const key of Object.keys(value)) out[key] = copy((value as Record<string, unknown>)[key], here)
  return out
}
