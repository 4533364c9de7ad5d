/** What stands in a place for advertisements, in a page or over a game: drawn here, chosen and counted by the platform. */

import { program } from '../../engine/program'

export type Kind = 'BANNER' | 'CUSTOM' | 'INTERSTITIAL' | 'REWARDED' | 'VIDEO'

/** What a frame is told of an advertisement: where a press leads stays with the host. */
export interface Found {
  showing: string
  title: string
  words: string
  picture: string
}

/** As published: more often than this nobody is asked for another. */
export const SOONEST_S = 30
/** So much of it has to be in sight to have been seen. */
const SEEN = 0.5

/** One that fits the place. Fails with the published numbers. */
export async function find(unitId: unknown, kinds: Kind[]): Promise<Found> {
  if (typeof unitId !== 'string' || !unitId) throw { errCode: 1002, errMsg: 'adUnitId is invalid' }
  try {
    return (await program().host.call('findAd', { unitId, kinds })) as Found
  } catch (error) {
    const { errMsg, ...rest } = error as { errMsg?: string }
    throw { ...rest, errMsg: String(errMsg).replace('findAd:fail ', '') } // what we call it is nobody's business
  }
}

/** Draw it into a box; a press on it opens what it is for, a press on the cross calls `close`. */
export function draw(box: HTMLElement, { showing, title, words, picture }: Found, close: () => void): void {
  const { boot, host } = program()
  const chinese = boot.language.startsWith('zh')
  const body = document.createElement('button')
  body.type = 'button'
  body.className = 'h-ad'
  const image = document.createElement('img')
  image.alt = ''
  image.src = picture
  const said = document.createElement('span')
  const head = document.createElement('b')
  head.textContent = title
  const more = document.createElement('small')
  more.textContent = words
  said.append(head, more)
  const label = document.createElement('i')
  label.textContent = chinese ? '广告' : 'Ad'
  body.append(image, said, label)
  body.onclick = () => void host.call('openAd', { showing }).catch(() => {})
  const cross = document.createElement('button')
  cross.type = 'button'
  cross.className = 'h-ad-close'
  cross.textContent = '×'
  cross.setAttribute('aria-label', chinese ? '关闭广告' : 'Close the ad')
  cross.onclick = close
  box.replaceChildren(body, cross)
  const watch = new IntersectionObserver(
    ([entry]) => {
      if (!entry?.isIntersecting) return
      watch.disconnect()
      void host.call('sawAd', { showing }).catch(() => {})
    },
    { threshold: SEEN },
  )
  watch.observe(body)
}
