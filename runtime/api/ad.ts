/** Advertisements of the whole page. What they do is in a part, which comes with the first of them. */

import { defineDirect } from './define'
import { Remote, type Tell } from './remote'

type Ads = typeof import('../parts/ads')

class PageAd extends Remote {}
const prototype = PageAd.prototype as any
for (const name of ['load', 'show', 'destroy']) prototype[name] = function (this: Remote) { return Remote.ask(this, name) }
for (const name of ['Load', 'Error', 'Close']) {
  prototype[`on${name}`] = function (this: Remote, listener: () => void) { this.on(name, listener) }
  prototype[`off${name}`] = function (this: Remote, listener?: () => void) { this.off(name, listener) }
}

for (const [name, kind] of [['createRewardedVideoAd', 'REWARDED'], ['createInterstitialAd', 'INTERSTITIAL']] as const) {
  defineDirect(name, ({ adUnitId }: { adUnitId?: unknown } = {}) => new PageAd('ads', ({ pageAd }: Ads, tell: Tell) => pageAd(kind, adUnitId, tell)))
}
