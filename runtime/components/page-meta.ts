/** What a page says of itself in its template: its ground, type, place and bar. */

import { any, BuiltIn, defineElement, flag, number, stillness, text } from './element'
import { layerOf, orient } from '../engine/chrome'
import { resolveStyle } from '../engine/program'
import { toPixels } from '../engine/units'

/** Sets up its page from the template: its style, ground, text size and position. */
class PageMeta extends BuiltIn {
  static override attributes = {
    'background-text-style': text('', 'dark', 'light'),
    'background-color': text(),
    'background-color-top': text(),
    'background-color-bottom': text(),
    'root-background-color': text(),
    'scroll-top': any(),
    'scroll-duration': number(300),
    'page-style': text(),
    'page-font-size': text(),
    'root-font-size': text(),
    'page-orientation': text('', 'auto', 'portrait', 'landscape'),
  }
  static override events = ['resize', 'scroll', 'scrolldone']
  private readonly resized = (): void => this.emit('resize', { size: { windowWidth: window.innerWidth, windowHeight: window.innerHeight } })
  private readonly scrolled = (): void => this.emit('scroll', { scrollTop: this.page?.scrollTop ?? 0 })
  private page: HTMLElement | null = null

  connectedCallback(): void {
    this.page = this.closest<HTMLElement>('wx-page')
    window.addEventListener('resize', this.resized)
    this.page?.addEventListener('scroll', this.scrolled, { passive: true })
    this.redrawSoon()
    const top = this.read<unknown>('scroll-top')
    if (top !== undefined && top !== '') requestAnimationFrame(() => this.scrollPage(toPixels(top)))
  }

  disconnectedCallback(): void {
    window.removeEventListener('resize', this.resized)
    this.page?.removeEventListener('scroll', this.scrolled)
  }

  override changed(name: string, value: unknown): void {
    if (!this.isConnected) return
    if (name === 'scroll-top' && value !== undefined && value !== '') queueMicrotask(() => this.scrollPage(toPixels(value)))
    else this.redrawSoon()
  }

  protected override redraw(): void {
    const { page } = this
    const viewport = page?.parentElement
    if (!page || !viewport) return
    page.style.cssText = resolveStyle(this.read<string>('page-style'), this.ownerPath)
    const ground = this.read<string>('root-background-color')
    if (ground) page.style.backgroundColor = ground
    const size = this.read<string>('page-font-size')
    if (size && size !== 'system') page.style.fontSize = resolveStyle(size)
    const root = this.read<string>('root-font-size')
    if (this.given('root-font-size')) document.documentElement.style.fontSize = root === 'system' ? '' : resolveStyle(root)
    // Behind the page: what is seen above it and below it when it is pulled.
    const [all, top, bottom] = [this.read<string>('background-color'), this.read<string>('background-color-top'), this.read<string>('background-color-bottom')]
    if (all) viewport.style.backgroundColor = all
    if (this.given('background-color-top') || this.given('background-color-bottom')) viewport.style.backgroundImage = top || bottom ? `linear-gradient(${top || 'transparent'} 50%, ${bottom || 'transparent'} 50%)` : ''
    const puller = viewport.querySelector<HTMLElement>('.h-puller')
    if (puller && this.given('background-text-style')) puller.style.color = this.read('background-text-style') === 'light' ? '#fff' : '#000'
    const orientation = this.read<string>('page-orientation')
    if (this.given('page-orientation')) orient(orientation || 'auto')
  }

  private given(name: string): boolean {
    return (this.__wxElement?.getAttribute(name) ?? null) !== null
  }

  private scrollPage(top: number): void {
    const { page } = this
    if (!page) return
    const duration = stillness() ? 0 : this.read<number>('scroll-duration')
    const from = page.scrollTop
    const started = performance.now()
    const step = (now: number): void => {
      const t = duration > 0 ? Math.min(1, Math.max(0, (now - started) / duration)) : 1
      page.scrollTo({ top: from + (top - from) * (1 - (1 - t) ** 3), behavior: 'instant' })
      if (t < 1) requestAnimationFrame(step)
      else this.emit('scrolldone', {})
    }
    requestAnimationFrame(step)
  }
}

const TIMING: Record<string, string> = { linear: 'linear', easeIn: 'ease-in', easeOut: 'ease-out', easeInOut: 'ease-in-out' }

/** The page's bar, said in its template. */
class NavigationBar extends BuiltIn {
  static override attributes = { title: text(), loading: flag(), 'front-color': text('', '#000000', '#ffffff'), 'background-color': text(), 'color-animation-duration': number(0), 'color-animation-timing-func': text('linear', ...Object.keys(TIMING)) }

  connectedCallback(): void {
    this.redrawSoon()
  }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    const layer = layerOf(this)
    if (!layer) return
    if (this.__wxElement?.getAttribute('title') !== null) layer.setTitle(this.read<string>('title'))
    layer.setLoading(this.read<boolean>('loading'))
    layer.setColors({
      frontColor: this.read<string>('front-color'),
      backgroundColor: this.read<string>('background-color'),
      animation: { duration: this.read<number>('color-animation-duration'), timing: TIMING[this.read<string>('color-animation-timing-func')] },
    })
  }
}

defineElement('page-meta', PageMeta)
defineElement('navigation-bar', NavigationBar)
