/** A line of the account book in words. */
import { useI18n } from 'vue-i18n'

import type { BillShown } from '@/api'

export function useBillWords() {
  const { t } = useI18n()
  function titleOf(bill: BillShown): string {
    switch (bill.kind) {
      case 'PAYMENT':
        return bill.counterpart
      case 'REFUND':
        return t('pay.refundFrom', { name: bill.counterpart })
      case 'TOP_UP':
        return t('pay.topUp')
      default:
        return t('pay.withdraw')
    }
  }
  /** A card goes by its own name; the balance is named in Chinese in the published orders, and here in the reader's language. */
  const methodOf = (bill: BillShown): string => (bill.method === '\u96f6\u94b1' ? t('pay.balance') : bill.method)
  return { titleOf, methodOf }
}
