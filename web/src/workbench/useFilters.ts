/** Filters that live in the address: they can be linked to, and going back takes the last one off. */
import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export function useFilter(name: string): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const value = route.query[name]
      return typeof value === 'string' ? value : ''
    },
    set: (value) => {
      // The router leaves out what is undefined.
      void router.replace({ query: { ...route.query, [name]: value === '' ? undefined : value } })
    },
  })
}
