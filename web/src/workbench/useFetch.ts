/** Something fetched for a screen, with its loading and error states. What was shown stays while it is fetched again. */
import { ref, shallowRef } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

export function useFetch<T>(fetch: () => Promise<T>) {
  const value = shallowRef<T | null>(null)
  const error = ref<ApiError | null>(null)
  const busy = ref(false)
  let turn = 0

  async function load(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const fetched = await fetch()
      if (mine !== turn) return
      value.value = fetched
      error.value = null
    } catch (refused) {
      if (mine === turn) error.value = toApiError(refused)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  return { value, error, busy, load }
}
