/** The camera: what it sees, keeps and films, whom it asks first, and when it stops. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser, type Running } from '../harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
}, 60_000)
afterAll(() => harness.stop())

const PROGRAM = {
  'app.json': '{"pages":["p/p"]}',
  'p/p.wxml': '<camera wx:if="{{on}}" id="c" device-position="{{position}}" resolution="{{resolution}}" frame-size="{{size}}" bindinitdone="got" bindstop="got" binderror="got" style="height:200px"/><image id="photo" src="{{photo}}"/><video wx:if="{{film}}" id="film" src="{{film}}" bindloadedmetadata="got"/>',
  'p/p.js': `const note = (...all) => wx.getLogManager().info(all.map((one) => typeof one === 'string' ? one : JSON.stringify(one)).join(' '));
    const ask = (name, options = {}) => new Promise((resolve) => wx.createCameraContext()[name]({ ...options, success: resolve, fail: resolve }));
    Page({ data: { on: true, position: 'back', resolution: 'low', size: 'small' }, got(e) { note(e.type, e.type === 'loadedmetadata' ? '' : e.detail) },
      async photo(options) { const { errMsg, tempImagePath } = await ask('takePhoto', options); if (tempImagePath) { this.setData({ photo: tempImagePath }); const { width, height } = await wx.getImageInfo({ src: tempImagePath }); note(errMsg, width, height, wx.getFileSystemManager().statSync(tempImagePath).size) } else note(errMsg) },
      onLoad() { this.listener = wx.createCameraContext(this).onCameraFrame(({ width, height, data }) => { if (this.seen) return; this.seen = true; this.listener.stop({ success: (r) => note(r.errMsg, width, height, data.byteLength === width * height * 4, new Uint8Array(data).some(Boolean)) }) }) }, frames() { this.seen = false; this.listener.start() },
      async zoom(zoom) { note(await ask('setZoom', { zoom })) }, async film() { note((await ask('startRecord')).errMsg); note((await ask('startRecord')).errMsg) },
      async cut() { const { errMsg, tempVideoPath, tempThumbPath, size, width, height } = await ask('stopRecord'); note(errMsg, Boolean(tempThumbPath), size > 0, width, height); if (tempVideoPath) this.setData({ film: tempVideoPath }) } })`,
}

const run = (running: Running, script: string): Promise<unknown> => running.frame.evaluate(`((page) => { ${script} })(document.querySelector('wx-page').__wxElement.getMethodCaller())`)
const take = async (running: Running, count: number): Promise<string[]> => {
  await expect.poll(() => running.notes.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  return running.notes.splice(0)
}

describe.skipIf(!hasBrowser)('the camera', () => {
  test('shows what it sees, gives photos, frames and films, and stops when the program is left', async () => {
    const running = await harness.open(PROGRAM, { device: true, services: { grants: "async () => ({ 'scope.camera': true, 'scope.record': true })" } })
    expect(await take(running, 1)).toEqual(['initdone {"maxZoom":1}'])
    const wide = (): Promise<number> => running.frame.evaluate(`document.querySelector('#c > canvas').width`)
    await expect.poll(wide).toBe(640)

    await run(running, `page.photo({ quality: 'low' })`)
    const [low] = await take(running, 1)
    expect(low).toMatch(/^takePhoto:ok 640 480 \d+$/)
    await run(running, `page.photo({ quality: 'original' })`)
    expect(Number((await take(running, 1))[0]!.split(' ')[3])).toBeGreaterThan(Number(low!.split(' ')[3]))

    await run(running, 'page.frames()')
    expect(await take(running, 1)).toEqual(['stop:ok 288 216 true true'])
    await run(running, `page.setData({ size: 'medium' }); page.frames()`)
    expect(await take(running, 1)).toEqual(['stop:ok 480 360 true true'])
    await run(running, 'page.zoom(9)')
    expect(await take(running, 1)).toEqual(['{"zoom":1,"errMsg":"setZoom:ok"}'])
    await run(running, `page.zoom('far')`)
    expect((await take(running, 1))[0]).toContain('setZoom:fail parameter error')

    await run(running, `page.setData({ resolution: 'medium', position: 'front' })`)
    expect(await take(running, 1)).toEqual(['initdone {"maxZoom":1}'])
    await expect.poll(wide).toBeGreaterThan(640)
    expect(await running.frame.evaluate(`document.querySelector('#c > canvas').style.transform`)).toBe('scaleX(-1)')

    await run(running, 'page.film()')
    expect(await take(running, 2)).toEqual(['startRecord:ok', 'startRecord:fail is recording'])
    await run(running, 'page.frames()')
    await take(running, 1)
    await run(running, 'page.cut()')
    const filmed = await take(running, 2)
    expect(filmed[0]).toMatch(/^stopRecord:ok true true \d+ \d+$/)
    expect(filmed[1]).toMatch(/^loadedmetadata/)
    await run(running, 'page.cut()')
    expect((await take(running, 1))[0]).toContain('stopRecord:fail camera has not been recording')

    await running.host('program.hide()')
    expect(await take(running, 1)).toEqual(['stop {}'])
    await running.host('program.show()')
    expect(await take(running, 1)).toEqual(['initdone {"maxZoom":1}'])
    expect(running.errors).toEqual([])
    proves('components', 'camera.bindinitdone', 'camera.bindstop', 'camera.device-position', 'camera.resolution', 'camera.frame-size')
    proves('wx_api', 'createCameraContext')
    proves('wx_api_objects', 'CameraContext.takePhoto', 'CameraContext.startRecord', 'CameraContext.stopRecord', 'CameraContext.setZoom', 'CameraContext.onCameraFrame', 'CameraFrameListener.start', 'CameraFrameListener.stop')
    await running.page.context().close()
  })

  test('in its scanning mode it tells of each code in sight, and otherwise of none', async () => {
    const program = { ...PROGRAM, 'p/p.wxml': '<camera id="c" mode="{{mode}}" bindinitdone="got" bindscancode="got" binderror="got"/>' }
    const running = await harness.open(program, {
      device: true,
      services: { grants: "async () => ({ 'scope.camera': true })", readCode: "async (picture) => { seen.calls.push([picture.constructor.name, picture.width > 0]); return seen.calls.length < 3 ? null : { result: '茶', scanType: 'QR_CODE', charSet: 'UTF-8', rawData: '6Iy2' } }" },
    })
    expect(await take(running, 1)).toEqual(['initdone {"maxZoom":1}'])
    await running.frame.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    expect(await running.host('seen.calls')).toEqual([])
    await run(running, `page.setData({ mode: 'scanCode' })`)
    expect(await take(running, 1)).toEqual(['scancode {"type":"QR_CODE","result":"茶","charSet":"UTF-8","rawData":"6Iy2"}'])
    expect(await running.host('seen.calls')).toEqual(Array.from({ length: 3 }, () => ['ImageBitmap', true]))
    await run(running, `page.setData({ mode: 'normal' })`)
    expect(running.errors).toEqual([])
    proves('components', 'camera.mode', 'camera.bindscancode')
    await running.page.context().close()
  })

  test('asks first: who says no is seen by nothing', async () => {
    const running = await harness.open(PROGRAM, { device: true, services: { ask: "async (scope) => { seen.calls.push(['ask', scope]); return false }", camera: "() => { seen.calls.push(['camera']); throw 0 }" } })
    expect((await take(running, 1))[0]).toMatch(/^error \{"errMsg":"startCamera:fail auth deny"/)
    expect(await running.host('seen.calls')).toEqual([['ask', 'scope.camera']])
    await run(running, `page.photo({})`)
    expect(await take(running, 1)).toEqual(['takePhoto:fail camera is not ready'])
    proves('components', 'camera.binderror')
    await running.page.context().close()
  })
})
