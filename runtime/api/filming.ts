/** Recorders of a canvas and decoders of films: their insides are a part, fetched when the first is made. */

import { surfaceOf } from '../components/canvas'
import { part } from '../engine/parts'
import { asError, defineDirect, defineObject, guard } from './define'
import { keepFile } from '../engine/files'

type Filming = typeof import('../parts/filming')
type Tell = (event: string, detail?: unknown) => void
type Inside = Record<string, (...args: any[]) => unknown>

/** What is asked before the part has come is done then, in its order. */
class Remote {
  readonly #heard = new Map<string, Set<(detail?: unknown) => void>>()
  readonly #inside: Promise<Inside>
  protected present: Inside | undefined

  constructor(make: (filming: Filming, tell: Tell) => object) {
    this.#inside = part<Filming>('filming').then((filming) => (this.present = make(filming, (event, detail) => {
      for (const listener of [...(this.#heard.get(event) ?? [])]) guard(listener, detail)
    }) as Inside))
    this.#inside.catch(() => {})
  }

  on(event: string, listener: (detail?: unknown) => void): void {
    if (!this.#heard.has(event)) this.#heard.set(event, new Set())
    this.#heard.get(event)!.add(listener)
  }

  off(event: string, listener: (detail?: unknown) => void): void {
    this.#heard.get(event)?.delete(listener)
  }

  static async ask(one: Remote, name: string, ...args: unknown[]): Promise<unknown> {
    const inside = await one.#inside
    try {
      return await inside[name]!(...args)
    } catch (error) {
      throw asError(name, error)
    }
  }
}

class MediaRecorder extends Remote {}
class VideoDecoder extends Remote {
  getFrameData(): unknown {
    return this.present?.next!() ?? null
  }
}
for (const [title, kind, names] of [['MediaRecorder', MediaRecorder, ['start', 'stop', 'pause', 'resume', 'requestFrame', 'destroy']], ['VideoDecoder', VideoDecoder, ['start', 'stop', 'seek', 'remove']]] as const) {
  for (const name of names) (kind.prototype as any)[name] = function (this: Remote, ...args: unknown[]) { return Remote.ask(this, name, ...args) }
  defineObject(title, [...names, 'on', 'off'])
}
defineObject('VideoDecoder', ['getFrameData'])

defineDirect(
  'createMediaRecorder',
  (canvas: unknown, options: object = {}) => {
    const surface = surfaceOf(canvas)
    if (!surface) throw asError('createMediaRecorder', { errMsg: 'parameter error: canvas is not a canvas' })
    return new MediaRecorder(({ recorder }, tell) => recorder(surface, options, keepFile, tell))
  },
  { source: 'miniprogram/media/media-recorder/wx.createMediaRecorder' },
)
defineDirect('createVideoDecoder', () => new VideoDecoder(({ decoder }, tell) => decoder(tell)), { source: 'miniprogram/media/video-decoder/wx.createVideoDecoder' })
