/** Storage: all of it is here from the start, so the synchronous calls can be; the host keeps it. */

import { copyData } from '../engine/copy'
import { program } from '../engine/program'
import { atOnce, defineApi, defineDirect, mistake, type Param } from './define'

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

function total(): number {
  store()
  return [...sizes.values()].reduce((sum, one) => sum + one, 0)
}

function check(options: Record<string, unknown>, params: Record<string, Param>): void {
  const wrong = mistake({ params }, options)
  if (wrong) throw { errMsg: `parameter error: ${wrong}`, errno: 1001 }
}

function set(key: string, value: unknown, encrypt = false): void {
  check({ key }, { key: 'text' })
  const kept = copyData(value)
  const size = sizeOf(key, kept)
  if (size > (encrypt ? SEALED_VALUE_BYTES : VALUE_BYTES)) throw { errMsg: 'data size exceeds limit, the maximum is 1MB' }
  if (total() - (sizes.get(key) ?? 0) + size > TOTAL_BYTES) throw { errMsg: 'exceed storage max size 10Mb' }
  store().set(String(key), kept)
  sizes.set(String(key), size)
  if (encrypt) sealed.add(String(key))
  else sealed.delete(String(key))
  program().host.emit('storage', { key: String(key), value: kept, ...(encrypt ? { sealed: true } : {}) })
}

function find(key: string, encrypt = false): { data: unknown } | undefined {
  if (!store().has(key) || sealed.has(key) !== encrypt) return undefined
  return { data: copyData(store().get(key)) }
}

/** What was kept under a key, or the empty text, as the calls that answer at once give it. */
function get(key: unknown): unknown {
  const found = find(String(key))
  return found ? found.data : ''
}

function remove(key: string): void {
  check({ key }, { key: 'text' })
  if (!store().delete(String(key))) return
  sizes.delete(String(key))
  sealed.delete(String(key))
  program().host.emit('storage', { key: String(key) })
}

function clear(): void {
  store().clear()
  sizes.clear()
  sealed.clear()
  program().host.emit('storage', {})
}

function info(): { keys: string[]; currentSize: number; limitSize: number } {
  return { keys: [...store().keys()], currentSize: Math.ceil(total() / 1024), limitSize: TOTAL_BYTES / 1024 }
}

interface Pair {
  key: string
  value: unknown
}

/** All of a batch is kept, or nothing. */
function setAll(list: Pair[]): void {
  check({ kvList: list }, { kvList: 'list' })
  let size = 0
  for (const { key, value } of list) {
    check({ key }, { key: 'text' })
    const one = sizeOf(key, copyData(value))
    if (one > VALUE_BYTES) throw { errMsg: 'data size exceeds limit, the maximum is 1MB' }
    size += one - (sizes.get(key) ?? 0)
  }
  if (total() + size > MOST_IN_BATCH_BYTES) throw { errMsg: 'exceed storage max size 10Mb' }
  for (const { key, value } of list) set(key, value)
}

function getAll(keys: string[]): unknown[] {
  check({ keyList: keys }, { keyList: 'list' })
  return keys.map(get)
}

defineApi('setStorage', { source: `${SOURCE}/wx.setStorage`, params: { key: 'text', data: 'any?', encrypt: 'flag?' }, run: ({ key, data, encrypt }) => set(key, data, encrypt === true) })
defineApi('getStorage', {
  source: `${SOURCE}/wx.getStorage`,
  params: { key: 'text', encrypt: 'flag?' },
  returns: ['data'],
  run: ({ key, encrypt }) => {
    const found = find(String(key), encrypt === true)
    if (!found) throw { errMsg: 'data not found' }
    return found
  },
})
defineApi('removeStorage', { source: `${SOURCE}/wx.removeStorage`, params: { key: 'text' }, run: ({ key }) => remove(key) })
defineApi('clearStorage', { source: `${SOURCE}/wx.clearStorage`, run: clear })
defineApi('getStorageInfo', { source: `${SOURCE}/wx.getStorageInfo`, returns: ['keys', 'currentSize', 'limitSize'], run: info })
defineApi('batchSetStorage', { source: `${SOURCE}/wx.batchSetStorage`, params: { kvList: 'list' }, run: ({ kvList }) => setAll(kvList) })
defineApi('batchGetStorage', { source: `${SOURCE}/wx.batchGetStorage`, params: { keyList: 'list' }, returns: ['dataList'], run: ({ keyList }) => ({ dataList: getAll(keyList) }) })
defineDirect('setStorageSync', (key: string, value: unknown) => atOnce('setStorageSync', () => set(key, value)))
defineDirect('getStorageSync', (key: string) => get(key))
defineDirect('removeStorageSync', (key: string) => atOnce('removeStorageSync', () => remove(key)))
defineDirect('clearStorageSync', clear)
defineDirect('getStorageInfoSync', info, { returns: ['keys', 'currentSize', 'limitSize'] })
defineDirect('batchSetStorageSync', (list: Pair[]) => atOnce('batchSetStorageSync', () => setAll(list)))
defineDirect('batchGetStorageSync', (keys: string[]) => atOnce('batchGetStorageSync', () => getAll(keys)))

/** Bytes as an address that pictures and the like are shown by. */
defineDirect('createBufferURL', (buffer: ArrayBuffer | ArrayBufferView<ArrayBuffer>) => URL.createObjectURL(new Blob([buffer])), { source: `${SOURCE}/wx.createBufferURL` })
defineDirect('revokeBufferURL', (url: string) => URL.revokeObjectURL(url), { source: `${SOURCE}/wx.revokeBufferURL` })
