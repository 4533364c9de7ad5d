/** What is about to be shown, and whether there is something one has not looked at. */
import { ref } from 'vue'

import { onUpdate } from '@/transport/stream'

/** A page of a mini program; `path` with its query, `picture` a file's handle, or empty. */
export interface Shown {
  appid: string
  title: string
  path: string
  picture: string
}

export const unseen = ref(false)
export const arrived = ref(0)

onUpdate('moments.posted', () => {
  unseen.value = true
  arrived.value += 1
})
