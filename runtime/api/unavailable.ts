/** The published names that are not served here: each fails as published, and `canIUse` says no. */

import { asError, invoke } from './define'
import { refusals } from './refusals'

export type Mode = 'async' | 'sync' | 'event'

/** Every published name that `apis` and `direct` lack; written by the build from the catalogue and the table. */
declare const __HUTONG_MISSING__: Record<string, Mode>

export const missing: Record<string, Mode> = typeof __HUTONG_MISSING__ === 'undefined' ? {} : __HUTONG_MISSING__

const NOT_SUPPORTED = { errMsg: 'not supported' }

/** Calls fail, factories throw, and a listener may be added although nothing will ever be heard. */
export function unavailable(): [name: string, value: unknown][] {
  return Object.entries(missing).map(([name, mode]) => {
    if (mode === 'event') return [name, () => undefined]
    if (mode === 'sync') {
      return [name, () => {
        throw asError(name, NOT_SUPPORTED)
      }]
    }
    const fails = { name, source: '', params: {}, runsIn: 'frame' as const, run: () => Promise.reject(refusals.get(name) ?? NOT_SUPPORTED) }
    return [name, (options?: unknown) => invoke(fails, options)]
  })
}
