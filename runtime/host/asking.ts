/** What a program may ask of the person and of the device, and the scope or agreement each needs first. */

import { type CallContext, type Capability, missing } from './capabilities'
import { pairs } from './open-data'
import type { CalendarEvent, Camera, HostServices, LocationOptions, Medium, Recording, Scope, SenseKind } from './services'

/** Scopes as published; `authorize` refuses any other. */
const SCOPES = ['userInfo', 'userLocation', 'userFuzzyLocation', 'userLocationBackground', 'address', 'invoiceTitle', 'invoice', 'werun', 'record', 'writePhotosAlbum', 'camera', 'bluetooth', 'addPhoneContact', 'addPhoneCalendar', 'WxFriendInteraction', 'privacy', 'subscribeMessages']

/** What a plugin may ask of the person for the program it is in. */
const LENT = ['scope.record', 'scope.writePhotosAlbum', 'scope.camera']

/** Go on only if the person lets the program do this, who is asked where nothing was decided. */
export async function withScope(services: HostServices, scope: Scope, reason = ''): Promise<void> {
  const decided = (await services.grants())[scope]
  if (decided === false || (decided === undefined && !(await services.ask(scope, reason)))) throw { errMsg: 'auth deny', errno: 103 }
  services.used?.(scope)
}

/** As where no campaign has one for the program. */
function noAds(): never {
  throw { errCode: 1004, errMsg: 'no advertisement' }
}

function strings(value: unknown, otherwise: string[] = []): string[] {
  return Array.isArray(value) ? value.map(String) : otherwise
}

const MOST_CARDS = 10

/** The cards of a call, each with the one other text it needs. */
function cards<K extends string>(list: unknown, other: K): ({ cardId: string } & Record<K, string>)[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_CARDS) throw { errMsg: 'parameter error: cardList', errno: 1001 }
  return list.map((one: Record<string, unknown> | null) => {
    const [cardId, text] = [one?.cardId, one?.[other]]
    if (typeof cardId !== 'string' || typeof text !== 'string') throw { errMsg: `parameter error: cardList.${typeof cardId === 'string' ? other : 'cardId'}`, errno: 1001 }
    return { cardId, [other]: text } as { cardId: string } & Record<K, string>
  })
}

function locationOptions({ type, altitude, isHighAccuracy, highAccuracyExpireTime }: Record<string, unknown>): LocationOptions {
  return {
    type: type === 'gcj02' ? 'gcj02' : 'wgs84',
    altitude: Boolean(altitude),
    isHighAccuracy: Boolean(isHighAccuracy),
    // Below three seconds the published call does not wait for accuracy.
    ...(Number(highAccuracyExpireTime) >= 3000 ? { highAccuracyExpireTime: Number(highAccuracyExpireTime) } : {}),
  }
}

function medium(given: unknown): Medium {
  const { url, body, type } = (given ?? {}) as Partial<Medium>
  return { ...(url === undefined ? {} : { url: String(url) }), ...(body instanceof ArrayBuffer ? { body } : {}), type: String(type ?? 'image') }
}

/** Begin something that goes on until it is ended; beginning it again ends the former. */
async function begin({ ongoing }: CallContext, name: string, start: () => (() => void) | Promise<() => void>): Promise<void> {
  ongoing.get(name)?.()
  ongoing.delete(name)
  ongoing.set(name, await start())
}

function end({ ongoing }: CallContext, name: string): void {
  ongoing.get(name)?.()
  ongoing.delete(name)
}

const TOP_BAR_LETTERS = 100

const SENSES: [name: string, stop: string, kind: SenseKind][] = [
  ['startAccelerometer', 'stopAccelerometer', 'accelerometer'],
  ['startCompass', 'stopCompass', 'compass'],
  ['startGyroscope', 'stopGyroscope', 'gyroscope'],
  ['startDeviceMotionListening', 'stopDeviceMotionListening', 'motion'],
]
/** Milliseconds between two readings, by the published name of the pace. */
const PACES: Record<string, number> = { game: 20, ui: 60, normal: 200 }

