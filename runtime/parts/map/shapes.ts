/** Lines, areas and circles of a map, drawn as shapes of one picture. */

import { resolveUrl } from '../../engine/program'
import { type Camera, metresPerPx, type Place, project } from './geography'

interface TextStyle {
  textColor?: string
  strokeColor?: string
  fontSize?: number
}

export interface Line {
  id?: number | string
  points: Place[]
  color?: string
  colorList?: string[]
  width?: number
  dottedLine?: boolean
  arrowLine?: boolean
  arrowIconPath?: string
  borderColor?: string
  borderWidth?: number
  level?: string
  textStyle?: TextStyle
  segmentTexts?: { name: string; startIndex: number; endIndex: number }[]
}

interface Area {
  points: Place[]
  strokeWidth?: number
  strokeColor?: string
  fillColor?: string
  dashArray?: number[]
  zIndex?: number
  level?: string
}

interface Circle extends Place {
  color?: string
  fillColor?: string
  radius: number
  strokeWidth?: number
  level?: string
}

export interface Shapes {
  polyline: Line[]
  polygons: Area[]
  circles: Circle[]
  /** How far each line has been worn away, by its id. */
  erased: Map<string, { index: number; point?: Place }>
}

const SVG = 'http://www.w3.org/2000/svg'
/** From the ground up, as the published levels are named. */
const LEVELS = ['aboveroads', 'abovebuildings', 'abovelabels']
const ARROW_PX = 40

function shape(name: string, attributes: Record<string, string | number | undefined>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, String(value))
  return made
}

/** Colours may carry their opacity in two more digits, which the browser also takes. */
export function drawShapes(layer: SVGElement, shapes: Shapes, camera: Camera, owner: string): void {
  layer.setAttribute('viewBox', `0 0 ${camera.width} ${camera.height}`)
  const path = (points: Place[], closed = false): string => points.map((one, i) => `${i ? 'L' : 'M'}${project(one, camera).map((n) => n.toFixed(1)).join(' ')}`).join('') + (closed ? 'Z' : '')
  const made: { element: SVGElement; level: number; z: number }[] = []
  const add = (level: string | undefined, z: number, ...elements: SVGElement[]): void => {
    for (const element of elements) made.push({ element, level: Math.max(0, LEVELS.indexOf(level ?? 'aboveroads')), z })
  }
  for (const one of shapes.polygons) {
    add(one.level, one.zIndex ?? 0, shape('path', { class: 'h-map-area', d: path(one.points, true), fill: one.fillColor ?? 'none', stroke: one.strokeColor ?? '#ffffff', 'stroke-width': one.strokeWidth ?? 0, 'stroke-dasharray': one.dashArray?.join(' ') }))
  }
  for (const one of shapes.circles) {
    const [cx, cy] = project(one, camera)
    const r = one.radius / metresPerPx(one.latitude, camera.scale)
    add(one.level, 0, shape('ellipse', { class: 'h-map-circle', cx, cy, rx: r, ry: r * Math.cos((camera.skew * Math.PI) / 180), fill: one.fillColor ?? 'none', stroke: one.color ?? '#000000', 'stroke-width': one.strokeWidth ?? 1 }))
  }
  for (const line of shapes.polyline) {
    const points = left(line, shapes.erased)
    if (points.length < 2) continue
    const { width = 5, color = '#000000', borderWidth = 0 } = line
    const common = { fill: 'none', 'stroke-linejoin': 'round', 'stroke-linecap': 'round' }
    const dash = line.dottedLine ? `${width * 2} ${width * 2}` : undefined
    if (borderWidth) add(line.level, 0, shape('path', { ...common, class: 'h-map-border', d: path(points), stroke: line.borderColor ?? color, 'stroke-width': width + borderWidth * 2 }))
    const colors = line.colorList?.length ? line.colorList : [color]
    if (colors.length === 1) add(line.level, 0, shape('path', { ...common, class: 'h-map-line', d: path(points), stroke: colors[0], 'stroke-width': width, 'stroke-dasharray': dash }))
    else for (let i = 0; i + 1 < points.length; i++) add(line.level, 0, shape('path', { ...common, class: 'h-map-line', d: path(points.slice(i, i + 2)), stroke: colors[Math.min(i, colors.length - 1)], 'stroke-width': width, 'stroke-dasharray': dash }))
    if (line.arrowLine || line.arrowIconPath) add(line.level, 0, ...arrows(line, points, camera, owner))
    for (const { name, startIndex, endIndex } of line.segmentTexts ?? []) {
      const [a, b] = [points[startIndex], points[Math.min(endIndex, points.length - 1)]]
      if (!a || !b) continue
      const [[ax, ay], [bx, by]] = [project(a, camera), project(b, camera)]
      const words = shape('text', { class: 'h-map-words', x: (ax + bx) / 2, y: (ay + by) / 2, fill: line.textStyle?.textColor ?? '#000000', stroke: line.textStyle?.strokeColor ?? '#ffffff', 'font-size': line.textStyle?.fontSize ?? 14 })
      words.textContent = name
      add('abovelabels', 0, words)
    }
  }
  made.sort((a, b) => a.level - b.level || a.z - b.z)
  layer.replaceChildren(...made.map((one) => one.element))
}

/** What is left of a line that was worn away up to a point after the vertex of an index. */
function left(line: Line, erased: Shapes['erased']): Place[] {
  const gone = line.id === undefined ? undefined : erased.get(String(line.id))
  if (!gone) return line.points
  const rest = line.points.slice(gone.index + (gone.point ? 1 : 0))
  return gone.point ? [gone.point, ...rest] : rest
}

/** Arrows along a line, in its direction. */
function arrows(line: Line, points: Place[], camera: Camera, owner: string): SVGElement[] {
  const found: SVGElement[] = []
  const icon = line.arrowIconPath ? resolveUrl(line.arrowIconPath, owner) : ''
  const size = Math.max(6, line.width ?? 5)
  for (let i = 0; i + 1 < points.length; i++) {
    const [[ax, ay], [bx, by]] = [project(points[i]!, camera), project(points[i + 1]!, camera)]
    const angle = (Math.atan2(by - ay, bx - ax) * 180) / Math.PI
    const count = Math.min(50, Math.max(1, Math.floor(Math.hypot(bx - ax, by - ay) / ARROW_PX)))
    for (let k = 0; k < count; k++) {
      const at = (k + 0.5) / count
      const place = `translate(${(ax + (bx - ax) * at).toFixed(1)} ${(ay + (by - ay) * at).toFixed(1)}) rotate(${angle.toFixed(1)})`
      found.push(icon ? shape('image', { class: 'h-map-arrow', href: icon, width: size * 2, height: size * 2, x: -size, y: -size, transform: place }) : shape('path', { class: 'h-map-arrow', d: `M${-size / 3} ${-size / 3}L${size / 3} 0L${-size / 3} ${size / 3}`, fill: 'none', stroke: '#ffffff', 'stroke-width': Math.max(1, size / 6), transform: place }))
    }
  }
  return found
}

/** The line that a tap is on. */
export function shapeAt(shapes: Shapes, x: number, y: number, camera: Camera): Line | undefined {
  return [...shapes.polyline].reverse().find((line) => {
    const points = left(line, shapes.erased).map((one) => project(one, camera))
    return points.some(([ax, ay], i) => {
      const next = points[i + 1]
      if (!next) return false
      const [dx, dy] = [next[0] - ax, next[1] - ay]
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)))
      return Math.hypot(x - ax - t * dx, y - ay - t * dy) <= (line.width ?? 5) / 2 + 6
    })
  })
}
