/** Storage: all of it is here from the start, so the synchronous calls can be; the host keeps it. */

import { copyData } from '../engine/copy'
import { program } from '../engine/program'
import { type Api, atOnce, defineApi, defineDirect, invoke, mistake, type Param } from './define'

const SOURCE = 'miniprogram/storage'
/** The published limits; sealed data swells, so less of it fits. */
const VALUE_BYTES = 1024 * 1024
const TOTAL_BYTES = 10 * 1024 * 1024
const SEALED_VALUE_BYTES = 0.7 * VALUE_BYTES
const MOST_IN_BATCH_BYTES = TOTAL_BYTES

const sizes = new Map<string, number>()
const sealed = new Set<string>()
let values: Map<string, unknown> | undefined

function store(): Map<string, unknown> {
  if (!values) {
    values = new Map(Object.entries(program().boot.storage))
    for (const [key, value] of values) sizes.set(key, sizeOf(key, value))
    for (const key of program().boot.sealed ?? []) sealed.add(key)
  }
  return values
}

function sizeOf(key: string, value: unknown): number {
  return new TextEncoder().encode(key).length + new TextEncoder().encode(JSON.stringify(value) ?? '').length
}

function check(options: Record<string, unknown>, params: Record<string, Param>): void {
  const wrong = mistake({ params }, options)
  if (wrong) throw { errMsg: `parameter error: ${wrong}`, errno: 1001 }
}

interface Pair {
  key: string
  value: unknown
}

/** What the keys of plugins begin with; no program can write it. */
const FOREIGN = '\u0000'

