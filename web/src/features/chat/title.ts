/** What a conversation is called. A group without a name goes by its people. */
import type { ConversationLine } from '@/api'

export function titleOf(line: ConversationLine, t: (key: string) => string): string {
  if (line.title !== '') return line.title
  if (line.kind === 'NOTICES') return t('chat.notices')
  const names = line.faces.slice(0, 4).map((face) => face.name)
  return names.length > 0 ? names.join('\u3001') : t('chat.group')
}
