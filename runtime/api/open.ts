/** What the platform behind the host does for a program: who someone is, what was agreed to, paying, other programs. */

import { program } from '../engine/program'
import { defineApi, defineDirect, guard, names } from './define'
import { heard } from './device'

const OPEN = 'miniprogram/open-api'
const host = (name: string, source: string, params: Parameters<typeof defineApi>[1]['params'] = {}, declared = false): void => defineApi(name, { source: `${source}/wx.${name}`, params, runsIn: 'host', declared })

host('login', `${OPEN}/login`, { timeout: 'number?' })
host('checkSession', `${OPEN}/login`)
host('getUserProfile', `${OPEN}/user-info`, { desc: 'text', lang: 'text?' })
host('getUserInfo', `${OPEN}/user-info`, { withCredentials: 'flag?', lang: 'text?' })
host('getSetting', `${OPEN}/setting`, { withSubscriptions: 'flag?' })
host('openSetting', `${OPEN}/setting`, { withSubscriptions: 'flag?' })
host('authorize', `${OPEN}/authorize`, { scope: 'text' })
host('authorizeForMiniProgram', `${OPEN}/authorize`, { scope: 'text' })
host('requestSubscribeMessage', `${OPEN}/subscribe-message`, { tmplIds: 'list' })
host('chooseAddress', `${OPEN}/address`, {}, true)
host('chooseInvoiceTitle', `${OPEN}/invoice`)
host('chooseLicensePlate', `${OPEN}/license-plate`)
for (const name of ['addCard', 'openCard']) host(name, `${OPEN}/card`, { cardList: 'list' })
host('checkIsAddedToMyMiniProgram', `${OPEN}/my-miniprogram`)
host('getGroupEnterInfo', `${OPEN}/group`, { allowSingleChat: 'flag?', needGroupOpenID: 'flag?' })
host('requestPayment', 'miniprogram/payment', { timeStamp: 'text', nonceStr: 'text', package: 'text', signType: 'text?', paySign: 'text' })
host('requestVirtualPayment', 'miniprogram/payment', { mode: 'text', signData: 'text', paySig: 'text', signature: 'text' })

// ── privacy ────────────────────────────────────────────────────────────────────────────────────────────────

host('getPrivacySetting', `${OPEN}/privacy`)
host('requirePrivacyAuthorize', `${OPEN}/privacy`)
host('openPrivacyContract', `${OPEN}/privacy`)

type Resolve = (answer: { event?: string; buttonId?: string }) => void
/** The last one to listen is the one that is asked, as published. */
let needed: ((resolve: Resolve, event: { referrer: string }) => void) | undefined
defineDirect('onNeedPrivacyAuthorization', (listener: typeof needed) => void (needed = listener))

export function listenToPrivacy(): void {
  const { host: bridge } = program()
  bridge.on('privacy', ({ id, referrer }: { id: number; referrer: string }) => {
    if (typeof needed !== 'function') {
      bridge.emit('privacyAnswer', { id, event: 'none' })
      return
    }
    const asked = needed
    const resolve: Resolve = ({ event, buttonId } = {}) => {
      // Saying that the question was shown is not yet an answer to it.
      if (event === 'agree' || event === 'disagree') bridge.emit('privacyAnswer', { id, event, buttonId: String(buttonId ?? '') })
    }
    guard(() => asked(resolve, { referrer }), undefined)
  })
}

// ── other programs and accounts ────────────────────────────────────────────────────────────────────────────

const NAVIGATE = 'miniprogram/navigate'
const TARGET = { appId: 'text?', path: 'text?', extraData: 'object?', envVersion: 'text?', shortLink: 'text?' } as const

async function leave(name: string, { appId, path, extraData, envVersion, shortLink }: Record<string, unknown>): Promise<unknown> {
  if (!appId && !shortLink) throw { errMsg: 'invalid appid', errno: 1001 }
  return program().host.call(name, { appId: String(appId ?? ''), path: String(path ?? ''), extraData: extraData ?? {}, envVersion: String(envVersion ?? 'release'), shortLink: String(shortLink ?? '') })
}
defineApi('navigateToMiniProgram', { source: `${NAVIGATE}/wx.navigateToMiniProgram`, params: TARGET, run: (args) => leave('navigateToMiniProgram', args) })
defineApi('openEmbeddedMiniProgram', {
  source: `${NAVIGATE}/wx.openEmbeddedMiniProgram`,
  params: TARGET,
  run: (args) => {
    // What is to be opened over the page has to be named; whole programs no longer need to be.
    if (args.appId && !names(program().boot.manifest.app.embeddedAppIdList).includes(String(args.appId))) throw { errMsg: 'appId not in embeddedAppIdList' }
    return leave('openEmbeddedMiniProgram', args)
  },
})
host('navigateBackMiniProgram', NAVIGATE, { extraData: 'object?' })
host('exitMiniProgram', NAVIGATE)
host('restartMiniProgram', NAVIGATE, { path: 'text' })
host('openOfficialAccountProfile', NAVIGATE, { username: 'text' })
host('openOfficialAccountArticle', NAVIGATE, { url: 'text' })
host('openOfficialAccountChat', NAVIGATE, { username: 'text' })
heard('EmbeddedMiniProgramHeightChange')
