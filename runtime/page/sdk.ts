/**
 * What a web page brings to speak with the mini program that shows it: `wx.miniProgram` as published, and the bridge
 * that the original's own script for pages looks for. Outside of a program it does nothing but say so.
 */

import { FROM_PAGE, TO_PAGE, type ToPage } from './messages'

type Result = { errMsg: string }
interface Callbacks {
  success?: (result: Result) => void
  fail?: (result: Result) => void
  complete?: (result: Result) => void
}

interface Page extends Window {
  wx?: Record<string, unknown>
  WeixinJSBridge?: unknown
  __wxjs_environment?: string
}

const page = window as Page
const around = window.parent
const waiting = new Map<number, (result: Result) => void>()
let calls = 0

function call(name: string, arg: unknown, done: (result: Result) => void): void {
  calls += 1
  waiting.set(calls, done)
  around.postMessage({ type: FROM_PAGE, what: 'call', call: calls, name, arg }, '*')
}

function ask(name: string, options: Callbacks & Record<string, unknown> = {}): void {
  const { success, fail, complete, ...arg } = options
  call(name, arg, (result) => {
    if (result.errMsg.endsWith(':ok')) success?.(result)
    else fail?.(result)
    complete?.(result)
  })
}

if (around !== window) {
  const here = (): void => around.postMessage({ type: FROM_PAGE, what: 'here', href: location.href, title: document.title }, '*')
  window.addEventListener('message', ({ source, data }: MessageEvent<ToPage | null>) => {
    if (source !== around || data?.type !== TO_PAGE) return
    if ('where' in data) return here()
    waiting.get(data.call)?.(data.result)
    waiting.delete(data.call)
  })

  page.__wxjs_environment = 'miniprogram'
  page.WeixinJSBridge ??= {
    invoke: (name: string, args: { name?: string; arg?: unknown } = {}, done?: (result: { err_msg: string; errMsg: string }) => void) => {
      const told = (result: Result): void => done?.({ ...result, err_msg: result.errMsg })
      if (name === 'invokeMiniProgramAPI' && typeof args.name === 'string') call(args.name, args.arg, told)
      else told({ errMsg: `${name}:fail not supported` })
    },
    on: () => {},
  }
  document.dispatchEvent(new Event('WeixinJSBridgeReady'))

  const watch = (): void => {
    here()
    new MutationObserver(here).observe(document.head, { childList: true, subtree: true, characterData: true })
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', watch)
  else watch()
  for (const type of ['hashchange', 'popstate']) window.addEventListener(type, here)
}

const miniProgram: Record<string, unknown> = {
  getEnv: (done: (env: { miniprogram: boolean }) => void) => done({ miniprogram: around !== window }),
}
for (const name of ['navigateTo', 'navigateBack', 'switchTab', 'reLaunch', 'redirectTo', 'postMessage']) miniProgram[name] = (options?: Callbacks & Record<string, unknown>) => ask(name, options)
page.wx = { ...page.wx, miniProgram }
