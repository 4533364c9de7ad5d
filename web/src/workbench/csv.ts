/** Tables as files. A cell that a spreadsheet would run as a formula is kept a text. */
export type Cell = string | number | null | undefined

const FORMULA = /^[=+\-@\t\r]/

function cell(value: Cell): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** With a mark at its start, so that spreadsheets read it as UTF-8. */
export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

export function download(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

/** Everything a paged list holds, up to a limit that a browser still bears. */
export async function everyPage<T>(fetch: (before: string | null) => Promise<{ items: T[]; next: string | null }>, limit = 10_000): Promise<T[]> {
  const found: T[] = []
  let next: string | null = null
  do {
    const page: { items: T[]; next: string | null } = await fetch(next)
    found.push(...page.items)
    next = page.next
  } while (next !== null && found.length < limit)
  return found.slice(0, limit)
}
