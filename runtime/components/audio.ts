/** Audio: a bar with a picture, a name and a button to play. */

import { program, resolveUrl } from '../engine/program'
import { BuiltIn, defineElement, flag, text } from './element'

class Audio extends BuiltIn {
  static override attributes = { id: text(), src: text(), loop: flag(), controls: flag(), poster: text(), name: text('未知音频'), author: text('未知作者') }
  static override events = ['error', 'play', 'pause', 'timeupdate', 'ended']
  readonly player = document.createElement('audio')
  private readonly picture = document.createElement('button')
  private readonly words = document.createElement('p')
  private readonly time = document.createElement('time')

  constructor() {
    super()
    const { player } = this
    this.picture.type = 'button'
    this.picture.onclick = () => (player.paused ? this.play() : player.pause())
    for (const type of ['play', 'pause', 'ended']) {
      player.addEventListener(type, () => {
        this.draw()
        this.emit(type, {})
      })
    }
    player.addEventListener('timeupdate', () => {
      this.draw()
      this.emit('timeupdate', { currentTime: player.currentTime, duration: player.duration })
    })
    player.addEventListener('error', () => this.emit('error', { errMsg: `MEDIA_ERR_${['', 'ABORTED', 'NETWORK', 'DECODE', 'SRC_NOT_SUPPORTED'][player.error?.code ?? 4]}` }))
  }

  connectedCallback(): void {
    if (!this.player.parentNode) this.append(this.player, this.picture, this.words, this.time)
    this.draw()
  }

  disconnectedCallback(): void {
    this.player.pause()
  }

  play(): void {
    void this.player.play().catch((error: Error) => this.emit('error', { errMsg: error.message }))
  }

  scriptContext(): object {
    return {
      setSrc: (src: string) => this.__wxElement?.setAttribute('src', src),
      play: () => this.play(),
      pause: () => this.player.pause(),
      seek: (seconds: number) => (this.player.currentTime = seconds),
    }
  }

  override changed(name: string, value: any): void {
    if (name === 'src') {
      const url = resolveUrl(value, this.ownerPath)
      if (url) this.player.src = url
      else this.player.removeAttribute('src')
    } else if (name === 'loop') this.player.loop = value
    this.draw()
  }

  private draw(): void {
    const { player } = this
    this.classList.toggle('h-off', !this.read('controls'))
    const poster = resolveUrl(this.read<string>('poster'), this.ownerPath)
    this.picture.style.backgroundImage = poster ? `url("${poster}")` : ''
    const chinese = program().boot.language.startsWith('zh')
    this.picture.ariaLabel = player.paused ? (chinese ? '播放' : 'Play') : chinese ? '暂停' : 'Pause'
    this.classList.toggle('h-playing', !player.paused)
    const author = document.createElement('small')
    author.textContent = this.read('author')
    this.words.replaceChildren(this.read<string>('name'), author)
    const seconds = Math.floor(player.currentTime)
    this.time.textContent = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  }
}

defineElement('audio', Audio)
