const shop = require('../../shop')
const { say, when, words, yuan } = require('../../words')

/** How often an open order asks after itself, while the shop is making it. */
const ASK_AGAIN_MS = 5000

Page({
  data: { words, order: null, lines: [], label: '', total: '', refunded: '', placed: '', phone: '', busy: false, failed: false },

  onLoad({ number }) {
    this.number = number
    wx.setNavigationBarTitle({ title: words.order })
    shop.open().then(({ goods }) => {
      this.names = Object.fromEntries(goods.flatMap((one) => one.options).flatMap((option) => option.choices.map((choice) => [`${option.id}/${choice.id}`, say(choice.name)])))
      if (this.data.order) this.show(this.data.order)
    }, () => {})
    shop.ask('/api/me').then(({ phone }) => this.setData({ phone: phone || '' }), () => {})
  },

  onShow() {
    this.load()
    this.timer = setInterval(() => this.load(), ASK_AGAIN_MS)
  },

  onHide() {
    clearInterval(this.timer)
  },

  onUnload() {
    clearInterval(this.timer)
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    try {
      this.show(await shop.ask(`/api/orders/${this.number}`))
    } catch {
      this.setData({ failed: true })
    }
  },

  show(order) {
    const back = order.refunds.filter((one) => one.state === 'success').reduce((sum, one) => sum + one.amount, 0)
    this.setData({
      order,
      failed: false,
      label: words.states[order.state] || order.state,
      total: yuan(order.total),
      refunded: back ? yuan(back) : '',
      placed: when(order.placed_at),
      lines: order.lines.map((line) => ({
        number: line.number,
        name: line.quantity > 1 ? `${line.name} ×${line.quantity}` : line.name,
        options: this.chosen(line.options),
        amount: yuan(line.unit_price * line.quantity),
      })),
    })
  },

  chosen(options) {
    const names = this.names || {}
    return Object.entries(options).flatMap(([option, ids]) => [].concat(ids).map((id) => names[`${option}/${id}`] || '')).filter(Boolean).join(' · ')
  },

  async pay() {
    if (this.data.busy) return
    this.setData({ busy: true })
    try {
      if (await shop.pay(this.number)) wx.showToast({ title: words.paid })
    } catch {
      wx.showToast({ title: words.unpaidHint, icon: 'none' })
    } finally {
      this.setData({ busy: false })
      this.load()
    }
  },

  async cancel() {
    try {
      this.show(await shop.ask(`/api/orders/${this.number}/cancel`, 'POST', {}))
    } catch (refusal) {
      wx.showToast({ title: refusal.message || words.offline, icon: 'none' })
      this.load()
    }
  },

  async leavePhone({ detail }) {
    if (!detail.code) return
    try {
      const { phone } = await shop.ask('/api/me/phone', 'POST', { code: detail.code })
      this.setData({ phone })
    } catch {
      wx.showToast({ title: words.offline, icon: 'none' })
    }
  },

  back() {
    wx.switchTab({ url: '/pages/menu/menu' })
  },
})
