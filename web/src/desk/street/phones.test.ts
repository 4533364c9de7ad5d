import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { addPhone, furnish, phones, removePhone, signInPhone, switchPhone, type Neighbour } from './phones'

const person = (username: string): Neighbour => ({ username, password: `${username}-secret`, nickname: username, token: '', pay_pin: '' })
const world = ['linwan', 'zhoujun', 'shenmei'].map(person)
const answers = (status: number, body: unknown = {}) => Promise.resolve(new Response(JSON.stringify(body), { status }))

beforeEach(() => {
  localStorage.clear()
  for (const name of [...phones.value]) removePhone(name)
})
afterEach(() => vi.unstubAllGlobals())

test('two phones stand at first sight, and what one sets up is kept', () => {
  furnish(world)
  expect(phones.value).toEqual(['linwan', 'zhoujun'])
  addPhone('shenmei')
  addPhone('shenmei')
  switchPhone('linwan', 'shenmei') // she is here already
  removePhone('zhoujun')
  expect(phones.value).toEqual(['linwan', 'shenmei'])
  expect(JSON.parse(localStorage.getItem('hutong.main.phones') ?? '')).toEqual(['linwan', 'shenmei'])
})

test('people of another world leave, and somebody is always there', () => {
  addPhone('stranger')
  furnish(world)
  expect(phones.value).toEqual(['linwan', 'zhoujun'])
  furnish([person('eve')])
  expect(phones.value).toEqual(['eve'])
})

test('a phone is signed in under its own profile, once', async () => {
  const fetched = vi.fn((address: string) => (address === '/api/me' ? answers(200) : answers(200, { token: 't1', user_id: '7', session_id: '9' })))
  vi.stubGlobal('fetch', fetched)
  await signInPhone(person('linwan'))
  expect(JSON.parse(localStorage.getItem('hutong.linwan.session') ?? '')).toMatchObject({ token: 't1' })
  await signInPhone(person('linwan'))
  expect(fetched.mock.calls.map(([address]) => address)).toEqual(['/api/sessions', '/api/me'])
})

test('a session of an earlier home is replaced, and a server that is away is told', async () => {
  localStorage.setItem('hutong.linwan.session', JSON.stringify({ token: 'old' }))
  vi.stubGlobal('fetch', (address: string) => (address === '/api/me' ? answers(401) : answers(200, { token: 'new' })))
  await signInPhone(person('linwan'))
  expect(localStorage.getItem('hutong.linwan.session')).toContain('new')

  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(signInPhone(person('linwan'))).rejects.toMatchObject({ code: 'network.unreachable' })
  expect(localStorage.getItem('hutong.linwan.session')).toContain('new')
})
