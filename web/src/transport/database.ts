/** What a person's app keeps on this device: one IndexedDB per profile and person. Without one, it keeps nothing. */
import { profiled } from './profile'

export type StoreName = 'conversations' | 'messages' | 'outbox' | 'contacts' | 'people' | 'state' | 'storage' | 'files'

const VERSION = 3 // grows with every store that is added
const KEYS: Record<StoreName, string | string[]> = {
  conversations: 'conversation_id',
  messages: ['conversation_id', 'seq'],
  outbox: 'client_id',
  contacts: 'user_id',
  people: 'user_id',
  state: 'name',
  storage: ['appid', 'key'],
  files: ['appid', 'path'],
}

export class Database {
  private readonly opened: Promise<IDBDatabase | null>

  constructor(userId: string) {
    this.opened = open(profiled(userId))
  }

  async get<T>(store: StoreName, key: IDBValidKey): Promise<T | undefined> {
    return this.read(store, (from) => from.get(key) as IDBRequest<T | undefined>, undefined)
  }

  async all<T>(store: StoreName, range?: IDBKeyRange): Promise<T[]> {
    return this.read(store, (from) => from.getAll(range) as IDBRequest<T[]>, [])
  }

  async put(store: StoreName, ...rows: object[]): Promise<void> {
    if (rows.length > 0) await this.write(store, (into) => rows.forEach((row) => into.put(plain(row))))
  }

  async delete(store: StoreName, key: IDBValidKey | IDBKeyRange): Promise<void> {
    await this.write(store, (from) => from.delete(key))
  }

  async clear(store: StoreName): Promise<void> {
    await this.write(store, (from) => from.clear())
  }

  async close(): Promise<void> {
    ;(await this.opened)?.close()
  }

  private async read<T>(store: StoreName, ask: (from: IDBObjectStore) => IDBRequest<T>, otherwise: T): Promise<T> {
    const database = await this.opened
    if (database === null) return otherwise
    return new Promise((resolve) => {
      try {
        const asked = ask(database.transaction(store).objectStore(store))
        asked.onsuccess = () => resolve(asked.result)
        asked.onerror = () => resolve(otherwise)
      } catch {
        resolve(otherwise)
      }
    })
  }

  private async write(store: StoreName, act: (into: IDBObjectStore) => unknown): Promise<void> {
    const database = await this.opened
    if (database === null) return
    return new Promise((resolve) => {
      try {
        const transaction = database.transaction(store, 'readwrite')
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => resolve()
        act(transaction.objectStore(store))
      } catch {
        resolve()
      }
    })
  }
}

/** Rows as they were declared, without what Vue wraps around them. Blobs stay themselves. */
function plain(row: object): object {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    copy[name] = value instanceof Blob || typeof value !== 'object' ? value : (JSON.parse(JSON.stringify(value)) as unknown)
  }
  return copy
}

function open(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open(name, VERSION)
      asked.onupgradeneeded = () => {
        for (const [store, keyPath] of Object.entries(KEYS)) {
          if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store, { keyPath })
        }
      }
      asked.onsuccess = () => resolve(asked.result)
      asked.onerror = () => resolve(null)
    } catch {
      resolve(null)
    }
  })
}

export function forget(userId: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.deleteDatabase(profiled(userId))
      asked.onsuccess = asked.onerror = asked.onblocked = () => resolve()
    } catch {
      resolve()
    }
  })
}
