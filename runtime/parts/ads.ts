/** Advertisements: the places in a page, and those that cover the whole of it. */

import '../components/ad'
import { find, type Found, type Kind } from './ads/place'
import css from './ads/ads.css'
import { addSheet } from '../engine/loader'
import { program } from '../engine/program'

addSheet('base', css)

export { beforeFilm } from './ads/film'

type Tell = (event: string, detail?: unknown) => void

/** One that covers the page. It is sought at once, and one that earns something again as soon as it was seen. */
export function pageAd(kind: Kind, unitId: unknown, tell: Tell): object {
  let seeking: Promise<Found> | undefined
  let gone = false

  const load = (): Promise<Found> => {
    const sought = find(unitId, [kind])
    seeking = sought
    sought.then(
      () => !gone && tell('Load'),
      (error) => {
        if (seeking === sought) seeking = undefined
        if (!gone) tell('Error', error)
      },
    )
    return sought
  }
  load().catch(() => {})

  return {
    load: async () => void (await load()),
    show: async () => {
      if (!seeking) await load()
      const { showing } = await seeking!
      const { host } = program()
      await host.call('showAd', { showing })
      seeking = undefined
      void host.call('closedAd', { showing }).then((end) => {
        if (gone) return
        tell('Close', kind === 'REWARDED' ? end : undefined)
        if (kind === 'REWARDED') load().catch(() => {})
      })
    },
    destroy: () => void (gone = true),
  }
}
