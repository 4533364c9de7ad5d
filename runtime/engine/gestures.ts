/** Touches become taps and long presses; a mouse or a keyboard makes the same events as a finger. */

import { BuiltIn } from '../components/element'
import { context } from './backend'
import type { Gesture, Touch } from './events'
import { StyleSegmentIndex, type Element } from './glass-easel'

const TAP_DISTANCE = 10
const LONG_PRESS_MS = 350
/** After a touch the browser repeats it as mouse events for a while; those are not new. */
const MOUSE_AFTER_TOUCH_MS = 1000

interface Press {
  x: number
  y: number
  target: Node
  moved: boolean
  long: boolean
  timer: ReturnType<typeof setTimeout>
}

let longPressHeard = false

/** Called when a handler of the program has received a long press: the tap that follows is then no tap. */
export function hearLongPress(): void {
  longPressHeard = true
}

export function listenForGestures(): void {
  const presses = new Map<number, Press>()
  let lastTouch = -MOUSE_AFTER_TOUCH_MS

  const begin = (event: Event, target: Node, changed: Touch[], all: Touch[]): void => {
    context.dispatch(target, 'touchstart', {}, event, gesture(all, changed))
    for (const touch of changed) {
      const press: Press = { x: touch.clientX, y: touch.clientY, target, moved: false, long: false, timer: setTimeout(() => {
        if (press.moved) return
        longPressHeard = false
        context.dispatch(target, 'longpress', {}, event, gesture(all, changed))
        context.dispatch(target, 'longtap', {}, event, gesture(all, changed))
        press.long = hold(target) || longPressHeard
      }, LONG_PRESS_MS) }
      presses.set(touch.identifier, press)
    }
    hover(target)
  }
  const move = (event: Event, target: Node, changed: Touch[], all: Touch[]): void => {
    for (const touch of changed) {
      const press = presses.get(touch.identifier)
      if (press && !press.moved && Math.hypot(touch.clientX - press.x, touch.clientY - press.y) > TAP_DISTANCE) {
        press.moved = true
        clearTimeout(press.timer)
        unhover(true)
      }
    }
    const stopped = context.dispatch(target, 'touchmove', {}, event, gesture(all, changed))
    // A page or scroll view that is passive goes on scrolling whoever catches the finger.
    if (stopped && event.cancelable && !target.parentElement?.closest('wx-scroll-view[enable-passive], .h-passive')) event.preventDefault()
  }
  const end = (event: Event, target: Node, changed: Touch[], all: Touch[]): void => {
    context.dispatch(target, 'touchend', {}, event, gesture(all, changed))
    unhover(false)
    for (const touch of changed) {
      const press = presses.get(touch.identifier)
      presses.delete(touch.identifier)
      if (!press) continue
      clearTimeout(press.timer)
      if (!press.moved && !press.long) tap(event, target, touch, [touch, ...all])
    }
  }
  const cancel = (event: Event, target: Node, changed: Touch[], all: Touch[]): void => {
    context.dispatch(target, 'touchcancel', {}, event, gesture(all, changed))
    unhover(true)
    for (const touch of changed) {
      clearTimeout(presses.get(touch.identifier)?.timer)
      presses.delete(touch.identifier)
    }
  }

  const finger = (handle: typeof begin) => (event: TouchEvent): void => {
    lastTouch = event.timeStamp
    handle(event, event.target as Node, Array.from(event.changedTouches, shape), Array.from(event.touches, shape))
  }
  const options = { capture: true, passive: true }
  document.addEventListener('touchstart', finger(begin), options)
  // Not passive: a program may stop the page from scrolling under its finger.
  document.addEventListener('touchmove', finger(move), { capture: true, passive: false })
  document.addEventListener('touchend', finger(end), options)
  document.addEventListener('touchcancel', finger(cancel), options)

  let pressed: Node | null = null
  const mouse = (handle: typeof begin, target: Node, event: MouseEvent, down: boolean): void => {
    const touch: Touch = { identifier: 0, pageX: event.clientX, pageY: event.clientY, clientX: event.clientX, clientY: event.clientY, force: 1 }
    handle(event, target, [touch], down ? [touch] : [])
  }
  document.addEventListener('mousedown', (event) => {
    if (event.button !== 0 || event.timeStamp - lastTouch < MOUSE_AFTER_TOUCH_MS) return
    pressed = event.target as Node
    mouse(begin, pressed, event, true)
  }, true)
  document.addEventListener('mousemove', (event) => {
    if (pressed) mouse(move, pressed, event, true)
  }, true)
  document.addEventListener('mouseup', (event) => {
    if (!pressed) return
    const target = pressed
    pressed = null
    mouse(end, target, event, false)
  }, true)
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement
    if ((event.key !== 'Enter' && event.key !== ' ') || !target.hasAttribute?.('tabindex') || target.isContentEditable || event.repeat) return
    event.preventDefault()
    const box = target.getBoundingClientRect()
    const x = box.left + box.width / 2
    const y = box.top + box.height / 2
    const touch = { identifier: 0, pageX: x, pageY: y, clientX: x, clientY: y }
    tap(event, target, touch, [touch])
  })
}

