/** One next thing to try, chosen by what has been seen so far. */
import type { CallLine } from '../builder'
import { wentWrong } from './sentences'

export interface Suggestion {
  /** A key under `try`. */
  name: 'explain' | 'replay' | 'card' | 'order' | 'pay' | 'startShop' | 'refund' | 'week' | 'break'
  /** What the button opens or does; `lead` shows the friend's card on the first phone. Null when only a person can. */
  does: { open: string } | { inspect: string } | { advance: number } | { filter: string } | { lead: true } | null
  /** Named in the sentence. */
  order?: string
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const SLACK_MS = 60_000 // the two clocks are read at two moments

const did = (calls: readonly CallLine[], protocol: string, part: string): CallLine | undefined =>
  calls.findLast((call) => call.protocol === protocol && (call.endpoint ?? call.path).includes(part) && !wentWrong(call))

/** `calls` are the newest ones, oldest first; `ahead` is how far business time is ahead of the wall's, in milliseconds. */
export function suggest(calls: readonly CallLine[], ahead = 0): Suggestion {
  const order = (call: CallLine) => call.subject.replace(/^order:/, '')
  const lastSigned = calls.findLast((call) => call.protocol === 'pay' && call.direction === 'IN')
  if (lastSigned !== undefined && wentWrong(lastSigned) && lastSigned.status === 401) {
    return { name: 'explain', does: { inspect: lastSigned.id } }
  }
  const callback = calls.findLast((call) => call.protocol === 'pay.notify')
  if (callback !== undefined && wentWrong(callback)) return { name: 'replay', does: { open: '/deliveries?state=PENDING' }, order: order(callback) }

  const placed = did(calls, 'pay', '/v3/pay/transactions/')
  const paid = did(calls, 'client', '/confirm')
  const refunded = did(calls, 'pay', '/refund/') ?? did(calls, 'client', '/refunds')
  if (refunded !== undefined) {
    const since = ahead - (refunded.business_at - refunded.at)
    return since < WEEK_MS - SLACK_MS ? { name: 'week', does: { advance: WEEK_MS } } : { name: 'break', does: { open: '/keys' } }
  }
  if (paid !== undefined && callback !== undefined) return { name: 'refund', does: { open: '/console' }, order: order(paid) }
  if (placed !== undefined && (paid === undefined || BigInt(placed.id) > BigInt(paid.id))) {
    return { name: 'pay', does: { filter: placed.subject }, order: order(placed) }
  }
  const served = calls.some((call) => call.protocol === 'mp' || call.protocol === 'pay')
  if (!served) return { name: 'startShop', does: { open: '/keys' } }
  return did(calls, 'client', '/programs/{appid}/open') === undefined ? { name: 'card', does: { lead: true } } : { name: 'order', does: null }
}
