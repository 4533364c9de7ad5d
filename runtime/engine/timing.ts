/** When what happened in the program's start and routes: what wx.getPerformance tells. Moments are in milliseconds since 1970. */

export interface Timing {
  entryType: 'navigation' | 'render' | 'script' | 'loadPackage' | 'resource'
  name: string
  startTime: number
  duration: number
  [detail: string]: unknown
}

type Listener = (entry: Timing) => void

const MOST = 30
export const timings: Timing[] = []
export const buffer = { most: MOST }
const listeners = new Set<Listener>()

export function record(entry: Timing): void {
  timings.push(entry)
  while (timings.length > buffer.most) timings.shift()
  for (const listener of [...listeners]) listener(entry)
}

export function onTiming(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
