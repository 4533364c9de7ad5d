/** Video and audio: what is seen of the player, what it tells, and what steers it. */

import { describe, expect, test, vi } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser, type Running } from '../harness'
import { film, tone } from './sounds'
import { looks, open } from './table'

const FILES = { 'a.wav': tone(20), 'b.wav': tone(2), 'p.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'q.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>' }
const hidden = (part: string) => `(dom) => Boolean(dom.querySelector('.h-video-${part}').closest('[hidden]'))` as unknown as (dom: any) => unknown

looks(
  'video',
  [
    { row: 'video.src', wxml: '<video ID src="{{v}}"/>', from: '/a.wav', to: '/b.wav', look: (dom) => Math.round(dom.player.duration), seen: [20, 2] },
    { row: 'video.duration', wxml: '<video ID src="/a.wav" duration="{{v}}"/>', from: 65, to: 100, look: (dom) => [...dom.querySelectorAll('.h-video-time')].at(-1).textContent, seen: ['01:05', '01:40'] },
    { row: 'video.controls', wxml: '<video ID controls="{{v}}"/>', from: true, to: false, look: hidden('bottom'), seen: [false, true] },
    { row: 'video.danmu-btn', wxml: '<video ID danmu-btn="{{v}}"/>', from: false, to: true, look: hidden('danmu'), seen: [true, false] },
    { row: 'video.show-mute-btn', wxml: '<video ID show-mute-btn="{{v}}"/>', from: false, to: true, look: hidden('mute'), seen: [true, false] },
    { row: 'video.show-fullscreen-btn', wxml: '<video ID show-fullscreen-btn="{{v}}"/>', from: true, to: false, look: hidden('full'), seen: [false, true] },
    { row: 'video.show-play-btn', wxml: '<video ID show-play-btn="{{v}}"/>', from: true, to: false, look: hidden('play'), seen: [false, true] },
    { row: 'video.show-center-play-btn', wxml: '<video ID show-center-play-btn="{{v}}"/>', from: true, to: false, look: hidden('center'), seen: [false, true] },
    { row: 'video.show-progress', wxml: '<video ID show-progress="{{v}}"/>', from: true, to: false, look: hidden('track'), seen: [false, true] },
    { row: 'video.is-live', wxml: '<video ID is-live="{{v}}"/>', from: false, to: true, look: hidden('track'), seen: [false, true] },
    { row: 'video.show-casting-button', wxml: '<video ID show-casting-button="{{v}}"/>', from: false, to: true, look: hidden('cast'), seen: [true, false] },
    { row: 'video.play-btn-position', wxml: '<video ID show-center-play-btn="{{false}}" play-btn-position="{{v}}"/>', from: 'bottom', to: 'center', look: (dom) => ['play', 'center'].map((part) => Boolean(dom.querySelector(`.h-video-${part}`).closest('[hidden]'))), seen: [[false, true], [true, false]] },
    { row: 'video.autoplay', wxml: '<video ID src="/a.wav" muted autoplay="{{v}}"/>', from: false, to: true, look: (dom) => dom.player.autoplay, seen: [false, true] },
    { row: 'video.loop', wxml: '<video ID loop="{{v}}"/>', from: false, to: true, look: (dom) => dom.player.loop, seen: [false, true] },
    { row: 'video.muted', wxml: '<video ID muted="{{v}}"/>', from: false, to: true, look: (dom) => dom.player.muted, seen: [false, true] },
    { row: 'video.object-fit', wxml: '<video ID object-fit="{{v}}"/>', from: 'contain', to: 'cover', look: (dom) => getComputedStyle(dom.player).objectFit, seen: ['contain', 'cover'] },
    { row: 'video.poster', wxml: '<video ID poster="{{v}}"/>', from: '/p.svg', to: '', look: (dom) => Boolean(dom.player.poster), seen: [true, false] },
    { row: 'audio.src', wxml: '<audio ID controls src="{{v}}"/>', from: '/a.wav', to: '/b.wav', look: (dom) => Math.round(dom.player.duration), seen: [20, 2] },
    { row: 'audio.controls', wxml: '<audio ID controls="{{v}}"/>', from: true, to: false, look: (dom) => getComputedStyle(dom).display, seen: ['inline-flex', 'none'] },
    { row: 'audio.loop', wxml: '<audio ID controls loop="{{v}}"/>', from: false, to: true, look: (dom) => dom.player.loop, seen: [false, true] },
    { row: 'audio.name', wxml: '<audio ID controls name="{{v}}"/>', from: 'Song', to: '', look: (dom) => dom.querySelector('p').firstChild.textContent, seen: ['Song', ''] },
    { row: 'audio.author', wxml: '<audio ID controls author="{{v}}"/>', from: 'Ann', to: 'Bob', look: (dom) => dom.querySelector('small').textContent, seen: ['Ann', 'Bob'] },
    { row: 'audio.poster', wxml: '<audio ID controls poster="{{v}}"/>', from: '/p.svg', to: '', look: (dom) => Boolean(dom.querySelector('button').style.backgroundImage), seen: [true, false] },
    { row: 'video.referrer-policy', wxml: '<video ID src="https://shop.example/a.mp4" referrer-policy="{{v}}"/>', from: 'no-referrer', to: 'origin', look: (dom) => decodeURIComponent(dom.player.src.split('url=')[1]), seen: ['https://shop.example/a.mp4', 'https://shop.example/a.mp4&referrer=origin'] },
  ],
  { files: FILES, wait: (running) => vi.waitFor(async () => { if (!(await running.frame.evaluate(`['c0', 'c17'].every((id) => document.getElementById(id).player.readyState > 0)`))) throw new Error('not loaded yet') }, 10_000) },
)

const take = (running: Running): string[] => running.notes.splice(0)
const EVENTS = ['play', 'pause', 'ended', 'waiting', 'loadedmetadata', 'seekcomplete', 'error', 'fullscreenchange', 'enterpictureinpicture', 'leavepictureinpicture', 'controlstoggle', 'castinguserselect', 'castingstatechange', 'castinginterrupt']
const ALL = EVENTS.map((one) => `bind${one}="got"`).join(' ')
const GOT = `got(e) { note(e.currentTarget.id, e.type, e.detail) }, steer(e) { wx.createVideoContext(e.currentTarget.dataset.id || 'v')[e.currentTarget.dataset.do](e.currentTarget.dataset.with) }`
/** A word that, tapped, calls a method of the context. */
const word = (name: string, given = 'undefined', id = 'v'): string => `<view id="${name}${id === 'v' ? '' : id}" data-id="${id}" data-do="${name}" data-with="{{${given}}}" bindtap="steer">${name}</view>`
const of = (running: Running, id = 'v') => running.frame.locator(`#${id}`)
const state = <T>(running: Running, look: string, id = 'v'): Promise<T> => running.frame.evaluate(`((video) => ${look})(document.getElementById('${id}'))`)

describe.skipIf(!hasBrowser)('video at work', () => {
  test('playing, pausing, seeking and ending are told and steered', async () => {
    const running = await open(
      `<video id="v" src="/a.wav" muted initial-time="{{3}}" ${ALL} bindtimeupdate="time" bindprogress="progress"/><video id="bad" src="/nothing.mp4" ${ALL}/><video id="none" src="https://elsewhere.example/x.mp4" binderror="got"/>` +
        word('play') + word('pause') + word('seek', '12') + word('stop') + word('playbackRate', '2') + '<view id="end" data-do="seek" data-with="{{19.8}}" bindtap="steer">end</view>',
      `${GOT}, time(e) { note('timeupdate', typeof e.detail.currentTime, e.detail.duration) }, progress(e) { note('progress', e.detail.buffered >= 0 && e.detail.buffered <= 100) }`,
      FILES,
    )
    await expect.poll(() => running.notes).toContain('v loadedmetadata {"width":0,"height":0,"duration":20}')
    await expect.poll(() => running.notes.some((one) => one.startsWith('none error'))).toBe(true)
    await expect.poll(() => state<number>(running, 'video.player.currentTime')).toBe(3)
    await expect.poll(() => running.notes).toContain('v seekcomplete {"position":3}')
    await expect.poll(() => running.notes).toContain('progress true')
    take(running)
    const tap = (id: string): Promise<void> => running.frame.locator(`#${id}`).click()
    await tap('play')
    await expect.poll(() => running.notes).toContain('timeupdate number 20')
    expect(running.notes[0]).toBe('v play {}')
    await tap('pause')
    await expect.poll(() => running.notes).toContain('v pause {}')
    await tap('seek')
    await expect.poll(() => running.notes).toContain('v seekcomplete {"position":12}')
    await tap('playbackRate')
    expect(await state(running, 'video.player.playbackRate')).toBe(2)
    await tap('end')
    await tap('play')
    await expect.poll(() => running.notes).toContain('v ended {}')
    await tap('stop')
    await expect.poll(() => state(running, '[video.player.currentTime, video.player.paused]')).toEqual([0, true])
    // The browser stops for want of data: the program hears that it waits.
    await state(running, 'video.player.dispatchEvent(new Event("waiting"))')
    await expect.poll(() => running.notes).toContain('v waiting {}')
    proves('components', 'video.bindplay', 'video.bindpause', 'video.bindended', 'video.bindtimeupdate', 'video.bindprogress', 'video.bindloadedmetadata', 'video.bindseekcomplete', 'video.binderror', 'video.bindwaiting', 'video.initial-time')
    proves('wx_api_objects', 'VideoContext.play', 'VideoContext.pause', 'VideoContext.seek', 'VideoContext.stop', 'VideoContext.playbackRate')
    proves('wx_api', 'createVideoContext')
  })

  test('who asked for an advertisement before a video hears that there is none', async () => {
    const running = await open(`<video id="v" src="/a.wav" muted ad-unit-id="adunit-1" bindaderror="got" bindplay="got"/><video id="w" src="/b.wav" muted bindaderror="got" bindplay="got"/>${word('play')}${word('play', 'undefined', 'w')}`, GOT, FILES)
    for (const id of ['play', 'playw']) await running.frame.locator(`#${id}`).click()
    await expect.poll(() => [...running.notes].sort()).toEqual(['v aderror {"errCode":1004,"errMsg":"no advertisement"}', 'v play {}', 'w play {}'])
    proves('components', 'video.ad-unit-id')
  })

  test('full screen fills the frame, turned as asked, with what belongs only there', async () => {
    const running = await open(
      `<video id="v" src="/a.wav" title="A tone" show-screen-lock-button="{{more}}" show-snapshot-button="{{more}}" show-background-playback-button="{{more}}" background-poster="/p.svg" direction="{{turn}}" style="width:300px;height:200px" ${ALL}/><video id="w" direction="{{90}}" enable-auto-rotation muted src="/a.wav" bindfullscreenchange="got"/>` +
        word('requestFullScreen') + word('requestFullScreen', '{ direction: 0 }', 'w') + word('exitFullScreen', 'undefined', 'w') + word('showStatusBar') + word('hideStatusBar') + word('requestBackgroundPlayback') + word('exitBackgroundPlayback') + word('play', 'undefined', 'w') + '<view id="more" bindtap="more">more</view>',
      `data: { more: false, turn: -90 }, ${GOT}, more() { this.setData({ more: true, turn: 0 }) }`,
      FILES,
      { services: { fullScreen: 'async (on, direction) => { seen.calls.push([on, direction]) }' } },
    )
    const tap = (id: string): Promise<void> => running.frame.locator(`#${id}`).click()
    const shown = (part: string): Promise<boolean> => of(running).locator(`.h-video-${part}`).isVisible()
    const box = async (id = 'v'): Promise<number[]> => {
      const found = (await of(running, id).boundingBox())!
      return [found.x, found.y, found.width, found.height].map(Math.round)
    }
    expect(await shown('title')).toBe(false)
    await tap('requestFullScreen')
    expect(await box()).toEqual([0, 0, 375, 667])
    expect(await of(running).getAttribute('data-turn')).toBe('-90')
    expect(await of(running).locator('.h-video-title').innerText()).toBe('A tone')
    expect([await shown('lock'), await shown('shot'), await shown('background')]).toEqual([false, false, false])
    await of(running).locator('.h-video-full').focus()
    await running.page.keyboard.press('Escape')
    await expect.poll(() => running.notes.filter((one) => one.includes('full'))).toEqual(['v fullscreenchange {"fullScreen":true,"direction":"horizontal"}', 'v fullscreenchange {"fullScreen":false,"direction":"vertical"}'])
    take(running)
    expect((await box()).slice(2)).toEqual([300, 200])
    await tap('more')
    await tap('showStatusBar')
    await of(running).locator('.h-video-full').click()
    expect(await of(running).getAttribute('data-turn')).toBe('0')
    expect([await shown('lock'), await shown('shot'), await shown('background'), await shown('status')]).toEqual([true, true, true, true])
    await of(running).locator('.h-video-background').click()
    expect(await running.frame.evaluate('navigator.mediaSession.metadata.artwork.length')).toBe(1)
    await of(running).locator('.h-video-lock').click()
    expect([await shown('bottom'), await shown('lock')]).toEqual([false, true])
    await of(running).locator('.h-video-lock').click()
    await of(running).locator('.h-video-full').click()
    await tap('hideStatusBar')
    expect(await of(running).getAttribute('class')).not.toContain('h-status-shown')
    await tap('exitBackgroundPlayback')
    expect(await running.frame.evaluate('navigator.mediaSession.metadata')).toBe(null)
    expect(await running.host('seen.calls')).toEqual([[true, -90], [false, 0], [true, 0], [false, 0]])
    proves('components', 'video.bindfullscreenchange', 'video.direction', 'video.title', 'video.show-screen-lock-button', 'video.show-snapshot-button', 'video.show-background-playback-button', 'video.background-poster')
    proves('wx_api_objects', 'VideoContext.requestFullScreen', 'VideoContext.showStatusBar', 'VideoContext.hideStatusBar')

    take(running)
    await tap('requestFullScreenw')
    expect(await of(running, 'w').getAttribute('data-turn')).toBe('0')
    // The program's own button lies under the video, and is pressed by key.
    await running.frame.evaluate(`document.getElementById('exitFullScreenw').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))`)
    await expect.poll(() => state(running, 'video.full', 'w')).toBe(false)
    proves('wx_api_objects', 'VideoContext.exitFullScreen')
    // A device that is turned on its side fills it by itself, where the video asks for that.
    await tap('playw')
    await expect.poll(() => state(running, 'video.player.paused', 'w')).toBe(false)
    await running.page.setViewportSize({ width: 667, height: 375 })
    await expect.poll(() => state(running, 'video.full', 'w')).toBe(true)
    expect(await state(running, 'video.full')).toBe(false)
    await running.page.setViewportSize({ width: 375, height: 667 })
    await expect.poll(() => state(running, 'video.full', 'w')).toBe(false)
    proves('components', 'video.enable-auto-rotation')
  })

  test('where a shell has no way of its own, the frame itself takes the whole screen', async () => {
    const running = await open(`<video id="v" src="/a.wav"/>` + word('requestFullScreen'), GOT, FILES)
    await running.frame.locator('#requestFullScreen').click()
    await expect.poll(() => running.host('document.fullscreenElement?.localName')).toBe('iframe')
    await of(running).locator('.h-video-full').click()
    await expect.poll(() => running.host('document.fullscreenElement')).toBe(null)
  })

  test('comments fly by at their time, while they are wanted', async () => {
    const running = await open(
      `<video id="v" src="/a.wav" muted danmu-btn enable-danmu="{{on}}" danmu-list="{{list}}"/>` + word('sendDanmu', '{ text: "mine", color: "#ff0000" }') + word('play') + '<view id="on" bindtap="on">on</view>',
      `data: { on: false, list: [{ text: 'first', color: '#00ff00', time: 0.1 }, { text: 'later', time: 15 }] }, ${GOT}, on() { this.setData({ on: true }) }`,
      FILES,
    )
    const lines = (): Promise<string[]> => of(running).locator('.h-danmu span').allInnerTexts()
    await running.frame.locator('#sendDanmu').click()
    expect(await lines()).toEqual([])
    await running.frame.locator('#on').click()
    await running.frame.locator('#play').click()
    await expect.poll(lines).toEqual(['first'])
    await running.frame.locator('#sendDanmu').click()
    expect(await lines()).toEqual(['first', 'mine'])
    expect(await of(running).locator('.h-danmu span').last().evaluate((dom) => dom.style.color)).toBe('rgb(255, 0, 0)')
    await of(running).locator('.h-video-danmu').click()
    await running.frame.locator('#sendDanmu').click()
    expect((await lines()).length).toBe(2)
    proves('components', 'video.danmu-list', 'video.enable-danmu')
    proves('wx_api_objects', 'VideoContext.sendDanmu')
  })

  test('fingers on a video seek, play, and set light and loudness, as far as each is wanted', async () => {
    const kinds = { plain: '', noseek: 'enable-progress-gesture="{{false}}"', slide: 'vslide-gesture', page: 'page-gesture', taps: 'enable-play-gesture', still: 'vslide-gesture-in-fullscreen="{{false}}"' }
    const running = await open(Object.entries(kinds).map(([id, more]) => `<video id="${id}" src="/a.wav" muted ${more} style="width:180px;height:100px" bindcontrolstoggle="got"/>`).join(''), GOT, FILES)
    const loaded = `[...document.querySelectorAll('wx-video')].every((one) => one.player.readyState > 0)`
    await expect.poll(() => running.frame.evaluate(loaded)).toBe(true)
    const drag = async (id: string, [x, y]: [number, number], [dx, dy]: [number, number]): Promise<void> => {
      const box = (await of(running, id).boundingBox())!
      await running.page.mouse.move(box.x + x * box.width, box.y + y * box.height)
      await running.page.mouse.down()
      await running.page.mouse.move(box.x + x * box.width + dx, box.y + y * box.height + dy, { steps: 3 })
      await running.page.mouse.up()
    }
    await drag('plain', [0.1, 0.2], [90, 0])
    await drag('noseek', [0.1, 0.2], [90, 0])
    await expect.poll(() => state(running, 'Math.round(video.player.currentTime)', 'plain')).toBe(10)
    expect(await state(running, 'video.player.currentTime', 'noseek')).toBe(0)
    for (const id of ['slide', 'page', 'plain']) {
      await drag(id, [0.8, 0.2], [0, 40])
      await drag(id, [0.2, 0.2], [0, 40])
    }
    const feel = (id: string): Promise<unknown> => state(running, '[Math.round(video.player.volume * 10), video.player.style.filter]', id)
    expect([await feel('slide'), await feel('page'), await feel('plain')]).toEqual([[6, 'brightness(0.6)'], [6, 'brightness(0.6)'], [10, '']])
    for (const id of ['taps', 'noseek']) await of(running, id).dblclick({ position: { x: 20, y: 20 } })
    await expect.poll(() => state(running, 'video.player.paused', 'taps')).toBe(false)
    expect(await state(running, 'video.player.paused', 'noseek')).toBe(true)
    await of(running, 'plain').click({ position: { x: 20, y: 20 } })
    await expect.poll(() => running.notes).toContain('plain controlstoggle {"show":false}')
    for (const [id, volume] of [['plain', 4], ['still', 10]] as const) {
      await state(running, 'video.fill(0)', id)
      await drag(id, [0.8, 0.2], [0, 400])
      expect(await state(running, 'Math.round(video.player.volume * 10)', id)).toBe(volume)
      await state(running, 'video.leaveFull()', id)
    }
    proves('components', 'video.enable-progress-gesture', 'video.vslide-gesture', 'video.page-gesture', 'video.enable-play-gesture', 'video.bindcontrolstoggle', 'video.vslide-gesture-in-fullscreen')
  })

  test('the line below stays when the bars go', async () => {
    const running = await open(`<video id="v" src="/a.wav" muted/><video id="w" src="/a.wav" muted show-bottom-progress="{{false}}"/>` + word('play') + word('play', 'undefined', 'w'), GOT, FILES)
    for (const id of ['v', 'w']) {
      await running.frame.locator(id === 'v' ? '#play' : '#playw').click()
      await expect.poll(() => state(running, 'video.player.paused', id)).toBe(false)
      await of(running, id).click({ position: { x: 20, y: 40 } })
    }
    expect(await of(running).locator('.h-video-thin').isVisible()).toBe(true)
    expect(await of(running, 'w').locator('.h-video-thin').isVisible()).toBe(false)
    proves('components', 'video.show-bottom-progress')
  })

  test('a video rests or grows small when its page is left, and rests when the program is', async () => {
    const video = (id: string, more: string): string => `<video id="${id}" src="/a.wav" loop muted autoplay ${more} style="width:90px;height:60px" bindenterpictureinpicture="got" bindleavepictureinpicture="got"/>`
    const running = await open(
      video('rests', '') + video('goes', 'auto-pause-if-navigate="{{false}}" auto-pause-if-open-native="{{false}}"') + video('v', 'picture-in-picture-mode="push" picture-in-picture-init-position="(left, 30)" picture-in-picture-show-progress') + video('right', `picture-in-picture-mode="{{['push','pop']}}"`) + '<navigator id="n" url="/q/q">n</navigator>',
      GOT,
      { ...FILES, 'q/q.wxml': '<view id="leave" bindtap="leave">leave</view>', 'q/q.js': `Page({ leave() { const page = getCurrentPages()[0]; wx.createVideoContext('v', page).exitPictureInPicture({ success: (r) => wx.getLogManager().info(r.errMsg) }) } })` },
    )
    const paused = (id: string): Promise<boolean> => state(running, 'video.player.paused', id)
    const IDS = ['rests', 'goes', 'v', 'right']
    for (const id of IDS) await expect.poll(() => paused(id)).toBe(false)
    await running.host('program.hide()')
    await expect.poll(() => paused('rests')).toBe(true)
    expect(await paused('goes')).toBe(false)
    await running.host('program.show()')
    for (const id of IDS) await state(running, 'video.player.play()', id)
    await running.frame.locator('#n').click()
    await running.frame.locator('#leave').waitFor()
    await expect.poll(() => [...running.notes].sort()).toEqual(['right enterpictureinpicture {}', 'v enterpictureinpicture {}'])
    take(running)
    expect([await paused('rests'), await paused('goes'), await paused('v')]).toEqual([true, false, false])
    const windows = await running.frame.evaluate<[string, string, boolean][]>(`[...document.querySelectorAll('.h-small')].map((one) => [one.style.left, one.style.top, Boolean(one.querySelector('i'))])`)
    expect(windows).toEqual([['12px', '30%', true], ['', '12%', false]])
    await running.frame.locator('#leave').click()
    await expect.poll(() => [...running.notes]).toEqual(['v leavepictureinpicture {}', 'exitPictureInPicture:ok'])
    take(running)
    proves('components', 'video.auto-pause-if-navigate', 'video.auto-pause-if-open-native', 'video.bindenterpictureinpicture', 'video.bindleavepictureinpicture', 'video.picture-in-picture-mode', 'video.picture-in-picture-init-position', 'video.picture-in-picture-show-progress')
    proves('wx_api_objects', 'VideoContext.exitPictureInPicture')
  })

  test('sound goes on in the background only where it was asked to', async () => {
    const running = await open(`<video id="v" src="/a.wav" loop muted autoplay/>` + word('requestBackgroundPlayback') + word('exitBackgroundPlayback'), GOT, FILES)
    const paused = (): Promise<boolean> => state(running, 'video.player.paused')
    await expect.poll(paused).toBe(false)
    await running.frame.locator('#requestBackgroundPlayback').click()
    await running.host('program.hide()')
    await running.host('program.show()')
    await running.frame.locator('#exitBackgroundPlayback').click()
    expect(await paused()).toBe(false)
    await running.host('program.hide()')
    await expect.poll(paused).toBe(true)
    proves('wx_api_objects', 'VideoContext.requestBackgroundPlayback', 'VideoContext.exitBackgroundPlayback')
  })

  test('sending to another screen is the browser’s to do, and what comes of it is told', async () => {
    const running = await open(`<video id="v" src="/a.wav" ${ALL}/>` + ['startCasting', 'reconnectCasting', 'switchCasting', 'exitCasting'].map((one) => word(one)).join(''), GOT, FILES)
    for (const name of ['startCasting', 'reconnectCasting', 'switchCasting', 'exitCasting']) {
      take(running)
      await running.frame.locator(`#${name}`).click()
      // No screen is near.
      await expect.poll(() => running.notes.some((one) => one.startsWith('v castinginterrupt'))).toBe(true)
      proves('wx_api_objects', `VideoContext.${name}`)
    }
    take(running)
    for (const type of ['connecting', 'connect', 'disconnect']) await state(running, `video.player.remote.dispatchEvent(new Event('${type}'))`)
    await expect.poll(() => running.notes).toEqual(['v castinguserselect {}', 'v castingstatechange {"type":"success"}', 'v castinginterrupt {}'])
    proves('components', 'video.bindcastinguserselect', 'video.bindcastingstatechange', 'video.bindcastinginterrupt')
  })

  test('the picture on screen is kept among the person’s', async () => {
    const first = await open('<view/>')
    const running = await open(`<video id="v" src="/f.mp4" muted autoplay show-snapshot-button bindloadedmetadata="got"/>` + word('requestFullScreen'), GOT, { 'f.mp4': await film(first.page) })
    await expect.poll(() => [...running.notes, ...running.errors].join()).toContain('"width":64,"height":36')
    await running.frame.locator('#requestFullScreen').click()
    // It lies and the phone stands: it is turned to fill it.
    expect(await of(running).getAttribute('data-turn')).toBe('90')
    expect(await state(running, 'video.player.videoWidth')).toBe(64)
  })

  test('audio tells of itself, and plays at a press', async () => {
    const running = await open(
      '<audio id="a" controls src="/b.wav" bindplay="got" bindpause="got" bindended="got" binderror="got" bindtimeupdate="time"/><audio id="b" controls src="/no.mp3" binderror="got"/><audio id="c" src="https://elsewhere.example/x.mp3" binderror="got"/>' +
        ['setSrc', 'seek', 'play', 'pause'].map((does) => `<view id="${does}" bindtap="steer">${does}</view>`).join(''),
      `steer(e) { wx.createAudioContext('a')[e.currentTarget.id]({ setSrc: '/a.wav', seek: 7 }[e.currentTarget.id]) }, got(e) { note(e.currentTarget.id, e.type, e.detail.errMsg || '') }, time(e) { if (!this.told) { this.told = true; note('time', e.detail.duration) } }`,
      FILES,
    )
    await expect.poll(() => [...running.notes]).toEqual(['c error MEDIA_ERR_SRC_NOT_SUPPORTED'])
    take(running)
    await running.frame.locator('#a button').click()
    await expect.poll(() => running.notes).toContain('time 2')
    await running.frame.locator('#a button').click()
    await expect.poll(() => running.notes).toContain('a pause ')
    await state(running, '(video.player.currentTime = 1.9)', 'a')
    await running.frame.locator('#a button').click()
    await expect.poll(() => running.notes).toContain('a ended ')
    expect(running.notes[0]).toBe('a play ')
    expect(await running.frame.locator('wx-audio').first().getAttribute('id')).toBe('a')
    // The older context, which the program makes by the element's id.
    take(running)
    const context = (does: string): Promise<void> => running.frame.locator(`#${does}`).click()
    await context('setSrc')
    await expect.poll(() => state<number>(running, 'Math.round(video.player.duration)', 'a')).toBe(20)
    await context('seek')
    await expect.poll(() => state<number>(running, 'video.player.currentTime', 'a')).toBe(7)
    await context('play')
    await expect.poll(() => running.notes).toContain('a play ')
    await context('pause')
    await expect.poll(() => running.notes).toContain('a pause ')
    expect(await state<number>(running, 'video.player.currentTime', 'a')).toBeGreaterThanOrEqual(7)
    proves('wx_api', 'createAudioContext')
    proves('wx_api_objects', 'AudioContext.setSrc', 'AudioContext.seek', 'AudioContext.play', 'AudioContext.pause')
    proves('components', 'audio.bindplay', 'audio.bindpause', 'audio.bindended', 'audio.binderror', 'audio.bindtimeupdate', 'audio.id')
  })
})
