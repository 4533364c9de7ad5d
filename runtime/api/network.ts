/** Requests, uploads, downloads and sockets: all of them through the host, which knows what is allowed. */

import { asFailure, type Failure } from '../bridge/channel'
import { fileType, forbidden, isOwn, keepFile, local, put, readFile } from '../engine/files'
import { program } from '../engine/program'
import { aroundRequest } from './cache-manager'
import { defineApi, defineDirect, defineObject, guard, mistake, type Param } from './define'

export { keepFile, readFile } from '../engine/files'

const SOURCE = 'miniprogram/network'

interface Options extends Record<string, any> {
  url?: unknown
  success?: (result: any) => void
  fail?: (failure: Failure) => void
  complete?: (result: any) => void
}

interface Answer {
  statusCode: number
  header: Record<string, string>
  cookies: string[]
  body: ArrayBuffer
  profile?: Record<string, unknown>
}

type News = { kind: 'headers'; statusCode: number; header: Record<string, string>; cookies: string[] } | { kind: 'chunk'; body: ArrayBuffer } | { kind: 'progress'; done: number; total: number }

/** A call that can be given up and that tells of its progress. */
class Task {
  readonly #listeners = new Map<string, Set<(detail: any) => void>>()
  readonly #stop: () => void

  constructor(stop: () => void) {
    this.#stop = stop
  }

  abort(): void {
    this.#stop()
  }

  static on(task: Task, name: string, listener: (detail: any) => void): void {
    if (typeof listener !== 'function') return
    let set = task.#listeners.get(name)
    if (!set) task.#listeners.set(name, (set = new Set()))
    set.add(listener)
  }

  static off(task: Task, name: string, listener?: (detail: any) => void): void {
    if (listener) task.#listeners.get(name)?.delete(listener)
    else task.#listeners.delete(name)
  }

