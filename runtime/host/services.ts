/** What the shell gives a program: everything real that a call across the bridge comes down to. */

import type { ShareContent } from '../bridge/share'
import type { StoredFile } from './files'
import type { FormServices } from './forms'
import type { MediaServices } from './media'
import type { OpenServices } from './open'

export interface NetworkRequest {
  url: string
  method: string
  header: Record<string, string>
  body?: string | ArrayBuffer
  timeout: number
  /** Tell of the body piece by piece instead of keeping it. */
  chunked?: boolean
  redirect?: string
}

export interface NetworkAnswer {
  statusCode: number
  header: Record<string, string>
  cookies: string[]
  body: ArrayBuffer
  /** When each step was done, in milliseconds, by the published names. */
  profile?: Record<string, unknown>
}

/** What is told of a call while it is under way; a total of -1 is not known. */
export type NetworkNews =
  | { kind: 'headers'; statusCode: number; header: Record<string, string>; cookies: string[] }
  | { kind: 'chunk'; body: ArrayBuffer }
  | { kind: 'progress'; done: number; total: number }

type Tell = (news: NetworkNews) => void

/** What a page sells, as its server signed it: `signData` is JSON. */
export interface VirtualPurchase {
  mode: string
  signData: string
  paySig: string
  signature: string
}

export interface PaymentRequest {
  timeStamp: string
  nonceStr: string
  package: string
  signType?: string
  paySign: string
}

/** A file of the person's, given to the program. `time` is in Unix seconds, `duration` in seconds. */
export interface PickedFile {
  name: string
  type: string
  time: number
  body: ArrayBuffer
  width?: number
  height?: number
  duration?: number
  /** A still of a film, as JPEG. */
  thumb?: ArrayBuffer
}

/** A picture or film to look at: an address the shell can show, or the bytes of a file in the frame. */
export interface Medium {
  url?: string
  body?: ArrayBuffer
  type: string
}

export interface LocationOptions {
  type: 'wgs84' | 'gcj02'
  altitude: boolean
  isHighAccuracy: boolean
  highAccuracyExpireTime?: number
}

export interface Place {
  latitude: number
  longitude: number
  speed: number
  accuracy: number
  altitude: number
  verticalAccuracy: number
  horizontalAccuracy: number
}

export interface NamedPlace {
  name: string
  address: string
  latitude: number
  longitude: number
}

export type SenseKind = 'accelerometer' | 'compass' | 'gyroscope' | 'motion'

export interface Charge {
  level: number
  isCharging: boolean
  isLowPowerModeEnabled: boolean
}

/** As published for RecorderManager.start: milliseconds, hertz, bits per second, kilobytes. */
export interface RecordingOptions {
  duration: number
  sampleRate: number
  numberOfChannels: number
  encodeBitRate: number
  format: string
  frameSize?: number
}

export interface Recorded {
  body: ArrayBuffer
  type: string
  extension: string
  duration: number
}

export interface Recording {
  pause: () => void
  resume: () => void
  stop: () => void
}

export interface CameraOptions {
  position: 'front' | 'back'
  resolution: string
}

/** A camera that is open. */
export interface Camera {
  maxZoom: number
  /** The next picture. */
  picture: () => Promise<ImageBitmap>
  zoom: (wanted: number) => Promise<number>
  light: (on: boolean) => Promise<void>
  record: () => Promise<void>
  /** `duration` in milliseconds. */
  stopRecording: () => Promise<Recorded & { width: number; height: number }>
  close: () => void
}

/** A scope a person grants or refuses, by its published name. */
export type Scope = `scope.${string}`

/** What the device does, as far as a browser lets it. `deviceServices()` has all of them. */
export interface DeviceServices {
  copy: (text: string) => Promise<void>
  paste: () => Promise<string>
  dial: (phoneNumber: string) => void
  /** Begin a text message, to be sent by the person. */
  writeSms: (phoneNumber: string, content: string) => void
  vibrate: (ms: number) => void
  /** Hold the screen this way, or as the device is held. */
  orient: (how: 'auto' | 'portrait' | 'landscape') => void
  keepScreenOn: (on: boolean) => Promise<void>
  battery: () => Promise<Charge>
  /** Each of the `watch` kind gives back what ends it. */
  watchBattery: (tell: (charge: Charge) => void) => Promise<() => void>
  sense: (kind: SenseKind, tell: (reading: Record<string, number | string>) => void) => () => void
  location: (options: LocationOptions) => Promise<Place>
  watchLocation: (options: LocationOptions, tell: (place: Place) => void, failed: (failure: { errMsg: string; errCode: number }) => void) => () => void
  chooseMedia: (options: { count: number; mediaType: string[]; sourceType: string[]; camera: string }) => Promise<PickedFile[]>
  /** Hand the person a file to keep. */
  saveFile: (name: string, type: string, body: ArrayBuffer) => void
  camera: (options: CameraOptions, ended: () => void) => Promise<Camera>
  record: (options: RecordingOptions, tell: (event: 'start' | 'pause' | 'resume' | 'stop' | 'frame' | 'interruptionBegin' | 'interruptionEnd' | 'error', detail?: Recorded | Record<string, unknown>) => void) => Promise<Recording>
}

