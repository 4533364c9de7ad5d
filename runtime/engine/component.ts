/** Component, Page and Behavior: what programs write, made into what the component engine runs. */

import { animate, clearAnimation } from './animation'
import { copyData } from './copy'
import { debug } from './debug'
import { bindInstance } from './events'
import { Component, type ComponentSpace, DeepCopyKind, type GeneralBehavior, type GeneralComponent } from './glass-easel'
import { createIntersectionObserver, createMediaQueryObserver, createSelectorQuery } from './query'

export interface Definition {
  kind: 'page' | 'component'
  fields: Record<string, any>
}

/** Copies of what a component set over the very same value: its property's observer, which may do just that, does not hear of them. */
const unchanged = new WeakMap<object, GeneralComponent>()

const nodes = new WeakMap<object, GeneralComponent>()
const exported = new WeakMap<GeneralComponent, () => unknown>()

/** The engine's component behind an instance a program holds. */
export function componentOf(instance: object): GeneralComponent {
  const node = nodes.get(instance)
  if (!node) throw new Error('this object is not a component instance')
  return node
}

let readyQueue: GeneralComponent[] | null = null

/** Components attached while `run` runs are told they are ready only when `flush` is called. */
export function collectReady(run: () => void): () => void {
  const mine: GeneralComponent[] = []
  const before = readyQueue
  readyQueue = mine
  try {
    run()
  } finally {
    readyQueue = before
  }
  return () => flushReady(mine)
}

function enqueueReady(component: GeneralComponent): void {
  if (!readyQueue) {
    const mine: GeneralComponent[] = []
    readyQueue = mine
    queueMicrotask(() => {
      if (readyQueue === mine) readyQueue = null
      flushReady(mine)
    })
  }
  readyQueue.push(component)
}

function flushReady(components: GeneralComponent[]): void {
  for (const component of components.splice(0).reverse()) component.triggerLifetime('ready', [])
}

/** The behaviors programs name by an address; made when the first program is. */
let common: Record<string, GeneralBehavior> = {}

/** Whether a component stands for a field of a form, as `wx://form-field` makes it. */
export function isFormField(component: GeneralComponent): boolean {
  const field = common['wx://form-field']
  return field !== undefined && component.hasBehavior(field)
}

/** How styles follow the values of wx.worklet, once that is here. */
export const animated: {
  apply?: (instance: Instance, selector: string, work: () => Record<string, string | number>, done?: (result: { styleId: number }) => void) => void
  clear?: (instance: Instance, selector: string, ids?: number[], done?: () => void) => void
} = {}

/** What `this` is in a program's components and pages. */
export class Instance {
  declare route?: string
  declare options?: Record<string, string>
  declare exitState?: unknown

  get data(): Record<string, any> {
    return componentOf(this).data
  }

  set data(value: Record<string, any>) {
    componentOf(this).data = copyData(value)
  }

  get properties(): Record<string, any> {
    return componentOf(this).data
  }

  /** Published nowhere, but there: programs read another component's data by it. */
  get __data__(): Record<string, any> {
    return componentOf(this).data
  }

  get is(): string {
    return componentOf(this).is
  }

  get id(): string {
    return componentOf(this).id
  }

  /** What draws it: always the browser's own engine. */
  get renderer(): string {
    return 'webview'
  }

  get dataset(): Record<string, unknown> {
    return { ...componentOf(this).dataset }
  }

  setData(values?: Record<string, any> | null, done?: () => void): void {
    const component = componentOf(this)
    if (values) {
      const copied: Record<string, unknown> = {}
      for (const key of Object.keys(values)) {
        const value: unknown = values[key]
        copied[key] = copyData(value)
        if (typeof value === 'object' && value !== null && value === component.data[key] && copied[key] !== value) unchanged.set(copied[key] as object, component)
      }
      debug('setData', component.is, Object.keys(copied).join(','))
      const started = updateHooks.watch ? performance.now() : 0
      timed(component, Object.keys(copied), () => component.setData(copied))
      updateHooks.watch?.(component, copied, performance.now() - started)
    }
    if (typeof done === 'function') queueMicrotask(() => done.call(this))
  }

  groupSetData(run?: () => void): void {
    const component = componentOf(this)
    timed(component, null, () => component.groupUpdates(() => run?.call(this)))
  }

  triggerEvent(name: string, detail?: unknown, options: { bubbles?: boolean; composed?: boolean; capturePhase?: boolean } = {}): void {
    componentOf(this).triggerEvent(name, detail === undefined ? {} : copyData(detail), options)
  }

