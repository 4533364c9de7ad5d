/** wx.worklet and wx.router: a part that comes with the packages whose scripts speak of it. */

import { animated, componentOf, type Instance } from '../engine/component'
import { part } from '../engine/parts'
import { convertRuntimeUnits } from '../engine/units'
import { currentPage, departed, pages, route, type Page } from '../engine/router'
import { reportError } from '../engine/report'
import { defineDirect, defineObject } from './define'

type Inside = typeof import('../parts/worklet')

const worklet: Record<string, unknown> = {}
const router: Record<string, unknown> = {}
let inside: Inside | undefined
/** What each component's styles follow, by their number. */
const followed = new WeakMap<Instance, Map<number, { selector: string; end: () => void }>>()
let lastFollowed = 0

const seen = (page: Page): { instance: object; root: HTMLElement } => ({ instance: page.instance, root: page.layer.root })

export async function workletsArrive(): Promise<void> {
  if (inside) return
  inside = await part<Inside>('worklet')
  Object.assign(worklet, inside.worklet)
  Object.assign(router, inside.router)
  departed.add((way) => {
    const page = currentPage()
    if (way === 'pop' && page) inside!.returned(seen(page))
  })
  animated.apply = (instance, selector, work, done) => {
    const find = (): HTMLElement[] => (componentOf(instance).getShadowRoot()?.querySelectorAll(selector) ?? []).map((node) => node.getBackendElement() as unknown as HTMLElement).filter(Boolean)
    const id = (lastFollowed += 1)
    if (!followed.has(instance)) followed.set(instance, new Map())
    followed.get(instance)!.set(id, { selector, end: inside!.applyStyle(find, work, convertRuntimeUnits) })
    if (typeof done === 'function') queueMicrotask(() => done({ styleId: id }))
  }
  animated.clear = (instance, selector, ids, done) => {
    for (const [id, one] of followed.get(instance) ?? []) {
      if (one.selector !== selector || (ids?.length && !ids.includes(id))) continue
      one.end()
      followed.get(instance)!.delete(id)
    }
    if (typeof done === 'function') queueMicrotask(() => done())
  }
}

/** The page that was opened with a way of its own to come in. */
export function comesIn({ routeType, routeConfig, routeOptions }: Record<string, any>): void {
  if (!inside || typeof routeType !== 'string') return
  const [below, page] = pages().slice(-2)
  if (page && below) inside.enter(routeType, routeConfig ?? {}, routeOptions, seen(page), seen(below), () => void route('navigateBack').catch(() => {}), convertRuntimeUnits).catch(reportError)
}

defineDirect('worklet', worklet, { source: 'miniprogram/ui/worklet/base/worklet.shared' })
defineDirect('router', router, { source: 'miniprogram/route/router/base/router.addRouteBuilder' })
defineObject('Router', ['addRouteBuilder', 'removeRouteBuilder', 'getRouteContext'])
defineObject('Worklet', ['shared', 'derived', 'timing', 'spring', 'decay', 'delay', 'sequence', 'repeat', 'Easing', 'cancelAnimation', 'runOnUI', 'runOnJS'])
