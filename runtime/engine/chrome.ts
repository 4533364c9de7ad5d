/** What stands around a page: navigation bar, tab bar, the scrolling body and its pull-down. */

import { program, resolveUrl } from './program'
import { trustedHtml } from './trusted'

const PULL_PX = 60
const REACH_BOTTOM_PX = 50
const TAB_BAR_PX = 50
/** Opened from a post in moments: one page alone, with a bar that lies over it or above it. */
const SINGLE_PAGE_SCENE = 1154

/** The page stands alone: no other can be gone to from it, and there are no tabs. */
export const alone = (): boolean => program().boot.launch.scene === SINGLE_PAGE_SCENE

let held = 'portrait'

/** Hold the device as a page asks; the host hears of changes only. */
export function orient(way: string): void {
  if (way === held) return
  held = way
  program().host.emit('orientation', { value: way })
}

/** A colour or a picture, through `theme.json` if it is named there. */
export function themed(value: unknown): string {
  const name = typeof value === 'string' ? value : ''
  if (!name.startsWith('@')) return name
  const { manifest, theme } = program().boot
  const table = (manifest.theme?.[theme] ?? {}) as Record<string, string>
  return table[name.slice(1)] ?? ''
}

export interface PageListeners {
  scroll: (detail: { scrollTop: number; duration: number }) => void
  bottom: () => void
  pull: () => void
  listensToScroll: () => boolean
}

export interface Layer {
  root: HTMLElement
  viewport: HTMLElement
  page: HTMLElement | null
  ready?: () => void
  attach: (page: HTMLElement, replace: (place: HTMLElement) => void, listeners: PageListeners) => void
  detach: (tell: () => void) => void
  setTitle: (title: string) => void
  setColors: (colors: { frontColor?: string; backgroundColor?: string; animation?: { duration?: number; timing?: string } }) => void
  setLoading: (on: boolean) => void
  /** The colour behind the page, seen where it is pulled away; above and below may differ. */
  setBackground: (color: string, top?: string, bottom?: string) => void
  hideHome: () => void
  /** It has come on screen. */
  shown: () => void
  retheme: () => void
  startPull: () => void
  stopPull: () => void
}

interface LayerOptions {
  tab: boolean
  /** The page the program begins with. */
  entry: boolean
  root: boolean
  customTabBar: boolean
  back: () => void
  home: () => void
}

const layers = new WeakMap<Element, Layer>()

/** The layer of the page an element stands on. */
export function layerOf(dom: Element): Layer | undefined {
  const root = dom.closest('.h-page-layer')
  return root ? layers.get(root) : undefined
}

