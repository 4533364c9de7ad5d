/** The frame's script: it closes what a program must not have, says it is ready, and runs what it is given. */

import '../components/basic'
import '../components/audio'
import '../components/containers'
import '../components/button'
import '../components/canvas'
import '../components/choices'
import '../components/editor'
import '../components/field'
import '../components/form'
import '../components/icon'
import '../components/image'
import '../components/map'
import '../components/navigator'
import '../components/open'
import '../components/page-container'
import '../components/page-meta'
import '../components/progress'
import '../components/rich-text'
import '../components/scroll-view'
import '../components/sections'
import '../components/selection'
import '../components/share-element'
import '../components/sheet'
import '../components/slider'
import '../components/swiper'
import '../components/text'
import '../components/web-view'
import base from '../components/base.css'
import forms from '../components/forms.css'
import media from '../components/media.css'
import { type Boot, READY, START } from '../bridge/boot'
import { Channel } from '../bridge/channel'
import { prepare, start } from './app'
import { addSheet } from './loader'
import { lockDown } from './sandbox'

lockDown()
addSheet('base', base + forms + media)
prepare()

const parent = window.parent
const listen = (event: MessageEvent<unknown>): void => {
  const message = event.data as { type?: string; boot?: Boot } | null
  const port = event.ports[0]
  if (event.source !== parent || message?.type !== START || !message.boot || !port) return
  window.removeEventListener('message', listen)
  const host = new Channel(port)
  start(message.boot, host, event.ports[1]).catch((error: unknown) => {
    host.emit('failed', { text: error instanceof Error ? error.message : String((error as { errMsg?: string })?.errMsg ?? error) })
  })
}
window.addEventListener('message', listen)
parent.postMessage({ type: READY }, '*')
