/** Sound: one at a time or many, in the background, or made from nodes. */

import { program, resolveUrl } from '../engine/program'
import { defineApi, defineDirect, guard } from './define'
import { heard } from './device'

const AUDIO = 'miniprogram/media/audio'

/** What a program hears of a sound, and the browser's own name for it. */
const EVENTS: Record<string, string> = { Canplay: 'canplay', Play: 'play', Pause: 'pause', Ended: 'ended', TimeUpdate: 'timeupdate', Waiting: 'waiting', Seeking: 'seeking', Seeked: 'seeked', Error: 'error' }
/** Published codes, by the browser's. */
const FAILURES: Record<number, number> = { 1: 10001, 2: 10002, 3: 10004, 4: 10004 }

const options = { mixWithOther: true }

/** A sound and those who listen to it. */
class Sound {
  protected readonly audio = new Audio()
  private readonly listeners = new Map<string, Set<(detail?: unknown) => void>>()
  private source = ''
  startTime = 0

  constructor() {
    for (const [name, type] of Object.entries(EVENTS)) {
      this.audio.addEventListener(type, () => {
        if (name === 'Pause' && (this.audio.ended || this.stopping)) return // an end or a stop has its own name
        this.tell(name, name === 'Error' ? { errCode: FAILURES[this.audio.error?.code ?? 0] ?? -1, errMsg: this.audio.error?.message ?? '' } : undefined)
      })
    }
    this.audio.addEventListener('loadedmetadata', () => {
      if (this.startTime) this.audio.currentTime = this.startTime
    })
  }

  private stopping = false

  hear(name: string, listener: (detail?: unknown) => void): void {
    let set = this.listeners.get(name)
    if (!set) this.listeners.set(name, (set = new Set()))
    set.add(listener)
  }

  deafen(name: string, listener?: () => void): void {
    if (listener) this.listeners.get(name)?.delete(listener)
    else this.listeners.delete(name)
  }

  protected tell(name: string, detail?: unknown): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) guard(listener, detail)
  }

  get src(): string {
    return this.source
  }

  set src(value: string) {
    this.source = String(value)
    this.audio.src = resolveUrl(this.source)
  }

  get autoplay(): boolean {
    return this.audio.autoplay
  }

  set autoplay(on: boolean) {
    this.audio.autoplay = Boolean(on)
  }

  get loop(): boolean {
    return this.audio.loop
  }

  set loop(on: boolean) {
    this.audio.loop = Boolean(on)
  }

  get volume(): number {
    return this.audio.volume
  }

  set volume(value: number) {
    this.audio.volume = Math.min(1, Math.max(0, Number(value)))
  }

  get playbackRate(): number {
    return this.audio.playbackRate
  }

  set playbackRate(value: number) {
    this.audio.playbackRate = Math.min(2, Math.max(0.5, Number(value)))
  }

  get duration(): number {
    return this.audio.duration || 0
  }

  get currentTime(): number {
    return this.audio.currentTime
  }

  set currentTime(value: number) {
    this.audio.currentTime = Number(value)
  }

  get paused(): boolean {
    return this.audio.paused
  }

  get buffered(): number {
    return this.audio.buffered.length ? this.audio.buffered.end(this.audio.buffered.length - 1) : 0
  }

  play(): void {
    this.audio.play().catch((error: Error) => {
      if (error.name === 'NotAllowedError') this.tell('Error', { errCode: -1, errMsg: error.message }) // what cannot be read tells of itself
    })
  }

  pause(): void {
    this.audio.pause()
  }

  stop(): void {
    this.stopping = true
    this.audio.pause()
    this.audio.currentTime = 0
    this.tell('Stop')
    setTimeout(() => (this.stopping = false)) // the browser's own word of the pause comes a moment later
  }

  seek(position: number): void {
    this.audio.currentTime = Number(position)
  }

  destroy(): void {
    this.audio.pause()
    this.audio.removeAttribute('src')
    this.listeners.clear()
  }
}

function listening(kind: { prototype: Sound }, names: string[], off: boolean): void {
  for (const name of names) {
    ;(kind.prototype as any)[`on${name}`] = function (this: Sound, listener: () => void) { this.hear(name, listener) }
    if (off) (kind.prototype as any)[`off${name}`] = function (this: Sound, listener?: () => void) { this.deafen(name, listener) }
  }
}

class InnerAudioContext extends Sound {
  obeyMuteSwitch = true

  override play(): void {
    if (!options.mixWithOther) for (const other of inner) if (other !== this) other.pause()
    super.play()
  }

  override destroy(): void {
    inner.delete(this)
    super.destroy()
  }
}
listening(InnerAudioContext, [...Object.keys(EVENTS), 'Stop'], true)

const inner = new Set<InnerAudioContext>()
defineDirect('createInnerAudioContext', () => {
  const made = new InnerAudioContext()
  inner.add(made)
  return made
})

