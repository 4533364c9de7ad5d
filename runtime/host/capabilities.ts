/** What a program may ask of the host: each call's shape, its limits, and the service it comes down to. */

import { LARGEST_MESSAGE_BYTES } from '../bridge/channel'
import { asking } from './asking'
import { formCapabilities } from './forms'
import { mediaCapabilities } from './media'
import { openCapabilities } from './open'
import type { HostServices, NetworkNews, Socket } from './services'
import type { WebViews } from './web-view'

export interface Capability {
  /** Fields it reads, and the type each must have; a question mark makes one optional. */
  args?: Record<string, 'string' | 'number' | 'boolean' | 'object' | 'string?' | 'number?' | 'boolean?' | 'object?'>
  /** Only within moments of a tap, so that no program pays, shares or dials by itself. */
  activation?: boolean
  /** Only after the person agreed to the program's privacy guide, if it has one. */
  privacy?: boolean
  /** Calls in any second beyond which more are refused. */
  perSecond?: number
  largestBytes?: number
  run: (services: HostServices, args: any, context: CallContext) => unknown
}

export interface CallContext {
  signal: AbortSignal
  sockets: Map<number, Socket>
  webViews: WebViews
  /** What was begun and goes on, by its name, with what ends it; all of it ends with the program. */
  ongoing: Map<string, () => void>
  /** Ask for the person's agreement to the privacy guide, for the sake of this call. */
  agree: (call: string) => Promise<boolean>
  emit: (name: string, detail: unknown, transfer?: Transferable[]) => void
  /** The bytes of a file of the program's package. */
  packaged: (path: string) => Promise<ArrayBuffer>
}

const PER_SECOND = 60
const BOX = { id: 'number', left: 'number', top: 'number', width: 'number', height: 'number' } as const
const UPLOAD_BYTES = 20 * 1024 * 1024

export function missing(): never {
  throw { errMsg: 'not supported' }
}

let socketNumber = 0

export const capabilities: Record<string, Capability> = {
  ...formCapabilities,
  ...mediaCapabilities,
  ...openCapabilities,
  login: { run: (services) => services.login() },
  checkSession: { run: (services) => services.checkSession() },
  request: {
    args: { task: 'number', url: 'string', method: 'string', header: 'object', timeout: 'number', chunked: 'boolean?', redirect: 'string?' },
    largestBytes: UPLOAD_BYTES,
    run: (services, { task, url, method, header, body, timeout, chunked, redirect }, context) => services.request({ url, method, header: strings(header), body, timeout, chunked, redirect }, context.signal, news(context, task)),
  },
  downloadFile: {
    args: { task: 'number', url: 'string', header: 'object', timeout: 'number' },
    run: (services, { task, url, header, timeout }, context) => (services.download ?? missing)({ url, header: strings(header), timeout }, context.signal, news(context, task)),
  },
  uploadFile: {
    args: { task: 'number', url: 'string', name: 'string', header: 'object', formData: 'object', timeout: 'number', fileName: 'string', type: 'string' },
    largestBytes: UPLOAD_BYTES,
    run: (services, { task, url, name, file, fileName, type, header, formData, timeout }, context) => {
      if (!(file instanceof ArrayBuffer)) throw { errMsg: 'file not exists' }
      return (services.upload ?? missing)({ url, name, file, fileName, type, header: strings(header), formData: strings(formData), timeout }, context.signal, news(context, task))
    },
  },
  connectSocket: {
    args: { url: 'string', header: 'object', timeout: 'number' },
    perSecond: 5,
    run: async (services, { url, header, protocols, timeout }, { sockets, emit }) => {
      if (sockets.size >= 5) throw { errMsg: 'exceed max socket connections' }
      const opened = await (services.connect ?? missing)({ url, header: strings(header), protocols: Array.isArray(protocols) ? protocols.map(String) : [], timeout })
      const id = ++socketNumber
      sockets.set(id, opened)
      opened.listen((event, detail) => {
        if (event === 'Close') sockets.delete(id)
        emit('socket', { socket: id, event, detail })
      })
      return { socket: id }
    },
  },
  sendSocketMessage: { args: { socket: 'number' }, perSecond: 200, run: (_, { socket, data }, { sockets }) => socketOf(sockets, socket).send(data instanceof ArrayBuffer ? data : String(data)) },
  closeSocket: { args: { socket: 'number', code: 'number?', reason: 'string?' }, run: (_, { socket, code = 1000, reason = '' }, { sockets }) => socketOf(sockets, socket).close(code, reason) },
  openDocument: {
    args: { name: 'string', extension: 'string', showMenu: 'boolean', body: 'object' },
    perSecond: 1,
    largestBytes: UPLOAD_BYTES,
    run: (services, { name, extension, body }) => {
      if (!(body instanceof ArrayBuffer)) throw { errMsg: 'file not exists' }
      return (services.openDocument ?? missing)({ name, extension, body })
    },
  },
  openWebView: {
    args: { ...BOX, src: 'string' },
    perSecond: 10,
    run: (services, { id, src, ...box }, { webViews }) => webViews.show(services.page ?? missing(), id, src, box),
  },
  placeWebView: { args: { ...BOX, visible: 'boolean' }, perSecond: 120, run: (_, { id, visible, ...box }, { webViews }) => webViews.place(id, box, visible) },
  closeWebView: { args: { id: 'number' }, run: (_, { id }, { webViews }) => webViews.close(id) },
  readPackaged: { args: { path: 'string' }, run: (_, { path }, { packaged }) => packaged(path) },
  requestPayment: {
    args: { timeStamp: 'string', nonceStr: 'string', package: 'string', signType: 'string?', paySign: 'string' },
    activation: true,
    perSecond: 2,
    run: (services, { timeStamp, nonceStr, package: prepay, signType, paySign }) => services.requestPayment({ timeStamp, nonceStr, package: prepay, signType, paySign }),
  },
  requestVirtualPayment: {
    args: { mode: 'string', signData: 'string', paySig: 'string', signature: 'string' },
    activation: true,
    perSecond: 2,
    run: (services, { mode, signData, paySig, signature }) => (services.requestVirtualPayment ?? missing())({ mode, signData, paySig, signature }),
  },
  ...asking,
}

