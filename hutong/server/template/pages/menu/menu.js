const words = {
  zh: { title: '小铺', hello: '今天想吃点什么？', add: '加一份', total: '合计', pay: '去结账', thanks: '谢谢惠顾' },
  en: { title: 'The shop', hello: 'What would you like today?', add: 'Add', total: 'Total', pay: 'Check out', thanks: 'Thank you' },
}

Page({
  data: { goods: [], words: words.zh, count: 0, total: 0 },

  onLoad() {
    const app = getApp()
    const spoken = words[app.language]
    wx.setNavigationBarTitle({ title: spoken.title })
    this.setData({ words: spoken, goods: app.goods().map((one) => ({ ...one, count: 0 })) })
  },

  onShareAppMessage() {
    return { title: this.data.words.hello }
  },

  open(event) {
    wx.navigateTo({ url: `/pages/dish/dish?id=${event.currentTarget.dataset.id}` })
  },

  add(event) {
    const goods = this.data.goods.map((one) => (one.id === event.currentTarget.dataset.id ? { ...one, count: one.count + 1 } : one))
    const count = goods.reduce((sum, one) => sum + one.count, 0)
    const total = goods.reduce((sum, one) => sum + one.count * one.price, 0)
    this.setData({ goods, count, total })
  },

  pay() {
    wx.showToast({ title: this.data.words.thanks })
    this.setData({ goods: this.data.goods.map((one) => ({ ...one, count: 0 })), count: 0, total: 0 })
  },
})
