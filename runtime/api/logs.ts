/** What a program writes down for its developers, and what it counts. The host passes both on. */

import { copyData } from '../engine/copy'
import { program } from '../engine/program'
import { currentPage } from '../engine/router'
import { defineApi, defineDirect, defineObject } from './define'

const SOURCE = 'miniprogram/base/debug'
/** The published most of one entry, and of what realtime logs gather for a page. */
const ENTRY_LENGTH = 100 * 1024
const REALTIME = { maxSize: 5 * 1024, maxLogCount: 200 }

type Level = 'debug' | 'info' | 'log' | 'warn' | 'error'

function text(args: unknown[]): string {
  return args
    .map((one) => {
      if (typeof one === 'string') return one
      if (one instanceof Error) return `${one.message}\n${one.stack ?? ''}`
      try {
        return JSON.stringify(copyData(one)) ?? String(one)
      } catch {
        return String(one)
      }
    })
    .join(' ')
    .slice(0, ENTRY_LENGTH)
}

function write(level: Level, args: unknown[], about: Record<string, unknown> = {}): string {
  const entry = text(args)
  program().host.emit('log', { level, text: entry, ...about })
  return entry
}

class LogManager {
  debug(...args: unknown[]): void {
    write('debug', args)
  }

  info(...args: unknown[]): void {
    write('info', args)
  }

  log(...args: unknown[]): void {
    write('log', args)
  }

  warn(...args: unknown[]): void {
    write('warn', args)
  }
}

/** Entries carry the filter words set so far, and the page they are of. */
class RealtimeLogManager {
  #filter = ''
  #size = 0
  #count = 0
  #page: string | undefined

  info(...args: unknown[]): void {
    this.#write('info', args)
  }

  warn(...args: unknown[]): void {
    this.#write('warn', args)
  }

  error(...args: unknown[]): void {
    this.#write('error', args)
  }

  setFilterMsg(message: string): void {
    this.#filter = String(message)
  }

  addFilterMsg(message: string): void {
    this.#filter = this.#filter ? `${this.#filter} ${message}` : String(message)
  }

  /** Entries belong to this page instead of the one on screen. */
  in(page: { route?: string }): this {
    this.#page = page?.route
    return this
  }

  tag(key: string): RealtimeTagLogManager {
    return new RealtimeTagLogManager(String(key))
  }

  getCurrentState(): { size: number; maxSize: number; logCount: number; maxLogCount: number } {
    return { size: this.#size, maxSize: REALTIME.maxSize, logCount: this.#count, maxLogCount: REALTIME.maxLogCount }
  }

  #write(level: Level, args: unknown[]): void {
    const entry = write(level, args, { filter: this.#filter, page: this.#page ?? currentPage()?.path ?? '' })
    this.#size += entry.length
    this.#count += 1
  }
}

class RealtimeTagLogManager {
  readonly #tag: string
  #filter = ''

  constructor(tag: string) {
    this.#tag = tag
  }

  info(key: string, value: unknown): void {
    this.#write('info', key, value)
  }

  warn(key: string, value: unknown): void {
    this.#write('warn', key, value)
  }

  error(key: string, value: unknown): void {
    this.#write('error', key, value)
  }

  setFilterMsg(message: string): void {
    this.#filter = String(message)
  }

  addFilterMsg(message: string): void {
    this.#filter = this.#filter ? `${this.#filter} ${message}` : String(message)
  }

  #write(level: Level, key: string, value: unknown): void {
    write(level, [key, value], { tag: this.#tag, filter: this.#filter, page: currentPage()?.path ?? '' })
  }
}

for (const [name, kind] of Object.entries({ LogManager, RealtimeLogManager, RealtimeTagLogManager })) defineObject(name, kind)
const log = new LogManager()
defineDirect('getLogManager', () => log, { source: `${SOURCE}/wx.getLogManager` })
defineDirect('getRealtimeLogManager', () => new RealtimeLogManager(), { source: `${SOURCE}/wx.getRealtimeLogManager` })

let debugging = false
export const isDebugging = (): boolean => debugging
defineApi('setEnableDebug', {
  source: `${SOURCE}/wx.setEnableDebug`,
  params: { enableDebug: 'flag' },
  run: ({ enableDebug }) => {
    debugging = enableDebug
    program().host.emit('debug', { on: enableDebug })
  },
})

/** What is counted: by the host, for whoever owns the program. */
for (const name of ['reportEvent', 'reportAnalytics', 'reportMonitor', 'reportPerformance']) {
  defineDirect(name, (id: unknown, value?: unknown, dimensions?: unknown) => program().host.emit('report', { kind: name, id: String(id), value: copyData(value), ...(dimensions === undefined ? {} : { dimensions: copyData(dimensions) }) }), { source: `miniprogram/data-analysis/wx.${name}` })
}
/** No experiments run here: there is none to take part in. */
/** No table of configurations is kept for programs here: what is asked for is empty, and holds for this time. */
defineApi('getCommonConfig', { source: 'miniprogram/data-analysis/wx.getCommonConfig', params: { keys: 'list?', mode: 'number' }, returns: ['conf', 'conf_type', 'errcode', 'errmsg', 'expire_sec'], run: () => ({ conf: '{}', conf_type: 2, errcode: 0, errmsg: 'ok', expire_sec: 0 }) })
defineDirect('getExptInfoSync', (_keys?: string[]) => ({}), { source: 'miniprogram/data-analysis/wx.getExptInfoSync' })
