/**
 * Reads the round code of a mini program: four bullseyes give the perspective, rays between them the bits.
 * It is drawn by `hutong/kernel/round_codes.py`, where the shape is told; lengths here are in radii of the code as well.
 */
import { correct } from './reedSolomon'

const ID_BYTES = 9
const RAYS = 48
const RINGS = 8
const INNERMOST = 0.46
const PITCH = 0.07
const BULLSEYE_AT = 0.79 * Math.SQRT1_2
const BULLSEYE = 0.17
const MOST_FINDERS = 12 // candidates looked at in one picture

interface Point {
  x: number
  y: number
}
type Quad = [Point, Point, Point, Point]

const CORNERS: Quad = [
  { x: -BULLSEYE_AT, y: -BULLSEYE_AT },
  { x: BULLSEYE_AT, y: -BULLSEYE_AT },
  { x: BULLSEYE_AT, y: BULLSEYE_AT },
  { x: -BULLSEYE_AT, y: BULLSEYE_AT },
]
const CELLS: Point[] = []
for (let ray = 0; ray < RAYS; ray += 1) {
  for (let ring = 0; ring < RINGS; ring += 1) {
    const angle = (2 * Math.PI * ray) / RAYS
    const out = INNERMOST + PITCH * ring
    const cell = { x: out * Math.cos(angle), y: out * Math.sin(angle) }
    if (CORNERS.every((corner) => Math.hypot(cell.x - corner.x, cell.y - corner.y) > BULLSEYE + 0.05)) CELLS.push(cell)
  }
}
CELLS.length -= CELLS.length % 8
const BYTES = CELLS.length / 8

/** Grey values in rows, 0 for ink. */
interface Grey {
  values: Uint8Array
  width: number
  height: number
}
interface Finder extends Point {
  size: number // of one seventh of its breadth, in pixels
  seen: number
}

/** The text inside the round code in an RGBA picture, or null. Of `pale` ink on a dark ground too, if asked. */
export function readRoundCode(rgba: Uint8ClampedArray, width: number, height: number, pale = false): string | null {
  const grey = inkOf(rgba, width, height)
  for (const quad of quads(findBullseyes(grey))) {
    const found = readAt(grey, quad)
    if (found !== null) return found
  }
  if (!pale) return null
  const negative = rgba.map((value, at) => (at % 4 === 3 ? value : 255 - value))
  return readRoundCode(negative, width, height)
}

/** The text that stands for an id; the server knows what it leads to. */
const textOf = (id: Uint8Array): string => `https://mp.weixin.qq.com/a/~${btoa(String.fromCharCode(...id)).replaceAll('+', '-').replaceAll('/', '_')}~~`

/** The darkest of the three colours at each point, so that ink of any colour is dark; smoothed against noise. */
function inkOf(rgba: Uint8ClampedArray, width: number, height: number): Grey {
  const raw = new Uint8Array(width * height)
  for (let at = 0, from = 0; at < raw.length; at += 1, from += 4) raw[at] = Math.min(rgba[from] as number, rgba[from + 1] as number, rgba[from + 2] as number)
  const values = raw.slice()
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x
      const cross = (raw[at - 1] as number) + (raw[at + 1] as number) + (raw[at - width] as number) + (raw[at + width] as number)
      values[at] = (cross + 4 * (raw[at] as number)) >> 3
    }
  }
  return { values, width, height }
}

/** 1 where a point is darker than its wider surroundings. */
function darkOf({ values, width, height }: Grey): Uint8Array {
  const sums = new Float64Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y += 1) {
    let row = 0
    for (let x = 0; x < width; x += 1) {
      row += values[y * width + x] as number
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] as number) + row
    }
  }
  const dark = new Uint8Array(width * height)
  const reach = Math.max(8, Math.round(Math.min(width, height) / 10))
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, y - reach)
    const bottom = Math.min(height, y + reach + 1)
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - reach)
      const right = Math.min(width, x + reach + 1)
      const at = (row: number, column: number): number => sums[row * (width + 1) + column] as number
      const mean = (at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)) / ((bottom - top) * (right - left))
      dark[y * width + x] = (values[y * width + x] as number) < mean * 0.94 - 1 ? 1 : 0
    }
  }
  return dark
}

/** Whether five runs are those of a line through a bullseye: 1 1 3 1 1. */
function fits(runs: readonly number[]): boolean {
  const unit = runs.reduce((sum, run) => sum + run, 0) / 7
  return unit >= 0.9 && runs.every((run, at) => Math.abs(run - (at === 2 ? 3 : 1) * unit) <= (at === 2 ? 1.3 : 0.75) * unit)
}

