/**
 * wx.worklet and wx.router: values that styles follow, animations of values, and pages that come in as the program
 * draws it. What the original runs beside the page's script runs here between two pictures of the same thread.
 */

type Style = Record<string, string | number>

// ── values ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What is being worked out now, so that the values it reads know whom to tell. */
let reading: (() => void) | null = null

class Shared<T = any> {
  readonly #told = new Set<() => void>()
  #value: T
  #stop: (() => void) | undefined

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    if (reading) this.#told.add(reading)
    return this.#value
  }

  /** A plain value is taken at once; an animation leads there. */
  set value(next: T | Animation) {
    Shared.halt(this)
    if (next instanceof Animation) this.#stop = play(next, Number(this.#value), (now) => Shared.put(this, now as T))
    else Shared.put(this, next)
  }

  static put<T>(one: Shared<T>, next: T): void {
    if (Object.is(one.#value, next)) return
    one.#value = next
    // Whoever is told reads again what it still needs, and is added anew.
    for (const tell of [...one.#told]) {
      one.#told.delete(tell)
      tell()
    }
  }

  static halt(one: Shared): void {
    one.#stop?.()
    one.#stop = undefined
  }
}

/** Runs now, and again whenever a value it read has changed; gives back what ends that. */
function follow(run: () => void): () => void {
  let ended = false
  const again = (): void => {
    if (ended) return
    const outer = reading
    reading = again
    try {
      run()
    } finally {
      reading = outer
    }
  }
  again()
  return () => {
    ended = true
  }
}

function derived<T>(work: () => T): { readonly value: T } {
  const made = new Shared<T>(undefined as T)
  follow(() => Shared.put(made, work()))
  return made
}

// ── animations ─────────────────────────────────────────────────────────────────────────────────────────────

type Done = ((finished: boolean) => void) | undefined
/** From where and how fast it begins, to the value at each moment since, in milliseconds; `over` at its end. */
type Course = (from: number) => (passed: number) => { value: number; over: boolean }

class Animation {
  constructor(
    readonly course: Course,
    readonly done?: Done,
  ) {}
}

/** Draws it until it is over or halted; whoever asked to hear hears which. */
function play(animation: Animation, from: number, put: (value: number) => void): () => void {
  const at = animation.course(from)
  const begun = performance.now()
  let frame = 0
  let going = true
  const end = (finished: boolean): void => {
    if (!going) return
    going = false
    cancelAnimationFrame(frame)
    animation.done?.(finished)
  }
  const step = (now: number): void => {
    const { value, over } = at(Math.max(0, now - begun))
    put(value)
    if (!going) return
    if (over) end(true)
    else frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
  return () => end(false)
}

type Ease = (t: number) => number

function timing(toValue: number, { duration = 300, easing = Easing.inOut(Easing.quad) }: { duration?: number; easing?: Ease | { factory: () => Ease } } = {}, done?: Done): Animation {
  const ease = typeof easing === 'function' ? easing : easing.factory()
  return new Animation((from) => (passed) => (passed >= duration ? { value: toValue, over: true } : { value: from + (toValue - from) * ease(passed / duration), over: false }), done)
}

/** Small steps of the equation of a damped spring; `velocity` is a second's, as the thresholds are. */
function spring(toValue: number, { damping = 10, mass = 1, stiffness = 100, overshootClamping = false, restDisplacementThreshold = 0.01, restSpeedThreshold = 2, velocity = 0 } = {}, done?: Done): Animation {
  const STEP_S = 1 / 240
  return new Animation((from) => {
    let [place, speed, passedBefore] = [from, velocity, 0]
    return (passed) => {
      for (; passedBefore + STEP_S * 1000 <= passed; passedBefore += STEP_S * 1000) {
        speed += ((-stiffness * (place - toValue) - damping * speed) / mass) * STEP_S
        place += speed * STEP_S
        const beyond = overshootClamping && (from < toValue ? place > toValue : place < toValue)
        if (beyond || (Math.abs(speed) < restSpeedThreshold && Math.abs(place - toValue) < restDisplacementThreshold)) return { value: toValue, over: true }
      }
      return { value: place, over: false }
    }
  }, done)
}

/** `deceleration` is what is left of the speed after a millisecond. */
function decay({ velocity = 0, deceleration = 0.998, clamp }: { velocity?: number; deceleration?: number; clamp?: [number, number] } = {}, done?: Done): Animation {
  const SLOWEST = 5
  return new Animation((from) => (passed) => {
    const left = deceleration ** passed
    const value = from + (velocity / 1000) * ((1 - left) / (1 - deceleration))
    const within = clamp ? Math.min(clamp[1], Math.max(clamp[0], value)) : value
    return { value: within, over: within !== value || Math.abs(velocity * left) < SLOWEST }
  }, done)
}

function delay(ms: number, next: Animation): Animation {
  return new Animation((from) => {
    let at: ReturnType<Course> | undefined
    return (passed) => (passed < ms ? { value: from, over: false } : (at ??= next.course(from))(passed - ms))
  }, next.done)
}

function sequence(...all: Animation[]): Animation {
  return new Animation((from) => {
    let [index, begun, last] = [0, 0, from]
    let at = all[0]?.course(from)
    return (passed) => {
      if (!at) return { value: from, over: true }
      const { value, over } = at(passed - begun)
      last = value
      if (!over) return { value, over: false }
      const { done } = all[index]!
      if (done) queueMicrotask(() => done(true)) // once its last value stands
      index += 1
      begun = passed
      at = all[index]?.course(last)
      return { value, over: index >= all.length }
    }
  })
}

/** So many times, for ever below one; every other time back again with `reverse`. */
function repeat(one: Animation, times = 2, reverse = false, done?: Done): Animation {
  return new Animation((from) => {
    let [count, begun, start] = [0, 0, from]
    let at = one.course(from)
    let target = from
    return (passed) => {
      const back = reverse && count % 2 === 1
      const { value, over } = at(passed - begun)
      const shown = back ? target - (value - start) : value
      if (!over) return { value: shown, over: false }
      if (!back) target = value
      count += 1
      begun = passed
      start = from
      at = one.course(start)
      return { value: shown, over: times > 0 && count >= times }
    }
  }, done)
}

const BOUNCE = 7.5625
const Easing = {
  linear: ((t) => t) as Ease,
  quad: ((t) => t * t) as Ease,
  cubic: ((t) => t ** 3) as Ease,
  poly: (n: number): Ease => (t) => t ** n,
  sin: ((t) => 1 - Math.cos((t * Math.PI) / 2)) as Ease,
  circle: ((t) => 1 - Math.sqrt(1 - t * t)) as Ease,
  exp: ((t) => 2 ** (10 * (t - 1))) as Ease,
  ease: (t: number): number => bezier(0.42, 0, 1, 1)(t),
  elastic: (bounciness = 1): Ease => (t) => 1 - Math.cos((t * Math.PI) / 2) ** 3 * Math.cos(t * bounciness * Math.PI),
  bounce: ((t) => {
    if (t < 1 / 2.75) return BOUNCE * t * t
    if (t < 2 / 2.75) return BOUNCE * (t - 1.5 / 2.75) ** 2 + 0.75
    if (t < 2.5 / 2.75) return BOUNCE * (t - 2.25 / 2.75) ** 2 + 0.9375
    return BOUNCE * (t - 2.625 / 2.75) ** 2 + 0.984375
  }) as Ease,
  bezier: (x1: number, y1: number, x2: number, y2: number): { factory: () => Ease } => ({ factory: () => bezier(x1, y1, x2, y2) }),
  // Not in the published list; programs of the platform itself call it, and its result as a function.
  cubicBezier: (x1: number, y1: number, x2: number, y2: number): Ease => bezier(x1, y1, x2, y2),
  in: (ease: Ease): Ease => ease,
  out: (ease: Ease): Ease => (t) => 1 - ease(1 - t),
  inOut: (ease: Ease): Ease => (t) => (t < 0.5 ? ease(t * 2) / 2 : 1 - ease((1 - t) * 2) / 2),
}

function bezier(x1: number, y1: number, x2: number, y2: number): Ease {
  const along = (a: number, b: number, s: number): number => 3 * a * s * (1 - s) ** 2 + 3 * b * s * s * (1 - s) + s ** 3
  return (t) => {
    let [low, high] = [0, 1]
    for (let turn = 0; turn < 30; turn++) {
      const middle = (low + high) / 2
      if (along(x1, x2, middle) < t) low = middle
      else high = middle
    }
    return along(y1, y2, (low + high) / 2)
  }
}

export const worklet = {
  shared: <T>(value: T) => new Shared(value),
  derived,
  timing,
  spring,
  decay,
  delay,
  sequence,
  repeat,
  Easing,
  cancelAnimation: (value: unknown) => value instanceof Shared && Shared.halt(value),
  runOnUI: <A extends unknown[]>(run: (...args: A) => unknown) => (...args: A) => void queueMicrotask(() => run(...args)),
  runOnJS: <A extends unknown[]>(run: (...args: A) => unknown) => (...args: A) => void queueMicrotask(() => run(...args)),
}

// ── styles ─────────────────────────────────────────────────────────────────────────────────────────────────

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function wear(element: HTMLElement, style: Style, units: (value: string) => string): void {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(dashed(name), units(String(value)))
}

/** The elements keep what the last picture gave them, until whoever ends it has it taken off. */
export function applyStyle(find: () => HTMLElement[], work: () => Style, units: (value: string) => string): () => void {
  const worn = new Map<HTMLElement, Set<string>>()
  const end = follow(() => {
    const style = work()
    for (const element of find()) {
      if (!worn.has(element)) worn.set(element, new Set())
      for (const name of Object.keys(style)) worn.get(element)!.add(name)
      wear(element, style, units)
    }
  })
  return () => {
    end()
    for (const [element, names] of worn) for (const name of names) element.style.removeProperty(dashed(name))
  }
}

// ── routes ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The published numbers of how far a page's coming and going is. */
const STATUS = { dismissed: 0, forward: 1, reverse: 2, completed: 3 }

interface Made {
  transitionDuration?: number
  opaque?: boolean
  barrierColor?: string
  handlePrimaryAnimation?: () => Style
  handleSecondaryAnimation?: () => Style
}
interface Context {
  primaryAnimation: Shared<number>
  primaryAnimationStatus: Shared<number>
  secondaryAnimation: Shared<number>
  secondaryAnimationStatus: Shared<number>
  userGestureInProgress: Shared<number>
  startUserGesture: () => void
  stopUserGesture: () => void
  didPop: () => void
  routeOptions: unknown
}

const builders = new Map<string, (context: Context, options: unknown) => Made>()
const contexts = new WeakMap<object, { context: Context; made: Made }>()

export const router = {
  addRouteBuilder: (type: string, builder: (context: Context, options: unknown) => Made) => void builders.set(String(type), builder),
  removeRouteBuilder: (type: string) => void builders.delete(String(type)),
  getRouteContext: (page: object) => contexts.get(page)?.context,
}

interface Seen {
  instance: object
  root: HTMLElement
}

/** The page that has just come in over another: drawn in by the builder of its kind. Resolves once it stands. */
export async function enter(type: string, config: Made, options: unknown, page: Seen, below: Seen | undefined, back: () => void, units: (value: string) => string): Promise<void> {
  const builder = builders.get(type)
  if (!builder) return
  const value = (): Shared<number> => new Shared(0)
  const context: Context = {
    primaryAnimation: value(),
    primaryAnimationStatus: value(),
    secondaryAnimation: value(),
    secondaryAnimationStatus: value(),
    userGestureInProgress: value(),
    startUserGesture: () => void (context.userGestureInProgress.value = 1),
    stopUserGesture: () => void (context.userGestureInProgress.value = 0),
    didPop: back,
    routeOptions: options,
  }
  const made = { ...builder(context, options), ...config }
  contexts.set(page.instance, { context, made })
  const under = below && contexts.get(below.instance)
  const ends: (() => void)[] = []
  if (below) below.root.hidden = false // it is seen for as long as the other comes in over it
  if (made.barrierColor) page.root.style.boxShadow = `0 0 0 100vmax ${made.barrierColor}`
  if (made.handlePrimaryAnimation) ends.push(applyStyle(() => [page.root], made.handlePrimaryAnimation, units))
  if (below && under?.made.handleSecondaryAnimation) ends.push(applyStyle(() => [below.root], under.made.handleSecondaryAnimation, units))
  context.primaryAnimationStatus.value = STATUS.forward
  if (under) under.context.secondaryAnimationStatus.value = STATUS.forward
  const easing = Easing.inOut(Easing.quad)
  await new Promise<void>((resolve) => {
    const duration = made.transitionDuration ?? 300
    if (under) under.context.secondaryAnimation.value = timing(1, { duration, easing }) as never
    context.primaryAnimation.value = timing(1, { duration, easing }, () => resolve()) as never
  })
  context.primaryAnimationStatus.value = STATUS.completed
  if (under) under.context.secondaryAnimationStatus.value = STATUS.completed
  page.root.style.boxShadow = ''
  for (const end of ends) end()
  if (below && made.opaque !== false) below.root.hidden = true
}

/** The page below is on top again. */
export function returned(page: Seen): void {
  const known = contexts.get(page.instance)
  if (!known) return
  known.context.secondaryAnimation.value = 0
  known.context.secondaryAnimationStatus.value = STATUS.dismissed
}
