/** Objects that steer an element by its id: of the page on screen, or of a component. */

import { EDITOR_COMMANDS } from '../components/editor'
import { LivePlayer, LivePlayerContext } from '../components/live'
import { MAP_COMMANDS, MapContext, MapElement } from '../components/map'
import { Video, VideoContext } from '../components/video'
import { componentOf } from '../engine/component'
import { currentPage } from '../engine/router'
import { defineDirect, defineObject } from './define'

/** Looked for each time, because a program may ask before its element is there. */
function finder<T extends HTMLElement>(kind: abstract new () => T, id: string | undefined, instance: object | undefined): () => T | null {
  return () => {
    const root = (instance ? componentOf(instance) : currentPage()?.component)?.getShadowRoot()
    // Where a page has only one such element it may go without an id.
    const found = id === undefined ? root?.querySelectorAll('*').map((node) => node.getBackendElement() as unknown).find((dom) => dom instanceof kind) : root?.querySelector(`#${id}`)?.getBackendElement()
    return (found as unknown) instanceof kind ? (found as unknown as T) : null
  }
}

defineDirect('createVideoContext', (id: string, instance?: object) => new VideoContext(finder(Video, id, instance)), { source: 'miniprogram/media/video/wx.createVideoContext' })
defineObject('VideoContext', VideoContext)
defineDirect('createLivePlayerContext', (id: string, instance?: object) => new LivePlayerContext(finder(LivePlayer, id, instance)), { source: 'miniprogram/media/live/wx.createLivePlayerContext' })
defineObject('LivePlayerContext', LivePlayerContext)
defineDirect('createMapContext', (id: string, instance?: object) => new MapContext(finder(MapElement, id, instance)), { source: 'miniprogram/media/map/wx.createMapContext' })
defineObject('MapContext', [...MAP_COMMANDS, 'on'])
defineObject('EditorContext', [...EDITOR_COMMANDS, 'format', 'scrollIntoView'])
