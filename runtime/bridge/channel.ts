/**
 * The one way frame and host speak: numbered calls, their answers, and events, over a message port.
 * Both sides use this file and nothing else of each other.
 */

export const BRIDGE_VERSION = 1

/** The most one message may carry in its arguments, counted as text; larger things travel as streams. */
export const LARGEST_MESSAGE_BYTES = 1024 * 1024

export interface Failure {
  errMsg: string
  errno?: number
  [detail: string]: unknown
}

export type Message =
  | { v: 1; t: 'call'; id: number; n: string; a: unknown }
  | { v: 1; t: 'ret'; id: number; r?: unknown; e?: Failure }
  | { v: 1; t: 'cancel'; id: number }
  | { v: 1; t: 'event'; n: string; a: unknown }

export type Handler = (name: string, args: unknown, id: number) => unknown

interface Pending {
  resolve: (value: unknown) => void
  reject: (failure: Failure) => void
}

export class Channel {
  private readonly pending = new Map<number, Pending>()
  private readonly listeners = new Map<string, Set<(detail: any) => void>>()
  private next = 1

  /** `answer` serves the other side's calls; what it returns or throws goes back. */
  constructor(
    private readonly port: MessagePort,
    private readonly answer?: Handler,
    private readonly cancelled?: (id: number) => void,
  ) {
    port.onmessage = (event: MessageEvent<unknown>) => this.receive(event.data)
    port.start()
  }

  call(name: string, args: unknown = {}, transfer: Transferable[] = []): Promise<any> & { cancel: () => void } {
    const id = this.next++
    const answer = new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject })
      try {
        this.port.postMessage({ v: BRIDGE_VERSION, t: 'call', id, n: name, a: args }, transfer)
      } catch {
        this.pending.delete(id)
        reject({ errMsg: `${name}:fail the arguments cannot be sent` } satisfies Failure)
      }
    })
    return Object.assign(answer, {
      cancel: () => this.port.postMessage({ v: BRIDGE_VERSION, t: 'cancel', id }),
    })
  }

  emit(name: string, detail: unknown = {}, transfer: Transferable[] = []): void {
    this.port.postMessage({ v: BRIDGE_VERSION, t: 'event', n: name, a: detail }, transfer)
  }

  on(name: string, listener: (detail: any) => void): () => void {
    let set = this.listeners.get(name)
    if (!set) this.listeners.set(name, (set = new Set()))
    set.add(listener)
    return () => set.delete(listener)
  }

  close(): void {
    this.port.close()
    for (const one of this.pending.values()) one.reject({ errMsg: 'fail the program was closed' })
    this.pending.clear()
  }

  private receive(data: unknown): void {
    const message = data as Partial<Message> | null
    if (!message || typeof message !== 'object' || message.v !== BRIDGE_VERSION) return
    switch (message.t) {
      case 'call':
        if (typeof message.id === 'number' && typeof message.n === 'string') void this.serve(message.id, message.n, message.a)
        return
      case 'ret': {
        const one = this.pending.get(message.id!)
        if (!one) return
        this.pending.delete(message.id!)
        if (message.e) one.reject(message.e)
        else one.resolve(message.r)
        return
      }
      case 'cancel':
        if (typeof message.id === 'number') this.cancelled?.(message.id)
        return
      case 'event':
        if (typeof message.n === 'string') for (const listener of this.listeners.get(message.n) ?? []) listener(message.a)
    }
  }

  private async serve(id: number, name: string, args: unknown): Promise<void> {
    let reply: Message
    try {
      if (!this.answer) throw { errMsg: `${name}:fail not supported` }
      reply = { v: BRIDGE_VERSION, t: 'ret', id, r: await this.answer(name, args, id) }
    } catch (error) {
      reply = { v: BRIDGE_VERSION, t: 'ret', id, e: asFailure(name, error) }
    }
    try {
      this.port.postMessage(reply)
    } catch {
      this.port.postMessage({ v: BRIDGE_VERSION, t: 'ret', id, e: { errMsg: `${name}:fail the answer cannot be sent` } })
    }
  }
}

/** Whatever was thrown, as the published shape of a failure. */
export function asFailure(name: string, error: unknown): Failure {
  if (typeof error === 'object' && error !== null && typeof (error as Failure).errMsg === 'string') {
    const failure = error as Failure
    return failure.errMsg.includes(':fail') ? { ...failure } : { ...failure, errMsg: `${name}:fail ${failure.errMsg}` }
  }
  return { errMsg: `${name}:fail ${error instanceof Error ? error.message : String(error)}` }
}
