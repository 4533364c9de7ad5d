/** What app.json's `debug` asks for: pages that are registered, routes, updates of data and events, told as they happen. */

import { program } from './program'

let on = false

export function setDebug(next: boolean): void {
  on = next
}

export function debug(what: string, ...details: unknown[]): void {
  if (!on) return
  console.info(`[${what}]`, ...details)
  program().host.emit('log', { level: 'debug', text: `[${what}] ${details.map(String).join(' ')}` })
}