const senses = Object.fromEntries(
  SENSES.flatMap(([start, stop, kind]): [string, Capability][] => [
    [
      start,
      {
        args: { interval: 'string?' },
        privacy: true,
        run: (services, { interval = 'normal' }, context) => {
          let last = -Infinity
          return begin(context, kind, () =>
            (services.sense ?? missing)(kind, (reading) => {
              const now = performance.now()
              if (now - last < (PACES[interval] ?? PACES.normal!)) return
              last = now
              context.emit('sense', { kind, reading })
            }),
          )
        },
      },
    ],
    [stop, { run: (_, __, context) => end(context, kind) }],
  ]),
)

const LOCATION_SCOPES = { startLocationUpdate: 'scope.userLocation', startLocationUpdateBackground: 'scope.userLocationBackground' } as const

const location: Record<string, Capability> = {
  getLocation: {
    args: { type: 'string?', altitude: 'boolean?', isHighAccuracy: 'boolean?', highAccuracyExpireTime: 'number?' },
    privacy: true,
    run: async (services, args) => {
      await withScope(services, 'scope.userLocation')
      return (services.location ?? missing)(locationOptions(args))
    },
  },
  getFuzzyLocation: {
    args: { type: 'string?' },
    privacy: true,
    run: async (services, args) => {
      await withScope(services, 'scope.userFuzzyLocation')
      const { latitude, longitude } = await (services.location ?? missing)(locationOptions(args))
      // About a kilometre: enough for a city's weather, too little for a street.
      return { latitude: Math.round(latitude * 100) / 100, longitude: Math.round(longitude * 100) / 100 }
    },
  },
  ...Object.fromEntries(
    Object.entries(LOCATION_SCOPES).map(([name, scope]): [string, Capability] => [
      name,
      {
        args: { type: 'string?' },
        privacy: true,
        run: async (services, args, context) => {
          await withScope(services, scope)
          const tell = (place: object): void => context.emit('location', place)
          await begin(context, 'location', () => (services.watchLocation ?? missing)(locationOptions({ type: 'gcj02', ...args }), tell, (failure) => context.emit('locationFailed', failure)))
        },
      },
    ]),
  ),
  stopLocationUpdate: { run: (_, __, context) => end(context, 'location') },
  chooseLocation: { args: { latitude: 'number?', longitude: 'number?' }, activation: true, privacy: true, run: (services, { latitude, longitude }) => (services.chooseLocation ?? missing)({ latitude, longitude }) },
  choosePoi: {
    activation: true,
    privacy: true,
    // Type 2 is a place by its position; a whole city (type 1) has none.
    run: async (services) => ({ type: 2, city: '', ...(await (services.chooseLocation ?? missing)({})) }),
  },
  openLocation: {
    args: { latitude: 'number', longitude: 'number', scale: 'number?', name: 'string?', address: 'string?' },
    run: (services, { latitude, longitude, scale = 18, name = '', address = '' }) => (services.openLocation ?? missing)({ latitude, longitude, name, address, scale: Math.min(18, Math.max(5, scale)) }),
  },
}

const cameras = new WeakMap<Map<string, () => void>, Camera>()
const CAMERA = 'camera'

function cameraOf({ ongoing }: CallContext): Camera {
  const found = cameras.get(ongoing)
  if (!found || !ongoing.has(CAMERA)) throw { errMsg: 'camera is not open' }
  return found
}

const camera: Record<string, Capability> = {
  startCamera: {
    args: { position: 'string', resolution: 'string' },
    privacy: true,
    run: async (services, { position, resolution }, context) => {
      await withScope(services, 'scope.camera')
      end(context, CAMERA)
      const open = await (services.camera ?? missing)({ position: position === 'front' ? 'front' : 'back', resolution }, () => {
        end(context, CAMERA)
        context.emit('cameraEnded', {})
      })
      // Whoever asked twice gets the later one; the program may also have gone meanwhile.
      end(context, CAMERA)
      cameras.set(context.ongoing, open)
      context.ongoing.set(CAMERA, open.close)
      if (context.signal.aborted) end(context, CAMERA)
      return { maxZoom: open.maxZoom }
    },
  },
  takeCameraFrame: { perSecond: 120, run: (_, __, context) => cameraOf(context).picture() },
  readCameraCode: {
    run: async (services, _, context) => {
      const picture = await cameraOf(context).picture()
      try {
        const seen = await (services.readCode ?? missing)(picture)
        return seen && { type: seen.scanType, result: seen.result, charSet: seen.charSet, rawData: seen.rawData }
      } finally {
        picture.close()
      }
    },
  },
  setCameraZoom: { args: { zoom: 'number' }, run: (_, { zoom }, context) => cameraOf(context).zoom(zoom) },
  setCameraLight: { args: { on: 'boolean' }, run: (_, { on }, context) => cameraOf(context).light(on) },
  startCameraRecord: {
    run: async (services, _, context) => {
      await withScope(services, 'scope.record')
      await cameraOf(context).record()
    },
  },
  stopCameraRecord: { run: (_, __, context) => cameraOf(context).stopRecording() },
  stopCamera: { run: (_, __, context) => end(context, CAMERA) },
}

