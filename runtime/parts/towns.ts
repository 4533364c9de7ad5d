/** Towns and streets below each county. A separate part, because few programs ask for them and they are many. */

import lines from 'divisions:towns'
import type { Division } from './regions'

const byCounty = new Map(lines.split('\n').map((line) => [line.slice(0, 6), line.slice(7)]))

export const towns = (county: string): Division[] =>
  (byCounty.get(county)?.split('|') ?? []).map((one) => ({ code: county + one.slice(0, 3), name: one.slice(3) }))
