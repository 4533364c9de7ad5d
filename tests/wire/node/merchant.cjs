// A merchant on wechatpay-axios-plugin: each line on standard input is one act, answered by one line.
const { readFileSync } = require('node:fs')
const { createInterface } = require('node:readline')
const { Wechatpay, Rsa, Aes, Formatter } = require('wechatpay-axios-plugin')

let told, sdk, privateKey, keys

function begin(line) {
  told = line
  privateKey = readFileSync(told.private_key_file)
  keys = {
    certificate: [told.platform_serial_no, readFileSync(told.platform_certificate_file)],
    public_key: [told.platform_public_key_id, readFileSync(told.platform_public_key_file)],
  }
  sdk = new Wechatpay({
    mchid: told.mchid,
    serial: told.serial_no,
    privateKey,
    certs: Object.fromEntries(Object.values(keys)),
    ...(told.base_url ? { baseURL: told.base_url } : {}),
  })
  return { ready: true }
}

async function prepay({ out_trade_no, openid, total }, headers) {
  const order = {
    appid: told.appid,
    mchid: told.mchid,
    description: '高山乌龙',
    out_trade_no,
    notify_url: told.notify_url,
    amount: { total, currency: 'CNY' },
    payer: { openid },
  }
  const { status, data } = await sdk.v3.pay.transactions.jsapi.post(order, { headers })
  const payment = {
    appId: told.appid,
    timeStamp: `${Formatter.timestamp()}`,
    nonceStr: Formatter.nonce(),
    package: `prepay_id=${data.prepay_id}`,
  }
  const paySign = Rsa.sign(Formatter.joinedByLineFeed(...Object.values(payment)), privateKey)
  return { status, payment: { ...payment, signType: 'RSA', paySign } }
}

function notice({ headers, body, trust }) {
  const [serial, key] = keys[trust]
  const signed = Formatter.joinedByLineFeed(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body)
  const verified =
    headers['wechatpay-serial'] === serial && Rsa.verify(signed, headers['wechatpay-signature'], key)
  const { nonce, associated_data, ciphertext } = JSON.parse(body).resource
  const opened = Aes.AesGcm.decrypt(ciphertext, told.api_v3_key, nonce, associated_data)
  return { verified, resource: JSON.parse(opened) }
}

async function act(asked) {
  // The SDK never says by itself which key it trusts.
  const headers = { 'Wechatpay-Serial': keys[asked.trust][0] }
  const params = { mchid: told.mchid }
  const order = sdk.v3.pay.transactions.outTradeNo.$out_trade_no$
  const path = { out_trade_no: asked.out_trade_no, headers }
  switch (asked.act) {
    case 'prepay':
      return prepay(asked, headers)
    case 'notice':
      return notice(asked)
    case 'query': {
      const { status, data } = await order.get({ params, ...path })
      return { status, answer: data }
    }
    case 'close': {
      const { status } = await order.close.post(params, path)
      return { status }
    }
    case 'refund': {
      const amount = { refund: asked.total, total: asked.total, currency: 'CNY' }
      const refund = { out_trade_no: asked.out_trade_no, out_refund_no: `${asked.out_trade_no}-R${asked.total}`, amount }
      const { status, data } = await sdk.v3.refund.domestic.refunds.post(refund, { headers })
      return { status, answer: data }
    }
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line)
    let answer
    try {
      answer = sdk ? await act(asked) : begin(asked)
    } catch (error) {
      answer = error.response
        ? { status: error.response.status, answer: error.response.data }
        : { error: `${error.message}` }
    }
    console.log(JSON.stringify(answer))
  }
}

main()