export function createLayer(config: Record<string, any>, options: LayerOptions): Layer {
  const root = element('div', 'h-page-layer')
  const custom = config.navigationStyle === 'custom'
  const navigation = element('div', 'h-navigation')
  const { statusBarHeight, menuButton } = program().boot
  navigation.style.height = `${statusBarHeight + Math.max(44, menuButton.height + 2 * (menuButton.top - statusBarHeight))}px`
  navigation.style.paddingTop = `${statusBarHeight}px`
  const back = element('button', 'h-navigation-back')
  back.setAttribute('aria-label', program().boot.language.startsWith('zh') ? '返回' : 'Back')
  back.onclick = options.back
  back.hidden = options.root
  // The way home is there where nothing lies behind; a page may also ask for it beside the way back.
  const home = element('button', 'h-navigation-back h-home')
  home.setAttribute('aria-label', program().boot.language.startsWith('zh') ? '首页' : 'Home')
  home.onclick = options.home
  home.hidden = options.tab || (options.root ? config.homeButton === false || (options.entry && config.homeButton !== true) : config.homeButton !== true)
  const title = element('div', 'h-navigation-title')
  title.textContent = String(config.navigationBarTitleText ?? '')
  const spinner = element('div', 'h-navigation-spinner')
  spinner.hidden = true
  navigation.append(home, back, spinner, title)
  const viewport = element('div', 'h-viewport')
  if (options.tab && !options.customTabBar) makeRoom(viewport, true)
  const { boot } = program()
  const single = alone()
  if (!custom || single) root.append(navigation)
  const fit = (config.singlePage ?? boot.manifest.app.singlePage ?? {}) as { navigationBarFit?: string }
  if (single && (fit.navigationBarFit ?? (custom ? 'float' : 'squeezed')) === 'float') root.classList.add('h-float')
  root.append(viewport)
  const { app } = boot.manifest
  const passive = config.enablePassiveEvent ?? app.enablePassiveEvent
  if (passive === true || (passive as { touchmove?: boolean } | undefined)?.touchmove === true) root.classList.add('h-passive')
  if ((config.renderer ?? app.renderer) === 'skyline') {
    // Drawn by the browser all the same, and laid out from where that renderer begins.
    const { defaultDisplayBlock, defaultContentBox } = ((config.rendererOptions ?? app.rendererOptions) as { skyline?: Record<string, unknown> } | undefined)?.skyline ?? {}
    root.classList.toggle('h-columns', defaultDisplayBlock !== true)
    root.classList.toggle('h-border-box', defaultContentBox !== true)
  }
  const puller = element('div', 'h-puller')
  puller.innerHTML = trustedHtml('<i></i><i></i><i></i>')
  viewport.append(puller)
  document.body.append(root)

  const layer: Layer = {
    root,
    viewport,
    page: null,
    attach(page, replace, listeners) {
      const place = element('div', '')
      viewport.append(place)
      replace(place)
      layer.page = page
      if (config.disableScroll === true) page.style.overflow = 'hidden'
      if (config.backgroundColorContent) page.style.backgroundColor = themed(config.backgroundColorContent)
      listen(page, listeners)
    },
    detach(tell) {
      tell()
      root.remove()
    },
    setTitle: (text) => {
      title.textContent = text
      if (!root.hidden) document.title = text
    },
    setColors({ frontColor, backgroundColor, animation }) {
      const how = `${animation?.duration ?? 0}ms ${animation?.timing ?? 'ease'}`
      navigation.style.transition = animation?.duration ? `background-color ${how}, color ${how}` : ''
      if (backgroundColor) navigation.style.backgroundColor = backgroundColor
      if (frontColor) navigation.style.color = frontColor
    },
    setLoading: (on) => {
      spinner.hidden = !on
    },
    setBackground: (color, top = color, bottom = color) => {
      viewport.style.background = top === bottom ? top : `linear-gradient(${top || 'transparent'} 50%, ${bottom || 'transparent'} 50%)`
    },
    hideHome: () => {
      home.hidden = true
    },
    shown: () => {
      document.documentElement.dataset.style = String(config.style ?? boot.manifest.app.style ?? 'default')
      orient(String(config.pageOrientation ?? 'portrait'))
      document.title = title.textContent ?? ''
    },
    retheme: () => {
      if (String(config.navigationBarTitleText).startsWith('@')) title.textContent = themed(config.navigationBarTitleText)
      paint()
    },
    startPull: () => {},
    stopPull: () => {},
  }
  layers.set(root, layer)
  const paint = (): void => {
    navigation.style.backgroundColor = themed(config.navigationBarBackgroundColor) || '#000000'
    navigation.style.color = themed(config.navigationBarTextStyle) === 'black' ? '#000000' : '#ffffff'
    const ground = themed(config.backgroundColor)
    layer.setBackground(ground, themed(config.backgroundColorTop) || ground, themed(config.backgroundColorBottom) || ground)
    puller.style.color = themed(config.backgroundTextStyle) === 'light' ? '#ffffff' : '#000000'
    if (layer.page && config.backgroundColorContent) layer.page.style.backgroundColor = themed(config.backgroundColorContent)
  }
  paint()

  const listen = (page: HTMLElement, listeners: PageListeners): void => {
    let armed = true
    const distance = Number(config.onReachBottomDistance ?? REACH_BOTTOM_PX)
    page.addEventListener('scroll', () => {
      if (listeners.listensToScroll()) listeners.scroll({ scrollTop: page.scrollTop, duration: 0 })
      const left = page.scrollHeight - page.clientHeight - page.scrollTop
      if (left <= distance && armed) {
        armed = false
        listeners.bottom()
      } else if (left > distance) armed = true
    }, { passive: true })

    let refreshing = false
    const settle = (height: number): void => {
      page.style.transition = 'transform .2s'
      page.style.transform = height ? `translateY(${height}px)` : ''
      puller.classList.toggle('h-on', height > 0)
    }
    layer.startPull = () => {
      if (refreshing) return
      refreshing = true
      settle(PULL_PX)
      listeners.pull()
    }
    layer.stopPull = () => {
      refreshing = false
      settle(0)
    }
    if (config.enablePullDownRefresh !== true) return
    let from: number | null = null
    let pulled = 0
    page.addEventListener('touchstart', (event) => {
      from = page.scrollTop <= 0 && !refreshing ? event.touches[0]!.clientY : null
    }, { passive: true })
    page.addEventListener('touchmove', (event) => {
      if (from === null) return
      pulled = Math.max(0, (event.touches[0]!.clientY - from) / 2)
      page.style.transition = ''
      page.style.transform = pulled ? `translateY(${Math.min(pulled, PULL_PX * 1.5)}px)` : ''
    }, { passive: true })
    page.addEventListener('touchend', () => {
      if (from === null) return
      from = null
      if (pulled >= PULL_PX) layer.startPull()
      else settle(0)
      pulled = 0
    })
  }
  return layer
}

interface TabItem {
  pagePath: string
  text: string
  iconPath?: string
  selectedIconPath?: string
}

