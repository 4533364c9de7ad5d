/** Something the person does: once at a time, and its refusal told where it was done. */
import { ref } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

export function useAct() {
  const busy = ref(false)
  const refusal = ref<ApiError | null>(null)

  /** True when it went through. */
  async function act(doing: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    refusal.value = null
    try {
      await doing()
      return true
    } catch (refused) {
      refusal.value = toApiError(refused)
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, refusal, act }
}
