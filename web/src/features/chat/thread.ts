/** One open conversation: a stretch of its messages without a gap, ending with the newest. */
import { computed, reactive, ref, shallowRef } from 'vue'

import { listMessages, type Line } from '@/api'
import { toApiError, type ApiError } from '@/transport/errors'
import { noteAddresses } from '@/transport/files'
import { home, me } from '@/transport/home'
import { onReset } from '@/transport/stream'

import { lineOf, listen, markRead, refresh } from './inbox'
import { merged, tailOf } from './lines'
import { arrived, draftsOf } from './outbox'

const PAGE = 50
const KEPT_THREADS = 12

export class Thread {
  readonly messages = shallowRef<Line[]>([])
  readonly quoted = reactive(new Map<number, Line>())
  readonly error = ref<ApiError | null>(null)
  readonly ready = ref(false)
  readonly busy = ref(false)
  readonly drafts
  readonly line = computed(() => lineOf(this.id))
  /** Whether there is something before the first message here. */
  readonly more = computed(() => {
    const first = this.messages.value[0]
    const floor = this.line.value?.cleared_seq ?? 0
    return first === undefined ? (this.line.value?.last_seq ?? 0) > floor : first.seq > floor + 1
  })
  private opening: Promise<void> | null = null
  private stale = false

  /** Stops following the conversation. */
  readonly close: () => void

  constructor(readonly id: string) {
    this.drafts = draftsOf(id)
    this.close = listen(
      id,
      (message) => void this.accept(message),
      (upTo) => (this.messages.value = this.messages.value.filter((message) => message.seq > upTo)),
    )
  }

  /** Shows what this device has, then what the server has beyond it. */
  open(): Promise<void> {
    this.opening ??= this.load().finally(() => (this.opening = null))
    return this.opening
  }

  private async load(): Promise<void> {
    this.error.value = null
    try {
      const line = lineOf(this.id) ?? (await refresh(this.id))
      if (this.messages.value.length === 0) {
        const last = line?.last_seq ?? 0
        const kept = await home().all<Line>('messages', IDBKeyRange.bound([this.id, last - PAGE + 1], [this.id, Infinity]))
        this.put(tailOf(kept))
        if (kept.length > 0) this.ready.value = true
      }
      const newest = this.newest()
      if (this.stale || newest === 0 || newest < (lineOf(this.id)?.last_seq ?? 0)) await this.fetchNewest()
      else if (this.messages.value.length < PAGE / 2 && this.more.value) await this.older()
      this.ready.value = true
    } catch (thrown) {
      if (!this.ready.value) this.error.value = toApiError(thrown)
    }
  }

  /** Older ones: from this device if it has them without a gap, else from the server. */
  async older(): Promise<void> {
    const first = this.messages.value[0]
    if (this.busy.value || !this.more.value || first === undefined) return
    this.busy.value = true
    try {
      const from = Math.max(first.seq - PAGE, (this.line.value?.cleared_seq ?? 0) + 1)
      const kept = await home().all<Line>('messages', IDBKeyRange.bound([this.id, from], [this.id, first.seq - 1]))
      if (kept.length === first.seq - from) this.put(kept)
      else await this.fetch({ before: first.seq })
    } catch (thrown) {
      this.error.value = toApiError(thrown)
    } finally {
      this.busy.value = false
    }
  }

  /** The message of a number, fetched with those between if it lies further up. False when nobody can see it. */
  async reach(seq: number): Promise<boolean> {
    while ((this.messages.value[0]?.seq ?? 0) > seq && this.more.value) {
      const first = this.messages.value[0]?.seq
      await this.older()
      if (this.messages.value[0]?.seq === first) return false
    }
    return this.messages.value.some((message) => message.seq === seq)
  }

  /** What a message answers; undefined until it is known. */
  quotedBy(message: { quoted_seq: number | null }): Line | undefined {
    const seq = message.quoted_seq
    if (seq === null) return undefined
    const there = this.messages.value.find((one) => one.seq === seq) ?? this.quoted.get(seq)
    if (there === undefined && this.ready.value) void this.fetchQuoted(seq)
    return there
  }

  private asked = new Set<number>()
  private async fetchQuoted(seq: number): Promise<void> {
    if (this.asked.has(seq)) return
    this.asked.add(seq)
    try {
      const page = await listMessages({ conversation_id: this.id, before: seq + 1, limit: 1 })
      for (const message of page.messages) if (message.seq === seq) this.quoted.set(seq, message)
      noteAddresses(page.media)
    } catch {
      this.asked.delete(seq)
    }
  }

  read(): void {
    markRead(this.id)
  }

  /** Marks what is here as possibly old: the log did not reach back to it. */
  doubt(): void {
    this.stale = true
    if (this.ready.value) void this.open()
  }

  private newest(): number {
    return this.messages.value.at(-1)?.seq ?? 0
  }

  private async accept(message: Line): Promise<void> {
    const newest = this.newest()
    if (message.seq <= newest || message.seq === newest + 1) {
      if (this.ready.value || message.seq <= newest) this.put([message])
    } else if (this.ready.value) {
      await this.open()
    }
    if (message.sender === me()) arrived(message)
  }

  private async fetchNewest(): Promise<void> {
    const newest = this.newest()
    const last = lineOf(this.id)?.last_seq ?? 0
    if (this.stale || newest === 0 || last - newest > PAGE) {
      this.messages.value = []
      await this.fetch({})
      this.stale = false
    } else {
      await this.fetch({ after: newest })
    }
  }

  private async fetch(where: { before?: number; after?: number }): Promise<void> {
    const page = await listMessages({ conversation_id: this.id, limit: PAGE, ...where })
    noteAddresses(page.media)
    for (const message of Object.values(page.quoted)) this.quoted.set(message.seq, message)
    this.put(page.messages)
    await home().put('messages', ...page.messages)
  }

  private put(coming: readonly Line[]): void {
    const there = this.messages.value
    const [first, last] = [coming[0], there.at(-1)]
    if (first === undefined) return
    if (last === undefined || first.seq === last.seq + 1) this.messages.value = [...there, ...coming]
    else this.messages.value = merged(there, coming)
  }
}

const threads = new Map<string, Thread>()

export function threadOf(id: string): Thread {
  const thread = threads.get(id) ?? new Thread(id)
  threads.delete(id)
  threads.set(id, thread)
  for (const [oldest, old] of threads) {
    if (threads.size <= KEPT_THREADS) break
    old.close()
    threads.delete(oldest)
  }
  return thread
}

onReset(() => {
  for (const thread of threads.values()) thread.doubt()
  return Promise.resolve()
})
