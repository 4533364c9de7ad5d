import 'fake-indexeddb/auto'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Database } from './database'
import { onReset, onUpdate, online, Stream } from './stream'

class Socket {
  static all: Socket[] = []
  onopen?: () => void
  onmessage?: (message: { data: string }) => void
  onclose?: (closed: { code: number }) => void
  readonly sent: { token: string; since: number }[] = []
  closed = false

  constructor(readonly address: URL) {
    Socket.all.push(this)
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { token: string; since: number })
  }
  close(): void {
    this.closed = true
    this.onclose?.({ code: 1000 })
  }
  says(...frames: object[]): void {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

const heard: number[] = []
const live: number[] = []
let resets = 0
onUpdate('test.', (update) => {
  heard.push(update.seq)
  if (update.live) live.push(update.seq)
})
onReset(() => Promise.resolve(void (resets += 1)))

let database: Database
let stream: Stream
let people = 0

beforeEach(() => {
  vi.stubGlobal('WebSocket', Socket)
  Socket.all = []
  heard.length = live.length = 0
  resets = 0
  people += 1
  database = new Database(String(people))
})
afterEach(() => {
  stream.stop()
  vi.unstubAllGlobals()
})

async function connect(): Promise<Socket> {
  stream = new Stream('t1', database)
  await stream.start()
  const socket = Socket.all.at(-1)
  if (socket === undefined) throw new Error('no socket')
  socket.onopen?.()
  return socket
}
const update = (seq: number) => ({ seq, kind: 'test.said', at: 1, body: {} })

test('the first start fetches the screens, later ones go on from the last number', async () => {
  const first = await connect()
  expect(first.sent).toEqual([{ token: 't1', since: -1 }])
  first.says({ kind: 'hello', seq: 40 }, update(41), update(42))
  await vi.waitFor(() => expect(heard).toEqual([41, 42]))
  expect([resets, online.value]).toEqual([1, 'online'])
  await vi.waitFor(async () => expect(await database.get('state', 'seq')).toEqual({ name: 'seq', seq: 42 }))

  stream.stop()
  const second = await connect()
  expect(second.sent[0]?.since).toBe(42)
  second.says({ kind: 'hello', seq: 42 }, update(43))
  await vi.waitFor(() => expect(heard).toEqual([41, 42, 43]))
  expect(resets).toBe(1)
})

test('an update that comes twice is heard once, and a gap makes the socket begin again', async () => {
  const socket = await connect()
  socket.says({ kind: 'hello', seq: 1 }, update(2), update(2))
  await vi.waitFor(() => expect(heard).toEqual([2]))
  socket.says(update(4))
  await vi.waitFor(() => expect(socket.closed).toBe(true))
  expect(heard).toEqual([2])
})

test('a log that no longer reaches back fetches the screens afresh', async () => {
  const socket = await connect()
  socket.says({ kind: 'hello', seq: 1 })
  await vi.waitFor(() => expect(resets).toBe(1))
  socket.says({ kind: 'reset', seq: 9000 }, update(9001))
  await vi.waitFor(() => expect(heard).toEqual([9001]))
  expect(resets).toBe(2)
})

test('what is caught up on is not news, what comes after it is', async () => {
  const socket = await connect()
  socket.says({ kind: 'hello', seq: 3, head: 5 }, update(4), update(5), update(6))
  await vi.waitFor(() => expect(heard).toEqual([4, 5, 6]))
  expect(live).toEqual([6])
})
