/** Live player: what it tells of a stream, and how it keeps close to it. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser, type Running } from '../harness'
import { tone } from './sounds'
import { looks, open } from './table'

const FILES = { 'a.wav': tone(30), 'b.wav': tone(2) }

looks(
  'live player',
  [
    { row: 'live-player.src', wxml: '<live-player ID src="{{v}}"/>', from: '/a.wav', to: '', look: (dom) => dom.player.hasAttribute('src'), seen: [true, false] },
    { row: 'live-player.muted', wxml: '<live-player ID muted="{{v}}"/>', from: false, to: true, look: (dom) => dom.player.muted, seen: [false, true] },
    { row: 'live-player.object-fit', wxml: '<live-player ID object-fit="{{v}}"/>', from: 'contain', to: 'fillCrop', look: (dom) => getComputedStyle(dom.player).objectFit, seen: ['contain', 'cover'] },
    { row: 'live-player.orientation', wxml: '<live-player ID orientation="{{v}}"/>', from: 'vertical', to: 'horizontal', look: (dom) => getComputedStyle(dom.player).transform === 'none', seen: [true, false] },
    { row: 'live-player.enable-casting', wxml: '<live-player ID enable-casting="{{v}}"/>', from: false, to: true, look: (dom) => getComputedStyle(dom.querySelector('.h-live-cast')).display, seen: ['none', 'block'] },
    { row: 'live-player.referrer-policy', wxml: '<live-player ID src="https://shop.example/a.m3u8" referrer-policy="{{v}}"/>', from: 'no-referrer', to: 'origin', look: (dom) => decodeURIComponent(dom.player.src.split('url=')[1]), seen: ['https://shop.example/a.m3u8', 'https://shop.example/a.m3u8&referrer=origin'] },
  ],
  { files: FILES },
)

const HEAR = ['statechange', 'netstatus', 'audiovolumenotify', 'fullscreenchange', 'enterpictureinpicture', 'leavepictureinpicture', 'castinguserselect', 'castingstatechange', 'castinginterrupt'].map((one) => `bind${one}="got"`).join(' ')
const GOT = `got(e) { note(e.currentTarget.id, e.type, e.type === 'statechange' ? e.detail.code : e.detail) }, go(e) { wx.createLivePlayerContext(e.currentTarget.dataset.id)[e.currentTarget.id]({ success: (r) => note(r.errMsg) }) }`
const word = (name: string, id = 'v'): string => `<view id="${name}" data-id="${id}" bindtap="go">${name}</view>`
const state = <T>(running: Running, look: string, id = 'v'): Promise<T> => running.frame.evaluate(`((live) => ${look})(document.getElementById('${id}'))`)

describe.skipIf(!hasBrowser)('a live player at work', () => {
  test('a stream begins by itself or when asked, and tells what it goes through, how fast and how loud', async () => {
    const running = await open(
      `<live-player id="v" muted autoplay src="/b.wav" bindstatechange="got" bindnetstatus="got"/><live-player id="loud" src="/a.wav" bindaudiovolumenotify="got"/><live-player id="quiet" src="/a.wav" bindstatechange="got"/><live-player id="lost" src="/none.wav" bindstatechange="got"/>` + word('play', 'quiet') + word('pause', 'quiet') + word('resume', 'quiet') + word('mute', 'quiet') + word('stop', 'quiet'),
      GOT,
      FILES,
    )
    await running.frame.locator('#play').hover()
    await expect.poll(() => running.notes.filter((one) => one.startsWith('v statechange')), { timeout: 8000 }).toContain('v statechange 2006')
    expect(running.notes.filter((one) => one.startsWith('v statechange')).slice(0, 4)).toEqual(['v statechange 2001', 'v statechange 2002', 'v statechange 2003', 'v statechange 2004'])
    const status = JSON.parse(running.notes.find((one) => one.startsWith('v netstatus'))!.slice('v netstatus '.length)) as { info: Record<string, number> }
    expect(Object.keys(status.info)).toEqual(expect.arrayContaining(['videoFPS', 'videoBitrate', 'audioBitrate', 'netSpeed', 'videoWidth', 'videoHeight']))
    expect(await state(running, 'live.player.paused', 'quiet')).toBe(true)
    await running.frame.locator('#play').click()
    await state(running, 'live.play()', 'loud')
    await expect.poll(() => running.notes.map((one) => Number(/^loud audiovolumenotify \{"volume":(\d+)/.exec(one)?.[1] ?? 0)), { timeout: 8000 }).toContainEqual(expect.toSatisfy((volume: number) => volume > 50))
    await expect.poll(() => state(running, 'live.player.paused', 'quiet')).toBe(false)
    await running.frame.locator('#mute').click()
    await running.frame.locator('#pause').click()
    await expect.poll(() => state(running, '[live.player.paused, live.player.muted]', 'quiet')).toEqual([true, true])
    await running.frame.locator('#resume').click()
    await expect.poll(() => state(running, 'live.player.paused', 'quiet')).toBe(false)
    await running.frame.locator('#stop').click()
    await expect.poll(() => state(running, 'live.player.paused', 'quiet')).toBe(true)
    proves('components', 'live-player.autoplay', 'live-player.bindstatechange', 'live-player.bindnetstatus', 'live-player.bindaudiovolumenotify')
    proves('wx_api_objects', ...['play', 'pause', 'resume', 'mute', 'stop'].map((one) => `LivePlayerContext.${one}`))
    proves('wx_api', 'createLivePlayerContext')
  })

  test('it waits for the least that must be there, and hurries when there is too much', async () => {
    const running = await open(
      `<live-player id="close" src="/a.wav" muted autoplay mode="RTC"/><live-player id="far" src="/a.wav" muted autoplay max-cache="{{100}}"/><live-player id="near" src="/a.wav" muted autoplay max-cache="{{2}}"/><live-player id="patient" src="/a.wav" muted min-cache="{{least}}"/><view id="less" bindtap="less">less</view>`,
      'data: { least: 20 }, less() { this.setData({ least: 1 }) }',
      FILES,
    )
    for (const id of ['close', 'far', 'near']) await expect.poll(() => state(running, 'live.player.paused', id)).toBe(false)
    await expect.poll(() => state(running, 'live.player.playbackRate', 'near')).toBe(1.25)
    await expect.poll(() => state(running, 'live.player.playbackRate', 'close')).toBe(1.25)
    expect(await state(running, 'live.player.playbackRate', 'far')).toBe(1)
    proves('components', 'live-player.max-cache', 'live-player.mode')
    // Of the patient one less has come than it wants, until it wants less.
    await state(running, `(Object.defineProperty(live, 'buffered', { get: () => 5 }), live.play())`, 'patient')
    expect(await state(running, 'live.player.paused', 'patient')).toBe(true)
    await running.frame.locator('#less').click()
    await expect.poll(() => state(running, 'live.player.paused', 'patient')).toBe(false)
    proves('components', 'live-player.min-cache')
  })

  test('it fills the frame, grows small, is silent or rests when it is left, and goes to another screen', async () => {
    const live = (id: string, more: string): string => `<live-player id="${id}" src="/a.wav" autoplay ${more} style="width:90px;height:60px" ${HEAR.replace(/bind(statechange|netstatus|audiovolumenotify)="got" ?/g, '')}/>`
    const running = await open(
      live('v', 'muted picture-in-picture-mode="push" picture-in-picture-init-position="(left, 40)" enable-auto-rotation') + live('mute', 'background-mute auto-pause-if-open-native="{{false}}" auto-pause-if-navigate="{{false}}"') + live('rest', 'muted') + '<navigator id="n" url="/q/q">n</navigator>' + word('requestFullScreen') + word('startCasting'),
      GOT,
      FILES,
    )
    for (const id of ['v', 'rest']) await expect.poll(() => state(running, 'live.player.paused', id)).toBe(false)
    await running.frame.locator('#requestFullScreen').click()
    await expect.poll(() => running.notes).toContain('v fullscreenchange {"fullScreen":true,"direction":"vertical"}')
    await state(running, 'live.leaveFull()')
    await running.page.setViewportSize({ width: 667, height: 375 })
    await expect.poll(() => state(running, 'live.full')).toBe(true)
    expect(await state(running, 'live.full', 'rest')).toBe(false)
    await running.page.setViewportSize({ width: 375, height: 667 })
    await expect.poll(() => state(running, 'live.full')).toBe(false)
    await running.frame.locator('#startCasting').click()
    await expect.poll(() => running.notes.some((one) => one.startsWith('v castinginterrupt'))).toBe(true)
    for (const type of ['connecting', 'connect']) await state(running, `live.player.remote.dispatchEvent(new Event('${type}'))`)
    await expect.poll(() => running.notes.slice(-2)).toEqual(['v castinguserselect {}', 'v castingstatechange {"type":"success"}'])
    proves('components', 'live-player.bindfullscreenchange', 'live-player.enable-auto-rotation', 'live-player.bindcastinginterrupt', 'live-player.bindcastinguserselect', 'live-player.bindcastingstatechange')

    await state(running, 'live.player.play()', 'mute')
    await expect.poll(() => state(running, 'live.player.paused', 'mute')).toBe(false)
    await running.host('program.hide()')
    await expect.poll(() => state(running, '[live.player.paused, live.player.muted]', 'mute')).toEqual([false, true])
    await expect.poll(() => state(running, 'live.player.paused', 'rest')).toBe(true)
    await running.host('program.show()')
    await expect.poll(() => state(running, '[live.player.paused, live.player.muted]', 'mute')).toEqual([false, false])
    for (const id of ['v', 'rest']) await expect.poll(() => state(running, 'live.player.paused', id)).toBe(false)
    await running.frame.locator('#n').click()
    await running.frame.locator('#q').waitFor()
    await expect.poll(() => running.notes).toContain('v enterpictureinpicture {}')
    await expect.poll(() => state(running, 'live.player.paused', 'rest')).toBe(true)
    expect([await state(running, 'live.player.paused', 'v'), await state(running, 'live.player.paused', 'mute')]).toEqual([false, false])
    expect(await running.frame.locator('.h-small').evaluate((dom) => [dom.style.left, dom.style.top])).toEqual(['12px', '40%'])
    await running.frame.locator('.h-small button').click()
    await expect.poll(() => running.notes).toContain('v leavepictureinpicture {}')
    proves('components', 'live-player.background-mute', 'live-player.auto-pause-if-open-native', 'live-player.auto-pause-if-navigate', 'live-player.picture-in-picture-mode', 'live-player.picture-in-picture-init-position', 'live-player.bindenterpictureinpicture', 'live-player.bindleavepictureinpicture')
  })
})
