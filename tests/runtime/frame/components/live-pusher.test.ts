/** The live pusher: what is seen before anything is sent, and that the program is told that it is sent nowhere. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser, type Running } from '../harness'
import { tone } from './sounds'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'])
}, 60_000)
afterAll(() => harness.stop())

const EVENTS = ['statechange', 'error', 'bgmstart', 'bgmprogress', 'bgmcomplete'].map((one) => `bind${one}="got"`).join(' ')
const PROGRAM = {
  'app.json': '{"pages":["p/p"]}',
  'music.wav': tone(1),
  'p/p.wxml': `<live-pusher id="p" url="rtmp://live.example/room" mode="{{mode}}" autopush="{{auto}}" enable-camera="{{on}}" device-position="{{position}}" local-mirror="{{mirror}}" orientation="{{way}}" aspect="{{aspect}}" filter="{{filter}}" whiteness="{{white}}" waiting-image="/wait.png" ${EVENTS}/>`,
  'p/p.js': `const note = (...all) => wx.getLogManager().info(all.map((one) => typeof one === 'string' ? one : JSON.stringify(one)).join(' '));
    Page({ data: { mode: 'SD', auto: false, on: true, position: 'front', mirror: 'auto', way: 'vertical', aspect: '9:16', filter: 'standard', white: 0 },
      got(e) { if (e.type !== 'bgmprogress') note(e.type, e.type === 'statechange' ? e.detail.code : e.detail) ; else this.progress = e.detail },
      ask(name, options = {}) { wx.createLivePusherContext()[name]({ ...options, success: (r) => note(name, Object.keys(r).sort().join()), fail: (r) => note(r.errMsg) }) } })`,
}
const run = (running: Running, script: string): Promise<unknown> => running.frame.evaluate(`((page) => { ${script} })(document.querySelector('wx-page').__wxElement.getMethodCaller())`)
const look = <T>(running: Running, code: string): Promise<T> => running.frame.evaluate(`((dom) => ${code})(document.querySelector('wx-live-pusher'))`)
const take = async (running: Running, count: number): Promise<string[]> => {
  await expect.poll(() => running.notes.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  return running.notes.splice(0)
}
const GRANTED = { grants: "async () => ({ 'scope.camera': true })" }

describe.skipIf(!hasBrowser)('the live pusher', () => {
  test('previews what the camera sees in the way it is told, and plays music beside it', async () => {
    const running = await harness.open(PROGRAM, { device: true, services: GRANTED })
    await expect.poll(() => look(running, 'dom.hasAttribute("data-off") && getComputedStyle(dom.querySelector("img")).display')).toBe('block')
    await run(running, `page.ask('snapshot')`)
    expect(await take(running, 1)).toEqual(['snapshot:fail the camera is not open'])
    await run(running, `page.ask('startPreview')`)
    expect((await take(running, 2)).sort()).toEqual(['startPreview errMsg', 'statechange 1003'])
    await expect.poll(() => look(running, 'dom.seeing')).toBe(true)
    expect(await look(running, '[dom.surface.height, getComputedStyle(dom.querySelector("img")).display, dom.surface.style.transform]')).toEqual([480, 'none', 'scaleX(-1)'])

    await run(running, `page.setData({ mirror: 'disable', filter: 'nostalgia', white: 4, aspect: '3:4', way: 'horizontal' })`)
    expect(await look(running, '[dom.surface.style.transform, dom.surface.style.filter, dom.surface.style.aspectRatio, dom.classList.contains("h-lying")]')).toEqual(['', 'sepia(0.7) brightness(1.2)', '3 / 4', true])
    await run(running, `page.setData({ mode: 'HD' })`)
    expect(await take(running, 1)).toEqual(['statechange 1003'])
    await expect.poll(() => look<number>(running, 'dom.surface.height')).toBeGreaterThan(480)
    await run(running, `page.setData({ mirror: 'auto' }); page.ask('switchCamera')`)
    expect((await take(running, 2)).sort()).toEqual(['statechange 1003', 'switchCamera errMsg'])
    expect(await look(running, '[dom.read("device-position"), dom.surface.style.transform]')).toEqual(['back', ''])
    await expect.poll(() => look(running, 'dom.seeing')).toBe(true)
    await run(running, `page.ask('snapshot'); page.ask('getMaxZoom'); page.ask('setZoom', { zoom: 2 }); page.ask('toggleTorch')`)
    expect((await take(running, 4)).sort()).toEqual(['getMaxZoom errMsg,maxZoom', 'setZoom errMsg,zoom', 'snapshot errMsg,height,tempImagePath,width', 'toggleTorch errMsg'])

    await run(running, `page.ask('setBGMVolume', { volume: 2 }); page.ask('setBGMVolume', { volume: '0.2' }); page.ask('playBGM', { url: '/music.wav' })`)
    await expect.poll(() => running.notes, { timeout: 8000 }).toContain('bgmcomplete {}')
    expect(running.notes.splice(0)).toEqual(expect.arrayContaining([expect.stringMatching(/^setBGMVolume:fail parameter error/), 'setBGMVolume errMsg', 'playBGM errMsg', 'bgmstart {}']))
    expect(await look(running, 'dom.music.volume')).toBeCloseTo(0.2)
    await run(running, `page.ask('resumeBGM'); page.ask('pauseBGM'); page.ask('stopBGM')`)
    await take(running, 3)

    await run(running, `page.setData({ on: false })`)
    await expect.poll(() => look(running, 'dom.hasAttribute("data-off")')).toBe(true)
    await run(running, `page.setData({ on: true }); page.ask('stopPreview')`)
    expect(running.errors).toEqual([])
    proves('components', ...['bgmcomplete', 'bgmprogress', 'bgmstart', 'statechange'].map((one) => `live-pusher.bind${one}`), ...['mode', 'enable-camera', 'device-position', 'local-mirror', 'orientation', 'aspect', 'filter', 'whiteness', 'waiting-image'].map((one) => `live-pusher.${one}`))
    proves('wx_api', 'createLivePusherContext')
    proves('wx_api_objects', ...['getMaxZoom', 'pauseBGM', 'playBGM', 'resumeBGM', 'setBGMVolume', 'setZoom', 'snapshot', 'startPreview', 'stopBGM', 'stopPreview', 'switchCamera', 'toggleTorch'].map((one) => `LivePusherContext.${one}`))
    await running.page.context().close()
  })

  test('whoever pushes hears that the stream goes nowhere, and who says no to the camera is told so', async () => {
    const running = await harness.open(PROGRAM, { device: true, services: GRANTED })
    await run(running, `page.ask('start')`)
    const heard = await take(running, 3)
    expect(heard.sort()).toEqual(['start:fail the server of the stream cannot be reached', 'statechange -1307', 'statechange 1003'])
    await run(running, `page.ask('pause'); page.ask('resume'); page.ask('stop')`)
    await take(running, 3)
    await running.page.context().close()
    const refusing = await harness.open({ ...PROGRAM, 'p/p.js': PROGRAM['p/p.js'].replace('auto: false', 'auto: true') }, { device: true, services: { ask: 'async () => false' } })
    expect((await take(refusing, 3)).sort()).toEqual([expect.stringMatching(/^error \{"errCode":10001,/), 'statechange -1301', 'statechange -1307'])
    proves('components', 'live-pusher.binderror', 'live-pusher.autopush', 'live-pusher.url')
    await refusing.page.context().close()
  })
})
