/** The recorder: the host records, after the person agreed; what was recorded is kept here as a temporary file. */

import { program } from '../engine/program'
import { asFailure } from '../bridge/channel'
import { defineDirect, guard } from './define'
import { keepFile } from './network'

const LONGEST_MS = 600_000
const FORMATS = ['mp3', 'aac', 'wav', 'PCM']

interface Options {
  duration?: number
  sampleRate?: number
  numberOfChannels?: number
  encodeBitRate?: number
  format?: string
  frameSize?: number
  audioSource?: string
}

const EVENTS = ['Start', 'Pause', 'Resume', 'Stop', 'FrameRecorded', 'Error', 'InterruptionBegin', 'InterruptionEnd'] as const
/** Only the last listener of each is told, as published. */
const listeners: Partial<Record<(typeof EVENTS)[number], (detail?: unknown) => void>> = {}

const tell = (event: (typeof EVENTS)[number], detail?: unknown): void => guard(listeners[event], detail)
const call = (name: string, args: object = {}): void => void program().host.call(name, args).catch((error: unknown) => tell('Error', { errMsg: asFailure('operateRecorder', error).errMsg.replace(/^\w+:/, 'operateRecorder:') }))

const recorder: Record<string, unknown> = {
  start: ({ duration = 60_000, sampleRate = 8000, numberOfChannels = 2, encodeBitRate = 48_000, format = 'aac', frameSize }: Options = {}) => {
    if (!FORMATS.includes(format)) tell('Error', { errMsg: 'operateRecorder:fail format is invalid' })
    else call('startRecord', { duration: Math.min(LONGEST_MS, Number(duration)), sampleRate: Number(sampleRate), numberOfChannels: Number(numberOfChannels) === 1 ? 1 : 2, encodeBitRate: Number(encodeBitRate), format, ...(frameSize === undefined ? {} : { frameSize: Number(frameSize) }) })
  },
  pause: () => call('pauseRecord'),
  resume: () => call('resumeRecord'),
  stop: () => call('stopRecord'),
}
for (const event of EVENTS) {
  recorder[`on${event}`] = (listener: (detail?: unknown) => void) => void (listeners[event] = listener)
}
defineDirect('getRecorderManager', () => recorder)

interface Recorded {
  body: ArrayBuffer
  type: string
  extension: string
  duration: number
}
const NAMES: Record<string, (typeof EVENTS)[number]> = { start: 'Start', pause: 'Pause', resume: 'Resume', interruptionBegin: 'InterruptionBegin', interruptionEnd: 'InterruptionEnd', frame: 'FrameRecorded' }

export function listenToRecorder(): void {
  program().host.on('recorder', ({ event, detail }: { event: string; detail: any }) => {
    if (event === 'stop') {
      const { body, type, extension, duration } = detail as Recorded
      tell('Stop', { tempFilePath: keepFile(body, type, extension), duration, fileSize: body.byteLength })
    } else if (event === 'error') tell('Error', { errMsg: `operateRecorder:fail ${(detail as { errMsg?: string }).errMsg ?? ''}` })
    else if (NAMES[event]) tell(NAMES[event], detail)
  })
}
