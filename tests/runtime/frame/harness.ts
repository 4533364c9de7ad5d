/** Compiles a program, serves it as the platform does, and opens it in a sandboxed frame of a real browser. */

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { buildSync } from 'esbuild'
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core'

import type * as Compiler from '../../../runtime/compiler/index'

const root = fileURLToPath(new URL('../../../runtime/', import.meta.url))
const out = `${root}dist/test`

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
/** Without a browser these tests cannot run; the run says so. */
export const hasBrowser = CHROMIUM !== undefined

export interface Running {
  page: Page
  frame: Frame
  /** What the program reported as wrong. */
  errors: string[]
  /** What the program recorded by calling `wx.reportEvent('note', text)`. */
  notes: string[]
  storage: () => Promise<Record<string, unknown>>
  /** Run in the host page. */
  host: <T>(run: string) => Promise<T>
  artifacts: Record<string, string | Uint8Array>
}

interface OpenOptions {
  path?: string
  query?: Record<string, string>
  storage?: Record<string, unknown>
  scene?: number
  appId?: string
  /** What the host kept of the last visit; what it is asked to keep now is `seen.kept`. */
  kept?: Record<string, unknown>
  width?: number
  height?: number
  touch?: boolean
  /** Expressions that replace services of the host page, by name. */
  services?: Record<string, string>
  theme?: 'light' | 'dark'
  userAgent?: string
  /** Give the program the real device services of the host's side. */
  device?: boolean
  /** What the browser's context has besides: permissions, a place on earth. */
  context?: BrowserContextOptions
}

const HOST_PAGE = `<!doctype html><title>host</title><meta charset="utf-8"><body style="margin:0"><script src="/host.js"></script>`

export class Harness {
  private server!: Server
  private browser!: Browser
  private readonly served = new Map<string, { type: string; body: string | Uint8Array }>()
  private compiler!: typeof Compiler
  private programs = 0
  private policy = ''
  origin = ''

