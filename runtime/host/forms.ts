/** What buttons and fields may ask of the host. */

import type { Capability } from './capabilities'
import { missing } from './capabilities'

export interface FormServices {
  /** A name the person agrees to give, for a field of the type `nickname`. */
  nickname?: () => Promise<{ nickName: string }>
  /** Whether a name that was typed may be used. */
  reviewNickname?: (nickName: string) => Promise<{ pass: boolean }>
  /** Offer the groups to send words to; with an entrance, the program's page comes along. */
  shareText?: (words: { text: string; entrance?: string }) => Promise<void>
  openFeedback?: () => Promise<void>
  /** Open the app on this device that the program belongs to. */
  launchApp?: (appParameter: string) => Promise<void>
  /** A code with which the program's server keeps a message of this person up to date. */
  liveActivity?: () => Promise<{ code: string }>
}

export const formCapabilities: Record<string, Capability> = {
  chooseNickname: { activation: true, run: (services) => (services.nickname ?? missing)() },
  reviewNickname: { args: { nickName: 'string' }, perSecond: 5, run: (services, { nickName }) => (services.reviewNickname ?? missing)(nickName) },
  shareText: { args: { text: 'string', entrance: 'string?' }, activation: true, run: (services, { text, entrance }) => (services.shareText ?? missing)({ text, entrance }) },
  openFeedback: { activation: true, run: (services) => (services.openFeedback ?? missing)() },
  launchApp: {
    args: { appParameter: 'string' },
    activation: true,
    run: (services, { appParameter }) => {
      // As published where there is no app to open.
      if (!services.launchApp) throw { errMsg: 'invalid scene' }
      return services.launchApp(appParameter)
    },
  },
  createLiveActivity: { activation: true, run: (services) => (services.liveActivity ?? missing)() },
}
