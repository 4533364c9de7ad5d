/**
 * Writes down which test showed which row of a catalogue, while HUTONG_RECORD names a folder: the same lines as
 * tests/recorder.py, joined by hutong/server/coverage.py. A row counts only if the test that showed it passed.
 */

import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach } from 'vitest'

export type Catalogue = 'wx_api' | 'wx_api_objects' | 'components' | 'app_config'

/** What makes up a row's name, as `row_key` in coverage.py. */
const KEYS: Record<Catalogue, (row: Record<string, string>) => string> = {
  wx_api: (row) => row.name!,
  wx_api_objects: (row) => `${row.object}.${row.method}`,
  components: (row) => `${row.component}.${row.member}${row.kind === 'value' ? `=${row.values}` : ''}`,
  app_config: (row) => `${row.file} ${row.key}`,
}

const folder = process.env.HUTONG_RECORD && join(resolve(fileURLToPath(new URL('../../', import.meta.url)), process.env.HUTONG_RECORD), `vitest-${process.pid}-${process.env.VITEST_WORKER_ID ?? '0'}-${Date.now()}`)
if (folder) mkdirSync(folder, { recursive: true })

function write(file: string, line: object): void {
  if (folder) appendFileSync(join(folder, file), `${JSON.stringify(line)}\n`)
}

let last = 0

/** Milliseconds, each later than the one before, so that no moment belongs to two tests. */
function tick(): number {
  return (last = Math.max(Date.now(), last + 1))
}

const read = new Map<Catalogue, Record<string, string>[]>()

/** The rows of a catalogue. */
export function rows(catalogue: Catalogue): Record<string, string>[] {
  let found = read.get(catalogue)
  if (!found) {
    const text = readFileSync(new URL(`../../hutong/catalogue/${catalogue}.csv`, import.meta.url), 'utf8')
    const [head, ...lines] = parse(text)
    found = lines.map((cells) => Object.fromEntries(head!.map((name, at) => [name, cells[at] ?? ''])))
    read.set(catalogue, found)
  }
  return found
}

/** The names of a catalogue's rows, as `proves` takes them. */
export function names(catalogue: Catalogue): string[] {
  return rows(catalogue).map(KEYS[catalogue])
}

/** Say, after the assertions, that the running test has shown these rows. Throws for a row that is not listed. */
export function proves(catalogue: Catalogue, ...shown: string[]): void {
  const known = new Set(names(catalogue))
  for (const row of shown) {
    if (!known.has(row)) throw new Error(`${catalogue} lists no ${row}`)
    write('rows.jsonl', { kind: 'row', at: tick(), catalogue, row })
  }
}

/** Say that the running test shows these requirements. */
export function shows(...ids: string[]): void {
  shown.push(...ids)
}

let startedAt = 0
let shown: string[] = []
beforeEach(() => {
  startedAt = tick()
  shown = []
})
afterEach(({ task }) => {
  const file = task.file.name.replace(/^.*?(?=tests\/)/, '')
  write('tests.jsonl', { kind: 'test', name: `${file}::${task.name}`, started_at: startedAt, ended_at: tick(), passed: task.result?.state !== 'fail' && !task.result?.errors?.length, shows: shown })
})

function parse(text: string): string[][] {
  const found: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[at++]
      else quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === ',' || letter === '\n') {
      row.push(cell)
      cell = ''
      if (letter === '\n') {
        found.push(row)
        row = []
      }
    } else if (letter !== '\r') cell += letter
  }
  return found
}
