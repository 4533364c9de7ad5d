/** The line between a page and the page it opened. */

type Listener = (...args: any[]) => void

export class EventChannel {
  private readonly listeners = new Map<string, Set<Listener>>()
  /** The same line from the other end. */
  readonly opener: EventChannel

  constructor(other?: EventChannel) {
    this.opener = other ?? new EventChannel(this)
  }

  on(name: string, listener: Listener): void {
    let set = this.listeners.get(name)
    if (!set) this.listeners.set(name, (set = new Set()))
    set.add(listener)
  }

  once(name: string, listener: Listener): void {
    const once: Listener = (...args) => {
      this.off(name, once)
      listener(...args)
    }
    this.on(name, once)
  }

  off(name: string, listener?: Listener): void {
    if (listener) this.listeners.get(name)?.delete(listener)
    else this.listeners.delete(name)
  }

  emit(name: string, ...args: unknown[]): void {
    for (const listener of [...(this.opener.listeners.get(name) ?? [])]) listener(...args)
  }
}
