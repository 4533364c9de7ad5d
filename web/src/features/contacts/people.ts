/** Names and pictures of people, wherever they are met. Kept on the device, fetched many at a time. */
import { reactive } from 'vue'

import { getPeople, type Brief } from '@/api'
import { home, onStart } from '@/transport/home'

const MOST = 200

const people = reactive(new Map<string, Brief>())
const wanted = new Set<string>()
const unknown = new Set<string>()

onStart(async (kept) => {
  for (const brief of await kept.all<Brief>('people')) people.set(brief.user_id, brief)
})

/** The person, or undefined until they are known. */
export function personOf(userId: string): Brief | undefined {
  const known = people.get(userId)
  if (known === undefined && /^\d+$/.test(userId) && !unknown.has(userId) && !wanted.has(userId)) {
    if (wanted.size === 0) queueMicrotask(() => void fetchWanted())
    wanted.add(userId)
  }
  return known
}

export function notePeople(briefs: readonly Brief[]): void {
  const changed = briefs.filter((brief) => {
    const known = people.get(brief.user_id)
    return known === undefined || known.name !== brief.name || known.avatar !== brief.avatar
  })
  if (changed.length === 0) return
  for (const { user_id, nickname, name, avatar } of changed) people.set(user_id, { user_id, nickname, name, avatar })
  void home().put('people', ...changed.map(({ user_id, nickname, name, avatar }) => ({ user_id, nickname, name, avatar })))
}

async function fetchWanted(): Promise<void> {
  const ids = [...wanted].slice(0, MOST)
  try {
    const { people: found } = await getPeople({ user_ids: ids })
    notePeople(found)
    for (const id of ids) if (!people.has(id)) unknown.add(id)
  } catch {
    // Asked again when somebody draws them again.
  }
  ids.forEach((id) => wanted.delete(id))
  if (wanted.size > 0) queueMicrotask(() => void fetchWanted())
}
