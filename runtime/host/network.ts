/** The network of programs: through the server's relay, as the signed-in person, with answers passed on as they come. */

import type { HostServices, NetworkAnswer, NetworkNews, Socket } from './services'

/** How the relay is reached. */
export interface Reach {
  /** The signed-in person's bearer token. */
  token: () => string
  appid: string
  channel: 'develop' | 'trial' | 'release'
  /** Off only for those who work on the program, in what is not released. */
  urlCheck?: boolean
}

const LONGEST_WAIT_MS = 600_000

/** The first line of every answer of the relay. */
interface Head {
  status: number
  header: Record<string, string>
  cookies: string[]
  length: number
  profile: Record<string, unknown>
  error: string
  reason: string
}

const REFUSALS: Record<string, { errMsg: string; errno: number }> = {
  'miniapp.domain_unlisted': { errMsg: 'url not in domain list', errno: 600002 },
  'kernel.bad_request': { errMsg: 'invalid url', errno: 600009 },
}
const INTERRUPTED = { errMsg: 'network interrupted error', errno: 600003 }
const ABORTED = { errMsg: 'abort', errno: 600004 }

function wait(timeout: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(1, Math.round(timeout) || 60_000))
}

function base64(body: string | ArrayBuffer | undefined): string {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body ?? new ArrayBuffer(0))
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

function refused(text: string): never {
  let code = ''
  try {
    code = (JSON.parse(text) as { error?: { code?: string } }).error?.code ?? ''
  } catch {
    // Not the relay's own answer: something between here and there.
  }
  throw REFUSALS[code] ?? { errMsg: code || 'network error', errno: 600001 }
}

/** Fails as published where the relay got no answer. */
function standing(head: Head): Head {
  if (head.status !== 0) return head
  if (head.reason === 'timeout') throw { errMsg: 'timeout', errno: 5 }
  if (head.reason === 'refused') throw { errMsg: `url not in domain list: ${head.error}`, errno: 600002 }
  if (head.reason === 'large') throw { errMsg: 'exceed max file size', errno: 602001 }
  throw { errMsg: head.error || 'network error', errno: 600001 }
}

const NEWLINE = 10

/** Reads an answer of the relay as it comes. Chunks are told of instead of kept where that is asked for. */
async function read(answer: Response, tell: (news: NetworkNews) => void, chunked: boolean): Promise<NetworkAnswer> {
  if (!answer.ok || !answer.body) refused(await answer.text())
  const reader = answer.body.getReader()
  let head: Head | undefined
  let start: Uint8Array = new Uint8Array(0)
  const pieces: Uint8Array[] = []
  let done = 0
  const take = (piece: Uint8Array): void => {
    if (!piece.length) return
    done += piece.length
    if (chunked) tell({ kind: 'chunk', body: piece.slice().buffer })
    else pieces.push(piece)
    tell({ kind: 'progress', done, total: head!.length })
  }
  try {
    for (;;) {
      const { value, done: over } = await reader.read()
      if (over) break
      if (head) {
        take(value)
        continue
      }
      start = joined([start, value])
      const end = start.indexOf(NEWLINE)
      if (end < 0) continue
      head = standing(JSON.parse(new TextDecoder().decode(start.subarray(0, end))) as Head)
      tell({ kind: 'headers', statusCode: head.status, header: head.header, cookies: head.cookies })
      take(start.subarray(end + 1))
    }
  } catch (error) {
    if (typeof (error as { errMsg?: string }).errMsg === 'string') throw error
    throw (error as Error).name === 'AbortError' ? ABORTED : INTERRUPTED
  }
  if (!head) throw INTERRUPTED
  const profile = { ...head.profile, responseEnd: Date.now(), receivedBytedCount: done }
  return { statusCode: head.status, header: head.header, cookies: head.cookies, body: joined(pieces).buffer, profile }
}

function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

