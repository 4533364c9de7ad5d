import { expect, test } from 'vitest'

import type { CallView } from './builder'
import { curlOf } from './curl'
import { aCall } from './street/aCall'

const view = (changes: Partial<CallView> = {}): CallView => ({
  call: aCall(),
  request_headers: { host: 'api.mch.weixin.qq.com', 'content-type': 'application/json', 'content-length': '9' },
  request_body: `{"a":"it's"}`,
  response_headers: {},
  response_body: '',
  decrypted: '',
  explanation: null,
  ...changes,
})

test('a call by a published host is repeated at that host, quotes and all', () => {
  expect(curlOf(view(), 'http://localhost:8000')).toBe(
    [
      `curl -X POST 'https://api.mch.weixin.qq.com/v3/pay/transactions/jsapi'`,
      `  -H 'content-type: application/json'`,
      String.raw`  --data-raw '{"a":"it'\''s"}'`,
    ].join(' \\\n'),
  )
})

test('a call by mount keeps its mount, and a callback goes where it went', () => {
  const mounted = view({ call: aCall({ host: 'localhost:8000', query: 'mchid=1' }), request_headers: {}, request_body: '' })
  expect(curlOf(mounted, 'http://localhost:8000')).toBe(`curl -X POST 'http://localhost:8000/pay/v3/pay/transactions/jsapi?mchid=1'`)
  const out = view({ call: aCall({ direction: 'OUT', host: 'localhost:9000', path: '/notify' }), request_headers: {}, request_body: '' })
  expect(curlOf(out, 'http://localhost:8000')).toBe(`curl -X POST 'http://localhost:9000/notify'`)
})
