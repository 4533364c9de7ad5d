/** A page that asks `wx` one thing after another and says what came of it: what each test of a category is made of. */

import type { Harness, Running } from '../harness'

type Files = Parameters<Harness['open']>[0]
type Options = NonNullable<Parameters<Harness['open']>[1]>

/** Within the page: calls with callbacks, which are promised to be called once and later than the call itself. */
const TOOLS = `
  const answerOf = (run) => new Promise((resolve) => {
    let calls = [], early = true
    const done = (kind) => (result) => {
      calls.push(kind)
      if (kind === 'complete') setTimeout(() => resolve({ ...result, kind: calls.join(), early }), 0)
    }
    const returned = run({ success: done('success'), fail: done('fail'), complete: done('complete') })
    early = calls.length > 0
    answerOf.returned = returned
  })
  const call = (name, options) => answerOf((callbacks) => wx[name]({ ...options, ...callbacks }))
  const on = (object, name, options) => answerOf((callbacks) => object[name]({ ...options, ...callbacks }))
  const caught = (run) => { try { return { value: run() } } catch (error) { return { errMsg: error.errMsg, errno: error.errno, message: error.message } } }
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const until = async (met) => { for (let turn = 0; turn < 400; turn++) { const found = met(); if (found) return found; await wait(10) } throw new Error('nothing came: ' + met) }
`

/** Opens a program whose first page runs `body`, the inside of an async function, and gives the object it returns.
 * `during` runs beside it, once the program is there. */
export async function ask<T = any>(harness: Harness, body: string, files: Files = {}, options: Options & { during?: (running: Running) => Promise<void>; data?: Record<string, unknown> } = {}): Promise<{ said: T; running: Running }> {
  const running = await harness.open(
    {
      'app.json': '{"pages":["p/p"]}',
      'p/p.wxml': '<view id="a" class="box" style="width:100px;height:40px">a</view>',
      ...files,
      'p/p.js': `${TOOLS}
        Page({
          data: ${JSON.stringify(options.data ?? {})},
          onReady() {
            const page = this
            const run = async () => { ${body} }
            run().then((said) => wx.getLogManager().info('@said' + JSON.stringify(said ?? null)), (error) => wx.getLogManager().info('@said' + JSON.stringify({ thrown: String(error && (error.stack || error.errMsg) || error) })))
          },
        })`,
    },
    options,
  )
  await options.during?.(running)
  const deadline = Date.now() + 15_000
  for (;;) {
    const note = running.notes.find((one) => one.startsWith('@said'))
    if (note) {
      const said = JSON.parse(note.slice('@said'.length))
      if (said?.thrown) throw new Error(`the program threw: ${said.thrown}`)
      return { said, running }
    }
    if (Date.now() > deadline) throw new Error(`the program said nothing; errors: ${running.errors.join('\n')}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
