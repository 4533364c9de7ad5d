/** The device: its sensors, battery, screen and clipboard, as far as the host's browser has them. */

import { program } from '../engine/program'
import { defineApi, defineDirect, guard } from './define'

const DEVICE = 'miniprogram/device'
const host = (name: string, source: string, params: Parameters<typeof defineApi>[1]['params'] = {}): void => defineApi(name, { source: `${DEVICE}/${source}/wx.${name}`, params, runsIn: 'host' })

/** `wx.onX` and `wx.offX`, and a way to tell those who listen. `first` runs when somebody begins to. */
export function heard(name: string, first?: () => void): (detail: unknown) => void {
  const set = new Set<(detail: any) => void>()
  defineDirect(`on${name}`, (listener: (detail: unknown) => void) => {
    if (typeof listener !== 'function') return
    set.add(listener)
    first?.()
    first = undefined
  })
  defineDirect(`off${name}`, (listener?: () => void) => (listener ? void set.delete(listener) : set.clear()))
  return (detail) => {
    for (const listener of [...set]) guard(listener, detail)
  }
}

host('setClipboardData', 'clipboard', { data: 'text' })
host('getClipboardData', 'clipboard')
host('makePhoneCall', 'phone', { phoneNumber: 'text' })
host('sendSms', 'sms', { phoneNumber: 'text?', content: 'text?' })
host('vibrateShort', 'vibrate', { type: 'text?' })
host('vibrateLong', 'vibrate')
host('setKeepScreenOn', 'screen', { keepScreenOn: 'flag' })
host('scanCode', 'scan', { onlyFromCamera: 'flag?', scanType: 'list?' })

// ── sensors ────────────────────────────────────────────────────────────────────────────────────────────────

const SENSORS = { accelerometer: ['Accelerometer', 'accelerometer'], compass: ['Compass', 'compass'], gyroscope: ['Gyroscope', 'gyroscope'], motion: ['DeviceMotion', 'motion'] } as const
const sensed: Record<string, (reading: unknown) => void> = {}
for (const [kind, [name, page]] of Object.entries(SENSORS)) {
  sensed[kind] = heard(`${name}Change`)
  const verb = kind === 'motion' ? 'DeviceMotionListening' : name
  host(`start${verb}`, page, kind === 'compass' ? {} : { interval: 'text?' })
  host(`stop${verb}`, page)
}

// ── battery ────────────────────────────────────────────────────────────────────────────────────────────────

interface Charge {
  level: number
  isCharging: boolean
  isLowPowerModeEnabled: boolean
}
let charge: Charge | undefined
const charged = heard('BatteryInfoChange', () => void program().host.call('watchBattery').catch(() => {}))
host('getBatteryInfo', 'battery')
defineDirect('getBatteryInfoSync', () => {
  if (!charge) throw Object.assign(new Error('getBatteryInfoSync:fail not supported'), { errMsg: 'getBatteryInfoSync:fail not supported' })
  return { ...charge }
})

// ── network ────────────────────────────────────────────────────────────────────────────────────────────────

interface Connection extends EventTarget {
  type?: string
  effectiveType?: string
  rtt?: number
}
const connection = (): Connection | undefined => (navigator as Navigator & { connection?: Connection }).connection
const WEAK_RTT_MS = 1000
const weak = (): boolean => navigator.onLine && ((connection()?.rtt ?? 0) > WEAK_RTT_MS || /2g/.test(connection()?.effectiveType ?? ''))

/** Browsers say how fast a mobile network is, not which; a cable counts as Wi-Fi, as in the published tools. */
export function networkType(): string {
  if (!navigator.onLine) return 'none'
  const one = connection()
  if (one?.type !== 'cellular') return 'wifi'
  return one.effectiveType === 'slow-2g' ? '2g' : (one.effectiveType ?? 'unknown')
}

defineApi('getNetworkType', { source: `${DEVICE}/network/wx.getNetworkType`, run: () => ({ networkType: networkType(), weakNet: weak(), hasSystemProxy: false, signalStrength: 0 }) })
const networkChanged = heard('NetworkStatusChange')
const weakened = heard('NetworkWeakChange')
defineApi('getLocalIPAddress', {
  source: `${DEVICE}/network/wx.getLocalIPAddress`,
  run: () => {
    throw { errMsg: 'not supported', errno: 600001 } // a browser tells no page where its device is in the network
  },
})

// ── randomness, memory, screen ─────────────────────────────────────────────────────────────────────────────

