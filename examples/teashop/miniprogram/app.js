const { language } = require('./words')

App({
  onLaunch() {
    if (language === 'en') {
      wx.setTabBarItem({ index: 0, text: 'Menu' }).catch(() => {})
      wx.setTabBarItem({ index: 1, text: 'Orders' }).catch(() => {})
    }
    const updates = wx.getUpdateManager()
    updates.onUpdateReady(() => updates.applyUpdate())
  },
})
