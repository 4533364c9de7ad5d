/** Advertisements of the whole page: while no campaign has one for this program, as published for that. */

import { defineDirect, guard } from './define'

const NO_AD = { errCode: 1004, errMsg: 'no advertisement' }

class PageAd {
  private readonly listeners = new Map<string, Set<(detail: unknown) => void>>()

  constructor(adUnitId: unknown) {
    // Told once the program has had its turn to listen.
    queueMicrotask(() => this.tell('Error', typeof adUnitId === 'string' && adUnitId ? NO_AD : { errCode: 1002, errMsg: 'adUnitId is invalid' }))
  }

  hear(name: string, listener: (detail: unknown) => void): void {
    let set = this.listeners.get(name)
    if (!set) this.listeners.set(name, (set = new Set()))
    set.add(listener)
  }

  deafen(name: string, listener?: (detail: unknown) => void): void {
    if (listener) this.listeners.get(name)?.delete(listener)
    else this.listeners.delete(name)
  }

  private tell(name: string, detail: unknown): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) guard(listener, detail)
  }

  load(): Promise<never> {
    this.tell('Error', NO_AD)
    return Promise.reject(NO_AD)
  }

  show(): Promise<never> {
    this.tell('Error', NO_AD)
    return Promise.reject(NO_AD)
  }

  destroy(): void {
    this.listeners.clear()
  }
}
for (const name of ['Load', 'Error', 'Close']) {
  ;(PageAd.prototype as any)[`on${name}`] = function (this: PageAd, listener: () => void) { this.hear(name, listener) }
  ;(PageAd.prototype as any)[`off${name}`] = function (this: PageAd, listener?: () => void) { this.deafen(name, listener) }
}

for (const name of ['createRewardedVideoAd', 'createInterstitialAd']) defineDirect(name, ({ adUnitId }: { adUnitId?: unknown } = {}) => new PageAd(adUnitId))