/** The finger is up, yet counts among those that touch, as programs expect of a tap. */
function tap(event: Event, target: Node, touch: Touch, all: Touch[]): void {
  if ((target instanceof HTMLElement ? target : target.parentElement)?.closest<BuiltIn>('wx-button, wx-map')?.refusesTap(target)) return
  context.dispatch(target, 'tap', { x: touch.clientX, y: touch.clientY }, event, gesture(all, [touch]))
  // What an element does of itself comes after the program has heard of the tap.
  for (let dom: (Node & { caught?: Set<string>; activate?: BuiltIn['activate'] }) | null = target; dom; dom = dom.parentNode) {
    if (dom.activate?.(target)) return
    if (dom.caught?.has('tap')) return
  }
}

/** What the element under a long press does of itself; true if it did something. */
function hold(target: Node): boolean {
  for (let dom: (Node & { held?: BuiltIn['held'] }) | null = target; dom; dom = dom.parentNode) {
    if (!dom.held) continue
    dom.held()
    return true
  }
  return false
}

function gesture(all: Touch[], changed: Touch[]): Gesture {
  return { touches: all, changedTouches: changed }
}

function shape(touch: globalThis.Touch): Touch {
  const { identifier, clientX, clientY, force } = touch
  return { identifier, clientX, clientY, pageX: clientX, pageY: clientY, force }
}

let hovered: { node: Element; stay: number; timer: ReturnType<typeof setTimeout> }[] = []

function hover(target: Node): void {
  unhover(true)
  for (let dom: (Node & { __wxElement?: Element }) | null = target; dom; dom = dom.parentNode) {
    const node = dom.__wxElement
    if (!(dom instanceof HTMLElement) || !node) continue
    // One of ours knows its own defaults; the host of a component is hovered only if it is told how.
    const read = (attribute: string): unknown => (dom instanceof BuiltIn ? dom.read(attribute) : undefined) ?? node.getAttribute(attribute)
    const name = read('hover-class')
    if (typeof name !== 'string' || !name || name === 'none') continue
    if (node.getAttribute('disabled')) return
    const number = (attribute: string, fallback: number): number => {
      const value = Number(read(attribute) ?? NaN)
      return Number.isFinite(value) ? value : fallback
    }
    hovered.push({ node, stay: number('hover-stay-time', 400), timer: setTimeout(() => node.setNodeClass(name, StyleSegmentIndex.TEMP_EXTRA), number('hover-start-time', 50)) })
    if (node.getAttribute('hover-stop-propagation')) return
  }
}

function unhover(now: boolean): void {
  for (const { node, stay, timer } of hovered) {
    clearTimeout(timer)
    if (now) node.setNodeClass('', StyleSegmentIndex.TEMP_EXTRA)
    else {
      setTimeout(() => node.setNodeClass('', StyleSegmentIndex.TEMP_EXTRA), stay)
    }
  }
  hovered = []
}
