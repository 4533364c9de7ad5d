/** Live player: a stream as far as the browser plays it (HLS, MP4, WebM), kept close to what is happening. */

import { referred, resolveUrl } from '../engine/program'
import { keepDrawing } from '../api/canvas'
import { defineElement, flag, number, text } from './element'
import { Player, PLAYER, PLAYER_EVENTS } from './player'

/** The published codes of what a stream goes through. */
const STATES = {
  connected: [2001, 'connected'],
  began: [2002, 'stream began'],
  firstFrame: [2003, 'first frame'],
  playing: [2004, 'playing'],
  ended: [2006, 'ended'],
  loading: [2007, 'loading'],
  resized: [2009, 'resolution changed'],
  lost: [-2301, 'the stream is lost'],
} as const

const STATUS_MS = 1000
const VOLUME_MS = 500
/** How much faster to play while behind, until the delay is small again. */
const CATCH_UP = 1.25

export class LivePlayer extends Player {
  static override attributes = {
    ...PLAYER,
    mode: text('live', 'live', 'RTC'),
    autoplay: flag(),
    'referrer-policy': text('no-referrer', 'no-referrer', 'origin'),
    muted: flag(),
    orientation: text('vertical', 'vertical', 'horizontal'),
    'object-fit': text('contain', 'contain', 'fillCrop'),
    'background-mute': flag(),
    'min-cache': number(1),
    'max-cache': number(3),
    'enable-casting': flag(),
  }
  static override events = [...PLAYER_EVENTS, 'statechange', 'netstatus', 'audiovolumenotify']
  private wanted = false
  private watching: ReturnType<typeof setInterval>[] = []
  private frames = 0
  private loaded = 0
  private sound: { context: AudioContext; analyser: AnalyserNode } | null = null
  private readonly castButton = document.createElement('button')

  constructor() {
    super()
    const { player } = this
    const tell = (state: keyof typeof STATES): void => this.emit('statechange', { code: STATES[state][0], message: STATES[state][1] })
    player.addEventListener('loadstart', () => player.currentSrc && tell('connected'))
    player.addEventListener('loadedmetadata', () => tell('began'))
    player.addEventListener('loadeddata', () => tell('firstFrame'))
    player.addEventListener('canplay', () => this.startWhenEnough())
    player.addEventListener('progress', () => this.startWhenEnough())
    player.addEventListener('playing', () => tell('playing'))
    player.addEventListener('waiting', () => tell('loading'))
    player.addEventListener('ended', () => tell('ended'))
    player.addEventListener('resize', () => player.videoWidth && tell('resized'))
    player.addEventListener('error', () => tell('lost'))
    this.castButton.type = 'button'
    this.castButton.className = 'h-live-cast'
    this.castButton.textContent = '⧉'
    this.castButton.ariaLabel = 'Cast'
    this.castButton.onclick = () => this.cast()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.castButton.parentNode) this.append(this.castButton)
    if (!this.watching.length) this.watching = [setInterval(() => this.measure(), STATUS_MS), setInterval(() => this.listen(), VOLUME_MS)]
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const one of this.watching.splice(0)) clearInterval(one)
    void this.sound?.context.close()
    this.sound = null
  }

  scriptContext(): LivePlayerContext {
    return new LivePlayerContext(this)
  }

  override changed(name: string, value: any): void {
    const { player } = this
    if (name === 'src' || name === 'referrer-policy') {
      const url = referred(resolveUrl(this.read<string>('src'), this.ownerPath), this.read('referrer-policy'))
      if (url) player.src = url
      else player.removeAttribute('src')
      this.wanted = this.read('autoplay')
      this.startWhenEnough()
    } else if (name === 'autoplay') {
      this.wanted ||= value
      this.startWhenEnough()
    } else if (name === 'min-cache' || name === 'mode') this.startWhenEnough()
    else if (name === 'muted') player.muted = value
    else if (name === 'object-fit') player.style.objectFit = value === 'fillCrop' ? 'cover' : 'contain'
    else if (name === 'orientation') this.classList.toggle('h-lying', value === 'horizontal')
  }

  override play(): void {
    this.wanted = true
    this.startWhenEnough()
  }

  stop(): void {
    this.wanted = false
    this.player.pause()
  }

  private get buffered(): number {
    const { buffered, currentTime } = this.player
    return buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0
  }

  /** What must be there before it plays: next to nothing when people talk to each other. */
  private startWhenEnough(): void {
    const { player } = this
    if (!this.wanted || !player.paused) return
    const whole = Number.isFinite(player.duration) ? player.duration - player.currentTime - 0.1 : Infinity
    const enough = this.read('mode') === 'RTC' ? 0 : Math.min(this.read<number>('min-cache'), whole)
    if (player.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.buffered >= enough) super.play()
  }

  /** Too far behind, it hurries. */
  private keepClose(): void {
    const most = this.read('mode') === 'RTC' ? Math.min(1, this.read<number>('max-cache')) : this.read<number>('max-cache')
    this.player.playbackRate = this.buffered > most ? CATCH_UP : 1
  }

  private measure(): void {
    const { player } = this
    if (player.paused) return
    this.keepClose()
    const shown = player.getVideoPlaybackQuality().totalVideoFrames
    const bytes = (player as { webkitVideoDecodedByteCount?: number }).webkitVideoDecodedByteCount ?? 0
    const audio = (player as { webkitAudioDecodedByteCount?: number }).webkitAudioDecodedByteCount ?? 0
    const perSecond = ((bytes + audio - this.loaded) * 8) / STATUS_MS
    this.emit('netstatus', { info: { videoFPS: shown - this.frames, videoBitrate: Math.round(perSecond), audioBitrate: Math.round((audio * 8) / STATUS_MS), netSpeed: Math.round(perSecond), videoWidth: player.videoWidth, videoHeight: player.videoHeight, videoCache: Math.round(this.buffered * 1000), playRate: player.playbackRate } })
    this.frames = shown
    this.loaded = bytes + audio
  }

  /** How loud it is, from 0 to 255, for a program that listens. */
  private listen(): void {
    if (this.player.paused || !this.hears) return
    if (!this.sound) {
      const stream = (this.player as { captureStream?: () => MediaStream }).captureStream?.()
      if (!stream?.getAudioTracks().length) return
      // Beside the sound that is heard, so that nothing waits for a person's touch.
      const context = new AudioContext()
      const analyser = context.createAnalyser()
      context.createMediaStreamSource(stream).connect(analyser)
      this.sound = { context, analyser }
    }
    const wave = new Uint8Array(this.sound.analyser.fftSize)
    this.sound.analyser.getByteTimeDomainData(wave)
    this.emit('audiovolumenotify', { volume: Math.round(2 * Math.max(...wave.map((one) => Math.abs(one - 128)))) })
  }

  /** Taking the sound apart costs, so only where a program wants to hear of it. */
  private get hears(): boolean {
    return this.listened?.has('audiovolumenotify') ?? false
  }

  protected override programLeft(): void {
    if (this.read('background-mute')) this.player.muted = true
    super.programLeft()
  }

  protected override programBack(): void {
    this.player.muted = this.read('muted')
    if (this.wanted && this.player.paused) super.play()
  }
}