/** The calls on what is kept under keys that begin so: the program's own, or a plugin's, which see nothing of each other. */
function area(prefix: string): { later: Record<string, Omit<Api, 'name' | 'runsIn'>>; now: Record<string, (...args: any[]) => unknown> } {
  const mine = (): string[] => [...store().keys()].filter((key) => (prefix ? key.startsWith(prefix) : !key.startsWith(FOREIGN)))
  const total = (): number => mine().reduce((sum, key) => sum + sizes.get(key)!, 0)
  const named = (key: unknown): string => prefix + String(key)

  const set = (key: string, value: unknown, encrypt = false): void => {
    check({ key }, { key: 'text' })
    const kept = copyData(value)
    const size = sizeOf(key, kept)
    if (size > (encrypt ? SEALED_VALUE_BYTES : VALUE_BYTES)) throw { errMsg: 'data size exceeds limit, the maximum is 1MB' }
    if (total() - (sizes.get(named(key)) ?? 0) + size > TOTAL_BYTES) throw { errMsg: 'exceed storage max size 10Mb' }
    store().set(named(key), kept)
    sizes.set(named(key), size)
    if (encrypt) sealed.add(named(key))
    else sealed.delete(named(key))
    program().host.emit('storage', { key: named(key), value: kept, ...(encrypt ? { sealed: true } : {}) })
  }

  const find = (key: string, encrypt = false): { data: unknown } | undefined => {
    if (!store().has(named(key)) || sealed.has(named(key)) !== encrypt) return undefined
    return { data: copyData(store().get(named(key))) }
  }

  /** What was kept under a key, or the empty text, as the calls that answer at once give it. */
  const get = (key: unknown): unknown => {
    const found = find(String(key))
    return found ? found.data : ''
  }

  const forget = (key: string): void => {
    if (!store().delete(key)) return
    sizes.delete(key)
    sealed.delete(key)
    program().host.emit('storage', { key })
  }

  const remove = (key: string): void => {
    check({ key }, { key: 'text' })
    forget(named(key))
  }

  const clear = (): void => {
    const keys = mine()
    if (keys.length < store().size) return keys.forEach(forget)
    store().clear()
    sizes.clear()
    sealed.clear()
    program().host.emit('storage', {})
  }

  const info = (): { keys: string[]; currentSize: number; limitSize: number } => ({ keys: mine().map((key) => key.slice(prefix.length)), currentSize: Math.ceil(total() / 1024), limitSize: TOTAL_BYTES / 1024 })

  /** All of a batch is kept, or nothing. */
  const setAll = (list: Pair[]): void => {
    check({ kvList: list }, { kvList: 'list' })
    let size = 0
    for (const { key, value } of list) {
      check({ key }, { key: 'text' })
      const one = sizeOf(key, copyData(value))
      if (one > VALUE_BYTES) throw { errMsg: 'data size exceeds limit, the maximum is 1MB' }
      size += one - (sizes.get(named(key)) ?? 0)
    }
    if (total() + size > MOST_IN_BATCH_BYTES) throw { errMsg: 'exceed storage max size 10Mb' }
    for (const { key, value } of list) set(key, value)
  }

  const getAll = (keys: string[]): unknown[] => {
    check({ keyList: keys }, { keyList: 'list' })
    return keys.map(get)
  }

  return {
    later: {
      setStorage: { source: `${SOURCE}/wx.setStorage`, params: { key: 'text', data: 'any?', encrypt: 'flag?' }, run: ({ key, data, encrypt }) => set(key, data, encrypt === true) },
      getStorage: {
        source: `${SOURCE}/wx.getStorage`,
        params: { key: 'text', encrypt: 'flag?' },
        returns: ['data'],
        run: ({ key, encrypt }) => {
          const found = find(String(key), encrypt === true)
          if (!found) throw { errMsg: 'data not found' }
          return found
        },
      },
      removeStorage: { source: `${SOURCE}/wx.removeStorage`, params: { key: 'text' }, run: ({ key }) => remove(key) },
      clearStorage: { source: `${SOURCE}/wx.clearStorage`, params: {}, run: clear },
      getStorageInfo: { source: `${SOURCE}/wx.getStorageInfo`, params: {}, returns: ['keys', 'currentSize', 'limitSize'], run: info },
      batchSetStorage: { source: `${SOURCE}/wx.batchSetStorage`, params: { kvList: 'list' }, run: ({ kvList }) => setAll(kvList) },
      batchGetStorage: { source: `${SOURCE}/wx.batchGetStorage`, params: { keyList: 'list' }, returns: ['dataList'], run: ({ keyList }) => ({ dataList: getAll(keyList) }) },
    },
    now: {
      setStorageSync: (key: string, value: unknown) => atOnce('setStorageSync', () => set(key, value)),
      getStorageSync: get,
      removeStorageSync: (key: string) => atOnce('removeStorageSync', () => remove(key)),
      clearStorageSync: clear,
      getStorageInfoSync: info,
      batchSetStorageSync: (list: Pair[]) => atOnce('batchSetStorageSync', () => setAll(list)),
      batchGetStorageSync: (keys: string[]) => atOnce('batchGetStorageSync', () => getAll(keys)),
    },
  }
}

const own = area('')
for (const [name, api] of Object.entries(own.later)) defineApi(name, api)
for (const [name, run] of Object.entries(own.now)) defineDirect(name, run, name === 'getStorageInfoSync' ? { returns: ['keys', 'currentSize', 'limitSize'] } : {})

/** The same calls for a plugin, which keeps what it keeps apart from the program and from other plugins. */
export function storageOf(provider: string): Record<string, unknown> {
  const { later, now } = area(`${FOREIGN}${provider} `)
  return { ...now, ...Object.fromEntries(Object.entries(later).map(([name, api]) => [name, (options?: unknown) => invoke({ name, runsIn: 'frame', ...api }, options)])) }
}

/** Bytes as an address that pictures and the like are shown by. */
defineDirect('createBufferURL', (buffer: ArrayBuffer | ArrayBufferView<ArrayBuffer>) => URL.createObjectURL(new Blob([buffer])), { source: `${SOURCE}/wx.createBufferURL` })
defineDirect('revokeBufferURL', (url: string) => URL.revokeObjectURL(url), { source: `${SOURCE}/wx.revokeBufferURL` })
