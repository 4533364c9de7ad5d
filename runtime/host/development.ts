/**
 * This device in the dev tools: what the panels ask goes to the frame and its answers back, and what crosses
 * the bridge is told with how long it took. The socket is the server's, so the panels may be anywhere.
 */

import type { RunningProgram } from './frame'

export interface BuildNews {
  ok: boolean
  revision: number
  change: { how: 'nothing' | 'styles' | 'templates' | 'relaunch'; styles: Record<string, string>; templates: { root: string; file: string }[] }
}

interface Welcome {
  kind: 'session'
  session: string
  appid: string
  base: string
  build: Partial<BuildNews>
}

const NETWORK = new Set(['request', 'downloadFile', 'uploadFile', 'connectSocket'])
const LONGEST_SHOWN = 2000
const ANSWER_MS = 5000

export class Development {
  /** Where the artifacts of the session are, as a URL ending in a slash. */
  base = ''
  /** The program has to be started again; with the pages that stood, the first to be opened anew. */
  relaunch: (stack: { path: string; query: Record<string, string> }[]) => void = () => {}
  ended: () => void = () => {}
  private program: RunningProgram | undefined
  private revision = 0
  private offline = false
  private latencyMs = 0
  private calls = 0
  private readonly waiting = new Map<string, (answer: any) => void>()

  private constructor(private readonly socket: WebSocket) {}

  /** Join the session with this code, as the person signed in here. Rejects with why not. */
  static join(code: string, token: string, label: string): Promise<Development> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/devtools/socket`)
      const made = new Development(socket)
      socket.onopen = () => socket.send(JSON.stringify({ as: 'device', code, token, label }))
      socket.onerror = () => reject({ code: 'devtools.gone', message: 'The dev tools do not answer.' })
      socket.onclose = () => {
        reject({ code: 'devtools.gone', message: 'The dev tools do not answer.' })
        made.ended()
      }
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data)) as { kind?: string; error?: string } & Record<string, any>
        if (message.error !== undefined && message.kind === undefined) reject({ code: 'devtools.gone', message: message.error })
        else if (message.kind === 'session') {
          const { base, build } = message as unknown as Welcome
          made.base = new URL(base, location.href).href
          made.revision = build.revision ?? 0
          resolve(made)
        } else if (message.kind === 'build') void made.built(message as unknown as BuildNews)
        else if (message.kind === 'ask') void made.asked(message as { id: string; method: string; params: Record<string, any> })
        else if (message.kind === 'ended') made.ended()
      }
    })
  }

  /** The program that now runs; what it says goes out. */
  attach(program: RunningProgram): void {
    this.program = program
    program.onDevelopment((message) => {
      const own = this.waiting.get(String(message.id))
      if (message.kind === 'answer' && own) own(message)
      else this.send(message)
    })
  }

  close(): void {
    this.socket.onclose = null
    this.socket.close()
  }

  /** Ask the frame itself. */
  ask(method: string, params: object = {}): Promise<any> {
    const id = `host:${++this.calls}`
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.waiting.get(id)?.({ error: { message: 'the program does not answer' } }), ANSWER_MS)
      this.waiting.set(id, ({ result, error }: { result?: unknown; error?: { message: string } }) => {
        clearTimeout(timer)
        this.waiting.delete(id)
        if (error) reject(new Error(error.message))
        else resolve(result)
      })
      this.program?.tellDevelopment({ id, method, params })
    })
  }

  /** Serve a call of the program, telling what it was and how it went. */
  async serve(name: string, args: unknown, run: () => Promise<unknown>): Promise<unknown> {
    const id = ++this.calls
    const started = performance.now()
    this.event('Bridge.called', { id, name, args: shown(args) })
    const done = (outcome: object): void => this.event('Bridge.answered', { id, name, ms: Math.round((performance.now() - started) * 10) / 10, ...outcome })
    try {
      if (NETWORK.has(name)) {
        if (this.offline) throw { errMsg: `${name}:fail network is offline` }
        if (this.latencyMs) await new Promise((resolve) => setTimeout(resolve, this.latencyMs))
      }
      const answer = await run()
      done({ answer: shown(answer) })
      return answer
    } catch (error) {
      done({ error: String((error as { errMsg?: string; message?: string } | null)?.errMsg ?? (error as Error | null)?.message ?? error) })
      throw error
    }
  }

  private async built({ ok, revision, change }: BuildNews): Promise<void> {
    if (!ok) return
    const missed = revision !== this.revision + 1
    this.revision = revision
    if (change.how === 'nothing' && !missed) return
    if (this.program && change.how !== 'relaunch' && !missed) {
      try {
        await this.ask('Reload.apply', { change })
        this.event('Reload.applied', { how: change.how, revision })
        return
      } catch {
        // What cannot be exchanged is shown by starting again.
      }
    }
    const stack = this.program ? await this.ask('App.getPageStack').then(({ pageStack }) => pageStack, () => []) : []
    this.relaunch(stack)
    this.event('Reload.applied', { how: 'relaunch', revision })
  }

  private async asked({ id, method, params }: { id: string; method: string; params: Record<string, any> }): Promise<void> {
    if (method === 'Network.set') {
      this.offline = params.offline === true
      this.latencyMs = Math.min(60_000, Math.max(0, Number(params.latencyMs) || 0))
      this.send({ kind: 'answer', id, result: {} })
    } else if (!this.program) this.send({ kind: 'answer', id, error: { message: 'the program does not run' } })
    else this.program.tellDevelopment({ id, method, params })
  }

  private event(method: string, params: object): void {
    this.send({ kind: 'event', method, params })
  }

  private send(message: object): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }
}

/** As much of a value as a panel shows. */
function shown(value: unknown): unknown {
  if (value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value)
    return bytes.length <= LONGEST_SHOWN ? new TextDecoder().decode(bytes) : `${new TextDecoder().decode(bytes.subarray(0, LONGEST_SHOWN))}… (${bytes.length} bytes)`
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, 100).map(shown)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one)]))
}
