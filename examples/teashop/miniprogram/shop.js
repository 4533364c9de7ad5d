// The shop's server: one person signs in once, and again when the shop has forgotten them.
const { base } = require('./config')

function send(path, method, data, token) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: base + path,
      method,
      data,
      timeout: 15000,
      header: token ? { Authorization: `Bearer ${token}` } : {},
      success: ({ statusCode, data: body }) => {
        if (statusCode >= 200 && statusCode < 300) resolve(body)
        else reject({ status: statusCode, ...(body && body.error) })
      },
      fail: (failure) => reject({ status: 0, code: 'OFFLINE', message: failure.errMsg }),
    })
  })
}

let signingIn = null

function signIn() {
  if (!signingIn) {
    signingIn = wx
      .login()
      .then(({ code }) => send('/api/session', 'POST', { code }))
      .then(({ token }) => {
        wx.setStorageSync('token', token)
        return token
      })
      .finally(() => {
        signingIn = null
      })
  }
  return signingIn
}

async function ask(path, method = 'GET', data) {
  const token = wx.getStorageSync('token') || (await signIn())
  try {
    return await send(path, method, data, token)
  } catch (refusal) {
    if (refusal.status !== 401) throw refusal
    return send(path, method, data, await signIn())
  }
}

/** Pay an order; true once the shop itself says it is paid. */
async function pay(number) {
  const terms = await ask(`/api/orders/${number}/pay`, 'POST', {})
  await wx.requestPayment(terms)
  const order = await ask(`/api/orders/${number}/check`, 'POST', {})
  return order.state !== 'unpaid'
}

/** Offer the shop's coupon; the taken one's card and code for `wx.openCard`, or nothing when it was not taken. */
async function takeCoupon() {
  const card = await ask('/api/coupon', 'POST', {})
  const { cardList } = await wx.addCard({ cardList: [card] })
  const [taken] = cardList
  if (!taken.isSuccess) return null
  const { code } = await ask('/api/coupon/code', 'POST', { code: taken.code })
  return { cardId: taken.cardId, code }
}

module.exports = { ask, open: () => send('/api/shop', 'GET'), pay, signIn, takeCoupon }
