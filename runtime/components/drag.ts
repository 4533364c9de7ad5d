/** One finger, or the mouse, followed from where it comes down to where it leaves. */

export interface Point {
  x: number
  y: number
}

export interface Follower {
  /** It came down here; false to let it be. */
  begin: (point: Point) => boolean
  /** It is here now; true if nothing else shall move by it. */
  move: (point: Point) => boolean
  /** It left. */
  end: () => void
}

/** Elements inside one another may follow the same finger; whoever moves by it first has it to the end. */
let taken: HTMLElement | null = null

export function follow(element: HTMLElement, follower: Follower): void {
  let following = false
  const begin = (point: Point): void => {
    taken = null
    following = follower.begin(point)
  }
  const move = (point: Point): boolean => {
    if (!following || (taken && taken !== element)) return false
    const moved = follower.move(point)
    if (moved) taken = element
    return moved
  }
  const end = (): void => {
    if (following) follower.end()
    following = false
  }
  const first = (event: TouchEvent): Point => ({ x: event.touches[0]!.clientX, y: event.touches[0]!.clientY })
  element.addEventListener('touchstart', (event) => {
    if (event.touches.length === 1) begin(first(event))
  }, { passive: true })
  // Not passive: what follows a finger keeps the page from scrolling by it.
  element.addEventListener('touchmove', (event) => {
    if (move(first(event)) && event.cancelable) event.preventDefault()
  }, { passive: false })
  element.addEventListener('touchend', (event) => {
    if (!event.touches.length) end()
  })
  element.addEventListener('touchcancel', end)
  element.addEventListener('mousedown', (event) => {
    if (event.button !== 0) return
    begin({ x: event.clientX, y: event.clientY })
    const moved = (one: MouseEvent): void => void move({ x: one.clientX, y: one.clientY })
    const up = (): void => {
      window.removeEventListener('mousemove', moved)
      window.removeEventListener('mouseup', up)
      end()
    }
    window.addEventListener('mousemove', moved)
    window.addEventListener('mouseup', up)
  })
}

/** How fast a finger was when it left, in pixels a millisecond, from its last moves. */
export class Speed {
  private points: { x: number; y: number; at: number }[] = []

  add(point: Point): void {
    const at = performance.now()
    this.points = [...this.points.filter((one) => at - one.at < 100), { ...point, at }]
  }

  take(): Point {
    const [first, last] = [this.points[0], this.points.at(-1)]
    this.points = []
    if (!first || !last || last.at === first.at) return { x: 0, y: 0 }
    // A finger that rested before it left has no speed.
    if (performance.now() - last.at > 100) return { x: 0, y: 0 }
    return { x: (last.x - first.x) / (last.at - first.at), y: (last.y - first.y) / (last.at - first.at) }
  }
}