  applyAnimatedStyle(selector: string, work: () => Record<string, string | number>, _how?: object, done?: (result: { styleId: number }) => void): void {
    animated.apply?.(this, selector, work, done)
  }

  clearAnimatedStyle(selector: string, ids?: number[], done?: () => void): void {
    animated.clear?.(this, selector, ids, done)
  }

  hasBehavior(behavior: any): boolean {
    return componentOf(this).hasBehavior(typeof behavior === 'string' ? (common[behavior] ?? behavior) : behavior)
  }

  selectComponent(selector: string): unknown {
    return select(componentOf(this), selector)[0] ?? null
  }

  selectAllComponents(selector: string): unknown[] {
    return select(componentOf(this), selector)
  }

  selectOwnerComponent(): unknown {
    const owner = componentOf(this).ownerShadowRoot?.getHostNode()
    return owner ? expose(owner) : null
  }

  getRelationNodes(key: string): unknown[] {
    return componentOf(this).getRelationNodes(key).map((node) => node.getMethodCaller())
  }

  createSelectorQuery(): unknown {
    return createSelectorQuery().in(this)
  }

  createIntersectionObserver(options?: object): unknown {
    return createIntersectionObserver(this, options)
  }

  createMediaQueryObserver(): unknown {
    return createMediaQueryObserver()
  }

  animate(selector: string, keyframes: object[], duration: number, done?: Parameters<typeof animate>[4]): void {
    animate(componentOf(this), selector, keyframes as Record<string, unknown>[], duration, done)
  }

  clearAnimation(selector: string, options?: unknown, done?: () => void): void {
    clearAnimation(componentOf(this), selector, options, done)
  }

  getPageId(): string {
    return pageHooks.idOf(componentOf(this))
  }

  getTabBar(): unknown {
    return pageHooks.tabBarOf(componentOf(this))
  }

  getOpenerEventChannel(): unknown {
    return pageHooks.openerOf(componentOf(this))
  }

  setUpdatePerformanceListener(options?: { withDataPaths?: boolean } | null, listener?: (update: object) => void): void {
    const component = componentOf(this)
    if (typeof listener === 'function') watches.set(component, { paths: options?.withDataPaths === true, listener, open: null })
    else watches.delete(component)
  }

  setPassiveEvent(): void {}
}

// What a program puts under one of these names is its own and stays as given; pages keep what they were opened with as `id`.
for (const name of ['is', 'id', 'renderer', 'dataset'] as const) {
  Object.defineProperty(Instance.prototype, name, {
    ...Object.getOwnPropertyDescriptor(Instance.prototype, name),
    set(this: Instance, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true })
    },
  })
}

/** The dev tools hear of every update, where the frame is built with them. */
export const updateHooks: { watch?: (component: GeneralComponent, values: Record<string, unknown>, ms: number) => void } = {}

interface UpdateWatch {
  paths: boolean
  listener: (update: object) => void
  /** The names set so far in updates that are being drawn together. */
  open: string[][] | null
}

const watches = new WeakMap<GeneralComponent, UpdateWatch>()
let updates = 0

/** Run an update, and say how long it took if the component wants to know. No names: a group of updates. */
function timed(component: GeneralComponent, names: string[] | null, run: () => void): void {
  const watch = watches.get(component)
  if (!watch) return run()
  if (watch.open) {
    if (names) watch.open.push(names)
    return run()
  }
  const open: string[][] = names ? [names] : []
  watch.open = open
  const started = Date.now()
  try {
    run()
  } finally {
    watch.open = null
  }
  if (!open.length) return
  const update = { updateProcessId: ++updates, isMergedUpdate: open.length > 1, pendingStartTimestamp: started, updateStartTimestamp: started, updateEndTimestamp: Date.now() }
  const split = (name: string): (string | number)[] => name.split(/[.[\]]+/).filter(Boolean).map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  watch.listener.call(component.getMethodCaller(), watch.paths ? { ...update, dataPaths: open.flat().map(split) } : update)
}

/** What only the router knows of a page; it sets these when it starts. */
export const pageHooks = {
  idOf: (_component: GeneralComponent): string => '',
  tabBarOf: (_component: GeneralComponent): unknown => null,
  openerOf: (_component: GeneralComponent): unknown => ({}),
}

function select(component: GeneralComponent, selector: string): unknown[] {
  const root = component.getShadowRoot()
  if (!root || !selector) return []
  return root
    .querySelectorAll(selector)
    .filter((node) => Component.isComponent(node))
    .map((node) => expose(node as unknown as GeneralComponent))
}