const MOST_RANDOM_BYTES = 1_048_576
defineApi('getRandomValues', {
  source: `${DEVICE}/crypto/wx.getRandomValues`,
  params: { length: 'number' },
  run: ({ length }) => {
    const bytes = Number(length)
    if (!Number.isInteger(bytes) || bytes < 1 || bytes > MOST_RANDOM_BYTES) throw { errMsg: `length should be an integer between 1 and ${MOST_RANDOM_BYTES}` }
    const randomValues = new Uint8Array(bytes)
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(randomValues.subarray(at, at + 65_536))
    return { randomValues: randomValues.buffer }
  },
})

/** Of pictures taken of the screen a page knows only the key that takes them. */
const captured = heard('UserCaptureScreen')

interface Heap {
  usedJSHeapSize: number
  jsHeapSizeLimit: number
}
/** The published levels, which are Android's, by how much of what a page may have is in use. */
const MEMORY_LEVELS = [[0.9, 15], [0.8, 10], [0.7, 5]] as const
const MEMORY_MS = 2000
let warned = 0
/** Where the browser tells its memory, it is looked at while somebody wants to hear of it. */
const memoryLow = heard('MemoryWarning', () => {
  setInterval(() => {
    const heap = (performance as Performance & { memory?: Heap }).memory
    if (!heap) return
    const used = heap.usedJSHeapSize / heap.jsHeapSizeLimit
    const level = MEMORY_LEVELS.find(([share]) => used > share)?.[1] ?? 0
    if (level > warned) memoryLow({ level })
    warned = level
  }, MEMORY_MS)
})
/** A page cannot know that the screen is recorded, and cannot hide from it. */
defineApi('getScreenRecordingState', { source: `${DEVICE}/screen/wx.getScreenRecordingState`, run: () => ({ state: 'off' }) })
defineApi('setVisualEffectOnCapture', {
  source: `${DEVICE}/screen/wx.setVisualEffectOnCapture`,
  params: { visualEffect: 'text?' },
  run: ({ visualEffect = 'none' }) => {
    if (visualEffect !== 'none') throw { errMsg: 'not supported' }
  },
})

// ── keyboard ───────────────────────────────────────────────────────────────────────────────────────────────

const field = (): HTMLInputElement | HTMLTextAreaElement | undefined => {
  const active = document.activeElement
  return active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement ? active : undefined
}
defineApi('hideKeyboard', {
  source: `${DEVICE}/keyboard/wx.hideKeyboard`,
  run: () => {
    const active = field()
    if (!active) throw { errMsg: 'input not focused' }
    active.blur()
  },
})
defineApi('getSelectedTextRange', {
  source: `${DEVICE}/keyboard/wx.getSelectedTextRange`,
  run: () => {
    const active = field()
    if (!active) throw { errMsg: 'no focused input' }
    return { start: active.selectionStart ?? 0, end: active.selectionEnd ?? 0 }
  },
})
const pressed = { keydown: heard('KeyDown'), keyup: heard('KeyUp') }

// ── contacts and calendar ──────────────────────────────────────────────────────────────────────────────────

host('addPhoneContact', 'contact', { firstName: 'text' })
host('chooseContact', 'contact')
const EVENT = { title: 'text', startTime: 'number', allDay: 'flag?', description: 'text?', location: 'text?', endTime: 'number?', alarm: 'any?', alarmOffset: 'number?' } as const
host('addPhoneCalendar', 'calendar', EVENT)
defineApi('addPhoneRepeatCalendar', {
  source: `${DEVICE}/calendar/wx.addPhoneRepeatCalendar`,
  params: { ...EVENT, repeatInterval: 'text?', repeatEndTime: 'number?' },
  run: ({ repeatInterval = 'month', ...event }) => program().host.call('addPhoneCalendar', { repeatInterval, ...event }),
})

/** Wired once the bridge stands. */
export function listenToDevice(): void {
  const { host: bridge } = program()
  bridge.on('sense', ({ kind, reading }: { kind: string; reading: unknown }) => sensed[kind]?.(reading))
  const keep = (now: Charge): void => {
    charge = now
  }
  bridge.on('battery', (now: Charge) => {
    keep(now)
    charged(now)
  })
  bridge.call('getBatteryInfo').then(keep, () => {})
  window.addEventListener('online', () => networkChanged({ isConnected: true, networkType: networkType() }))
  window.addEventListener('offline', () => networkChanged({ isConnected: false, networkType: 'none' })) // it may be back before this is heard
  connection()?.addEventListener('change', () => {
    networkChanged({ isConnected: navigator.onLine, networkType: networkType() })
    weakened({ weakNet: weak(), networkType: networkType() })
  })
  for (const [type, tell] of Object.entries(pressed)) {
    window.addEventListener(type, (event) => {
      const { key, code } = event as KeyboardEvent
      tell({ key, code, timeStamp: event.timeStamp })
      if (type === 'keyup' && key === 'PrintScreen') captured({})
    })
  }
}
