/** The newest calls, oldest first, growing as they happen; the names of their callers; why the refused ones were. */
import { onScopeDispose, reactive, ref, shallowRef } from 'vue'

import { toApiError, type ApiError } from '@/transport/errors'

import { desk, query, type CallLine, type CallView, type Explanation } from '../builder'
import { wentWrong } from './sentences'

const KEPT = 400
const FIRST = 80
const EXPLAINED = 40
const QUICK_MS = 500
const SLOW_MS = 5000

export function useTrace() {
  const calls = shallowRef<CallLine[]>([])
  const names = reactive(new Map<string, string>())
  const explanations = reactive(new Map<string, Explanation | null>())
  const error = ref<ApiError | null>(null)
  const loaded = ref(false)
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    const newest = calls.value.at(-1)
    const page = newest === undefined ? await desk<{ calls: CallLine[] }>('GET', `/inspector${query({ limit: FIRST })}`) : await desk<{ calls: CallLine[] }>('GET', `/inspector${query({ after: newest.id })}`)
    const found = newest === undefined ? page.calls.toReversed() : page.calls
    loaded.value = true
    if (found.length === 0) return
    calls.value = [...calls.value, ...found].slice(-KEPT)
    await Promise.all([nameCallers(found), ...found.filter((call) => wentWrong(call) && call.direction === 'IN').slice(-EXPLAINED).map(explain)])
  }

  async function nameCallers(found: CallLine[]): Promise<void> {
    const strangers = [...new Set(found.map((call) => call.caller).filter((caller) => caller !== '' && !names.has(caller)))].slice(0, 100)
    if (strangers.length === 0) return
    const told = await desk<{ names: Record<string, string> }>('POST', '/names', { callers: strangers })
    for (const caller of strangers) names.set(caller, told.names[caller] ?? '')
  }

  async function explain(call: CallLine): Promise<void> {
    if (explanations.has(call.id)) return
    explanations.set(call.id, null)
    const view = await desk<CallView>('GET', `/inspector/${call.id}`)
    explanations.set(call.id, view.explanation)
  }

  async function follow(): Promise<void> {
    try {
      if (!document.hidden) await look()
      error.value = null
    } catch (refused) {
      error.value = toApiError(refused)
    }
    if (!stopped) timer = setTimeout(() => void follow(), error.value === null ? QUICK_MS : SLOW_MS)
  }

  void follow()
  onScopeDispose(() => {
    stopped = true
    clearTimeout(timer)
  })

  return { calls, names, explanations, error, loaded }
}