export function networkServices(reach: Reach): Required<Pick<HostServices, 'request' | 'download' | 'upload' | 'connect'>> {
  const base = `/api/programs/${reach.appid}`
  const common = { channel: reach.channel, url_check: reach.urlCheck !== false }

  async function ask(body: object, signal: AbortSignal, tell: (news: NetworkNews) => void, chunked = false): Promise<NetworkAnswer> {
    let answer: Response
    try {
      answer = await fetch(`${base}/request`, {
        method: 'POST',
        headers: { authorization: `Bearer ${reach.token()}`, 'content-type': 'application/json' },
        credentials: 'omit',
        cache: 'no-store',
        body: JSON.stringify({ ...common, ...body }),
        signal,
      })
    } catch (error) {
      throw (error as Error).name === 'AbortError' ? ABORTED : INTERRUPTED
    }
    return read(answer, tell, chunked)
  }

  return {
    request: ({ url, method, header, body, timeout, chunked, redirect }, signal, tell) =>
      ask({ url, method, header, body: base64(body), timeout_ms: wait(timeout), follow: redirect !== 'manual' }, signal, tell, chunked),
    download: ({ url, header, timeout }, signal, tell) => ask({ url, header, timeout_ms: wait(timeout), download: true }, signal, tell),
    upload: ({ url, name, file, fileName, type, header, formData, timeout }, signal, tell) =>
      new Promise((resolve, reject) => {
        const form = new FormData()
        const fields = { url, name, header: JSON.stringify(header), form: JSON.stringify(formData), timeout_ms: String(wait(timeout)), channel: common.channel, url_check: String(common.url_check) }
        for (const [field, value] of Object.entries(fields)) form.set(field, value)
        form.set('file', new Blob([file], { type }), fileName)
        // Only this older kind of call tells how much was sent.
        const call = new XMLHttpRequest()
        call.open('POST', `${base}/upload`)
        call.setRequestHeader('authorization', `Bearer ${reach.token()}`)
        call.responseType = 'arraybuffer'
        call.upload.onprogress = ({ loaded, total }) => tell({ kind: 'progress', done: Math.min(file.byteLength, Math.round((loaded / (total || 1)) * file.byteLength)), total: file.byteLength })
        call.onload = () => void read(new Response(call.response as ArrayBuffer, { status: call.status || 500 }), (news) => news.kind === 'headers' && tell(news), false).then(resolve, reject)
        call.onerror = () => reject(INTERRUPTED)
        call.onabort = () => reject(ABORTED)
        signal.addEventListener('abort', () => call.abort())
        call.send(form)
      }),
    connect: ({ url, header, protocols, timeout }) => open(`${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${base}/socket`, { ...common, token: reach.token(), url, header, protocols, timeout_ms: wait(timeout) }),
  }
}

type SocketEvent = Parameters<Parameters<Socket['listen']>[0]>

/** Resolves once the relay has tried; rejects if it may not even try. */
function open(relay: string, hello: object): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(relay)
    socket.binaryType = 'arraybuffer'
    let listener: ((...event: SocketEvent) => void) | undefined
    const waiting: SocketEvent[] = []
    const tell = (...event: SocketEvent): void => void (listener ? listener(...event) : waiting.push(event))
    const own: Socket = {
      send: (data) => socket.send(data),
      close: (code, reason) => socket.close(code === 1000 || (code >= 3000 && code < 5000) ? code : 1000, reason),
      listen: (to) => {
        listener = to
        for (const event of waiting.splice(0)) to(...event)
      },
    }
    let opened = false
    socket.onopen = () => socket.send(JSON.stringify(hello))
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (opened) {
        tell('Message', { data })
        return
      }
      opened = true
      const { header } = JSON.parse(String(data)) as { header: Record<string, string> }
      resolve(own)
      tell('Open', { header })
    }
    socket.onclose = ({ code, reason }) => {
      if (opened) tell('Close', { code: code === 4006 ? 1006 : code, reason })
      else if (code === 4403) reject(REFUSALS['miniapp.domain_unlisted'])
      else if (code === 4400) reject(REFUSALS['kernel.bad_request'])
      else {
        resolve(own)
        tell('Error', { errMsg: reason || 'network error' })
        tell('Close', { code: 1006, reason: 'abnormal closure' })
      }
    }
  })
}