const recordings = new WeakMap<Map<string, () => void>, Recording>()
const RECORDING = 'recording'

function recordingOf({ ongoing }: CallContext): Recording {
  const found = recordings.get(ongoing)
  if (!found || !ongoing.has(RECORDING)) throw { errMsg: 'recorder not start' }
  return found
}

const media: Record<string, Capability> = {
  chooseMedia: {
    args: { count: 'number?', mediaType: 'object?', sourceType: 'object?', maxDuration: 'number?', camera: 'string?' },
    activation: true,
    privacy: true,
    run: async (services, { count = 9, mediaType, sourceType, camera = 'back' }) => ({
      files: await (services.chooseMedia ?? missing)({ count: Math.min(20, Math.max(1, count)), mediaType: strings(mediaType, ['image', 'video']).flatMap((kind) => (kind === 'mix' ? ['image', 'video'] : kind)), sourceType: strings(sourceType, ['album', 'camera']), camera }),
    }),
  },
  chooseMessageFile: {
    args: { count: 'number', type: 'string?', extension: 'object?' },
    activation: true,
    privacy: true,
    run: async (services, { count, type = 'all', extension }) => ({ files: await (services.chooseMessageFile ?? missing)({ count: Math.min(100, Math.max(1, count)), type, extension: strings(extension) }) }),
  },
  previewMedia: {
    args: { media: 'object', current: 'number?', showmenu: 'boolean?' },
    largestBytes: 100 * 1024 * 1024,
    run: (services, { media: shown, current = 0, showmenu = true }) => (services.preview ?? missing)((shown as unknown[]).map(medium), Math.max(0, current), showmenu),
  },
  saveToAlbum: {
    args: { name: 'string', type: 'string' },
    largestBytes: 100 * 1024 * 1024,
    privacy: true,
    run: async (services, { name, type, body }) => {
      if (!(body instanceof ArrayBuffer)) throw { errMsg: 'file not exists' }
      await withScope(services, 'scope.writePhotosAlbum')
      ;(services.saveFile ?? missing)(name, type, body)
    },
  },
  editImage: { largestBytes: 100 * 1024 * 1024, activation: true, args: { picture: 'object', crop: 'string?' }, run: (services, { picture, crop = '' }) => (services.editImage ?? missing)(medium(picture), crop) },
  startRecord: {
    args: { duration: 'number', sampleRate: 'number', numberOfChannels: 'number', encodeBitRate: 'number', format: 'string', frameSize: 'number?' },
    privacy: true,
    run: async (services, { duration, sampleRate, numberOfChannels, encodeBitRate, format, frameSize }, context) => {
      if (context.ongoing.has(RECORDING)) throw { errMsg: 'is recording or paused' }
      await withScope(services, 'scope.record')
      const recording = await (services.record ?? missing)({ duration, sampleRate, numberOfChannels, encodeBitRate, format, frameSize }, (event, detail) => {
        if (event === 'stop' || event === 'error') context.ongoing.delete(RECORDING)
        context.emit('recorder', { event, detail })
      })
      context.ongoing.set(RECORDING, recording.stop)
      recordings.set(context.ongoing, recording)
    },
  },
  ...camera,
  pauseRecord: { run: (_, __, context) => recordingOf(context).pause() },
  resumeRecord: { run: (_, __, context) => recordingOf(context).resume() },
  stopRecord: { run: (_, __, context) => recordingOf(context).stop() },
}

