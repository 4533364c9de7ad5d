/**
 * From a tap to a running program, over the client API: everything a shell needs but for what it shows.
 * The shell brings a way to call the API, its sheets and prompts, and a place to put the frame.
 */

import type { Boot } from '../bridge/boot'
import type { ShareContent } from '../bridge/share'
import type { Development } from './development'
import { RunningProgram, WaitingFrame } from './frame'
import { platformServices } from './platform'
import type { HostServices, PaymentRequest, Scope } from './services'
import { keptName, unseal } from './sealing'
import type { ProgramStorage } from './storage'

/** What the shell itself must do or show. A person's refusal is thrown as `{ errMsg: 'cancel' }`. */
export interface Shell {
  /** The client API, as the signed-in person; rejects with `{ status, code, message }`. */
  api: (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<any>
  /** The bearer token of the signed-in person, for what `api` cannot carry: streams and sockets. */
  token: () => string
  /** Off lets what is not released reach domains that are not listed. */
  urlCheck?: boolean
  /** Show the cashier for what a page asked to be paid; resolves once it is paid. */
  pay: (request: PaymentRequest & { appId: string }) => Promise<void>
  /** Show a cashier that is open already; resolves once it is paid, refuses as published for virtual payments. */
  payAt?: (cashierId: string) => Promise<void>
  /** Ask whether the program may have something; true if it may. */
  ask: (scope: Scope, reason: string) => Promise<boolean>
  /** Offer the chats to send a card to. */
  share: (card: ShareContent & { appid: string; name: string }) => Promise<void>
  /** Show what this person allowed the program, to be changed; resolves when that is done. */
  openSetting?: () => Promise<void>
  exit: () => void
  /** Close the program and open it anew. */
  applyUpdate?: () => void
  /** More of what programs may ask for, where this shell can do it. */
  more?: Partial<HostServices>
  /** What is being opened is known, before its code is there. */
  opened?: (program: { name: string; avatar: string }) => void
  shown?: () => void
  failed?: (reason: string) => void
  reported?: (error: string) => void
  unresponsive?: (stuck: boolean) => void
}

export interface Launch {
  appid: string
  path?: string
  query?: string
  scene?: number
  codeScene?: string
  channel?: 'develop' | 'trial' | 'release'
  /** The chat message whose card was opened, as `{conversation_id, seq}`. */
  card?: { conversation_id: string; seq: number }
  /** The token of a preview: opens that version, whatever the channel. */
  preview?: string
  /** The version this device fetched last: it starts once more with it, and fetches what is newer meanwhile. */
  kept?: string
  /** What another program sent along. */
  referrerInfo?: Record<string, unknown>
  theme: 'light' | 'dark'
  language: string
  /** Where the shell draws its capsule over the frame, and how much room the device takes above and below. */
  menuButton: Boot['menuButton']
  statusBarHeight: number
  safeAreaBottom: number
  /** What the machine is called, where it is one that shows a program to whoever stands before it. */
  model?: string
  /** Run what is being worked on in the dev tools, rather than a version. */
  development?: Development
}

export interface Launched {
  program: RunningProgram
  name: string
  avatar: string
  number: string
  /** It may be shown at any size, where there is room. */
  resizable: boolean
  /** What this device has now, to be given back as `kept`; with an update it settles once that is fetched. */
  version: Promise<string>
}

const FRAME = '/run/frame.html'
const GAME_FRAME = '/run/game.html'
/** Published: so long and so much of what is fetched ahead. */
const PREFETCH_MS = 5000
const PREFETCH_BYTES = 256 * 1024
const DEV_FRAME = '/run/frame-dev.html'

let waiting: WaitingFrame | null = null

/** Put an empty frame into the page ahead of need, so that the next program opens at once. */
export function preWarm(place: HTMLElement): void {
  if (waiting?.element.isConnected) return
  waiting = new WaitingFrame(FRAME)
  waiting.element.hidden = true
  place.append(waiting.element)
}

/** Open a program in `place`. Rejects with `{ code: 'miniapp.version_missing' }` if there is nothing to run. */
export async function launch(shell: Shell, storage: ProgramStorage, place: HTMLElement, how: Launch): Promise<Launched> {
  const { development } = how
  const frame = new WaitingFrame(development ? DEV_FRAME : FRAME)
  let ready = !development && waiting?.element.isConnected && waiting.element.parentElement === place ? waiting : frame
  if (ready === waiting) waiting = null
  else place.append(ready.element)
  try {
    const { appid, path = '', query = '', scene = 1001, codeScene = '', channel = 'release', preview = '', kept } = how
    const [opened, stored, files] = await Promise.all([
      shell.api('POST', `/programs/${appid}/open`, { scene, path, query, code_scene: codeScene, channel, preview, ...(kept ? { kept } : {}), ...(how.card ? { card: how.card } : {}) }),
      storage.load(appid),
      storage.files?.load(appid) ?? [],
    ])
    shell.opened?.(opened.program)
    if (!opened.version && !development) throw { code: 'miniapp.version_missing', message: 'The program has no version to open.' }
    const base = development?.base ?? new URL(`/run/${opened.version.content_hash}/`, location.href).href
    const manifest = (await (await fetch(`${base}manifest.json`)).json()) as Boot['manifest']
    if (manifest.project?.compileType === 'game' && !development) {
      // A game's frame has a policy of its own; the one that waited goes on waiting.
      if (ready === frame) frame.element.remove()
      else waiting = ready
      ready = new WaitingFrame(GAME_FRAME)
      place.append(ready.element)
    }
    const entry = String(opened.path).replace(/^\//, '')
    const boot: Boot = {
      base,
      manifest,
      launch: { path: entry || undefined, query: parseQuery(String(opened.query)), scene: opened.scene, referrerInfo: how.referrerInfo, ...(opened.share_ticket ? { shareTicket: opened.share_ticket } : {}) },
      appId: appid,
      version: opened.version?.number ?? '',
      envVersion: opened.channel,
      theme: how.theme,
      language: how.language,
      menuButton: how.menuButton,
      statusBarHeight: how.statusBarHeight,
      safeAreaBottom: how.safeAreaBottom,
      relay: opened.relay ? new URL(opened.relay, location.href).href : '',
      ...(await unseal(stored)),
      files,
      user: { language: how.language },
      ...(how.model === undefined ? {} : { model: how.model }),
      hasUpdate: Boolean(opened.newer),
    }
    const { project } = manifest
    const served = { appid, urlCheck: shell.urlCheck ?? project?.urlCheck !== false, channel: opened.channel as Boot['envVersion'], name: opened.program.name, reasons: (manifest.app.permission ?? {}) as Record<string, { desc?: string }>, page: String(opened.page), shareTicket: opened.share_ticket ?? undefined }
    ready.element.hidden = false
    ready.element.title = opened.program.name
    const services = platformServices(shell, storage, served)
    const program = new RunningProgram(ready, boot, services, shell.unresponsive, development)
    if (opened.prefetch) void prefetch(opened.prefetch, program, storage, services, { appid, path: entry, query: String(opened.query), scene: opened.scene, token: boot.kept?.fetchToken })
    development?.attach(program)
    await program.start()
    const version = opened.newer && opened.version ? update(program, opened.newer, opened.version.version_id) : Promise.resolve(String(opened.version?.version_id ?? ''))
    return { program, name: opened.program.name, avatar: opened.program.avatar, number: opened.version?.number ?? '', resizable: manifest.app.resizable === true, version }
  } catch (error) {
    ready.element.remove()
    throw error
  }
}

/** Bring the newer version's files into the browser's cache while the present one runs, and tell the program. */
async function update(program: RunningProgram, newer: { version_id: string; content_hash: string }, present: string): Promise<string> {
  try {
    const base = new URL(`/run/${newer.content_hash}/`, location.href).href
    const manifest = (await (await fetch(`${base}manifest.json`)).json()) as Boot['manifest']
    for (const one of manifest.packages.filter((each) => each.root === '')) await (await fetch(base + one.file)).arrayBuffer()
    program.tellUpdate(true)
    return newer.version_id
  } catch {
    program.tellUpdate(false)
    return present
  }
}

/** Ask the program's own server for what its first page wants, by the published names, while its code comes. */
async function prefetch(address: string, program: RunningProgram, storage: ProgramStorage, services: HostServices, { appid, path, query, scene, token }: { appid: string; path: string; query: string; scene: number; token: unknown }): Promise<void> {
  const timeStamp = Date.now()
  const url = new URL(address)
  for (const [name, value] of Object.entries({ appid, ...(typeof token === 'string' ? { token } : {}), timestamp: String(timeStamp), path, query, scene: String(scene) })) url.searchParams.set(name, value)
  const answer = await services.request({ url: url.href, method: 'GET', header: {}, timeout: PREFETCH_MS }, new AbortController().signal, () => {}).catch(() => null)
  if (answer?.statusCode !== 200 || answer.body.byteLength > PREFETCH_BYTES) return
  const fetched = { fetchType: 'pre', fetchedData: new TextDecoder().decode(answer.body), path, query, scene, timeStamp: Date.now() }
  storage.save(appid, keptName('fetched'), fetched)
  program.tellFetched(fetched)
}

function parseQuery(query: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const pair of query.replace(/^\?/, '').split('&')) {
    const at = pair.indexOf('=')
    if (pair) out[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? '' : pair.slice(at + 1)
  }
  return out
}
