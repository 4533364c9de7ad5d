/** Elements two pages share: on the way from one to the other, they fly. */

import { BuiltIn, defineElement, flag, number, stillness, text } from './element'
import { currentPage, departed, departing } from '../engine/router'

interface Rect {
  left: number
  top: number
  width: number
  height: number
}

type Way = 'push' | 'pop'

const TWEENS = ['materialRectArc', 'materialRectCenterArc', 'linear']

export class ShareElement extends BuiltIn {
  static override attributes = {
    key: text(),
    transform: flag(),
    duration: number(300),
    'easing-function': text('ease-out'),
    'transition-on-gesture': flag(),
    'shuttle-on-push': text('to', 'from', 'to'),
    'shuttle-on-pop': text('to', 'from', 'to'),
    'rect-tween-type': text('materialRectArc', ...TWEENS),
  }

  get name(): string {
    return this.read<string>('key')
  }
}

/** What is shared on a page, by key: where it stands, and a likeness of it. */
function shared(root: ParentNode | null | undefined, but?: Element): Map<string, { element: ShareElement; rect: Rect; likeness: HTMLElement }> {
  const found = new Map<string, { element: ShareElement; rect: Rect; likeness: HTMLElement }>()
  for (const element of root?.querySelectorAll<ShareElement>('wx-share-element') ?? []) {
    if (!element.name || but?.contains(element)) continue
    const { left, top, width, height } = element.getBoundingClientRect()
    if (width && height) found.set(element.name, { element, rect: { left, top, width, height }, likeness: likeness(element) })
  }
  return found
}

/** A copy that can be shown anywhere: its looks are its own, and what is drawn in it is drawn again. */
function likeness(element: HTMLElement): HTMLElement {
  const copy = document.createElement('div')
  const style = getComputedStyle(element)
  for (const name of ['background', 'border-radius', 'color', 'font', 'overflow', 'box-shadow']) copy.style.setProperty(name, style.getPropertyValue(name))
  for (const child of element.childNodes) copy.append(child.cloneNode(true))
  return copy
}

let leaving: ReturnType<typeof shared> | null = null

departing.add(() => {
  leaving = shared(currentPage()?.layer.page)
})
departed.add((way) => {
  const from = leaving
  leaving = null
  const to = shared(currentPage()?.layer.page)
  for (const [key, there] of to) {
    const here = from?.get(key)
    if (here) fly(here, there, way)
  }
})

/** Between a page and the container that opens over it or closes, for those that ask for it. */
export function flyBetween(container: HTMLElement, way: Way): void {
  const inside = shared(container)
  const outside = shared(container.closest('wx-page'), container)
  for (const [key, one] of inside) {
    const other = outside.get(key)
    if (!other || !one.element.read('transform')) continue
    if (way === 'push') fly(other, one, way)
    else fly(one, other, way)
  }
}

/** What is shared says, on the page that is come to, how it flies and which of the two is seen to. */
function fly(from: { element: ShareElement; rect: Rect; likeness: HTMLElement }, to: { element: ShareElement; rect: Rect; likeness: HTMLElement }, way: Way): void {
  const says = to.element
  const duration = says.read<number>('duration')
  if (stillness() || duration <= 0) return
  const flies = says.read(way === 'push' ? 'shuttle-on-push' : 'shuttle-on-pop') === 'from' ? from : to
  const shuttle = flies.likeness
  shuttle.className = 'h-shuttle'
  const place = ({ left, top, width, height }: Rect): void => {
    shuttle.style.transform = `translate(${left}px,${top}px)`
    shuttle.style.width = `${width}px`
    shuttle.style.height = `${height}px`
  }
  place(from.rect)
  document.body.append(shuttle)
  for (const one of [from, to]) one.element.style.visibility = 'hidden'
  // The browser's own easing, read off an animation that moves nothing.
  const clock = shuttle.animate([], { duration, easing: says.read<string>('easing-function') })
  const step = (): void => {
    const t = clock.playState === 'finished' ? 1 : (clock.effect?.getComputedTiming().progress ?? 0)
    const current = between(from.rect, to.rect, t, says.read<string>('rect-tween-type'))
    place(current)
    flies.element.work('onframe', { progress: t, direction: way === 'push' ? 0 : 1, begin: from.rect, end: to.rect, current })
    if (clock.playState !== 'finished' && shuttle.isConnected) requestAnimationFrame(step)
    else {
      shuttle.remove()
      for (const one of [from, to]) one.element.style.visibility = ''
    }
  }
  step()
}

/** Where it is when so much of the way is done: along an arc by its corners, by its middle, or straight. */
function between(from: Rect, to: Rect, t: number, tween: string): Rect {
  const mix = (a: number, b: number): number => a + (b - a) * t
  // A quarter of the way round: first mostly down, then mostly across.
  const arc = (a: { x: number; y: number }, b: { x: number; y: number }): { x: number; y: number } => ({ x: a.x + (b.x - a.x) * (1 - Math.cos((t * Math.PI) / 2)), y: a.y + (b.y - a.y) * Math.sin((t * Math.PI) / 2) })
  if (tween === 'materialRectCenterArc') {
    const [width, height] = [mix(from.width, to.width), mix(from.height, to.height)]
    const middle = arc({ x: from.left + from.width / 2, y: from.top + from.height / 2 }, { x: to.left + to.width / 2, y: to.top + to.height / 2 })
    return { left: middle.x - width / 2, top: middle.y - height / 2, width, height }
  }
  if (tween === 'materialRectArc') {
    const start = arc({ x: from.left, y: from.top }, { x: to.left, y: to.top })
    const end = arc({ x: from.left + from.width, y: from.top + from.height }, { x: to.left + to.width, y: to.top + to.height })
    return { left: start.x, top: start.y, width: end.x - start.x, height: end.y - start.y }
  }
  return { left: mix(from.left, to.left), top: mix(from.top, to.top), width: mix(from.width, to.width), height: mix(from.height, to.height) }
}

defineElement('share-element', ShareElement)