function expose(component: GeneralComponent): unknown {
  const give = exported.get(component)
  return give ? give() : component.getMethodCaller()
}

/** The behaviors every program may name without defining them. */
export function defineCommonBehaviors(space: ComponentSpace): Record<string, GeneralBehavior> {
  const plain = (is: string, properties: Record<string, unknown> = {}): GeneralBehavior => space.defineBehavior({ is, properties } as any) as unknown as GeneralBehavior
  return {
    'wx://form-field': plain('wx://form-field', { name: { type: String }, value: { type: null } }),
    'wx://form-field-group': plain('wx://form-field-group'),
    'wx://form-field-button': plain('wx://form-field-button'),
    'wx://component-export': plain('wx://component-export'),
  }
}

export interface Registration {
  is: string
  template: any
  using: Record<string, any>
  generics?: Record<string, any>
  placeholders?: Record<string, string>
  styleScope: number
  extraStyleScope: number | null
  pureDataPattern?: RegExp
}

export class Definitions {
  readonly common: Record<string, GeneralBehavior>
  private behaviors = 0

  constructor(readonly space: ComponentSpace) {
    this.common = common = defineCommonBehaviors(space)
  }

  /** Behavior(fields) */
  behavior(given: Record<string, any>): GeneralBehavior {
    this.behaviors += 1
    const fields = this.filtered(given)
    const normal = this.normalize(fields, 'component')
    const behavior = this.space.defineBehavior({ is: `behavior-${this.behaviors}`, ...normal } as any) as unknown as GeneralBehavior
    this.written.set(behavior, { filter: given.definitionFilter, behaviors: list(given.behaviors), data: normal.data() })
    return behavior
  }

  /** What each behavior was made of: the engine keeps neither its filter nor its data for us to read. */
  private readonly written = new Map<unknown, { filter?: unknown; behaviors: unknown[]; data: Record<string, unknown> }>()

  /** A definition after the behaviors it names have had a look at it: they may change what it says. */
  private filtered(given: Record<string, any>): Record<string, any> {
    const fields = { ...given }
    for (const one of list(given.behaviors)) {
      const { filter, behaviors = [] } = this.written.get(one) ?? {}
      if (typeof filter === 'function') filter(fields, behaviors.map((inner) => this.written.get(inner)?.filter).filter(Boolean))
    }
    return fields
  }

  register(definition: Definition, how: Registration): void {
    const { kind } = definition
    const fields = this.filtered(definition.fields)
    const normal = kind === 'page' ? this.normalizePage(fields) : this.normalize(fields, 'component')
    const options = fields.options ?? {}
    const prototype = { value: null as object | null }
    const build = this.space.define(how.is).definition({
      is: how.is,
      ...normal,
      using: how.using,
      generics: how.generics,
      placeholders: how.placeholders,
      template: how.template,
      options: {
        multipleSlots: Boolean(options.multipleSlots),
        dynamicSlots: Boolean(options.dynamicSlots),
        virtualHost: kind === 'component' && Boolean(options.virtualHost),
        pureDataPattern: options.pureDataPattern instanceof RegExp ? options.pureDataPattern : (how.pureDataPattern ?? null),
        styleScope: how.styleScope,
        extraStyleScope: how.extraStyleScope,
        // Instances are objects of their own: a property named `dataset` must not shadow the node's.
        writeFieldsToNode: false,
        writeIdToDOM: true,
        useMethodCallerListeners: true,
        dataDeepCopy: DeepCopyKind.None,
        propertyPassingDeepCopy: DeepCopyKind.None,
      },
    } as any)
    build.methodCallerInit(function (this: any) {
      const component = this as GeneralComponent
      prototype.value ??= prototypeOf(component)
      const instance = Object.create(prototype.value) as Instance
      nodes.set(instance, component)
      bindInstance(instance, component)
      if (typeof fields.export === 'function') exported.set(component, () => fields.export.call(instance))
      if (kind === 'page') for (const [name, value] of Object.entries(fields)) if (typeof value !== 'function' && name !== 'data') (instance as any)[name] = copyData(value)
      return instance
    })
    build.lifetime('attached' as any, function (this: any) {
      enqueueReady(componentOf(this as object))
    })
    build.registerComponent()
  }

  private normalizePage(fields: Record<string, any>): Record<string, any> {
    const methods = { ...onlyFunctions(fields.methods), ...onlyFunctions(fields) }
    return this.normalize({ ...pick(fields, ['behaviors', 'options', 'observers', 'lifetimes', 'pageLifetimes', 'properties', 'data']), methods }, 'page')
  }

