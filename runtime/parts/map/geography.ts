/** Places on the round earth and where they are on a flat map that is moved, turned and tilted. */

export interface Place {
  latitude: number
  longitude: number
}

export interface Region {
  southwest: Place
  northeast: Place
}

const TILE_PX = 256
const MOST_NORTH = 85.05112878
const EARTH_M = 40_075_016.686
const RADIANS = Math.PI / 180

/** Mercator: the world is a square from 0 to 1. */
export function flat({ latitude, longitude }: Place): [x: number, y: number] {
  const sin = Math.sin(Math.min(MOST_NORTH, Math.max(-MOST_NORTH, Number(latitude))) * RADIANS)
  return [Number(longitude) / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)]
}

export function round(x: number, y: number): Place {
  return { latitude: Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RADIANS, longitude: (x - 0.5) * 360 }
}

/** How many pixels the world is wide at a scale. */
export const worldPx = (scale: number): number => TILE_PX * 2 ** scale

/** How many metres one pixel is, at a latitude. */
export const metresPerPx = (latitude: number, scale: number): number => (EARTH_M * Math.cos(latitude * RADIANS)) / worldPx(scale)

/** A way of looking at the world. */
export interface Camera {
  center: Place
  scale: number
  /** Degrees, clockwise. */
  rotate: number
  /** Degrees that the far edge leans away. */
  skew: number
  width: number
  height: number
  /** Where in the picture the centre is, from 0 to 1. */
  offset: [number, number]
}

/** Where a place is in the picture, in pixels. */
export function project(place: Place, camera: Camera): [x: number, y: number] {
  const world = worldPx(camera.scale)
  const [cx, cy] = flat(camera.center)
  const [px, py] = flat(place)
  const [dx, dy] = [(px - cx) * world, (py - cy) * world]
  const angle = -camera.rotate * RADIANS
  const x = dx * Math.cos(angle) - dy * Math.sin(angle)
  const y = (dx * Math.sin(angle) + dy * Math.cos(angle)) * Math.cos(camera.skew * RADIANS)
  return [x + camera.width * camera.offset[0], y + camera.height * camera.offset[1]]
}

/** Which place is at a point of the picture. */
export function locate(x: number, y: number, camera: Camera): Place {
  const world = worldPx(camera.scale)
  const [cx, cy] = flat(camera.center)
  const px = x - camera.width * camera.offset[0]
  const py = (y - camera.height * camera.offset[1]) / Math.cos(camera.skew * RADIANS)
  const angle = camera.rotate * RADIANS
  return round(cx + (px * Math.cos(angle) - py * Math.sin(angle)) / world, cy + (px * Math.sin(angle) + py * Math.cos(angle)) / world)
}

/** The upright box of everything in the picture. */
export function regionOf(camera: Camera): Region {
  const corners = [[0, 0], [camera.width, 0], [0, camera.height], [camera.width, camera.height]].map(([x, y]) => locate(x!, y!, camera))
  const [lat, lng] = [corners.map((one) => one.latitude), corners.map((one) => one.longitude)]
  return { southwest: { latitude: Math.min(...lat), longitude: Math.min(...lng) }, northeast: { latitude: Math.max(...lat), longitude: Math.max(...lng) } }
}

/** The centre and the largest scale at which all places are in the picture, with room around them. */
export function fit(places: Place[], camera: Camera, padding: number[]): { center: Place; scale: number } {
  const points = places.map(flat)
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const [top = 0, right = top, bottom = top, left = right] = padding
  const wide = Math.max(1, camera.width - left - right) / Math.max(east - west, 1e-9)
  const high = Math.max(1, camera.height - top - bottom) / Math.max(south - north, 1e-9)
  const scale = Math.log2(Math.min(wide, high) / TILE_PX)
  const world = worldPx(scale)
  return { center: round((west + east) / 2 + (right - left) / 2 / world, (north + south) / 2 + (bottom - top) / 2 / world), scale }
}

/** The angle from one place to another, clockwise from east in degrees, as a marker is turned. */
export function bearing(from: Place, to: Place): number {
  const [ax, ay] = flat(from)
  const [bx, by] = flat(to)
  return Math.atan2(by - ay, bx - ax) / RADIANS
}

/** A place part of the way from one to another. */
export function between(from: Place, to: Place, part: number): Place {
  const [ax, ay] = flat(from)
  const [bx, by] = flat(to)
  return round(ax + (bx - ax) * part, ay + (by - ay) * part)
}
