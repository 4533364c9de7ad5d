/** What a program changes of what is seen around its pages: bars, toasts, dialogs, scrolling, fonts. */

import { Animation } from '../engine/animation'
import { createIntersectionObserver, createMediaQueryObserver, createSelectorQuery, PageIntersectionObserver, SelectorQuery } from '../engine/query'
import { program, resolveUrl } from '../engine/program'
import { currentPage, leaving, rewrite, route, routed, tabBar } from '../engine/router'
import { toPixels } from '../engine/units'
import { heard } from './device'
import { comesIn } from './worklet'
import { apis, defineApi, defineDirect, defineObject, type Param, perform } from './define'
import { trustedHtml } from '../engine/trusted'

const UI = 'miniprogram/ui'

function onScreen(): NonNullable<ReturnType<typeof currentPage>> {
  const page = currentPage()
  if (!page) throw { errMsg: 'there is no page' }
  return page
}

const layer = (): ReturnType<typeof onScreen>['layer'] => onScreen().layer

/** A program may say as it starts how its first page looks; it is shown so once it is there. */
async function layerToCome(): Promise<ReturnType<typeof layer>> {
  if (!currentPage()) await new Promise<void>((arrive) => routed.add(function hear() {
    routed.delete(hear)
    arrive()
  }))
  return layer()
}

for (const kind of ['navigateTo', 'redirectTo', 'reLaunch', 'switchTab'] as const) {
  const more: Record<string, Param> = kind === 'navigateTo' ? { routeType: 'text?', routeConfig: 'object?', routeOptions: 'object?' } : {}
  defineApi(kind, {
    source: `miniprogram/route/wx.${kind}`,
    params: { url: 'text', events: 'object?', ...more },
    run: async ({ url, events, ...how }) => {
      const result = await route(kind, String(url), { events })
      if (kind === 'navigateTo') comesIn(how)
      return result
    },
  })
}
defineApi('navigateBack', { source: 'miniprogram/route/wx.navigateBack', params: { delta: 'number?' }, run: ({ delta }) => route('navigateBack', '', { delta }) })

defineApi('setNavigationBarTitle', { source: `${UI}/navigation-bar/wx.setNavigationBarTitle`, params: { title: 'text' }, run: async ({ title }) => (await layerToCome()).setTitle(String(title)) })
defineApi('setNavigationBarColor', { source: `${UI}/navigation-bar/wx.setNavigationBarColor`, params: { frontColor: 'text', backgroundColor: 'text', animation: 'object?' }, run: async (colors) => (await layerToCome()).setColors(colors) })
defineApi('showNavigationBarLoading', { source: `${UI}/navigation-bar/wx.showNavigationBarLoading`, run: () => layer().setLoading(true) })
defineApi('hideNavigationBarLoading', { source: `${UI}/navigation-bar/wx.hideNavigationBarLoading`, run: () => layer().setLoading(false) })
defineApi('hideHomeButton', { source: `${UI}/navigation-bar/wx.hideHomeButton`, run: () => layer().hideHome() })
defineApi('setBackgroundColor', { source: `${UI}/background/wx.setBackgroundColor`, params: { backgroundColor: 'text?' }, run: async ({ backgroundColor }) => (await layerToCome()).setBackground(String(backgroundColor ?? '')) })
defineApi('setBackgroundTextStyle', { source: `${UI}/background/wx.setBackgroundTextStyle`, params: { textStyle: 'text' }, run: ({ textStyle }) => layer().viewport.querySelector<HTMLElement>('.h-puller')?.style.setProperty('color', textStyle === 'light' ? '#fff' : '#000') })
defineApi('startPullDownRefresh', { source: `${UI}/pull-down-refresh/wx.startPullDownRefresh`, run: () => layer().startPull() })
defineApi('stopPullDownRefresh', { source: `${UI}/pull-down-refresh/wx.stopPullDownRefresh`, run: () => layer().stopPull() })

