/** Asking to be paid: opened from a code or a page, shown by CashierSheet, settled once. */
import { shallowRef } from 'vue'

import type { CashierOpening, Paid } from '@/api'

/** What is to be paid, or a cashier that stands before it already. */
export type Opening = CashierOpening | { cashier_id: string }

/** `unknown`: the answer was lost and the server could not be asked; the account book will tell. */
export type Outcome = { kind: 'paid'; paid: Paid } | { kind: 'cancelled' } | { kind: 'unknown' }

interface Asked {
  opening: Opening
  settle: (outcome: Outcome) => void
}

export const cashier = shallowRef<Asked | null>(null)

export function pay(opening: Opening): Promise<Outcome> {
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
