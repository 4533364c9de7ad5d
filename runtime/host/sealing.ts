/** Storage that programs ask to be encrypted: sealed with a key of this browser that no script can read. */

const DATABASE = 'hutong-seal'
const STORE = 'keys'
/** What a sealed value's key begins with, where values are kept. */
const MARK = 'sealed\0'
/** And what is kept of a program that is not its to read. */
const OWN = 'kept\0'

let own: Promise<CryptoKey> | undefined

function key(): Promise<CryptoKey> {
  own ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  }).then(async (database) => {
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt', 'decrypt'])
    // Several pages may ask at once: the first to keep one decides.
    return new Promise<CryptoKey>((resolve, reject) => {
      const store = database.transaction(STORE, 'readwrite').objectStore(STORE)
      const known = store.get('aes')
      known.onerror = () => reject(known.error)
      known.onsuccess = () => {
        if (known.result) resolve(known.result as CryptoKey)
        else {
          store.put(made, 'aes')
          resolve(made)
        }
      }
    })
  })
  return own
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

export const sealedName = (name: string): string => MARK + name
export const keptName = (name: string): string => OWN + name

export async function seal(value: unknown): Promise<{ iv: string; text: string }> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), new TextEncoder().encode(JSON.stringify(value) ?? 'null'))
  return { iv: base64(iv), text: base64(new Uint8Array(text)) }
}

/** Everything a program stored, with what was sealed opened, and the names of what was; and what is kept of it. */
export async function unseal(stored: Record<string, unknown>): Promise<{ storage: Record<string, unknown>; sealed: string[]; kept: Record<string, unknown> }> {
  const storage: Record<string, unknown> = {}
  const sealed: string[] = []
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(stored)) {
    if (name.startsWith(OWN)) kept[name.slice(OWN.length)] = value
    else if (!name.startsWith(MARK)) storage[name] = value
  }
  for (const [name, value] of Object.entries(stored)) {
    if (!name.startsWith(MARK)) continue
    const { iv, text } = value as { iv: string; text: string }
    try {
      storage[name.slice(MARK.length)] = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(iv) }, await key(), bytes(text))))
      sealed.push(name.slice(MARK.length))
    } catch {
      // Sealed with a key that is gone: nobody can read it any more.
    }
  }
  return { storage, sealed, kept }
}
