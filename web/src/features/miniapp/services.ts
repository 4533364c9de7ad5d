/** What this shell does for a running program: its prompts, and the rest of the app. The program learns outcomes, never who or how. */
import type { Router } from 'vue-router'
import type { CalendarEvent, HostServices, Shell, ShareMenu, ShellServices } from 'runtime/host'

import { type AccountsAccountCard, checkNickname, decideGrant, enterService, findCoupons, followAccount, getAccount, getProgramAbout, listSubscriptions, openAccountConversation, resolveCode, showOfferedCoupons } from '@/api'
import { goBack } from '@/composables/goBack'
import { ownArticle } from '@/composables/ownArticle'
import { pickFiles } from '@/composables/pickFiles'
import { readFrame } from '@/features/codes'
import { pay } from '@/features/pay'
import { call } from '@/transport/call'
import { toApiError } from '@/transport/errors'
import { session } from '@/transport/session'

import type { Ask } from './asking'
import { calendarFile, contactFile } from './cards'
import { announce, drop, type Run } from './running'

/** What the page around the frame has to show. */
export interface Stage {
  run: Run
  router: Router
  ask: Ask
  showAd: ShellServices['showAd']
  share: (content: { title: string; path: string; imageUrl: string }) => Promise<void>
  shareText: NonNullable<HostServices['shareText']>
  shareFile: ShellServices['shareFile']
  resizeWindow: ShellServices['resizeWindow']
  topBarText: ShellServices['topBarText']
  shareMenu: (change: ShareMenu) => void
  restart: (path?: string) => Promise<void>
  opened: (program: { name: string; avatar: string }) => void
  applyUpdate: () => void
  shown: () => void
  failed: (reason: string) => void
  unresponsive: (stuck: boolean) => void
}

/** A refusal in the program's words: the reason alone, the bridge puts the call's name before it. */
function refuse(reason: string): never {
  throw { errMsg: reason }
}

/** A code as the published calls give it. */
function published(text: string, round: boolean): { result: string; scanType: string; charSet: string; rawData: string } {
  return { result: text, scanType: round ? 'WX_CODE' : 'QR_CODE', charSet: 'UTF-8', rawData: btoa(String.fromCharCode(...new TextEncoder().encode(text))) }
}

export function shellFor(stage: Stage): Shell {
  const { run, router, ask } = stage
  return {
    api: (method, path, body) => call(method, path, body),
    token: () => session.value?.token ?? '',
    pay: async (request) => {
      const outcome = await pay({ request })
      if (outcome.kind === 'cancelled') refuse('cancel')
      if (outcome.kind === 'unknown') refuse('the result is not known yet')
    },
    payAt: async (cashier_id) => {
      const outcome = await pay({ cashier_id })
      if (outcome.kind === 'cancelled') throw { errMsg: 'cancel', errCode: -2 }
      if (outcome.kind === 'unknown') throw { errMsg: 'the result is not known yet', errCode: -1 }
    },
    ask: (scope, reason) => ask('scope', { scope, reason }).catch(() => false),
    openSetting: () => ask('settings', {}).catch(() => undefined),
    share: (card) => stage.share(card),
    exit: () => {
      void goBack(router, '/discover').then(() => drop(run.appid))
    },
    applyUpdate: stage.applyUpdate,
    opened: stage.opened,
    shown: stage.shown,
    failed: stage.failed,
    unresponsive: stage.unresponsive,
    more: more(stage),
  }
}

/** The account of the same organisation that has linked the program, the first of several. */
async function linked(appid: string): Promise<AccountsAccountCard> {
  const [first] = (await getProgramAbout({ appid })).accounts
  return first === undefined ? refuse('no official account is linked') : getAccount({ appid: first.appid })
}

