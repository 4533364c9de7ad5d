/** wx.createWorker: a thread of its own for a program's computing, with nothing in it but messages. */

import { moduleSources } from '../engine/loader'
import { program } from '../engine/program'
import { reportError } from '../engine/report'
import { Thread, trustedScript } from '../engine/trusted'
import { atOnce, defineDirect, defineObject, guard } from './define'

/** What the thread begins with: its modules, `require` among them, and `worker`. */
const PRELUDE = `
const bodies = {}, loaded = {}, heard = new Set();
const worker = {
  onMessage(listener) { heard.add(listener) },
  postMessage(message) { self.postMessage({ message }) },
  testOnProcessKilled() { self.postMessage({ killed: true }) },
  env: { USER_DATA_PATH: 'wxfile://usr' },
};
self.onmessage = ({ data }) => { for (const listener of heard) listener(data) };
self.worker = worker;
const report = (error) => self.postMessage({ error: String(error && error.message || error), stack: String(error && error.stack || '') });
self.onerror = (message, file, line, column, error) => { report(error || message); return true };
self.onunhandledrejection = (event) => report(event.reason);
const resolve = (from, request) => {
  const parts = request.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of request.split('/')) if (part === '..') parts.pop(); else if (part && part !== '.') parts.push(part);
  const base = parts.join('/');
  return [base, base + '.js', base + '/index.js'].find((path) => path in bodies);
};
const run = (name) => {
  if (name in loaded) return loaded[name].exports;
  const module = loaded[name] = { exports: {} };
  const require = (request) => {
    const target = resolve(name, String(request));
    if (!target) throw new Error("module '" + request + "' is not defined");
    return run(target);
  };
  bodies[name].call(undefined, require, module, module.exports);
  return module.exports;
};
const fetch = undefined, WebSocket = undefined, XMLHttpRequest = undefined, EventSource = undefined, importScripts = undefined, indexedDB = undefined, caches = undefined, Worker = undefined, BroadcastChannel = undefined;
`

let current: Worker | undefined

class Worker {
  #thread: InstanceType<typeof Thread> | undefined
  readonly #heard: Record<'Message' | 'Error' | 'ProcessKilled', Set<(detail: any) => void>> = { Message: new Set(), Error: new Set(), ProcessKilled: new Set() }

  constructor(script: string) {
    const folder = String((program().boot.manifest.app.workers as { path?: string } | string | undefined as any)?.path ?? program().boot.manifest.app.workers ?? '').replace(/\/?$/, '/')
    const name = script.replace(/^\//, '')
    const sources = moduleSources(folder)
    if (!(name in sources)) throw { errMsg: `script "${script}" is not found in "${folder}"` }
    const bodies = Object.entries(sources).map(([path, source]) => `bodies[${JSON.stringify(path)}] = ${source};`)
    const url = URL.createObjectURL(new Blob([PRELUDE, bodies.join('\n'), `\ntry { run(${JSON.stringify(name)}) } catch (error) { report(error) }`], { type: 'text/javascript' }))
    this.#thread = new Thread(trustedScript(url))
    this.#thread.onmessage = ({ data }: MessageEvent<{ message?: unknown; error?: string; stack?: string; killed?: boolean }>) => {
      if (data.error !== undefined) this.#tell('Error', { message: data.error, filename: script, stack: data.stack })
      else if (data.killed) {
        this.terminate()
        this.#tell('ProcessKilled', undefined)
      } else this.#tell('Message', data.message)
    }
    this.#thread.onerror = (event) => this.#tell('Error', { message: event.message, filename: script })
  }

  #tell(name: 'Message' | 'Error' | 'ProcessKilled', detail: unknown): void {
    if (name === 'Error' && !this.#heard.Error.size) reportError(new Error(String((detail as { message: string }).message)))
    for (const listener of [...this.#heard[name]]) guard(listener, detail)
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    atOnce('postMessage', () => {
      if (!this.#thread) throw { errMsg: 'worker has been terminated' }
      this.#thread.postMessage(message, transfer)
    })
  }

  onMessage(listener: (message: any) => void): void {
    this.#heard.Message.add(listener)
  }

  onError(listener: (error: { message: string; filename: string }) => void): void {
    this.#heard.Error.add(listener)
  }

  onProcessKilled(listener: () => void): void {
    this.#heard.ProcessKilled.add(listener)
  }

  terminate(): void {
    this.#thread?.terminate()
    this.#thread = undefined
    if (current === this) current = undefined
  }

  /** For trying out what a program does when the system ends its thread. */
  testOnProcessKilled(): void {
    this.terminate()
    this.#tell('ProcessKilled', undefined)
  }
}

defineObject('Worker', Worker)
/** One at a time, as published: the one before must be ended first. */
defineDirect(
  'createWorker',
  (script: string, _options?: { useExperimentalWorker?: boolean }) =>
    atOnce('createWorker', () => {
      if (typeof script !== 'string') throw { errMsg: `parameter error: parameter should be String instead of ${script === undefined ? 'Undefined' : typeof script};`, errno: 1001 }
      if (current) throw { errMsg: 'exceed max concurrent worker number limit 1' }
      return (current = new Worker(script))
    }),
  { source: 'miniprogram/worker/wx.createWorker', params: { scriptPath: 'text', useExperimentalWorker: 'flag?' } },
)
