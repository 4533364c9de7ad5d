/** For tests: a shop's prepay call, but for what a test changes. */
import type { CallLine } from '../builder'

export const aCall = (changes: Partial<CallLine> = {}): CallLine => ({
  id: '1',
  at: 0,
  business_at: 0,
  direction: 'IN',
  protocol: 'pay',
  method: 'POST',
  host: 'api.mch.weixin.qq.com',
  path: '/v3/pay/transactions/jsapi',
  query: '',
  endpoint: '/v3/pay/transactions/jsapi',
  caller: '1900000001',
  org_id: '1',
  subject: 'order:TEA-1',
  status: 200,
  duration_us: 900,
  request_id: 'r',
  delivery_id: null,
  refusal: '',
  ...changes,
})
