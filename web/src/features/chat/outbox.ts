/** What is on its way: on screen at once, sent in order, kept over a reload, tried again after a cut. */
import { computed, reactive, watch } from 'vue'

import { sendMessage, type FileKind, type Line, type NewMessage } from '@/api'
import { toApiError, UNREACHABLE } from '@/transport/errors'
import { upload } from '@/transport/files'
import { home, onStart } from '@/transport/home'
import { businessNow, online } from '@/transport/stream'

import { keepMessage } from './inbox'

export type PersonBody = NewMessage['body']

export interface Draft {
  client_id: string
  conversation_id: string
  body: PersonBody
  quoted_seq: number | null
  sent_at: number
  order: number
  file: Blob | null // to be put there before the message is said
  name: string
  failure: string // the code of the refusal; empty while it is on its way
}

const drafts = reactive(new Map<string, Draft>())
const previews = new Map<string, string>()
const sending = new Set<string>()
let order = 0

onStart(async (kept) => {
  for (const draft of await kept.all<Draft>('outbox')) {
    drafts.set(draft.client_id, draft)
    order = Math.max(order, draft.order)
  }
})

watch(online, (state) => {
  if (state === 'online') flushAll()
})
globalThis.addEventListener('online', flushAll)

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000
let wait = FIRST_WAIT_MS
let timer: ReturnType<typeof setTimeout> | undefined
/** A call may be cut while the stream has not noticed anything yet. */
function tryAgainLater(): void {
  clearTimeout(timer)
  timer = setTimeout(flushAll, wait)
  wait = Math.min(wait * 2, LONGEST_WAIT_MS)
}

export const draftsOf = (conversationId: string) =>
  computed(() => [...drafts.values()].filter((draft) => draft.conversation_id === conversationId).sort((a, b) => a.order - b.order))

/** A picture that is still on its way, from this device. */
export function previewOf(draft: Draft): string {
  if (draft.file === null) return ''
  const known = previews.get(draft.client_id) ?? URL.createObjectURL(draft.file)
  previews.set(draft.client_id, known)
  return known
}

export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export async function say(conversationId: string, body: PersonBody, options: { quoted?: number | null; file?: Blob; name?: string } = {}): Promise<void> {
  order = Math.max(order + 1, Date.now())
  const draft: Draft = {
    client_id: newClientId(),
    conversation_id: conversationId,
    body,
    quoted_seq: options.quoted ?? null,
    sent_at: businessNow(),
    order,
    file: options.file ?? null,
    name: options.name ?? '',
    failure: '',
  }
  drafts.set(draft.client_id, draft)
  void home().put('outbox', draft)
  await flush(conversationId)
}

export async function retry(draft: Draft): Promise<void> {
  await keep({ ...draft, failure: '' })
  await flush(draft.conversation_id)
}

export async function discard(clientId: string): Promise<void> {
  drafts.delete(clientId)
  const preview = previews.get(clientId)
  if (preview !== undefined) {
    previews.delete(clientId)
    setTimeout(() => URL.revokeObjectURL(preview), 60_000) // the server's copy may not be drawn yet
  }
  await home().delete('outbox', clientId)
}

async function keep(draft: Draft): Promise<void> {
  drafts.set(draft.client_id, draft)
  await home().put('outbox', draft)
}

function flushAll(): void {
  for (const id of new Set([...drafts.values()].map((draft) => draft.conversation_id))) void flush(id)
}

/** Sends what waits in one conversation, one after another, so that it arrives in the order it was said. */
async function flush(conversationId: string): Promise<void> {
  if (sending.has(conversationId)) return
  sending.add(conversationId)
  try {
    for (let next = first(conversationId); next !== undefined; next = first(conversationId)) {
      if (!(await send(next))) {
        tryAgainLater()
        return
      }
      wait = FIRST_WAIT_MS
    }
  } finally {
    sending.delete(conversationId)
  }
}

const first = (conversationId: string): Draft | undefined =>
  [...drafts.values()].filter((draft) => draft.conversation_id === conversationId && draft.failure === '').sort((a, b) => a.order - b.order)[0]

/** False when the server is away: everything waits until it is back. */
async function send(draft: Draft): Promise<boolean> {
  try {
    let { body } = draft
    if (draft.file !== null && 'media' in body && body.media === '') {
      const kept = await upload(draft.file, body.kind.toUpperCase() as FileKind, draft.name)
      body = { ...body, media: kept.media } as PersonBody
      await keep({ ...draft, body })
    }
    const { client_id, conversation_id, quoted_seq } = draft
    const line: Line = await sendMessage({ conversation_id, body, client_id, quoted_seq })
    await home().put('messages', line)
    await keepMessage(line)
    await discard(client_id)
    return true
  } catch (thrown) {
    const error = toApiError(thrown)
    if (error.code === UNREACHABLE || error.status === 503) return false
    await keep({ ...(drafts.get(draft.client_id) ?? draft), failure: error.code })
    return true
  }
}

/** The update log may bring a message before its answer does. */
export function arrived(message: Line): void {
  if (drafts.has(message.client_id)) void discard(message.client_id)
}
