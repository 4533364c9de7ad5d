/** Objects whose insides are a part of the runtime, fetched when the first of them is made. */

import { part } from '../engine/parts'
import { asError, guard } from './define'

export type Tell = (event: string, detail?: unknown) => void
type Inside = Record<string, (...args: any[]) => unknown>

/** What is asked before the part has come is done then, in its order. */
export class Remote {
  readonly #heard = new Map<string, Set<(detail?: unknown) => void>>()
  readonly #inside: Promise<Inside>
  protected present: Inside | undefined

  constructor(name: string, make: (inside: any, tell: Tell) => object) {
    this.#inside = part(name).then((inside) => (this.present = make(inside, (event, detail) => {
      for (const listener of [...(this.#heard.get(event) ?? [])]) guard(listener, detail)
    }) as Inside))
    this.#inside.catch(() => {})
  }

  on(event: string, listener: (detail?: unknown) => void): void {
    if (!this.#heard.has(event)) this.#heard.set(event, new Set())
    this.#heard.get(event)!.add(listener)
  }

  off(event: string, listener?: (detail?: unknown) => void): void {
    if (listener) this.#heard.get(event)?.delete(listener)
    else this.#heard.delete(event)
  }

  static async ask(one: Remote, name: string, ...args: unknown[]): Promise<unknown> {
    const inside = await one.#inside
    try {
      return await inside[name]!(...args)
    } catch (error) {
      throw (error as { errCode?: number } | null)?.errCode ? error : asError(name, error)
    }
  }
}
