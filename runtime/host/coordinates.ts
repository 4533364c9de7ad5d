/** GCJ-02, the coordinates maps of mainland China are drawn in, from WGS-84, what devices measure. */

const AXIS = 6378245
const ECCENTRICITY = 0.00669342162296594323

export interface Coordinates {
  latitude: number
  longitude: number
}

/** Outside the mainland both are the same. The shift is the published approximation, good to a few metres. */
export function toGcj02({ latitude, longitude }: Coordinates): Coordinates {
  if (longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271) return { latitude, longitude }
  const x = longitude - 105
  const y = latitude - 35
  const wave = (value: number, parts: [number, number][]): number => parts.reduce((sum, [height, length]) => sum + height * Math.sin(value * length), 0)
  const common = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2 / 3
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common + (wave(y * Math.PI, [[20, 1], [40, 1 / 3], [160, 1 / 12], [320, 1 / 30]]) * 2) / 3
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common + (wave(x * Math.PI, [[20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30]]) * 2) / 3
  const radians = (latitude / 180) * Math.PI
  const flat = 1 - ECCENTRICITY * Math.sin(radians) ** 2
  return {
    latitude: latitude + (north * 180) / (((AXIS * (1 - ECCENTRICITY)) / (flat * Math.sqrt(flat))) * Math.PI),
    longitude: longitude + (east * 180) / ((AXIS / Math.sqrt(flat)) * Math.cos(radians) * Math.PI),
  }
}
