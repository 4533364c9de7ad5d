/** What players and cameras ask of the host. */

import type { Capability } from './capabilities'

export interface MediaServices {
  /** The frame takes the whole screen, or gives it back; turned by so many degrees. */
  fullScreen?: (on: boolean, direction: number) => Promise<void>
}

export const mediaCapabilities: Record<string, Capability> = {
  setFullScreen: { args: { on: 'boolean', direction: 'number' }, perSecond: 10, run: (services, { on, direction }) => services.fullScreen?.(on, direction) },
}
