/** The coupon that changed last, as the update log tells it: taken, used, withdrawn or thrown away, on whichever device. */
import { shallowRef } from 'vue'

import { onReset, onUpdate } from '@/transport/stream'

export const changed = shallowRef({ id: '' })

onUpdate<{ coupon_id: string }>('benefits.coupon', ({ body }) => {
  changed.value = { id: body.coupon_id }
})
onReset(() => {
  changed.value = { id: '' }
  return Promise.resolve()
})