defineApi('setTabBarItem', { source: `${UI}/tab-bar/wx.setTabBarItem`, params: { index: 'number' }, run: ({ index, ...change }) => tabBar.setItem(index, change) })
defineApi('setTabBarStyle', { source: `${UI}/tab-bar/wx.setTabBarStyle`, run: (change) => tabBar.setStyle(change) })
defineApi('setTabBarBadge', { source: `${UI}/tab-bar/wx.setTabBarBadge`, params: { index: 'number', text: 'text' }, run: ({ index, text }) => tabBar.mark(index, { badge: String(text) }) })
defineApi('removeTabBarBadge', { source: `${UI}/tab-bar/wx.removeTabBarBadge`, params: { index: 'number' }, run: ({ index }) => tabBar.mark(index, undefined) })
defineApi('showTabBarRedDot', { source: `${UI}/tab-bar/wx.showTabBarRedDot`, params: { index: 'number' }, run: ({ index }) => tabBar.mark(index, { dot: true }) })
defineApi('hideTabBarRedDot', { source: `${UI}/tab-bar/wx.hideTabBarRedDot`, params: { index: 'number' }, run: ({ index }) => tabBar.mark(index, undefined) })
defineApi('showTabBar', { source: `${UI}/tab-bar/wx.showTabBar`, run: () => tabBar.setHidden(false, currentPage()?.tab === true) })
defineApi('hideTabBar', { source: `${UI}/tab-bar/wx.hideTabBar`, run: () => tabBar.setHidden(true, currentPage()?.tab === true) })

defineApi('rewriteRoute', { source: 'miniprogram/route/wx.rewriteRoute', params: { url: 'text', preserveQuery: 'flag?' }, run: ({ url, preserveQuery }) => rewrite(String(url), preserveQuery === true) })
defineApi('pageScrollTo', {
  source: `${UI}/scroll/wx.pageScrollTo`,
  params: { scrollTop: 'number?', selector: 'text?', duration: 'number?', offsetTop: 'number?' },
  run: ({ scrollTop, selector, duration = 300, offsetTop = 0 }) => {
    const page = currentPage()
    const dom = page?.layer.page
    if (!page || !dom) return
    let top = Number(scrollTop ?? 0)
    if (selector) {
      const target = page.component.getShadowRoot()?.querySelector(String(selector))?.getBackendElement() as unknown as HTMLElement | undefined
      if (target) top = dom.scrollTop + target.getBoundingClientRect().top - dom.getBoundingClientRect().top + toPixels(offsetTop)
    }
    dom.scrollTo({ top, behavior: duration ? 'smooth' : 'instant' })
  },
})