const device: Record<string, Capability> = {
  setClipboardData: { args: { data: 'string' }, activation: true, privacy: true, run: (services, { data }) => (services.copy ?? missing)(data) },
  getClipboardData: { activation: true, privacy: true, run: async (services) => ({ data: await (services.paste ?? missing)() }) },
  sendSms: { args: { phoneNumber: 'string?', content: 'string?' }, activation: true, run: (services, { phoneNumber = '', content = '' }) => (services.writeSms ?? missing)(phoneNumber, content) },
  makePhoneCall: { args: { phoneNumber: 'string' }, activation: true, run: (services, { phoneNumber }) => (services.dial ?? missing)(phoneNumber) },
  vibrateShort: { args: { type: 'string?' }, perSecond: 10, run: (services, { type = 'medium' }) => (services.vibrate ?? missing)({ heavy: 20, medium: 15, light: 10 }[type as string] ?? 15) },
  vibrateLong: { perSecond: 5, run: (services) => (services.vibrate ?? missing)(400) },
  setKeepScreenOn: { args: { keepScreenOn: 'boolean' }, run: (services, { keepScreenOn }) => (services.keepScreenOn ?? missing)(keepScreenOn) },
  getBatteryInfo: { run: (services) => (services.battery ?? missing)() },
  watchBattery: { run: (services, _, context) => begin(context, 'battery', () => (services.watchBattery ?? missing)((charge) => context.emit('battery', charge))) },
  scanCode: { args: { onlyFromCamera: 'boolean?', scanType: 'object?' }, activation: true, run: (services, { onlyFromCamera = false, scanType }) => (services.scanCode ?? missing)({ onlyFromCamera, scanType: strings(scanType, ['barCode', 'qrCode']) }) },
  chooseContact: { activation: true, privacy: true, run: (services) => (services.chooseContact ?? missing)() },
  setWindowSize: { args: { width: 'number', height: 'number' }, perSecond: 5, run: (services, { width, height }) => (services.resizeWindow ?? missing)({ width, height }) },
  setTopBarText: { args: { text: 'string' }, run: (services, { text }) => services.topBarText?.(text.slice(0, TOP_BAR_LETTERS)) },
  addPhoneContact: {
    args: { firstName: 'string' },
    activation: true,
    privacy: true,
    run: async (services, fields) => {
      await withScope(services, 'scope.addPhoneContact')
      await (services.addContact ?? missing)(Object.fromEntries(Object.entries(fields as object).map(([name, value]) => [name, String(value)])))
    },
  },
  addPhoneCalendar: {
    args: { title: 'string', startTime: 'number' },
    activation: true,
    privacy: true,
    run: async (services, { title, startTime, endTime, allDay = false, description = '', location: where = '', alarm = 'true', alarmOffset = 0, repeatInterval, repeatEndTime }) => {
      await withScope(services, 'scope.addPhoneCalendar')
      if (endTime !== undefined && Number(endTime) < startTime) throw { errMsg: 'parameter error: endTime is before startTime' }
      const event: CalendarEvent = { title, startTime, allDay: Boolean(allDay), description: String(description), location: String(where) }
      if (endTime !== undefined) event.endTime = Number(endTime)
      if (String(alarm) !== 'false') event.alarmOffset = Number(alarmOffset)
      if (['day', 'week', 'month', 'year'].includes(String(repeatInterval))) event.repeatInterval = repeatInterval as NonNullable<CalendarEvent['repeatInterval']>
      if (repeatEndTime !== undefined) event.repeatEndTime = Number(repeatEndTime)
      await (services.addCalendar ?? missing)(event)
    },
  },
  ...senses,
}

