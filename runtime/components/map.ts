/** Map: what the page says of it, kept here; the drawing is a part of its own, fetched when a map first appears. */

import { part } from '../engine/parts'
import type { MapView } from '../parts/map'
import { any, BuiltIn, defineElement, flag, number, text } from './element'

export class MapElement extends BuiltIn {
  static override attributes = {
    longitude: number(116.397),
    latitude: number(39.908),
    scale: number(16),
    'min-scale': number(3),
    'max-scale': number(20),
    markers: any([]),
    covers: any([]),
    polyline: any([]),
    circles: any([]),
    controls: any([]),
    polygons: any([]),
    'include-points': any([]),
    'show-location': flag(),
    subkey: text(),
    'layer-style': any(1),
    rotate: number(0),
    skew: number(0),
    'show-compass': flag(),
    'show-scale': flag(),
    'enable-overlooking': flag(),
    'enable-auto-max-overlooking': flag(),
    'enable-zoom': flag(true),
    'enable-scroll': flag(true),
    'enable-rotate': flag(),
    'enable-satellite': flag(),
    setting: any({}),
  }
  static override events = ['tap', 'markertap', 'labeltap', 'controltap', 'callouttap', 'updated', 'regionchange', 'polylinetap', 'interpolatepoint', 'error', 'abilityfail']
  /** The drawing, once its part has come. */
  readonly view: Promise<MapView>
  private drawn: MapView | null = null
  private arrived: (view: MapView) => void = () => {}

  constructor() {
    super()
    this.view = new Promise((resolve) => (this.arrived = resolve))
  }

  connectedCallback(): void {
    this.tabIndex = 0
    if (!this.role) this.role = 'application'
    if (this.drawn) return
    part<typeof import('../parts/map')>('map').then(
      ({ MapView: View }) => {
        this.drawn ??= new View(this)
        this.arrived(this.drawn)
      },
      (error: Error) => this.emit('error', { errMsg: error.message }),
    )
  }

  override changed(name: string, value: unknown): void {
    this.drawn?.changed(name, value)
  }

  override refusesTap(target: Node): boolean {
    return this.drawn?.holds(target) ?? false
  }

  override tapDetail(x: number, y: number): object {
    return this.drawn?.placeAt(x, y) ?? {}
  }

  scriptContext(): MapContext {
    return new MapContext(() => this)
  }
}

interface Callbacks {
  success?: (result: object) => void
  fail?: (failure: object) => void
  complete?: (result: object) => void
}

/** What can be asked of a map, each answered by the drawing. */
export const MAP_COMMANDS = [
  'addArc', 'addCustomLayer', 'addGroundOverlay', 'addMarkers', 'addVisualLayer', 'eraseLines', 'executeVisualLayerCommand', 'fromScreenLocation', 'getCenterLocation', 'getRegion', 'getRotate', 'getScale', 'getSkew',
  'includePoints', 'initMarkerCluster', 'moveAlong', 'moveToLocation', 'openMapApp', 'removeArc', 'removeCustomLayer', 'removeGroundOverlay', 'removeMarkers', 'removeVisualLayer', 'setBoundary', 'setCenterOffset',
  'setLocMarkerIcon', 'toScreenLocation', 'translateMarker', 'updateGroundOverlay',
] as const

/** The published MapContext. */
export class MapContext {
  constructor(private readonly map: () => MapElement | null) {}

  on(event: string, listener: (detail: object) => void): void {
    void this.map()?.view.then((view) => view.hear(event, listener))
  }

  async command(name: (typeof MAP_COMMANDS)[number], options: Callbacks & Record<string, unknown> = {}): Promise<void> {
    const map = this.map()
    let result: { errMsg: string }
    try {
      if (!map) throw { errMsg: 'map is not found' }
      result = { ...((await (await map.view).commands[name](options as never)) as object | undefined), errMsg: `${name}:ok` }
    } catch (error) {
      result = { ...(error as object), errMsg: `${name}:fail ${String((error as { errMsg?: string }).errMsg ?? error).replace(/^\w+:fail /, '')}` }
    }
    if (result.errMsg.endsWith(':ok')) options.success?.(result)
    else options.fail?.(result)
    options.complete?.(result)
  }
}

for (const name of MAP_COMMANDS) {
  ;(MapContext.prototype as any)[name] = function (this: MapContext, options?: Callbacks & Record<string, unknown>) {
    void this.command(name, options)
  }
}

defineElement('map', MapElement)
