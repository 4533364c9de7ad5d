/** One marker of a map: its picture, its callout, its label, and how it gives way to others. */

import type { MapElement } from '../../components/map'
import { resolveUrl } from '../../engine/program'
import { type Camera, type Place, project } from './geography'

interface Bubble {
  content?: string
  color?: string
  fontSize?: number
  borderRadius?: number
  borderWidth?: number
  borderColor?: string
  bgColor?: string
  padding?: number
  textAlign?: string
  anchorX?: number
  anchorY?: number
}

export interface MarkerGiven extends Place {
  id?: number
  clusterId?: number
  joinCluster?: boolean
  title?: string
  zIndex?: number
  iconPath?: string
  rotate?: number
  alpha?: number
  width?: number | string
  height?: number | string
  callout?: Bubble & { display?: 'BYCLICK' | 'ALWAYS' }
  customCallout?: { display?: 'BYCLICK' | 'ALWAYS'; anchorX?: number; anchorY?: number }
  label?: Bubble & { x?: number; y?: number }
  anchor?: { x: number; y: number }
  'aria-label'?: string
  ariaLabel?: string
  collision?: string
  collisionRelation?: string
}

/** The pin a marker without a picture is. */
const PIN = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="26" height="38" viewBox="0 0 26 38"><path d="M13 0a13 13 0 0 0-13 13c0 9.5 13 25 13 25s13-15.5 13-25A13 13 0 0 0 13 0z" fill="#07c160"/><circle cx="13" cy="13" r="5" fill="#fff"/></svg>')}`

const px = (value: number | string | undefined): string => (value === undefined ? '' : typeof value === 'number' || /^\d+$/.test(value) ? `${value}px` : value.endsWith('rpx') ? `${parseFloat(value) / 7.5}vw` : value)

type Tapped = (event: 'markertap' | 'callouttap' | 'labeltap', marker: Marker) => void

export class Marker {
  readonly element = document.createElement('div')
  place: Place
  rotate: number
  private readonly picture = document.createElement('img')
  private readonly callout = document.createElement('div')
  private readonly label = document.createElement('div')
  private opened = false

  constructor(
    readonly id: number,
    public given: MarkerGiven,
    private readonly map: MapElement,
    private readonly tapped: Tapped,
  ) {
    this.place = given
    this.rotate = 0
    this.element.className = 'h-map-marker'
    this.picture.alt = ''
    this.picture.draggable = false
    this.callout.className = 'h-map-callout'
    this.label.className = 'h-map-label'
    this.element.append(this.picture, this.label, this.callout)
    this.element.role = 'button'
    this.element.tabIndex = 0
    this.picture.onload = () => this.settle()
    const press = (event: Event): void => {
      const target = event.target as Node
      tapped(this.callout.contains(target) ? 'callouttap' : this.label.contains(target) ? 'labeltap' : 'markertap', this)
    }
    this.element.addEventListener('click', press)
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      event.stopPropagation()
      press(event)
    })
    this.update(given)
  }

  update(given: MarkerGiven): void {
    this.given = given
    this.place = { latitude: Number(given.latitude), longitude: Number(given.longitude) }
    this.rotate = given.rotate ?? 0
    const url = (given.iconPath && resolveUrl(given.iconPath, this.map.ownerPath)) || PIN
    if (this.picture.getAttribute('src') !== url) this.picture.src = url
    this.picture.style.width = px(given.width)
    this.picture.style.height = px(given.height)
    this.element.ariaLabel = given['aria-label'] ?? given.ariaLabel ?? given.title ?? given.callout?.content ?? null
    const callout = given.callout ?? (given.title ? { content: given.title } : undefined)
    dress(this.callout, callout)
    dress(this.label, given.label)
  }

  /** Where the program's own callout is in its template. */
  private get own(): HTMLElement | null {
    return this.given.customCallout ? this.map.querySelector<HTMLElement>(`[marker-id="${this.id}"]`) : null
  }

  open(on: boolean): void {
    this.opened = on
  }

  draw(camera: Camera, grouped: boolean): void {
    const { given } = this
    const [x, y] = project(this.place, camera)
    this.element.hidden = grouped
    this.element.style.transform = `translate(${x}px,${y}px)`
    this.element.style.zIndex = String(given.zIndex ?? 0)
    this.picture.style.opacity = String(given.alpha ?? 1)
    const always = (given.callout?.display ?? given.customCallout?.display) === 'ALWAYS'
    this.callout.hidden = Boolean(given.customCallout) || !this.callout.textContent || !(always || this.opened)
    this.label.hidden = !given.label
    const { own } = this
    if (own) {
      const { offsetHeight } = this.picture
      const { anchorX = 0, anchorY = 0 } = given.customCallout!
      own.style.cssText += `;position:absolute;left:0;top:0;z-index:${(given.zIndex ?? 0) + 1};transform:translate(calc(${x + anchorX}px - 50%),calc(${y - offsetHeight + anchorY}px - 100%));visibility:${!grouped && (always || this.opened) ? 'visible' : 'hidden'}`
      own.onclick = () => this.tapped('callouttap', this)
    }
    this.settle()
  }

  /** The picture's anchor stands on the place; by itself, the middle of its foot. */
  private settle(): void {
    const { x = 0.5, y = 1 } = this.given.anchor ?? {}
    const { offsetWidth: width, offsetHeight: height } = this.picture
    this.picture.style.transform = `translate(${-x * width}px,${-y * height}px) rotate(${this.rotate}deg)`
    this.picture.style.transformOrigin = `${x * 100}% ${y * 100}%`
    const { anchorX = 0, anchorY = 0 } = this.given.callout ?? {}
    this.callout.style.transform = `translate(calc(${anchorX}px - 50%),calc(${anchorY - y * height - 6}px - 100%))`
    const { anchorX: lx, anchorY: ly, x: oldX = 0, y: oldY = 0 } = this.given.label ?? {}
    this.label.style.transform = `translate(${lx ?? oldX}px,${ly ?? oldY}px)`
  }

  /** What others must keep clear of: the picture, and with it what belongs to it, if they are one. */
  private boxes(): DOMRect[] {
    const together = this.given.collisionRelation === 'together'
    return [this.picture, ...(together ? [this.callout, this.label] : [])].filter((one) => one.offsetWidth).map((one) => one.getBoundingClientRect())
  }

  /** Markers that mind each other: of two in one place the lower gives way. */
  static separate(markers: Marker[]): void {
    const minding = markers.filter((one) => one.given.collision?.includes('marker') && !one.element.hidden).sort((a, b) => (b.given.zIndex ?? 0) - (a.given.zIndex ?? 0))
    const kept: DOMRect[] = []
    for (const one of minding) {
      const boxes = one.boxes()
      const meets = boxes.some((a) => kept.some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom))
      one.element.hidden = meets
      if (!meets) kept.push(...boxes)
    }
  }

  remove(): void {
    this.element.remove()
  }
}

function dress(bubble: HTMLElement, given: Bubble | undefined): void {
  bubble.textContent = given?.content ?? ''
  bubble.style.cssText = given
    ? `color:${given.color ?? '#000000'};font-size:${given.fontSize ?? 12}px;border-radius:${given.borderRadius ?? 0}px;border:${given.borderWidth ?? 0}px solid ${given.borderColor ?? '#0000'};${given.bgColor ? `background:${given.bgColor};` : ''}padding:${given.padding ?? 0}px;text-align:${given.textAlign ?? 'center'};`
    : ''
}
