/** The update log: what is new for this person, in order, over one WebSocket or by long poll.

 * Handlers run one after another and the log's number is kept after them, so a cut at any moment loses nothing:
 * on the next start the log goes on from there. When it no longer reaches back that far, `reset` is announced
 * and the features fetch their screens afresh.
 */
import { readonly, ref, shallowRef } from 'vue'

import type { Database } from './database'
import { request } from './request'
import { ApiError } from './errors'
import { endSession } from './session'

export interface Update<Body = unknown> {
  seq: number
  kind: string
  at: number
  body: Body
  /** It happened just now, and not while we were away. */
  live: boolean
}

type Handler = (update: Update) => void | Promise<void>
export type Online = 'connecting' | 'online' | 'offline'

interface Frame {
  kind?: string
  seq?: number
  at?: number
  body?: unknown
  /** With hello: the log's newest number, up to which we only catch up. */
  head?: number
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
const SOCKET_TRIES = 3 // after so many sockets that never opened, the long poll takes over
const POLL_MS = 25_000
const SIGNED_OUT = 4401

const handlers = new Map<string, Handler[]>()
const resets: (() => Promise<void>)[] = []

const state = ref<Online>('connecting')
export const online = readonly(state)

const skew = shallowRef(0)
/** Business time, as the newest update tells it. */
export const businessNow = (): number => Date.now() + skew.value

/** `kind` is a whole kind, or a room's name with a point: "chat.". */
export function onUpdate<Body>(kind: string, handler: (update: Update<Body>) => void | Promise<void>): void {
  handlers.set(kind, [...(handlers.get(kind) ?? []), handler as Handler])
}

/** Runs when there is nothing to go on from: at the very first start, or after too long away. */
export function onReset(handler: () => Promise<void>): void {
  resets.push(handler)
}

export class Stream {
  private socket: WebSocket | null = null
  private seq = -1
  private head = 0
  private waiting = Promise.resolve()
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private stopped = false
  private stopPoll: AbortController | null = null

  constructor(
    private readonly token: string,
    private readonly database: Database,
  ) {}

  async start(): Promise<void> {
    const kept = await this.database.get<{ seq: number }>('state', 'seq')
    this.seq = kept?.seq ?? -1
    addEventListener('online', this.retryNow)
    document.addEventListener('visibilitychange', this.retryNow)
    this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    removeEventListener('online', this.retryNow)
    document.removeEventListener('visibilitychange', this.retryNow)
    this.stopPoll?.abort()
    this.socket?.close()
    this.socket = null
  }

  private readonly retryNow = (): void => {
    if (this.socket === null && this.stopPoll === null && document.visibilityState === 'visible') {
      clearTimeout(this.timer)
      this.connect()
    }
  }

  private connect(): void {
    if (this.stopped || this.socket !== null) return
    if (this.failures >= SOCKET_TRIES && this.failures % 2 === 1) {
      void this.poll()
      return
    }
    if (state.value !== 'offline') state.value = 'connecting'
    const address = new URL('/api/stream', location.href)
    address.protocol = address.protocol.replace('http', 'ws')
    const socket = new WebSocket(address)
    this.socket = socket
    socket.onopen = () => socket.send(JSON.stringify({ token: this.token, since: this.seq }))
    socket.onmessage = (message) => this.take(JSON.parse(String(message.data)) as Frame)
    socket.onclose = (closed) => {
      if (this.socket !== socket) return
      this.socket = null
      if (closed.code === SIGNED_OUT) endSession(this.token)
      this.again()
    }
  }

  private again(): void {
    if (this.stopped) return
    state.value = 'offline'
    this.failures += 1
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures - 1, 5))
    this.timer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2))
  }

  private take(frame: Frame): void {
    this.waiting = this.waiting.then(() => this.handle(frame)).catch(() => this.socket?.close())
  }

  private async handle(frame: Frame): Promise<void> {
    if (this.stopped) return
    const seq = frame.seq ?? 0
    if (frame.kind === 'hello' || frame.kind === 'reset') {
      const fresh = frame.kind === 'reset' || this.seq < 0 || seq < this.seq
      this.failures = 0
      this.head = frame.head ?? seq
      if (fresh) {
        await Promise.all(resets.map((reset) => reset()))
        await this.reached(seq)
      }
      state.value = 'online'
    } else if (frame.kind !== undefined && seq > this.seq) {
      if (this.seq >= 0 && seq !== this.seq + 1) throw new Error('a gap in the log') // closing resumes from the last
      skew.value = (frame.at ?? Date.now()) - Date.now()
      await hand({ seq, kind: frame.kind, at: frame.at ?? 0, body: frame.body, live: seq > this.head })
      await this.reached(seq)
    }
  }

  private async reached(seq: number): Promise<void> {
    this.seq = seq
    await this.database.put('state', { name: 'seq', seq })
  }

  /** One long poll, where no socket gets through; then the socket is tried once more. */
  private async poll(): Promise<void> {
    this.stopPoll = new AbortController()
    try {
      const since = Math.max(this.seq, 0)
      const path = `/updates?since=${since}&wait_ms=${this.seq < 0 ? 0 : POLL_MS}`
      const answer = await request<{ reset: boolean; seq: number; updates: Frame[] }>('GET', path, {
        token: this.token,
        signal: this.stopPoll.signal,
      })
      if (answer.reset || this.seq < 0) await this.handle({ kind: 'reset', seq: answer.seq })
      else for (const frame of answer.updates) await this.handle(frame)
      state.value = 'online'
      this.failures = SOCKET_TRIES - 1
      this.timer = setTimeout(() => this.connect(), 0)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) endSession(this.token)
      else this.again()
    } finally {
      this.stopPoll = null
    }
  }
}

async function hand(update: Update): Promise<void> {
  const room = update.kind.slice(0, update.kind.indexOf('.') + 1)
  for (const handler of [...(handlers.get(update.kind) ?? []), ...(handlers.get(room) ?? [])]) await handler(update)
}
