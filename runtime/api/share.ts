/** Sharing: the page's card, pictures, files; and what a group a card was opened in is called. */

import { program, resolveUrl } from '../engine/program'
import { currentPage } from '../engine/router'
import { defineApi, defineDirect, guard } from './define'
import { bytesOf } from './files-of'

const SHARE = 'miniprogram/share'
const host = (name: string, params: Parameters<typeof defineApi>[1]['params'] = {}): void => defineApi(name, { source: `${SHARE}/wx.${name}`, params, runsIn: 'host' })

host('showShareMenu', { withShareTicket: 'flag?', menus: 'list?' })
host('hideShareMenu', { menus: 'list?' })
host('updateShareMenu', { withShareTicket: 'flag?', isPrivateMessage: 'flag?', activityId: 'text?' })
host('authPrivateMessage', { shareTicket: 'text' })
host('getShareInfo', { shareTicket: 'text', timeout: 'number?' })

const CARD_WIDTH = 500

/** A card's picture as the shell can keep it: an address of the program's own, or a small copy of a file in the frame. */
export async function cardPicture(src: string): Promise<string> {
  const url = resolveUrl(src)
  if (!url || !/^(blob|data):/.test(url)) return url
  const image = new Image()
  image.src = url
  try {
    await image.decode()
  } catch {
    return ''
  }
  const copy = document.createElement('canvas')
  copy.width = Math.min(CARD_WIDTH, image.naturalWidth)
  copy.height = Math.round((copy.width * image.naturalHeight) / image.naturalWidth)
  copy.getContext('2d')?.drawImage(image, 0, 0, copy.width, copy.height)
  return copy.toDataURL('image/jpeg', 0.85)
}

defineApi('shareAppMessage', {
  source: `${SHARE}/wx.shareAppMessage`,
  params: { title: 'text?', path: 'text?', imageUrl: 'text?' },
  run: async ({ title = '', path = '', imageUrl = '' }) => program().host.call('shareAppMessage', { title: String(title), path: String(path), imageUrl: await cardPicture(String(imageUrl)) }),
})

const sendFile = async (path: string, kind: string, name = ''): Promise<unknown> => {
  const { body, type } = await bytesOf(path)
  return program().host.call('shareFile', { kind, type, body, name: name || path.split('/').pop()! })
}
defineApi('showShareImageMenu', { source: `${SHARE}/wx.showShareImageMenu`, params: { path: 'text' }, run: ({ path }) => sendFile(String(path), 'IMAGE') })
defineApi('shareFileMessage', { source: `${SHARE}/wx.shareFileMessage`, params: { filePath: 'text', fileName: 'text?' }, run: ({ filePath, fileName }) => sendFile(String(filePath), 'FILE', fileName === undefined ? '' : String(fileName)) })
defineApi('shareVideoMessage', { source: `${SHARE}/wx.shareVideoMessage`, params: { videoPath: 'text', thumbPath: 'text?' }, run: ({ videoPath }) => sendFile(String(videoPath), 'VIDEO') })

/** The page on screen may say what its link carries; the last to listen is asked, as each page listens while it is seen. */
const copied = new Set<() => { query?: unknown; title?: unknown } | undefined>()
defineDirect('onCopyUrl', (listener: () => undefined) => {
  if (typeof listener !== 'function') return
  copied.delete(listener)
  copied.add(listener)
})
defineDirect('offCopyUrl', (listener?: () => undefined) => (listener ? void copied.delete(listener) : copied.clear()))

const searchOf = (page: { query: object } | undefined): string => Object.entries(page?.query ?? {}).map(([key, value]) => `${key}=${value}`).join('&')

export function listenToSharing(): void {
  const { host: bridge } = program()
  bridge.on('timeline', async ({ id, asked }: { id: number; asked: boolean }) => {
    const page = currentPage()
    const instance = page?.instance as { onShareTimeline?: () => object } | undefined
    const open = typeof instance?.onShareTimeline === 'function'
    let said: { title?: unknown; query?: unknown; imageUrl?: unknown } | undefined
    if (open && asked) guard(() => (said = instance.onShareTimeline!()), undefined)
    const query = String(said?.query ?? searchOf(page))
    bridge.emit('timelineContent', { id, open, title: String(said?.title ?? ''), path: `${page?.path ?? ''}${query ? `?${query}` : ''}`, imageUrl: said ? await cardPicture(String(said.imageUrl ?? '')) : '' })
  })
  bridge.on('copyUrl', ({ id }: { id: number }) => {
    const page = currentPage()
    const search = searchOf(page)
    let said: { query?: unknown; title?: unknown } | undefined
    const asked = [...copied].at(-1)
    if (asked) guard(() => (said = asked()), undefined)
    bridge.emit('copiedUrl', { id, path: page?.path ?? '', query: String(said?.query ?? search), title: String(said?.title ?? '') })
  })
}
