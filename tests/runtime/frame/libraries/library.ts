/** Opens the components of a library from npm, unmodified, on pages written for them, and touches each. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect } from 'vitest'

import { type Harness } from '../harness'

/** A page with some of a library's components. */
export interface Sheet {
  wxml: string
  data?: object
  /** The body of a function that runs in the page once it is ready: for components that are opened by a call. */
  ready?: string
  /** Texts that must be seen, one after the other a page may change. */
  sees?: string[]
  /** A selector to tap, and the event (`component type`) the page hears of it, as `bind:type="heard"` tells. */
  taps?: [selector: string, hears: string][]
}

export interface Library {
  name: string
  /** Where the components are within the package. */
  folder: string
  /** What their elements are called in a page: `van-button` of `button`. */
  prefix: string
  /** A component's file, by its name. */
  file: (name: string) => string
  /** What is seen of a component, by its name, where the library leaves its own elements out of the page: virtual hosts. */
  shows?: (name: string) => string
  /** Its components' names, where they are not its folders' names. */
  components?: string[]
  sheets: Record<string, Sheet>
  /** Components that have nothing to show of their own, and why. */
  unseen?: Record<string, string>
  data?: object
}

/** A crowded machine draws late; what never comes still fails. */
const patience = { timeout: 5000, interval: 20 }

const modules = fileURLToPath(new URL('../../../../node_modules/', import.meta.url))

/** Everything a package brings, where a program has its packages. */
function packageFiles(name: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {}
  const walk = (dir: string): void => {
    for (const entry of readdirSync(join(modules, name, dir))) {
      const path = join(dir, entry)
      if (statSync(join(modules, name, path)).isDirectory()) walk(path)
      else files[`node_modules/${name}/${path}`] = readFileSync(join(modules, name, path))
    }
  }
  walk('')
  return files
}

/** Every component of the package: the folders that hold a file of the right name. */
function componentsOf(library: Library): string[] {
  if (library.components) return library.components
  const root = join(modules, library.name, library.folder)
  return readdirSync(root).filter((name) => {
    try {
      return (JSON.parse(readFileSync(join(root, `${library.file(name)}.json`), 'utf8')) as { component?: boolean }).component === true
    } catch {
      return false
    }
  })
}

/** Ours, not the library's: a page tells what it hears, and when it is there. */
function script({ data, ready }: Sheet, library: Library): string {
  return `const note = (text) => wx.getLogManager().info(text)
Page({
  data: ${JSON.stringify({ ...library.data, ...data })},
  heard(e) { note((e.currentTarget.dataset.name || e.currentTarget.id) + ' ' + e.type); if (e.currentTarget.dataset.set) this.setData(e.currentTarget.dataset.set) },
  onLoad() { note('opened') },
  async onReady() { ${ready ?? ''}; note('ready') },
})`
}

