/** An act of the person: once at a time, its refusal told in a notice unless the caller wants it. */
import { ref } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

import { tell } from './ask'
import { useErrorText } from './useErrorText'

export function useAct() {
  const busy = ref(false)
  const errorText = useErrorText()

  /** True when it went through. */
  async function act(doing: () => Promise<unknown>, refused?: (error: ApiError) => void): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await doing()
      return true
    } catch (thrown) {
      const error = toApiError(thrown)
      if (refused) refused(error)
      else tell(errorText(error))
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, act }
}
