/** Files: sent as multipart, shown from signed addresses that end. */
import { reactive } from 'vue'

import { signAddresses, type FileKind, type Kept } from '@/api'

import { asSignedIn } from './call'
import { request } from './request'

const GOOD_FOR_MS = 11 * 60 * 60 * 1000 // an address lives twelve hours at least
const MOST = 200

const addresses = reactive(new Map<string, { url: string; until: number }>())
const wanted = new Set<string>()

export async function upload(file: Blob, kind: FileKind, name = 'file'): Promise<Kept> {
  const form = new FormData()
  form.set('kind', kind)
  form.set('file', file, name)
  const kept = await asSignedIn((token) => request<Kept>('POST', '/media', { token, body: form }))
  noteAddresses({ [kept.media]: kept.url })
  return kept
}

/** What the server told along with something else. */
export function noteAddresses(urls: Record<string, string>): void {
  const until = Date.now() + GOOD_FOR_MS
  for (const [handle, url] of Object.entries(urls)) if (url !== '') addresses.set(handle, { url, until })
}

/** The address of a handle, or empty until it is known; asked for with whatever else is asked for now. */
export function addressOf(handle: string, size: 'small' | 'whole' = 'whole'): string {
  if (handle === '') return ''
  const known = addresses.get(handle)
  if (known === undefined || known.until < Date.now()) {
    if (wanted.size === 0) queueMicrotask(() => void fetchWanted())
    wanted.add(handle)
    if (known === undefined) return ''
  }
  return size === 'small' ? small(known.url) : known.url
}

/** The thumbnail's address of a picture's address. */
export function small(url: string): string {
  return url.includes('?') ? `${url}&size=small` : url
}

async function fetchWanted(): Promise<void> {
  const handles = [...wanted].slice(0, MOST)
  handles.forEach((handle) => wanted.delete(handle))
  if (wanted.size > 0) queueMicrotask(() => void fetchWanted())
  try {
    noteAddresses((await signAddresses({ media: handles })).urls)
  } catch {
    // Without a network the picture stays out; whoever draws it again asks again.
  }
}