/** Open every sheet, wait until each of its components is seen, tap and drag each, and hear what they say. */
export async function show(harness: Harness, library: Library): Promise<void> {
  const names = componentsOf(library)
  const used = (wxml: string): string[] => [...new Set([...wxml.matchAll(/<([\w-]+)/g)].map(([, tag]) => tag!))].filter((tag) => tag.startsWith(library.prefix)).map((tag) => tag.slice(library.prefix.length))
  const shown = new Set(Object.values(library.sheets).flatMap(({ wxml }) => used(wxml)))
  expect([...shown].filter((name) => !names.includes(name)), 'named on a sheet, not in the package').toEqual([])
  expect(names.filter((name) => !shown.has(name)), 'in the package, on no sheet').toEqual([])

  const files: Record<string, string | Uint8Array> = {
    ...packageFiles(library.name),
    'package.json': JSON.stringify({ dependencies: { [library.name]: '*' } }),
    'app.json': JSON.stringify({ pages: ['home/home', ...Object.keys(library.sheets).map((name) => `c/${name}`)] }),
    'home/home.wxml': '<view/>',
  }
  for (const [name, sheet] of Object.entries(library.sheets)) {
    files[`c/${name}.json`] = JSON.stringify({ usingComponents: Object.fromEntries(used(sheet.wxml).map((one) => [library.prefix + one, `${library.name}/${library.file(one)}`])) })
    files[`c/${name}.wxml`] = sheet.wxml
    files[`c/${name}.js`] = script(sheet, library)
  }
  const shows = library.shows ?? ((name: string) => `wx-${library.prefix}${name}`)
  const touched = names.map(shows).join(',')
  const running = await harness.open(files, { touch: true, device: true })
  const wrong: Record<string, string[]> = {}
  for (const [name, sheet] of Object.entries(library.sheets)) {
    running.errors.length = running.notes.length = 0
    try {
      await running.host(`program.show({ path: 'c/${name}', relaunch: true })`)
      await expect.poll(() => running.notes, { message: 'is ready', ...patience }).toContain('ready')
      running.notes.splice(0, running.notes.indexOf('opened')) // the page before may have had more to say
      const parts = used(sheet.wxml).filter((one) => library.unseen?.[one] === undefined).map(shows)
      await expect.poll(() => running.frame.evaluate(withoutBox, parts), { message: 'not seen', ...patience }).toEqual([])
      for (const text of sheet.sees ?? []) await expect.poll(() => running.frame.locator('wx-page:visible').innerText(), { message: 'text', ...patience }).toContain(text)
      if (process.env.HUTONG_PICTURES) {
        await running.frame.evaluate(settled)
        await running.page.screenshot({ path: join(process.env.HUTONG_PICTURES, `${library.name.replace(/\W/g, '')}-${name}.png`) })
      }
      for (const [selector, hears] of sheet.taps ?? []) {
        await running.frame.locator(`wx-page:visible ${selector}`).first().tap({ timeout: patience.timeout })
        await expect.poll(() => running.notes, { message: selector, ...patience }).toContain(hears)
      }
      await running.frame.evaluate(touchEach, { prefix: `wx-${library.prefix}`, touched })
    } catch (error) {
      running.errors.push(String(error)) // the other sheets are still worth hearing of
    }
    if (running.errors.length > 0) wrong[name] = [...running.errors]
  }
  expect(wrong).toEqual({})
  await running.page.context().close()
}

/** What comes in by a movement of its own has come. Runs in the frame. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 150))
    await Promise.all(document.getAnimations().filter((one) => Number.isFinite(Number(one.effect?.getComputedTiming().endTime))).map((one) => one.finished.catch(() => undefined)))
  }
}

/** The selectors of which no element takes up room, by itself or by what is in it. Runs in the frame. */
function withoutBox(selectors: string[]): string[] {
  const takesRoom = (dom: Element): boolean => {
    const { width, height } = dom.getBoundingClientRect()
    return width > 0 && height > 0 && getComputedStyle(dom).visibility !== 'hidden'
  }
  return selectors.filter((selector) => ![...document.querySelectorAll(`wx-page ${selector}`)].some((dom) => takesRoom(dom) || [...dom.querySelectorAll('*')].some(takesRoom)))
}

/** Tap the middle of every component and drag it aside, as a finger does; then let two frames pass. Runs in the frame. */
async function touchEach({ prefix, touched }: { prefix: string; touched: string }): Promise<void> {
  const frames = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
  for (const dom of document.querySelectorAll('wx-page *')) {
    if (!(dom.localName.startsWith(prefix) || dom.matches(touched)) || !dom.isConnected) continue
    const box = dom.getBoundingClientRect()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    const under = document.elementFromPoint(x, y)
    if (!under) continue
    const send = (type: string, clientX: number, down: boolean): void => {
      const touch = new Touch({ identifier: 1, target: under, clientX, clientY: y })
      under.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, composed: true, touches: down ? [touch] : [], changedTouches: [touch] }))
    }
    send('touchstart', x, true)
    send('touchend', x, false)
    send('touchstart', x, true)
    for (const step of [5, 20, 40, 60]) send('touchmove', x - step, true)
    send('touchend', x - 60, false)
  }
  await frames()
}
