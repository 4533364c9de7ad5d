/** A conversation's line in the list, and how messages change it. */
import type { ConversationLine, Line } from '@/api'

/** Decimal strings in numeric order. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** Pinned ones first, then whoever spoke last. */
export function inOrder(a: ConversationLine, b: ConversationLine): number {
  return Number(b.pinned) - Number(a.pinned) || compareIds(b.last_id, a.last_id)
}

export function withMessage(line: ConversationLine, message: Line, senderName: string, me: string): ConversationLine {
  if (message.seq <= line.last_seq) return line
  const mine = message.sender === me
  const changed = {
    ...line,
    last: message,
    last_id: message.id,
    last_seq: message.seq,
    last_sender: line.kind === 'GROUP' && !mine ? senderName : '',
    read_seq: mine ? message.seq : line.read_seq,
    mentioned: line.mentioned || (!mine && calls(message, me)),
  }
  return { ...changed, unread: unreadOf(changed) }
}

/** Whether a message calls the person by name. */
export function calls(message: Line, me: string): boolean {
  const { body } = message
  return body.kind === 'text' && (body.mentions ?? []).some((mention) => mention === me || mention === 'all')
}

export function withRead(line: ConversationLine, seq: number): ConversationLine {
  if (seq <= line.read_seq) return line
  const changed = { ...line, read_seq: seq, mentioned: seq >= line.last_seq ? false : line.mentioned }
  return { ...changed, unread: unreadOf(changed) }
}

function unreadOf(line: ConversationLine): number {
  return Math.max(0, line.last_seq - Math.max(line.read_seq, line.cleared_seq))
}

/** The messages at the end that follow each other without a gap. */
export function tailOf(messages: readonly Line[]): Line[] {
  let first = messages.length - 1
  while (first > 0 && messages[first - 1]?.seq === (messages[first]?.seq ?? 0) - 1) first -= 1
  return messages.slice(Math.max(first, 0))
}

/** Puts messages among those that are there, by number. Both are in order; the newer word for a number holds. */
export function merged(there: readonly Line[], coming: readonly Line[]): Line[] {
  const all = new Map<number, Line>()
  for (const line of there) all.set(line.seq, line)
  for (const line of coming) all.set(line.seq, line)
  return [...all.values()].sort((a, b) => a.seq - b.seq)
}

const APART_MS = 5 * 60_000

/** Whether the time is told above a message. */
export function tellsTime(message: { sent_at: number }, before: { sent_at: number } | undefined): boolean {
  return before === undefined || message.sent_at - before.sent_at > APART_MS
}
