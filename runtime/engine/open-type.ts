/** What buttons do that have an `open-type`: each asks the host, and tells the program what came of it. */

import type { Channel } from '../bridge/channel'
import { asFailure } from '../bridge/channel'
import { keepFile } from '../api/network'
import { cardPicture } from '../api/share'
import type { ShareContent } from '../bridge/share'
import { elementHooks } from '../components/basic'
import type { BuiltIn } from '../components/element'
import { callPage } from './component'
import { currentPage } from './router'

type Share = (given: unknown) => ShareContent

/** The call each makes, and the event that brings the answer. */
const CALLS: Record<string, [call: string, event: string]> = {
  getPhoneNumber: ['getPhoneNumber', 'getphonenumber'],
  getRealtimePhoneNumber: ['getPhoneNumber', 'getrealtimephonenumber'],
  getUserInfo: ['getUserInfo', 'getuserinfo'],
  openSetting: ['openSetting', 'opensetting'],
  contact: ['openContact', 'contact'],
  feedback: ['openFeedback', 'feedback'],
  chooseAvatar: ['chooseAvatar', 'chooseavatar'],
  agreePrivacyAuthorization: ['agreePrivacyAuthorization', 'agreeprivacyauthorization'],
  launchApp: ['launchApp', 'launchapp'],
  liveActivity: ['createLiveActivity', 'createliveactivity'],
}

/** What the button's attributes say to each call. */
const ARGUMENTS: Record<string, (button: BuiltIn) => Record<string, unknown>> = {
  contact: (button) => ({ sessionFrom: button.read('session-from'), title: button.read('send-message-title'), path: button.read('send-message-path'), imageUrl: button.read('send-message-img'), showMessageCard: button.read('show-message-card') }),
  getUserInfo: (button) => ({ lang: button.read('lang') }),
  getRealtimePhoneNumber: () => ({ realtime: true }),
  launchApp: (button) => ({ appParameter: button.read('app-parameter') }),
}

/** The published number of "this program has used up its phone numbers". */
const NO_QUOTA = 1400001

export function openType(host: Channel, shape: Share): (type: string, button: BuiltIn) => Promise<void> {
  return async (type, button) => {
    if (type === 'share') {
      const page = currentPage()
      const node = button.__wxElement
      const target = { id: node?.id ?? '', dataset: { ...(node?.dataset ?? {}) } }
      const given = page ? await Promise.resolve(callPage(page.instance, 'onShareAppMessage', { from: 'button', target })).catch(() => undefined) : undefined
      const content = shape(given)
      await host.call('shareAppMessage', { ...content, imageUrl: await cardPicture(content.imageUrl) }).catch(() => {})
      return
    }
    const one = CALLS[type]
    if (!one) return
    const [call, event] = one
    try {
      const answer = (await host.call(call, ARGUMENTS[type]?.(button) ?? {})) as Record<string, unknown>
      if (type === 'chooseAvatar' && answer.body instanceof ArrayBuffer) {
        button.emit(event, { avatarUrl: keepFile(answer.body, String(answer.type ?? 'image/png'), '.png') })
      } else button.emit(event, { ...answer, errMsg: `${type}:ok` })
    } catch (error) {
      const failure = asFailure(type, error)
      if (failure.errno === NO_QUOTA && button.read('phone-number-no-quota-toast')) {
        const chinese = document.documentElement.lang.startsWith('zh')
        void elementHooks.call('showToast', { title: chinese ? '该功能使用次数已达当前小程序上限，暂时无法使用' : 'This program has used up this service for now', icon: 'none' })
      }
      button.emit(type === 'launchApp' ? 'error' : event, { ...failure, errMsg: failure.errMsg.replace(/^\w+:fail/, `${type}:fail`) })
    }
  }
}
