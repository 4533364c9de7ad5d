/** Where in the program's own files something was said: the lines of a stack, by the packages' source maps. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'

import type { Session } from './session'

export interface Place {
  path: string
  line: number
}

const FRAME = /\/run\/dev-\w+\/([\w.-]+\.js):(\d+):(\d+)/
const maps = new Map<string, Promise<TraceMap | null>>()

/** The first line of a stack that lies in the program. */
export async function placeOf(stack: string, session: Session): Promise<Place | null> {
  const match = FRAME.exec(stack)
  if (match === null) return null
  const [, file = '', line, column] = match
  let map = maps.get(file)
  if (map === undefined) {
    map = session.ask<{ map: string }>('Sources.map', { file }).then(({ map: text }) => (text === '' ? null : new TraceMap(text)))
    maps.set(file, map)
  }
  const known = await map
  if (known === null) return null
  const found = originalPositionFor(known, { line: Number(line), column: Number(column) })
  return found.source === null ? null : { path: found.source, line: found.line }
}
