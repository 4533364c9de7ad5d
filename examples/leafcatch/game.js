const { Play, WIDTH, TRAY, LIVES } = require('./play')
const play = require('./sound')
const words = require('./words')

const { windowWidth, windowHeight, pixelRatio } = wx.getWindowInfo()
const canvas = wx.createCanvas()
const context = canvas.getContext('2d')
const friends = wx.getOpenDataContext()
const FONT = 'system-ui, "Noto Sans CJK SC", sans-serif'
let scale = 1
let height = 0
let game = null
let shown = 'title'
let last = 0
let best = Number(wx.getStorageSync('best')) || 0
let isRecord = false
let buttons = []

// Looking at an advertisement to its end earns one more life, once a game; on the first page a banner stands below.
const revival = wx.createRewardedVideoAd({ adUnitId: 'adunit-1eafca7c0000001f' })
let mayRevive = false
revival.onLoad(() => (mayRevive = true))
revival.onError(() => (mayRevive = false))
revival.onClose(({ isEnded }) => {
  if (!isEnded) return
  game.revive()
  shown = 'play'
  last = 0
})
const BANNER_WIDE = Math.min(windowWidth - 24, 360)
const banner = wx.createBannerAd({ adUnitId: 'adunit-1eafca7c000000ba', style: { left: (windowWidth - BANNER_WIDE) / 2, top: windowHeight, width: BANNER_WIDE } })
banner.onError(() => {})
banner.onResize(({ height: high }) => (banner.style.top = wx.getWindowInfo().windowHeight - high - 12))
let isBannerShown = false
function placeBanner() {
  if (isBannerShown === (shown === 'title')) return
  isBannerShown = !isBannerShown
  if (isBannerShown) banner.show().catch(() => {})
  else banner.hide()
}

function fit({ windowWidth: width, windowHeight: high }) {
  canvas.width = width * pixelRatio
  canvas.height = high * pixelRatio
  // On a wide screen the field stands in the middle.
  scale = Math.min(width / WIDTH, high / 480) * pixelRatio
  height = canvas.height / scale
  if (game) game.height = height
}
fit({ windowWidth, windowHeight })
wx.onWindowResize(({ size }) => fit(size || wx.getWindowInfo()))
const left = () => (canvas.width / scale - WIDTH) / 2

function colours() {
  return wx.getAppBaseInfo().theme === 'dark'
    ? { sky: ['#10231c', '#1d3b2e'], ink: '#e8f0e6', soft: '#9db5a5', leaf: '#79c58d', stone: '#8b8f94', tray: '#c79a5b', button: '#3f8f5c', panel: '#0d1a15ee' }
    : { sky: ['#f3f7e9', '#d5e8cf'], ink: '#22382c', soft: '#6d8475', leaf: '#4e9d63', stone: '#7b7f85', tray: '#9c6b30', button: '#2f7d4c', panel: '#ffffffee' }
}

function text(said, x, y, size, colour, weight = 400) {
  context.font = `${weight} ${size}px ${FONT}`
  context.fillStyle = colour
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(said, x, y, WIDTH - 24)
}

function button(said, y, press, colour) {
  const [x, wide, high] = [WIDTH / 2 - 92, 184, 46]
  context.beginPath()
  context.roundRect(x, y, wide, high, 23)
  context.fillStyle = colour
  context.fill()
  text(said, WIDTH / 2, y + high / 2, 18, '#fff', 600)
  buttons.push({ x, y, wide, high, press })
}

function leaf(x, y, turn, colour) {
  context.save()
  context.translate(x, y)
  context.rotate(Math.sin(turn) * 0.9)
  context.beginPath()
  context.moveTo(-14, 0)
  context.quadraticCurveTo(0, -13, 14, 0)
  context.quadraticCurveTo(0, 13, -14, 0)
  context.fillStyle = colour
  context.fill()
  context.beginPath()
  context.moveTo(-12, 0)
  context.lineTo(12, 0)
  context.strokeStyle = '#ffffff88'
  context.lineWidth = 1.2
  context.stroke()
  context.restore()
}