  private normalize(fields: Record<string, any>, kind: 'page' | 'component'): Record<string, any> {
    const behaviors = list(fields.behaviors).map((one) => (typeof one === 'string' ? this.common[one] : one)).filter(Boolean) as GeneralBehavior[]
    const methods = onlyFunctions(fields.methods) as Record<string, any>
    const properties: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(fields.properties ?? {})) properties[name] = normalizeProperty(value, methods)
    // Of one name in several places the last holds; but objects are put together.
    const own = typeof fields.data === 'function' ? fields.data() : (fields.data ?? {})
    const merged: Record<string, unknown> = {}
    for (const data of [...behaviors.map((one) => this.written.get(one)?.data ?? {}), own]) {
      for (const [name, value] of Object.entries(data)) merged[name] = isPlain(value) && isPlain(merged[name]) ? { ...merged[name], ...value } : value
    }
    const result: Record<string, any> = {
      behaviors,
      properties,
      data: () => copyData(merged) as object,
      methods,
      lifetimes: { ...pick(fields, kind === 'component' ? ['created', 'attached', 'ready', 'moved', 'detached', 'error'] : []), ...onlyFunctions(fields.lifetimes) },
      pageLifetimes: onlyFunctions(fields.pageLifetimes),
      externalClasses: list(fields.externalClasses).filter((one) => typeof one === 'string'),
      relations: normalizeRelations(fields.relations),
      observers: normalizeObservers(fields.observers, methods),
    }
    return result
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function prototypeOf(component: GeneralComponent): object {
  const methods = Component.getMethodsFromDef(component.getComponentDefinition())
  return Object.assign(Object.create(Instance.prototype) as object, methods)
}

const TYPES = new Set<unknown>([String, Number, Boolean, Object, Array, Function, null])

/** Definitions in the wild name no type, several, or one that is none. */
function normalizeProperty(given: any, methods: Record<string, any>): Record<string, unknown> {
  if (given === null || given === undefined || typeof given === 'function') return { type: TYPES.has(given) ? given : null }
  if (Array.isArray(given)) return { type: TYPES.has(given[0]) ? given[0] : null, optionalTypes: given.slice(1).filter((one) => TYPES.has(one)) }
  if (typeof given !== 'object') return { type: null, value: given }
  const out: Record<string, unknown> = {}
  const types = Array.isArray(given.type) ? given.type : [given.type]
  const known = types.filter((one: unknown) => TYPES.has(one))
  out.type = known.length ? known[0] : null
  const optional = [...known.slice(1), ...list(given.optionalTypes).filter((one) => TYPES.has(one))]
  if (optional.length) out.optionalTypes = optional
  if (given.value !== undefined) out.default = () => copyData(given.value as unknown) // a function is itself the value
  else if (given.default !== undefined) out.default = typeof given.default === 'function' && out.type !== Function ? given.default : () => copyData(given.default as unknown)
  const observer = typeof given.observer === 'string' ? methods[given.observer] : given.observer
  if (typeof observer === 'function') {
    out.observer = function (this: Instance, now: unknown, before: unknown): void {
      if (unchanged.get(now as object) !== componentOf(this)) observer.call(this, now, before)
    }
  }
  return out
}

function normalizeObservers(given: unknown, methods: Record<string, any>): Record<string, unknown> | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const out: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(given)) {
    const run = typeof value === 'string' ? methods[value] : value
    if (typeof run === 'function') out[path] = run
  }
  return out
}

function normalizeRelations(given: unknown): Record<string, unknown> | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const out: Record<string, unknown> = {}
  const instance = (run: unknown) =>
    typeof run === 'function'
      ? function (this: unknown, target: any) {
          return run.call(this, target?.getMethodCaller?.() ?? target)
        }
      : undefined
  for (const [key, value] of Object.entries(given as Record<string, any>)) {
    out[key] = { ...value, linked: instance(value.linked), linkChanged: instance(value.linkChanged), unlinked: instance(value.unlinked) }
  }
  return out
}

function onlyFunctions(given: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries((given as object | undefined) ?? {}).filter(([, value]) => typeof value === 'function'))
}

function pick(from: Record<string, any>, names: string[]): Record<string, any> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]))
}

function list(value: unknown): any[] {
  return Array.isArray(value) ? value : []
}

/** Call one of a page's own lifecycle functions, if it has it. */
export function callPage(page: Instance, name: string, ...args: unknown[]): unknown {
  const run = (page as any)[name]
  if (typeof run !== 'function') return undefined
  return run.apply(page, args)
}
