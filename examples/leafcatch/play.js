// One game: what falls, what is caught, and when it is over. Lengths are in a field 320 wide, whatever the screen.
const WIDTH = 320
const TRAY = 76
const LIVES = 3
const BEGIN_SPEED = 110 // lengths a second
const FASTER = 2.2 // a second more for each leaf caught
const STONES = 0.22 // of what falls

class Play {
  constructor(height, random = Math.random) {
    this.height = height
    this.random = random
    this.x = WIDTH / 2
    this.falling = []
    this.score = 0
    this.lives = LIVES
    this.until = 0
    this.revived = false
  }

  get over() {
    return this.lives <= 0
  }

  /** Go on with one more life and nothing in the air. */
  revive() {
    this.lives = 1
    this.falling = []
    this.revived = true
  }

  /** Put the middle of the tray here. */
  move(x) {
    this.x = Math.min(WIDTH - TRAY / 2, Math.max(TRAY / 2, x))
  }

  /** Let so many seconds pass; what was caught or lost in them: 'leaf', 'stone' or 'lost', in order. */
  pass(seconds) {
    const happened = []
    const speed = BEGIN_SPEED + FASTER * this.score
    this.until -= seconds
    if (this.until <= 0) {
      this.until = Math.max(0.28, 0.95 - this.score * 0.012)
      this.falling.push({ x: 20 + this.random() * (WIDTH - 40), y: -20, stone: this.random() < STONES, turn: this.random() * 6 })
    }
    const tray = this.height - 96
    for (const one of this.falling) {
      const before = one.y
      one.y += speed * seconds
      one.turn += seconds * 2
      if (before < tray && one.y >= tray && Math.abs(one.x - this.x) < TRAY / 2 + 8) {
        one.gone = true
        if (one.stone) this.lives -= 1
        else this.score += 1
        happened.push(one.stone ? 'stone' : 'leaf')
      } else if (one.y > this.height + 20) {
        one.gone = true
        if (!one.stone) {
          this.lives -= 1
          happened.push('lost')
        }
      }
    }
    this.falling = this.falling.filter((one) => !one.gone)
    return happened
  }
}

module.exports = { Play, WIDTH, TRAY, LIVES }
