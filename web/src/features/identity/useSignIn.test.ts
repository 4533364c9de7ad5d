import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { asMe, session, signOut } from './session'
import { useSignIn } from './useSignIn'

const OPENED = { token: 't1', user_id: '7', session_id: '9' }
const json = (body: unknown, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }))
const refuses = (code: string, status: number) => () => json({ error: { code, message: code, details: {} } }, status)

beforeEach(() => localStorage.clear())
afterEach(async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })))
  await signOut()
  vi.unstubAllGlobals()
})

test('signing in opens a session that outlives a reload, and signing out ends it', async () => {
  vi.stubGlobal('fetch', vi.fn(() => json(OPENED)))
  const form = useSignIn('sign-in', 'test')
  Object.assign(form.typed, { username: ' ann ', password: 'oolong-tea' })

  expect(await form.submit()).toBe(true)
  expect(session.value).toEqual(OPENED)
  expect(localStorage.getItem('hutong.main.session')).toContain('t1')
  expect(form.typed.password).toBe('')

  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })))
  await signOut()
  expect(session.value).toBeNull()
  expect(localStorage.getItem('hutong.main.session')).toBeNull()
})

test('a refusal keeps what was typed', async () => {
  vi.stubGlobal('fetch', refuses('identity.sign_in_wrong', 401))
  const form = useSignIn('sign-in', 'test')
  Object.assign(form.typed, { username: 'ann', password: 'wrong' })

  expect(await form.submit()).toBe(false)
  expect(form.refusal.value?.code).toBe('identity.sign_in_wrong')
  expect(form.typed).toMatchObject({ username: 'ann', password: 'wrong' })
})

test('two presses sign up once', async () => {
  const fetched = vi.fn(() => json(OPENED))
  vi.stubGlobal('fetch', fetched)
  const form = useSignIn('sign-up', 'test')
  Object.assign(form.typed, { username: 'ann', password: 'oolong-tea', nickname: 'Ann' })

  expect(await Promise.all([form.submit(), form.submit()])).toEqual([true, false])
  expect(fetched).toHaveBeenCalledTimes(1)
})

test('a session that the server has ended ends here', async () => {
  vi.stubGlobal('fetch', () => json(OPENED))
  const form = useSignIn('sign-in', 'test')
  Object.assign(form.typed, { username: 'ann', password: 'oolong-tea' })
  await form.submit()

  vi.stubGlobal('fetch', refuses('identity.signed_out', 401))
  await expect(asMe('GET', '/me')).rejects.toMatchObject({ status: 401 })
  expect(session.value).toBeNull()
})

test('a server that is away does not sign anybody out', async () => {
  vi.stubGlobal('fetch', () => json(OPENED))
  const form = useSignIn('sign-in', 'test')
  Object.assign(form.typed, { username: 'ann', password: 'oolong-tea' })
  await form.submit()

  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(signOut()).rejects.toMatchObject({ code: 'network.unreachable' })
  expect(session.value).toEqual(OPENED)
})