function draw() {
  const c = colours()
  buttons = []
  const sky = context.createLinearGradient(0, 0, 0, canvas.height)
  sky.addColorStop(0, c.sky[0])
  sky.addColorStop(1, c.sky[1])
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.fillStyle = sky
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.setTransform(scale, 0, 0, scale, left() * scale, 0)
  if (shown === 'title') {
    for (const [x, y, turn] of [[64, 0.2, 1], [250, 0.16, 2], [206, 0.27, 4], [104, 0.29, 5]]) leaf(x, y * height, turn + Date.now() / 900, c.leaf)
    text(words.title, WIDTH / 2, height * 0.36, 34, c.ink, 700)
    text(words.how, WIDTH / 2, height * 0.36 + 42, 13, c.soft)
    if (best) text(`${words.best} ${best}`, WIDTH / 2, height * 0.36 + 70, 14, c.soft)
    button(words.begin, height * 0.62, begin, c.button)
    button(words.friends, height * 0.62 + 62, showFriends, c.soft)
    return
  }
  if (shown === 'friends') {
    text(words.friends, WIDTH / 2, 92, 24, c.ink, 700)
    context.drawImage(friends.canvas, 20, 120, WIDTH - 40, height - 250)
    button(words.back, height - 108, () => (shown = game ? 'over' : 'title'), c.button)
    return
  }
  for (const one of game.falling) {
    if (!one.stone) leaf(one.x, one.y, one.turn, c.leaf)
    else {
      context.beginPath()
      context.ellipse(one.x, one.y, 12, 9, one.turn / 3, 0, Math.PI * 2)
      context.fillStyle = c.stone
      context.fill()
    }
  }
  context.beginPath()
  context.roundRect(game.x - TRAY / 2, height - 96, TRAY, 14, [3, 3, 12, 12])
  context.fillStyle = c.tray
  context.fill()
  text(String(game.score), WIDTH / 2, 96, 40, c.ink, 700)
  for (let life = 0; life < LIVES; life++) leaf(WIDTH / 2 - 28 + life * 28, 132, 1.6, life < game.lives ? c.leaf : `${c.soft}55`)
  if (shown === 'over') {
    const top = Math.max(158, height * 0.24)
    context.beginPath()
    const reviving = mayRevive && !game.revived
    context.roundRect(24, top, WIDTH - 48, reviving ? 388 : 330, 18)
    context.fillStyle = c.panel
    context.fill()
    text(isRecord ? words.record : words.score, WIDTH / 2, top + 40, 18, c.soft)
    text(String(game.score), WIDTH / 2, top + 84, 48, c.ink, 700)
    text(`${words.best} ${best}`, WIDTH / 2, top + 124, 14, c.soft)
    const choices = [[words.again, begin], [words.friends, showFriends], [words.share, challenge]]
    if (reviving) choices.unshift([words.revive, () => revival.show().catch(() => (mayRevive = false))])
    choices.forEach(([said, press], at) => button(said, top + 150 + 58 * at, press, at ? c.soft : c.button))
  }
}

function begin() {
  game = new Play(height)
  shown = 'play'
  last = 0
}

function challenge() {
  wx.shareAppMessage({ title: words.challenge(game.score), query: `from=${game.score}`, fail() {} })
}

function showFriends() {
  shown = 'friends'
  friends.canvas.width = Math.round((WIDTH - 40) * scale)
  friends.canvas.height = Math.round((height - 250) * scale)
  friends.postMessage({ show: 'friends', scale, theme: wx.getAppBaseInfo().theme, language: wx.getAppBaseInfo().language })
}

function over() {
  shown = 'over'
  isRecord = game.score > best
  if (!isRecord) return
  best = game.score
  wx.setStorageSync('best', best)
  wx.setUserCloudStorage({ KVDataList: [{ key: 'best', value: String(best) }], fail() {} })
}

function turn(now) {
  if (shown === 'play') {
    // A tab that was away has not played meanwhile.
    for (const what of game.pass(Math.min(0.05, last ? (now - last) / 1000 : 0))) {
      play(what === 'leaf' ? 660 + game.score * 4 : 160)
      if (what !== 'leaf') wx.vibrateShort({ type: 'light', fail() {} })
    }
    last = now
    if (game.over) over()
  }
  draw()
  placeBanner()
  requestAnimationFrame(turn)
}
requestAnimationFrame(turn)

const at = ({ clientX }) => (clientX * pixelRatio) / scale - left()
wx.onTouchStart(({ changedTouches: [touch] }) => {
  const [x, y] = [at(touch), (touch.clientY * pixelRatio) / scale]
  const pressed = buttons.find((one) => x >= one.x && x <= one.x + one.wide && y >= one.y && y <= one.y + one.high)
  if (pressed) pressed.press()
  else if (shown === 'play') game.move(x)
})
wx.onTouchMove(({ changedTouches: [touch] }) => {
  if (shown === 'play') game.move(at(touch))
})
wx.onKeyDown(({ key }) => {
  if (shown === 'play' && key === 'ArrowLeft') game.move(game.x - 24)
  else if (shown === 'play' && key === 'ArrowRight') game.move(game.x + 24)
  else if ((key === 'Enter' || key === ' ') && buttons.length) buttons[0].press()
})
wx.onShareAppMessage(() => ({ title: words.challenge(best), query: `from=${best}` }))
