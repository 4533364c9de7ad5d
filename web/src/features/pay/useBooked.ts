/** Something about money: fetched again whenever the account book has a new line. */
import { onBeforeUnmount, watch } from 'vue'

import { useLoad, type Load } from '@/composables/useLoad'

import { lastBill } from './book'

export function useBooked<T>(fetch: () => Promise<T>): Load<T> {
  const loaded = useLoad(fetch)
  onBeforeUnmount(watch(lastBill, loaded.load))
  return loaded
}