type Callbacks = { success?: (result: any) => void; fail?: (failure: any) => void; complete?: (result: any) => void }

/** The published LivePlayerContext. */
export class LivePlayerContext {
  constructor(private readonly live: LivePlayer) {}

  private async act(name: string, options: Callbacks | undefined, run: (live: LivePlayer) => unknown): Promise<void> {
    const result = { ...((await run(this.live)) as object | undefined), errMsg: `${name}:ok` }
    options?.success?.(result)
    options?.complete?.(result)
  }

  play(options?: Callbacks): void {
    void this.act('play', options, (live) => live.play())
  }

  stop(options?: Callbacks): void {
    void this.act('stop', options, (live) => live.stop())
  }

  pause(options?: Callbacks): void {
    void this.act('pause', options, (live) => live.player.pause())
  }

  resume(options?: Callbacks): void {
    void this.act('resume', options, (live) => live.play())
  }

  mute(options?: Callbacks): void {
    void this.act('mute', options, (live) => (live.player.muted = !live.player.muted))
  }

  requestFullScreen(options?: Callbacks & { direction?: number }): void {
    void this.act('requestFullScreen', options, (live) => live.fill(options?.direction))
  }

  exitFullScreen(options?: Callbacks): void {
    void this.act('exitFullScreen', options, (live) => live.leaveFull())
  }

  exitPictureInPicture(options?: Callbacks): void {
    void this.act('exitPictureInPicture', options, (live) => live.leaveSmall())
  }

  snapshot(options?: Callbacks & { quality?: string }): void {
    void this.act('snapshot', options, async ({ player }) => {
      const surface = document.createElement('canvas')
      surface.width = player.videoWidth
      surface.height = player.videoHeight
      surface.getContext('2d')?.drawImage(player, 0, 0)
      return { tempImagePath: await keepDrawing(surface, 'image/jpeg', options?.quality === 'raw' ? 1 : 0.8), width: player.videoWidth, height: player.videoHeight }
    })
  }

  requestBackgroundPlayback(): void {
    this.live.background = true
  }

  exitBackgroundPlayback(): void {
    this.live.background = false
  }

  startCasting(options?: Callbacks): void {
    void this.act('startCasting', options, (live) => live.cast())
  }

  exitCasting(options?: Callbacks): void {
    void this.act('exitCasting', options, (live) => live.cast())
  }

  reconnectCasting(options?: Callbacks): void {
    void this.act('reconnectCasting', options, (live) => live.cast())
  }

  switchCasting(options?: Callbacks): void {
    void this.act('switchCasting', options, (live) => live.cast())
  }
}

defineElement('live-player', LivePlayer)