/** What a shell shows in front of the program, or does with the rest of itself. */
export interface ShellServices {
  /** Change what this person allowed the program; resolves when that is done. */
  openSetting: () => Promise<void>
  chooseAvatar: () => Promise<{ body: ArrayBuffer; type: string }>
  scanCode: (options: { onlyFromCamera: boolean; scanType: string[] }) => Promise<ReadCode & { path?: string }>
  /** The code in a picture, if there is one. */
  readCode: (picture: ImageBitmap) => Promise<ReadCode | null>
  subscribe: (templateIds: string[]) => Promise<Record<string, 'accept' | 'reject' | 'ban' | 'filter'>>
  preview: (media: Medium[], current: number, menu: boolean) => Promise<void>
  chooseMessageFile: (options: { count: number; type: string; extension: string[] }) => Promise<PickedFile[]>
  editImage: (picture: Medium, crop: string) => Promise<{ body: ArrayBuffer; type: string }>
  chooseLocation: (near: { latitude?: number; longitude?: number }) => Promise<NamedPlace>
  openLocation: (place: NamedPlace & { scale: number }) => Promise<void>
  chooseAddress: () => Promise<Record<string, string>>
  chooseInvoiceTitle: () => Promise<Record<string, string>>
  chooseLicensePlate: () => Promise<{ plateNumber: string }>
  /** Offer coupons that the program's server signed for; each comes back with its encrypted code if it was taken. */
  addCard: (cards: CardAsked[]) => Promise<CardTaken[]>
  /** Show coupons that the person has, by their open codes. */
  openCard: (cards: { cardId: string; code: string }[]) => Promise<void>
  chooseContact: () => Promise<{ displayName: string; phoneNumber: string; phoneNumberList: string[] }>
  /** Make the program's window so many pixels wide and high, where a shell has room. */
  resizeWindow: (size: { width: number; height: number }) => Promise<void>
  /** What is said beside the program where the shell lists it as open. */
  topBarText: (text: string) => void
  addContact: (fields: Record<string, string>) => Promise<void>
  addCalendar: (event: CalendarEvent) => Promise<void>
  openContact: (options: Record<string, unknown>) => Promise<void>
  /** Open an account's article by its address. */
  openArticle: (url: string) => Promise<void>
  openAccount: (username: string, how: 'profile' | 'chat') => Promise<void>
  /** Cover the program with an advertisement: resolves with how it went once that is gone. */
  showAd: (ad: Advertisement) => Promise<{ ended: boolean; pressed: boolean }>
  /** Open what an advertisement is for. */
  openAd: (ad: Advertisement) => Promise<void>
  navigateToProgram: (target: { appId: string; path: string; extraData: Record<string, unknown>; envVersion: string; embedded: boolean; shortLink?: string }) => Promise<void>
  navigateBackProgram: (extraData: Record<string, unknown>) => Promise<void>
  restart: (path: string) => Promise<void>
  shareMenu: (change: ShareMenu) => void
  shareFile: (file: { name: string; type: string; body: ArrayBuffer; kind: 'IMAGE' | 'VIDEO' | 'FILE' }) => Promise<void>
  /** The program's privacy guide, and whether the person has yet to agree to it. */
  showPrivacy: () => Promise<void>
  askPrivacy: () => Promise<boolean>
}

/** An advertisement as the API gives it; `rewarded` is looked at for `seconds`, others may be closed at once. */
export interface Advertisement {
  showing_id: string
  title: string
  words: string
  picture: string
  app: { appid: string; name: string; avatar: string }
  path: string
  seconds: number
  rewarded: boolean
}

/** A coupon as `wx.addCard` names it: `cardExt` is JSON text with a signature. */
export interface CardAsked {
  cardId: string
  cardExt: string
}

export interface CardTaken extends CardAsked {
  /** Encrypted; empty where it was not taken. */
  code: string
  isSuccess: boolean
}

export interface CalendarEvent {
  title: string
  /** Unix seconds. */
  startTime: number
  endTime?: number
  allDay: boolean
  description: string
  location: string
  /** Seconds before the start; absent for no reminder. */
  alarmOffset?: number
  repeatInterval?: 'day' | 'week' | 'month' | 'year'
  repeatEndTime?: number
}

/** What the capsule's menu offers to share; what is left out stays as it is. */
export interface ShareMenu {
  shown?: boolean
  menus?: string[]
  withShareTicket?: boolean
  isPrivateMessage?: boolean
  activityId?: string
}

/**
 * The shell answers these. A refusal is thrown as `{ errMsg }` with the reason alone ("cancel",
 * "auth deny"); the bridge puts the name of the call before it. What a shell cannot do it leaves out.
 */
/** A code as published: what it says, of which kind it is, and the same as base64. */
export interface ReadCode {
  result: string
  scanType: string
  charSet: string
  rawData: string
}

