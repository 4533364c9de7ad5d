/**
 * The drawing of a map: a calm grid without a network, with everything a page puts on it. All of it is placed in
 * the picture's own pixels, so that words and markers stand upright however the map is turned and tilted.
 */

import type { MapElement } from '../components/map'
import { addSheet } from '../engine/loader'
import { program, resolveUrl } from '../engine/program'
import { between, bearing, type Camera, fit, flat, locate, metresPerPx, type Place, project, regionOf, type Region, round, worldPx } from './map/geography'
import css from './map/map.css'
import { Marker, type MarkerGiven } from './map/markers'
import { drawShapes, type Shapes, shapeAt } from './map/shapes'

addSheet('base', css)

const STEP_PX = 80
const TAP_PX = 6
const FRAME_MS = 16

interface Control {
  id?: number
  position?: { left?: number; top?: number; width?: number; height?: number }
  iconPath: string
  clickable?: boolean
}

interface Overlay {
  id: string
  src: string
  bounds: Region
  visible?: boolean
  zIndex?: number
  opacity?: number
}

interface Cluster {
  clusterId: number
  markerIds: number[]
  center: Place
}

type Cause = 'gesture' | 'drag' | 'scale' | 'update'

export class MapView {
  readonly camera: Camera
  private readonly root = document.createElement('div')
  private readonly ground = document.createElement('canvas')
  private readonly overlayLayer = document.createElement('div')
  private readonly shapeLayer = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  private readonly markerLayer = document.createElement('div')
  private readonly controlLayer = document.createElement('div')
  private readonly compass = document.createElement('button')
  private readonly ruler = document.createElement('div')
  private readonly me = document.createElement('i')
  private readonly markers = new Map<number, Marker>()
  private readonly added = new Map<number, MarkerGiven>()
  private readonly overlays = new Map<string, Overlay & { image: HTMLImageElement }>()
  private readonly arcs = new Map<string, Shapes['polyline'][number]>()
  private readonly heard = new Map<string, Set<(detail: object) => void>>()
  private readonly erased = new Map<string, { index: number; point?: Place }>()
  private readonly moves = new Map<number, () => void>()
  private clusters: { gridSize: number; zoomOnClick: boolean; enableDefaultStyle: boolean } | null = null
  private grouped: Cluster[] = []
  private here: Place | null = null
  private boundary: Region | null = null
  private scheduled = false
  private moving: Cause | null = null
  private settings: Record<string, unknown> = {}

