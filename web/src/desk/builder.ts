/** Calls of the desk. A sandbox that listens beyond this machine asks for its admin token, kept for this tab only. */
import { ref } from 'vue'

import { ApiError } from '@/transport/errors'
import { profiled } from '@/transport/profile'
import { request } from '@/transport/request'

const KEY = profiled('admin-token')

/** True once the server has asked who we are. */
export const locked = ref(false)

export function unlock(token: string): void {
  sessionStorage.setItem(KEY, token.trim())
  locked.value = false
}

export async function desk<T>(method: string, path: string, body?: unknown): Promise<T> {
  try {
    const token = sessionStorage.getItem(KEY) ?? undefined
    return await request<T>(method, `/desk${path}`, body === undefined ? { token } : { token, body })
  } catch (error) {
    if (error instanceof ApiError && error.code === 'desk.builders_only') locked.value = true
    throw error
  }
}

/** A query string of what is set. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()}`
}

export interface CallLine {
  id: string
  at: number
  business_at: number
  direction: 'IN' | 'OUT'
  protocol: string
  method: string
  host: string
  path: string
  query: string
  endpoint: string | null
  caller: string
  org_id: string | null
  subject: string
  status: number | null
  duration_us: number
  request_id: string
  delivery_id: string | null
  refusal: string
}

export interface Segment {
  kind: 'same' | 'server' | 'client'
  text: string
}

/** Why a call was refused. Protocols that know the cause tell it in both languages; others say what they can. */
export interface Explanation {
  causes?: string[]
  zh?: string
  en?: string
  built?: string
  fitting?: string | null
  diff?: Segment[]
}

export interface CallView {
  call: CallLine
  request_headers: Record<string, string>
  request_body: string
  response_headers: Record<string, string>
  response_body: string
  decrypted: string
  explanation: Explanation | null
}

export interface Delivery {
  id: string
  notify_id: string
  channel: string
  owner: string
  subject: string
  url: string
  state: 'PENDING' | 'DELIVERED' | 'FAILED'
  created_at: number
  next_at: number | null
  attempts: number
  delivered_at: number | null
  last_status: number | null
  last_error: string | null
}

export interface Attempt {
  number: number
  at: number
  duration_ms: number
  status: number | null
  error: string | null
  answer: string
}

export interface DeliveryView {
  delivery: Delivery
  payload: Record<string, unknown>
  attempts: Attempt[]
}

export interface ParkedEvent {
  id: string
  topic: string
  handler: string
  key: string
  due_at: number
  attempts: number
  last_error: string | null
}

export interface Clock {
  now: number
  offset_ms: number
  frozen: boolean
  next_event_at: number | null
  ran_event_at: number | null
}

export interface World {
  url: string
  bases: Record<'mp' | 'pay' | 'work' | 'api', string>
  proxy: { url: string; ca_file: string }
  users: { username: string; password: string; nickname: string; token: string; pay_pin: string }[]
  official_accounts: Program[]
  mini_programs: Program[]
  devices: { name: string; kind: string; ticket: string }[]
  merchants: {
    name: string
    mchid: string
    api_v2_key: string
    api_v3_key: string
    serial_no: string
    private_key_file: string
    certificate_file: string
    platform_serial_no: string
    platform_certificate_file: string
    platform_public_key_id: string
    platform_public_key_file: string
  }[]
  corps: {
    name: string
    corpid: string
    agents: { agentid: number; name: string; secret: string; token: string; encoding_aes_key: string }[]
    contact: { secret: string; token: string; encoding_aes_key: string }
    external_contact: { secret: string; token: string; encoding_aes_key: string }
  }[]
}

export interface Program {
  name: string
  kind?: string
  appid: string
  secret: string
  token: string
  encoding_aes_key: string
  original_id: string
}
