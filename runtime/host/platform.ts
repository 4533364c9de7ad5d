/**
 * What the platform does for a program, whichever shell it runs in: over the client API, with the shell
 * asking the person where a person must be asked.
 */

import { adServices } from './ads'
import { deviceServices } from './device'
import type { Shell } from './launch'
import { handOver } from './files'
import { networkServices } from './network'
import { keptName } from './sealing'
import type { HostServices, Scope } from './services'
import { keepValue, type ProgramStorage } from './storage'
import { virtualPayment } from './virtual-payment'

/** The program the services are for: its manifest says why it asks for what. */
export interface Served {
  appid: string
  channel: 'develop' | 'trial' | 'release'
  /** Off where the project says so, for whoever works on it. */
  urlCheck: boolean
  name: string
  reasons: Record<string, { desc?: string } | undefined>
  /** The address of the document around its web pages. */
  page: string
  /** The group a card was opened in, if it was. */
  shareTicket?: string
}

export function platformServices(shell: Shell, storage: ProgramStorage, { appid, urlCheck, name, channel, reasons, page, shareTicket }: Served): HostServices {
  const at = `/programs/${appid}`
  let agreed = false

  const grants = async (): Promise<Record<Scope, boolean>> => {
    const { grants: decided } = (await shell.api('GET', `${at}/grants`)) as { grants: { scope: Scope; allowed: boolean }[] }
    return Object.fromEntries(decided.map(({ scope, allowed }) => [scope, allowed]))
  }
  const decide = (scope: Scope, allowed: boolean): Promise<unknown> => shell.api('PUT', `/grants/${appid}/${scope}`, { allowed })
  const ask = async (scope: Scope, reason: string): Promise<boolean> => {
    const allowed = await shell.ask(scope, reason || (reasons[scope]?.desc ?? ''))
    await decide(scope, allowed)
    return allowed
  }

  return {
    login: () => shell.api('POST', `${at}/login`, {}).catch(refuse),
    checkSession: async () => {
      if (!(await shell.api('GET', `${at}/session`)).valid) throw { errMsg: 'session is invalid' }
    },
    ...networkServices({ token: shell.token, appid, channel, urlCheck }),
    requestPayment: (payment) => shell.pay({ appId: appid, ...payment, signType: payment.signType ?? 'RSA' }),
    ...virtualPayment(shell, appid),
    ads: adServices(shell, appid),
    grants,
    ask,
    userProfile: async (purpose) => {
      if ((await grants())['scope.userInfo'] !== true && !(await shell.ask('scope.userInfo', purpose))) throw { errMsg: 'auth deny' }
      const answer = await shell.api('POST', `${at}/user-info`, {}).catch(refuse)
      const { avatarUrl } = answer.userInfo
      return { ...answer, userInfo: { ...answer.userInfo, avatarUrl: avatarUrl ? new URL(avatarUrl, location.href).href : '' } }
    },
    phoneNumber: async () => {
      if (!(await shell.ask('scope.phoneNumber', ''))) throw { errMsg: 'user deny' }
      return shell.api('POST', `${at}/phone-code`, {}).catch(refuse)
    },
    used: (scope) => void shell.api('POST', `/grants/${appid}/${scope}/use`, {}).catch(() => undefined),
    privacy: async () => {
      if (agreed) return { needAuthorization: false, privacyContractName: '' }
      const { required, agreed: known, title } = await shell.api('GET', `${at}/privacy`)
      agreed = known
      return { needAuthorization: required && !known, privacyContractName: required ? title : '' }
    },
    agreePrivacy: async () => {
      await decide('scope.privacy', true)
      agreed = true
    },
    added: async () => (await shell.api('GET', at)).added,
    shareInfo: (ticket) => shell.api('POST', `${at}/share-info`, { share_ticket: ticket }).catch(refuse),
    privateShare: (ticket) => shell.api('POST', `${at}/private-share`, { share_ticket: ticket }).catch(refuse),
    groupEntered: () => (shareTicket ? shell.api('POST', `${at}/share-info`, { share_ticket: shareTicket }).catch(refuse) : refuse({ message: 'not in group enter scene' })),
    page: urlCheck ? `${page}&check=1` : page,
    cloudRecords: {
      keep: (pairs) => shell.api('PUT', `${at}/records`, { pairs }).catch(refuse),
      forget: (keys) => shell.api('POST', `${at}/records/forget`, { keys }).catch(refuse),
      own: async (keys) => (await shell.api('POST', `${at}/records/mine`, { keys }).catch(refuse)).pairs,
      friends: async (keys) => (await shell.api('POST', `${at}/records/friends`, { keys }).catch(refuse)).players,
      group: async (keys, ticket) => (await shell.api('POST', `${at}/records/group`, { keys, share_ticket: ticket }).catch(refuse)).players,
      self: () => shell.api('POST', `${at}/records/self`, {}).catch(refuse),
    },
    openSetting: shell.openSetting,
    share: (content) => shell.share({ ...content, appid, name }),
    exit: shell.exit,
    ...deviceServices(),
    applyUpdate: shell.applyUpdate,
    openDocument: handOver,
    store: (key, value, sealed) => keepValue(storage, appid, key, value, sealed),
    keep: (name, value) => storage.save(appid, keptName(name), value),
    keepFile: (file) => storage.files?.save(appid, file),
    shown: shell.shown,
    failed: shell.failed,
    reported: shell.reported,
    ...shell.more,
  }
}

/** A refusal of the API, as the reason of a failed call. */
function refuse(error: unknown): never {
  throw { errMsg: (error as { message?: string } | null)?.message ?? String(error) }
}
