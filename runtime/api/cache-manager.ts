/** wx.createCacheManager: answers of requests kept by rules, and given again while the network is weak. */

import { defineDirect, defineObject, guard } from './define'

type Result = Record<string, unknown>

interface DataRule {
  name: string
  schema: { type?: string; value?: unknown } | { type?: string; value?: unknown }[]
}

interface Rule {
  id: string
  method: string
  url: string
  maxAge?: number
  dataSchema?: DataRule[]
}

interface Kept {
  ruleId: string
  cacheId: string
  data: Result
  createTime: number
  maxAge: number
}

interface Asked {
  url: string
  method: string
  data: unknown
}

type CacheEvent = 'request' | 'enterWeakNetwork' | 'exitWeakNetwork'

const WEEK_MS = 7 * 24 * 60 * 60 * 1000
let current: CacheManager | undefined
let lastRule = 0
let lastCache = 0

const connection = (): { effectiveType?: string; addEventListener?: (name: string, listener: () => void) => void } | undefined => (navigator as { connection?: object }).connection

function isWeak(): boolean {
  return !navigator.onLine || ['slow-2g', '2g'].includes(connection()?.effectiveType ?? '')
}

class CacheManager {
  readonly #origin: string
  readonly #mode: string
  readonly #maxAge: number
  readonly #rules = new Map<string, Rule>()
  readonly #kept = new Map<string, Kept & { key: string }>()
  readonly #heard: Record<CacheEvent, Set<(event: any) => unknown>> = { request: new Set(), enterWeakNetwork: new Set(), exitWeakNetwork: new Set() }
  #started = false
  #weak = isWeak()

  constructor({ origin = '', mode = 'weakNetwork', maxAge = WEEK_MS }: { origin?: string; mode?: string; maxAge?: number } = {}) {
    this.#origin = origin.replace(/\/$/, '')
    this.#mode = mode
    this.#maxAge = maxAge
    const look = (): void => {
      const weak = isWeak()
      if (weak === this.#weak) return
      this.#weak = weak
      for (const listener of [...this.#heard[weak ? 'enterWeakNetwork' : 'exitWeakNetwork']]) guard(listener, undefined)
    }
    for (const event of ['online', 'offline']) window.addEventListener(event, look)
    connection()?.addEventListener?.('change', look)
  }

  addRule({ id = `rule${(lastRule += 1)}`, method = 'GET', url = '', maxAge, dataSchema }: Partial<Rule>): string {
    this.#rules.set(id, { id, method: method.toUpperCase(), url, maxAge, dataSchema })
    return id
  }

  addRules(rules: Partial<Rule>[]): string[] {
    return rules.map((rule) => this.addRule(rule))
  }

  deleteRule(id: string): void {
    this.#rules.delete(id)
  }

  deleteRules(ids: string[]): void {
    for (const id of ids) this.deleteRule(id)
  }

  clearRules(): void {
    this.#rules.clear()
  }

  deleteCache(id: string): void {
    for (const [key, one] of this.#kept) if (one.cacheId === id) this.#kept.delete(key)
  }

  deleteCaches(ids: string[]): void {
    for (const id of ids) this.deleteCache(id)
  }

  clearCaches(): void {
    this.#kept.clear()
  }

  /** What was kept for a request, if its rule still allows it. */
  match(asked: Asked & { evt?: Asked }): Kept | null {
    const { url, method, data } = asked.evt ?? asked
    const rule = this.#ruleOf({ url, method, data })
    const found = rule && this.#kept.get(keyOf({ url, method, data }))
    if (!found) return null
    if (Date.now() - found.createTime > found.maxAge) {
      this.#kept.delete(found.key)
      return null
    }
    const { ruleId, cacheId, createTime, maxAge } = found
    return { ruleId, cacheId, data: found.data, createTime, maxAge }
  }

  on(event: CacheEvent, listener: (event: any) => unknown): void {
    this.#heard[event]?.add(listener)
  }

  off(event: CacheEvent, listener?: (event: any) => unknown): void {
    if (listener) this.#heard[event]?.delete(listener)
    else this.#heard[event]?.clear()
  }

  /** Both mean something only in the mode `none`. */
  start(): void {
    this.#started = true
  }

  stop(): void {
    this.#started = false
  }

  #ruleOf({ url, method, data }: Asked): Rule | undefined {
    return [...this.#rules.values()].find((rule) => rule.method === method && fits(rule, this.#origin, url, data))
  }

  /** How a request is answered while this is at work, or undefined for one that no rule knows. */
  static around(manager: CacheManager, asked: Asked): ((real: () => Promise<Result>) => Promise<Result>) | undefined {
    const rule = manager.#ruleOf(asked)
    if (!rule) return undefined
    return async (real) => {
      const request = async (): Promise<Result> => {
        const data = await real()
        const key = keyOf(asked)
        manager.#kept.set(key, { key, ruleId: rule.id, cacheId: `cache${(lastCache += 1)}`, data, createTime: Date.now(), maxAge: rule.maxAge ?? manager.#maxAge })
        return data
      }
      const working = manager.#mode === 'always' || (manager.#mode === 'weakNetwork' ? manager.#weak : manager.#started)
      if (!working) return request()
      const [listener] = manager.#heard.request
      if (listener) return (await listener({ ...asked, request })) as Result
      return manager.match(asked)?.data ?? request()
    }
  }
}

function keyOf({ url, method, data }: Asked): string {
  return `${method} ${url} ${typeof data === 'object' ? JSON.stringify(data) : String(data ?? '')}`
}

/** Whether an address is a rule's: whole or below the manager's origin, with `:name` for any one step of the path. */
function fits(rule: Rule, origin: string, url: string, data: unknown): boolean {
  const [wanted, asked] = [/^https?:/.test(rule.url) ? rule.url : origin + rule.url, url.split('?')[0]!]
  const pattern = wanted.split(/\/:\w+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('/[^/]+')
  if (!new RegExp(`^${pattern}$`).test(asked)) return false
  return (rule.dataSchema ?? []).every(({ name, schema }) => {
    const value = (data as Record<string, unknown> | null | undefined)?.[name]
    return [schema].flat().some((one) => (one.value !== undefined ? one.value === value : one.type === 'any' || typeof value === one.type || (value === null && one.type === 'null')))
  })
}

export function aroundRequest(method: string, url: string, data: unknown): ((real: () => Promise<Result>) => Promise<Result>) | undefined {
  return current && CacheManager.around(current, { url, method, data })
}

defineObject('CacheManager', CacheManager)
/** There is one for the whole program, as published. */
defineDirect('createCacheManager', (options?: ConstructorParameters<typeof CacheManager>[0]) => (current ??= new CacheManager(options)), { source: 'miniprogram/storage/cachemanager/wx.createCacheManager' })
