Page({
  data: { dish: null },

  onLoad({ id }) {
    const dish = getApp().goods().find((one) => one.id === id)
    if (!dish) return wx.navigateBack()
    wx.setNavigationBarTitle({ title: dish.name })
    this.setData({ dish })
  },
})