  /** `args` are further arguments of the browser: a made-up camera, sound without a touch. */
  async start(args: string[] = []): Promise<void> {
    execFileSync(process.execPath, [`${root}scripts/build.mjs`, out])
    buildSync({ absWorkingDir: root, entryPoints: ['host/index.ts'], outfile: `${out}/host.js`, bundle: true, format: 'iife', globalName: 'Host', target: 'es2022' })
    this.compiler = createRequire(import.meta.url)(`${out}/compiler.cjs`) as typeof Compiler
    this.policy = readFileSync(`${out}/frame.policy`, 'utf8')
    this.server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://host').pathname
      const given = this.served.get(path)
      if (path === '/host.js') response.setHeader('content-type', 'text/javascript').end(readFileSync(`${out}/host.js`))
      else if (path === '/run/frame.html') response.setHeader('content-type', 'text/html').setHeader('content-security-policy', this.policy).end(readFileSync(`${out}/frame.html`))
      else if (path === '/run/game.html') response.setHeader('content-type', 'text/html').setHeader('content-security-policy', readFileSync(`${out}/game.policy`, 'utf8')).end(readFileSync(`${out}/game.html`))
      else if (path === '/run/dot.svg') response.setHeader('content-type', 'image/svg+xml').end(readFileSync(`${out}/dot.svg`))
      else if (path === '/run/frame.js') response.setHeader('content-type', 'text/javascript').setHeader('access-control-allow-origin', '*').setHeader('cache-control', 'max-age=31536000, immutable').end(readFileSync(`${out}/frame.js`))
      else if (path === '/run/page.html') response.setHeader('content-type', 'text/html').setHeader('content-security-policy', readFileSync(`${out}/page.policy`, 'utf8').replaceAll('PAGES', new URL(request.url!, 'http://host').searchParams.get('pages')!)).end(readFileSync(`${out}/page.html`))
      else if (path === '/run/page.js' || path === '/run/page-sdk.js') response.setHeader('content-type', 'text/javascript').end(readFileSync(out + path.slice('/run'.length)))
      else if (/^\/run\/part-[\w.-]+$/.test(path) && existsSync(out + path.slice('/run'.length))) response.setHeader('content-type', 'text/javascript').setHeader('access-control-allow-origin', '*').end(readFileSync(out + path.slice('/run'.length)))
      else if (given && path.startsWith('/host/')) response.setHeader('content-type', given.type).setHeader('content-security-policy', "frame-src 'self'").end(given.body)
      else if (given) {
        response.setHeader('content-type', given.type).setHeader('access-control-allow-origin', '*').setHeader('cache-control', 'max-age=31536000, immutable').setHeader('accept-ranges', 'bytes')
        // Players ask for the part they want to go to.
        const [, from, to] = /^bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
        const body = Buffer.from(given.body as string)
        if (from === undefined) response.end(body)
        else {
          const last = Math.min(to ? Number(to) : Infinity, body.length - 1)
          response.writeHead(206, { 'content-range': `bytes ${from}-${last}/${body.length}` }).end(body.subarray(Number(from), last + 1))
        }
      }
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    this.browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--js-flags=--expose-gc', '--enable-precise-memory-info', ...args],
    })
  }

  async stop(): Promise<void> {
    await this.browser?.close()
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(null)))
  }

  /** Give a script out at a path of this origin. */
  serve(path: string, body: string | Uint8Array): void {
    this.served.set(path, { type: 'text/javascript; charset=utf-8', body })
  }

  compile(files: Compiler.Files): { base: string; manifest: Compiler.Manifest; artifacts: Record<string, string | Uint8Array> } {
    const result = this.compiler.compile(files, { packageBytes: 50e6, programBytes: 50e6 })
    if (!result.manifest) throw new Error(result.diagnostics.filter((one) => one.level === 'error').map((one) => `${one.file}:${one.line} ${one.message}`).join('\n'))
    const base = `/run/p${++this.programs}/`
    for (const [name, body] of Object.entries(result.artifacts)) {
      const type = name.endsWith('.js') ? 'text/javascript; charset=utf-8' : name.endsWith('.png') ? 'image/png' : name.endsWith('.svg') ? 'image/svg+xml' : 'application/octet-stream'
      this.served.set(base + name, { type, body })
    }
    return { base, manifest: result.manifest, artifacts: result.artifacts }
  }

  async open(files: Compiler.Files, options: OpenOptions = {}): Promise<Running> {
    const { base, manifest, artifacts } = this.compile(files)
    for (const name of Object.keys(artifacts)) if (options.missing?.(name)) this.served.delete(base + name)
    const boot = {
      base: this.origin + base,
      manifest,
      launch: { path: options.path, query: options.query ?? {}, scene: options.scene ?? 1001 },
      appId: options.appId ?? 'wx0000000000000001',
      version: '1.0.0',
      envVersion: 'develop',
      theme: options.theme ?? 'light',
      language: 'zh_CN',
      menuButton: { top: 24, right: 365, bottom: 56, left: 278, width: 87, height: 32 },
      statusBarHeight: 20,
      safeAreaBottom: 0,
      relay: `${this.origin}/relay?url=`,
      storage: options.storage ?? {},
      kept: options.kept ?? {},
      user: { language: 'zh_CN' },
    }
    const services = Object.entries(options.services ?? {}).map(([name, code]) => `${JSON.stringify(name)}: ${code}`).join(',')
    const script = `
        const seen = (window.seen = { stored: {}, kept: {}, calls: [], shown: 0 })
        const services = {
          ${options.device ? '...Host.deviceServices(),' : ''}
          login: async () => ({ code: 'a-code' }), checkSession: async () => {},
          request: async () => { throw { errMsg: 'url not in domain list' } },
          requestPayment: async (p) => { seen.calls.push(['pay', p]) },
          grants: async () => ({}), ask: async () => true,
          userProfile: async () => ({ userInfo: { nickName: 'Ann' }, rawData: '{}', signature: '', encryptedData: '', iv: '' }),
          phoneNumber: async () => ({ code: 'phone-code' }),
          share: async (content) => { seen.calls.push(['share', content]) }, exit: () => seen.calls.push(['exit']), copy: async (text) => { seen.calls.push(['copy', text]) },
          store: (key, value) => { if (key === undefined) seen.stored = {}; else if (value === undefined) delete seen.stored[key]; else seen.stored[key] = value },
          keep: (name, value) => { if (value === undefined) delete seen.kept[name]; else seen.kept[name] = value },
          reported: (text) => console.log('@error', text), logged: (level, text) => console.log('@note', text), failed: (text) => { console.log('@error', 'failed: ' + text); console.log('@shown') },
          shown: () => { seen.shown = performance.now(); console.log('@shown') },
          ${services}
        }
        const frame = () => {
          const made = new Host.WaitingFrame('${manifest.project.compileType === 'game' ? '/run/game.html' : '/run/frame.html'}', 'program')
          made.element.style.cssText = 'border:0;position:fixed;inset:0;width:100%;height:100%'
          document.body.append(made.element)
          return made
        }
        const boot = ${JSON.stringify(boot)}
        const run = (waiting, path, query = {}) => {
          window.program = new Host.RunningProgram(waiting, path ? { ...boot, launch: { ...boot.launch, path, query } } : boot, services)
          void window.program.start()
        }
        seen.started = performance.now()
        run(frame())
        // Again in a new frame, with everything cached; or in one that was made ahead and waits. At another page, if one is named.
        window.relaunch = async (prewarmed, path, query) => {
          window.program.close()
          seen.shown = 0
          // The browser takes the old frame apart meanwhile: what is timed is the opening alone.
          await new Promise((resolve) => setTimeout(resolve, 50))
          const waiting = prewarmed ? frame() : null
          if (waiting) await waiting.ready
          seen.started = performance.now()
          run(waiting ?? frame(), path, query)
          while (!seen.shown) await new Promise((resolve) => setTimeout(resolve, 5))
        }`
    const path = `/host/${this.programs}`
    this.served.set(path, { type: 'text/html; charset=utf-8', body: `${HOST_PAGE}<script>${script}</script>` })
    const context = await this.browser.newContext({ viewport: { width: options.width ?? 375, height: options.height ?? 667 }, hasTouch: options.touch ?? false, userAgent: options.userAgent, ...options.context })
    const page = await context.newPage()
    // Heard from the console, because looking into a page from outside counts as a person's touch.
    const notes: string[] = []
    const errors: string[] = []
    const shown = new Promise<void>((resolve) => {
      page.on('console', (message) => {
        const [, kind, text = ''] = /^@(\w+) ?([^]*)$/.exec(message.text()) ?? []
        if (kind === 'note') notes.push(text)
        else if (kind === 'error') errors.push(text)
        else if (kind === 'shown') resolve()
      })
    })
    await page.goto(`${this.origin}${path}`)
    await shown
    const frame = page.frames().find((one) => /\/run\/(frame|game)\.html/.test(one.url()))!
    return {
      page,
      frame,
      artifacts,
      errors,
      notes,
      storage: () => page.evaluate('seen.stored'),
      host: (run) => page.evaluate(run),
    }
  }
}