  constructor(private readonly element: MapElement) {
    const size = element.getBoundingClientRect()
    this.camera = {
      center: { latitude: element.read('latitude'), longitude: element.read('longitude') },
      scale: element.read('scale'),
      rotate: element.read('rotate'),
      skew: element.read('skew'),
      width: size.width,
      height: size.height,
      offset: [0.5, 0.5],
    }
    this.root.className = 'h-map'
    this.compass.className = 'h-map-compass'
    this.compass.type = 'button'
    this.compass.ariaLabel = program().boot.language.startsWith('zh') ? '指北针' : 'Compass'
    this.compass.onclick = () => this.look({ rotate: 0, skew: 0 }, 'update')
    this.ruler.className = 'h-map-ruler'
    this.me.className = 'h-map-me'
    this.markerLayer.className = 'h-map-markers'
    this.root.append(this.ground, this.overlayLayer, this.shapeLayer, this.markerLayer, this.controlLayer, this.compass, this.ruler)
    element.prepend(this.root)
    new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect()
      if (!width || (width === this.camera.width && height === this.camera.height)) return
      Object.assign(this.camera, { width, height })
      this.includeAsked()
      this.redraw()
    }).observe(element)
    this.listen()
    this.readSetting(element.read('setting'))
    this.readMarkers()
    this.readControls()
    this.includeAsked()
    void this.locateMe()
    if (element.read('subkey') || Number(element.read('layer-style')) !== 1) this.refuseStyle()
    this.draw()
    queueMicrotask(() => element.emit('updated', {}))
  }

  // ── what the page says ──

  /** An attribute, or what `setting` says in its place. */
  private read<T>(name: string): T {
    const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    return (camel in this.settings ? this.settings[camel] : this.element.read(name)) as T
  }

  changed(name: string, value: any): void {
    if (name === 'latitude' || name === 'longitude') {
      const center = { latitude: this.element.read<number>('latitude'), longitude: this.element.read<number>('longitude') }
      this.look({ center }, 'update')
    } else if (name === 'scale' || name === 'rotate' || name === 'skew') this.look({ [name]: value }, 'update')
    else if (name === 'min-scale' || name === 'max-scale' || name === 'enable-auto-max-overlooking') this.look({}, 'update')
    else if (name === 'markers' || name === 'covers') this.readMarkers()
    else if (name === 'controls') this.readControls()
    else if (name === 'include-points') this.includeAsked()
    else if (name === 'setting') this.readSetting(value)
    else if (name === 'show-location') void this.locateMe()
    else if (name === 'subkey' || name === 'layer-style') this.refuseStyle()
    this.redraw()
    queueMicrotask(() => this.element.emit('updated', {}))
  }

  private readSetting(given: Record<string, unknown> | null): void {
    this.settings = { ...given }
    const { scale, rotate, skew } = this.settings as Partial<Camera>
    this.look({ ...(scale === undefined ? {} : { scale }), ...(rotate === undefined ? {} : { rotate }), ...(skew === undefined ? {} : { skew }) }, 'update')
    void this.locateMe()
  }

  /** Styles of the original's map service need a key of it, which nobody has here. */
  private refuseStyle(): void {
    queueMicrotask(() => this.element.emit('abilityfail', { ability: 'custom-style', errCode: 1, errMsg: 'no map style service' }))
  }

  private readMarkers(): void {
    const { element } = this
    const wanted = new Map<number, MarkerGiven>()
    ;(element.read<MarkerGiven[]>('markers') ?? []).forEach((one, i) => wanted.set(Number(one.id ?? -1 - i), one))
    ;(element.read<MarkerGiven[]>('covers') ?? []).forEach((one, i) => wanted.set(-1000 - i, { ...one, width: one.width ?? undefined }))
    for (const [id, one] of this.added) wanted.set(id, one)
    for (const [id, marker] of this.markers) {
      if (wanted.has(id)) continue
      marker.remove()
      this.markers.delete(id)
      this.moves.get(id)?.()
    }
    for (const [id, one] of wanted) {
      const known = this.markers.get(id)
      if (known) known.update(one)
      else {
        const marker = new Marker(id, one, element, (event, marker) => this.marked(event, marker))
        this.markers.set(id, marker)
        this.markerLayer.append(marker.element)
      }
    }
    this.cluster()
    this.redraw()
  }

  private marked(event: 'markertap' | 'callouttap' | 'labeltap', marker: Marker): void {
    if (event === 'markertap') for (const one of this.markers.values()) one.open(one === marker)
    this.element.emit(event, { markerId: marker.id })
    this.redraw()
  }

  private readControls(): void {
    this.controlLayer.replaceChildren(
      ...(this.element.read<Control[]>('controls') ?? []).map((control) => {
        const image = document.createElement('img')
        const { left = 0, top = 0, width, height } = control.position ?? {}
        image.className = 'h-map-control'
        image.alt = ''
        image.src = resolveUrl(control.iconPath, this.element.ownerPath)
        image.style.cssText = `left:${left}px;top:${top}px;${width ? `width:${width}px;` : ''}${height ? `height:${height}px;` : ''}${control.clickable ? 'pointer-events:auto' : ''}`
        if (control.clickable) image.onclick = () => this.element.emit('controltap', { controlId: control.id })
        return image
      }),
    )
  }

  private includeAsked(): void {
    const points = this.element.read<Place[]>('include-points') ?? []
    if (points.length) this.look(fit(points, this.camera, [0]), 'update')
  }

  /** Where the person is, if the page wants it shown and they let it. */
  private async locateMe(): Promise<void> {
    if (!this.read('show-location')) {
      this.me.remove()
      return
    }
    try {
      this.here = (await program().host.call('getLocation', { type: 'gcj02' })) as Place
      this.markerLayer.append(this.me)
      this.redraw()
    } catch {
      // Not let: as published, the page is simply without the dot.
    }
  }

  // ── looking elsewhere ──

  /** Look another way, within what the page allows. */
  private look(wanted: Partial<Camera>, cause: Cause): void {
    const { camera } = this
    const before = JSON.stringify([camera.center, camera.scale, camera.rotate, camera.skew])
    Object.assign(camera, wanted)
    camera.scale = Math.min(this.element.read<number>('max-scale'), Math.max(this.element.read<number>('min-scale'), Number(camera.scale)))
    camera.skew = Math.min(this.read('enable-auto-max-overlooking') ? 75 : 40, Math.max(0, Number(camera.skew)))
    if (this.boundary) {
      const { southwest, northeast } = this.boundary
      camera.center = {
        latitude: Math.min(northeast.latitude, Math.max(southwest.latitude, camera.center.latitude)),
        longitude: Math.min(northeast.longitude, Math.max(southwest.longitude, camera.center.longitude)),
      }
    }
    if (JSON.stringify([camera.center, camera.scale, camera.rotate, camera.skew]) === before) return
    if (cause === 'update') {
      this.tellRegion('begin', 'update')
      this.tellRegion('end', 'update')
    } else if (!this.moving) this.tellRegion('begin', 'gesture')
    if (cause !== 'update') this.moving = cause
    this.redraw()
  }

  private rest(): void {
    if (!this.moving) return
    this.tellRegion('end', this.moving)
    this.moving = null
    this.cluster()
    this.redraw()
  }

  private tellRegion(type: 'begin' | 'end', causedBy: Cause): void {
    const { center, rotate, skew, scale } = this.camera
    const detail = { type, causedBy, region: regionOf(this.camera), centerLocation: { ...center }, rotate, skew, scale }
    this.element.emit('regionchange', detail, { extraFields: { type, causedBy } })
  }

  private listen(): void {
    const { element } = this
    const fingers = new Map<number, { x: number; y: number }>()
    let pressed: { x: number; y: number } | null = null
    const at = (event: PointerEvent | WheelEvent): { x: number; y: number } => {
      const box = element.getBoundingClientRect()
      return { x: event.clientX - box.left, y: event.clientY - box.top }
    }
    element.addEventListener('pointerdown', (event) => {
      if ((event.target as Element).closest('.h-map-compass, .h-map-control')) return
      fingers.set(event.pointerId, at(event))
      pressed = at(event)
    })
    element.addEventListener('pointermove', (event) => {
      const before = fingers.get(event.pointerId)
      if (!before) return
      const now = at(event)
      if (fingers.size === 1) {
        if (pressed && Math.hypot(now.x - pressed.x, now.y - pressed.y) < TAP_PX) return
        pressed = null
        if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId)
        if (this.read('enable-scroll')) this.pan(before.x - now.x, before.y - now.y, 'drag')
      } else {
        pressed = null
        const other = [...fingers].find(([id]) => id !== event.pointerId)![1]
        const [was, is] = [{ x: before.x - other.x, y: before.y - other.y }, { x: now.x - other.x, y: now.y - other.y }]
        const turned = ((Math.atan2(is.y, is.x) - Math.atan2(was.y, was.x)) * 180) / Math.PI
        const wanted: Partial<Camera> = {}
        if (this.read('enable-zoom')) wanted.scale = this.camera.scale + Math.log2(Math.hypot(is.x, is.y) / (Math.hypot(was.x, was.y) || 1))
        if (this.read('enable-rotate')) wanted.rotate = this.camera.rotate - turned
        if (this.read('enable-overlooking')) wanted.skew = this.camera.skew - (now.y - before.y) / 4
        this.look(wanted, 'scale')
      }
      fingers.set(event.pointerId, now)
    })
    const lift = (event: PointerEvent): void => {
      if (!fingers.delete(event.pointerId)) return
      if (pressed && event.type === 'pointerup') this.tapped(pressed)
      if (!fingers.size) this.rest()
    }
    element.addEventListener('pointerup', lift)
    element.addEventListener('pointercancel', lift)
    element.addEventListener('wheel', (event) => {
      if (!this.read('enable-zoom')) return
      event.preventDefault()
      this.zoomAt(at(event), -event.deltaY / 240)
      this.rest()
    }, { passive: false })
    element.addEventListener('dblclick', (event) => {
      if (!this.read('enable-zoom')) return
      this.zoomAt(at(event as PointerEvent), 1)
      this.rest()
    })
    element.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] }[event.key]
      const zoom = { '+': 1, '=': 1, '-': -1 }[event.key]
      if (step && this.read('enable-scroll')) this.pan(step[0]!, step[1]!, 'drag')
      else if (zoom && this.read('enable-zoom')) this.look({ scale: this.camera.scale + zoom }, 'scale')
      else return
      event.preventDefault()
      this.rest()
    })
  }

  private pan(dx: number, dy: number, cause: Cause): void {
    const { camera } = this
    this.look({ center: locate(camera.width * camera.offset[0] + dx, camera.height * camera.offset[1] + dy, camera) }, cause)
  }

  /** Closer or farther, with the place under the finger staying there. */
  private zoomAt({ x, y }: { x: number; y: number }, by: number): void {
    const place = locate(x, y, this.camera)
    this.look({ scale: this.camera.scale + by }, 'scale')
    const [nx, ny] = project(place, this.camera)
    this.pan(nx - x, ny - y, 'scale')
  }

  private tapped({ x, y }: { x: number; y: number }): void {
    const line = shapeAt(this.shapes(), x, y, this.camera)
    if (line) this.element.emit('polylinetap', { polylineId: line.id, ...locate(x, y, this.camera) })
    const cluster = this.grouped.find((one) => {
      const [cx, cy] = project(one.center, this.camera)
      return Math.hypot(cx - x, cy - y) < 20
    })
    if (!cluster) return
    this.tell('markerClusterClick', { cluster })
    if (this.clusters?.zoomOnClick) {
      this.look(fit(cluster.markerIds.map((id) => this.markers.get(id)!.place), this.camera, [40]), 'update')
      this.cluster()
    }
  }

  /** What a tap at a point of the frame is on the map. */
  placeAt(clientX: number, clientY: number): Place {
    const box = this.element.getBoundingClientRect()
    return locate(clientX - box.left, clientY - box.top, this.camera)
  }

  /** Whether a tap there is a marker's or a control's, and not the map's. */
  holds(target: Node): boolean {
    return target instanceof Element && target.closest('.h-map-marker, .h-map-control, .h-map-compass') !== null
  }

  // ── drawing ──

  private redraw(): void {
    if (this.scheduled) return
    this.scheduled = true
    requestAnimationFrame(() => {
      this.scheduled = false
      this.draw()
    })
  }

  private shapes(): Shapes {
    const { element } = this
    return { polyline: [...(element.read<Shapes['polyline']>('polyline') ?? []), ...this.arcs.values()], polygons: element.read('polygons') ?? [], circles: element.read('circles') ?? [], erased: this.erased }
  }

  private draw(): void {
    const { camera } = this
    this.drawGround()
    drawShapes(this.shapeLayer, this.shapes(), camera, this.element.ownerPath)
    for (const one of this.overlays.values()) {
      const [left, top] = project({ latitude: one.bounds.northeast.latitude, longitude: one.bounds.southwest.longitude }, camera)
      const [right, bottom] = project({ latitude: one.bounds.southwest.latitude, longitude: one.bounds.northeast.longitude }, camera)
      one.image.style.cssText = `left:${left}px;top:${top}px;width:${right - left}px;height:${bottom - top}px;opacity:${one.opacity ?? 1};z-index:${one.zIndex ?? 0}`
      one.image.hidden = one.visible === false
    }
    const inGroup = new Set(this.grouped.flatMap((one) => one.markerIds))
    for (const marker of this.markers.values()) marker.draw(camera, inGroup.has(marker.id))
    Marker.separate([...this.markers.values()])
    this.drawClusters()
    if (this.here) {
      const [x, y] = project(this.here, camera)
      this.me.style.transform = `translate(${x}px,${y}px)`
    }
    this.compass.hidden = !this.read('show-compass')
    this.compass.style.transform = `rotate(${-camera.rotate}deg)`
    this.drawRuler()
  }

  /** Lines of a grid that is denser the closer one looks; other colours for the picture from above. */
  private drawGround(): void {
    const { camera, ground } = this
    const density = window.devicePixelRatio || 1
    ground.width = Math.round(camera.width * density)
    ground.height = Math.round(camera.height * density)
    const context = ground.getContext('2d')
    if (!context) return
    context.scale(density, density)
    const dark = document.documentElement.dataset.theme === 'dark'
    const above = this.read<boolean>('enable-satellite')
    const [land, line, strong] = above ? ['#24382b', '#2d4535', '#3a5944'] : dark ? ['#20262a', '#2a3136', '#38424a'] : ['#f2efe9', '#e6e2d9', '#d8d2c4']
    this.root.dataset.ground = above ? 'satellite' : 'plain'
    context.fillStyle = land!
    context.fillRect(0, 0, camera.width, camera.height)
    const [cx, cy] = flat(camera.center)
    const level = Math.floor(camera.scale) + 2
    const cells = 2 ** level
    const cell = worldPx(camera.scale) / cells
    const reach = Math.ceil(Math.hypot(camera.width, camera.height / Math.cos((camera.skew * Math.PI) / 180)) / cell) + 1
    const angle = (-camera.rotate * Math.PI) / 180
    const tilt = Math.cos((camera.skew * Math.PI) / 180)
    context.translate(camera.width * camera.offset[0], camera.height * camera.offset[1])
    context.transform(1, 0, 0, tilt, 0, 0)
    context.rotate(angle)
    for (const across of [true, false]) {
      const center = (across ? cx : cy) * cells
      for (let i = Math.floor(center) - reach; i <= center + reach; i++) {
        const at = (i - center) * cell
        context.strokeStyle = i % 4 ? line! : strong!
        context.lineWidth = i % 4 ? 1 : 2
        context.beginPath()
        context.moveTo(across ? at : -reach * cell, across ? -reach * cell : at)
        context.lineTo(across ? at : reach * cell, across ? reach * cell : at)
        context.stroke()
      }
    }
  }

  private drawRuler(): void {
    this.ruler.hidden = !this.read('show-scale')
    const per = metresPerPx(this.camera.center.latitude, this.camera.scale)
    const most = per * 100
    const unit = 10 ** Math.floor(Math.log10(most))
    const metres = [5, 2, 1].map((one) => one * unit).find((one) => one <= most) ?? unit
    this.ruler.style.width = `${metres / per}px`
    this.ruler.textContent = metres >= 1000 ? `${metres / 1000}km` : `${metres}m`
  }

  // ── groups of markers ──

  private cluster(): void {
    const before = JSON.stringify(this.grouped.map((one) => one.markerIds))
    this.grouped = []
    if (!this.clusters) return
    const cells = new Map<string, Marker[]>()
    for (const marker of this.markers.values()) {
      if (!marker.given.joinCluster) continue
      const [x, y] = project(marker.place, this.camera)
      const key = `${Math.floor(x / this.clusters.gridSize)},${Math.floor(y / this.clusters.gridSize)}`
      cells.set(key, [...(cells.get(key) ?? []), marker])
    }
    let clusterId = 0
    for (const group of cells.values()) {
      if (group.length < 2) continue
      const mean = (field: keyof Place): number => group.reduce((sum, one) => sum + one.place[field], 0) / group.length
      this.grouped.push({ clusterId: ++clusterId, markerIds: group.map((one) => one.id), center: { latitude: mean('latitude'), longitude: mean('longitude') } })
    }
    if (JSON.stringify(this.grouped.map((one) => one.markerIds)) !== before && this.grouped.length) this.tell('markerClusterCreate', { clusters: this.grouped })
  }

  private drawClusters(): void {
    this.markerLayer.querySelectorAll('.h-map-cluster').forEach((one) => one.remove())
    if (!this.clusters?.enableDefaultStyle) return
    for (const one of this.grouped) {
      // A marker the page made for this group stands in its place.
      if ([...this.markers.values()].some((marker) => marker.given.clusterId === one.clusterId)) continue
      const [x, y] = project(one.center, this.camera)
      const dot = document.createElement('div')
      dot.className = 'h-map-cluster'
      dot.style.transform = `translate(${x}px,${y}px)`
      dot.textContent = String(one.markerIds.length)
      this.markerLayer.append(dot)
    }
  }

  // ── what a program asks ──

  hear(event: string, listener: (detail: object) => void): void {
    let set = this.heard.get(event)
    if (!set) this.heard.set(event, (set = new Set()))
    set.add(listener)
  }

  private tell(event: string, detail: object): void {
    for (const listener of this.heard.get(event) ?? []) listener(detail)
  }

  private marker(id: unknown): Marker {
    const marker = this.markers.get(Number(id))
    if (!marker) throw { errMsg: `marker ${String(id)} not found` }
    return marker
  }

  /** Step by step over some time; again for the same marker, and the first ends. */
  private animate(id: number, duration: number, step: (part: number) => void): Promise<void> {
    this.moves.get(id)?.()
    return new Promise((resolve) => {
      const began = performance.now()
      const turn = (): void => {
        const part = Math.min(1, (performance.now() - began) / Math.max(1, duration))
        step(part)
        this.redraw()
        if (part < 1) return
        stop()
      }
      const timer = setInterval(turn, FRAME_MS)
      const stop = (): void => {
        clearInterval(timer)
        this.moves.delete(id)
        resolve()
      }
      this.moves.set(id, stop)
    })
  }

  readonly commands = {
    getCenterLocation: () => ({ ...this.camera.center }),
    getRegion: () => regionOf(this.camera),
    getScale: () => ({ scale: this.camera.scale }),
    getRotate: () => ({ rotate: this.camera.rotate }),
    getSkew: () => ({ skew: this.camera.skew }),
    toScreenLocation: (place: Place) => {
      const [x, y] = project(place, this.camera)
      return { x, y }
    },
    fromScreenLocation: ({ x, y }: { x: number; y: number }) => locate(x, y, this.camera),
    moveToLocation: async ({ latitude, longitude }: Partial<Place>) => {
      if (latitude === undefined || longitude === undefined) {
        const { latitude: lat, longitude: lng } = (await program().host.call('getLocation', { type: 'gcj02' })) as Place
        this.look({ center: { latitude: lat, longitude: lng } }, 'update')
      } else this.look({ center: { latitude, longitude } }, 'update')
    },
    includePoints: ({ points, padding = [0] }: { points: Place[]; padding?: number[] }) => this.look(fit(points, this.camera, padding), 'update'),
    setCenterOffset: ({ offset }: { offset: [number, number] }) => {
      this.camera.offset = offset.map((one) => Math.min(0.75, Math.max(0.25, one))) as [number, number]
      this.redraw()
    },
    setBoundary: ({ southwest, northeast }: Region) => {
      this.boundary = { southwest, northeast }
      this.look({}, 'update')
    },
    setLocMarkerIcon: ({ iconPath }: { iconPath: string }) => {
      this.me.style.backgroundImage = `url("${resolveUrl(iconPath, this.element.ownerPath)}")`
      this.me.classList.add('h-own')
    },
    addMarkers: ({ markers, clear = false }: { markers: MarkerGiven[]; clear?: boolean }) => {
      if (clear) this.added.clear()
      for (const one of markers) this.added.set(Number(one.id ?? -2000 - (one.clusterId ?? 0)), one)
      this.readMarkers()
    },
    removeMarkers: ({ markerIds }: { markerIds: number[] }) => {
      for (const id of markerIds) {
        this.added.delete(Number(id))
        this.markers.get(Number(id))?.remove()
        this.markers.delete(Number(id))
      }
      this.cluster()
      this.redraw()
    },
    translateMarker: async ({ markerId, destination, autoRotate = true, rotate = 0, duration = 1000, animationEnd }: { markerId: number; destination: Place; autoRotate?: boolean; rotate?: number; duration?: number; animationEnd?: () => void }) => {
      const marker = this.marker(markerId)
      const from = { ...marker.place }
      const start = marker.rotate
      const end = autoRotate ? bearing(from, destination) : start + rotate
      void this.animate(marker.id, duration, (part) => {
        marker.place = between(from, destination, part)
        marker.rotate = start + (end - start) * part
      }).then(() => animationEnd?.())
    },
    moveAlong: async ({ markerId, path, autoRotate = true, duration }: { markerId: number; path: Place[]; autoRotate?: boolean; duration: number }) => {
      const marker = this.marker(markerId)
      const legs = path.slice(1).map((to, i) => {
        const [ax, ay] = flat(path[i]!)
        const [bx, by] = flat(to)
        return Math.hypot(bx - ax, by - ay)
      })
      const whole = legs.reduce((sum, one) => sum + one, 0) || 1
      let told = -1
      await this.animate(marker.id, duration, (part) => {
        let gone = part * whole
        let leg = 0
        while (leg < legs.length - 1 && gone > legs[leg]!) gone -= legs[leg++]!
        marker.place = between(path[leg]!, path[leg + 1]!, legs[leg] ? Math.min(1, gone / legs[leg]!) : 1)
        if (autoRotate) marker.rotate = bearing(path[leg]!, path[leg + 1]!)
        // For lines that are worn away behind the marker.
        if (part !== told) this.element.emit('interpolatepoint', { markerId: marker.id, ...marker.place, index: leg, animationStatus: part < 1 ? 'interpolating' : 'complete' })
        told = part
      })
    },
    initMarkerCluster: ({ enableDefaultStyle = true, zoomOnClick = true, gridSize = 60 }: { enableDefaultStyle?: boolean; zoomOnClick?: boolean; gridSize?: number }) => {
      this.clusters = { enableDefaultStyle, zoomOnClick, gridSize }
      this.cluster()
      this.redraw()
    },
    addGroundOverlay: (given: Overlay) => {
      const image = document.createElement('img')
      image.alt = ''
      image.src = resolveUrl(given.src, this.element.ownerPath)
      this.overlays.get(given.id)?.image.remove()
      this.overlays.set(given.id, { ...given, image })
      this.overlayLayer.append(image)
      this.redraw()
    },
    updateGroundOverlay: (given: Partial<Overlay> & { id: string }) => {
      const known = this.overlays.get(given.id)
      if (!known) throw { errMsg: `ground overlay ${given.id} not found` }
      if (given.src !== undefined) known.image.src = resolveUrl(given.src, this.element.ownerPath)
      Object.assign(known, given)
      this.redraw()
    },
    removeGroundOverlay: ({ id }: { id: string }) => {
      const known = this.overlays.get(id)
      if (!known) throw { errMsg: `ground overlay ${id} not found` }
      known.image.remove()
      this.overlays.delete(id)
    },
    /** A bow from one place to another: through a third, or as high as an angle of its chord says. */
    addArc: ({ id, start, end, pass, angle = 0, width = 5, color = '#000000' }: { id: string; start: Place; end: Place; pass?: Place; angle?: number; width?: number; color?: string }) => {
      const [ax, ay] = flat(start)
      const [bx, by] = flat(end)
      const bend = Math.tan((angle * Math.PI) / 360) / 2
      const middle = { x: (ax + bx) / 2 + (by - ay) * bend, y: (ay + by) / 2 - (bx - ax) * bend }
      const [px, py] = pass ? flat(pass) : [middle.x, middle.y]
      // The handle of a quadratic curve that passes there at half its way.
      const [hx, hy] = [2 * px - (ax + bx) / 2, 2 * py - (ay + by) / 2]
      const points = Array.from({ length: 33 }, (_, i) => {
        const t = i / 32
        const x = (1 - t) ** 2 * ax + 2 * t * (1 - t) * hx + t * t * bx
        const y = (1 - t) ** 2 * ay + 2 * t * (1 - t) * hy + t * t * by
        return round(x, y)
      })
      this.arcs.set(String(id), { points, color, width })
      this.redraw()
    },
    removeArc: ({ id }: { id: string }) => {
      if (!this.arcs.delete(String(id))) throw { errMsg: `arc ${id} not found` }
      this.redraw()
    },
    eraseLines: ({ lines }: { lines: { id: number | string; index: number; point?: Place }[] }) => {
      for (const { id, index, point } of lines) this.erased.set(String(id), { index, point })
      this.redraw()
    },
    openMapApp: async ({ latitude, longitude, destination }: Place & { destination: string }) => {
      await program().host.call('openLocation', { latitude, longitude, name: destination })
    },
    // Layers are made in the original's own map service: whatever id is asked for, there is none.
    addCustomLayer: noLayer,
    removeCustomLayer: noLayer,
    addVisualLayer: noLayer,
    removeVisualLayer: noLayer,
    executeVisualLayerCommand: noLayer,
  }
}

function noLayer({ layerId }: { layerId?: string } = {}): never {
  throw { errMsg: `layer ${String(layerId)} not found` }
}