const open: Record<string, Capability> = {
  getSetting: {
    args: { withSubscriptions: 'boolean?' },
    run: async (services, { withSubscriptions = false }) => {
      const authSetting = Object.fromEntries(Object.entries(await services.grants()).filter(([scope]) => scope !== 'scope.phoneNumber'))
      return { authSetting, ...(withSubscriptions ? { subscriptionsSetting: (await services.subscriptions?.()) ?? { mainSwitch: true, itemSettings: {} } } : {}) }
    },
  },
  openSetting: {
    args: { withSubscriptions: 'boolean?' },
    activation: true,
    run: async (services, args, context) => {
      await (services.openSetting ?? missing)()
      return open.getSetting!.run(services, args, context)
    },
  },
  authorize: {
    args: { scope: 'string' },
    perSecond: 5,
    run: async (services, { scope }) => {
      if (!SCOPES.includes(scope.replace(/^scope\./, '')) || !scope.startsWith('scope.')) throw { errMsg: 'invalid scope', errno: 1001 }
      await withScope(services, scope)
    },
  },
  authorizeForMiniProgram: {
    args: { scope: 'string' },
    perSecond: 5,
    run: async (services, { scope }) => {
      if (!LENT.includes(scope)) throw { errMsg: 'invalid scope', errno: 1001 }
      await withScope(services, scope)
    },
  },
  setUserCloudStorage: { args: { KVDataList: 'object' }, run: (services, { KVDataList }) => (services.cloudRecords ?? missing()).keep(pairs(KVDataList)) },
  removeUserCloudStorage: { args: { keyList: 'object' }, run: (services, { keyList }) => (services.cloudRecords ?? missing()).forget(strings(keyList)) },
  getUserProfile: { args: { desc: 'string' }, activation: true, run: (services, { desc, lang }) => services.userProfile(desc, lang) },
  getUserInfo: {
    run: async (services, { withCredentials = true, lang }) => {
      await withScope(services, 'scope.userInfo')
      const { userInfo, rawData, signature, encryptedData, iv } = await services.userProfile('', lang)
      return withCredentials ? { userInfo, rawData, signature, encryptedData, iv } : { userInfo, rawData }
    },
  },
  getPhoneNumber: { activation: true, privacy: true, run: (services, { realtime }) => services.phoneNumber(realtime === true) },
  chooseAvatar: { activation: true, privacy: true, run: (services) => (services.chooseAvatar ?? missing)() },
  agreePrivacyAuthorization: { activation: true, run: (services) => services.agreePrivacy?.() },
  getPrivacySetting: { run: async (services) => (await services.privacy?.()) ?? { needAuthorization: false, privacyContractName: '' } },
  requirePrivacyAuthorize: { privacy: true, run: () => undefined },
  openPrivacyContract: { run: (services) => (services.showPrivacy ?? missing)() },
  findAd: { args: { unitId: 'string', kinds: 'object' }, perSecond: 10, run: (services, { unitId, kinds }) => (services.ads ?? noAds()).find(unitId, strings(kinds)) },
  showAd: { args: { showing: 'string' }, perSecond: 5, run: (services, { showing }) => (services.ads ?? noAds()).show(showing) },
  closedAd: { args: { showing: 'string' }, run: (services, { showing }) => (services.ads ?? noAds()).closed(showing) },
  sawAd: { args: { showing: 'string' }, perSecond: 10, run: (services, { showing }) => (services.ads ?? noAds()).saw(showing) },
  openAd: { args: { showing: 'string' }, activation: true, run: (services, { showing }) => (services.ads ?? noAds()).open(showing) },
  chooseAddress: { activation: true, privacy: true, run: (services) => (services.chooseAddress ?? missing)() },
  chooseInvoiceTitle: { activation: true, privacy: true, run: (services) => (services.chooseInvoiceTitle ?? missing)() },
  chooseLicensePlate: { activation: true, privacy: true, run: (services) => (services.chooseLicensePlate ?? missing)() },
  addCard: { args: { cardList: 'object' }, activation: true, run: async (services, { cardList }) => ({ cardList: await (services.addCard ?? missing)(cards(cardList, 'cardExt')) }) },
  openCard: { args: { cardList: 'object' }, activation: true, run: (services, { cardList }) => (services.openCard ?? missing)(cards(cardList, 'code')) },
  requestSubscribeMessage: {
    args: { tmplIds: 'object' },
    activation: true,
    run: (services, { tmplIds }) => {
      const ids = [...new Set(strings(tmplIds))]
      if (!ids.length) throw { errMsg: 'TmplIds can\'t be empty', errCode: 10001 }
      if (ids.length > 3) throw { errMsg: 'The max number of template ids is 3', errCode: 20003 }
      return (services.subscribe ?? missing)(ids)
    },
  },
  openContact: { activation: true, run: (services, options) => (services.openContact ?? missing)(options) },
  checkIsAddedToMyMiniProgram: { run: async (services) => ({ added: await (services.added ?? missing)() }) },
  authPrivateMessage: { args: { shareTicket: 'string' }, run: (services, { shareTicket }) => (services.privateShare ?? missing)(shareTicket) },
  getGroupEnterInfo: { run: (services) => (services.groupEntered ?? missing)() },
}

