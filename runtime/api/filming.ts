/** Recorders of a canvas and decoders of films: their insides are a part, fetched when the first is made. */

import { surfaceOf } from '../components/canvas'
import { keepFile } from '../engine/files'
import { asError, defineDirect, defineObject } from './define'
import { Remote, type Tell } from './remote'

type Filming = typeof import('../parts/filming')
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
    return new MediaRecorder('filming', ({ recorder }: Filming, tell: Tell) => recorder(surface, options, keepFile, tell))
  },
  { source: 'miniprogram/media/media-recorder/wx.createMediaRecorder' },
)
defineDirect('createVideoDecoder', () => new VideoDecoder('filming', ({ decoder }: Filming, tell: Tell) => decoder(tell)), { source: 'miniprogram/media/video-decoder/wx.createVideoDecoder' })
