/** Something fetched for a page, with its loading and error states. What was shown stays while it is fetched again. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

export interface Load<T> {
  value: ShallowRef<T | null>
  error: Ref<ApiError | null>
  busy: Ref<boolean>
  load: () => Promise<void>
}

export function useLoad<T>(fetch: () => Promise<T>): Load<T> {
  const value = shallowRef<T | null>(null)
  const error = ref<ApiError | null>(null)
  const busy = ref(false)
  let turn = 0

  async function load(): Promise<void> {
    const mine = (turn += 1)
    busy.value = true
    try {
      const fetched = await fetch()
      if (mine === turn) {
        value.value = fetched
        error.value = null
      }
    } catch (thrown) {
      if (mine === turn) error.value = toApiError(thrown)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  void load()
  return { value, error, busy, load }
}
