/** Advertisements: in a page's places, over the whole page and over a game; chosen, shown and counted by the host. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../recorder'
import { openSteps } from './api/steps'
import { tone } from './components/sounds'
import { Harness, hasBrowser } from './harness'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const NOTE = 'const note = (...said) => wx.getLogManager().info(said.map((one) => typeof one === "string" ? one : JSON.stringify(one)).join(" "));'
const PICTURE = 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" width="96" height="64"/%3E'
/** Knows the units that begin with "adunit-"; one that covers the page goes when the test says so. */
const ADS = `{
  find: async (unitId, kinds) => {
    seen.calls.push(['find', unitId, kinds])
    if (!unitId.startsWith('adunit-')) throw { errCode: 1004, errMsg: 'no advertisement' }
    return { showing: String(seen.calls.length), title: 'Tea', words: 'fresh today', picture: '${PICTURE}' }
  },
  show: async (showing) => { seen.calls.push(['show']); if (window.refuse) throw { errCode: 1003, errMsg: 'nothing was loaded' } },
  closed: () => new Promise((resolve) => { window.end = resolve }),
  saw: async () => { seen.calls.push(['saw']) }, open: async () => { seen.calls.push(['open']) },
}`
const page = (wxml: string, body: string) => harness.open({ 'app.json': '{"pages":["p/p"]}', 'p/p.wxml': wxml, 'p/p.js': `${NOTE} Page({ ${body} })` }, { services: { ads: ADS } })

