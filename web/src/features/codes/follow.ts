/** Where a scanned text leads: an address of ours, a cashier, another page of the web, or only words. */
import type { Router } from 'vue-router'

import { resolveCode } from '@/api'
import { goBack } from '@/composables/goBack'
import { ownArticle } from '@/composables/ownArticle'
import { pay } from '@/features/pay'

import type { Reading } from './decode'

export type Led = { kind: 'gone' } | { kind: 'address'; url: string } | { kind: 'words'; text: string }

export async function follow({ text, round, from }: Reading, router: Router): Promise<Led> {
  // From a picture one looks at there is a way back to it; from the scanner there is none.
  const go = from === 'PRESS' ? router.push : router.replace
  const found = await resolveCode({ text, round, read_from: from })
  const appid = found.app?.appid ?? ''
  switch (found.kind) {
    case 'PERSON':
      await go({ path: `/people/${found.user_id ?? ''}`, query: { by: 'code' } })
      return { kind: 'gone' }
    case 'GROUP':
      await go(`/join/${found.join_code ?? ''}`)
      return { kind: 'gone' }
    case 'ACCOUNT':
      await go({ path: `/accounts/${appid}`, query: found.ticket === undefined ? {} : { ticket: found.ticket } })
      return { kind: 'gone' }
    case 'PROGRAM': {
      const { path, query, code_scene, scene, channel, preview } = found
      const asked = Object.entries({ path, query, code_scene, scene: scene === undefined ? undefined : String(scene), channel, preview })
      await go({ path: `/programs/${appid}`, query: Object.fromEntries(asked.filter(([, value]) => value !== undefined && value !== '')) })
      return { kind: 'gone' }
    }
    case 'DEVICE':
      await go(`/devices/at/${found.device_code ?? ''}`)
      return { kind: 'gone' }
    case 'OFFER':
      await go(`/offers/${found.offer_code ?? ''}`)
      return { kind: 'gone' }
    case 'ORDER':
      if (from !== 'PRESS') await goBack(router)
      void pay({ code: found.text })
      return { kind: 'gone' }
    case 'ADDRESS': {
      const article = ownArticle(found.text)
      if (article === null) return { kind: 'address', url: found.text }
      await go(article)
      return { kind: 'gone' }
    }
    default:
      return { kind: 'words', text: found.text }
  }
}
