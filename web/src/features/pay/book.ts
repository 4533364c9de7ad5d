/** The newest line of one's account book, as the update log tells it. */
import { shallowRef } from 'vue'

import { onUpdate } from '@/transport/stream'

export const lastBill = shallowRef('')

onUpdate<{ id: string }>('pay.bill', ({ body }) => {
  lastBill.value = body.id
})
