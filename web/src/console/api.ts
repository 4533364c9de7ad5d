/** The console's calls, as the signed-in person. */
import { asMe, session } from '@/features/identity'
import { ApiError, BROKEN, UNREACHABLE } from '@/transport/errors'

export type Role = 'OWNER' | 'ADMIN' | 'DEVELOPER' | 'OPERATOR'
export type AppKind = 'SUBSCRIPTION' | 'SERVICE' | 'MINI_PROGRAM'

export interface Organisation {
  org_id: string
  name: string
  locale: string
  currency: string
  time_zone: string
  created_at: number
  role: Role
}

export interface Member {
  user_id: string
  username: string
  nickname: string
  avatar: string
  role: Role
  joined_at: number
}

export interface Act {
  act_id: string
  user_id: string
  nickname: string
  verb: string
  target: string
  done_at: number
}

export interface OwnApp {
  appid: string
  org_id: string
  kind: AppKind
  name: string
  original_id: string
  introduction: string
  avatar: string
  created_at: number
}

export interface PushSettings {
  url: string
  mode: 'plain' | 'compatible' | 'safe'
  format: 'xml' | 'json'
}

export interface PushCheck extends PushSettings {
  check_id: string
  state: 'PENDING' | 'PASSED' | 'REFUSED'
  reason: string
  asked_at: number
  steps: { name: string; passed: boolean | null; told: string }[]
}

export interface Button {
  name: string
  type?: string
  key?: string
  url?: string
  appid?: string
  pagepath?: string
  sub_button?: Button[]
}

export interface Fan {
  follow_id: string
  openid: string
  nickname: string
  avatar: string
  remark: string
  scene: string
  code_scene: string
  followed_at: number
}

export interface Merchant {
  mchid: string
  org_id: string
  name: string
  trust: 'CERTIFICATE' | 'PUBLIC_KEY'
  created_at: number
}

export interface Certificate {
  serial_no: string
  effective_at: number
  expires_at: number
}

export interface MerchantDetail {
  merchant: Merchant
  balance: number
  apps: { appid: string; name: string }[]
  certificates: Certificate[]
  platform_serial_no: string
  platform_public_key_id: string
}

export interface Day {
  begins_at: number
  paid: number
  paid_amount: number
  refunded: number
  refunded_amount: number
}

export interface Overview {
  currency: string
  balance: number
  days: Day[]
}

export type OrderState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED'

export interface Order {
  order_id: string
  out_trade_no: string
  transaction_id: string
  description: string
  trade_type: string
  appid: string
  state: OrderState
  amount: number
  refunded: number
  currency: string
  created_at: number
  paid_at: number | null
  payer: string
}

export interface Refund {
  out_refund_no: string
  refund_id: string
  state: 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL'
  amount: number
  reason: string
  user_received_account: string
  created_at: number
  success_at: number | null
}

export interface Notification {
  delivery_id: string
  notify_id: string
  channel: string
  subject: string
  url: string
  state: 'PENDING' | 'DELIVERED' | 'FAILED'
  created_at: number
  next_at: number | null
  attempts: number
  last_status: number | null
  last_error: string | null
}

export interface OrderDetail {
  order: Order
  bank_type: string
  attach: string
  notify_url: string
  expires_at: number
  refunds: Refund[]
  notifications: Notification[]
}

export interface NotificationDetail {
  notification: Notification
  payload: Record<string, unknown>
  tries: { number: number; at: number; duration_ms: number; status: number | null; error: string | null; answer: string }[]
}

export function ask<T>(method: string, path: string, body?: object): Promise<T> {
  return asMe<T>(method, `/console${path}`, body)
}

/** A query string of what is set. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()}`
}

/** A picture that only a signed-in person may have, as an address of this page's own. */
export async function picture(path: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${session.value?.token ?? ''}` }
  let response: Response
  try {
    response = await fetch(`/api/console${path}`, { method: 'POST', headers, body: JSON.stringify(body), credentials: 'omit' })
  } catch {
    throw new ApiError(UNREACHABLE, 0, 'The server cannot be reached.')
  }
  if (response.ok) return URL.createObjectURL(await response.blob())
  const told = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null
  throw new ApiError(told?.error?.code ?? BROKEN, response.status, told?.error?.message ?? response.statusText)
}

const RANK: Record<Role, number> = { OPERATOR: 0, DEVELOPER: 1, ADMIN: 2, OWNER: 3 }

export function may(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && RANK[role] >= RANK[needed]
}