function socketOf(sockets: Map<number, Socket>, id: number): Socket {
  const found = sockets.get(id)
  if (!found) throw { errMsg: 'socket task is not exist' }
  return found
}

/** Tells the frame what comes of a call while it is under way. */
function news({ emit }: CallContext, task: number): (news: NetworkNews) => void {
  return (one) => emit('network', { task, ...one }, one.kind === 'chunk' ? [one.body] : [])
}

function strings(header: object): Record<string, string> {
  return Object.fromEntries(Object.entries(header).map(([key, value]) => [key, String(value)]))
}

/** Stands between a program and the services: nothing unknown, malformed, too large, too often or untouched gets by. */
export class Gate {
  private readonly recent = new Map<string, number[]>()

  constructor(
    private readonly services: HostServices,
    private readonly now: () => number,
    private readonly activated: () => boolean,
  ) {}

  async serve(name: string, args: unknown, context: CallContext): Promise<unknown> {
    const capability = Object.hasOwn(capabilities, name) ? capabilities[name]! : undefined
    if (!capability) throw { errMsg: `${name}:fail not supported` }
    if (typeof args !== 'object' || args === null) throw { errMsg: `${name}:fail parameter error` }
    for (const [field, wanted] of Object.entries(capability.args ?? {})) {
      const value = (args as Record<string, unknown>)[field]
      const optional = wanted.endsWith('?')
      if (value === undefined && optional) continue
      if (typeof value !== (optional ? wanted.slice(0, -1) : wanted) || value === null) throw { errMsg: `${name}:fail parameter error: ${field}` }
    }
    if (weigh(args) > (capability.largestBytes ?? LARGEST_MESSAGE_BYTES)) throw { errMsg: `${name}:fail data size exceeds limit` }
    const now = this.now()
    const times = (this.recent.get(name) ?? []).filter((time) => now - time < 1000)
    if (times.length >= (capability.perSecond ?? PER_SECOND)) throw { errMsg: `${name}:fail called too often` }
    this.recent.set(name, [...times, now])
    if (capability.activation && !this.activated()) throw { errMsg: `${name}:fail can only be invoked by user TAP gesture.` }
    if (capability.privacy && (await this.services.privacy?.())?.needAuthorization && !(await context.agree(name))) throw { errMsg: `${name}:fail privacy permission is not authorized`, errno: 104 }
    return capability.run(this.services, args, context)
  }
}

/** About how many bytes a message takes; stops counting once it is clearly too many. */
function weigh(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length * 2
  if (value instanceof ArrayBuffer) return value.byteLength
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value !== 'object' || value === null || depth > 50) return 8
  let sum = 16
  for (const [key, one] of Object.entries(value)) {
    sum += key.length * 2 + weigh(one, depth + 1)
    if (sum > UPLOAD_BYTES) return sum
  }
  return sum
}