/** The runs of a line through a dark point in both directions, and how far its middle run reaches; null if they do not fit. */
function across(dark: Uint8Array, width: number, height: number, x: number, y: number, dx: number, dy: number, longest: number): { shift: number; unit: number } | null {
  const reach = (sign: number): [number, number, number] | null => {
    const runs: [number, number, number] = [0, 0, 0]
    let step = sign > 0 ? 1 : 0
    for (let part = 0; part < 3; part += 1) {
      const want = part === 1 ? 0 : 1
      for (;;) {
        const px = x + sign * step * dx
        const py = y + sign * step * dy
        if (px < 0 || py < 0 || px >= width || py >= height) {
          if (part === 2 && runs[2] > 0) break
          return null
        }
        if (dark[py * width + px] !== want) break
        runs[part] = (runs[part] as number) + 1
        if ((runs[part] as number) > longest) return null
        step += 1
      }
    }
    return runs
  }
  const back = reach(-1)
  const on = reach(1)
  if (back === null || on === null) return null
  const runs = [back[2], back[1], back[0] + on[0], on[1], on[2]]
  if (!fits(runs)) return null
  return { shift: (on[0] - back[0] + 1) / 2, unit: runs.reduce((sum, run) => sum + run, 0) / 7 }
}

function findBullseyes(grey: Grey): Finder[] {
  const { width, height } = grey
  const dark = darkOf(grey)
  const found: Finder[] = []
  for (let y = 0; y < height; y += 1) {
    const runs = [0, 0, 0, 0, 0]
    let shade = 0
    for (let x = 0; x <= width; x += 1) {
      const now = x < width ? (dark[y * width + x] as number) : 1 - shade
      if (now === shade) {
        runs[4] = (runs[4] as number) + 1
        continue
      }
      if (shade === 1 && fits(runs)) {
        const middle = x - (runs[4] as number) - (runs[3] as number) - (runs[2] as number) / 2
        note(found, dark, width, height, Math.floor(middle), y, Math.max(...runs) * 2)
      }
      runs.shift()
      runs.push(1)
      shade = now
    }
  }
  return found.sort((a, b) => b.seen - a.seen).slice(0, MOST_FINDERS)
}

/** Keep a place if lines through it in four directions are those of a bullseye. */
function note(found: Finder[], dark: Uint8Array, width: number, height: number, x: number, y: number, longest: number): void {
  const down = across(dark, width, height, x, y, 0, 1, longest)
  if (down === null) return
  const midY = Math.round(y + down.shift - 0.5)
  const along = across(dark, width, height, x, midY, 1, 0, longest)
  if (along === null) return
  const midX = Math.round(x + along.shift - 0.5)
  if (across(dark, width, height, midX, midY, 1, 1, longest) === null || across(dark, width, height, midX, midY, 1, -1, longest) === null) return
  const size = (down.unit + along.unit) / 2
  const near = found.find((one) => Math.hypot(one.x - x, one.y - midY) < 3 * Math.max(size, one.size))
  const exact = { x: x + along.shift, y: y + down.shift }
  if (near === undefined) found.push({ ...exact, size, seen: 1 })
  else {
    near.seen += 1
    near.x += (exact.x - near.x) / near.seen
    near.y += (exact.y - near.y) / near.seen
    near.size += (size - near.size) / near.seen
  }
}

/** Four bullseyes that may be those of one code, in order round it, the likeliest first. */
function quads(finders: Finder[]): Quad[] {
  const found: { quad: Quad; off: number }[] = []
  const count = finders.length
  for (let a = 0; a < count - 3; a += 1)
    for (let b = a + 1; b < count - 2; b += 1)
      for (let c = b + 1; c < count - 1; c += 1)
        for (let d = c + 1; d < count; d += 1) {
          const four = [finders[a], finders[b], finders[c], finders[d]] as [Finder, Finder, Finder, Finder]
          const sizes = four.map((one) => one.size)
          if (Math.max(...sizes) > 2.2 * Math.min(...sizes)) continue
          const middle = { x: four.reduce((sum, one) => sum + one.x, 0) / 4, y: four.reduce((sum, one) => sum + one.y, 0) / 4 }
          const round = four.sort((one, other) => Math.atan2(one.y - middle.y, one.x - middle.x) - Math.atan2(other.y - middle.y, other.x - middle.x)) as Quad
          const sides = round.map((one, at) => Math.hypot(one.x - (round[(at + 1) % 4] as Point).x, one.y - (round[(at + 1) % 4] as Point).y))
          const turns = round.map((one, at) => {
            const next = round[(at + 1) % 4] as Point
            const after = round[(at + 2) % 4] as Point
            return (next.x - one.x) * (after.y - next.y) - (next.y - one.y) * (after.x - next.x)
          })
          if (turns.some((turn) => turn <= 0) || Math.max(...sides) > 2.5 * Math.min(...sides)) continue
          // A side is 23 sevenths of a bullseye's breadth.
          const off = Math.abs(Math.log(sides.reduce((sum, side) => sum + side, 0) / sizes.reduce((sum, size) => sum + size, 0) / ((2 * BULLSEYE_AT) / ((2 * BULLSEYE) / 7))))
          if (off < 0.5) found.push({ quad: round, off: off + Math.max(...sides) / Math.min(...sides) })
        }
  return found.sort((one, other) => one.off - other.off).slice(0, 8).map(({ quad }) => quad)
}

