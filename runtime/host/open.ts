/** What the platform's own elements ask of the host. */

import type { Capability } from './capabilities'
import { missing } from './capabilities'

export interface OpenServices {
  /** The account that is linked with the program, where there is one. */
  linkedAccount?: () => Promise<{ name: string; avatar: string; description: string; followed: boolean }>
  followLinkedAccount?: () => Promise<void>
}

export const openCapabilities: Record<string, Capability> = {
  linkedAccount: { perSecond: 5, run: (services) => (services.linkedAccount ?? missing)() },
  followLinkedAccount: { activation: true, run: (services) => (services.followLinkedAccount ?? missing)() },
}
