/** The conversation with a contact: its id, made at the first call. */
import { openConversation } from '@/api'

import { keepLine } from './inbox'

export async function openWith(userId: string): Promise<string> {
  const line = await openConversation({ user_id: userId })
  await keepLine(line)
  return line.conversation_id
}
