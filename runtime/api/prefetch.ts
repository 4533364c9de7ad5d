/** What the host fetched of the program's own server ahead of it, and the token it is fetched with. */

import { program } from '../engine/program'
import { defineApi } from './define'
import { heard } from './device'

const SOURCE = 'miniprogram/storage/background-fetch'
const TOKEN_LETTERS = 1024

interface Fetched {
  fetchType: string
  [name: string]: unknown
}

const kept = (): Record<string, unknown> => (program().boot.kept ??= {})
const come = heard('BackgroundFetchData')

defineApi('setBackgroundFetchToken', {
  source: `${SOURCE}/wx.setBackgroundFetchToken`,
  params: { token: 'text' },
  run: ({ token }) => {
    if (String(token).length > TOKEN_LETTERS) throw { errMsg: `token length exceeds ${TOKEN_LETTERS}` }
    kept().fetchToken = String(token)
    program().host.emit('keep', { name: 'fetchToken', value: String(token) })
  },
})
defineApi('getBackgroundFetchToken', {
  source: `${SOURCE}/wx.getBackgroundFetchToken`,
  returns: ['token'],
  run: () => {
    const token = kept().fetchToken
    if (typeof token !== 'string') throw { errMsg: 'no token' }
    return { token }
  },
})
/** What came this time or, while it is on its way, the last. */
defineApi('getBackgroundFetchData', {
  source: `${SOURCE}/wx.getBackgroundFetchData`,
  params: { fetchType: 'text' },
  returns: ['fetchedData', 'path', 'query', 'scene', 'timeStamp'],
  run: ({ fetchType }) => {
    const fetched = kept().fetched as Fetched | undefined
    if (fetched?.fetchType !== String(fetchType)) throw { errMsg: 'no data' }
    return { ...fetched }
  },
})

export function listenToPrefetch(): void {
  program().host.on('fetched', (fetched: Fetched) => {
    kept().fetched = fetched
    come({ ...fetched })
  })
}
