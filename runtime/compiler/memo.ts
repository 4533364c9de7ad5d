/** What was worked out before, for as long as the files it was read from have not changed. */

import type { Diagnostic, Diagnostics } from './diagnostics'
import type { Sources } from './sources'

interface Kept {
  read: Map<string, unknown>
  said: Diagnostic[]
  value: unknown
}

export class Memo {
  private kept = new Map<string, Kept>()
  private used = new Map<string, Kept>()

  /** The value of `make`, which may depend on nothing but `key` and what it reads of the sources. */
  of<T>(key: string, sources: Sources, diagnostics: Diagnostics, make: () => T): T {
    const known = this.kept.get(key)
    if (known && [...known.read].every(([path, content]) => sources.content(path) === content)) {
      for (const one of known.said) diagnostics.say(one)
      this.used.set(key, known)
      return known.value as T
    }
    const read = sources.watch()
    const said = diagnostics.watch()
    let value: T
    try {
      value = make()
    } finally {
      sources.unwatch()
      diagnostics.unwatch()
    }
    this.used.set(key, { read, said, value })
    return value
  }

  /** Forget what this compilation did not ask for. */
  turn(): void {
    this.kept = this.used
    this.used = new Map()
  }
}
