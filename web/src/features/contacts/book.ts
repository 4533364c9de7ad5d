/** My contacts and who has asked to become one: on the device, kept current by the update log. */
import { computed, reactive, ref, shallowRef } from 'vue'

import { getPerson, listContactRequests, listContacts, type Brief, type Card, type Known, type RequestLine } from '@/api'
import { home, me, onStart } from '@/transport/home'
import { onReset, onUpdate } from '@/transport/stream'

import { compareNames } from './alphabet'
import { notePeople } from './people'

export interface BookEntry extends Brief {
  contact: Known
}

const entries = reactive(new Map<string, BookEntry>())
export const loaded = ref(false)
export const requests = shallowRef<RequestLine[]>([])

export const book = computed(() => [...entries.values()].sort((a, b) => compareNames(a.name, b.name)))
export const waiting = computed(() => requests.value.filter((request) => request.state === 'PENDING').length)

onStart(async (kept) => {
  for (const entry of await kept.all<BookEntry>('contacts')) entries.set(entry.user_id, entry)
  if ((await kept.get('state', 'seq')) !== undefined) loaded.value = true
  void fetchRequests()
})

onReset(async () => {
  const all: BookEntry[] = []
  let after: string | null = '0'
  while (after !== null) {
    const page: Awaited<ReturnType<typeof listContacts>> = await listContacts({ after })
    for (const { person, contact } of page.contacts) all.push({ ...person, contact })
    after = page.next
  }
  entries.clear()
  for (const entry of all) entries.set(entry.user_id, entry)
  loaded.value = true
  await home().clear('contacts')
  await home().put('contacts', ...all)
  notePeople(all)
  await fetchRequests()
})

interface About {
  user_id?: string
}
onUpdate<About>('contacts.', async ({ kind, body }) => {
  if (kind === 'contacts.requested' || kind === 'contacts.answered') await fetchRequests()
  if (body.user_id === undefined || body.user_id === me()) return
  if (kind === 'contacts.deleted') await drop(body.user_id)
  else if (kind === 'contacts.added' || kind === 'contacts.changed') await keepCard(await getPerson({ user_id: body.user_id }))
  if (kind === 'contacts.added') await fetchRequests()
})

export async function fetchRequests(): Promise<void> {
  try {
    requests.value = (await listContactRequests()).requests
    notePeople(requests.value.map((request) => request.person))
  } catch {
    // The list on screen stays; the next update fetches again.
  }
}

/** What the server just told about a person. */
export async function keepCard(card: Card): Promise<void> {
  notePeople([card])
  if (card.contact === null) {
    await drop(card.user_id)
    return
  }
  const { user_id, nickname, name, avatar, contact } = card
  const entry: BookEntry = { user_id, nickname, name, avatar, contact }
  entries.set(user_id, entry)
  await home().put('contacts', entry)
}

async function drop(userId: string): Promise<void> {
  if (entries.delete(userId)) await home().delete('contacts', userId)
}

export const isContact = (userId: string): boolean => entries.has(userId)
