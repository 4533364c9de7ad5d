/** Objects that steer an element by its id: of the page on screen, or of a component. */

import { EDITOR_COMMANDS } from '../components/editor'
import { MAP_COMMANDS, MapContext, type MapElement } from '../components/map'
import { componentOf } from '../engine/component'
import { currentPage } from '../engine/router'
import { defineDirect, defineObject } from './define'

/** The element with this id, or the only one of its kind. Looked for each time, because a program may ask before it is there. */
function find<T extends HTMLElement>(kind: string, id: string | undefined, instance: object | undefined): T | null {
  const host = instance ? componentOf(instance) : currentPage()?.component
  const tag = `wx-${kind}`
  const found = id === undefined ? (host?.getBackendElement() as unknown as HTMLElement | undefined)?.querySelector<T>(tag) : (host?.getShadowRoot()?.querySelector(`#${id}`)?.getBackendElement() as unknown as T | undefined)
  return found?.localName === tag ? found : null
}

type Callbacks = { fail?: (failure: object) => void; complete?: (failure: object) => void }

type Methods = Record<string, (...args: any[]) => unknown>

/** What the element gives a program to steer it by, if it is there. */
function steered(kind: string, id?: string, instance?: object): Methods | undefined {
  return find<HTMLElement & { scriptContext: () => Methods }>(kind, id, instance)?.scriptContext()
}

/** Call a method of it, or say that there is none. */
function steer(context: Methods | undefined, method: string, options?: Callbacks, ...more: unknown[]): unknown {
  if (context) return context[method]!(options, ...more)
  const failure = { errMsg: `${method}:fail no such element` }
  options?.fail?.(failure)
  options?.complete?.(failure)
  return undefined
}

/** An object whose methods are those of the element's own context, which comes with the element. */
function defineContext(name: string, kind: string, factory: string, source: string, methods: string[]): void {
  defineObject(name, methods)
  defineDirect(
    factory,
    (id?: string, instance?: object) => Object.fromEntries(methods.map((method) => [method, (options?: Callbacks, ...more: unknown[]) => steer(steered(kind, id, instance), method, options, ...more)])),
    { source },
  )
}

defineContext('AudioContext', 'audio', 'createAudioContext', 'miniprogram/media/audio/wx.createAudioContext', ['pause', 'play', 'seek', 'setSrc'])
defineContext('VideoContext', 'video', 'createVideoContext', 'miniprogram/media/video/wx.createVideoContext', [
  'exitBackgroundPlayback', 'exitCasting', 'exitFullScreen', 'exitPictureInPicture', 'hideStatusBar', 'pause', 'play', 'playbackRate', 'reconnectCasting', 'requestBackgroundPlayback', 'requestFullScreen', 'seek', 'sendDanmu',
  'showStatusBar', 'startCasting', 'stop', 'switchCasting',
])
defineContext('LivePlayerContext', 'live-player', 'createLivePlayerContext', 'miniprogram/media/live/wx.createLivePlayerContext', [
  'exitBackgroundPlayback', 'exitCasting', 'exitFullScreen', 'exitPictureInPicture', 'mute', 'pause', 'play', 'reconnectCasting', 'requestBackgroundPlayback', 'requestFullScreen', 'resume', 'snapshot', 'startCasting', 'stop', 'switchCasting',
])
defineContext('LivePusherContext', 'live-pusher', 'createLivePusherContext', 'miniprogram/media/live/wx.createLivePusherContext', [
  'getMaxZoom', 'pause', 'pauseBGM', 'playBGM', 'resume', 'resumeBGM', 'setBGMVolume', 'setZoom', 'snapshot', 'start', 'startPreview', 'stop', 'stopBGM', 'stopPreview', 'switchCamera', 'toggleTorch',
])
const CAMERA_COMMANDS = ['setZoom', 'startRecord', 'stopRecord', 'takePhoto']
defineObject('CameraContext', ['onCameraFrame', ...CAMERA_COMMANDS])
defineDirect(
  'createCameraContext',
  // A page has one camera, so nothing that is passed names another; and programs prepare to listen before it is there.
  () => ({
    ...Object.fromEntries(CAMERA_COMMANDS.map((method) => [method, (options?: Callbacks) => steer(steered('camera'), method, options)])),
    onCameraFrame: (hear: (frame: object) => void) => {
      let listener: Methods | undefined
      const found = (): Methods | undefined => (listener ??= steered('camera')?.onCameraFrame!(hear) as Methods | undefined)
      return Object.fromEntries(['start', 'stop'].map((method) => [method, (options?: Callbacks) => steer(found(), method, options)]))
    },
  }),
  { source: 'miniprogram/media/camera/wx.createCameraContext' },
)
defineObject('CameraFrameListener', ['start', 'stop'])
defineDirect('createMapContext', (id: string, instance?: object) => new MapContext(() => find<MapElement>('map', id, instance)), { source: 'miniprogram/media/map/wx.createMapContext' })
defineObject('MapContext', [...MAP_COMMANDS, 'on'])
defineObject('EditorContext', [...EDITOR_COMMANDS, 'format', 'scrollIntoView'])
