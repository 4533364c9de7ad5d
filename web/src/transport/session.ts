/** Who is signed in here. Kept per profile, and followed when another tab of it signs in or out. */
import { readonly, shallowRef } from 'vue'

import { profiled } from './profile'

export interface Session {
  token: string
  user_id: string
  session_id: string
}

const KEY = profiled('session')

const current = shallowRef<Session | null>(read())

export const session = readonly(current)

globalThis.addEventListener('storage', (event) => {
  if (event.key === KEY || event.key === null) current.value = read()
})

function read(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Session | null
  } catch {
    return null
  }
}

export function keepSession(opened: Session | null): void {
  if (opened === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, JSON.stringify(opened))
  current.value = opened
}

/** Forgets the session that `token` was for, unless another has taken its place. */
export function endSession(token: string | undefined): void {
  if (current.value?.token === token) keepSession(null)
}