defineApi('setInnerAudioOption', {
  source: `${AUDIO}/wx.setInnerAudioOption`,
  params: { mixWithOther: 'flag?', obeyMuteSwitch: 'flag?', speakerOn: 'flag?' },
  run: ({ mixWithOther }) => {
    if (mixWithOther !== undefined) options.mixWithOther = mixWithOther
  },
})
defineApi('getAvailableAudioSources', { source: `${AUDIO}/wx.getAvailableAudioSources`, run: () => ({ audioSources: ['auto', 'mic'] }) })

// ── in the background ──────────────────────────────────────────────────────────────────────────────────────

/** The one sound that goes on while the program is behind, with its name where the device shows what plays. */
class BackgroundAudioManager extends Sound {
  title = ''
  epname = ''
  singer = ''
  coverImgUrl = ''
  webUrl = ''
  protocol = 'http'
  referrerPolicy = 'no-referrer'

  constructor() {
    super()
    const session = navigator.mediaSession
    session.setActionHandler('nexttrack', () => this.tell('Next'))
    session.setActionHandler('previoustrack', () => this.tell('Prev'))
    session.setActionHandler('play', () => this.play())
    session.setActionHandler('pause', () => this.pause())
    session.setActionHandler('stop', () => this.stop())
    this.audio.addEventListener('play', () => {
      const { title, singer: artist, epname: album, coverImgUrl } = this
      session.metadata = new MediaMetadata({ title, artist, album, artwork: coverImgUrl ? [{ src: resolveUrl(coverImgUrl) }] : [] })
    })
  }

  override get src(): string {
    return super.src
  }

  /** As published, a source begins to play, and a sound without a title does not. */
  override set src(value: string) {
    super.src = value
    if (this.title === '') this.tell('Error', { errCode: 10001, errMsg: 'setBackgroundAudioState:fail title is nil!' })
    else this.play()
  }
}
listening(BackgroundAudioManager, [...Object.keys(EVENTS), 'Stop', 'Next', 'Prev'], false)

let background: BackgroundAudioManager | undefined
defineDirect('getBackgroundAudioManager', () => (background ??= new BackgroundAudioManager()))

/** What plays inside pages falls silent behind; the background's goes on if the program says it needs to. */
export function hushBehind(): void {
  program().host.on('hide', () => {
    for (const one of inner) one.pause()
    const modes = program().boot.manifest.app.requiredBackgroundModes
    if (!Array.isArray(modes) || !modes.includes('audio')) background?.pause()
  })
}

// ── from nodes ─────────────────────────────────────────────────────────────────────────────────────────────

const NODES = ['createAnalyser', 'createBiquadFilter', 'createBuffer', 'createBufferSource', 'createChannelMerger', 'createChannelSplitter', 'createConstantSource', 'createDelay', 'createDynamicsCompressor', 'createGain', 'createIIRFilter', 'createOscillator', 'createPanner', 'createPeriodicWave', 'createScriptProcessor', 'createWaveShaper', 'close', 'resume', 'suspend'] as const

/** The browser's audio context without what could bring scripts or documents in. */
function createWebAudioContext(): object {
  const context = new AudioContext()
  const made: Record<string, unknown> = {
    decodeAudioData: (bytes: ArrayBuffer, success?: (buffer: AudioBuffer) => void, fail?: (error: unknown) => void) => context.decodeAudioData(bytes.slice(0), (buffer) => guard(success, buffer), (error) => guard(fail, error)).catch(() => undefined),
    onstatechange: undefined,
  }
  for (const name of NODES) made[name] = (...args: unknown[]) => (context[name] as (...args: unknown[]) => unknown).apply(context, args)
  for (const name of ['currentTime', 'destination', 'listener', 'sampleRate', 'state'] as const) Object.defineProperty(made, name, { get: () => context[name] })
  context.onstatechange = () => guard(made.onstatechange as (() => void) | undefined, undefined)
  return made
}
defineDirect('createWebAudioContext', createWebAudioContext)

// ── interruptions ──────────────────────────────────────────────────────────────────────────────────────────

interface AudioSession extends EventTarget {
  state: 'inactive' | 'active' | 'interrupted'
}

/** Browsers that share the device's sound say when somebody else takes it: a call, an alarm. */
let interrupted = false
let watched = false
function watchSession(): void {
  const session = (navigator as Navigator & { audioSession?: AudioSession }).audioSession
  if (watched || !session) return
  watched = true
  session.addEventListener('statechange', () => {
    const now = session.state === 'interrupted'
    if (now === interrupted) return
    interrupted = now
    ;(now ? begun : ended)(undefined)
  })
}
const begun = heard('AudioInterruptionBegin', watchSession)
const ended = heard('AudioInterruptionEnd', watchSession)
