/**
 * What every built-in element shares. Each is a custom element of the browser, created by the engine
 * as a plain node: no second component layer, and values arrive as the program gave them.
 */

import { Component, Event, type Element } from '../engine/glass-easel'
import { resolveStyle } from '../engine/program'

export type Kind = 'text' | 'number' | 'flag' | 'any'
export interface Attribute {
  kind: Kind
  default: unknown
  values?: readonly string[]
}

export const text = (value = '', ...values: string[]): Attribute => ({ kind: 'text', default: value, values })
export const number = (value = 0): Attribute => ({ kind: 'number', default: value })
export const flag = (value = false): Attribute => ({ kind: 'flag', default: value })
export const any = (value: unknown = undefined): Attribute => ({ kind: 'any', default: value })

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** An element as it is known before its code is here: its attributes with their values, where those are told, and its events. */
export interface Described {
  attributes: Record<string, readonly string[] | null>
  events: readonly string[]
}

export class BuiltIn extends HTMLElement {
  /** The attributes it reads, by the published name. */
  static attributes: Record<string, Attribute> = {}
  static events: readonly string[] = []

  declare __wxElement?: Element
  declare models?: Map<string, (value: unknown) => void>
  declare caught?: Set<string>
  /** The events the program listens to on it. */
  declare listened?: Set<string>

