/** What a program may ask about where it runs, and what it may wait to hear. */

import { program, resolveUrl } from '../engine/program'
import { lazyLoad } from '../engine/loader'
import { pageNotFound, routing } from '../engine/router'
import { type Api, defineApi, defineDirect, defineObject, guard, invoke } from './define'
import { isDebugging } from './logs'

const SDK_VERSION = '3.17.0'

function windowInfo(): Record<string, unknown> {
  const { statusBarHeight, safeAreaBottom } = program().boot
  const width = document.documentElement.clientWidth
  const height = document.documentElement.clientHeight
  const bar = document.querySelector<HTMLElement>('.h-page-layer:not([hidden]) .h-navigation')?.offsetHeight ?? statusBarHeight + 44
  return {
    pixelRatio: window.devicePixelRatio,
    screenWidth: width,
    screenHeight: height,
    windowWidth: width,
    windowHeight: document.querySelector<HTMLElement>('.h-page-layer:not([hidden]) .h-viewport')?.offsetHeight ?? height - bar,
    statusBarHeight,
    safeArea: { left: 0, right: width, top: statusBarHeight, bottom: height - safeAreaBottom, width, height: height - statusBarHeight - safeAreaBottom },
    screenTop: bar,
  }
}

function deviceInfo(): Record<string, unknown> {
  return { abi: 'web', benchmarkLevel: -1, brand: 'web', model: program().boot.model ?? 'browser', system: 'Web', platform: 'web', cpuType: 'unknown', memorySize: '0', deviceOrientation: window.innerWidth > window.innerHeight ? 'landscape' : 'portrait' }
}

function baseInfo(): Record<string, unknown> {
  const { language, theme, envVersion } = program().boot
  return { SDKVersion: SDK_VERSION, enableDebug: isDebugging(), host: { env: 'Hutong', appId: '' }, language, version: '8.0.50', theme, fontSizeSetting: 16, fontSizeScaleFactor: 1, envVersion }
}

const systemInfo = (): Record<string, unknown> => ({ ...deviceInfo(), ...windowInfo(), ...baseInfo(), errMsg: 'getSystemInfo:ok' })

defineDirect('getWindowInfo', windowInfo)
defineDirect('getDeviceInfo', deviceInfo)
defineDirect('getAppBaseInfo', baseInfo)
defineDirect('getSystemInfoSync', systemInfo)
defineDirect('getSystemSetting', () => ({ bluetoothEnabled: false, locationEnabled: true, wifiEnabled: true, deviceOrientation: deviceInfo().deviceOrientation }))
defineDirect('getAppAuthorizeSetting', () => ({ albumAuthorized: 'authorized', bluetoothAuthorized: 'denied', cameraAuthorized: 'authorized', locationAuthorized: 'authorized', locationReducedAccuracy: false, microphoneAuthorized: 'authorized', notificationAuthorized: 'authorized', phoneCalendarAuthorized: 'denied' }))
defineApi('getSystemInfo', { source: 'miniprogram/base/system/wx.getSystemInfo', run: systemInfo })
defineApi('getSystemInfoAsync', { source: 'miniprogram/base/system/wx.getSystemInfoAsync', run: systemInfo })
defineDirect('getMenuButtonBoundingClientRect', () => ({ ...program().boot.menuButton }))
defineDirect('getAccountInfoSync', () => {
  const { appId, envVersion, version } = program().boot
  return { miniProgram: { appId, envVersion, version: envVersion === 'release' ? version : '' }, plugin: {} }
})
defineDirect('getLaunchOptionsSync', () => structuredClone(entered.launch))
defineDirect('getEnterOptionsSync', () => structuredClone(entered.enter))
const ext = (): Record<string, unknown> => structuredClone((program().boot.manifest.ext ?? {}) as Record<string, unknown>)
defineDirect('getExtConfigSync', ext)
defineApi('getExtConfig', { source: 'miniprogram/ext/wx.getExtConfig', returns: ['extConfig'], run: () => ({ extConfig: ext() }) })
defineDirect('getApiCategory', () => ({ apiCategory: 'default' }), { source: 'miniprogram/base/app/life-cycle/wx.getApiCategory', returns: ['apiCategory'] })
defineApi('getRendererUserAgent', { source: 'miniprogram/base/system/wx.getRendererUserAgent', returns: ['userAgent'], run: () => ({ userAgent: navigator.userAgent }) })
const skyline = (): Record<string, unknown> => ({ isSupported: false, version: '', reason: 'client not supported' })
defineDirect('getSkylineInfoSync', skyline)
defineApi('getSkylineInfo', { source: 'miniprogram/base/system/wx.getSkylineInfo', returns: ['isSupported', 'version', 'reason'], run: skyline })

/** Numbers nobody can guess, up to the published length. */
defineObject('UserCryptoManager', ['getRandomValues'])
const random = { name: 'getRandomValues', source: 'miniprogram/base/crypto/UserCryptoManager.getRandomValues', params: { length: 'number' }, runsIn: 'frame', run: ({ length }: { length: number }) => {
  if (!(length > 0 && length <= 1048576)) throw { errMsg: 'invalid length' }
  const bytes = new Uint8Array(Number(length))
  for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
  return { randomValues: bytes.buffer }
} } satisfies Api
defineDirect('getUserCryptoManager', () => ({ getRandomValues: (options?: unknown) => invoke(random, options) }))

/** How the program was started, and how it was last brought to the front. */
export const entered: { launch: Record<string, unknown>; enter: Record<string, unknown> } = { launch: {}, enter: {} }

/** `wx.onX` and `wx.offX` for each of these. */
const HEARD = ['AppShow', 'AppHide', 'Error', 'PageNotFound', 'UnhandledRejection', 'ThemeChange', 'WindowResize', 'KeyboardHeightChange', 'LazyLoadError', 'BeforeAppRoute', 'AppRoute', 'AppRouteDone'] as const
const listeners = new Map<string, Set<(detail: any) => void>>()

for (const name of HEARD) {
  const set = new Set<(detail: any) => void>()
  listeners.set(name, set)
  defineDirect(`on${name}`, (listener: () => void) => void set.add(listener))
  defineDirect(`off${name}`, (listener?: () => void) => (listener ? void set.delete(listener) : set.clear()))
}

export function tell(name: (typeof HEARD)[number], detail: unknown): number {
  const set = listeners.get(name)!
  for (const listener of [...set]) guard(listener, detail)
  return set.size
}

pageNotFound.add((event) => tell('PageNotFound', event))
routing.add((step, event) => tell(step, event))
lazyLoad.failed = (event) => tell('LazyLoadError', event)

defineDirect('arrayBufferToBase64', (buffer: ArrayBuffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')))
defineDirect('base64ToArrayBuffer', (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer)


defineApi('getImageInfo', {
  source: 'miniprogram/media/image/wx.getImageInfo',
  params: { src: 'text' },
  run: async ({ src }) => {
    const image = new Image()
    image.src = resolveUrl(String(src))
    try {
      await image.decode()
    } catch {
      throw { errMsg: `download image fail. reason: ${src}` }
    }
    return { width: image.naturalWidth, height: image.naturalHeight, path: src, orientation: 'up', type: /\.(\w+)(?:\?|$)/.exec(String(src))?.[1] ?? 'png' }
  },
})

