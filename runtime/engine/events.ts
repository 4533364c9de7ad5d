/** Events as a program's handlers receive them. */

import type { BuiltIn } from '../components/element'
import type { GeneralComponent, Element } from './glass-easel'
import { pageOrigin } from './layout'

export interface Touch {
  identifier: number
  pageX: number
  pageY: number
  clientX: number
  clientY: number
  force?: number
}

/** What a gesture carries beside its type, until it is given to a handler. */
export interface Gesture {
  touches?: Touch[]
  changedTouches?: Touch[]
}

interface EngineEvent {
  type: string
  timeStamp: number
  detail: unknown
  target: unknown
  currentTarget: unknown
  mark: Record<string, unknown> | null
  getOriginalEvent(): unknown
  extraFields?: Gesture & Record<string, unknown>
}

const elements = new WeakMap<object, GeneralComponent>()

/** Remember which node an instance belongs to; events name the instance, handlers want the node. */
export function bindInstance(instance: object, node: GeneralComponent): void {
  elements.set(instance, node)
}

export function nodeOf(target: unknown): Element {
  return (elements.get(target as object) ?? target) as Element
}

function describe(target: unknown): Record<string, unknown> {
  const node = nodeOf(target)
  const dom = node.getBackendElement() as unknown as HTMLElement | null
  const box = { offsetLeft: 0, offsetTop: 0 }
  return {
    id: node.id,
    dataset: { ...node.dataset },
    // Measured only when read: layout in every handler would cost more than the handler.
    get offsetLeft() {
      return dom?.offsetLeft ?? box.offsetLeft
    },
    get offsetTop() {
      return dom?.offsetTop ?? box.offsetTop
    },
  }
}

export function shapeEvent(event: EngineEvent): Record<string, unknown> {
  const shaped: Record<string, unknown> = {
    type: event.type,
    timeStamp: Math.round(event.timeStamp),
    target: describe(event.target),
    currentTarget: describe(event.currentTarget),
    mark: { ...(event.mark ?? {}) },
    detail: event.detail ?? {},
    mut: false,
  }
  const extra = event.extraFields
  if (extra?.touches) {
    const node = nodeOf(event.currentTarget)
    const origin = pageOrigin(node)
    // On a canvas touches also say where they are within it.
    const dom = node.getBackendElement() as unknown as HTMLElement | null
    const canvas = dom?.localName === 'wx-canvas' ? dom.getBoundingClientRect() : null
    const place = (touch: Touch): Touch & { x?: number; y?: number } => ({
      ...(canvas ? { x: touch.clientX - canvas.left, y: touch.clientY - canvas.top } : {}),
      identifier: touch.identifier,
      pageX: touch.pageX - origin.left + origin.scrollLeft,
      pageY: touch.pageY - origin.top + origin.scrollTop,
      clientX: touch.clientX - origin.left,
      clientY: touch.clientY - origin.top,
      force: touch.force ?? 1,
    })
    shaped.touches = extra.touches.map(place)
    shaped.changedTouches = (extra.changedTouches ?? []).map(place)
    if (event.type === 'tap' || event.type === 'longpress' || event.type === 'longtap') {
      const first = (shaped.changedTouches as Touch[])[0]
      const raw = extra.changedTouches?.[0]
      const more = raw && (dom as Partial<BuiltIn> | null)?.tapDetail?.(raw.clientX, raw.clientY)
      shaped.detail = first ? { x: first.pageX, y: first.pageY, ...more } : event.detail
    }
  }
  if (extra?.touches === undefined && extra) Object.assign(shaped, extra)
  return shaped
}
