// Runs apart from the game, which may show this picture and never read who is in it.
const canvas = wx.getSharedCanvas()
const context = canvas.getContext('2d')
const ROW = 52
const pictures = new Map()

function draw(players, { scale, theme, language }) {
  const ink = theme === 'dark' ? '#e8f0e6' : '#22382c'
  const soft = theme === 'dark' ? '#9db5a5' : '#6d8475'
  const font = 'system-ui, "Noto Sans CJK SC", sans-serif'
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.setTransform(scale, 0, 0, scale, 0, 0)
  const width = canvas.width / scale
  context.textBaseline = 'middle'
  if (!players.length) {
    context.font = `15px ${font}`
    context.fillStyle = soft
    context.textAlign = 'center'
    context.fillText(language.startsWith('zh') ? '还没有朋友的成绩' : 'No friend has a score yet', width / 2, 60)
    return
  }
  players.slice(0, Math.floor(canvas.height / scale / ROW)).forEach((one, place) => {
    const y = place * ROW + ROW / 2
    context.font = `600 16px ${font}`
    context.fillStyle = place < 3 ? '#c98b2b' : soft
    context.textAlign = 'center'
    context.fillText(String(place + 1), 16, y)
    context.save()
    context.beginPath()
    context.roundRect(36, y - 18, 36, 36, 6)
    context.clip()
    context.fillStyle = '#8aa79433'
    context.fillRect(36, y - 18, 36, 36)
    const picture = pictures.get(one.avatarUrl)
    if (picture && picture.width) context.drawImage(picture, 36, y - 18, 36, 36)
    else {
      context.font = `15px ${font}`
      context.fillStyle = soft
      context.textAlign = 'center'
      context.fillText(Array.from(one.nickname)[0] || '', 54, y + 1)
    }
    context.restore()
    context.fillStyle = ink
    context.textAlign = 'left'
    context.font = `15px ${font}`
    context.fillText(one.nickname, 84, y, width - 150)
    context.textAlign = 'right'
    context.font = `700 18px ${font}`
    context.fillText(String(one.best), width - 8, y)
  })
}

function fetchPicture(url, then) {
  if (!url || pictures.has(url)) return
  const picture = wx.createImage()
  pictures.set(url, picture)
  picture.onload = then
  picture.src = url
}

wx.onMessage((asked) => {
  if (asked.show !== 'friends') return
  wx.getFriendCloudStorage({
    keyList: ['best'],
    success({ data }) {
      const players = data.map(({ nickname, avatarUrl, KVDataList: [kept] }) => ({ nickname, avatarUrl, best: Number(kept.value) })).sort((one, other) => other.best - one.best)
      draw(players, asked)
      for (const one of players) fetchPicture(one.avatarUrl, () => draw(players, asked))
    },
    fail: () => draw([], asked),
  })
})
