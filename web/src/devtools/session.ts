/** The panels' side of a session: one socket, what it told so far, and questions to the device in front. */
import { inject, reactive, type InjectionKey } from 'vue'

export interface Diagnostic {
  level: 'error' | 'warning'
  file: string
  line: number
  column: number
  message: string
}

export interface LogLine {
  number: number
  type: string
  args: unknown[]
  stack: string
}

export interface Call {
  id: number
  name: string
  args: Record<string, unknown>
  ms: number | null
  answer: unknown
  error: string
}

export interface Update {
  path: string
  keys: string[]
  bytes: number
  ms: number
}

interface Build {
  ok: boolean
  revision: number
  took_ms: number
  diagnostics: Diagnostic[]
  change: { how: string }
}

/** What comes over the socket; each kind has fields of its own. */
interface Message {
  kind?: string
  id?: number
  result?: unknown
  error?: { message: string } | string
  method?: string
  device?: number
  params?: { [name: string]: unknown; exception?: { message: string; stack?: string } }
  [field: string]: unknown
}

const MOST = 500
const ANSWER_MS = 10_000

export class Session {
  readonly state = reactive({
    phase: 'joining' as 'joining' | 'open' | 'gone',
    appid: '',
    name: '',
    code: '',
    owner: '',
    build: null as Build | null,
    devices: [] as { id: number; label: string }[],
    device: null as number | null,
    logs: [] as LogLine[],
    calls: [] as Call[],
    updates: [] as Update[],
    applied: 0,
  })
  private readonly socket: WebSocket
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  private asked = 0

  constructor(id: string) {
    this.socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/devtools/socket`)
    this.socket.onopen = () => this.socket.send(JSON.stringify({ as: 'panel', session: id }))
    this.socket.onclose = () => (this.state.phase = 'gone')
    this.socket.onmessage = ({ data }) => this.hear(JSON.parse(String(data)) as Message)
  }

  ask<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = ++this.asked
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => this.waiting.get(id)?.reject(new Error('no answer')), ANSWER_MS)
      const settle = <V>(done: (value: V) => void) => (value: V) => {
        clearTimeout(timer)
        this.waiting.delete(id)
        done(value)
      }
      this.waiting.set(id, { resolve: settle(resolve as (value: unknown) => void), reject: settle(reject) })
      this.socket.send(JSON.stringify({ id, method, params, ...(this.state.device === null ? {} : { device: this.state.device }) }))
    })
  }

  private hear(message: Message): void {
    const { state } = this
    if (typeof message.id === 'number') {
      const waiting = this.waiting.get(message.id)
      if (message.error) waiting?.reject(new Error(typeof message.error === 'string' ? message.error : message.error.message))
      else waiting?.resolve(message.result)
    } else if (message.kind === 'session') {
      Object.assign(state, { phase: 'open', appid: message.appid, name: message.name, code: message.code, owner: message.owner })
      if ((message.build as Partial<Build>).revision !== undefined) state.build = message.build as Build
    } else if (message.kind === 'build') state.build = message as unknown as Build
    else if (message.kind === 'devices') {
      state.devices = message.devices as typeof state.devices
      if (!state.devices.some((one) => one.id === state.device)) state.device = state.devices.at(-1)?.id ?? null
    } else if (message.kind === 'ended' || message.error) state.phase = 'gone'
    else if (message.kind === 'event' && (state.device === null || message.device === state.device)) this.happened(String(message.method), message.params ?? {})
  }

  private happened(method: string, params: NonNullable<Message['params']>): void {
    const { state } = this
    if (method === 'App.logAdded') keep(state.logs, { number: ++this.asked, type: String(params.type), args: params.args as unknown[], stack: typeof params.stack === 'string' ? params.stack : '' })
    else if (method === 'App.exceptionThrown') keep(state.logs, { number: ++this.asked, type: 'error', args: [params.exception?.message], stack: params.exception?.stack ?? '' })
    else if (method === 'Bridge.called') keep(state.calls, { id: params.id as number, name: String(params.name), args: (params.args ?? {}) as Record<string, unknown>, ms: null, answer: undefined, error: '' })
    else if (method === 'Bridge.answered') {
      const call = state.calls.find((one) => one.id === params.id)
      if (call) Object.assign(call, { ms: params.ms, answer: params.answer, error: params.error ?? '' })
    } else if (method === 'Performance.update') keep(state.updates, params as unknown as Update)
    else if (method === 'Reload.applied') state.applied += 1
  }
}

function keep<T>(list: T[], one: T): void {
  list.push(one)
  if (list.length > MOST) list.shift()
}

export const SESSION: InjectionKey<Session> = Symbol('session')

export function useSession(): Session {
  const session = inject(SESSION)
  if (session === undefined) throw new Error('a panel stands in a session')
  return session
}

/** A value in one line, as a console writes it. */
export function spoken(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'undefined'
  return JSON.stringify(value)
}
