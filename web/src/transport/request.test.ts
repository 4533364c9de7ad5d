import { afterEach, expect, test, vi } from 'vitest'

import { ApiError } from './errors'
import { request } from './request'

const answers = (body: string, status: number) => vi.fn(() => Promise.resolve(new Response(body, { status })))

afterEach(() => vi.unstubAllGlobals())

test('a call carries the bearer token and no cookie', async () => {
  const fetched = answers('{"nickname":"Ann"}', 200)
  vi.stubGlobal('fetch', fetched)

  expect(await request('GET', '/me', { token: 't1' })).toEqual({ nickname: 'Ann' })

  const [address, init] = fetched.mock.calls[0] as unknown as [string, RequestInit]
  expect(address).toBe('/api/me')
  expect(new Headers(init.headers).get('authorization')).toBe('Bearer t1')
  expect(init.credentials).toBe('omit')
})

test('a refusal keeps its code, status and details', async () => {
  vi.stubGlobal('fetch', answers('{"error":{"code":"identity.sign_in_wrong","message":"no","details":{"n":1}}}', 401))

  const refusal = await request('POST', '/sessions', { body: {} }).catch((error: unknown) => error)

  expect(refusal).toBeInstanceOf(ApiError)
  expect(refusal).toMatchObject({ code: 'identity.sign_in_wrong', status: 401, details: { n: 1 } })
})

test('an empty answer is no value, and a page of HTML is a broken answer', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })))
  expect(await request('DELETE', '/sessions/1')).toBeUndefined()

  vi.stubGlobal('fetch', answers('<html>', 502))
  await expect(request('GET', '/me')).rejects.toMatchObject({ code: 'client.broken', status: 502 })
})

test('a server that is away is told apart from one that refuses', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(request('GET', '/me')).rejects.toMatchObject({ code: 'network.unreachable', status: 0 })
})
