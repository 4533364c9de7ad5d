/** The sign-in and sign-up forms without their looks. What was typed stays when the server refuses. */
import { computed, reactive, ref } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

import { signIn, signUp } from './session'

export function useSignIn(kind: 'sign-in' | 'sign-up', device: string) {
  const typed = reactive({ username: '', password: '', nickname: '' })
  const busy = ref(false)
  const refusal = ref<ApiError | null>(null)

  const complete = computed(
    () => typed.username.trim() !== '' && typed.password !== '' && (kind === 'sign-in' || typed.nickname.trim() !== ''),
  )

  /** True once signed in. A second press while the first is under way does nothing. */
  async function submit(): Promise<boolean> {
    if (busy.value || !complete.value) return false
    busy.value = true
    refusal.value = null
    try {
      const username = typed.username.trim()
      if (kind === 'sign-in') await signIn(username, typed.password, device)
      else await signUp(username, typed.password, typed.nickname.trim(), device)
      typed.password = ''
      return true
    } catch (error) {
      refusal.value = toApiError(error)
      return false
    } finally {
      busy.value = false
    }
  }

  return { typed, busy, refusal, complete, submit }
}
