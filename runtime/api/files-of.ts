/** The bytes behind a path of the program, for what leaves the frame. */

import { resolveUrl } from '../engine/program'
import { readFile } from './network'

const TYPES: Record<string, string> = { jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp', mp4: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime', pdf: 'application/pdf', txt: 'text/plain' }

export async function bytesOf(path: string): Promise<{ body: ArrayBuffer; type: string }> {
  const type = TYPES[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream'
  return { body: await readFile(path), type }
}

/** What the shell needs to show a picture or film: an address, or the bytes of what only this frame has. */
export async function shown(src: string, kind: 'image' | 'video'): Promise<{ url?: string; body?: ArrayBuffer; type: string }> {
  const url = resolveUrl(src)
  if (!/^(blob:|wxfile:|http:\/\/tmp)/.test(url)) return { url, type: kind }
  return { body: await readFile(src), type: kind }
}
