/** Animations: the recorded kind of `createAnimation`, and the key frames of `this.animate`. */

import type { GeneralComponent } from './glass-easel'
import { resolveStyle } from './program'
import { toPixels } from './units'

interface Step {
  styles: Record<string, string>
  transforms: string[]
  options: Options
}

interface Options {
  duration: number
  timingFunction: string
  delay: number
  transformOrigin: string
}

const DEFAULTS: Options = { duration: 400, timingFunction: 'linear', delay: 0, transformOrigin: '50% 50% 0' }

const LENGTHS = ['width', 'height', 'top', 'left', 'right', 'bottom']
const PLAIN = ['opacity', 'backgroundColor']
const TRANSFORMS: Record<string, (values: any[]) => string> = {
  matrix: (v) => `matrix(${v.join(',')})`,
  matrix3d: (v) => `matrix3d(${v.join(',')})`,
  rotate: (v) => `rotate(${v[0]}deg)`,
  rotate3d: (v) => (v.length > 1 ? `rotate3d(${v[0]},${v[1]},${v[2]},${v[3]}deg)` : `rotate(${v[0]}deg)`),
  rotateX: (v) => `rotateX(${v[0]}deg)`,
  rotateY: (v) => `rotateY(${v[0]}deg)`,
  rotateZ: (v) => `rotateZ(${v[0]}deg)`,
  scale: (v) => `scale(${v[0]},${v[1] ?? v[0]})`,
  scale3d: (v) => `scale3d(${v.join(',')})`,
  scaleX: (v) => `scaleX(${v[0]})`,
  scaleY: (v) => `scaleY(${v[0]})`,
  scaleZ: (v) => `scaleZ(${v[0]})`,
  skew: (v) => `skew(${v[0]}deg,${v[1] ?? 0}deg)`,
  skewX: (v) => `skewX(${v[0]}deg)`,
  skewY: (v) => `skewY(${v[0]}deg)`,
  translate: (v) => `translate(${length(v[0])},${length(v[1] ?? 0)})`,
  translate3d: (v) => `translate3d(${v.map(length).join(',')})`,
  translateX: (v) => `translateX(${length(v[0])})`,
  translateY: (v) => `translateY(${length(v[0])})`,
  translateZ: (v) => `translateZ(${length(v[0])})`,
}

/** A number is in pixels, however it is written; what else a style may be, like `auto`, stays it. */
function length(value: unknown): string {
  return /^\s*-?[\d.]+\s*$/.test(String(value)) ? `${toPixels(value)}px` : resolveStyle(String(value))
}

/** wx.createAnimation */
export class Animation {
  private steps: Step[] = []
  private styles: Record<string, string> = {}
  private transforms: string[] = []

  /** What a step takes that says nothing else. Not published, but programs change it between steps. */
  readonly option: { transition: Omit<Options, 'transformOrigin'>; transformOrigin: string }

  constructor(options: Partial<Options> = {}) {
    const { transformOrigin, ...transition } = { ...DEFAULTS, ...options }
    this.option = { transition, transformOrigin }
  }

  step(options: Partial<Options> = {}): this {
    const { transition, transformOrigin } = this.option
    this.steps.push({ styles: this.styles, transforms: this.transforms, options: { ...transition, transformOrigin, ...options } })
    this.styles = {}
    this.transforms = []
    return this
  }

  /** What is bound to an element's `animation`; each export starts afresh. */
  export(): { actions: Step[] } {
    const actions = this.steps
    this.steps = []
    return { actions }
  }

  set(style: string, value: string): this {
    this.styles[style] = value
    return this
  }

  transform(one: string): this {
    this.transforms.push(one)
    return this
  }
}

for (const name of LENGTHS) (Animation.prototype as any)[name] = function (this: Animation, value: unknown) { return this.set(name, length(value)) }
for (const name of PLAIN) (Animation.prototype as any)[name] = function (this: Animation, value: unknown) { return this.set(name, String(value)) }
for (const [name, write] of Object.entries(TRANSFORMS)) (Animation.prototype as any)[name] = function (this: Animation, ...values: unknown[]) { return this.transform(write(values)) }

