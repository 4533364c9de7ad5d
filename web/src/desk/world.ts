/** The demo world, fetched once. */
import { useFetch } from '@/workbench/useFetch'

import { desk, type World } from './builder'

const kept = useFetch(() => desk<World>('GET', '/demo'))

export function useWorld() {
  if (kept.value.value === null && !kept.busy.value) void kept.load()
  return kept
}
