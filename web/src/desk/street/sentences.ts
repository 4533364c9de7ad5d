/** What a call means in people's words: who did it, and what. */
import type { CallLine } from '../builder'

export type Who = 'person' | 'server' | 'hutong'

export interface Sentence {
  who: Who
  /** A key under `did`; null when only the wire's own words say it. */
  did: string | null
}

const DID: Readonly<Record<string, string>> = {
  'client POST /users': 'signUp',
  'client POST /sessions': 'signIn',
  'client DELETE /sessions/{session_id}': 'signOut',
  'client PATCH /me': 'changeProfile',
  'client POST /codes/resolve': 'scan',
  'client POST /programs/{appid}/open': 'openProgram',
  'client POST /programs/{appid}/login': 'programLogin',
  'client POST /programs/{appid}/phone-code': 'phoneCode',
  'client POST /programs/{appid}/user-info': 'userInfo',
  'client POST /cashiers': 'openCashier',
  'client POST /cashiers/{cashier_id}/confirm': 'confirm',
  'client POST /cashiers/{cashier_id}/cancel': 'cancelCashier',
  'client POST /conversations/{conversation_id}/messages': 'say',
  'client DELETE /conversations/{conversation_id}/messages/{seq}': 'recall',
  'client POST /conversations': 'openChat',
  'client POST /groups': 'makeGroup',
  'client PUT /accounts/{appid}/follow': 'follow',
  'client DELETE /accounts/{appid}/follow': 'unfollow',
  'client POST /accounts/{appid}/conversation': 'openAccount',
  'client POST /accounts/{appid}/menu/tap': 'tapMenu',
  'client POST /contact-requests': 'befriend',
  'client POST /contact-requests/{request_id}/accept': 'accept',
  'client POST /wallet/top-ups': 'topUp',
  'client POST /wallet/withdrawals': 'withdraw',
  'client PUT /wallet/pin': 'setPin',
  'client DELETE /grants/{appid}/{scope}': 'revoke',
  'client POST /media': 'upload',
  'client POST /console/merchants/{mchid}/orders/{order_id}/refunds': 'consoleRefund',
  'client POST /console/merchants/{mchid}/notifications/{delivery_id}/replay': 'consoleReplay',
  'client POST /console/apps/{appid}/versions/{version_id}/release': 'consoleRelease',
  'client POST /console/apps/{appid}/push': 'consolePush',
  'mp GET /cgi-bin/token': 'token',
  'mp POST /cgi-bin/stable_token': 'token',
  'mp GET /sns/jscode2session': 'code2session',
  'mp POST /wxa/business/getuserphonenumber': 'phoneNumber',
  'mp POST /cgi-bin/message/template/send': 'template',
  'mp POST /cgi-bin/message/custom/send': 'customMessage',
  'mp POST /cgi-bin/menu/create': 'menu',
  'mp POST /cgi-bin/qrcode/create': 'sceneCode',
  'mp POST /wxa/getwxacode': 'programCode',
  'mp POST /wxa/getwxacodeunlimit': 'programCode',
  'mp POST /cgi-bin/wxaapp/createwxaqrcode': 'programCode',
  'mp GET /cgi-bin/user/info': 'fanInfo',
  'mp POST /cgi-bin/user/info/batchget': 'fanInfo',
  'mp GET /cgi-bin/user/get': 'fans',
  'mp POST /cgi-bin/template/api_add_template': 'addTemplate',
  'mp GET /cgi-bin/menu/get': 'readMenu',
  'mp POST /cgi-bin/media/upload': 'uploadMedia',
  'pay POST /v3/pay/transactions/jsapi': 'prepay',
  'pay POST /v3/pay/transactions/native': 'prepayNative',
  'pay POST /v3/pay/transactions/app': 'prepay',
  'pay POST /v3/pay/transactions/h5': 'prepay',
  'pay GET /v3/pay/transactions/out-trade-no/{out_trade_no}': 'queryOrder',
  'pay GET /v3/pay/transactions/id/{transaction_id}': 'queryOrder',
  'pay POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close': 'closeOrder',
  'pay POST /v3/refund/domestic/refunds': 'refund',
  'pay GET /v3/refund/domestic/refunds/{out_refund_no}': 'queryRefund',
  'pay GET /v3/certificates': 'certificates',
  'work GET /cgi-bin/gettoken': 'token',
}

const SENT: Readonly<Record<string, string>> = {
  'pay.notify': 'notify',
  'mp.push': 'push',
  'mp.address_check': 'addressCheck',
}

export function sentenceOf(call: CallLine): Sentence {
  if (call.direction === 'OUT') return { who: 'hutong', did: SENT[call.protocol] ?? 'send' }
  const did = DID[`${call.protocol} ${call.method} ${call.endpoint ?? ''}`] ?? (call.endpoint === null ? 'unknown' : null)
  return { who: call.protocol === 'client' ? 'person' : 'server', did }
}

/** Looking is not doing: what screens fetch by themselves stays out of the lane until somebody asks for it. */
export function isDeed(call: CallLine): boolean {
  if (call.direction === 'OUT' || call.protocol !== 'client' || wentWrong(call)) return true
  return `client ${call.method} ${call.endpoint ?? ''}` in DID
}

export function wentWrong(call: CallLine): boolean {
  return call.refusal !== '' || call.status === null || call.status >= 400
}

/** Refused by us, or not accepted by them: an attempt that will be made again only wants attention. */
export function toneOf(call: CallLine): 'good' | 'wait' | 'bad' {
  if (!wentWrong(call)) return 'good'
  return call.direction === 'OUT' ? 'wait' : 'bad'
}

/** The wire's own line: method, path, and what it was about. */
export function wireOf(call: CallLine): string {
  const subject = call.subject === '' ? '' : ` · ${call.subject.replace(/^order:/, 'out_trade_no ')}`
  const where = call.direction === 'OUT' ? `${call.host}${call.path}` : call.path
  return `${call.method} ${where} → ${call.status === null ? '—' : String(call.status)}${subject}`
}

/** A refusal's own words, without the details that follow them. */
export function briefly(refusal: string): string {
  return refusal.replace(/\s\{.*$/s, '')
}
