/** Advertisements over the client API: what was found is kept under its name until the program is closed. */

import type { Shell } from './launch'
import type { Advertisement, HostServices } from './services'

/** The published numbers of what the platform refuses. */
const REFUSALS: Record<string, { errCode: number; errMsg: string }> = {
  'ads.unit_unknown': { errCode: 1002, errMsg: 'adUnitId is invalid' },
  'ads.ad_none': { errCode: 1004, errMsg: 'no advertisement' },
  'ads.unit_closed': { errCode: 1008, errMsg: 'the ad unit is closed' },
}
const BROKEN = { errCode: 1000, errMsg: 'the backend failed' }
const LOST = { errCode: 1003, errMsg: 'nothing was loaded' }
const MOST_KEPT = 50

export function adServices(shell: Shell, appid: string): NonNullable<HostServices['ads']> {
  const found = new Map<string, Advertisement>()
  const closing = new Map<string, Promise<{ isEnded: boolean }>>()
  const get = (showing: string): Advertisement => found.get(showing) ?? lost()
  const tell = (showing: string, news: { seen?: boolean; finished?: boolean; pressed?: boolean }): Promise<void> =>
    shell.api('POST', `/ads/${showing}`, news).then(
      () => undefined,
      () => undefined,
    )
  const open = async (showing: string): Promise<void> => {
    const ad = get(showing)
    await tell(showing, { pressed: true })
    await shell.more?.openAd?.(ad)
  }
  return {
    find: async (unitId, kinds) => {
      const answer = await shell.api('POST', `/programs/${appid}/ads`, { unit_id: unitId, kinds }).catch((error: unknown) => {
        throw REFUSALS[(error as { code?: string } | null)?.code ?? ''] ?? BROKEN
      })
      const ad = { ...answer, rewarded: kinds.includes('REWARDED') } as Advertisement
      found.set(ad.showing_id, ad)
      if (found.size > MOST_KEPT) found.delete(found.keys().next().value!)
      return { showing: ad.showing_id, title: ad.title, words: ad.words, picture: new URL(ad.picture, location.href).href }
    },
    show: async (showing) => {
      const ad = get(showing)
      if (!shell.more?.showAd || closing.has(showing)) throw LOST
      closing.set(
        showing,
        shell.more.showAd(ad).then(
          async ({ ended, pressed }) => {
            await tell(showing, { seen: true, finished: ended && ad.rewarded })
            if (pressed) void open(showing)
            return { isEnded: ended }
          },
          () => ({ isEnded: false }),
        ),
      )
    },
    closed: async (showing) => {
      const end = await (closing.get(showing) ?? lost())
      closing.delete(showing)
      found.delete(showing)
      return end
    },
    saw: (showing) => tell(get(showing).showing_id, { seen: true }),
    open,
  }
}

function lost(): never {
  throw LOST
}
