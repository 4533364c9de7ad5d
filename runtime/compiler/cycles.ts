/** Files that lead back to themselves. */

export interface Edge {
  to: string
  /** Where in the file the way begins, from 1. */
  line: number
}

export interface Circle {
  /** The files along it, the first again at the end. */
  path: string[]
  /** The file that closes it, and where. */
  file: string
  line: number
}

/** Each circle once. Iterative: a chain may be as long as a program. */
export function circles(edges: Map<string, Edge[]>): Circle[] {
  const found: Circle[] = []
  const done = new Set<string>()
  for (const start of edges.keys()) {
    if (done.has(start)) continue
    const trail: { file: string; next: number }[] = [{ file: start, next: 0 }]
    const open = new Map([[start, 0]])
    while (trail.length) {
      const top = trail[trail.length - 1]!
      const edge = edges.get(top.file)?.[top.next++]
      if (!edge) {
        done.add(top.file)
        open.delete(top.file)
        trail.pop()
        continue
      }
      const back = open.get(edge.to)
      if (back !== undefined) found.push({ path: [...trail.slice(back).map((one) => one.file), edge.to], file: top.file, line: edge.line })
      else if (!done.has(edge.to)) {
        open.set(edge.to, trail.length)
        trail.push({ file: edge.to, next: 0 })
      }
    }
  }
  return found
}
