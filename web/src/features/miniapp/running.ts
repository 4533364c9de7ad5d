/** The programs that are open: one in front, a few behind that go on as they were, each with whom it came from. */
import { shallowReactive, shallowRef, triggerRef } from 'vue'

/** How a program is opened: from an address of the app, or by another program. */
export interface How {
  path: string
  query: string
  scene: number
  codeScene: string
  channel: 'develop' | 'trial' | 'release'
  /** A preview's token: that version, whatever the channel. */
  preview: string
  /** The dev tools' session it joins, and what they call this device. */
  dev: string
  device: string
  card?: { conversation_id: string; seq: number }
  referrerInfo?: { appId: string; extraData: Record<string, unknown> }
}

/** The published scenes of a page opened from moments, which stands alone, and of its program opened from there. */
const SINGLE_PAGE = 1154
export const FROM_SINGLE_PAGE = 1155
export const standsAlone = (how: How): boolean => how.scene === SINGLE_PAGE

export interface Run {
  readonly key: number
  readonly appid: string
  how: How
  front: boolean
  /** The program that opened this one, which hears of it when this one is left. */
  opener: string
  returning: Record<string, unknown>
  /** Each time it is brought to the front; with what, beside its own page. */
  brought: number
  /** It is brought back by the way it came: it goes on as it was. */
  same: boolean
  returned: { appId: string; extraData: Record<string, unknown> } | null
  /** What it wants said beside its name where programs are listed. */
  topBar: string
}

const MOST_BEHIND = 3
const BEHIND_MS = 5 * 60_000 // the published time after which a program behind is gone

export const runs = shallowRef<Run[]>([])
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const coming = shallowReactive(new Map<string, { from: string; extraData: Record<string, unknown> }>())
let keys = 0

const find = (appid: string): Run | undefined => runs.value.find((run) => run.appid === appid)

/** Say beforehand that `appid` is opened by another program, and with what. */
export function announce(appid: string, from: string, extraData: Record<string, unknown>): void {
  coming.set(appid, { from, extraData })
}

export function bring(appid: string, how: How): void {
  const by = coming.get(appid)
  coming.delete(appid)
  let run = find(appid)
  if (run !== undefined && (standsAlone(run.how) !== standsAlone(how) || run.how.channel !== how.channel || run.how.preview !== how.preview || run.how.dev !== how.dev)) {
    drop(appid)
    run = undefined
  }
  if (run === undefined) {
    run = { key: (keys += 1), appid, how, front: true, opener: '', returning: {}, brought: 0, same: false, returned: null, topBar: '' }
    runs.value.push(run)
  }
  clearTimeout(timers.get(run.key))
  run.same = run.brought > 0 && by === undefined && JSON.stringify(run.how) === JSON.stringify(how)
  run.how = by === undefined ? how : { ...how, referrerInfo: { appId: by.from, extraData: by.extraData } }
  if (by !== undefined) run.opener = by.from
  run.front = true
  run.brought += 1
  // The one brought last is last: the oldest behind goes first.
  runs.value = [...runs.value.filter((one) => one !== run), run]
  for (const old of runs.value.filter((one) => !one.front).slice(0, -MOST_BEHIND)) drop(old.appid)
}

/** It is left, and goes on behind. Whoever opened it hears of that when it is in front again. */
export function putBehind(appid: string): void {
  const run = find(appid)
  if (run === undefined) return
  run.front = false
  const opener = run.opener === '' ? undefined : find(run.opener)
  if (opener !== undefined) opener.returned = { appId: appid, extraData: run.returning }
  run.opener = ''
  run.returning = {}
  timers.set(run.key, setTimeout(() => drop(appid), BEHIND_MS))
  triggerRef(runs)
}

/** What it hears of the program it opened, once. */
export function takeReturned(run: Run): Run['returned'] {
  const { returned } = run
  run.returned = null
  return returned
}

export function sayBeside(run: Run, text: string): void {
  run.topBar = text
  triggerRef(runs)
}

/** What an open program says of itself. */
export function saidBeside(appid: string): string {
  return find(appid)?.topBar ?? ''
}

/** End it: the next time it begins anew. */
export function drop(appid: string): void {
  runs.value = runs.value.filter((run) => run.appid !== appid)
}
