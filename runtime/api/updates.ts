/** wx.getUpdateManager: a newer version was released while this one runs. The host knows, and starts it. */

import { program } from '../engine/program'
import { defineDirect, defineObject, guard } from './define'

/** Whether the newer version was fetched, once that is known. */
let fetched: boolean | undefined
const heard = { ready: new Set<() => void>(), failed: new Set<() => void>() }

class UpdateManager {
  onCheckForUpdate(listener: (result: { hasUpdate: boolean }) => void): void {
    queueMicrotask(() => guard(listener, { hasUpdate: fetched !== undefined || program().boot.hasUpdate === true }))
  }

  onUpdateReady(listener: () => void): void {
    heard.ready.add(listener)
    if (fetched === true) queueMicrotask(() => guard(listener, undefined))
  }

  onUpdateFailed(listener: () => void): void {
    heard.failed.add(listener)
    if (fetched === false) queueMicrotask(() => guard(listener, undefined))
  }

  applyUpdate(): void {
    if (fetched !== true) throw new Error('applyUpdate:fail the update is not ready')
    program().host.emit('applyUpdate')
  }
}

/** The host's news of updates; called once the bridge stands. */
export function listenToUpdates(): void {
  const settle = (ready: boolean) => (): void => {
    fetched = ready
    for (const listener of ready ? heard.ready : heard.failed) guard(listener as () => void, undefined)
  }
  program().host.on('updateReady', settle(true))
  program().host.on('updateFailed', settle(false))
}

defineObject('UpdateManager', UpdateManager)
const manager = new UpdateManager()
defineDirect('getUpdateManager', () => manager, { source: 'miniprogram/base/update/wx.getUpdateManager' })
