/** What the compiler has to say about a program: where, how bad, and one sentence that helps. */

export interface Diagnostic {
  level: 'error' | 'warning'
  file: string
  line: number
  column: number
  message: string
}

export class Diagnostics {
  readonly list: Diagnostic[] = []
  private readonly seen = new Set<string>()
  private watched: Diagnostic[] | undefined

  error(file: string, message: string, line = 1, column = 1): void {
    this.say({ level: 'error', file, line, column, message })
  }

  warn(file: string, message: string, line = 1, column = 1): void {
    this.say({ level: 'warning', file, line, column, message })
  }

  get failed(): boolean {
    return this.list.some((one) => one.level === 'error')
  }

  /** Keep a copy of what is said from now on. */
  watch(): Diagnostic[] {
    return (this.watched = [])
  }

  unwatch(): void {
    this.watched = undefined
  }

  say(one: Diagnostic): void {
    this.watched?.push(one)
    const key = `${one.file}:${one.line}:${one.column}:${one.message}`
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.list.push(one)
  }
}

/** The line and column (from 1) of a character offset. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
