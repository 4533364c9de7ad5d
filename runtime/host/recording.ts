/** Recording what the microphone hears, in the shell: as WAV or raw PCM, or in what the browser itself encodes. */

import type { Recorded, Recording, RecordingOptions } from './services'



type Tell = (event: 'start' | 'pause' | 'resume' | 'stop' | 'frame' | 'interruptionBegin' | 'interruptionEnd' | 'error', detail?: Recorded | Record<string, unknown>) => void

const ENCODED: Record<string, string[]> = { aac: ['audio/mp4', 'audio/webm;codecs=opus'], mp3: ['audio/mpeg', 'audio/mp4', 'audio/webm;codecs=opus'] }
const EXTENSIONS: Record<string, string> = { 'audio/mp4': '.m4a', 'audio/webm': '.webm', 'audio/mpeg': '.mp3' }

export async function record(options: RecordingOptions, tell: Tell): Promise<Recording> {
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { sampleRate: options.sampleRate, channelCount: options.numberOfChannels } })
  } catch {
    throw { errMsg: 'system permission denied' }
  }
  for (const track of stream.getAudioTracks()) {
    track.onmute = () => tell('interruptionBegin')
    track.onunmute = () => tell('interruptionEnd')
    track.onended = () => tell('error', { errMsg: 'the microphone was taken away' })
  }
  const made = options.format === 'wav' || options.format === 'PCM' ? sampled(stream, options, tell) : encoded(stream, options, tell)
  const timer = setTimeout(made.stop, options.duration)
  return {
    ...made,
    stop: () => {
      clearTimeout(timer)
      made.stop()
    },
  }
}

/** Time that passes while it is not paused. */
class Stopwatch {
  private before = 0
  private since = performance.now()
  private paused = false

  pause(): void {
    if (!this.paused) this.before += performance.now() - this.since
    this.paused = true
  }

  resume(): void {
    if (this.paused) this.since = performance.now()
    this.paused = false
  }

  get ms(): number {
    return Math.round(this.before + (this.paused ? 0 : performance.now() - this.since))
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null
    track.stop()
  }
}

function encoded(stream: MediaStream, options: RecordingOptions, tell: Tell): Recording {
  const mimeType = ENCODED[options.format]?.find((type) => MediaRecorder.isTypeSupported(type))
  const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: options.encodeBitRate })
  const parts: Blob[] = []
  const clock = new Stopwatch()
  recorder.ondataavailable = ({ data }) => parts.push(data)
  recorder.onstart = () => tell('start')
  recorder.onpause = () => tell('pause')
  recorder.onresume = () => tell('resume')
  recorder.onerror = () => tell('error', { errMsg: 'the recorder failed' })
  recorder.onstop = async () => {
    release(stream)
    const type = recorder.mimeType.split(';')[0]!
    tell('stop', { body: await new Blob(parts, { type }).arrayBuffer(), type, extension: EXTENSIONS[type] ?? '', duration: clock.ms })
  }
  recorder.start()
  return {
    pause: () => {
      clock.pause()
      if (recorder.state === 'recording') recorder.pause()
    },
    resume: () => {
      clock.resume()
      if (recorder.state === 'paused') recorder.resume()
    },
    stop: () => {
      clock.pause()
      if (recorder.state !== 'inactive') recorder.stop()
    },
  }
}

/** Samples as they come, sixteen bits each, little-endian; frames of `frameSize` kilobytes while it goes on. */
function sampled(stream: MediaStream, options: RecordingOptions, tell: Tell): Recording {
  const context = new AudioContext({ sampleRate: options.sampleRate })
  const channels = options.numberOfChannels
  // A worklet would need a script of its own for every shell; this one node is in every browser.
  const tap = context.createScriptProcessor(4096, channels, 1)
  const source = context.createMediaStreamSource(stream)
  source.connect(tap)
  tap.connect(context.destination)
  const clock = new Stopwatch()
  const frameBytes = (options.frameSize ?? 0) * 1024
  let whole: Uint8Array[] = []
  let pending: number[] = []
  let paused = false
  let done = false
  tap.onaudioprocess = ({ inputBuffer }) => {
    if (paused || done) return
    const bytes = pcm(inputBuffer, channels)
    whole.push(bytes)
    if (!frameBytes) return
    pending.push(...bytes)
    while (pending.length >= frameBytes) tell('frame', { frameBuffer: Uint8Array.from(pending.splice(0, frameBytes)).buffer, isLastFrame: false })
  }
  tell('start')
  return {
    pause: () => {
      paused = true
      clock.pause()
      tell('pause')
    },
    resume: () => {
      paused = false
      clock.resume()
      tell('resume')
    },
    stop: () => {
      if (done) return
      done = true
      clock.pause()
      source.disconnect()
      void context.close()
      release(stream)
      if (frameBytes) tell('frame', { frameBuffer: Uint8Array.from(pending).buffer, isLastFrame: true })
      const samples = joined(whole)
      whole = []
      pending = []
      const wav = options.format === 'wav'
      const body = (wav ? joined([waveHead(samples.length, options.sampleRate, channels), samples]) : samples).buffer as ArrayBuffer
      tell('stop', { body, type: wav ? 'audio/wav' : 'application/octet-stream', extension: wav ? '.wav' : '.pcm', duration: clock.ms })
    },
  }
}

function pcm(buffer: AudioBuffer, channels: number): Uint8Array {
  const tracks = Array.from({ length: channels }, (_, at) => buffer.getChannelData(Math.min(at, buffer.numberOfChannels - 1)))
  const out = new DataView(new ArrayBuffer(buffer.length * channels * 2))
  for (let at = 0; at < buffer.length; at++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = Math.max(-1, Math.min(1, tracks[channel]![at]!))
      out.setInt16((at * channels + channel) * 2, value * 0x7fff, true)
    }
  }
  return new Uint8Array(out.buffer)
}

function joined(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** The 44 bytes before the samples of a WAV file. */
function waveHead(bytes: number, rate: number, channels: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(44))
  const words = (at: number, text: string): void => [...text].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)))
  words(0, 'RIFF')
  head.setUint32(4, 36 + bytes, true)
  words(8, 'WAVEfmt ')
  head.setUint32(16, 16, true)
  head.setUint16(20, 1, true)
  head.setUint16(22, channels, true)
  head.setUint32(24, rate, true)
  head.setUint32(28, rate * channels * 2, true)
  head.setUint16(32, channels * 2, true)
  head.setUint16(34, 16, true)
  words(36, 'data')
  head.setUint32(40, bytes, true)
  return new Uint8Array(head.buffer)
}