const elsewhere: Record<string, Capability> = {
  navigateToMiniProgram: {
    args: { appId: 'string', path: 'string?', extraData: 'object?', envVersion: 'string?', shortLink: 'string?' },
    activation: true,
    run: (services, { appId, path = '', extraData = {}, envVersion = 'release', shortLink }) => (services.navigateToProgram ?? missing)({ appId, path, extraData, envVersion, embedded: false, ...(shortLink ? { shortLink } : {}) }),
  },
  openEmbeddedMiniProgram: {
    args: { appId: 'string', path: 'string?', extraData: 'object?', envVersion: 'string?' },
    activation: true,
    run: (services, { appId, path = '', extraData = {}, envVersion = 'release' }) => (services.navigateToProgram ?? missing)({ appId, path, extraData, envVersion, embedded: true }),
  },
  navigateBackMiniProgram: { args: { extraData: 'object?' }, run: (services, { extraData = {} }) => (services.navigateBackProgram ?? missing)(extraData) },
  restartMiniProgram: { args: { path: 'string' }, activation: true, run: (services, { path }) => (services.restart ?? missing)(path) },
  exitMiniProgram: { activation: true, run: (services) => services.exit() },
  openOfficialAccountArticle: { args: { url: 'string' }, activation: true, run: (services, { url }) => (services.openArticle ?? missing)(url) },
  openOfficialAccountProfile: { args: { username: 'string' }, activation: true, run: (services, { username }) => (services.openAccount ?? missing)(username, 'profile') },
  openOfficialAccountChat: { args: { username: 'string' }, activation: true, run: (services, { username }) => (services.openAccount ?? missing)(username, 'chat') },
}

const sharing: Record<string, Capability> = {
  shareAppMessage: {
    args: { title: 'string?', path: 'string?', imageUrl: 'string?' },
    activation: true,
    run: (services, { title = '', path = '', imageUrl = '' }) => services.share({ title, path, imageUrl }),
  },
  showShareMenu: {
    args: { withShareTicket: 'boolean?', menus: 'object?' },
    run: (services, { withShareTicket, menus }) => services.shareMenu?.({ shown: true, menus: strings(menus, ['shareAppMessage']), ...(withShareTicket === undefined ? {} : { withShareTicket }) }),
  },
  hideShareMenu: { args: { menus: 'object?' }, run: (services, { menus }) => services.shareMenu?.({ shown: false, menus: strings(menus, ['shareAppMessage', 'shareTimeline']) }) },
  updateShareMenu: {
    args: { withShareTicket: 'boolean?', isPrivateMessage: 'boolean?', activityId: 'string?' },
    run: (services, { withShareTicket, isPrivateMessage, activityId }) =>
      services.shareMenu?.({ ...(withShareTicket === undefined ? {} : { withShareTicket }), ...(isPrivateMessage === undefined ? {} : { isPrivateMessage }), ...(activityId === undefined ? {} : { activityId }) }),
  },
  getShareInfo: { args: { shareTicket: 'string' }, run: (services, { shareTicket }) => (services.shareInfo ?? missing)(shareTicket) },
  shareFile: {
    args: { name: 'string', type: 'string', kind: 'string' },
    activation: true,
    largestBytes: 100 * 1024 * 1024,
    run: (services, { name, type, kind, body }) => {
      if (!(body instanceof ArrayBuffer)) throw { errMsg: 'file not exists' }
      return (services.shareFile ?? missing)({ name, type, kind, body })
    },
  },
}

export const asking: Record<string, Capability> = { ...device, ...location, ...media, ...open, ...elsewhere, ...sharing }