/** The bar of two to five tabs. */
export class TabBar {
  private bar: HTMLElement | null = null
  private items: TabItem[] = []
  private style: Record<string, any> = {}
  private selected = ''
  private hiddenByProgram = false
  private marks: ({ badge?: string; dot?: boolean } | undefined)[] = []

  constructor(private readonly tapped: (path: string, index: number, text: string) => void) {}

  show(onTab: boolean, path: string): void {
    const config = program().boot.manifest.tabBar
    if (!config || config.custom === true || alone()) return
    if (!this.bar) {
      this.read()
      this.bar = element('nav', 'h-tab-bar')
      if (config.position === 'top') {
        this.bar.classList.add('h-top')
        this.bar.style.top = `${document.querySelector<HTMLElement>('.h-page-layer:not([hidden]) > .h-navigation')?.offsetHeight ?? 0}px`
      } else this.bar.style.paddingBottom = `${program().boot.safeAreaBottom}px`
      document.body.append(this.bar)
    }
    if (onTab) this.selected = path
    this.bar.hidden = !onTab || this.hiddenByProgram
    if (!onTab) return
    this.makeRoom()
    this.draw()
  }

  /** What the config says of the bar; a program may change it before the first tab is shown. */
  private read(): void {
    const config = program().boot.manifest.tabBar
    if (!config || this.items.length > 0) return
    this.style = { ...config, ...this.style }
    this.items = (config.list as TabItem[]).map((item) => ({ ...item }))
  }

  select(path: string): void {
    this.selected = path
    this.draw()
  }

  setItem(index: number, change: Partial<TabItem>): void {
    Object.assign(this.require(index), change)
    this.draw()
  }

  setStyle(change: Record<string, unknown>): void {
    this.style = { ...this.style, ...change }
    this.draw()
  }

  mark(index: number, mark: { badge?: string; dot?: boolean } | undefined): void {
    this.require(index)
    this.marks[index] = mark
    this.draw()
  }

  /** Asked of a tab, perhaps before it is first shown. */
  setHidden(hidden: boolean, onTab: boolean): void {
    if (!onTab) throw { errMsg: 'not TabBar page' }
    this.hiddenByProgram = hidden
    if (!this.bar) return
    this.bar.hidden = hidden
    this.makeRoom()
  }

  private makeRoom(): void {
    for (const viewport of document.querySelectorAll<HTMLElement>('.h-page-layer:not([hidden]) > .h-viewport')) makeRoom(viewport, !this.hiddenByProgram)
  }

  retheme(): void {
    this.draw()
  }

  private require(index: number): TabItem {
    this.read()
    const item = this.items[index]
    if (!item) throw { errMsg: 'tabbar item not found' }
    return item
  }

  private draw(): void {
    const bar = this.bar
    if (!bar) return
    const dark = program().boot.theme === 'dark'
    bar.style.backgroundColor = themed(this.style.backgroundColor) || (dark ? '#191919' : '#ffffff')
    const border = themed(this.style.borderStyle)
    bar.style.borderColor = border === 'white' ? '#ffffff33' : border && border !== 'black' ? border : dark ? '#ffffff1a' : '#0000001a'
    bar.replaceChildren(
      ...this.items.map((item, index) => {
        const path = item.pagePath.replace(/^\//, '')
        const on = path === this.selected
        const tab = element('button', 'h-tab')
        tab.setAttribute('aria-current', on ? 'page' : 'false')
        tab.style.color = themed(on ? this.style.selectedColor : this.style.color) || (on ? '#07c160' : dark ? '#aaaaaa' : '#7f7f7f')
        // A bar at the top has words only.
        const icon = this.style.position === 'top' ? '' : resolveUrl(themed(on ? (item.selectedIconPath ?? item.iconPath) : item.iconPath))
        if (icon) {
          const image = document.createElement('img')
          image.src = icon
          image.alt = ''
          tab.append(image)
        }
        const label = element('span', '')
        label.textContent = item.text
        tab.append(label)
        const mark = this.marks[index]
        if (mark?.badge || mark?.dot) {
          const badge = element('b', mark.badge ? 'h-badge' : 'h-dot')
          badge.textContent = mark.badge ? (mark.badge.length > 4 ? '…' : mark.badge) : ''
          tab.append(badge)
        }
        tab.onclick = () => this.tapped(path, index, item.text)
        return tab
      }),
    )
  }
}

/** Where the tab bar stands, no page does. */
function makeRoom(viewport: HTMLElement, on: boolean): void {
  const { manifest, safeAreaBottom } = program().boot
  if (manifest.tabBar?.position === 'top') viewport.style.marginTop = on ? `${TAB_BAR_PX}px` : ''
  else viewport.style.marginBottom = on ? `${TAB_BAR_PX + safeAreaBottom}px` : ''
}

function element(tag: string, className: string): HTMLElement {
  const one = document.createElement(tag)
  if (className) one.className = className
  return one
}
