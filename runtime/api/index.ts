/** The object programs call `wx`. */

import './ad'
import './base'
import './canvas'
import './choosing'
import './contexts'
import './file-system'
import './filming'
import './logs'
import './network'
import './performance'
import './open'
import './storage'
import './updates'
import './worker'
import './worklet'
import './can-i-use'
import { hushBehind } from './audio'
import { listenToDevice } from './device'
import { listenToLocation } from './location'
import { listenToPrivacy } from './open'
import { listenToPrefetch } from './prefetch'
import { listenToRecorder } from './recorder'
import { listenToSharing } from './share'
import { listenToWindow } from './interface'
import { apis, direct, invoke } from './define'
import { unavailable } from './unavailable'

/** A plain object that may be added to; names it does not know are undefined, as programs expect. */
export function createWx(): Record<string, unknown> {
  const wx: Record<string, unknown> = {}
  for (const [name, value] of unavailable()) wx[name] = value
  for (const [name, api] of apis) wx[name] = (options?: unknown) => invoke(api, options)
  for (const [name, value] of direct) wx[name] = value
  return wx
}

/** What comes from the host by itself; called once the bridge stands. */
export function listen(): void {
  listenToDevice()
  listenToLocation()
  listenToPrivacy()
  listenToPrefetch()
  listenToRecorder()
  listenToSharing()
  listenToWindow()
  hushBehind()
}
