/** One of the organisation's apps, from what the side already knows. */
import { computed } from 'vue'

import { useHome } from '../home'

export function useApp(appid: () => string) {
  const { apps } = useHome()
  return computed(() => apps.value.find((one) => one.appid === appid()) ?? null)
}
