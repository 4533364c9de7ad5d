/** A list that grows page by page, by key. Loading anew starts from the top; late answers of an older start are dropped. */
import { ref, shallowRef } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

export interface Page<T> {
  items: T[]
  next: string | null
}

export function usePages<T>(fetch: (before: string | null) => Promise<Page<T>>) {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const error = ref<ApiError | null>(null)
  const busy = ref(false)
  const loaded = ref(false)
  let turn = 0

  async function read(before: string | null): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const page = await fetch(before)
      if (mine !== turn) return
      items.value = before === null ? page.items : [...items.value, ...page.items]
      next.value = page.next
      error.value = null
      loaded.value = true
    } catch (refused) {
      if (mine === turn) error.value = toApiError(refused)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  return { items, next, error, busy, loaded, load: () => read(null), more: () => read(next.value) }
}