  override setAttribute(name: string, value: string): void {
    const node = this.__wxElement
    if (name === 'style') {
      super.setAttribute(name, /rpx|vh|url\(/i.test(value) ? resolveStyle(value, ownerPath(node)) : value)
      return
    }
    if (!node || name === 'wx-host' || name === 'wx-in' || name === 'is') {
      super.setAttribute(name, value)
      return
    }
    const published = kebab(name)
    const raw = node.getAttribute(name)
    if (published !== name) node.setAttribute(published, raw)
    else if (reflects(raw)) super.setAttribute(name, raw === true && name.startsWith('aria-') ? 'true' : value)
    else super.removeAttribute(name)
    if (published === name) this.changed(name, this.read(name))
  }

  override removeAttribute(name: string): void {
    // To a screen reader "false" says something, and saying nothing says something else.
    if (name.startsWith('aria-') && this.__wxElement?.getAttribute(name) === false) super.setAttribute(name, 'false')
    else super.removeAttribute(name)
    const published = kebab(name)
    if (this.__wxElement && published !== name) this.__wxElement.setAttribute(published, false)
    else if (this.__wxElement) this.changed(name, this.read(name))
  }

  /** An attribute as this element understands it: the program's value, or the default. */
  read<T = any>(name: string): T {
    const declared = (this.constructor as typeof BuiltIn).attributes[name]
    const raw = this.__wxElement?.getAttribute(name) ?? undefined
    return convert(raw, declared) as T
  }

  /** Called after an attribute was set, with the value `read` would give. */
  changed(_name: string, _value: unknown): void {}

  // Declared only: a field that every element of a long list is born with would be paid for.
  declare private redrawing?: boolean

  /** Draw soon, once, however many attributes one update sets. */
  protected redrawSoon(): void {
    if (this.redrawing) return
    this.redrawing = true
    queueMicrotask(() => {
      this.redrawing = false
      this.redraw()
    })
  }

  /** Show the attributes as they are now; called by `redrawSoon`. */
  protected redraw(): void {}

  /** What a long press on it does beside telling the program. */
  held?(): void

  /** What a tap on it, or on something in it, does beside telling the program. True if it did something. */
  activate(_target: Node): boolean {
    return false
  }

  /** Whether a tap on something in it is no tap for the program. */
  refusesTap(_target: Node): boolean {
    return false
  }

  /** What a tap at a point of the frame tells beside where it was. */
  tapDetail(_x: number, _y: number): object {
    return {}
  }

  /** Tell the program. Extra fields stand in the event itself, beside its detail. */
  emit(type: string, detail: unknown = {}, options: { bubbles?: boolean; composed?: boolean; extraFields?: Record<string, unknown> } = {}): void {
    const node = this.__wxElement
    if (node) Event.triggerEvent(node, type, detail, options)
  }

  /** The methods named by `worklet:`, by event. */
  declare worklets?: Map<string, unknown>

  /** Call what the program named for moments that come too often to be events. */
  work(name: string, detail: unknown): void {
    const host = this.__wxElement?.ownerShadowRoot?.getHostNode()
    const named = this.worklets?.get(name)
    const run = typeof named === 'function' ? named : host && typeof named === 'string' ? Component.getMethod(host, named) : undefined
    if (typeof run === 'function') run.call(host?.getMethodCaller(), detail)
  }

  /** Write a value back to the data it is bound to by `model:`. */
  writeBack(name: string, value: unknown): void {
    this.models?.get(name)?.(value)
  }

  /** The path of the component whose template this element stands in. */
  get ownerPath(): string {
    return ownerPath(this.__wxElement)
  }

  /** A class named by the program, as it is called in this document, for an inner part of the element. */
  scopedClass(names: string): string {
    const node = this.__wxElement
    if (!names || !node) return ''
    const owner = node.ownerShadowRoot?.getHostNode()
    const options = owner?.getComponentOptions()
    const manager = owner?.getComponentDefinition().behavior.ownerSpace?.styleScopeManager
    const scopes = [options?.styleScope ?? 0, options?.extraStyleScope].filter((one): one is number => one !== undefined && one !== null)
    return names.split(/\s+/).filter(Boolean).flatMap((name) => scopes.map((scope) => {
      const prefix = scope ? manager?.queryName(scope) : ''
      return prefix ? `${prefix}--${name}` : name
    })).join(' ')
  }
}

/** A length as programs give it: a number of pixels, bare or in words, or a length of a style. */
export function length(value: unknown): string {
  const text = String(value ?? '')
  return /^-?[\d.]+$/.test(text) ? `${text}px` : resolveStyle(text)
}

/** Whether this person asked for less motion: then things are where they go, at once. */
export function stillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function convert(raw: unknown, declared: Attribute | undefined): unknown {
  if (!declared || declared.kind === 'any') return raw ?? declared?.default
  if (raw === undefined || raw === null) return declared.default
  if (declared.kind === 'flag') return raw === '' ? false : Boolean(raw)
  if (declared.kind === 'number') {
    const value = raw === '' || typeof raw === 'boolean' ? NaN : Number(raw)
    return Number.isFinite(value) ? value : declared.default
  }
  return typeof raw === 'boolean' ? (raw ? '' : declared.default) : String(raw)
}

function reflects(raw: unknown): boolean {
  return typeof raw === 'string' || typeof raw === 'number' || raw === true
}

function ownerPath(node: Element | undefined): string {
  return node?.ownerShadowRoot?.getHostNode().is ?? ''
}

const defined = new Map<string, CustomElementConstructor>()

/** Every built-in element by the name programs use. */
export const builtIns = new Map<string, typeof BuiltIn>()

export function defineElement(name: string, element: typeof BuiltIn): void {
  builtIns.set(name, element)
  define(`wx-${name}`, element)
}

function define(tag: string, element: CustomElementConstructor): CustomElementConstructor {
  customElements.define(tag, element)
  defined.set(tag, element)
  return element
}

const tags = new Map<string, string>()
// Taken before the frame is locked: what programs get in its place looks at every name.
const { createElement } = Document.prototype

/** An element for a tag of a template: one of ours, or the host of one of the program's components. */
export function createBuiltIn(name: string): HTMLElement {
  let tag = tags.get(name)
  if (!tag) {
    tag = `wx-${name.toLowerCase().replace(/[^a-z0-9_.-]/g, '-')}`
    if (!defined.has(tag)) define(tag, class extends BuiltIn {})
    tags.set(name, tag)
  }
  return createElement.call(document, tag)
}
