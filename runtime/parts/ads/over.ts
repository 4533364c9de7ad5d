/** Advertisements that lie over a game, where the game puts them. */

import { asError, guard } from '../../api/define'
import { draw, find, type Kind, SOONEST_S } from './place'

type Tell = (event: string, detail?: unknown) => void

interface Style {
  left?: number
  top?: number
  width?: number
  height?: number
}

/** One that lies over a game, where the game puts it. */
export function overGame(kind: Kind, options: { adUnitId?: unknown; adIntervals?: unknown; style?: Style }, tell: Tell): object {
  const box = document.createElement('div')
  box.className = 'h-ad-over'
  box.style.cssText = 'position:fixed;display:none;z-index:20'
  document.body.append(box)
  const given: Record<string, number> = { left: 0, top: 0, width: 300, height: 0, ...options.style }
  const place = (): void => {
    for (const side of ['left', 'top', 'width'] as const) box.style[side] = `${Number(given[side]) || 0}px`
  }
  place()
  let again: ReturnType<typeof setInterval> | undefined
  const ask = async (): Promise<void> => {
    try {
      const found = await find(options.adUnitId, [kind])
      draw(box, found, () => {
        box.style.display = 'none'
        tell(kind === 'CUSTOM' ? 'Close' : 'Hide')
      })
      tell('Load')
    } catch (error) {
      tell('Error', error)
    }
  }
  const loaded = ask()
  const often = Number(options.adIntervals) || 0
  if (often >= SOONEST_S) again = setInterval(() => void ask(), often * 1000)
  const style = Object.defineProperties({}, {
    ...Object.fromEntries(['left', 'top', 'width', 'height'].map((side) => [side, { enumerable: true, get: () => given[side], set: (value: number) => { given[side] = Number(value); place(); size() } }])),
    realWidth: { enumerable: true, get: () => box.offsetWidth },
    realHeight: { enumerable: true, get: () => box.offsetHeight },
  })
  let last = ''
  const size = (): void => {
    if (box.style.display === 'none') return
    const now = `${box.offsetWidth}x${box.offsetHeight}`
    if (now === last) return
    last = now
    tell('Resize', { width: box.offsetWidth, height: box.offsetHeight })
  }
  return {
    style,
    show: async () => {
      await loaded
      if (!box.firstChild) throw { errCode: 1004, errMsg: 'no advertisement' }
      box.style.display = 'block'
      size()
    },
    hide: () => void (box.style.display = 'none'),
    isShow: () => box.style.display !== 'none',
    destroy: () => {
      clearInterval(again)
      box.remove()
    },
  }
}

/** Puts `createBannerAd` and `createCustomAd` into a game's `wx`. */
export function serveGame(wx: Record<string, unknown>): void {
  for (const [name, kind, events] of [['createBannerAd', 'BANNER', ['Load', 'Error', 'Resize', 'Hide']], ['createCustomAd', 'CUSTOM', ['Load', 'Error', 'Close', 'Hide']]] as const) {
    wx[name] = (options: object | undefined) => {
      if (typeof options !== 'object' || options === null) throw asError(name, { errMsg: 'parameter error: options are missing' })
      const heard = new Map<string, Set<(detail: unknown) => void>>()
      const ad = overGame(kind, options, (event, detail) => {
        for (const listener of [...(heard.get(event) ?? [])]) guard(listener, detail)
      }) as Record<string, unknown>
      for (const event of events) {
        heard.set(event, new Set())
        ad[`on${event}`] = (listener: (detail: unknown) => void) => void heard.get(event)!.add(listener)
        ad[`off${event}`] = (listener?: (detail: unknown) => void) => void (listener ? heard.get(event)!.delete(listener) : heard.get(event)!.clear())
      }
      return ad
    }
  }
}