/** Plays what an element's `animation` attribute was set to, one step after the other. */
export function playActions(dom: HTMLElement, actions: Step[]): void {
  const running = playing.get(dom)
  if (running) clearTimeout(running)
  const play = (index: number): void => {
    const step = actions[index]
    if (!step) return
    const { duration, timingFunction, delay, transformOrigin } = step.options
    dom.style.transition = `all ${duration}ms ${timingFunction} ${delay}ms`
    dom.style.transformOrigin = transformOrigin
    for (const [name, value] of Object.entries(step.styles)) dom.style.setProperty(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value)
    if (step.transforms.length) dom.style.transform = step.transforms.join(' ')
    playing.set(dom, setTimeout(() => play(index + 1), duration + delay))
  }
  // The first style must have been painted once, or there is nothing to move from.
  void dom.offsetWidth
  play(0)
}

const playing = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>()
interface Playing {
  player: globalThis.Animation
  frames: Record<string, unknown>[]
  stop: () => void
}

const keyed = new WeakMap<Element, Playing[]>()

/** How far a scroll view has been scrolled drives the animation in place of time. */
interface ScrollTimeline {
  scrollSource: string
  orientation?: string
  startScrollOffset?: number
  endScrollOffset?: number
  timeRange: number
}

export function animate(component: GeneralComponent, selector: string, frames: Record<string, unknown>[], duration: number, last?: (() => void) | ScrollTimeline): void {
  const timeline = typeof last === 'object' ? last : undefined
  const done = typeof last === 'function' ? last : undefined
  const targets = find(component, selector)
  let left = targets.length
  if (!left) done?.()
  for (const dom of targets) {
    const player = dom.animate(frames.map(keyframe), { duration: timeline?.timeRange ?? duration, fill: timeline ? 'both' : 'forwards' })
    const stop = timeline ? follow(find(component, timeline.scrollSource)[0], timeline, player) : () => {}
    keyed.set(dom, [...(keyed.get(dom) ?? []), { player, frames, stop }])
    if (!timeline) {
      player.onfinish = () => {
        if (--left === 0) done?.()
      }
    }
  }
}

function follow(element: (HTMLElement & { scrollPart?: () => HTMLElement }) | undefined, timeline: ScrollTimeline, player: globalThis.Animation): () => void {
  player.pause()
  if (!element) return () => {}
  const source = element.scrollPart?.() ?? element
  const { orientation = 'vertical', startScrollOffset: start = 0, timeRange } = timeline
  const across = orientation.startsWith('horizontal')
  const scrolled = (): void => {
    const end = timeline.endScrollOffset ?? (across ? source.scrollWidth - source.clientWidth : source.scrollHeight - source.clientHeight)
    const part = end > start ? ((across ? source.scrollLeft : source.scrollTop) - start) / (end - start) : 0
    player.currentTime = Math.min(1, Math.max(0, part)) * timeRange
  }
  source.addEventListener('scroll', scrolled, { passive: true })
  scrolled()
  return () => source.removeEventListener('scroll', scrolled)
}

/** Take back what animations have changed: all of it, or only the properties named in `options`. */
export function clearAnimation(component: GeneralComponent, selector: string, options?: unknown, done?: () => void): void {
  const named = typeof options === 'object' && options !== null ? Object.entries(options).filter(([, on]) => on).map(([name]) => name) : []
  for (const dom of find(component, selector)) {
    for (const one of keyed.get(dom) ?? []) {
      if (named.length) {
        one.frames = one.frames.map((frame) => Object.fromEntries(Object.entries(frame).filter(([name]) => !named.includes(name))))
        ;(one.player.effect as KeyframeEffect).setKeyframes(one.frames.map(keyframe))
      } else {
        one.stop()
        one.player.cancel()
      }
    }
    if (!named.length) keyed.delete(dom)
  }
  const callback = typeof options === 'function' ? (options as () => void) : done
  callback?.()
}

function keyframe(frame: Record<string, unknown>): Keyframe {
  const out: Record<string, any> = {}
  const transforms: string[] = []
  for (const [name, value] of Object.entries(frame)) {
    if (name in TRANSFORMS) transforms.push(TRANSFORMS[name]!(Array.isArray(value) ? value : [value]))
    else if (name === 'ease') out.easing = value
    else if (name === 'offset') out.offset = value
    else out[name] = typeof value === 'string' ? resolveStyle(value) : LENGTHS.includes(name) ? length(value) : value
  }
  if (transforms.length) out.transform = transforms.join(' ')
  return out
}

function find(component: GeneralComponent, selector: string): HTMLElement[] {
  return (component.getShadowRoot()?.querySelectorAll(selector) ?? []).map((node) => node.getBackendElement() as unknown as HTMLElement).filter(Boolean)
}
