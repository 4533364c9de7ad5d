/** Pictures: how one fits its box, when it is fetched, and what a long press offers. */

import { program, referred, resolveUrl } from '../engine/program'
import { elementHooks } from './basic'
import { BuiltIn, defineElement, flag, stillness, text } from './element'

const FADE_MS = 300

/** How each mode fills the box; one that is not listed shows the picture in its own size, at that side. */
const FIT: Record<string, string> = { scaleToFill: 'fill', aspectFit: 'contain', aspectFill: 'cover', widthFix: 'fill', heightFix: 'fill' }

class Image extends BuiltIn {
  static override attributes = {
    src: text(),
    mode: text('scaleToFill', 'scaleToFill', 'aspectFit', 'aspectFill', 'widthFix', 'heightFix', 'top', 'bottom', 'center', 'left', 'right', 'top left', 'top right', 'bottom left', 'bottom right'),
    webp: flag(),
    'lazy-load': flag(),
    'force-https': flag(),
    'show-menu-by-longpress': flag(),
    'fade-in': flag(),
    alt: text(),
  }
  static override events = ['load', 'error']
  protected readonly image = document.createElement('img')
  private shown = ''

  constructor() {
    super()
    this.image.draggable = false
    this.image.alt = ''
    this.image.onload = () => {
      const { naturalWidth: width, naturalHeight: height } = this.image
      this.classList.remove('h-broken')
      if (this.read('fade-in') && !stillness()) this.image.animate([{ opacity: 0 }, { opacity: 1 }], FADE_MS)
      this.emit('load', { width, height })
    }
    this.image.onerror = () => {
      // Browsers draw a frame and a torn picture; programs expect to see what is behind.
      this.classList.add('h-broken')
      this.emit('error', { errMsg: `GET ${this.read('src')} error` })
    }
  }

  connectedCallback(): void {
    if (!this.image.parentNode) this.append(this.image)
  }

  override changed(name: string, value: any): void {
    if (name === 'mode') {
      this.image.style.objectFit = FIT[value] ?? 'none'
      this.image.style.objectPosition = FIT[value] ? '' : value
      this.classList.toggle('h-width-fix', value === 'widthFix')
      this.classList.toggle('h-height-fix', value === 'heightFix')
    } else if (name === 'lazy-load') this.image.loading = value ? 'lazy' : 'eager'
    else if (name === 'alt' || name === 'aria-label') this.image.alt = String(value)
    else if (name === 'show-menu-by-longpress') this.held = value ? () => void this.menu() : undefined
    else if (name === 'src' || name === 'force-https' || name === 'referrer-policy') this.redrawSoon()
  }

  override held?(): void

  /** The address to fetch: the program's file, or one of the web by the relay. */
  protected url(src: string): string {
    const insecure = /^http:\/\/(?!tmp\/|usr\/)/i.test(src) && this.read<boolean>('force-https')
    return resolveUrl(insecure ? src.replace(/^http/i, 'https') : src, this.ownerPath)
  }

  protected override redraw(): void {
    const src = this.read<string>('src')
    const url = this.url(src)
    if (url === this.shown && url) return
    this.shown = url
    if (url) this.image.src = url
    else {
      this.image.removeAttribute('src')
      if (src) this.emit('error', { errMsg: `GET ${src} error 404` })
    }
  }

  private async menu(): Promise<void> {
    const chinese = program().boot.language.startsWith('zh')
    const src = this.read<string>('src')
    const picked = await elementHooks.call('showActionSheet', { itemList: chinese ? ['查看图片', '保存图片'] : ['View picture', 'Save picture'] }).catch(() => null)
    if (!picked) return
    if (picked.tapIndex === 0) await elementHooks.call('previewImage', { urls: [src], current: src }).catch(() => {})
    else await elementHooks.call('saveImageToPhotosAlbum', { filePath: src }).catch(() => {})
  }
}

class CoverImage extends Image {
  static override attributes = { ...Image.attributes, 'referrer-policy': text('no-referrer', 'no-referrer', 'origin') }

  protected override url(src: string): string {
    return referred(super.url(src), this.read('referrer-policy'))
  }
}

defineElement('image', Image)
defineElement('cover-image', CoverImage)
