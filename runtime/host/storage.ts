/** What programs store, kept per person in the browser. Programs' frames have no storage of their own. */

import { browserFiles, type ProgramFiles } from './files'
import { seal, sealedName } from './sealing'

export interface ProgramStorage {
  load: (appid: string) => Promise<Record<string, unknown>>
  /** A value, or undefined to remove the key; no key clears the program's. */
  save: (appid: string, key: string | undefined, value: unknown) => void
  /** What they save as files; a shell without a place for them keeps none beyond a visit. */
  files?: ProgramFiles
}

/** Keep one key: in the open or sealed, never both. */
export function keepValue(storage: ProgramStorage, appid: string, key: string | undefined, value: unknown, sealed = false): void {
  if (key === undefined) {
    storage.save(appid, undefined, undefined)
    return
  }
  storage.save(appid, key, sealed ? undefined : value)
  if (sealed && value !== undefined) void seal(value).then((kept) => storage.save(appid, sealedName(key), kept))
  else storage.save(appid, sealedName(key), undefined)
}

const STORE = 'values'

/** In IndexedDB under this profile's own name, so that several people live side by side. */
export function browserStorage(profile: string): ProgramStorage {
  const opened = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`hutong-programs-${profile}`, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const within = (appid: string): IDBKeyRange => IDBKeyRange.bound([appid], [appid, []])
  return {
    files: browserFiles(profile),
    async load(appid) {
      const store = (await opened).transaction(STORE).objectStore(STORE)
      const out: Record<string, unknown> = {}
      return new Promise((resolve, reject) => {
        const cursor = store.openCursor(within(appid))
        cursor.onerror = () => reject(cursor.error)
        cursor.onsuccess = () => {
          const at = cursor.result
          if (!at) resolve(out)
          else {
            out[(at.key as [string, string])[1]] = at.value
            at.continue()
          }
        }
      })
    },
    save(appid, key, value) {
      // One after the other: each write begins after the database is open, in the order asked.
      void opened.then((database) => {
        const store = database.transaction(STORE, 'readwrite').objectStore(STORE)
        if (key === undefined) store.delete(within(appid))
        else if (value === undefined) store.delete([appid, key])
        else store.put(value, [appid, key])
      })
    },
  }
}
