/** For tests: messages and lines that say only what matters. */
import type { ConversationLine, Line } from '@/api'

export function message(seq: number, sender = '2', extra: Partial<Line> = {}): Line {
  return { conversation_id: '7', seq, id: String(100 + seq), sender, client_id: `c${String(seq)}`, body: { kind: 'text', text: `m${String(seq)}`, mentions: [] }, sent_at: seq * 1000, quoted_seq: null, ...extra }
}

export function line(extra: Partial<ConversationLine> = {}): ConversationLine {
  return { conversation_id: '7', kind: 'DIRECT', title: 'Bob', avatar: '', faces: [], peer_id: '2', appid: null, app_kind: null, last: null, last_sender: '', last_id: '100', last_seq: 0, read_seq: 0, cleared_seq: 0, unread: 0, mentioned: false, pinned: false, muted: false, members: 2, role: 'MEMBER', alias: '', announcement: '', ...extra } as ConversationLine
}
