/** The files programs have saved, kept per person in the browser, and those of their packages. */

import type { Boot } from '../bridge/boot'

export interface StoredFile {
  path: string
  body: ArrayBuffer | null
  modified: number
}

type Change = StoredFile | { path: string; gone: true }

export interface ProgramFiles {
  load: (appid: string) => Promise<StoredFile[]>
  save: (appid: string, change: Change) => void
}

const STORE = 'files'
/** The published limit, with room for a write that is on its way when another was refused. */
const TOTAL_BYTES = 210 * 1024 * 1024
const MOST_FILES = 20_000
const PATH = /^wxfile:\/\/(usr\/|store_)[^\0]{1,1000}$/

/** Looks at what a frame says of its files: nothing malformed, too large or too many gets by. */
export class FileKeeper {
  private readonly sizes = new Map<string, number>()
  private total = 0

  constructor(kept: StoredFile[]) {
    for (const { path, body } of kept) this.count(path, body?.byteLength ?? 0)
  }

  fit(change: unknown): Change | undefined {
    const { path, body, gone } = (typeof change === 'object' && change !== null ? change : {}) as { path?: unknown; body?: unknown; gone?: unknown }
    if (typeof path !== 'string' || !PATH.test(path)) return undefined
    if (gone === true) {
      this.total -= this.sizes.get(path) ?? 0
      this.sizes.delete(path)
      return { path, gone }
    }
    if (body !== null && !(body instanceof ArrayBuffer)) return undefined
    const bytes = body?.byteLength ?? 0
    if (this.total - (this.sizes.get(path) ?? 0) + bytes > TOTAL_BYTES) return undefined
    if (!this.sizes.has(path) && this.sizes.size >= MOST_FILES) return undefined
    this.count(path, bytes)
    return { path, body, modified: Date.now() }
  }

  private count(path: string, bytes: number): void {
    this.total += bytes - (this.sizes.get(path) ?? 0)
    this.sizes.set(path, bytes)
  }
}

/** In IndexedDB under this profile's own name, so that several people live side by side. */
export function browserFiles(profile: string): ProgramFiles {
  const opened = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`hutong-files-${profile}`, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return {
    async load(appid) {
      const store = (await opened).transaction(STORE).objectStore(STORE)
      const out: StoredFile[] = []
      return new Promise((resolve, reject) => {
        const cursor = store.openCursor(IDBKeyRange.bound([appid], [appid, []]))
        cursor.onerror = () => reject(cursor.error)
        cursor.onsuccess = () => {
          const at = cursor.result
          if (!at) resolve(out)
          else {
            out.push({ path: (at.key as [string, string])[1], ...(at.value as { body: ArrayBuffer | null; modified: number }) })
            at.continue()
          }
        }
      })
    },
    save(appid, change) {
      void opened.then((database) => {
        const store = database.transaction(STORE, 'readwrite').objectStore(STORE)
        if ('gone' in change) store.delete([appid, change.path])
        else store.put({ body: change.body, modified: change.modified }, [appid, change.path])
      })
    },
  }
}

/** The bytes of a file of a program's package. */
export async function packagedFile(boot: Boot, path: string): Promise<ArrayBuffer> {
  const asset = Object.hasOwn(boot.manifest.assets, path) ? boot.manifest.assets[path] : undefined
  if (asset === undefined) throw { errMsg: `no such file or directory, open ${path}`, errno: 1300002 }
  const answer = await fetch(boot.base + asset)
  if (!answer.ok) throw { errMsg: 'Input/output error', errno: 1300005 }
  return answer.arrayBuffer()
}

/** What a browser shows or plays it reads by its address; the rest programs may want at once. */
const SHOWN = /\.(png|jpe?g|gif|svg|webp|ico|bmp|mp3|mp4|m4a|aac|wav|ogg|silk|ttf|otf|woff2?)$/i
const MOST_AT_ONCE = 64

/** The files of a package that calls answering at once may read: those that are neither seen nor heard. */
export async function packagedFiles(boot: Boot): Promise<Record<string, ArrayBuffer>> {
  const wanted = Object.keys(boot.manifest.assets).filter((path) => !SHOWN.test(path)).slice(0, MOST_AT_ONCE)
  const bodies = await Promise.all(wanted.map(async (path) => [path, await packagedFile(boot, path).catch(() => null)] as const))
  return Object.fromEntries(bodies.filter((one): one is [string, ArrayBuffer] => one[1] !== null))
}

const DOCUMENTS: Record<string, string> = {
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
}

/** Give a document to the person as a file: a program's bytes are never shown at our own address. */
export function handOver({ name, extension, body }: { name: string; extension: string; body: ArrayBuffer }): Promise<void> {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([body], { type: DOCUMENTS[extension] ?? 'application/octet-stream' }))
  link.download = name.endsWith(`.${extension}`) ? name : `${name}.${extension}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return Promise.resolve()
}
