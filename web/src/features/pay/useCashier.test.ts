import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { useCashier } from './useCashier'

const SHOWN = { cashier_id: 'c1', state: 'OPEN', payee: 'Tea', verified_name: 'Tea Ltd', amount: 1800, currency: 'CNY', has_pin: true, methods: [{ name: 'x', balance: 5000 }, { name: 'card', card_id: '9' }] }
const PAID = { state: 'SUCCESS', payee: 'Tea', amount: 1800, errMsg: 'requestPayment:ok' }

type Answer = [status: number, body: unknown] | 'cut'
let answers: Record<string, Answer[]>
const asked: string[] = []

beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  vi.stubGlobal('fetch', (address: string, init: RequestInit) => {
    const call = `${String(init.method)} ${address.replace('/api', '')}`
    asked.push(call)
    const answer = (answers[call] ?? []).shift() ?? 'cut'
    if (answer === 'cut') return Promise.reject(new TypeError('cut'))
    return Promise.resolve(new Response(JSON.stringify(answer[1]), { status: answer[0] }))
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const refused = (code: string, status = 403): Answer => [status, { error: { code, message: code, details: {} } }]

test('the balance pays when it suffices, and the right PIN pays', async () => {
  answers = { 'POST /cashiers': [[200, SHOWN]], 'POST /cashiers/c1/confirm': [[200, PAID]] }
  const cashier = useCashier({ code: 'x' })
  await cashier.open()
  expect([cashier.step.value, cashier.chosen.value]).toEqual(['ready', undefined])
  await cashier.submit('123456')
  expect([cashier.step.value, cashier.paid.value?.state]).toEqual(['paid', 'SUCCESS'])
})

test('a wrong PIN may be typed again', async () => {
  answers = { 'POST /cashiers': [[200, SHOWN]], 'POST /cashiers/c1/confirm': [refused('identity.pin_wrong'), [200, PAID]] }
  const cashier = useCashier({ code: 'x' })
  await cashier.open()
  await cashier.submit('000000')
  expect([cashier.step.value, cashier.refusal.value?.code]).toEqual(['ready', 'identity.pin_wrong'])
  await cashier.submit('123456')
  expect(cashier.step.value).toBe('paid')
})

test('a lost answer is asked for: it was paid', async () => {
  answers = {
    'POST /cashiers': [[200, SHOWN]],
    'POST /cashiers/c1/confirm': ['cut'],
    'GET /cashiers/c1': ['cut', [200, { ...SHOWN, state: 'SUCCESS' }]],
    'GET /cashiers/c1/result': [[200, PAID]],
  }
  const cashier = useCashier({ code: 'x' })
  await cashier.open()
  const submitted = cashier.submit('123456')
  await vi.advanceTimersByTimeAsync(1000)
  expect(cashier.step.value).toBe('unsure')
  await vi.advanceTimersByTimeAsync(2000)
  await submitted
  expect(cashier.step.value).toBe('paid')
  expect(asked.filter((call) => call.endsWith('/confirm'))).toHaveLength(1)
})

test('a lost answer is asked for: it did not arrive, and one may try again', async () => {
  answers = { 'POST /cashiers': [[200, SHOWN]], 'POST /cashiers/c1/confirm': ['cut', [200, PAID]], 'GET /cashiers/c1': [[200, SHOWN]] }
  const cashier = useCashier({ code: 'x' })
  await cashier.open()
  await cashier.submit('123456')
  expect([cashier.step.value, cashier.refusal.value?.code]).toEqual(['ready', 'network.unreachable'])
  await cashier.submit('123456')
  expect(cashier.step.value).toBe('paid')
})

test('an order that somebody paid meanwhile closes the cashier', async () => {
  answers = { 'POST /cashiers': [refused('pay.order_paid', 409)] }
  const cashier = useCashier({ code: 'x' })
  await cashier.open()
  expect([cashier.step.value, cashier.refusal.value?.code]).toEqual(['closed', 'pay.order_paid'])
})
