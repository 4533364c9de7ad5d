import { expect, test } from 'vitest'

import { aCall } from './aCall'
import { briefly, isDeed, sentenceOf, toneOf, wireOf } from './sentences'

test('a shop placing an order, a person paying it and the callback each have their sentence', () => {
  expect(sentenceOf(aCall())).toEqual({ who: 'server', did: 'prepay' })
  expect(sentenceOf(aCall({ protocol: 'client', endpoint: '/cashiers/{cashier_id}/confirm' }))).toEqual({ who: 'person', did: 'confirm' })
  expect(sentenceOf(aCall({ direction: 'OUT', protocol: 'pay.notify', endpoint: null }))).toEqual({ who: 'hutong', did: 'notify' })
})

test('an address nobody answers says so, and an unnamed one keeps the words of the wire', () => {
  expect(sentenceOf(aCall({ endpoint: null })).did).toBe('unknown')
  expect(sentenceOf(aCall({ endpoint: '/v3/bill/tradebill', method: 'GET' })).did).toBeNull()
})

test('what a screen fetches by itself is no deed, unless it was refused', () => {
  const look = aCall({ protocol: 'client', method: 'GET', endpoint: '/conversations', subject: '' })
  expect(isDeed(look)).toBe(false)
  expect(isDeed({ ...look, status: 500, refusal: 'broken' })).toBe(true)
  expect(isDeed(aCall({ method: 'GET' }))).toBe(true)
})

test('a callback that was not accepted waits, a refused call is bad', () => {
  expect(toneOf(aCall({ direction: 'OUT', status: null, refusal: 'connection refused' }))).toBe('wait')
  expect(toneOf(aCall({ status: 401, refusal: 'SIGN_ERROR' }))).toBe('bad')
  expect(toneOf(aCall())).toBe('good')
})

test('the wire is told with the order it was about', () => {
  expect(wireOf(aCall())).toBe('POST /v3/pay/transactions/jsapi → 200 · out_trade_no TEA-1')
  expect(wireOf(aCall({ direction: 'OUT', host: 'localhost:9000', path: '/notify', subject: '', status: null }))).toBe('POST localhost:9000/notify → —')
})

test('a refusal is told without what a machine adds to it', () => {
  expect(briefly("pay.signature_refused: It does not fit. {'failure': 1,\n'x'}")).toBe('pay.signature_refused: It does not fit.')
  expect(briefly('connection refused')).toBe('connection refused')
})