  static tell(task: Task, name: string, detail: unknown): void {
    for (const listener of [...(task.#listeners.get(name) ?? [])]) guard(listener, detail)
  }
}

class RequestTask extends Task {}
class UploadTask extends Task {}
class DownloadTask extends Task {}
for (const [title, kind, heard] of [['RequestTask', RequestTask, ['HeadersReceived', 'ChunkReceived']], ['UploadTask', UploadTask, ['HeadersReceived', 'ProgressUpdate']], ['DownloadTask', DownloadTask, ['HeadersReceived', 'ProgressUpdate']]] as const) {
  for (const name of heard) {
    ;(kind.prototype as any)[`on${name}`] = function (this: Task, listener: () => void) { Task.on(this, name, listener) }
    ;(kind.prototype as any)[`off${name}`] = function (this: Task, listener?: () => void) { Task.off(this, name, listener) }
  }
  defineObject(title, ['abort', ...heard.flatMap((name) => [`on${name}`, `off${name}`])])
}

const CALLS: Record<string, Record<string, Param>> = {
  request: { url: 'text', data: 'any?', header: 'object?', timeout: 'number?', method: 'text?', dataType: 'text?', responseType: 'text?', enableHttp2: 'flag?', enableQuic: 'flag?', enableCache: 'flag?', enableHttpDNS: 'flag?', httpDNSServiceId: 'text?', enableChunked: 'flag?', enableProfile: 'flag?', forceCellularNetwork: 'flag?', redirect: 'text?', useHighPerformanceMode: 'flag?' },
  downloadFile: { url: 'text', header: 'object?', timeout: 'number?', filePath: 'text?', useHighPerformanceMode: 'flag?', enableProfile: 'flag?', enableHttp2: 'flag?', enableQuic: 'flag?' },
  uploadFile: { url: 'text', filePath: 'text', name: 'text', header: 'object?', formData: 'object?', timeout: 'number?', useHighPerformanceMode: 'flag?', enableProfile: 'flag?', enableHttp2: 'flag?' },
  connectSocket: { url: 'text', header: 'object?', protocols: 'list?', tcpNoDelay: 'flag?', perMessageDeflate: 'flag?', timeout: 'number?', forceCellularNetwork: 'flag?' },
}

/** The published most of calls of one kind at once; more wait for their turn. */
const AT_ONCE = 10
const running: Record<string, number> = {}
const waiting: Record<string, (() => void)[]> = {}

function inTurn<T>(name: string, run: () => Promise<T>): Promise<T> {
  const begin = (): Promise<T> => {
    running[name] = (running[name] ?? 0) + 1
    return run().finally(() => {
      running[name]! -= 1
      waiting[name]?.shift()?.()
    })
  }
  if ((running[name] ?? 0) < AT_ONCE) return begin()
  return new Promise<void>((resolve) => (waiting[name] ??= []).push(resolve)).then(begin)
}

let lastTask = 0
const news = new Map<number, (one: News) => void>()

interface Call {
  name: 'request' | 'downloadFile' | 'uploadFile'
  options: Options
  /** What goes to the host, once it is this call's turn. */
  args: () => Record<string, unknown> | Promise<Record<string, unknown>>
  shape: (answer: Answer) => Record<string, unknown>
  tell?: (task: Task, one: News) => void
  /** Answers in another way, or by asking `real`. */
  around?: (real: () => Promise<Record<string, unknown>>) => Promise<Record<string, unknown>>
}

function timeoutOf(name: string, options: Options): number {
  const configured = program().boot.manifest.app.networkTimeout as Record<string, number> | undefined
  return Number(options.timeout ?? configured?.[name] ?? 60_000)
}

function perform<T extends Task>(Kind: new (stop: () => void) => T, { name, options, args, shape, tell, around }: Call): T {
  const number = (lastTask += 1)
  let over = false
  let cancel = (): void => {}
  const finish = (how: 'success' | 'fail', result: any): void => {
    if (over) return
    over = true
    news.delete(number)
    guard(options[how], result)
    guard(options.complete, result)
  }
  const task = new Kind(() => {
    cancel()
    // As for every callback: later than the call that causes it.
    queueMicrotask(() => finish('fail', { errMsg: `${name}:fail abort`, errno: 600004 }))
  })
  news.set(number, (one) => {
    if (over) return
    if (one.kind === 'headers') Task.tell(task, 'HeadersReceived', { header: one.header, statusCode: one.statusCode, cookies: one.cookies })
    tell?.(task, one)
  })
  const wrong = mistake({ params: CALLS[name]! }, options) ?? (/^https?:\/\//i.test(String(options.url)) ? undefined : `url`)
  void (async () => {
    if (wrong === 'url') throw { errMsg: `invalid url "${String(options.url).slice(0, 200)}"`, errno: 600009 }
    if (wrong) throw { errMsg: `parameter error: ${wrong}`, errno: 1001 }
    const real = (): Promise<Record<string, unknown>> =>
      inTurn(name, async () => {
        const given = await args()
        if (over) throw { errMsg: 'abort' }
        const call = program().host.call(name, { task: number, timeout: timeoutOf(name, options), ...given })
        cancel = () => call.cancel()
        return (await call) as Answer
      }).then(shape)
    return around ? around(real) : real()
  })().then(
    (result) => finish('success', { ...result, errMsg: `${name}:ok` }),
    (error: unknown) => finish('fail', asFailure(name, error)),
  )
  return task
}

function text(body: ArrayBuffer): string {
  return new TextDecoder().decode(body)
}

function queryString(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))}`)
    .join('&')
}

function headersOf(options: Options): Record<string, string> {
  return Object.fromEntries(Object.entries((options.header ?? {}) as Record<string, unknown>).filter(([, value]) => value !== undefined && value !== null).map(([key, value]) => [key.toLowerCase(), String(value)]))
}

/** What a request sends: its address, with the data of those that have no body, or its body. */
function requestOf(options: Options): { url: string; method: string; header: Record<string, string>; body?: string | ArrayBuffer } {
  const { data } = options
  const method = String(options.method ?? 'GET').toUpperCase()
  const header = headersOf(options)
  header['content-type'] ??= 'application/json'
  let url = String(options.url ?? '')
  if (data === undefined || data === null || data === '') return { url, method, header }
  if (data instanceof ArrayBuffer) return { url, method, header, body: data }
  if (method === 'GET' || method === 'OPTIONS' || method === 'HEAD') {
    const query = typeof data === 'string' ? data : queryString(data as Record<string, unknown>)
    if (query) url += (url.includes('?') ? '&' : '?') + query
    return { url, method, header }
  }
  if (typeof data === 'string') return { url, method, header, body: data }
  return { url, method, header, body: header['content-type'].includes('application/x-www-form-urlencoded') ? queryString(data as Record<string, unknown>) : JSON.stringify(data) }
}

/** An answer as the program asked to have it. */
function shaped(options: Options, answer: Answer): Record<string, unknown> {
  let data: unknown = answer.body
  if (options.responseType !== 'arraybuffer') {
    data = text(answer.body)
    if ((options.dataType ?? 'json') === 'json') {
      try {
        data = JSON.parse(data as string)
      } catch {
        // Published behaviour: what is not JSON is given as text.
      }
    }
  }
  return { data, statusCode: answer.statusCode, header: answer.header, cookies: answer.cookies, profile: answer.profile }
}

function request(options: Options = {}): Task {
  const sent = requestOf(options)
  return perform(RequestTask, {
    name: 'request',
    options,
    args: () => ({ ...sent, chunked: options.enableChunked === true, redirect: options.redirect === 'manual' ? 'manual' : 'follow' }),
    shape: (answer) => shaped(options, answer),
    around: aroundRequest(sent.method, String(options.url), options.data),
    tell: (task, one) => one.kind === 'chunk' && Task.tell(task, 'ChunkReceived', { data: one.body }),
  })
}

function downloadFile(options: Options = {}): Task {
  return perform(DownloadTask, {
    name: 'downloadFile',
    options,
    args: () => {
      if (options.filePath !== undefined && !isOwn(local(options.filePath) ?? '')) throw forbidden(String(options.filePath))
      return { url: String(options.url ?? ''), header: headersOf(options) }
    },
    shape: ({ body, header, statusCode, profile }) => {
      const type = Object.entries(header).find(([key]) => key.toLowerCase() === 'content-type')?.[1] ?? ''
      if (options.filePath !== undefined) {
        put(local(options.filePath)!, new Uint8Array(body), type)
        return { filePath: options.filePath, statusCode, header, profile, dataLength: body.byteLength }
      }
      const extension = /\.\w{1,5}(?=$|[?#])/.exec(String(options.url).replace(/^https?:\/\/[^/]*/, ''))?.[0] ?? ''
      return { tempFilePath: keepFile(body, type, extension), statusCode, header, profile, dataLength: body.byteLength }
    },
    tell: (task, one) => one.kind === 'progress' && Task.tell(task, 'ProgressUpdate', { progress: one.total > 0 ? Math.floor((one.done / one.total) * 100) : 0, totalBytesWritten: one.done, totalBytesExpectedToWrite: one.total }),
  })
}

function uploadFile(options: Options = {}): Task {
  return perform(UploadTask, {
    name: 'uploadFile',
    options,
    args: async () => {
      const path = String(options.filePath)
      const header = headersOf(options)
      delete header['content-type']
      const formData = Object.fromEntries(Object.entries((options.formData ?? {}) as Record<string, unknown>).map(([key, value]) => [key, typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)]))
      return { url: String(options.url), name: String(options.name), file: await readFile(path), fileName: path.split('/').pop() ?? '', type: fileType(path) || 'application/octet-stream', header, formData }
    },
    shape: ({ body, statusCode, header }) => ({ data: text(body), statusCode, header }),
    tell: (task, one) => one.kind === 'progress' && Task.tell(task, 'ProgressUpdate', { progress: one.total > 0 ? Math.floor((one.done / one.total) * 100) : 100, totalBytesSent: one.done, totalBytesExpectedToSend: one.total }),
  })
}

// ── sockets ──────────────────────────────────────────────────────────────────────────────────────────────

type SocketEvent = 'Open' | 'Message' | 'Error' | 'Close'
const EVENTS: SocketEvent[] = ['Open', 'Message', 'Error', 'Close']
type Heard = Record<SocketEvent, Set<(detail: any) => void>>
const heardBy = (): Heard => ({ Open: new Set(), Message: new Set(), Error: new Set(), Close: new Set() })

class SocketTask {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readyState = 0
  readonly #heard = heardBy()
  readonly #id: Promise<number>

  constructor(id: Promise<number>) {
    this.#id = id
    // A socket that never came to be fails its `connectSocket`; here that is no error of its own.
    id.catch(() => {})
  }

  send(options: Options = {}): void {
    if (this.readyState !== 1) {
      fail('sendSocketMessage', options, { errMsg: 'sendSocketMessage:fail WebSocket is not connected' })
      return
    }
    const { data } = options
    if (typeof data !== 'string' && !(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) {
      fail('sendSocketMessage', options, { errMsg: 'sendSocketMessage:fail parameter error: parameter.data should be String|ArrayBuffer', errno: 1001 })
      return
    }
    const bytes = ArrayBuffer.isView(data) ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) : data
    this.#call('sendSocketMessage', { data: bytes }, options)
  }

  close(options: Options = {}): void {
    const { code = 1000, reason = '' } = options
    if (this.readyState >= 2) {
      fail('closeSocket', options, { errMsg: 'closeSocket:fail WebSocket is not connected' })
      return
    }
    this.readyState = 2
    this.#call('closeSocket', { code: Number(code), reason: String(reason) }, options)
  }

  #call(name: string, args: object, options: Options): void {
    this.#id
      .then((socket) => program().host.call(name, { socket, ...args }))
      .then(
        () => {
          guard(options.success, { errMsg: `${name}:ok` })
          guard(options.complete, { errMsg: `${name}:ok` })
        },
        (error: unknown) => fail(name, options, error),
      )
  }

  static tell(task: SocketTask, event: SocketEvent, detail: unknown): void {
    if (event === 'Open') task.readyState = 1
    if (event === 'Close' || event === 'Error') task.readyState = 3
    for (const listener of [...task.#heard[event]]) guard(listener, detail)
    for (const listener of [...everySocket[event]]) guard(listener, detail)
  }

  static on(task: SocketTask, event: SocketEvent, listener: () => void): void {
    if (typeof listener === 'function') task.#heard[event].add(listener)
  }
}

function fail(name: string, options: Options, error: unknown): void {
  const failure = asFailure(name, error)
  queueMicrotask(() => {
    guard(options.fail, failure)
    guard(options.complete, failure)
  })
}

const everySocket = heardBy()
for (const event of EVENTS) {
  ;(SocketTask.prototype as any)[`on${event}`] = function (this: SocketTask, listener: () => void) { SocketTask.on(this, event, listener) }
  // Published as the only listener: a new one takes the place of the last.
  defineDirect(`onSocket${event}`, (listener: () => void) => {
    everySocket[event].clear()
    if (typeof listener === 'function') everySocket[event].add(listener)
  }, { source: `${SOURCE}/websocket/wx.onSocket${event}` })
}
defineObject('SocketTask', ['send', 'close', ...EVENTS.map((event) => `on${event}`)])

const sockets = new Map<number, SocketTask>()
let lastSocket: SocketTask | undefined

/** The host's news of calls and sockets; called once the bridge stands. */
export function listenToNetwork(): void {
  program().host.on('network', ({ task, ...one }: News & { task: number }) => news.get(task)?.(one))
  program().host.on('socket', ({ socket, event, detail }: { socket: number; event: SocketEvent; detail: unknown }) => {
    const task = sockets.get(socket)
    if (task) hear(socket, task, event, detail)
    else early.set(socket, [...(early.get(socket) ?? []), [event, detail]])
  })
}

/** What was told of a socket before the answer that names it was here. */
const early = new Map<number, [SocketEvent, unknown][]>()

function hear(socket: number, task: SocketTask, event: SocketEvent, detail: unknown): void {
  if (event === 'Close') {
    sockets.delete(socket)
    if (lastSocket === task) lastSocket = undefined
  }
  SocketTask.tell(task, event, detail)
}

function connectSocket(options: Options = {}): SocketTask {
  const wrong = mistake({ params: CALLS.connectSocket! }, options)
  const opened: Promise<number> = (async () => {
    if (wrong) throw { errMsg: `parameter error: ${wrong}`, errno: 1001 }
    if (!/^wss?:\/\//i.test(String(options.url))) throw { errMsg: `invalid url "${String(options.url).slice(0, 200)}"`, errno: 600009 }
    const { socket } = (await program().host.call('connectSocket', { url: String(options.url), header: headersOf(options), protocols: options.protocols ?? [], timeout: timeoutOf('connectSocket', options) })) as { socket: number }
    return socket
  })()
  const task = new SocketTask(opened)
  lastSocket = task
  opened.then(
    (socketTaskId) => {
      sockets.set(socketTaskId, task)
      guard(options.success, { errMsg: 'connectSocket:ok', socketTaskId })
      guard(options.complete, { errMsg: 'connectSocket:ok', socketTaskId })
      for (const [event, detail] of early.get(socketTaskId) ?? []) hear(socketTaskId, task, event, detail)
      early.delete(socketTaskId)
    },
    (error: unknown) => {
      const failure = asFailure('connectSocket', error)
      fail('connectSocket', options, failure)
      SocketTask.tell(task, 'Error', failure)
    },
  )
  return task
}

defineDirect('request', request, { source: `${SOURCE}/request/wx.request`, params: CALLS.request, returns: ['data', 'statusCode', 'header', 'cookies', 'profile'] })
defineDirect('downloadFile', downloadFile, { source: `${SOURCE}/download/wx.downloadFile`, params: CALLS.downloadFile, returns: ['tempFilePath', 'filePath', 'statusCode', 'profile'] })
defineDirect('uploadFile', uploadFile, { source: `${SOURCE}/upload/wx.uploadFile`, params: CALLS.uploadFile, returns: ['data', 'statusCode'] })
defineDirect('connectSocket', connectSocket, { source: `${SOURCE}/websocket/wx.connectSocket`, params: CALLS.connectSocket })

/** The older calls speak of the socket opened last; they give promises where no callback is given. */
function ofLast(name: 'sendSocketMessage' | 'closeSocket', act: (task: SocketTask, options: Options) => void) {
  return (options: Options): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!lastSocket) throw { errMsg: 'WebSocket is not connected' }
      act(lastSocket, { ...options, success: () => resolve(), fail: (failure: Failure) => reject({ ...failure, errMsg: failure.errMsg.replace(/^\w+:fail/, `${name}:fail`) }) })
    })
}
defineApi('sendSocketMessage', { source: `${SOURCE}/websocket/wx.sendSocketMessage`, params: { data: 'any' }, run: ofLast('sendSocketMessage', (task, options) => task.send(options)) })
defineApi('closeSocket', { source: `${SOURCE}/websocket/wx.closeSocket`, params: { code: 'number?', reason: 'text?' }, run: ofLast('closeSocket', (task, options) => task.close(options)) })
