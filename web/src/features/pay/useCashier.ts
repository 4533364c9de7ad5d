/**
 * A cashier without its looks. An answer that was lost is never taken for a refusal: the server is asked what
 * became of it before the person may try again.
 */
import { computed, ref, shallowRef } from 'vue'

import { cancel, confirm, openCashier, showCashier, showResult, type CashierShown, type Method, type Paid } from '@/api'
import { toApiError, UNREACHABLE, type ApiError } from '@/transport/errors'

import type { Opening } from './cashier'

export type Step = 'opening' | 'ready' | 'paying' | 'unsure' | 'paid' | 'closed'

const ASK_AGAIN_MS = 1500
const ASKED_TIMES = 20

export function useCashier(opening: Opening) {
  const step = ref<Step>('opening')
  const shown = shallowRef<CashierShown | null>(null)
  const paid = shallowRef<Paid | null>(null)
  const refusal = shallowRef<ApiError | null>(null)
  const chosen = ref<string | undefined>()

  const method = computed<Method | undefined>(() => shown.value?.methods.find((one) => one.card_id === chosen.value))

  async function open(): Promise<void> {
    step.value = 'opening'
    refusal.value = null
    try {
      shown.value = await ('cashier_id' in opening ? showCashier(opening) : openCashier(opening))
      const usable = shown.value.methods.find((one) => one.refusal === undefined)
      chosen.value = (usable ?? shown.value.methods[0])?.card_id
      step.value = 'ready'
    } catch (thrown) {
      refusal.value = toApiError(thrown)
      step.value = 'closed'
    }
  }

  async function submit(pin: string): Promise<void> {
    const cashier_id = shown.value?.cashier_id
    if (cashier_id === undefined || step.value !== 'ready') return
    step.value = 'paying'
    refusal.value = null
    try {
      const answer = await confirm({ cashier_id, pin, card_id: chosen.value ?? null })
      if (answer) done(answer)
    } catch (thrown) {
      const error = toApiError(thrown)
      if (error.code === UNREACHABLE || error.status >= 500) await findOut(cashier_id, error)
      else {
        refusal.value = error
        step.value = ['pay.order_closed', 'pay.order_paid', 'pay.cashier_cancelled', 'pay.prepay_expired'].includes(error.code) ? 'closed' : 'ready'
      }
    }
  }

  /** Asks what became of a payment whose answer was lost. */
  async function findOut(cashier_id: string, lost: ApiError): Promise<void> {
    step.value = 'unsure'
    for (let times = 0; times < ASKED_TIMES && step.value === 'unsure'; times += 1) {
      try {
        const now = await showCashier({ cashier_id })
        shown.value = now
        if (now.state === 'OPEN') {
          refusal.value = lost // it did not arrive: nothing was paid
          step.value = 'ready'
        } else {
          done(await showResult({ cashier_id }))
        }
        return
      } catch (thrown) {
        const error = toApiError(thrown)
        if (error.code !== UNREACHABLE && error.status < 500) {
          refusal.value = error
          step.value = 'closed'
          return
        }
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
      }
    }
  }

  function done(answer: Paid): void {
    paid.value = answer
    step.value = 'paid'
  }

  /** Walks away. The server is told, but nobody waits for it. */
  function leave(): void {
    const cashier_id = shown.value?.cashier_id
    if (cashier_id !== undefined && step.value === 'ready') void cancel({ cashier_id }).catch(() => undefined)
    if (step.value === 'unsure') step.value = 'closed'
  }

  return { step, shown, paid, refusal, chosen, method, open, submit, leave }
}
