const { goods } = require('./goods')

App({
  onLaunch() {
    this.language = wx.getAppBaseInfo().language.startsWith('zh') ? 'zh' : 'en'
  },

  /** Everything on sale, in the reader's language. */
  goods() {
    return goods.map((one) => ({ ...one, name: one.name[this.language], about: one.about[this.language] }))
  },
})
