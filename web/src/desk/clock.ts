/** The sandbox's clock as this desk last heard it, running on between two answers. */
import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

import { desk, type Clock } from './builder'

const HEARD_EVERY_MS = 5000

const heard = shallowRef<{ clock: Clock; at: number } | null>(null)
const error = ref<ApiError | null>(null)
const turning = ref(false)
const tick = ref(Date.now())

async function hear(ask: () => Promise<Clock>): Promise<void> {
  try {
    const clock = await ask()
    heard.value = { clock, at: Date.now() }
    error.value = null
  } catch (refused) {
    error.value = toApiError(refused)
  }
}

export type Turn =
  | { action: 'freeze' | 'resume' | 'next_event' }
  | { action: 'advance'; by_ms: number }

/** Answers once everything that fell due on the way has run. */
async function turn(how: Turn): Promise<void> {
  if (turning.value) return
  turning.value = true
  await hear(() => desk<Clock>('POST', '/clock', how))
  turning.value = false
}

export function useClock() {
  const read = () => void hear(() => desk<Clock>('GET', '/clock'))
  if (heard.value === null) read()
  const hearing = setInterval(read, HEARD_EVERY_MS)
  const ticking = setInterval(() => (tick.value = Date.now()), 1000)
  onScopeDispose(() => {
    clearInterval(hearing)
    clearInterval(ticking)
  })
  const now = computed(() => {
    if (heard.value === null) return null
    const { clock, at } = heard.value
    return clock.frozen ? clock.now : clock.now + Math.max(0, tick.value - at)
  })
  return { clock: computed(() => heard.value?.clock ?? null), now, error, turning, turn }
}
