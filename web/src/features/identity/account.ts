/** One's own profile: on the device, fetched at the start and when another device changed it. */
import { readonly, shallowRef } from 'vue'

import { me as fetchMe, type Me } from '@/api'
import { home, onStart } from '@/transport/home'
import { onUpdate } from '@/transport/stream'

const current = shallowRef<Me | null>(null)
export const account = readonly(current)

onStart(async (kept) => {
  current.value = (await kept.get<{ value: Me }>('state', 'me'))?.value ?? null
  void refreshAccount().catch(() => undefined)
})

onUpdate('me.changed', () => refreshAccount())

export async function refreshAccount(): Promise<void> {
  await keepAccount(await fetchMe())
}

export async function keepAccount(me: Me): Promise<void> {
  current.value = me
  await home().put('state', { name: 'me', value: me })
}
