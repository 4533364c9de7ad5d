/**
 * One table of everything under `wx`: its name, what it takes and gives, and where it runs. From it come
 * promise and callback forms, the checks of parameters, `errMsg`, `canIUse`, the reference page and the
 * compiler's warnings (`table.ts`).
 */

import { asFailure, type Failure } from '../bridge/channel'
import { program } from '../engine/program'
import { reportError } from '../engine/report'

export type Type = 'text' | 'number' | 'flag' | 'list' | 'object' | 'bytes' | 'any'

/** A parameter's type; with a question mark after it, it may be left out. */
export type Param = Type | `${Type}?`

export interface Api {
  name: string
  /** The published page that describes it. */
  source: string
  params: Record<string, Param>
  /** What its answer holds beside `errMsg`, where `canIUse` is to know. */
  returns?: string[]
  /** `host` is answered across the bridge, `frame` here at once. */
  runsIn: 'host' | 'frame'
  /** Fails unless app.json names it in `requiredPrivateInfos`. */
  declared?: boolean
  run?: (args: any) => unknown
}

/** What `canIUse` and the reference know of a function that is not called with an object of options. */
export interface About {
  source?: string
  params?: Record<string, Param>
  returns?: string[]
}

export const apis = new Map<string, Api>()
export const direct = new Map<string, unknown>()
export const abouts = new Map<string, About>()
/** The published objects programs get from some call, by name, with their methods and fields. */
export const objects = new Map<string, Set<string>>()

export function defineApi(name: string, api: { source: string; params?: Record<string, Param>; returns?: string[]; runsIn?: 'host' | 'frame'; declared?: boolean; run?: (args: any) => unknown }): void {
  apis.set(name, { name, source: api.source, params: api.params ?? {}, returns: api.returns, runsIn: api.runsIn ?? 'frame', declared: api.declared, run: api.run })
}

/** A function that answers at once, with plain arguments: the `…Sync` family, listeners, factories. */
export function defineDirect(name: string, value: unknown, about: About = {}): void {
  direct.set(name, value)
  abouts.set(name, about)
}

/** Say what a published object has: its members by name, or all that a class gives. */
export function defineObject(name: string, members: string[] | (abstract new (...args: never[]) => object)): void {
  const names = Array.isArray(members) ? members : Object.getOwnPropertyNames(members.prototype).filter((one) => one !== 'constructor')
  objects.set(name, new Set([...(objects.get(name) ?? []), ...names]))
}

interface Callbacks {
  success?: (result: any) => void
  fail?: (failure: Failure) => void
  complete?: (result: any) => void
}

/** Call one of them: a promise only if no callback is given; callbacks always come later. */
export function invoke(api: Api, given: unknown): unknown {
  const options = (typeof given === 'object' && given !== null ? given : {}) as Callbacks & Record<string, unknown>
  const { success, fail, complete, ...args } = options
  const outcome = perform(api, args)
  const callbacks = [success, fail, complete].some((one) => typeof one === 'function')
  if (!callbacks) return outcome
  outcome.then(
    (result) => {
      guard(success, result)
      guard(complete, result)
    },
    (failure: Failure) => {
      guard(fail, failure)
      guard(complete, failure)
    },
  )
  return undefined
}

/** A program's mistake in its callback is the program's to hear of, and stops nothing here. */
export function guard(callback: ((value: any) => unknown) | undefined, value: unknown): void {
  if (typeof callback !== 'function') return
  try {
    callback(value)
  } catch (error) {
    reportError(error)
  }
}

/** A failure of a function that answers at once: an error that carries the published fields. */
export function asError(name: string, error: unknown): Error {
  const failure = asFailure(name, error)
  return Object.assign(new Error(failure.errMsg), failure)
}

/** Runs at once; what goes wrong is thrown as the published error. */
export function atOnce<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw asError(name, error)
  }
}

export async function perform(api: Api, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const wrong = mistake(api, args)
  if (wrong) throw { errMsg: `${api.name}:fail parameter error: ${wrong}`, errno: 1001 } satisfies Failure
  if (api.declared && !names(program().boot.manifest.app.requiredPrivateInfos).includes(api.name)) throw { errMsg: `${api.name}:fail the api need to be declared in the requiredPrivateInfos field in app.json/ext.json`, errno: 112 } satisfies Failure
  try {
    const result = api.runsIn === 'host' ? await program().host.call(api.name, sendable(typed(api, args))) : await api.run!(args)
    return { ...(typeof result === 'object' && result !== null ? (result as object) : {}), errMsg: `${api.name}:ok` }
  } catch (error) {
    throw asFailure(api.name, error)
  }
}

/** A list of names in app.json, however it is written. */
export function names(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}

/** A number given for a text, or the other way round, as what it stands for: the host takes nothing else. */
function typed({ params }: Api, args: Record<string, unknown>): Record<string, unknown> {
  const out = { ...args }
  for (const [name, param] of Object.entries(params)) {
    if (out[name] === undefined || out[name] === null) continue
    if (param.startsWith('text')) out[name] = String(out[name])
    else if (param.startsWith('number')) out[name] = Number(out[name])
  }
  return out
}

/** What is wrong with the arguments, in the published words. */
export function mistake(api: { params: Record<string, Param> }, args: Record<string, unknown>): string | undefined {
  for (const [name, param] of Object.entries(api.params)) {
    const optional = param.endsWith('?')
    const type = (optional ? param.slice(0, -1) : param) as Type
    const value = args[name]
    if (value === undefined || value === null) {
      if (!optional) return `parameter.${name} should be ${WORDS[type]} instead of ${value === null ? 'Null' : 'Undefined'};`
    } else if (!fits(type, value)) return `parameter.${name} should be ${WORDS[type]} instead of ${titled(value)};`
  }
  return undefined
}

const WORDS: Record<Type, string> = { text: 'String', number: 'Number', flag: 'Boolean', list: 'Array', object: 'Object', bytes: 'ArrayBuffer', any: 'Any' }

function fits(type: Type, value: unknown): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string' || typeof value === 'number'
    case 'number':
      return typeof value === 'number' || (typeof value === 'string' && value !== '' && Number.isFinite(Number(value)))
    case 'flag':
      return typeof value === 'boolean'
    case 'list':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object'
    case 'bytes':
      return value instanceof ArrayBuffer
    default:
      return true
  }
}

function titled(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Functions and the like cannot cross the bridge, and mean nothing there. */
export function sendable(value: unknown, depth = 0): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || depth > 20) return undefined
  if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Date) return value
  if (Array.isArray(value)) return value.map((one) => sendable(one, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sendable(one, depth + 1)]).filter(([, one]) => one !== undefined))
}
