App({
  onLaunch() {
    const updates = wx.getUpdateManager()
    updates.onUpdateReady(() => updates.applyUpdate())
  },
})
