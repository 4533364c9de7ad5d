/** What a browser lets a shell do with the device it runs on. Every shell has these; it may put its own in their place. */

import { toGcj02 } from './coordinates'
import type { DeviceServices, LocationOptions, PickedFile, Place, SenseKind } from './services'
import { openCamera } from './camera'
import { record } from './recording'

function missing(): never {
  throw { errMsg: 'not supported' }
}

/** As published: speed in m/s, altitude and accuracies in metres. */
function placeOf({ coords }: GeolocationPosition, { type, altitude }: LocationOptions): Place {
  const at = type === 'gcj02' ? toGcj02(coords) : coords
  return {
    latitude: at.latitude,
    longitude: at.longitude,
    speed: coords.speed ?? -1,
    accuracy: coords.accuracy,
    altitude: (altitude && coords.altitude) || 0,
    verticalAccuracy: coords.altitudeAccuracy ?? 0,
    horizontalAccuracy: coords.accuracy,
  }
}

function denied(error: GeolocationPositionError): { errMsg: string; errCode: number } {
  if (error.code === error.PERMISSION_DENIED) return { errMsg: 'system permission denied', errCode: 2 }
  return error.code === error.TIMEOUT ? { errMsg: 'timeout', errCode: 404 } : { errMsg: 'ERROR_NOCELL&WIFI_LOCATIONSWITCHOFF', errCode: 2 }
}

function locate(options: LocationOptions): Promise<Place> {
  return new Promise((resolve, reject) => {
    if (!('geolocation' in navigator)) missing()
    navigator.geolocation.getCurrentPosition((found) => resolve(placeOf(found, options)), (error) => reject(denied(error)), {
      enableHighAccuracy: options.isHighAccuracy,
      timeout: options.highAccuracyExpireTime ?? 30_000,
    })
  })
}

const G = 9.80665

/** Sensors speak of a person only while the shell is in front, as browsers have it. */
function sense(kind: SenseKind, tell: (reading: Record<string, number | string>) => void): () => void {
  const type = kind === 'accelerometer' || kind === 'gyroscope' ? 'devicemotion' : kind === 'compass' && 'ondeviceorientationabsolute' in window ? 'deviceorientationabsolute' : 'deviceorientation'
  if (!('DeviceMotionEvent' in window)) missing()
  const listen = (event: Event): void => {
    if (kind === 'accelerometer') {
      const { accelerationIncludingGravity: a } = event as DeviceMotionEvent
      // In units of gravity, with the published sign: lying on its back a device feels -1 along z.
      // A device without the sensor says once that it has nothing to say.
      if (a && a.x !== null && a.y !== null && a.z !== null) tell({ x: -a.x / G, y: -a.y / G, z: -a.z / G })
    } else if (kind === 'gyroscope') {
      const { rotationRate: rate } = event as DeviceMotionEvent
      const radians = (degrees: number): number => (degrees * Math.PI) / 180
      if (rate && rate.alpha !== null && rate.beta !== null && rate.gamma !== null) tell({ x: radians(rate.beta), y: radians(rate.gamma), z: radians(rate.alpha) })
    } else {
      const { alpha, beta, gamma, absolute } = event as DeviceOrientationEvent
      const heading = (event as Event & { webkitCompassHeading?: number }).webkitCompassHeading
      if (kind === 'compass') {
        if (heading !== undefined || alpha !== null) tell({ direction: heading ?? (360 - alpha!) % 360, accuracy: absolute || heading !== undefined ? 'high' : 'unreliable' })
      } else if (alpha !== null || beta !== null || gamma !== null) tell({ alpha: alpha ?? 0, beta: beta ?? 0, gamma: gamma ?? 0 })
    }
  }
  window.addEventListener(type, listen)
  return () => window.removeEventListener(type, listen)
}

interface Battery extends EventTarget {
  level: number
  charging: boolean
}

async function battery(): Promise<Battery> {
  const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<Battery> }
  return getBattery ? getBattery.call(navigator) : missing()
}
const chargeOf = ({ level, charging }: Battery): { level: number; isCharging: boolean; isLowPowerModeEnabled: boolean } => ({ level: Math.round(level * 100), isCharging: charging, isLowPowerModeEnabled: false })

let lock: WakeLockSentinel | undefined

