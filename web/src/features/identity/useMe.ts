/** The signed-in person's own profile, with its loading and error states. */
import { ref } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

import { me, signOut, type Me } from './session'

export function useMe() {
  const person = ref<Me | null>(null)
  const refusal = ref<ApiError | null>(null)

  async function attempt(act: () => Promise<void>): Promise<void> {
    refusal.value = null
    try {
      await act()
    } catch (error) {
      refusal.value = toApiError(error)
    }
  }

  const load = () => attempt(async () => void (person.value = await me()))
  const leave = () => attempt(signOut)

  return { person, refusal, load, leave }
}
