/** WXS: the functions of templates. What they may call, and the handles they get on elements. */

import type { BuiltIn } from '../components/element'
import { copyData } from './copy'
import { debug } from './debug'
import { shapeEvent, nodeOf } from './events'
import { Component, type Element, type GeneralComponent, StyleSegmentIndex } from './glass-easel'
import { hearLongPress } from './gestures'
import { reportError } from './report'
import { resolveStyle } from './program'

const SCRIPT_PATHS = 1

/** How much elements have changed that is not told yet; what changes then is told after it. */
const untold = new WeakMap<Element, number>()

/** What compiled templates are given: their globals and their hooks into event and property handling. */
export const hooks = {
  getRegExp: (pattern: string, flags?: string): RegExp => new RegExp(pattern, flags),
  getDate: (...args: [number, number]): Date => (args.length ? new Date(...args) : new Date()),

  /** In WXS `x.constructor` is the name of a type. */
  typeName(value: unknown): string | undefined {
    if (value === null || value === undefined) return undefined
    return Object.prototype.toString.call(value).slice(8, -1)
  },

  change(listener: (...args: any[]) => void, _path?: unknown) {
    return (newValue: unknown, oldValue: unknown, host: GeneralComponent, element: Element) => {
      const tell = (): void => listener(newValue, oldValue, describe(host), describe(element))
      // The first value comes while the template is still being built; what it holds must be there first.
      const waiting = untold.get(element) ?? 0
      if (oldValue !== undefined && !waiting) return tell()
      untold.set(element, waiting + 1)
      queueMicrotask(() => {
        untold.set(element, untold.get(element)! - 1)
        guarded(tell)
      })
    }
  },

  event(caller: unknown, event: any, listener: (...args: any[]) => unknown, path?: (string | number)[] | null) {
    if (event.type === 'longpress' || event.type === 'longtap') hearLongPress()
    debug('event', event.type, event.currentTarget?.is ?? '')
    const shaped = shapeEvent(event)
    if (path && (path[0] as number) >= SCRIPT_PATHS) {
      shaped.instance = describe(nodeOf(event.currentTarget))
      return listener(shaped, describe(nodeOf(caller)))
    }
    listener.call(caller, shaped)
    return undefined
  },

  /** Once per instance of a template: values handed to a component are copies, as data always is. */
  wrap(renderer: any): void {
    if (renderer.wrapped) return
    renderer.wrapped = true
    renderer.setFnFilter(hooks.change)
    renderer.setEventListenerWrapper(hooks.event)
    renderer.wl = (element: Element, name: string, value: unknown): void => {
      const dom = element.getBackendElement() as unknown as BuiltIn | null
      if (dom && !Component.isComponent(element)) (dom.worklets ??= new Map<string, unknown>()).set(name, value)
    }
    const on = renderer.v
    // Of a handler that an expression chooses no path is known; a function can only come from a script then.
    renderer.v = (element: Element, name: string, value: unknown, final: boolean, mutated: boolean, capture: boolean, dynamic: boolean, path?: (string | number)[] | null): void => {
      on(element, name, value, final, mutated, capture, dynamic, path ?? (typeof value === 'function' ? [SCRIPT_PATHS] : path))
    }
    const set = renderer.r
    renderer.r = (element: Element, name: string, value: unknown, model: unknown, path: unknown): void => {
      set(element, name, typeof value === 'object' && value !== null && Component.isComponent(element) ? copyData(value) : value, model, path)
    }
  },
}

function guarded(run: () => void): void {
  try {
    run()
  } catch (error) {
    reportError(error)
  }
}

const descriptors = new WeakMap<Element, ComponentDescriptor>()

export function describe(node: Element): ComponentDescriptor {
  let one = descriptors.get(node)
  if (!one) descriptors.set(node, (one = new ComponentDescriptor(node)))
  return one
}

/** The published ComponentDescriptor. */
export class ComponentDescriptor {
  private readonly state = {}
  private styles: Record<string, string> = {}

  constructor(private readonly node: Element) {}

  private get dom(): HTMLElement | null {
    return this.node.getBackendElement() as unknown as HTMLElement | null
  }

  private find(selector: string): Element[] {
    const root = Component.isComponent(this.node) ? this.node.getShadowRoot() : this.node
    return root ? root.querySelectorAll(selector) : []
  }

  selectComponent(selector: string): ComponentDescriptor | null {
    const found = this.find(selector)[0]
    return found ? describe(found) : null
  }

  selectAllComponents(selector: string): ComponentDescriptor[] {
    return this.find(selector).map(describe)
  }

  setStyle(style: string | Record<string, unknown>): this {
    const text = typeof style === 'string' ? style : Object.entries(style).map(([name, value]) => `${dash(name)}:${String(value)}`).join(';')
    if (typeof style !== 'string') {
      for (const [name, value] of Object.entries(style)) this.styles[dash(name)] = String(value)
    }
    const all = typeof style === 'string' ? text : Object.entries(this.styles).map(([name, value]) => `${name}:${value}`).join(';')
    this.node.setNodeStyle(resolveStyle(all), StyleSegmentIndex.ANIMATION_EXTRA)
    return this
  }

  addClass(name: string): this {
    this.node.toggleNodeClass(name, true)
    return this
  }

  removeClass(name: string): this {
    this.node.toggleNodeClass(name, false)
    return this
  }

  hasClass(name: string): boolean {
    return (this.dom ? [...this.dom.classList] : []).some((one) => one === name || one.endsWith(`--${name}`))
  }

  getDataset(): Record<string, unknown> {
    return { ...this.node.dataset }
  }

  callMethod(name: string, args?: unknown): void {
    const component = Component.isComponent(this.node) ? this.node : this.node.ownerShadowRoot?.getHostNode()
    if (!component) return
    const method = Component.getMethod(component, name) ?? (component.getMethodCaller() as Record<string, unknown>)[name]
    if (typeof method === 'function') method.call(component.getMethodCaller(), args)
  }

  requestAnimationFrame(step: () => void): void {
    requestAnimationFrame(() => step())
  }

  getState(): object {
    return this.state
  }

  triggerEvent(name: string, detail?: unknown, options?: object): void {
    this.node.triggerEvent(name, detail, options)
  }

  getComputedStyle(names: string[]): Record<string, string> {
    const style = this.dom && getComputedStyle(this.dom)
    return Object.fromEntries(names.map((name) => [name, style?.getPropertyValue(dash(name)) ?? '']))
  }

  getBoundingClientRect(): Record<string, number> {
    const { left, top, right, bottom, width, height } = this.dom?.getBoundingClientRect() ?? new DOMRect()
    return { left, top, right, bottom, width, height }
  }

  setTimeout(handler: () => void, ms?: number): number {
    return window.setTimeout(handler, ms)
  }

  clearTimeout(id: number): void {
    window.clearTimeout(id)
  }
}

function dash(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