export interface HostServices extends Partial<DeviceServices>, Partial<ShellServices>, FormServices, MediaServices, OpenServices {
  login: () => Promise<{ code: string }>
  /** What a game keeps for this person, and what friends who agreed have kept with it. */
  cloudRecords?: {
    keep: (pairs: { key: string; value: string }[]) => Promise<void>
    forget: (keys: string[]) => Promise<void>
    own: (keys: string[]) => Promise<{ key: string; value: string }[]>
    friends: (keys: string[]) => Promise<object[]>
    group: (keys: string[], shareTicket: string) => Promise<object[]>
    self: () => Promise<object>
  }
  /** Advertisements. Where a press leads is kept here, under the name of the showing. */
  ads?: {
    /** Fails with the published numbers. */
    find: (unitId: string, kinds: string[]) => Promise<{ showing: string; title: string; words: string; picture: string }>
    /** Cover the page with one that was found; resolves when it is on screen. */
    show: (showing: string) => Promise<void>
    /** Resolves when it has gone, with whether it was looked at to its end. */
    closed: (showing: string) => Promise<{ isEnded: boolean }>
    saw: (showing: string) => Promise<void>
    open: (showing: string) => Promise<void>
  }
  checkSession: () => Promise<void>
  request: (request: NetworkRequest, signal: AbortSignal, tell: Tell) => Promise<NetworkAnswer>
  download?: (request: { url: string; header: Record<string, string>; timeout: number }, signal: AbortSignal, tell: Tell) => Promise<NetworkAnswer>
  upload?: (request: { url: string; name: string; file: ArrayBuffer; fileName: string; type: string; header: Record<string, string>; formData: Record<string, string>; timeout: number }, signal: AbortSignal, tell: Tell) => Promise<NetworkAnswer>
  connect?: (request: { url: string; header: Record<string, string>; protocols: string[]; timeout: number }) => Promise<Socket>
  requestPayment: (payment: PaymentRequest) => Promise<void>
  /** Sell what is not shipped. Fails with the published numbers. */
  requestVirtualPayment?: (purchase: VirtualPurchase) => Promise<void>
  /** What this person decided about this program: allowed or refused. */
  grants: () => Promise<Record<Scope, boolean>>
  /** Ask the person; true if granted. Remembered. */
  ask: (scope: Scope, reason: string) => Promise<boolean>
  /** The program makes use of what it was allowed. */
  used?: (scope: Scope) => void
  /** The address of the document around a web page, sent with the business domains it is kept to. */
  page?: string
  /** The templates the person always takes or refuses. */
  subscriptions?: () => Promise<{ mainSwitch: boolean; itemSettings: Record<string, string> }>
  userProfile: (purpose: string, lang?: 'en' | 'zh_CN' | 'zh_TW') => Promise<{ userInfo: Record<string, unknown>; rawData: string; signature: string; encryptedData: string; iv: string }>
  /** A code for the person's number; `realtime` asks that it be verified now. */
  phoneNumber: (realtime?: boolean) => Promise<{ code: string }>
  privacy?: () => Promise<{ needAuthorization: boolean; privacyContractName: string }>
  agreePrivacy?: () => Promise<void>
  added?: () => Promise<boolean>
  shareInfo?: (shareTicket: string) => Promise<{ encryptedData: string; iv: string }>
  /** Whether a private card was sent to this person, with what it invites to. */
  privateShare?: (shareTicket: string) => Promise<{ valid: boolean; encryptedData: string; iv: string }>
  groupEntered?: () => Promise<{ encryptedData: string; iv: string }>
  share: (content: ShareContent & Pick<ShareMenu, 'withShareTicket'>) => Promise<void>
  exit: () => void
  /** Close the program and open it anew, with the version that was fetched meanwhile. */
  applyUpdate?: () => void
  /** One key of this person's storage for this program: a value, or undefined to remove it; no key clears all. Sealed is kept encrypted. */
  store: (key: string | undefined, value: unknown, sealed?: boolean) => void
  /** Something of the program's last visit, or nothing any more; given back as `kept` when it opens again. */
  keep?: (name: string, value: unknown) => void
  /** A file or folder of this person's for this program, or that one is gone. */
  keepFile?: (file: StoredFile | { path: string; gone: true }) => void
  /** Something went wrong in the program; shown to its developers. */
  reported?: (error: string) => void
  logged?: (level: string, text: string, about?: Record<string, unknown>) => void
  /** Show a document, or hand it to the person as a file. */
  openDocument?: (document: { name: string; extension: string; body: ArrayBuffer }) => Promise<void>
  /** Something the program counts: `kind` is the call, `id` what, `value` and `dimensions` how much of it. */
  counted?: (event: Record<string, unknown>) => void
  /** The first page is on screen. */
  shown?: () => void
  /** The program could not start. */
  failed?: (reason: string) => void
}

export interface Socket {
  send: (data: string | ArrayBuffer) => void
  close: (code: number, reason: string) => void
  listen: (listener: (event: 'Open' | 'Message' | 'Error' | 'Close', detail: Record<string, unknown>) => void) => void
}
