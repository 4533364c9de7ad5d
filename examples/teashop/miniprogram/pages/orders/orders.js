const shop = require('../../shop')
const { when, words, yuan } = require('../../words')

const THEMES = { unpaid: 'warning', paid: 'primary', ready: 'success', collected: 'default', closed: 'default' }

const shown = (order) => ({
  id: order.id,
  out_trade_no: order.out_trade_no,
  title: order.lines.map((line) => (line.quantity > 1 ? `${line.name} ×${line.quantity}` : line.name)).join('、'),
  label: words.states[order.state] || order.state,
  theme: THEMES[order.state] || 'default',
  total: yuan(order.total),
  when: when(order.placed_at),
})

Page({
  data: { words, orders: [], state: 'loading' },

  onLoad() {
    wx.setNavigationBarTitle({ title: words.order })
  },

  onShow() {
    this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    try {
      const { orders } = await shop.ask('/api/orders')
      this.setData({ orders: orders.map(shown), state: orders.length ? 'some' : 'none' })
    } catch {
      this.setData({ state: this.data.orders.length ? 'some' : 'offline' })
    }
  },

  async onReachBottom() {
    const last = this.data.orders[this.data.orders.length - 1]
    if (!last || this.asking) return
    this.asking = true
    try {
      const { orders } = await shop.ask(`/api/orders?before=${last.id}`)
      if (orders.length) this.setData({ orders: [...this.data.orders, ...orders.map(shown)] })
    } catch {
      // What is on the screen stays; scrolling again asks again.
    } finally {
      this.asking = false
    }
  },

  open({ currentTarget }) {
    wx.navigateTo({ url: `/pages/order/order?number=${currentTarget.dataset.number}` })
  },
})
