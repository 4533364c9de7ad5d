/** What programs store, in the own database of whoever is signed in here. */
import type { ProgramStorage } from 'runtime/host'

import { home } from '@/transport/home'

/** A page that stands alone has nothing of what its program stored, and leaves nothing. */
export const keepsNothing: ProgramStorage = { load: () => Promise.resolve({}), save: () => undefined }

export const storage: ProgramStorage = {
  load: async (appid) => {
    const rows = await home().all<{ key: string; value: unknown }>('storage', IDBKeyRange.bound([appid], [appid, []]))
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
  },
  save: (appid, key, value) => {
    if (key === undefined) void home().delete('storage', IDBKeyRange.bound([appid], [appid, []]))
    else if (value === undefined) void home().delete('storage', [appid, key])
    else void home().put('storage', { appid, key, value })
  },
  files: {
    load: async (appid) => {
      const rows = await home().all<{ path: string; body: Blob | null; modified: number }>('files', IDBKeyRange.bound([appid], [appid, []]))
      return Promise.all(rows.map(async ({ path, body, modified }) => ({ path, body: body === null ? null : await body.arrayBuffer(), modified })))
    },
    save: (appid, change) => {
      if ('gone' in change) void home().delete('files', [appid, change.path])
      else void home().put('files', { appid, ...change, body: change.body === null ? null : new Blob([change.body]) })
    },
  },
}
