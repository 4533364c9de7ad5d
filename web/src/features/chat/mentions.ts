/** Calling people by name while writing in a group. */
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { conversationsListMembers } from '@/api'
import { lineOf } from './inbox'

export interface Candidate {
  id: string
  name: string
}

const SHOWN = 8

/** The name that is being written after an @, or null. */
export function nameBefore(text: string, caret: number): string | null {
  return /(?:^|\s|[^\w@])@([^\s@]{0,20})$/.exec(text.slice(0, caret))?.[1] ?? null
}

/** Who is called in a text, of those who were chosen while writing it. */
export function calledIn(text: string, chosen: readonly Candidate[]): string[] {
  return [...new Set(chosen.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id))]
}

export function useMentions(conversationId: string, group: () => boolean) {
  const { t } = useI18n()
  const candidates = ref<Candidate[]>([])
  const chosen: Candidate[] = []
  let members: Candidate[] | null = null

  async function look(text: string, caret: number): Promise<void> {
    const name = group() ? nameBefore(text, caret) : null
    if (name === null) {
      candidates.value = []
      return
    }
    members ??= await everyone()
    const wanted = name.toLowerCase()
    candidates.value = members.filter((member) => member.name.toLowerCase().includes(wanted)).slice(0, SHOWN)
  }

  async function everyone(): Promise<Candidate[]> {
    try {
      const { members: found } = await conversationsListMembers({ conversation_id: conversationId })
      const people = found.map(({ person, alias }) => ({ id: person.user_id, name: alias || person.nickname }))
      return lineOf(conversationId)?.role === 'MEMBER' ? people : [{ id: 'all', name: t('chat.everyone') }, ...people]
    } catch {
      return []
    }
  }

  /** The text with the chosen name in it. */
  function choose(text: string, caret: number, one: Candidate): string {
    chosen.push(one)
    candidates.value = []
    const from = caret - (nameBefore(text, caret)?.length ?? 0)
    return `${text.slice(0, from)}${one.name} ${text.slice(caret)}`
  }

  return { candidates, look, choose, mentioned: (text: string) => calledIn(text, chosen) }
}