type Projection = (point: Point) => Point

/** From the square with corners (0,0) (1,0) (1,1) (0,1) to four points: the projective map, in closed form. */
function projection(quad: Quad): Projection {
  const [a, b, c, d] = quad
  const sumX = a.x - b.x + c.x - d.x
  const sumY = a.y - b.y + c.y - d.y
  const bx = b.x - c.x
  const by = b.y - c.y
  const dx = d.x - c.x
  const dy = d.y - c.y
  const base = bx * dy - dx * by
  const g = (sumX * dy - dx * sumY) / base
  const h = (bx * sumY - sumX * by) / base
  return ({ x, y }) => {
    const u = (x / BULLSEYE_AT + 1) / 2
    const v = (y / BULLSEYE_AT + 1) / 2
    const depth = g * u + h * v + 1
    return {
      x: ((b.x - a.x + g * b.x) * u + (d.x - a.x + h * d.x) * v + a.x) / depth,
      y: ((b.y - a.y + g * b.y) * u + (d.y - a.y + h * d.y) * v + a.y) / depth,
    }
  }
}

function sample({ values, width, height }: Grey, { x, y }: Point): number {
  const px = Math.min(Math.max(x - 0.5, 0), width - 1.001)
  const py = Math.min(Math.max(y - 0.5, 0), height - 1.001)
  const left = Math.floor(px)
  const top = Math.floor(py)
  const at = top * width + left
  const across = px - left
  const upper = (values[at] as number) * (1 - across) + (values[at + 1] as number) * across
  const lower = (values[at + width] as number) * (1 - across) + (values[at + width + 1] as number) * across
  return upper + (lower - upper) * (py - top)
}

/** The mean over a spot and points round it. */
function spot(grey: Grey, project: Projection, centre: Point, reach: number, points = 8, own = true): number {
  let sum = own ? sample(grey, project(centre)) : 0
  for (let at = 0; at < points; at += 1) {
    const angle = (2 * Math.PI * at) / points
    sum += sample(grey, project({ x: centre.x + reach * Math.cos(angle), y: centre.y + reach * Math.sin(angle) }))
  }
  return sum / (points + (own ? 1 : 0))
}

function readAt(grey: Grey, quad: Quad): string | null {
  const project = projection(quad)
  // What ink and ground look like at each bullseye; between them the light changes evenly.
  const shades = CORNERS.map((corner) => ({
    ink: spot(grey, project, corner, BULLSEYE * 0.15),
    ground: spot(grey, project, corner, (BULLSEYE * 4) / 7, 16, false),
  }))
  if (shades.some(({ ink, ground }) => ground - ink < 8)) return null
  const between = (part: 'ink' | 'ground', { x, y }: Point): number => {
    const u = (x / BULLSEYE_AT + 1) / 2
    const v = (y / BULLSEYE_AT + 1) / 2
    const [a, b, c, d] = shades.map((one) => one[part]) as [number, number, number, number]
    return a * (1 - u) * (1 - v) + b * u * (1 - v) + c * u * v + d * (1 - u) * v
  }
  const inked = CELLS.map((cell) => {
    const ink = between('ink', cell)
    return (between('ground', cell) - spot(grey, project, cell, 0.012, 6)) / Math.max(4, between('ground', cell) - ink)
  })
  for (const least of [0.5, 0.38, 0.62]) {
    // Which bullseye is the first is not known: a quarter turn moves every bit by a quarter of the rays.
    for (let turn = 0; turn < 4; turn += 1) {
      const word = new Uint8Array(BYTES)
      for (let at = 0; at < CELLS.length; at += 1) {
        if ((inked[(at + (turn * CELLS.length) / 4) % CELLS.length] as number) > least) word[at >> 3] = (word[at >> 3] as number) | (0x80 >> at % 8)
      }
      const message = correct(word, BYTES - ID_BYTES - 2)?.slice(0, ID_BYTES + 2)
      if (message !== undefined && sound(message)) return textOf(message.slice(0, ID_BYTES))
    }
  }
  return null
}

/** Whether the CRC-16 (CCITT, from 0xffff) at the end is that of what stands before it. */
function sound(message: Uint8Array): boolean {
  let check = 0xffff
  for (const byte of message) {
    check ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) check = check & 0x8000 ? ((check << 1) ^ 0x1021) & 0xffff : check << 1
  }
  return check === 0
}
