import 'fake-indexeddb/auto'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Line } from '@/api'
import { leaveHome, me, openHome } from '@/transport/home'
import { keepSession } from '@/transport/session'

import { line, message } from './builders'
import { inbox, keepLine, keepMessage, lineOf } from './inbox'
import { draftsOf, say } from './outbox'
import { threadOf, type Thread } from './thread'

class Silent {
  send(): void {}
  close(): void {}
}

let said: Line[] = []
let away = false
let people = 0
const asked: string[] = []

function answer(address: string, init: RequestInit): Response {
  const url = new URL(address, 'http://x')
  asked.push(`${String(init.method)} ${url.pathname}${url.search}`)
  if (init.method === 'POST' && url.pathname.endsWith('/messages')) {
    const { client_id, body } = JSON.parse(String(init.body)) as { client_id: string; body: Line['body'] }
    const known = said.find((one) => one.client_id === client_id)
    const made = known ?? message(said.length + 1, me(), { client_id, body, conversation_id: url.pathname.split('/')[3] ?? '' })
    if (known === undefined) said.push(made)
    return new Response(JSON.stringify(made))
  }
  if (url.pathname.endsWith('/messages')) {
    const before = Number(url.searchParams.get('before') ?? Infinity)
    const after = Number(url.searchParams.get('after') ?? 0)
    const limit = Number(url.searchParams.get('limit'))
    const found = said.filter((one) => one.seq < before && one.seq > after)
    const page = url.searchParams.has('after') ? found.slice(0, limit) : found.slice(-limit)
    return new Response(JSON.stringify({ messages: page, more: false, quoted: {}, media: {} }))
  }
  return new Response('{"requests":[],"people":[],"urls":{}}')
}

beforeEach(async () => {
  away = false
  asked.length = 0
  people += 1
  vi.stubGlobal('WebSocket', Silent)
  vi.stubGlobal('fetch', (address: string, init: RequestInit) =>
    away ? Promise.reject(new TypeError('cut')) : Promise.resolve(answer(address, init)),
  )
  keepSession({ token: 't', user_id: String(people), session_id: '1' })
  await openHome()
})
afterEach(() => vi.unstubAllGlobals())

async function conversation(id: string, count: number): Promise<Thread> {
  said = Array.from({ length: count }, (_, index) => message(index + 1, '999', { conversation_id: id }))
  await keepLine(line({ conversation_id: id, last_seq: count, last: said.at(-1) ?? null }))
  return threadOf(id)
}
const seqs = (thread: Thread): number[] => thread.messages.value.map((one) => one.seq)

test('the newest stretch is shown, older ones come page by page, down to the first', async () => {
  const thread = await conversation('70', 120)
  await thread.open()
  expect([seqs(thread)[0], seqs(thread).at(-1)]).toEqual([71, 120])
  await thread.older()
  await thread.older()
  expect(seqs(thread)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
  expect(thread.more.value).toBe(false)
})

test('what the device has is not fetched again', async () => {
  const thread = await conversation('71', 60)
  await thread.open()
  await thread.older()
  thread.messages.value = []
  asked.length = 0
  away = true
  await thread.open()
  await thread.older()
  expect(seqs(thread)).toHaveLength(60)
  expect(asked).toEqual([])
})

test('a message that skips a number fetches what is missing', async () => {
  const thread = await conversation('72', 3)
  await thread.open()
  said.push(message(4, '999', { conversation_id: '72' }), message(5, '999', { conversation_id: '72' }))
  await keepMessage(said[4] as Line)
  await vi.waitFor(() => expect(seqs(thread)).toEqual([1, 2, 3, 4, 5]))
  expect(lineOf('72')?.unread).toBe(5)
})

test('what I say is there at once, waits out a cut, and is said once and in order', async () => {
  const thread = await conversation('73', 0)
  await thread.open()
  away = true
  await say('73', { kind: 'text', text: 'one' })
  await say('73', { kind: 'text', text: 'two' })
  expect(draftsOf('73').value.map((draft) => (draft.body as { text: string }).text)).toEqual(['one', 'two'])

  away = false
  await say('73', { kind: 'text', text: 'three' })
  expect(draftsOf('73').value).toEqual([])
  expect(said.map((one) => (one.body as { text: string }).text)).toEqual(['one', 'two', 'three'])
})

test('a refused message stays, with its reason', async () => {
  await conversation('74', 0)
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"error":{"code":"contacts.refused","message":"","details":{}}}', { status: 403 })))
  await say('74', { kind: 'text', text: 'hello' })
  expect(draftsOf('74').value.map((draft) => draft.failure)).toEqual(['contacts.refused'])
})

test('a conversation in which nothing was said is not in the list', async () => {
  await keepLine(line({ conversation_id: '75' }))
  expect(inbox.value.some((one) => one.conversation_id === '75')).toBe(false)
  await leaveHome(me())
})