describe.skipIf(!hasBrowser)('advertisements', () => {
  test('a place in a page shows one, tells when it is seen and pressed, and is empty once it is closed', async () => {
    const running = await page(
      '<view id="far" style="height:150vh"/><ad-custom unit-id="adunit-1" bindload="got" binderror="got" bindclose="got"/><ad unit-id="{{unit}}" ad-intervals="{{often}}" bindload="got" binderror="got"/><view id="go" bindtap="go">go</view>',
      'data: { unit: "none", often: 0 }, got(e) { note(e.type, e.detail.errCode ?? "") }, go() { this.setData({ unit: "adunit-2", often: 40 }) }',
    )
    await expect.poll(() => [...running.notes].sort()).toEqual(['error 1004', 'load '])
    const place = running.frame.locator('wx-ad-custom')
    expect(await place.innerText()).toMatch(/Tea\s+fresh today\s+广告/)
    expect(await running.host('seen.calls')).toEqual([['find', 'adunit-1', ['CUSTOM']], ['find', 'none', ['BANNER']]])
    await place.scrollIntoViewIfNeeded()
    await expect.poll(() => running.host('seen.calls.filter(([name]) => name === "saw").length')).toBe(1)
    await place.locator('.h-ad').click()
    await expect.poll(() => running.host('seen.calls.at(-1)')).toEqual(['open'])
    await place.locator('.h-ad-close').click()
    await expect.poll(() => [...running.notes]).toContain('close ')
    expect(await place.boundingBox()).toBeNull()
    // Its next turn is forty seconds off; it is brought forward here.
    await running.frame.evaluate('window.setInterval = (again, ms) => { if (ms === 40000) window.again = again; return 0 }')
    await running.frame.locator('#go').click()
    await expect.poll(() => running.notes.filter((one) => one === 'load ').length).toBe(2)
    await running.frame.evaluate('again()')
    await expect.poll(() => running.notes.filter((one) => one === 'load ').length).toBe(3)
    proves('components', 'ad-custom.unit-id', 'ad-custom.bindload', 'ad-custom.binderror', 'ad-custom.ad-intervals')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('one that covers the page is sought at once, tells of its end, and of nothing once it is given up', async () => {
    const made = (name: string, options: string): string => `
      const ad = ads['${name}'] = wx.${name.slice(0, -1)}(${options})
      for (const event of ['Load', 'Error', 'Close']) ad['on' + event]((detail) => said.push(['${name}', event, detail ?? '']))`
    const steps = await openSteps(
      harness,
      {
        begin: `{ ${made('createRewardedVideoAd1', '{ adUnitId: "adunit-1" }')} } { ${made('createInterstitialAd1', '{ adUnitId: "adunit-2" }')} } { ${made('createRewardedVideoAd2', '{}')} }
          const never = () => said.push('never')
          const quiet = wx.createInterstitialAd({ adUnitId: 'none' })
          for (const event of ['Load', 'Error', 'Close']) { quiet['on' + event](never); quiet['off' + event](never) }
          await until(() => said.length >= 3)`,
        unloaded: 'return tried(ads.createRewardedVideoAd2.show())',
        rewarded: 'return tried(ads.createRewardedVideoAd1.show())',
        interstitial: 'return tried(ads.createInterstitialAd1.show())',
        again: 'await ads.createInterstitialAd1.load(); return tried(ads.createInterstitialAd1.show())',
        destroy: 'await ads.createInterstitialAd1.destroy(); await tried(ads.createInterstitialAd1.load())',
        said: 'return said.splice(0)',
        heard: 'await until(() => said.length > 0); return said.splice(0)',
      },
      { before: 'const ads = {}, said = []', services: { ads: ADS } },
    )
    const { running } = steps
    await steps.run('begin')
    const sorted = (list: string[][]): string[] => list.map(([who, event]) => `${who} ${event}`).sort()
    const begun = await steps.run('said')
    expect(sorted(begun)).toEqual(['createInterstitialAd1 Load', 'createRewardedVideoAd1 Load', 'createRewardedVideoAd2 Error'])
    expect(begun.find(([, event]: string[]) => event === 'Error')[2]).toEqual({ errCode: 1002, errMsg: 'adUnitId is invalid' })
    expect(await steps.run('unloaded')).toEqual({ failed: { errCode: 1002, errMsg: 'adUnitId is invalid' } })
    await steps.run('heard')

    expect(await steps.run('rewarded')).toBeUndefined()
    expect(await steps.run('said')).toEqual([])
    await running.host('end({ isEnded: true })')
    expect((await steps.run('heard'))[0]).toEqual(['createRewardedVideoAd1', 'Close', { isEnded: true }])
    await expect.poll(async () => (await steps.asked()).filter(([name, unit]) => name === 'find' && unit === 'adunit-1').length).toBe(2)
    await steps.run('said')
    await running.host('window.refuse = true')
    expect(await steps.run('interstitial')).toMatchObject({ failed: { errCode: 1003 } })
    await running.host('window.refuse = false')
    expect(await steps.run('again')).toBeUndefined()
    await steps.run('said')
    await running.host('end({ isEnded: false })')
    expect(await steps.run('heard')).toEqual([['createInterstitialAd1', 'Close', '']])
    await steps.run('destroy')
    expect(await steps.run('said')).toEqual([])
    proves('wx_api', 'createRewardedVideoAd', 'createInterstitialAd')
    for (const object of ['RewardedVideoAd', 'InterstitialAd']) proves('wx_api_objects', ...['load', 'show', 'destroy', 'onLoad', 'offLoad', 'onError', 'offError', 'onClose', 'offClose'].map((name) => `${object}.${name}`))
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('one before a film lies over it until its time is up or it is closed, and the film plays then', async () => {
    const film = (id: string, unit: string): string => `<video id="${id}" src="/a.wav" muted ad-unit-id="${unit}" bindadload="got" bindaderror="got" bindadclose="got" bindadplay="got" bindplay="got" bindpause="got"/>`
    const running = await harness.open(
      {
        'app.json': '{"pages":["p/p"]}',
        'p/p.wxml': `${film('v', 'adunit-1')}${film('w', 'none')}<view id="play" bindtap="play">play</view>`,
        'p/p.js': `${NOTE} Page({ got(e) { note(e.currentTarget.id, e.type, e.detail.type ?? e.detail.errCode ?? '') }, play() { for (const id of ['v', 'w']) wx.createVideoContext(id).play() } })`,
        'a.wav': tone(20),
      },
      { services: { ads: ADS } },
    )
    await running.frame.evaluate('window.setInterval = (again, ms) => { if (ms === 1000) window.again = again; return 0 }')
    const of = (id: string): string[] => running.notes.filter((one) => one.startsWith(id)).map((one) => one.slice(2).trim())
    const paused = (): Promise<unknown> => running.frame.evaluate('document.getElementById("v").player.paused')
    const ad = running.frame.locator('#v .h-ad-film')
    await running.frame.locator('#play').click()
    await expect.poll(() => of('w')).toEqual(['aderror 1004', 'play'])
    await expect.poll(() => of('v')).toEqual(['adload', 'adplay begin'])
    expect(await running.host('seen.calls')).toEqual(expect.arrayContaining([['find', 'adunit-1', ['VIDEO']]]))
    expect(await ad.innerText()).toMatch(/Tea\s+fresh today\s+广告[^]*5 s/)
    // Asked to play before that is over, it waits.
    await running.frame.locator('#play').click()
    await expect.poll(paused).toBe(true)
    for (let second = 4; second >= 0; second -= 1) {
      await running.frame.evaluate('again()')
      if (second) expect(await ad.innerText()).toContain(`${second} s`)
    }
    await expect.poll(() => of('v')).toEqual(['adload', 'adplay begin', 'adplay end', 'adclose', 'play'])
    expect(await ad.count()).toBe(0)
    expect(await paused()).toBe(false)
    // Another film in its place has one of its own, which can be closed.
    await running.frame.evaluate('{ const video = document.getElementById("v"); video.player.pause(); video.changed("src", "/a.wav") }')
    running.notes.splice(0)
    await running.frame.locator('#play').click()
    await ad.locator('.h-ad-close').click()
    await expect.poll(() => of('v').slice(-4)).toEqual(['adplay begin', 'adplay end', 'adclose', 'play'])
    proves('components', 'video.ad-unit-id')
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })

  test('one that lies over a game is where the game puts it, and touches on it are none of the game’s', async () => {
    const running = await harness.open(
      {
        'game.json': '{}',
        'game.js': `${NOTE}
          wx.createCanvas()
          wx.onTouchStart(() => note('touched'))
          const banner = wx.createBannerAd({ adUnitId: 'adunit-1', style: { left: 10, top: 400, width: 300 } })
          banner.onResize(({ width, height }) => note('size', width, height > 60, banner.style.realWidth))
          banner.onLoad(() => banner.show().then(() => note('shown')))
          const custom = wx.createCustomAd({ adUnitId: 'adunit-2', style: { left: 0, top: 20 } })
          custom.onLoad(() => custom.show().then(() => note('custom', custom.isShow())))
          custom.onClose(() => { note('closed', custom.isShow()); banner.style.width = 340; banner.style.left = 20 })
          const none = wx.createBannerAd({ adUnitId: 'none' })
          none.onError(({ errCode }) => none.show().catch((failed) => note('none', errCode, failed.errCode)))
          wx.onShow(() => {})
          GameGlobal.go = () => { banner.hide(); note('hidden'); custom.destroy() }
          wx.onTouchEnd(() => go())`,
      },
      { services: { ads: ADS } },
    )
    await expect.poll(() => [...running.notes].sort()).toEqual(['custom true', 'none 1004 1004', 'shown', 'size 300 true 300'])
    const places = running.frame.locator('.h-ad-over')
    expect(await places.first().boundingBox()).toMatchObject({ x: 10, y: 400, width: 300 })
    await places.first().locator('.h-ad').click()
    await expect.poll(() => running.host('seen.calls.some(([name]) => name === "open")')).toBe(true)
    await places.nth(1).locator('.h-ad-close').click()
    await expect.poll(() => [...running.notes]).toEqual(expect.arrayContaining(['closed false', 'size 340 true 340']))
    expect(await places.first().boundingBox()).toMatchObject({ x: 20, width: 340 })
    expect(running.notes).not.toContain('touched')
    await running.page.mouse.click(100, 300)
    await expect.poll(() => [...running.notes]).toEqual(expect.arrayContaining(['touched', 'hidden']))
    expect(await places.first().isVisible()).toBe(false)
    expect(running.errors).toEqual([])
    await running.page.context().close()
  })
})
