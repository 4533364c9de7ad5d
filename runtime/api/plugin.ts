/** What a plugin finds as `wx`: less than a program, its own storage, and pages of its own only. */

import { type Plugin } from '../engine/plugins'
import { apis, invoke } from './define'
import { storageOf } from './storage'

/** Published: not there for plugins. A person's identity, money and the program's own frame are the program's to ask for. */
const WITHHELD =
  'login checkSession getUserInfo getUserProfile authorize getSetting openSetting requestPayment requestOrderPayment chooseAddress chooseInvoice chooseInvoiceTitle addCard openCard requestSubscribeMessage ' +
  'switchTab reLaunch setTabBarItem setTabBarStyle setTabBarBadge removeTabBarBadge showTabBarRedDot hideTabBarRedDot showTabBar hideTabBar ' +
  'getUpdateManager updateShareMenu showShareMenu hideShareMenu onAppShow offAppShow onAppHide offAppHide onPageNotFound offPageNotFound exitMiniProgram openEmbeddedMiniProgram getExtConfig getExtConfigSync'

export function createPluginWx(plugin: Plugin, wx: Record<string, unknown>): Record<string, unknown> {
  const own: Record<string, unknown> = { ...wx, ...storageOf(plugin.provider) }
  for (const name of WITHHELD.split(' ')) delete own[name]
  for (const name of ['navigateTo', 'redirectTo']) {
    const api = apis.get(name)!
    const run = (options: { url: string }): unknown => {
      const url = String(options.url).replace(/^\//, `plugin-private://${plugin.provider}/`)
      const [, provider = plugin.provider] = /^plugin-private:\/\/([^/]+)/.exec(url) ?? []
      if (provider !== plugin.provider) throw { errMsg: 'a plugin opens pages of its own' }
      return api.run!({ ...options, url })
    }
    own[name] = (options?: unknown) => invoke({ ...api, run }, options)
  }
  const account = wx.getAccountInfoSync as () => object
  own.getAccountInfoSync = () => ({ ...account(), plugin: { appId: plugin.provider, version: plugin.version } })
  return own
}
