/** wx.getFileSystemManager and the older calls about files, over the files of `engine/files.ts`. */

import * as files from '../engine/files'
import { forbidden, isFile, isFolder, isOwn, local, missing as absent, parentOf, refusal } from '../engine/files'
import { part } from '../engine/parts'
import { program } from '../engine/program'
import type * as Archives from '../parts/archives'
import type * as Brotli from '../parts/brotli'
import { atOnce, defineApi, defineDirect, defineObject, invoke, type Param } from './define'

const SOURCE = 'miniprogram/file'

// ── text and bytes ───────────────────────────────────────────────────────────────────────────────────────

const ENCODINGS = ['ascii', 'base64', 'binary', 'hex', 'ucs2', 'ucs-2', 'utf16le', 'utf-16le', 'utf-8', 'utf8', 'latin1']

function encoded(bytes: Uint8Array, encoding: unknown): string | ArrayBuffer {
  if (!encoding) return bytes.slice().buffer as ArrayBuffer
  switch (String(encoding).toLowerCase()) {
    case 'utf-8':
    case 'utf8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    case 'ucs2':
    case 'ucs-2':
    case 'utf16le':
    case 'utf-16le':
      return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes)
    case 'hex':
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    case 'ascii':
      return letters(bytes, 0x7f)
    case 'base64':
      return btoa(letters(bytes))
    case 'binary':
    case 'latin1':
      return letters(bytes)
    default:
      throw refusal(1300022, `invalid encoding "${String(encoding)}"`)
  }
}

function letters(bytes: Uint8Array, mask = 0xff): string {
  let out = ''
  for (let from = 0; from < bytes.length; from += 0x4000) out += String.fromCharCode(...bytes.subarray(from, from + 0x4000).map((byte) => byte & mask))
  return out
}

function decoded(data: unknown, encoding: unknown = 'utf8'): Uint8Array<ArrayBuffer> {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0))
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer)
  const text = String(data)
  const name = String(encoding || 'utf8').toLowerCase()
  if (!ENCODINGS.includes(name)) throw refusal(1300022, `invalid encoding "${name}"`)
  if (name === 'hex') return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16))
  if (name === 'base64') {
    try {
      return Uint8Array.from(atob(text.replace(/\s/g, '')), (letter) => letter.charCodeAt(0))
    } catch {
      throw refusal(1300203, 'base64 encode error')
    }
  }
  if (name === 'ascii' || name === 'latin1' || name === 'binary') return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & (name === 'ascii' ? 0x7f : 0xff))
  if (name.startsWith('ucs') || name.startsWith('utf16') || name.startsWith('utf-16')) return utf16(text)
  return new TextEncoder().encode(text)
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), true)
  return new Uint8Array(view.buffer)
}

// ── looking ──────────────────────────────────────────────────────────────────────────────────────────────

