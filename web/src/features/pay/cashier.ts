/** Asking to be paid: opened from a code or a page, shown by CashierSheet, settled once. */
import { shallowRef } from 'vue'

import type { CashierOpening, Paid } from '@/api'

/** `unknown`: the answer was lost and the server could not be asked; the account book will tell. */
export type Outcome = { kind: 'paid'; paid: Paid } | { kind: 'cancelled' } | { kind: 'unknown' }

interface Asked {
  opening: CashierOpening
  settle: (outcome: Outcome) => void
}

export const cashier = shallowRef<Asked | null>(null)

export function pay(opening: CashierOpening): Promise<Outcome> {
  cashier.value?.settle({ kind: 'cancelled' })
  return new Promise((resolve) => {
    cashier.value = {
      opening,
      settle: (outcome) => {
        cashier.value = null
        resolve(outcome)
      },
    }
  })
}