/** Files of this device, chosen by the person; none chosen is a refusal. */
export function choose(accept: string, many: boolean, capture?: 'user' | 'environment'): Promise<File[]> {
  return new Promise((resolve, reject) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = accept
    input.multiple = many
    if (capture) input.setAttribute('capture', capture)
    input.onchange = () => (input.files?.length ? resolve([...input.files]) : reject({ errMsg: 'cancel' }))
    input.oncancel = () => reject({ errMsg: 'cancel' })
    input.click()
  })
}

/** How large a picture or film is, and for a film how long, with a still of it. */
async function measured(file: File): Promise<PickedFile> {
  const picked: PickedFile = { name: file.name, type: file.type, time: Math.floor(file.lastModified / 1000), body: await file.arrayBuffer() }
  const url = URL.createObjectURL(file)
  try {
    if (file.type.startsWith('image/')) {
      const image = new Image()
      image.src = url
      await image.decode()
      return { ...picked, width: image.naturalWidth, height: image.naturalHeight }
    }
    if (file.type.startsWith('video/')) {
      const film = document.createElement('video')
      film.muted = true
      film.preload = 'auto'
      film.src = url
      await new Promise((resolve, reject) => {
        film.onloadeddata = resolve
        film.onerror = reject
      })
      const still = document.createElement('canvas')
      still.width = film.videoWidth
      still.height = film.videoHeight
      still.getContext('2d')?.drawImage(film, 0, 0)
      const thumb = await new Promise<Blob | null>((resolve) => still.toBlob(resolve, 'image/jpeg', 0.8))
      return { ...picked, width: film.videoWidth, height: film.videoHeight, duration: Number.isFinite(film.duration) ? film.duration : 0, thumb: await thumb?.arrayBuffer() }
    }
  } catch {
    // A file the browser cannot show is given without its measures.
  } finally {
    URL.revokeObjectURL(url)
  }
  return picked
}

/** Hand the person a file, where their browser puts files. */
export function saveFile(name: string, type: string, body: BlobPart): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([body], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export function deviceServices(): DeviceServices {
  return {
    copy: (text) => navigator.clipboard.writeText(text),
    paste: () => navigator.clipboard.readText(),
    writeSms: (phoneNumber, content) => void window.open(`sms:${encodeURIComponent(phoneNumber)}${content ? `?body=${encodeURIComponent(content)}` : ''}`, '_self'),
    dial: (phoneNumber) => void window.open(`tel:${encodeURIComponent(phoneNumber)}`, '_self'),
    vibrate: (ms) => navigator.vibrate?.(ms) ?? missing(),
    // A browser turns the screen only for an app that is installed or fills it; elsewhere it stays as it is held.
    orient: (how) => {
      const { orientation } = screen as { orientation?: { lock?: (how: string) => Promise<void>; unlock?: () => void } }
      if (how === 'auto') orientation?.unlock?.()
      else void orientation?.lock?.(how).catch(() => {})
    },
    keepScreenOn: async (on) => {
      await lock?.release()
      lock = on ? await navigator.wakeLock?.request('screen') : undefined
      if (on && !lock) missing()
    },
    battery: async () => chargeOf(await battery()),
    watchBattery: async (tell) => {
      const one = await battery()
      const listen = (): void => tell(chargeOf(one))
      for (const type of ['levelchange', 'chargingchange']) one.addEventListener(type, listen)
      return () => {
        for (const type of ['levelchange', 'chargingchange']) one.removeEventListener(type, listen)
      }
    },
    sense,
    location: locate,
    watchLocation: (options, tell, failed) => {
      const watch = navigator.geolocation.watchPosition((found) => tell(placeOf(found, options)), (error) => failed(denied(error)), { enableHighAccuracy: options.isHighAccuracy })
      return () => navigator.geolocation.clearWatch(watch)
    },
    chooseMedia: async ({ count, mediaType, sourceType, camera }) => {
      const wanted = mediaType.map((kind) => `${kind}/*`).join(',')
      const capture = sourceType.includes('album') ? undefined : camera === 'front' ? 'user' : 'environment'
      return Promise.all((await choose(wanted, count > 1, capture)).slice(0, count).map(measured))
    },
    saveFile,
    camera: openCamera,
    record,
  }
}
