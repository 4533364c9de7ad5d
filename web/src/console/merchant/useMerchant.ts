/** What this organisation calls a merchant, from what the side already knows. */
import { computed } from 'vue'

import { useHome } from '../home'

export function useMerchantName(mchid: () => string) {
  const { merchants } = useHome()
  return computed(() => merchants.value.find((one) => one.mchid === mchid())?.name ?? mchid())
}