defineApi('loadFontFace', {
  source: `${UI}/font/wx.loadFontFace`,
  params: { family: 'text', source: 'text', desc: 'object?' },
  run: async ({ family, source, desc = {} }) => {
    const url = /url\(\s*["']?(.*?)["']?\s*\)/.exec(String(source))?.[1] ?? String(source)
    const face = new FontFace(String(family), `url("${resolveUrl(url)}")`, desc)
    try {
      await face.load()
    } catch {
      throw { errMsg: 'network error' }
    }
    document.fonts.add(face)
    return { status: 'loaded' }
  },
})

const zh = (): boolean => program().boot.language.startsWith('zh')

let toast: HTMLElement | null = null
let toastTimer: ReturnType<typeof setTimeout> | undefined
const TOAST_MS = 1500

function showToast({ title, icon = 'success', image, duration = TOAST_MS, mask }: any, loading = false): void {
  hideToast()
  toast = document.createElement('div')
  toast.className = 'h-toast'
  toast.setAttribute('role', loading ? 'status' : 'alert')
  if (mask) {
    const shade = document.createElement('div')
    shade.className = 'h-toast-shade'
    toast.append(shade)
  }
  const box = document.createElement('div')
  box.className = 'h-toast-box'
  if (image) {
    const picture = document.createElement('img')
    picture.src = resolveUrl(image)
    picture.alt = ''
    box.append(picture)
  } else if (loading || icon === 'loading') box.insertAdjacentHTML('beforeend', trustedHtml('<i class="h-toast-spin"></i>'))
  else if (icon === 'success' || icon === 'error') {
    const mark = document.createElement('i')
    mark.className = `h-toast-${icon as string}`
    box.append(mark)
  }
  const text = document.createElement('p')
  text.textContent = String(title)
  box.append(text)
  toast.append(box)
  document.body.append(toast)
  if (!loading) toastTimer = setTimeout(hideToast, Number(duration) || TOAST_MS)
}

function hideToast(): void {
  clearTimeout(toastTimer)
  toast?.remove()
  toast = null
}

const I = `${UI}/interaction`
defineApi('showToast', { source: `${I}/wx.showToast`, params: { title: 'text', icon: 'text?', image: 'text?', duration: 'number?', mask: 'flag?' }, run: (options) => showToast(options) })
defineApi('showLoading', { source: `${I}/wx.showLoading`, params: { title: 'text', mask: 'flag?' }, run: (options) => showToast(options, true) })
defineApi('hideToast', { source: `${I}/wx.hideToast`, run: hideToast })
defineApi('hideLoading', { source: `${I}/wx.hideLoading`, run: hideToast })

function dialog(className: string): { root: HTMLElement; body: HTMLElement } {
  const root = document.createElement('div')
  root.className = `h-dialog h-${className}`
  const body = document.createElement('div')
  body.className = 'h-dialog-body'
  body.setAttribute('role', 'dialog')
  body.setAttribute('aria-modal', 'true')
  root.append(body)
  document.body.append(root)
  return { root, body }
}

function labelled(text: string, color: string, press: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.textContent = text
  if (color) button.style.color = color
  button.onclick = press
  return button
}

defineApi('showModal', {
  source: `${I}/wx.showModal`,
  params: { title: 'text?', content: 'text?', showCancel: 'flag?', cancelText: 'text?', cancelColor: 'text?', confirmText: 'text?', confirmColor: 'text?', editable: 'flag?', placeholderText: 'text?' },
  run: ({ title = '', content = '', showCancel = true, cancelText, cancelColor = '', confirmText, confirmColor = '#576b95', editable = false, placeholderText = '' }) =>
    new Promise((resolve) => {
      for (const [name, text] of [['cancelText', cancelText], ['confirmText', confirmText]] as const) {
        if (text && Array.from(String(text)).length > 4) throw { errMsg: `${name} length should not larger than 4 Chinese characters` }
      }
      const { root, body } = dialog('modal')
      const heading = document.createElement('b')
      heading.textContent = String(title)
      const text = document.createElement(editable ? 'input' : 'p')
      if (text instanceof HTMLInputElement) {
        text.value = String(content)
        text.placeholder = String(placeholderText)
      } else text.textContent = String(content)
      const buttons = document.createElement('div')
      const done = (confirm: boolean): void => {
        root.remove()
        resolve({ confirm, cancel: !confirm, content: confirm && text instanceof HTMLInputElement ? text.value : null })
      }
      if (showCancel) buttons.append(labelled(cancelText || (zh() ? '取消' : 'Cancel'), cancelColor, () => done(false)))
      const confirm = labelled(confirmText || (zh() ? '确定' : 'OK'), confirmColor, () => done(true))
      buttons.append(confirm)
      if (title) body.append(heading)
      body.append(text, buttons)
      confirm.focus()
    }),
})

const guarded = new Map<number, string>()
leaving.message = (page) => guarded.get(page.id)
leaving.ask = async (message) => {
  const { confirm } = (await perform(apis.get('showModal')!, { content: message })) as { confirm: boolean }
  if (confirm) guarded.delete(currentPage()?.id ?? 0)
  return confirm
}
/** Ask before the page is left by going back. */
defineApi('enableAlertBeforeUnload', { source: `${I}/wx.enableAlertBeforeUnload`, params: { message: 'text' }, run: ({ message }) => void guarded.set(onScreen().id, String(message)) })
defineApi('disableAlertBeforeUnload', { source: `${I}/wx.disableAlertBeforeUnload`, run: () => void guarded.delete(onScreen().id) })

defineApi('showActionSheet', {
  source: `${I}/wx.showActionSheet`,
  params: { itemList: 'list', itemColor: 'text?', alertText: 'text?' },
  run: ({ itemList, itemColor = '', alertText = '' }) => {
    if (!itemList.length || itemList.length > 6) throw { errMsg: 'parameter error: itemList should not be empty or larger than 6' }
    return new Promise((resolve, reject) => {
      const { root, body } = dialog('actions')
      const cancel = (): void => {
        root.remove()
        reject({ errMsg: 'cancel' })
      }
      if (alertText) {
        const alert = document.createElement('p')
        alert.textContent = String(alertText)
        body.append(alert)
      }
      itemList.forEach((item: unknown, tapIndex: number) => {
        body.append(labelled(String(item), itemColor, () => {
          root.remove()
          resolve({ tapIndex })
        }))
      })
      body.append(labelled(zh() ? '取消' : 'Cancel', '', cancel))
      root.addEventListener('click', (event) => event.target === root && cancel())
    })
  },
})

defineDirect('createSelectorQuery', createSelectorQuery)
defineDirect('createIntersectionObserver', (instance: object, options?: object) => createIntersectionObserver(instance ?? null, options))
defineDirect('createMediaQueryObserver', createMediaQueryObserver)
defineDirect('createAnimation', (options?: object) => new Animation(options))
defineDirect('nextTick', (run: () => void) => void Promise.resolve().then(run))
defineDirect('checkIsPictureInPictureActive', () => Boolean(document.pictureInPictureElement), { source: `${UI}/window/wx.checkIsPictureInPictureActive` })

for (const [name, kind] of Object.entries({ Animation, SelectorQuery, IntersectionObserver: PageIntersectionObserver })) defineObject(name, kind)
defineObject('NodesRef', ['fields', 'boundingClientRect', 'scrollOffset', 'context', 'node', 'ref'])
defineObject('MediaQueryObserver', ['observe', 'disconnect'])
defineObject('EventChannel', ['emit', 'on', 'once', 'off'])

// ── the window ─────────────────────────────────────────────────────────────────────────────────────────────

const capsuleMoved = heard('MenuButtonBoundingClientRectWeightChange')
const windowChanged = heard('WindowStateChange')
defineApi('setWindowSize', {
  source: `${UI}/window/wx.setWindowSize`,
  params: { width: 'number', height: 'number' },
  run: ({ width, height }) => {
    if (program().boot.manifest.app.resizable !== true) throw { errMsg: 'the window is not resizable' }
    return program().host.call('setWindowSize', { width: Number(width), height: Number(height) })
  },
})

const TOP_BAR_MS = 5000 // published: so long between two texts
let toldAt = -TOP_BAR_MS
defineApi('setTopBarText', {
  source: `${UI}/sticky/wx.setTopBarText`,
  params: { text: 'text' },
  run: async ({ text }) => {
    const now = performance.now()
    if (now - toldAt < TOP_BAR_MS) throw { errMsg: 'invoke too frequently' }
    toldAt = now
    await program().host.call('setTopBarText', { text: String(text) })
  },
})

export function listenToWindow(): void {
  const { host, boot } = program()
  host.on('menuButton', (rect: typeof boot.menuButton) => {
    boot.menuButton = rect
    capsuleMoved({ ...rect })
  })
  host.on('windowState', (change: { state: string }) => windowChanged(change))
}
