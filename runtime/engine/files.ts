/**
 * The files a program has: temporary ones, saved ones, its own folder. All of them are in memory here, so
 * that the synchronous calls can be; what lasts is told to the host, which keeps it behind.
 */

export const USER = 'wxfile://usr'
const STORE = 'wxfile://store_'
const TEMPORARY = 'wxfile://tmp_'
/** The published limits: everything that lasts, and one file read or written at once. */
export const TOTAL_BYTES = 200 * 1024 * 1024
export const FILE_BYTES = 100 * 1024 * 1024
const LONGEST_PATH = 1024

/** A file as the host keeps it; a folder has no body. Moments are in milliseconds. */
export interface StoredFile {
  path: string
  body: ArrayBuffer | null
  modified: number
}

interface Folder {
  body: null
  accessed: number
  modified: number
}

interface File {
  body: Uint8Array<ArrayBuffer>
  type: string
  accessed: number
  modified: number
  url?: string
}

export type Node = Folder | File

/** A refusal with its published number; the name of the call is put before it. */
export function refusal(errno: number, errMsg: string): { errMsg: string; errno: number } {
  return { errMsg, errno }
}

export const missing = (path: string, verb?: string): object => refusal(1300002, verb ? `no such file or directory, ${verb} ${path}` : `no such file or directory ${path}`)
export const forbidden = (path: string, verb = 'open'): object => refusal(1300013, `permission denied, ${verb} ${path}`)

const nodes = new Map<string, Node>()
let lasting = 0
let number = 0
const changed = new Set<string>()
let save: (file: StoredFile | { path: string; gone: true }) => void = () => {}

/** What the host kept from before, and how it is told of what changes. */
export function mount(kept: StoredFile[], tell: typeof save): void {
  save = tell
  const now = Date.now()
  nodes.set(USER, { body: null, accessed: now, modified: now })
  for (const { path, body, modified } of kept) {
    nodes.set(path, body ? { body: new Uint8Array(body), type: '', accessed: modified, modified } : { body: null, accessed: modified, modified })
    lasting += body?.byteLength ?? 0
  }
}

export const isFolder = (node: Node | undefined): node is Folder => node !== undefined && node.body === null
export const isFile = (node: Node | undefined): node is File => node !== undefined && node.body !== null
export const isSaved = (path: string): boolean => path.startsWith(STORE)
const isTemporary = (path: string): boolean => path.startsWith(TEMPORARY)
/** Within the program's own folder: where it may make and change what it likes. */
export const isOwn = (path: string): boolean => path === USER || path.startsWith(`${USER}/`)
const lasts = (path: string): boolean => isOwn(path) || isSaved(path)

/** A path of this frame in its one form, or undefined: then it is a file of the program's package. */
export function local(path: unknown): string | undefined {
  const text = String(path)
  const found = /^(?:wxfile|https?):\/\/(usr(?=\/|$)|store_|tmp_)(.*)$/s.exec(text.replace(/^https?:\/\/(tmp|store)\//, 'wxfile://$1_'))
  if (!found) return undefined
  if (text.length > LONGEST_PATH) throw refusal(1300036, 'File name too long')
  if (found[1] !== 'usr') return `wxfile://${found[1]}${found[2]}`
  const parts: string[] = []
  for (const part of found[2]!.split('/')) {
    if (part === '..') {
      if (!parts.length) throw refusal(1301000, `permission denied, cannot access file path ${text}`)
      parts.pop()
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return [USER, ...parts].join('/')
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

export function at(path: string): Node | undefined {
  return nodes.get(path)
}

export function paths(): IterableIterator<string> {
  return nodes.keys()
}

/** The names directly within a folder. */
export function namesIn(folder: string): string[] {
  const out: string[] = []
  for (const path of nodes.keys()) if (path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/')) out.push(path.slice(folder.length + 1))
  return out.sort()
}

function room(path: string, more: number): void {
  if (lasts(path) && lasting + more > TOTAL_BYTES) throw refusal(1300202, 'the maximum size of the file storage limit is exceeded')
}

/** Write a file whole; the folder it is in must be there. */
export function put(path: string, body: Uint8Array<ArrayBuffer>, type = ''): void {
  const before = nodes.get(path)
  const more = body.byteLength - (before?.body?.byteLength ?? 0)
  room(path, more)
  if (isFile(before) && before.url) URL.revokeObjectURL(before.url)
  const now = Date.now()
  nodes.set(path, { body, type: type || (isFile(before) ? before.type : ''), accessed: now, modified: now })
  if (lasts(path)) {
    lasting += more
    keep(path)
  }
}

export function makeFolder(path: string): void {
  const now = Date.now()
  nodes.set(path, { body: null, accessed: now, modified: now })
  keep(path)
}

export function drop(path: string): void {
  const node = nodes.get(path)
  if (!node) return
  nodes.delete(path)
  if (isFile(node) && node.url) URL.revokeObjectURL(node.url)
  if (!lasts(path)) return
  lasting -= node.body?.byteLength ?? 0
  keep(path)
}

/** A path changed: the host hears of it once this turn is over, however often it changed. */
function keep(path: string): void {
  if (!changed.size) {
    queueMicrotask(() => {
      for (const one of changed) {
        const node = nodes.get(one)
        save(node ? { path: one, body: node.body ? node.body.slice().buffer : null, modified: node.modified } : { path: one, gone: true })
      }
      changed.clear()
    })
  }
  changed.add(path)
}

function fresh(prefix: string, extension: string): string {
  number += 1
  return `${prefix}${Date.now().toString(36)}${number}${extension}`
}

/** Keep bytes under a temporary path, which ends with the frame. */
export function keepFile(body: ArrayBuffer, type: string, extension = ''): string {
  const path = fresh(TEMPORARY, extension)
  put(path, new Uint8Array(body), type)
  return path
}

/** Turn a temporary file into a saved one. */
export function saveTemporary(path: string): string {
  const node = nodes.get(path)
  if (!isFile(node) || !isTemporary(path)) throw refusal(1301112, 'tempFilePath file not exist')
  const saved = fresh(STORE, /\.\w+$/.exec(path)?.[0] ?? '')
  put(saved, node.body, node.type)
  drop(path)
  return saved
}

/** The bytes of a file of this frame. */
export function readFile(path: string): Promise<ArrayBuffer> {
  const node = nodes.get(local(path) ?? '')
  return isFile(node) ? Promise.resolve(node.body.slice().buffer) : Promise.reject({ errMsg: 'file not exists' })
}

const TYPES: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', svg: 'image/svg+xml', mp3: 'audio/mpeg', m4a: 'audio/mp4', aac: 'audio/aac', wav: 'audio/wav', mp4: 'video/mp4', webm: 'video/webm', ttf: 'font/ttf', woff: 'font/woff', woff2: 'font/woff2' }

/** What kind of file a path is: as it was said when it came, or by its name. */
export function fileType(path: string): string {
  const node = nodes.get(local(path) ?? '')
  return (isFile(node) && node.type) || TYPES[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] || ''
}

/** An address the browser can show a file by; it stays inside this frame. */
export function fileUrl(path: string): string | undefined {
  let known: string | undefined
  try {
    known = local(path)
  } catch {
    return undefined
  }
  const node = known === undefined ? undefined : nodes.get(known)
  if (!isFile(node)) return undefined
  return (node.url ??= URL.createObjectURL(new Blob([node.body], { type: fileType(path) })))
}
