/** Mini games: the screen, touches, the keyboard, sub-packages, and friends' data that the game cannot read. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../recorder'
import { Harness, hasBrowser } from './harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const NOTE = 'const note = (...said) => wx.getLogManager().info(said.map((one) => typeof one === "string" ? one : JSON.stringify(one)).join(" "));'
const WASM = '[0,97,115,109,1,0,0,0,1,5,1,96,0,1,127,3,2,1,0,7,5,1,1,102,0,0,10,6,1,4,0,65,42,11]' // f() → 42
const PNG = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='), (one) => one.charCodeAt(0))

/** Friends as the shell knows them; what the game keeps is written down. */
const RECORDS = `cloudRecords: {
  keep: async (pairs) => { seen.calls.push(['keep', pairs]) }, forget: async (keys) => { seen.calls.push(['forget', keys]) }, own: async () => [{ key: 'best', value: '7' }],
  friends: async (keys) => (seen.calls.push(['friends', keys]), [{ openid: 'o1', nickname: 'Ann', avatarUrl: '', KVDataList: [{ key: 'best', value: '9' }] }]),
  group: async (keys, ticket) => [{ openid: 'o2', nickname: ticket, avatarUrl: '', KVDataList: [] }], self: async () => ({ openid: 'o0', nickname: 'Me', avatarUrl: '' }),
}, grants: async () => ({ 'scope.WxFriendInteraction': true })`

const open = (files: Record<string, string | Uint8Array>, services = '') => harness.open(files, { services: services ? { login: `async () => ({}), ${services}` } : {} })

