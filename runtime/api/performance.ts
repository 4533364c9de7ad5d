/** wx.getPerformance and its observers, what is loaded ahead, and idle time. */

import { program, resolveUrl } from '../engine/program'
import { fetchPackage } from '../engine/loader'
import { buffer, onTiming, type Timing, timings } from '../engine/timing'
import { defineApi, defineDirect, defineObject, guard } from './define'

const SOURCE = 'miniprogram/base/performance'

class EntryList {
  readonly #entries: Timing[]

  constructor(entries: Timing[]) {
    this.#entries = entries
  }

  getEntries(): Timing[] {
    return this.#entries.map((one) => ({ ...one }))
  }

  getEntriesByType(entryType: string): Timing[] {
    return this.getEntries().filter((one) => one.entryType === entryType)
  }

  getEntriesByName(name: string, entryType?: string): Timing[] {
    return this.getEntries().filter((one) => one.name === name && (!entryType || one.entryType === entryType))
  }
}

class PerformanceObserver {
  readonly #callback: (list: EntryList) => void
  #stop: () => void = () => {}

  constructor(callback: (list: EntryList) => void) {
    this.#callback = callback
  }

  get supportedEntryTypes(): string[] {
    return ['navigation', 'render', 'script', 'loadPackage']
  }

  observe({ entryTypes = [], type }: { entryTypes?: string[]; type?: string } = {}): void {
    this.disconnect()
    const wanted = new Set(type ? [type] : entryTypes)
    let gathered: Timing[] = []
    this.#stop = onTiming((entry) => {
      if (!wanted.has(entry.entryType)) return
      if (!gathered.length) {
        queueMicrotask(() => {
          const entries = gathered
          gathered = []
          guard(this.#callback, new EntryList(entries))
        })
      }
      gathered.push(entry)
    })
  }

  disconnect(): void {
    this.#stop()
  }
}

class Performance {
  readonly timeOrigin = performance.timeOrigin

  now(): number {
    return performance.now()
  }

  getEntries(): Timing[] {
    return new EntryList(timings).getEntries()
  }

  getEntriesByType(entryType: string): Timing[] {
    return new EntryList(timings).getEntriesByType(entryType)
  }

  getEntriesByName(name: string, entryType?: string): Timing[] {
    return new EntryList(timings).getEntriesByName(name, entryType)
  }

  createObserver(callback: (list: EntryList) => void): PerformanceObserver {
    return new PerformanceObserver(callback)
  }

  setBufferSize(size: number): void {
    buffer.most = Math.max(0, Math.floor(Number(size) || 0))
    timings.splice(0, Math.max(0, timings.length - buffer.most))
  }
}

for (const [name, kind] of Object.entries({ Performance, PerformanceObserver, EntryList })) defineObject(name, kind)
const whole = new Performance()
defineDirect('getPerformance', () => whole, { source: `${SOURCE}/wx.getPerformance` })

/** Pictures and fonts that a later page will show. */
defineApi('preloadAssets', {
  source: `${SOURCE}/wx.preloadAssets`,
  params: { data: 'list' },
  run: async ({ data }) => {
    const loads = (data as { type?: string; src?: string }[]).map(async ({ type, src = '' }) => {
      const url = resolveUrl(src)
      if (type === 'font') await new FontFace('preload', `url("${url}")`).load()
      else {
        const image = new Image()
        image.src = url
        await image.decode()
      }
    })
    const ended = await Promise.allSettled(loads)
    if (ended.some((one) => one.status === 'rejected')) throw { errMsg: 'some assets could not be loaded' }
  },
})
/** Pages need nothing made ahead of them here: there is one document for all. */
defineApi('preloadWebview', { source: `${SOURCE}/wx.preloadWebview`, run: () => undefined })
defineApi('preloadSkylineView', { source: `${SOURCE}/wx.preloadSkylineView`, run: () => undefined })

const idle = (globalThis as { requestIdleCallback?: typeof requestIdleCallback }).requestIdleCallback ?? ((run: IdleRequestCallback) => setTimeout(() => run({ didTimeout: false, timeRemaining: () => 0 }), 1) as unknown as number)
const cancelIdle = (globalThis as { cancelIdleCallback?: (id: number) => void }).cancelIdleCallback ?? clearTimeout
defineDirect('requestIdleCallback', (run: IdleRequestCallback, options?: IdleRequestOptions) => idle((deadline) => guard(run as (value: unknown) => void, deadline), options), { source: `${SOURCE}/wx.requestIdleCallback` })
defineDirect('cancelIdleCallback', (id: number) => cancelIdle(id), { source: `${SOURCE}/wx.cancelIdleCallback` })

defineObject('PreDownloadSubpackageTask', ['onProgressUpdate'])
defineDirect('preDownloadSubpackage', (options: { packageType?: string; name?: string; root?: string; success?: (result: unknown) => void; fail?: (failure: unknown) => void; complete?: (result: unknown) => void } = {}) => {
  const heard = new Set<(detail: unknown) => void>()
  const manifest = program().boot.manifest.packages
  const one = manifest.find(({ name, root }) => root !== '' && (options.name === undefined ? options.packageType === 'workers' : name === options.name || root.replace(/\/$/, '') === options.name))
  const done = one ? fetchPackage(one.root) : Promise.reject(new Error(`subpackage "${String(options.name)}" is not found`))
  done.then(
    () => {
      for (const listener of heard) guard(listener, { progress: 100, totalBytesWritten: 0, totalBytesExpectedToWrite: 0 })
      const result = { errMsg: 'preDownloadSubpackage:ok' }
      guard(options.success, result)
      guard(options.complete, result)
    },
    (error: Error) => {
      const failure = { errMsg: `preDownloadSubpackage:fail ${error.message}` }
      guard(options.fail, failure)
      guard(options.complete, failure)
    },
  )
  return { onProgressUpdate: (listener: (detail: unknown) => void) => void heard.add(listener) }
}, { source: 'miniprogram/base/subpackage/wx.preDownloadSubpackage', params: { packageType: 'text?', name: 'text?' } })