function more({ run, router, ask, showAd, shareText, shareFile, shareMenu, resizeWindow, topBarText, restart }: Stage): Partial<HostServices> {
  const { appid } = run
  return {
    askPrivacy: async () => {
      const agreed = await ask('privacy', { asks: true }).catch(() => false)
      if (agreed) await decideGrant({ appid, scope: 'scope.privacy' })
      return agreed
    },
    showPrivacy: async () => void (await ask('privacy', { asks: false }).catch(() => undefined)),
    chooseAvatar: () => ask('avatar', {}),
    nickname: async () => ({ nickName: await ask('nickname', {}) }),
    reviewNickname: async (nickName) => ({ pass: (await checkNickname({ nickname: nickName })).fits }),
    linkedAccount: async () => {
      const account = await linked(appid)
      return { name: account.name, avatar: account.avatar === '' ? '' : new URL(account.avatar, location.href).href, description: account.introduction, followed: account.following }
    },
    followLinkedAccount: async () => void (await followAccount({ appid: (await linked(appid)).appid })),
    scanCode: async ({ onlyFromCamera }) => {
      const { text, round, from } = await ask('scan', { onlyFromCamera })
      const found = await resolveCode({ text, round, read_from: from }).catch(() => null)
      const own = found?.kind === 'PROGRAM' && found.app?.appid === appid
      const search = own ? [found.query, found.code_scene ? `scene=${encodeURIComponent(found.code_scene)}` : ''].filter((part) => part).join('&') : ''
      return { ...published(text, round), ...(own ? { path: `${found.path ?? ''}${search === '' ? '' : `?${search}`}` } : {}) }
    },
    readCode: async (picture) => {
      const seen = await readFrame(picture)
      return seen && published(seen.text, seen.round)
    },
    subscribe: (templateIds) => ask('subscribe', { templateIds }) as ReturnType<NonNullable<HostServices['subscribe']>>,
    subscriptions: async () => {
      const { muted, templates } = await listSubscriptions({ appid })
      const kept = templates.filter((one) => one.choice !== 'ASK')
      return { mainSwitch: !muted, itemSettings: Object.fromEntries(kept.map((one) => [one.template_id, one.accepted ? 'accept' : 'reject'])) }
    },
    preview: (media, current, menu) => ask('preview', { media, current, menu }).catch(() => undefined),
    chooseMessageFile: async ({ count, type, extension }) => {
      const accept = extension.length > 0 ? extension.map((one) => `.${one}`).join(',') : type === 'image' ? 'image/*' : type === 'video' ? 'video/*' : ''
      const files = (await pickFiles(accept, count > 1)).slice(0, count)
      if (files.length === 0) refuse('cancel')
      return Promise.all(files.map(async (file) => ({ name: file.name, type: file.type, time: Math.floor(file.lastModified / 1000), body: await file.arrayBuffer() })))
    },
    editImage: (picture, crop) => ask('crop', { picture, crop }),
    chooseLocation: (near) => ask('place', { near }),
    openLocation: async (place) => void (await ask('place', { near: place, shown: place }).catch(() => undefined)),
    chooseAddress: () => ask('address', {}),
    chooseInvoiceTitle: () => ask('invoiceTitle', {}),
    chooseLicensePlate: () => ask('plate', {}),
    chooseContact: () => ask('phoneContact', {}),
    addCard: async (cards) => {
      const asked = cards.map(({ cardId, cardExt }) => ({ card_id: cardId, card_ext: cardExt }))
      const { coupons: offered } = await showOfferedCoupons({ appid, cards: asked }).catch((thrown: unknown) => refuse(toApiError(thrown).message))
      return ask('coupons', { cards, offered })
    },
    openCard: async (cards) => {
      const asked = cards.map(({ cardId, code }) => ({ card_id: cardId, code }))
      const { coupon_ids } = await findCoupons({ appid, cards: asked }).catch((thrown: unknown) => refuse(toApiError(thrown).message))
      await router.push(coupon_ids.length === 1 ? `/coupons/${coupon_ids[0] ?? ''}` : '/coupons')
    },
    addContact: (fields) => {
      contactFile(fields)
      return Promise.resolve()
    },
    addCalendar: (event: CalendarEvent) => {
      calendarFile(event)
      return Promise.resolve()
    },
    openContact: async ({ sessionFrom }) => {
      const session_from = typeof sessionFrom === 'string' ? sessionFrom.slice(0, 1000) : ''
      const { conversation_id } = await enterService({ appid, session_from }).catch((thrown: unknown) => refuse(toApiError(thrown).message))
      await router.push(`/chats/${conversation_id}`)
    },
    openFeedback: async () => void (await router.push(`/programs/${appid}/about`)),
    openArticle: async (url) => void (await router.push(ownArticle(url) ?? refuse('invalid url'))),
    openAccount: async (username, how) => {
      const account = await getAccount({ appid: username }).catch(() => refuse('invalid username'))
      if (how === 'profile') await router.push(`/accounts/${account.appid}`)
      else await router.push(`/chats/${(await openAccountConversation({ appid: account.appid }).catch((thrown: unknown) => refuse(toApiError(thrown).message))).conversation_id}`)
    },
    showAd,
    openAd: async ({ app, path }) => void (await router.push({ path: `/programs/${app.appid}`, query: { ...(path === '' ? {} : { path }), scene: '1095' } })),
    navigateToProgram: async ({ appId, path, extraData, envVersion, embedded }) => {
      announce(appId, appid, extraData)
      await router.push({
        path: `/programs/${appId}`,
        query: { ...(path === '' ? {} : { path }), ...(envVersion === 'release' ? {} : { channel: envVersion }), scene: embedded ? '1200' : '1037' },
      })
    },
    navigateBackProgram: (extraData) => {
      if (run.opener === '') refuse('no program to go back to')
      run.returning = extraData
      return goBack(router, `/programs/${run.opener}`)
    },
    restart,
    shareMenu,
    shareText,
    shareFile,
    resizeWindow,
    topBarText,
  }
}
