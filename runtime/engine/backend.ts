/** The engine's view of the document: it makes our elements, and our gestures reach its listeners. */

import { createBuiltIn } from '../components/element'
import { type Element, type GeneralComponent, StyleScopeManager } from './glass-easel'

type Listener = (target: Element, type: string, detail: unknown, options: object) => number | void

/** Events the browser makes and programs may listen to on any element. */
const NATIVE = ['transitionend', 'animationstart', 'animationiteration', 'animationend']

export class FrameContext {
  // The engine's number for contexts that work on DOM nodes directly.
  readonly mode = 3
  private listener: Listener | undefined

  readonly document = {
    createElement: (tag: string) => createBuiltIn(tag),
    createTextNode: (text: string) => document.createTextNode(text),
    createDocumentFragment: () => document.createDocumentFragment(),
  }

  constructor() {
    for (const type of NATIVE) {
      document.addEventListener(type, (event) => {
        if (!event.isTrusted) return
        const detail = event instanceof TransitionEvent ? { propertyName: event.propertyName, elapsedTime: event.elapsedTime } : { animationName: (event as AnimationEvent).animationName, elapsedTime: (event as AnimationEvent).elapsedTime }
        this.dispatch(event.target as Node, type, detail, event)
      })
    }
  }

  /** Give an event to the nearest element of the program; true if it asked that nothing more happen. */
  dispatch(target: Node | null, type: string, detail: unknown, original: Event | null, extraFields?: object): boolean {
    let dom = target as (Node & { __wxElement?: Element }) | null
    while (dom && !dom.__wxElement) dom = dom.parentNode
    if (!dom?.__wxElement || !this.listener) return false
    const status = this.listener(dom.__wxElement, type, detail, {
      originalEvent: original,
      bubbles: true,
      composed: true,
      capturePhase: true,
      extraFields,
    })
    return status === 1
  }

  onEvent(listener: Listener): void {
    this.listener = listener
  }

  setListenerStats(element: HTMLElement & { caught?: Set<string>; listened?: Set<string> }, type: string, capture: boolean, mutLevel: number): void {
    if (element) (element.listened ??= new Set()).add(type)
    if (mutLevel === 2 && element) (element.caught ??= new Set()).add(type)
    // What a finger can tap, a keyboard can reach.
    if (type === 'tap' && !capture && element instanceof HTMLElement && element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = 0
  }

  setModelBindingStat(element: HTMLElement & { models?: Map<string, (value: unknown) => void> }, name: string, listener: ((value: unknown) => void) | null): void {
    element.models ??= new Map()
    if (listener) element.models.set(name, listener)
    else element.models.delete(name)
  }

  associateValue(element: Node & { __wxElement?: Element }, value: Element): void {
    element.__wxElement = value
    const host = value.ownerShadowRoot?.getHostNode()
    if (host?.isVirtual() && element instanceof HTMLElement) element.setAttribute('wx-in', scopeName(host))
  }

  createIntersectionObserver(
    target: HTMLElement,
    relative: HTMLElement | null,
    margin: string,
    thresholds: number[],
    listener: (entry: object) => void,
  ): { disconnect: () => void } {
    const observer = new IntersectionObserver((entries) => entries.forEach((entry) => listener(entry)), { root: relative, rootMargin: margin, threshold: thresholds })
    observer.observe(target)
    return observer
  }

  getWindowWidth = (): number => document.documentElement.clientWidth
  getWindowHeight = (): number => document.documentElement.clientHeight
  getDevicePixelRatio = (): number => window.devicePixelRatio
  getTheme = (): string => document.documentElement.dataset.theme ?? 'light'
  getRootNode = (): HTMLElement => document.body
  render(done: (error: Error | null) => void): void {
    requestAnimationFrame(() => done(null))
  }
  destroy(): void {}
  registerStyleSheetContent(): void {}
  appendStyleSheetPath = (): number => 0
  disableStyleSheet(): void {}
}

/** What the rules of a component's sheet name it. */
function scopeName(component: GeneralComponent): string {
  const { styleScope } = component.getComponentOptions()
  return component.getComponentDefinition().behavior.ownerSpace.styleScopeManager.queryName(styleScope ?? StyleScopeManager.globalScope()) ?? ''
}

export const context = new FrameContext()
