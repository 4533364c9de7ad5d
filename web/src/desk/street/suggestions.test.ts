import { expect, test } from 'vitest'

import { aCall } from './aCall'
import { suggest } from './suggestions'

const placed = aCall({ id: '10' })
const paid = aCall({ id: '20', protocol: 'client', endpoint: '/cashiers/{cashier_id}/confirm' })
const told = aCall({ id: '30', direction: 'OUT', protocol: 'pay.notify', endpoint: null })

test('an empty street asks for a shop', () => expect(suggest([]).name).toBe('startShop'))

test('with a shop there, the friend’s card comes first, and then an order', () => {
  const menu = aCall({ id: '1', protocol: 'mp', endpoint: '/cgi-bin/menu/create' })
  expect(suggest([menu])).toMatchObject({ name: 'card', does: { lead: true } })
  const opened = aCall({ id: '2', protocol: 'client', endpoint: '/programs/{appid}/open' })
  expect(suggest([menu, opened])).toMatchObject({ name: 'order', does: null })
})

test('an order waits to be paid, a paid one to be refunded, and then time may pass', () => {
  expect(suggest([placed])).toMatchObject({ name: 'pay', order: 'TEA-1' })
  expect(suggest([placed, paid, told])).toMatchObject({ name: 'refund', order: 'TEA-1' })
  const refund = aCall({ id: '40', endpoint: '/v3/refund/domestic/refunds' })
  expect(suggest([placed, paid, told, refund])).toMatchObject({ name: 'week', does: { advance: 604_800_000 } })
  expect(suggest([placed, paid, told, refund], 604_800_000).name).toBe('break')
})

test('a refused signature is explained first, a lost callback is sent again', () => {
  const refused = aCall({ id: '50', status: 401, refusal: 'SIGN_ERROR' })
  expect(suggest([placed, refused])).toMatchObject({ name: 'explain', does: { inspect: '50' } })
  const lost = { ...told, status: null, refusal: 'connection refused' }
  expect(suggest([placed, paid, lost])).toMatchObject({ name: 'replay', order: 'TEA-1' })
  expect(suggest([placed, refused, { ...placed, id: '60' }]).name).toBe('pay')
})
