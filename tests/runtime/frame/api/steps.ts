/** A page with a button for each step: a step runs when it is tapped, as whatever needs a person's touch must. */

import type { Harness, Running } from '../harness'

type Files = Parameters<Harness['open']>[0]
type Options = NonNullable<Parameters<Harness['open']>[1]>

export interface Steps {
  running: Running
  /** Tap the step's button and wait for what it says. */
  run: <T = any>(name: string) => Promise<T>
  /** What the host was asked so far, in order. */
  asked: () => Promise<any[]>
}

/** `steps` are the insides of async functions; each says what it returns, or what it threw. */
export async function openSteps(harness: Harness, steps: Record<string, string>, options: Options & { before?: string; files?: Files } = {}): Promise<Steps> {
  const { before = '', files = {}, ...rest } = options
  const running = await harness.open(
    {
      'app.json': '{"pages":["p/p"]}',
      'p/p.wxml': '<view wx:for="{{names}}" wx:key="*this" id="{{item}}" bindtap="go" style="height:16px">{{item}}</view><canvas type="2d" id="canvas" style="width:40px;height:40px"/><button id="shares" open-type="share">s</button>',
      ...files,
      'p/p.js': `
        const tried = (promise) => Promise.resolve(promise).then((ok) => ok, (failure) => ({ failed: failure }))
        const until = async (met) => { for (let turn = 0; turn < 500; turn++) { const found = met(); if (found) return found; await new Promise((resolve) => setTimeout(resolve, 10)) } throw new Error('nothing came: ' + met) }
        const written = (value) => JSON.stringify(value ?? null, (_, one) => one instanceof ArrayBuffer ? { bytes: one.byteLength } : one)
        const heard = []
        ${before}
        const steps = { ${Object.entries(steps).map(([name, body]) => `${JSON.stringify(name)}: async (page) => { ${body} }`).join(',\n')} }
        Page({
          data: { names: ${JSON.stringify(Object.keys(steps))} },
          onShareAppMessage(from) { return { title: 'shared ' + from.from, path: '/p/p?x=1' } },
          async go(event) {
            const name = event.currentTarget.id
            let said
            try { said = { said: await steps[name](this) } } catch (error) { said = { threw: String(error.stack || error.errMsg || written(error)) } }
            wx.getLogManager().info('@' + name + ' ' + written(said))
          },
        })`,
    },
    rest,
  )
  return {
    running,
    asked: () => running.host('seen.calls'),
    run: async (name) => {
      const before = running.notes.length
      await running.frame.locator(`#${name}`).click()
      const deadline = Date.now() + 20_000
      for (;;) {
        const note = running.notes.slice(before).find((one) => one.startsWith(`@${name} `))
        if (note) {
          const { said, threw } = JSON.parse(note.slice(name.length + 2))
          if (threw) throw new Error(`${name} threw: ${threw}`)
          return said
        }
        if (Date.now() > deadline) throw new Error(`${name} said nothing; errors: ${running.errors.join('\n')}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}