/** A file of the program's own package, if the host sent its bytes along. */
function packaged(path: string): Uint8Array<ArrayBuffer> | undefined {
  const found = program().boot.packaged?.[path.replace(/^\.?\//, '')]
  return found && new Uint8Array(found)
}

const inPackage = (path: string): boolean => path.replace(/^\.?\//, '') in program().boot.manifest.assets

function bytesOf(path: unknown, verb?: string): Uint8Array<ArrayBuffer> {
  const known = local(path)
  if (known === undefined) {
    const found = packaged(String(path))
    if (found) return found
    throw absent(String(path), verb)
  }
  const node = files.at(known)
  if (isFolder(node)) throw refusal(1301003, `illegal operation on a directory, open "${String(path)}"`)
  if (!isFile(node)) throw absent(String(path), verb)
  node.accessed = Date.now()
  return node.body
}

/** The bytes of a file, also of one of the package that the host has not sent yet. */
async function fetched(path: unknown, verb?: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = String(path)
  if (local(path) === undefined && !packaged(text) && inPackage(text)) {
    return new Uint8Array((await program().host.call('readPackaged', { path: text.replace(/^\.?\//, '') })) as ArrayBuffer)
  }
  return bytesOf(path, verb)
}

function slice(bytes: Uint8Array<ArrayBuffer>, position: unknown, length: unknown): Uint8Array<ArrayBuffer> {
  const from = position === undefined ? 0 : Number(position)
  if (!Number.isInteger(from) || from < 0 || (from > 0 && from >= bytes.length)) throw refusal(1301009, 'value of position is out of range')
  const count = length === undefined ? bytes.length - from : Number(length)
  if (!Number.isInteger(count) || count < 0 || (length !== undefined && (count < 1 || from + count > bytes.length))) throw refusal(1301006, 'value of length is out of range')
  if (count > files.FILE_BYTES) throw refusal(1300202, 'the maximum size of the file storage limit is exceeded')
  return bytes.subarray(from, from + count)
}

/** The published Stats; moments are in seconds. */
export class Stats {
  readonly mode: number
  readonly size: number
  readonly lastAccessedTime: number
  readonly lastModifiedTime: number
  readonly #folder: boolean

  constructor(node: files.Node) {
    this.#folder = isFolder(node)
    this.mode = this.#folder ? 0o40755 : 0o100644
    this.size = node.body?.byteLength ?? 0
    this.lastAccessedTime = Math.floor(node.accessed / 1000)
    this.lastModifiedTime = Math.floor(node.modified / 1000)
  }

  isDirectory(): boolean {
    return this.#folder
  }

  isFile(): boolean {
    return !this.#folder
  }
}

function nodeAt(path: unknown, verb?: string): files.Node {
  const known = local(path)
  if (known === undefined) {
    const body = packaged(String(path))
    if (body) return { body, type: '', accessed: 0, modified: 0 }
    throw absent(String(path), verb)
  }
  const node = files.at(known)
  if (!node) throw absent(String(path), verb)
  return node
}

/** A path the program may change: in its own folder, below a folder that is there. */
function changeable(path: unknown, verb = 'open'): string {
  const known = local(path)
  if (known === undefined || !isOwn(known) || known === files.USER) throw forbidden(String(path), verb)
  return known
}

function writable(path: unknown): string {
  const known = changeable(path)
  if (isFolder(files.at(known))) throw refusal(1301003, `illegal operation on a directory, open "${String(path)}"`)
  if (!isFolder(files.at(parentOf(known)))) throw absent(String(path), 'open')
  return known
}

function under(folder: string): string[] {
  return [...files.paths()].filter((path) => path.startsWith(`${folder}/`))
}

// ── open files ───────────────────────────────────────────────────────────────────────────────────────────

interface Open {
  path: string
  reads: boolean
  writes: boolean
  appends: boolean
  position: number
}

const FLAGS: Record<string, { reads: boolean; writes: boolean; appends: boolean; makes: boolean; empties: boolean; only: boolean }> = {}
for (const [letter, plus] of [['a', ''], ['a', '+'], ['w', ''], ['w', '+'], ['r', ''], ['r', '+']] as const) {
  for (const mark of letter === 'r' ? [''] : ['', 'x', ...(letter === 'a' ? ['s'] : [])]) {
    FLAGS[`${letter}${mark}${plus}`] = { reads: letter === 'r' || plus === '+', writes: letter !== 'r' || plus === '+', appends: letter === 'a', makes: letter !== 'r', empties: letter === 'w', only: mark === 'x' }
  }
}

const open = new Map<string, Open>()
const MOST_OPEN = 100
let lastFd = 0

function opened(fd: unknown): Open {
  const found = open.get(String(fd))
  if (!found) throw refusal(1300009, 'bad file descriptor')
  return found
}

function openFile({ filePath, flag = 'r' }: { filePath: unknown; flag?: string }): string {
  const how = FLAGS[flag]
  if (!how) throw refusal(1302003, `invalid flag "${flag}"`)
  if (open.size >= MOST_OPEN) throw refusal(1302002, 'exceed max concurrent fd limit')
  let path = local(filePath)
  if (path === undefined && !how.writes) bytesOf(filePath, 'open')
  if (how.writes) path = changeable(filePath)
  const node = path === undefined ? undefined : files.at(path)
  if (isFolder(node)) throw refusal(1301003, `illegal operation on a directory, open "${String(filePath)}"`)
  if (path !== undefined && !node) {
    if (!how.makes) throw absent(`"${String(filePath)}"`)
    files.put(writable(filePath), new Uint8Array(0))
  } else if (node && how.only) throw refusal(1301005, `file already exists "${String(filePath)}"`)
  else if (node && how.empties) files.put(path!, new Uint8Array(0))
  lastFd += 1
  open.set(String(lastFd), { path: path ?? String(filePath), reads: how.reads, writes: how.writes, appends: how.appends, position: 0 })
  return String(lastFd)
}

function readOpen({ fd, arrayBuffer, offset = 0, length, position }: { fd: unknown; arrayBuffer: unknown; offset?: number; length?: number; position?: number | null }): { bytesRead: number; arrayBuffer: ArrayBuffer } {
  const file = opened(fd)
  if (!file.reads) throw refusal(1300001, 'operation not permitted, read')
  if (!(arrayBuffer instanceof ArrayBuffer)) throw refusal(1302005, 'array buffer does not exist')
  if (offset < 0 || offset > arrayBuffer.byteLength) throw refusal(1301007, 'value of offset is out of range')
  const count = length ?? arrayBuffer.byteLength - offset
  if (count < 0 || offset + count > arrayBuffer.byteLength) throw refusal(1301006, 'value of length is out of range')
  const bytes = bytesOf(file.path)
  const from = position ?? file.position
  if (from < 0) throw refusal(1301009, 'value of position is out of range')
  const part = bytes.subarray(from, from + count)
  new Uint8Array(arrayBuffer).set(part, offset)
  if (position === undefined || position === null) file.position += part.length
  return { bytesRead: part.length, arrayBuffer }
}

function writeOpen({ fd, data, offset = 0, length, encoding, position }: { fd: unknown; data: unknown; offset?: number; length?: number; encoding?: string; position?: number | null }): { bytesWritten: number } {
  const file = opened(fd)
  if (!file.writes) throw refusal(1300001, 'operation not permitted, write')
  if (data === undefined || data === null) throw refusal(1301002, 'data to write is empty')
  let bytes = decoded(data, encoding)
  if (typeof data !== 'string') {
    if (offset < 0 || offset > bytes.length) throw refusal(1301007, 'value of offset is out of range')
    if (length !== undefined && (length < 0 || offset + length > bytes.length)) throw refusal(1301006, 'value of length is out of range')
    bytes = bytes.subarray(offset, length === undefined ? undefined : offset + length)
  }
  const before = bytesOf(file.path)
  const from = file.appends ? before.length : (position ?? file.position)
  if (from < 0) throw refusal(1301009, 'value of position is out of range')
  const after = new Uint8Array(Math.max(before.length, from + bytes.length))
  after.set(before)
  after.set(bytes, from)
  files.put(file.path, after)
  if (position === undefined || position === null) file.position = from + bytes.length
  return { bytesWritten: bytes.length }
}

function resize(path: string, length = 0): void {
  if (!Number.isInteger(length) || length < 0) throw refusal(1301006, 'value of length is out of range')
  const before = bytesOf(path, 'open')
  const after = new Uint8Array(length)
  after.set(before.subarray(0, length))
  files.put(path, after)
}

// ── what each call does ──────────────────────────────────────────────────────────────────────────────────

function makeFolder({ dirPath, recursive = false }: any): void {
  const path = changeable(dirPath)
  const there = files.at(path)
  if (there) {
    if (recursive && isFolder(there)) return
    throw refusal(1301005, `file already exists ${dirPath}`)
  }
  const above = files.at(parentOf(path))
  if (isFile(above)) throw refusal(1300020, `not a directory ${dirPath}`)
  if (!above) {
    if (!recursive) throw absent(dirPath)
    makeFolder({ dirPath: parentOf(path), recursive })
  }
  files.makeFolder(path)
}

type Entry = { path: string; stats: Stats }

const run = {
  access: ({ path }: any): void => void (local(path) === undefined && inPackage(String(path)) ? undefined : nodeAt(path)),
  appendFile: ({ filePath, data, encoding }: any): void => {
    const path = writable(filePath)
    const before = isFile(files.at(path)) ? bytesOf(path) : new Uint8Array(0)
    const more = decoded(data, encoding)
    const after = new Uint8Array(before.length + more.length)
    after.set(before)
    after.set(more, before.length)
    files.put(path, after)
  },
  close: ({ fd }: any): void => {
    opened(fd)
    open.delete(String(fd))
  },
  copyFile: ({ srcPath, destPath }: any): void => {
    const verb = `copyFile ${srcPath} ->`
    const bytes = bytesOf(srcPath, verb)
    const target = changeable(destPath, verb)
    if (isFolder(files.at(target))) throw refusal(1301003, `illegal operation on a directory, open "${destPath}"`)
    if (!isFolder(files.at(parentOf(target)))) throw absent(destPath, verb)
    files.put(target, bytes.slice())
  },
  fstat: ({ fd }: any): { stats: Stats } => ({ stats: new Stats(nodeAt(opened(fd).path)) }),
  ftruncate: ({ fd, length }: any): void => {
    const file = opened(fd)
    if (!file.writes) throw refusal(1300001, 'operation not permitted, ftruncate')
    resize(file.path, length)
  },
  getSavedFileList: (): { fileList: { filePath: string; size: number; createTime: number }[] } => ({
    fileList: [...files.paths()].filter(files.isSaved).map((filePath) => ({ filePath, size: bytesOf(filePath).length, createTime: Math.floor(files.at(filePath)!.modified / 1000) })),
  }),
  mkdir: makeFolder,
  open: (options: any): { fd: string } => ({ fd: openFile(options) }),
  read: readOpen,
  readdir: ({ dirPath }: any): { files: string[] } => {
    const node = nodeAt(dirPath)
    if (!isFolder(node)) throw refusal(1300020, `not a directory ${dirPath}`)
    return { files: files.namesIn(local(dirPath)!) }
  },
  removeSavedFile: ({ filePath }: any): void => {
    const path = local(filePath)
    if (path === undefined || !files.isSaved(path) || !files.at(path)) throw refusal(1300002, 'file not exist')
    files.drop(path)
  },
  rename: ({ oldPath, newPath }: any): void => {
    const verb = `rename ${oldPath} ->`
    const from = changeable(oldPath, verb)
    const to = changeable(newPath, verb)
    const node = files.at(from)
    if (!node || !isFolder(files.at(parentOf(to)))) throw absent(newPath, verb)
    if (to === from) return
    if (to.startsWith(`${from}/`)) throw refusal(1300022, `Invalid argument, ${verb} ${newPath}`)
    if (isFolder(files.at(to)) && files.namesIn(to).length) throw refusal(1300066, 'directory not empty')
    for (const path of [from, ...under(from)]) {
      const moved = files.at(path)!
      const target = to + path.slice(from.length)
      files.drop(target)
      if (isFile(moved)) {
        const { body, type } = moved
        files.drop(path)
        files.put(target, body, type)
      } else {
        files.makeFolder(target)
      }
    }
    if (isFolder(node)) for (const path of [...under(from), from]) files.drop(path)
  },
  rmdir: ({ dirPath, recursive = false }: any): void => {
    const path = changeable(dirPath)
    const node = files.at(path)
    if (!node) throw absent(dirPath)
    if (!isFolder(node)) throw refusal(1300020, `not a directory ${dirPath}`)
    const within = under(path)
    if (within.length && !recursive) throw refusal(1300066, 'directory not empty')
    for (const one of [...within, path]) files.drop(one)
  },
  saveFile: ({ tempFilePath, filePath }: any): { savedFilePath: string } => {
    const path = local(tempFilePath)
    if (path === undefined || !isFile(files.at(path))) throw refusal(1301112, 'tempFilePath file not exist')
    if (filePath === undefined) return { savedFilePath: files.saveTemporary(path) }
    const target = writable(filePath)
    files.put(target, bytesOf(path))
    if (!isOwn(path)) files.drop(path)
    return { savedFilePath: String(filePath) }
  },
  stat: ({ path, recursive = false }: any): { stats: Stats | Entry[] } => {
    const node = nodeAt(path)
    if (!recursive || !isFolder(node)) return { stats: new Stats(node) }
    const folder = local(path)!
    return { stats: [{ path: '/', stats: new Stats(node) }, ...under(folder).sort().map((one) => ({ path: one.slice(folder.length), stats: new Stats(files.at(one)!) }))] }
  },
  truncate: ({ filePath, length }: any): void => {
    const path = changeable(filePath)
    if (!files.at(path)) throw absent(filePath, 'open')
    resize(path, length)
  },
  unlink: ({ filePath }: any): void => {
    const path = local(filePath)
    if (path === undefined) throw forbidden(filePath)
    const node = files.at(path)
    if (!node) throw absent(filePath)
    if (isFolder(node)) throw refusal(1300001, `operation not permitted, unlink ${filePath}`)
    files.drop(path)
  },
  write: writeOpen,
  writeFile: ({ filePath, data, encoding }: any): void => {
    if (data === undefined || data === null) throw refusal(1301002, 'data to write is empty')
    files.put(writable(filePath), decoded(data, encoding))
  },
}

// ── zip and brotli ───────────────────────────────────────────────────────────────────────────────────────

const LARGEST_UNPACKED = files.TOTAL_BYTES

/** What is in a zip; what would unpack to more than may be kept is refused before it is unpacked. */
async function unpack(bytes: Uint8Array, wanted: (name: string) => boolean): Promise<Record<string, Uint8Array>> {
  const { unzipSync } = await part<typeof Archives>('archives')
  let sum = 0
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!wanted(name)) return false
        if ((sum += originalSize) > LARGEST_UNPACKED) throw refusal(1300202, 'the maximum size of the file storage limit is exceeded')
        return true
      },
    })
  } catch (error) {
    if (typeof (error as { errno?: number }).errno === 'number') throw error
    throw refusal(1301104, 'unzip fail')
  }
}

async function unzip({ zipFilePath, targetPath }: any): Promise<void> {
  const verb = `unzip ${zipFilePath} ->`
  const target = local(targetPath)
  if (target === undefined || !isOwn(target)) throw forbidden(targetPath, verb)
  let bytes: Uint8Array
  try {
    bytes = await fetched(zipFilePath)
  } catch {
    throw absent(`"${targetPath}"`, verb)
  }
  const entries = await unpack(bytes, () => true)
  for (const [name, body] of Object.entries(entries)) {
    // A name that leads out of the target is no name in it.
    const path: string = local(`${target}/${name}`)!
    if (path !== target && !path.startsWith(`${target}/`)) throw refusal(1301103, 'unzip entry fail')
    const folder: string = name.endsWith('/') ? path : parentOf(path)
    if (folder !== files.USER) makeFolder({ dirPath: folder, recursive: true })
    if (!name.endsWith('/')) files.put(path, body.slice())
  }
}

async function readZipEntry({ filePath, encoding, entries }: any): Promise<{ entries: Record<string, { errMsg: string; data?: string | ArrayBuffer }> }> {
  const bytes = await fetched(filePath, 'open')
  if (entries !== 'all' && !Array.isArray(entries)) throw refusal(1300022, 'invalid entries')
  const asked: { path: string; encoding?: string; position?: number; length?: number }[] | null = entries === 'all' ? null : entries
  const found = await unpack(bytes, (name) => !name.endsWith('/') && (!asked || asked.some((one) => one.path === name)))
  const out: Record<string, { errMsg: string; data?: string | ArrayBuffer }> = {}
  for (const one of asked ?? Object.keys(found).map((path) => ({ path, encoding }))) {
    const body = found[one.path]
    try {
      if (!body) throw absent(one.path)
      const { position, length } = one as { position?: number; length?: number }
      out[one.path] = { errMsg: 'readZipEntry:ok', data: encoded(slice(body as Uint8Array<ArrayBuffer>, position, length), one.encoding) }
    } catch (error) {
      out[one.path] = { errMsg: `readZipEntry:fail ${(error as { errMsg: string }).errMsg}` }
    }
  }
  return { entries: out }
}

async function digest({ filePath, digestAlgorithm = 'md5' }: any): Promise<{ size: number; digest: string }> {
  let bytes: Uint8Array
  try {
    bytes = await fetched(filePath)
  } catch {
    throw refusal(1300002, 'file not exist')
  }
  if (digestAlgorithm !== 'md5' && digestAlgorithm !== 'sha1') throw refusal(1300022, `invalid digestAlgorithm "${digestAlgorithm}"`)
  const { md5, sha1 } = await part<typeof Archives>('archives')
  return { size: bytes.length, digest: encoded((digestAlgorithm === 'md5' ? md5 : sha1)(bytes), 'hex') as string }
}

// ── the manager ──────────────────────────────────────────────────────────────────────────────────────────

type Method = { params: Record<string, Param>; run: (options: any) => unknown }

const readOptions: Record<string, Param> = { filePath: 'text', encoding: 'text?', position: 'number?', length: 'number?' }
const METHODS: Record<string, Method> = {
  access: { params: { path: 'text' }, run: run.access },
  appendFile: { params: { filePath: 'text', data: 'any', encoding: 'text?' }, run: run.appendFile },
  close: { params: { fd: 'text' }, run: run.close },
  copyFile: { params: { srcPath: 'text', destPath: 'text' }, run: run.copyFile },
  fstat: { params: { fd: 'text' }, run: run.fstat },
  ftruncate: { params: { fd: 'text', length: 'number' }, run: run.ftruncate },
  getFileInfo: { params: { filePath: 'text', digestAlgorithm: 'text?' }, run: digest },
  getSavedFileList: { params: {}, run: run.getSavedFileList },
  mkdir: { params: { dirPath: 'text', recursive: 'flag?' }, run: run.mkdir },
  open: { params: { filePath: 'text', flag: 'text?' }, run: run.open },
  read: { params: { fd: 'text', arrayBuffer: 'any', offset: 'number?', length: 'number?', position: 'any?' }, run: run.read },
  readCompressedFile: { params: { filePath: 'text', compressionAlgorithm: 'text' }, run: async ({ filePath, compressionAlgorithm }) => {
    const bytes = await fetched(filePath, 'open')
    await fetchBrotli()
    return { data: inflate(bytes, compressionAlgorithm) }
  } },
  readFile: { params: readOptions, run: async ({ filePath, encoding, position, length }) => ({ data: encoded(slice(await fetched(filePath, 'open'), position, length), encoding) }) },
  readZipEntry: { params: { filePath: 'text', encoding: 'text?', entries: 'any' }, run: readZipEntry },
  readdir: { params: { dirPath: 'text' }, run: run.readdir },
  removeSavedFile: { params: { filePath: 'text' }, run: run.removeSavedFile },
  rename: { params: { oldPath: 'text', newPath: 'text' }, run: run.rename },
  rmdir: { params: { dirPath: 'text', recursive: 'flag?' }, run: run.rmdir },
  saveFile: { params: { tempFilePath: 'text', filePath: 'text?' }, run: run.saveFile },
  stat: { params: { path: 'text', recursive: 'flag?' }, run: run.stat },
  truncate: { params: { filePath: 'text', length: 'number?' }, run: run.truncate },
  unlink: { params: { filePath: 'text' }, run: run.unlink },
  unzip: { params: { zipFilePath: 'text', targetPath: 'text' }, run: unzip },
  write: { params: { fd: 'text', data: 'any', offset: 'number?', length: 'number?', encoding: 'text?', position: 'any?' }, run: run.write },
  writeFile: { params: { filePath: 'text', data: 'any', encoding: 'text?' }, run: run.writeFile },
}

/** The calls that answer at once take their arguments in order, or for open files as one object. */
const AT_ONCE: Record<string, (...args: any[]) => unknown> = {
  accessSync: (path) => run.access({ path }),
  appendFileSync: (filePath, data, encoding) => run.appendFile({ filePath, data, encoding }),
  closeSync: run.close,
  copyFileSync: (srcPath, destPath) => run.copyFile({ srcPath, destPath }),
  fstatSync: (options) => run.fstat(options).stats,
  ftruncateSync: run.ftruncate,
  mkdirSync: (dirPath, recursive) => run.mkdir({ dirPath, recursive }),
  openSync: (options) => run.open(options).fd,
  readCompressedFileSync: ({ filePath, compressionAlgorithm }) => inflate(bytesOf(filePath, 'open'), compressionAlgorithm),
  readFileSync: (filePath, encoding, position, length) => encoded(slice(bytesOf(filePath, 'open'), position, length), encoding),
  readSync: run.read,
  readdirSync: (dirPath) => run.readdir({ dirPath }).files,
  renameSync: (oldPath, newPath) => run.rename({ oldPath, newPath }),
  rmdirSync: (dirPath, recursive) => run.rmdir({ dirPath, recursive }),
  saveFileSync: (tempFilePath, filePath) => run.saveFile({ tempFilePath, filePath }).savedFilePath,
  statSync: (path, recursive) => run.stat({ path, recursive }).stats,
  truncateSync: run.truncate,
  unlinkSync: (filePath) => run.unlink({ filePath }),
  writeFileSync: (filePath, data, encoding) => run.writeFile({ filePath, data, encoding }),
  writeSync: run.write,
}

class FileSystemManager {}
for (const [name, method] of Object.entries(METHODS)) {
  const api = { name, source: `${SOURCE}/FileSystemManager.${name}`, runsIn: 'frame' as const, ...method }
  // Callbacks only, as published: a promise nobody waits for would make an error of every failure.
  Object.defineProperty(FileSystemManager.prototype, name, { value: (options: object = {}) => void invoke(api, { complete() {}, ...options }), writable: true, configurable: true })
}
for (const [name, act] of Object.entries(AT_ONCE)) {
  Object.defineProperty(FileSystemManager.prototype, name, { value: (...args: unknown[]) => atOnce(name, () => act(...args)), writable: true, configurable: true })
}
defineObject('FileSystemManager', FileSystemManager)
defineObject('Stats', Stats)

const manager = new FileSystemManager()
defineDirect('getFileSystemManager', () => manager)
defineDirect('env', { USER_DATA_PATH: files.USER })

for (const name of ['saveFile', 'getSavedFileList', 'removeSavedFile', 'getFileInfo'] as const) {
  defineApi(name, { source: `${SOURCE}/wx.${name}`, params: METHODS[name]!.params, run: METHODS[name]!.run })
}
defineApi('getSavedFileInfo', {
  source: `${SOURCE}/wx.getSavedFileInfo`,
  params: { filePath: 'text' },
  returns: ['size', 'createTime'],
  run: ({ filePath }) => {
    const path = local(filePath)
    const node = path !== undefined && files.isSaved(path) ? files.at(path) : undefined
    if (!isFile(node)) throw refusal(1300002, 'file not exist')
    return { size: node.body.length, createTime: Math.floor(node.modified / 1000) }
  },
})

let brotli: typeof Brotli | undefined

async function fetchBrotli(): Promise<void> {
  brotli = await part<typeof Brotli>('brotli')
}

/** Before the program runs, if it has files that a call may unpack at once. */
export async function readyFiles(): Promise<void> {
  const packed = [...Object.keys(program().boot.packaged ?? {}), ...files.paths()].some((path) => path.endsWith('.br'))
  if (packed) await fetchBrotli().catch(() => {})
}

function inflate(bytes: Uint8Array, algorithm: unknown): ArrayBuffer {
  if (algorithm !== 'br') throw refusal(1300022, `invalid compressionAlgorithm "${String(algorithm)}"`)
  // It comes before the program runs if there was something to unpack then, or with the first call that can wait.
  if (!brotli) throw { errMsg: 'not supported' }
  try {
    return brotli.decompress(bytes).slice().buffer as ArrayBuffer
  } catch {
    throw refusal(1301111, 'brotli decompress fail')
  }
}

/** A document leaves the frame for whatever the browser shows it with. */
defineApi('openDocument', {
  source: `${SOURCE}/wx.openDocument`,
  params: { filePath: 'text', showMenu: 'flag?', fileType: 'text?' },
  run: async ({ filePath, fileType, showMenu = false }) => {
    const bytes = await fetched(filePath, 'open')
    const extension = String(fileType ?? /\.(\w+)$/.exec(String(filePath))?.[1] ?? '').toLowerCase()
    if (!['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'pdf'].includes(extension)) throw { errMsg: 'filetype not supported' }
    await program().host.call('openDocument', { name: String(filePath).split('/').pop(), extension, showMenu, body: bytes.slice().buffer })
  },
})
