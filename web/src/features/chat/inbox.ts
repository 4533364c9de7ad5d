/** My conversations: on the device, kept current by the update log. */
import { computed, reactive, ref, shallowRef } from 'vue'

import { getConversation, listConversations, readConversation, type ConversationLine, type Line } from '@/api'
import { notePeople, personOf } from '@/features/contacts'
import { home, me, onStart } from '@/transport/home'
import { onReset, onUpdate } from '@/transport/stream'

import { inOrder, withMessage, withRead } from './lines'

const lines = reactive(new Map<string, ConversationLine>())
export const loaded = ref(false)
export const typing = reactive(new Map<string, number>())

/** In the list: those with something to show. A conversation that was opened but never used is not. */
export const inbox = computed(() => [...lines.values()].filter((line) => line.last !== null || line.pinned).sort(inOrder))
export const unreadTotal = computed(() => inbox.value.reduce((sum, line) => sum + (line.muted ? 0 : line.unread), 0))

export const lineOf = (id: string): ConversationLine | undefined => lines.get(id)

type Listener = (message: Line) => void
const listeners = new Map<string, Set<Listener>>()
const clears = new Map<string, Set<(clearedSeq: number) => void>>()
/** Grows when a group's members or names changed, for pages that show them. */
export const membersChanged = reactive(new Map<string, number>())

onStart(async (kept) => {
  for (const line of await kept.all<ConversationLine>('conversations')) lines.set(line.conversation_id, line)
  if ((await kept.get('state', 'seq')) !== undefined) loaded.value = true
})

onReset(async () => {
  const found: ConversationLine[] = []
  let before: string | null | undefined
  while (before !== null) {
    const page: Awaited<ReturnType<typeof listConversations>> = await listConversations(before === undefined ? {} : { before })
    found.push(...page.pinned, ...page.conversations)
    before = page.next
    if (!loaded.value) for (const line of found) lines.set(line.conversation_id, line)
    loaded.value = true
  }
  lines.clear()
  for (const line of found) lines.set(line.conversation_id, line)
  await home().clear('messages') // there may be a gap that nobody can see
  await home().clear('conversations')
  await home().put('conversations', ...found)
  for (const line of found) {
    notePeople(line.faces)
    if (line.last !== null) for (const listener of listeners.get(line.conversation_id) ?? []) listener(line.last)
  }
})

/** The newest message that somebody should be told of: said just now, by another, where nobody is looking. */
export const arrived = shallowRef<Line | null>(null)

onUpdate<Line>('chat.message', async ({ body: message, live }) => {
  typing.delete(message.conversation_id)
  await Promise.all([keepMessage(message), home().put('messages', message)])
  const line = lines.get(message.conversation_id)
  const looking = (listeners.get(message.conversation_id)?.size ?? 0) > 0 && document.visibilityState === 'visible'
  if (live && !looking && line !== undefined && !line.muted && line.unread > 0 && message.sender !== me()) arrived.value = message
})

onUpdate<Line>('chat.recalled', async ({ body: message }) => {
  await home().put('messages', message)
  const line = lines.get(message.conversation_id)
  if (line?.last?.seq === message.seq) await keepLine({ ...line, last: message })
  for (const listener of listeners.get(message.conversation_id) ?? []) listener(message)
})

onUpdate<{ conversation_id: string; seq: number }>('chat.read', async ({ body }) => {
  const line = lines.get(body.conversation_id)
  if (line !== undefined) await keepLine(withRead(line, body.seq))
})

interface Settings {
  conversation_id: string
  pinned: boolean
  muted: boolean
  hidden_seq: number
  cleared_seq: number
  alias: string
}
onUpdate<Settings>('chat.settings', async ({ body }) => {
  const line = lines.get(body.conversation_id)
  if (body.cleared_seq > 0) await forgetMessages(body.conversation_id, body.cleared_seq)
  if (line === undefined) await refresh(body.conversation_id)
  else if (body.hidden_seq >= line.last_seq && line.last_seq > 0) await dropLine(body.conversation_id)
  else {
    const { pinned, muted, alias, cleared_seq } = body
    await keepLine({ ...line, pinned, muted, alias, cleared_seq })
  }
})

onUpdate<{ conversation_id: string }>('chat.left', async ({ body }) => dropLine(body.conversation_id))

onUpdate<{ conversation_id: string }>('chat.members', ({ body }) => {
  membersChanged.set(body.conversation_id, (membersChanged.get(body.conversation_id) ?? 0) + 1)
})

onUpdate<{ conversation_id: string; typing?: boolean; until?: number }>('chat.typing', ({ body }) => {
  const until = Date.now() + (body.typing === false ? 0 : 10_000)
  typing.set(body.conversation_id, until)
  setTimeout(() => {
    if (typing.get(body.conversation_id) === until) typing.delete(body.conversation_id)
  }, 10_000)
})

/** A person in the list goes by the name I gave them. */
onUpdate<{ user_id?: string }>('contacts.', async ({ body }) => {
  for (const line of lines.values()) if (line.peer_id !== null && line.peer_id === body.user_id) await refresh(line.conversation_id)
})

/** Shows a message in its conversation and in the list, then keeps it: nobody waits for the device's store. */
export async function keepMessage(message: Line): Promise<void> {
  const id = message.conversation_id
  const line = lines.get(id)
  const known = line !== undefined && message.body.kind !== 'system'
  const kept = known ? keepLine(withMessage(line, message, personOf(message.sender)?.name ?? '', me())) : refresh(id)
  for (const listener of listeners.get(id) ?? []) listener(message)
  await kept
  if (!known) membersChanged.set(id, (membersChanged.get(id) ?? 0) + 1)
}

/** Fetches one line anew. A conversation that I am no longer in leaves the list. */
export async function refresh(id: string): Promise<ConversationLine | undefined> {
  try {
    const line = await getConversation({ conversation_id: id })
    await keepLine(line)
    return line
  } catch (error) {
    if ((error as { status?: number }).status === 404) await dropLine(id)
    return lines.get(id)
  }
}

export async function keepLine(line: ConversationLine): Promise<void> {
  lines.set(line.conversation_id, line)
  notePeople(line.faces)
  await home().put('conversations', line)
}

export async function dropLine(id: string): Promise<void> {
  lines.delete(id)
  await home().delete('conversations', id)
}

async function forgetMessages(id: string, upTo: number): Promise<void> {
  await home().delete('messages', IDBKeyRange.bound([id, 0], [id, upTo]))
  for (const clear of clears.get(id) ?? []) clear(upTo)
}

export function listen(id: string, listener: Listener, cleared: (upTo: number) => void): () => void {
  listeners.set(id, (listeners.get(id) ?? new Set()).add(listener))
  clears.set(id, (clears.get(id) ?? new Set()).add(cleared))
  return () => {
    listeners.get(id)?.delete(listener)
    clears.get(id)?.delete(cleared)
  }
}

const READ_AFTER_MS = 250
const reading = new Map<string, ReturnType<typeof setTimeout>>()

/** I have read up to here: shown at once, told to the server a moment later. */
export function markRead(id: string): void {
  const line = lines.get(id)
  if (line === undefined || line.unread === 0) return
  const seq = line.last_seq
  void keepLine(withRead(line, seq))
  clearTimeout(reading.get(id))
  const send = () => void readConversation({ conversation_id: id, seq }).catch(() => reading.set(id, setTimeout(send, 5000)))
  reading.set(id, setTimeout(send, READ_AFTER_MS))
}

/** For tests: forget everything that is in memory. */
export function emptyInbox(): void {
  lines.clear()
  listeners.clear()
  loaded.value = false
}
