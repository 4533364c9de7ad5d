/** What a game's open data context may ask: its person's own record, friends' and groups' who agreed, and their pictures. */

import { withScope } from './asking'
import type { HostServices } from './services'

const PICTURE_BYTES = 2 * 1024 * 1024

function missing(): never {
  throw { errMsg: 'not supported' }
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) throw { errMsg: 'parameter error: keyList should be Array of String' }
  return value as string[]
}

/** Of the game's own context too: what a person keeps with it. Values are texts, as published. */
export function pairs(value: unknown): { key: string; value: string }[] {
  if (!Array.isArray(value)) throw { errMsg: 'parameter error: KVDataList should be Array' }
  return value.map((one: { key?: unknown; value?: unknown } | null) => {
    if (typeof one?.key !== 'string' || typeof one.value !== 'string') throw { errMsg: 'parameter error: each of KVDataList needs a key and a value of String' }
    return { key: one.key, value: one.value }
  })
}

export async function serveOpenData(services: HostServices, name: string, given: unknown): Promise<unknown> {
  const { cloudRecords } = services
  if (!cloudRecords) return missing()
  const { keyList, shareTicket, KVDataList, url } = (given ?? {}) as Record<string, unknown>
  switch (name) {
    case 'getUserCloudStorage':
      return { KVDataList: await cloudRecords.own(texts(keyList)) }
    case 'setUserCloudStorage':
      return cloudRecords.keep(pairs(KVDataList))
    case 'removeUserCloudStorage':
      return cloudRecords.forget(texts(keyList))
    case 'getFriendCloudStorage':
      await withScope(services, 'scope.WxFriendInteraction')
      return { data: await cloudRecords.friends(texts(keyList)) }
    case 'getGroupCloudStorage':
      await withScope(services, 'scope.WxFriendInteraction')
      return { data: await cloudRecords.group(texts(keyList), String(shareTicket)) }
    case 'getUserInfo':
      return { data: [await cloudRecords.self()] }
    case 'picture': {
      const address = new URL(String(url), location.href)
      if (address.origin !== location.origin) return missing()
      const answer = await fetch(address, { credentials: 'omit' })
      const body = await answer.arrayBuffer()
      if (!answer.ok || body.byteLength > PICTURE_BYTES) throw { errMsg: 'the picture cannot be had' }
      return { body, type: answer.headers.get('content-type') ?? '' }
    }
    default:
      return missing()
  }
}
