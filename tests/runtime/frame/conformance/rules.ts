/**
 * Rules of the engine, each with a small program of its own. The programs of one file are the pages of one package, so
 * that a rule costs the opening of a page; `note(…)` in a program's script is what its rule reads.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'

import { Harness, hasBrowser, type Running } from '../harness'

export type Files = Record<string, string | object>

/** One rule's page, open in the frame. */
export interface Shown extends Running {
  /** The page's folder within the package. */
  folder: string
  /** Wait until exactly these notes were made, in this order. */
  noted: (...notes: string[]) => Promise<void>
  text: (selector: string) => Promise<string>
  style: (selector: string, name: string) => Promise<string>
  tap: (selector: string) => Promise<void>
}

export const NOTE = "const note = (...values) => wx.getLogManager().info(values.map((one) => typeof one === 'string' ? one : JSON.stringify(one) ?? String(one)).join(' '));"

/** Files as they are compiled: objects are JSON, and every script may note. */
export function sources(files: Files, folder = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      return [folder && !name.startsWith('/') ? `${folder}/${name}` : name.replace(/^\//, ''), /\.js$/.test(name) ? NOTE + text : text]
    }),
  )
}

export class Rules {
  readonly harness = new Harness()
  private readonly files: Record<string, string>
  private readonly app: { pages: string[] } & Record<string, unknown>
  private running!: Running

  constructor(shared: Files = {}, app: Record<string, unknown> = {}, private readonly options: Parameters<Harness['open']>[1] = {}) {
    this.app = { pages: ['start/index'], lazyCodeLoading: 'requiredComponents', ...app }
    this.files = sources({ 'start/index.wxml': '<view/>', 'start/index.js': 'Page({})', ...shared })
    beforeAll(async () => {
      if (!hasBrowser) return
      await this.harness.start()
      this.running = await this.harness.open({ ...this.files, 'app.json': JSON.stringify(this.app) }, this.options)
    }, 60_000)
    afterAll(() => this.harness.stop())
  }

  /** A program in files relative to the rule's folder, whose page is `index`; names with a slash first are shared. */
  rule(name: string, files: Files, check: (page: Shown) => Promise<void>, query: Record<string, string> = {}): void {
    const folder = `r${this.app.pages.length}`
    this.app.pages.push(`${folder}/index`)
    Object.assign(this.files, sources({ 'index.wxml': '<view/>', 'index.js': 'Page({})', ...files }, folder))
    test.skipIf(!hasBrowser)(name, async () => {
      const { running } = this
      // By way of an empty page, so that what the rule before leaves behind is gone before this one begins.
      await relaunch(running, 'start/index')
      running.notes.length = running.errors.length = 0
      await relaunch(running, `${folder}/index`, query)
      await check(shown(running, folder))
    })
  }
}

async function relaunch(running: Running, path: string, query: Record<string, string> = {}): Promise<void> {
  await running.host(`program.show(${JSON.stringify({ path, query, relaunch: true })})`)
  const page = running.frame.locator(`.h-page-layer:not([hidden]) wx-page[is="${path}"]`)
  await page.waitFor({ state: 'attached', timeout: 5000 }).catch(() => {
    throw new Error(`the page ${path} did not open: ${running.errors.join('; ')}`)
  })
}

/** A running program with what rules ask of it. */
export function shown(running: Running, folder = ''): Shown {
  const first = (selector: string) => running.frame.locator(`.h-page-layer:not([hidden]) ${selector}`).first()
  return Object.assign(Object.create(running) as Running, running, {
    folder,
    noted: (...notes: string[]) => expect.poll(() => running.notes, { timeout: 5000 }).toEqual(notes),
    text: (selector: string) => first(selector).innerText(),
    style: (selector: string, property: string) => first(selector).evaluate((dom, key) => getComputedStyle(dom).getPropertyValue(key), property),
    tap: (selector: string) => first(selector).click(),
  })
}
