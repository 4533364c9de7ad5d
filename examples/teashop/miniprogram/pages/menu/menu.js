const shop = require('../../shop')
const { language, say, words, yuan } = require('../../words')

/** A number of this program's own for one attempt to order, so that trying again is the same order. */
const newRequest = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`

Page({
  data: {
    words,
    state: 'loading',
    shop: null,
    goods: [],
    chosen: null,
    chosenShown: '',
    quantity: 1,
    cart: [],
    count: 0,
    totalShown: '',
    paying: false,
    coupon: '',
    coupons: null,
    taking: false,
    skeleton: [{ width: '60%', height: '40rpx' }, { width: '30%', height: '36rpx' }],
  },

  onLoad() {
    if (language === 'en') ['Menu', 'Orders'].forEach((text, index) => wx.setTabBarItem({ index, text }))
    this.setData({ cart: wx.getStorageSync('cart') || [], coupons: wx.getStorageSync('coupons') || null })
    this.count()
    this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  async load() {
    if (!this.data.goods.length) this.setData({ state: 'loading' })
    try {
      const { name, hours, goods, coupon } = await shop.open()
      wx.setNavigationBarTitle({ title: say(name) })
      this.setData({
        state: 'open',
        shop: { name: say(name), hours: say(hours) },
        coupon: coupon ? say(coupon.title) : '',
        goods: goods.map((one) => ({
          ...one,
          name: say(one.name),
          shown: yuan(one.price),
          options: one.options.map((option) => ({
            ...option,
            name: say(option.name),
            choices: option.choices.map((choice) => ({ ...choice, name: say(choice.name), label: say(choice.name) + (choice.extra ? ` +${yuan(choice.extra)}` : '') })),
          })),
        })),
      })
      this.count()
    } catch {
      this.setData({ state: this.data.goods.length ? 'open' : 'offline' })
    }
  },

  choose({ currentTarget }) {
    const goods = this.data.goods[currentTarget.dataset.index]
    if (goods.stock === 0) return
    if (!goods.options.length) {
      this.add(goods, {}, 1)
      return
    }
    const options = goods.options.map((option) => ({ ...option, choices: option.choices.map((choice, index) => ({ ...choice, on: !option.many && index === 0 })) }))
    this.setData({ chosen: { ...goods, options }, quantity: 1 })
    this.price()
  },

  pick({ currentTarget }) {
    const { option: optionId, choice: choiceId } = currentTarget.dataset
    const options = this.data.chosen.options.map((option) => {
      if (option.id !== optionId) return option
      return { ...option, choices: option.choices.map((choice) => ({ ...choice, on: choice.id === choiceId ? !option.many || !choice.on : option.many && choice.on })) }
    })
    this.setData({ 'chosen.options': options })
    this.price()
  },

  step({ currentTarget }) {
    const { stock } = this.data.chosen
    this.setData({ quantity: Math.min(Math.max(1, this.data.quantity + currentTarget.dataset.by), Math.min(99, stock)) })
    this.price()
  },

  price() {
    const { chosen, quantity } = this.data
    const extra = chosen.options.flatMap((option) => option.choices).reduce((sum, choice) => sum + (choice.on ? choice.extra : 0), 0)
    this.setData({ chosenShown: yuan((chosen.price + extra) * quantity) })
  },

  dismiss({ detail }) {
    if (!detail.visible) this.setData({ chosen: null })
  },

  done() {
    const { chosen, quantity } = this.data
    const options = {}
    for (const option of chosen.options) {
      const ids = option.choices.filter((choice) => choice.on).map((choice) => choice.id)
      if (option.many) options[option.id] = ids
      else if (ids[0]) options[option.id] = ids[0]
    }
    this.add(chosen, options, quantity)
    this.setData({ chosen: null })
  },

  add(goods, options, quantity) {
    const key = JSON.stringify([goods.id, options])
    const cart = this.data.cart.map((line) => ({ ...line }))
    const line = cart.find((one) => one.key === key)
    if (line) line.quantity = Math.min(99, line.quantity + quantity)
    else cart.push({ key, goods_id: goods.id, options, quantity })
    this.keep(cart)
  },

  clear() {
    this.keep([])
    wx.showToast({ title: words.cleared, icon: 'none' })
  },

  keep(cart) {
    // Another wish is another order: the number of this attempt goes with the cart it was for.
    wx.removeStorageSync('request')
    wx.setStorageSync('cart', cart)
    this.setData({ cart })
    this.count()
  },

  count() {
    const { cart, goods } = this.data
    const total = cart.reduce((sum, line) => {
      const one = goods.find((item) => item.id === line.goods_id)
      if (!one) return sum
      const picked = Object.values(line.options).flat()
      const extra = one.options.flatMap((option) => option.choices).reduce((more, choice) => more + (picked.includes(choice.id) ? choice.extra : 0), 0)
      return sum + (one.price + extra) * line.quantity
    }, 0)
    this.setData({ count: cart.reduce((sum, line) => sum + line.quantity, 0), totalShown: yuan(total) })
  },

  /** The coupon: taken once, and shown from then on. */
  async takeCoupon() {
    if (this.data.taking) return
    this.setData({ taking: true })
    try {
      const taken = await shop.takeCoupon()
      if (taken) {
        wx.setStorageSync('coupons', [taken])
        this.setData({ coupons: [taken] })
        wx.showToast({ title: words.takenCard })
      }
    } catch (refusal) {
      const cancelled = /cancel/.test(refusal.errMsg || '')
      if (!cancelled) wx.showToast({ title: refusal.message || words.offline, icon: 'none' })
    } finally {
      this.setData({ taking: false })
    }
  },

  async showCoupon() {
    try {
      await wx.openCard({ cardList: this.data.coupons })
    } catch {
      wx.showToast({ title: words.inPack, icon: 'none' })
    }
  },

  async checkout() {
    if (this.data.paying) return
    this.setData({ paying: true })
    let number = ''
    try {
      const request = wx.getStorageSync('request') || newRequest()
      wx.setStorageSync('request', request)
      const lines = this.data.cart.map(({ goods_id, options, quantity }) => ({ goods_id, options, quantity }))
      const order = await shop.ask('/api/orders', 'POST', { request_id: request, lines, note: '' })
      number = order.out_trade_no
      if (await shop.pay(number)) wx.showToast({ title: words.paid })
      else wx.showToast({ title: words.check, icon: 'loading' })
      this.keep([])
    } catch (refusal) {
      if (number) {
        this.keep([])
        wx.showToast({ title: words.unpaidHint, icon: 'none' })
      } else wx.showToast({ title: refusal.code === 'OFFLINE' ? words.offline : refusal.message || words.offline, icon: 'none' })
    } finally {
      this.setData({ paying: false })
    }
    if (number) wx.navigateTo({ url: `/pages/order/order?number=${number}` })
    this.load()
  },

  onShareAppMessage() {
    return { title: `${this.data.shop ? this.data.shop.name : ''} · ${words.share}`, path: '/pages/menu/menu' }
  },
})
