/** The device as the server knows it: signed in by the ticket it was opened with, followed by its update log. */
import { ref, shallowRef, watch } from 'vue'

import { type DeviceState, noteDevice } from '@/api'
import { ApiError, toApiError } from '@/transport/errors'
import { leaveHome, openHome } from '@/transport/home'
import { deviceProfile, profiled } from '@/transport/profile'
import { request } from '@/transport/request'
import { session } from '@/transport/session'
import { onReset, onUpdate } from '@/transport/stream'

const GUEST = profiled('guest')
export const RETRY_MS = 3000

export const device = shallowRef<DeviceState | null>(null)
export const trouble = shallowRef<ApiError | null>(null)
/** Until when a phone is linked, by this page's clock; 0 for none. */
export const linkedUntil = ref(0)

const signedOut = (): ApiError => new ApiError('identity.signed_out', 401, 'This page needs a ticket.')

/** With a ticket in the address: keep it under the device's own name, and go to its own address. */
export async function begin(): Promise<void> {
  const ticket = new URLSearchParams(location.search).get('device') ?? ''
  try {
    if (ticket !== '') {
      const { device_id } = await request<DeviceState>('GET', '/device', { token: ticket })
      localStorage.setItem(profiled('session', deviceProfile(device_id)), JSON.stringify({ token: ticket, user_id: device_id, session_id: device_id }))
      location.replace(`/kiosk/${device_id}`)
    } else if (session.value === null || !/^\/kiosk\/\d+/.test(location.pathname)) {
      trouble.value = signedOut()
    } else {
      await look()
      await openHome()
    }
  } catch (thrown) {
    trouble.value = toApiError(thrown)
    // A ticket that is refused stays refused; anything else passes.
    if (trouble.value.status !== 401) setTimeout(() => void begin(), RETRY_MS)
  }
}

async function look(): Promise<void> {
  take(await noteDevice())
}

/** What the device shows now. For another guest the document begins anew: nothing of the last one is left in it. */
export function take(state: DeviceState): void {
  const guest = localStorage.getItem(GUEST)
  if (guest !== null && guest !== state.guest_id) return void leave(state.guest_id)
  localStorage.setItem(GUEST, state.guest_id)
  linkedUntil.value = state.linked_ms > 0 ? Date.now() + state.linked_ms : 0
  device.value = state
  trouble.value = null
}

async function leave(guest: string): Promise<void> {
  await leaveHome(session.value?.user_id ?? '')
  localStorage.setItem(GUEST, guest)
  location.reload()
}

onReset(look)
onUpdate('device.changed', look)
// Its ticket was taken back or replaced.
watch(session, (open) => {
  if (open !== null) return
  device.value = null
  trouble.value = signedOut()
})
