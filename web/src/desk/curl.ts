/** A call as a curl command. Secrets were masked when it was kept, so they stay `***` here. */
import type { CallView } from './builder'

const OURS = new Set(['host', 'content-length', 'connection', 'accept-encoding', 'transfer-encoding'])

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

export function curlOf(view: CallView, origin: string): string {
  const { call } = view
  const scheme = call.direction === 'OUT' || !call.host.endsWith('.weixin.qq.com') ? new URL(origin).protocol : 'https:'
  const mount = call.direction === 'OUT' || call.host.endsWith('.weixin.qq.com') ? '' : { mp: '/mp', pay: '/pay', work: '/work', client: '/api' }[call.protocol] ?? ''
  const url = `${scheme}//${call.host}${mount}${call.path}${call.query === '' ? '' : `?${call.query}`}`
  const headers = Object.entries(view.request_headers).filter(([name]) => !OURS.has(name))
  return [
    `curl -X ${call.method} ${quoted(url)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(view.request_body === '' ? [] : [`--data-raw ${quoted(view.request_body)}`]),
  ].join(' \\\n  ')
}