describe.skipIf(!hasBrowser)('a mini game', () => {
  test('has a screen, pictures, touches, a keyboard, a clock and WebAssembly', async () => {
    const running = await open({
      'game.json': '{"showStatusBar":true,"networkTimeout":{"request":1200}}',
      'a.png': PNG,
      'adapter.js': 'GameGlobal.document = { made: "by the adapter" }',
      'game.js': `${NOTE}
        require('./adapter')
        const canvas = wx.createCanvas(), other = wx.createCanvas()
        note('canvas', canvas.width, canvas.height, other.width, document.made, typeof window, typeof GameGlobal.wx)
        const context = canvas.getContext('2d')
        context.fillStyle = '#ff0000'; context.fillRect(0, 0, 100, 100)
        const image = wx.createImage()
        image.onload = () => { context.drawImage(image, 0, 0, 200, 200); note('image', image.width, context.getImageData(99, 99, 1, 1).data.length) }
        image.src = 'a.png'
        const lost = wx.createImage(); lost.onerror = () => note('lost'); lost.src = 'none.png'
        for (const name of ['TouchStart', 'TouchMove', 'TouchEnd']) wx['on' + name](({ touches, changedTouches: [{ clientX, clientY }] }) => note(name, touches.length, clientX, clientY))
        wx.onKeyboardInput(({ value }) => note('input', value)); wx.onKeyboardConfirm(({ value }) => note('confirm', value)); wx.onKeyboardComplete(({ value }) => note('complete', value))
        wx.onShow(({ query }) => note('show', query))
        note('wasm', new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(${WASM}))).exports.f())
        let turns = 0
        const turn = () => { if (++turns === 3) note('turned'); else requestAnimationFrame(turn) }
        requestAnimationFrame(turn)
        canvas.toTempFilePath({ success: ({ tempFilePath }) => note('file', tempFilePath.endsWith('.png')) })
        GameGlobal.ask = () => wx.showKeyboard({ defaultValue: 'a', success: ({ errMsg }) => note(errMsg) })
        wx.onTouchEnd(() => setTimeout(ask, 0))`,
    })
    const { notes } = running
    await expect.poll(() => [...notes].sort()).toEqual(['canvas 375 647 300 by the adapter undefined object', 'file true', 'image 1 4', 'lost', 'show {}', 'turned', 'wasm 42'])
    expect(await running.frame.locator('#game').boundingBox()).toMatchObject({ y: 20, width: 375, height: 647 })
    notes.length = 0
    await running.page.mouse.move(50, 60)
    await running.page.mouse.down()
    await running.page.mouse.move(80, 90)
    await running.page.mouse.up()
    await expect.poll(() => notes).toEqual(['TouchStart 1 50 60', 'TouchMove 1 80 90', 'TouchEnd 0 80 90', 'showKeyboard:ok'])
    notes.length = 0
    await running.page.keyboard.type('b')
    await running.page.keyboard.press('Enter')
    await expect.poll(() => notes).toEqual(['input ab', 'confirm ab', 'complete ab'])
    proves('app_config', 'game.json showStatusBar')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('lies on its side if it says so, fetches its parts, and gives up on a slow answer', async () => {
    const running = await open(
      {
        'game.json': '{"deviceOrientation":"landscape","subpackages":[{"name":"stage","root":"stage/"},{"root":"extra/one.js"}],"networkTimeout":{"request":1500}}',
        'stage/game.js': 'GameGlobal.stage = "here"',
        'extra/one.js': 'GameGlobal.extra = 1',
        'game.js': `${NOTE}
          const canvas = wx.createCanvas(); note('wide', canvas.width > canvas.height)
          const task = wx.loadSubpackage({ name: 'stage', success: ({ errMsg }) => note(errMsg, GameGlobal.stage) })
          task.onProgressUpdate(({ progress, totalBytesExpectedToWrite }) => { if (progress === 100) note('progress', totalBytesExpectedToWrite > 20) })
          wx.loadSubpackage({ name: 'extra/one.js', success: () => note('extra', extra) })
          wx.loadSubpackage({ name: 'none', fail: ({ errMsg }) => note(errMsg) })
          wx.request({ url: 'https://slow.example/', fail: () => {} })`,
      },
      "request: async ({ timeout }) => { seen.calls.push(['request', timeout]); throw { errMsg: 'timeout' } }, orient: (value) => seen.calls.push(['orient', value])",
    )
    await expect.poll(() => [...running.notes].sort()).toEqual(['extra 1', 'loadSubpackage:fail there is no sub-package "none"', 'loadSubpackage:ok here', 'progress true', 'wide true'])
    await expect.poll(() => running.host('seen.calls')).toEqual(expect.arrayContaining([['orient', 'landscape'], ['request', 1500]]))
    proves('app_config', 'game.json deviceOrientation', 'game.json networkTimeout', 'game.json subpackages')
    await running.page.context().close()
  })

  test('friends are seen by its open data context and drawn, and the game cannot read them', async () => {
    const running = await open(
      {
        'game.json': '{"openDataContext":"friends"}',
        'friends/word.js': 'exports.word = "with"',
        'friends/index.js': `
          const canvas = wx.getSharedCanvas(), context = canvas.getContext('2d'), { word } = require('./word')
          wx.onMessage(async (asked) => {
            const { data } = await wx.getFriendCloudStorage({ keyList: ['best'] })
            const own = await wx.getUserCloudStorage({ keyList: ['best'] })
            const group = await wx.getGroupCloudStorage({ keyList: ['best'], shareTicket: 'a group' })
            const self = await wx.getUserInfo({ openIdList: ['selfOpenId'] })
            const right = asked.word === word && data[0].nickname === 'Ann' && data[0].KVDataList[0].value === '9' && own.KVDataList[0].value === '7' && group.data[0].nickname === 'a group' && self.data[0].nickname === 'Me' && typeof fetch === 'undefined'
            context.fillStyle = right ? '#00ff00' : '#ff0000'
            context.fillRect(0, 0, canvas.width, canvas.height)
          })`,
        'game.js': `${NOTE}
          const canvas = wx.createCanvas(), context = canvas.getContext('2d')
          const friends = wx.getOpenDataContext()
          friends.canvas.width = 60; friends.canvas.height = 40
          friends.postMessage({ word: 'with' })
          // Whatever the game puts in the way, the data does not pass by it.
          let caught = false
          const look = (value) => { try { caught ||= JSON.stringify(value).includes('Ann') } catch {} return value }
          const post = MessagePort.prototype.postMessage, { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')
          MessagePort.prototype.postMessage = function (message, ...rest) { return post.call(this, look(message), ...rest) }
          Object.defineProperty(MessageEvent.prototype, 'data', { get() { return look(get.call(this)) } })
          const tries = {
            'typeof': () => typeof wx.getFriendCloudStorage,
            canvas: () => friends.canvas instanceof HTMLCanvasElement,
            bitmap: () => createImageBitmap(friends.canvas),
            texture: () => { const gl = wx.createCanvas().getContext('webgl'); gl.bindTexture(gl.TEXTURE_2D, gl.createTexture()); gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, friends.canvas) },
            draw: () => { CanvasRenderingContext2D.prototype.drawImage = () => {} },
          }
          let turns = 0
          const turn = () => {
            context.clearRect(0, 0, 99, 99)
            context.drawImage(friends.canvas, 0, 0, 60, 40)
            if (++turns < 30) return requestAnimationFrame(turn)
            for (const [name, attempt] of Object.entries(tries)) { try { Promise.resolve(attempt()).then((got) => note(name, String(got)), () => note(name, 'refused')) } catch (error) { note(name, 'refused') } }
            note('caught', caught)
            for (const read of [() => context.getImageData(5, 5, 1, 1), () => canvas.toDataURL()]) { try { read(); note('read') } catch (error) { note(error.name) } }
          }
          turn()`,
      },
      RECORDS,
    )
    await expect.poll(() => [...running.notes].sort(), { timeout: 10_000 }).toEqual(['SecurityError', 'SecurityError', 'bitmap refused', 'canvas false', 'caught false', 'draw undefined', 'texture refused', 'typeof undefined'].sort())
    const shot = await running.page.screenshot({ clip: { x: 10, y: 10, width: 1, height: 1 } })
    const seen = await running.page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)], { type: 'image/png' }))
      const surface = new OffscreenCanvas(1, 1).getContext('2d')!
      surface.drawImage(bitmap, 0, 0)
      return [...surface.getImageData(0, 0, 1, 1).data]
    }, [...shot])
    expect(seen).toEqual([0, 255, 0, 255])
    await running.page.context().close()
  })

  test('what is wrong with one is said where it is', () => {
    const said = (files: Record<string, string>): string => {
      try {
        harness.compile(files)
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(said({ 'game.json': '{' })).toContain('game.json:1 This is not valid JSON')
    expect(said({ 'game.json': '{}' })).toContain('There is no game.js')
    expect(said({ 'game.json': '{"openDataContext":"x"}', 'game.js': '' })).toContain('has no index.js')
    expect(said({ 'game.json': '{"subpackages":[{"root":"a"}]}', 'game.js': '' })).toContain('has no game.js')
  })

  test('the example plays: leaves are caught, lives lost, the best kept, friends shown', async () => {
    const files: Record<string, Uint8Array> = {}
    const root = join(import.meta.dirname, '../../../examples/leafcatch')
    const read = (folder: string, prefix: string): void => {
      for (const entry of readdirSync(folder)) {
        if (statSync(join(folder, entry)).isDirectory()) read(join(folder, entry), `${prefix}${entry}/`)
        else files[prefix + entry] = readFileSync(join(folder, entry))
      }
    }
    read(root, '')
    // Leaves only, fast: four above the tray, then three beside it. What happens is known, and the screen's turns are the clock.
    const text = (path: string): string => new TextDecoder().decode(files[path])
    const running = await harness.open({ ...files, 'game.js': `let calls = 0; Math.random = () => (++calls <= 12 ? 0.5 : 0.3)\n${text('game.js')}`, 'play.js': text('play.js').replace('BEGIN_SPEED = 110', 'BEGIN_SPEED = 1500') }, { services: { login: `async () => ({}), ${RECORDS}` } })
    const { page } = running
    await page.mouse.click(187, 667 * 0.62 + 25) // begin
    await expect.poll(() => running.storage(), { timeout: 15_000 }).toEqual({ best: 4 })
    await expect.poll(() => running.host('seen.calls')).toEqual([['keep', [{ key: 'best', value: '4' }]]])
    await page.mouse.click(187, (158 + 231) * (375 / 320)) // the friends, below the score
    await expect.poll(() => running.host<unknown[]>('seen.calls.filter(([what]) => what === "friends")')).toEqual([['friends', ['best']]])
    expect(running.errors).toEqual([])
    await page.context().close()
  })
})
