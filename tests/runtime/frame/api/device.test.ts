/** The device: clipboard, sensors, battery, network, screen, location, contacts, as a real browser has them. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { openSteps, type Steps } from './steps'

const harness = new Harness()
let steps: Steps
const NOTED = (name: string, answer = '{}'): string => `async (...args) => { seen.calls.push(['${name}', ...args]); return ${answer} }`

beforeAll(async () => {
  if (!hasBrowser) return
  await harness.start()
  steps = await openSteps(
    harness,
    {
      copied: `return [await tried(wx.setClipboardData({ data: '槐树胡同' })), await tried(wx.getClipboardData()), await tried(wx.setClipboardData({}))]`,
      called: `return [await tried(wx.makePhoneCall({ phoneNumber: '10086' })), await tried(wx.makePhoneCall({})), await tried(wx.sendSms({ phoneNumber: '10086', content: '余额' }))]`,
      shaken: `return [await tried(wx.vibrateShort({ type: 'heavy' })), await tried(wx.vibrateLong())]`,
      awake: `return [await tried(wx.setKeepScreenOn({ keepScreenOn: true })), await tried(wx.setKeepScreenOn({}))]`,
      scanned: `return [await tried(wx.scanCode({ onlyFromCamera: true, scanType: ['qrCode'] }))]`,
      battery: `wx.onBatteryInfoChange(() => {}); wx.offBatteryInfoChange(); const now = await wx.getBatteryInfo(); return [now, wx.getBatteryInfoSync()]`,
      random: `const { randomValues } = await wx.getRandomValues({ length: 70000 }); const again = await wx.getRandomValues({ length: 8 }); return [randomValues, new Set(new Uint8Array(randomValues)).size > 200, await tried(wx.getRandomValues({ length: 0 })), again.errMsg]`,
      network: `const out = await wx.getNetworkType(); wx.onNetworkStatusChange((e) => heard.push(['net', e])); return out`,
      netCut: `await until(() => heard.some(([kind, e]) => kind === 'net' && !e.isConnected)); return heard.find(([kind, e]) => kind === 'net' && !e.isConnected)[1]`,
      netBack: `await until(() => heard.findLast(([kind]) => kind === 'net')[1].isConnected); return heard.findLast(([kind]) => kind === 'net')[1]`,
      netLeft: `wx.offNetworkStatusChange(); return heard.length`,
      netAfter: `return heard.length`,
      sensors: `for (const [start, on] of [['startAccelerometer', 'onAccelerometerChange'], ['startGyroscope', 'onGyroscopeChange'], ['startCompass', 'onCompassChange'], ['startDeviceMotionListening', 'onDeviceMotionChange']]) { wx[on]((e) => heard.push([on, e])); heard.push([start, (await wx[start]({ interval: 'game' })).errMsg]) } return heard.filter(([name]) => name.startsWith('start')).map(([, msg]) => msg)`,
      sensed: `return heard.filter(([name]) => /^on\\w+Change$/.test(name))`,
      still: `const out = []; for (const name of ['stopAccelerometer', 'stopGyroscope', 'stopCompass', 'stopDeviceMotionListening']) out.push((await wx[name]()).errMsg); for (const name of ['offAccelerometerChange', 'offGyroscopeChange', 'offCompassChange', 'offDeviceMotionChange']) wx[name](); return out`,
      screen: `const on = () => {}; wx.onScreenRecordingStateChanged(on); wx.offScreenRecordingStateChanged(on); return [await wx.getScreenRecordingState(), await wx.setVisualEffectOnCapture({ visualEffect: 'none' }), await tried(wx.setVisualEffectOnCapture({ visualEffect: 'hidden' })), await tried(wx.getLocalIPAddress())]`,
      keys: `wx.onKeyDown((e) => heard.push(['down', e.key, e.code, typeof e.timeStamp])); wx.onKeyUp((e) => heard.push(['up', e.key])); return await tried(wx.getSelectedTextRange())`,
      watches: `const memory = (e) => heard.push(['memory', e.level]); wx.onMemoryWarning(memory); wx.onUserCaptureScreen((e) => heard.push(['captured', typeof e])); return 1`,
      watched: `return heard.filter(([kind]) => kind === 'memory' || kind === 'captured')`,
      unwatched: `wx.offMemoryWarning(); wx.offUserCaptureScreen(); return 1`,
      keysHeard: `const out = heard.filter(([kind]) => kind === 'down' || kind === 'up'); wx.offKeyDown(); wx.offKeyUp(); return out`,
      contact: `return [await tried(wx.addPhoneContact({ firstName: '安', mobilePhoneNumber: '13800138000' })), await tried(wx.addPhoneContact({})), await tried(wx.addPhoneCalendar({ title: '品茶', startTime: 1800000000, endTime: '1800003600', alarmOffset: 600 })), await tried(wx.addPhoneRepeatCalendar({ title: '盘点', startTime: 1800000000, repeatInterval: 'week' })), await tried(wx.addPhoneCalendar({ title: 'x', startTime: 10, endTime: '5' }))]`,
      picked: `return [await tried(wx.chooseContact()), await tried(wx.chooseContact())]`,
      located: `return [await wx.getLocation(), await wx.getLocation({ type: 'gcj02', isHighAccuracy: true, highAccuracyExpireTime: 4000 }), await tried(wx.getLocation({ type: 7 })), await wx.getFuzzyLocation({ type: 'wgs84' })]`,
      moving: `wx.onLocationChange((e) => heard.push(['moved', e])); wx.onLocationChangeError((e) => heard.push(['lost', e])); const started = await wx.startLocationUpdate({ type: 'wgs84' }); await until(() => heard.some(([kind]) => kind === 'moved')); return [started.errMsg, heard.find(([kind]) => kind === 'moved')[1]]`,
      moved: `await until(() => heard.filter(([kind]) => kind === 'moved').length > 1); const stopped = await wx.stopLocationUpdate(); wx.offLocationChange(); wx.offLocationChangeError(); return [stopped.errMsg, heard.filter(([kind]) => kind === 'moved').at(-1)[1].latitude]`,
      movingBehind: `const out = await wx.startLocationUpdateBackground(); await wx.stopLocationUpdate(); return out.errMsg`,
      lost: `wx.onLocationChangeError((e) => heard.push(['lost', e])); await wx.startLocationUpdate(); await until(() => heard.some(([kind]) => kind === 'lost')); await wx.stopLocationUpdate(); return [heard.find(([kind]) => kind === 'lost')[1], await tried(wx.getLocation())]`,
      places: `return [await tried(wx.chooseLocation({ latitude: 39.9, longitude: 116.4 })), await tried(wx.choosePoi()), await tried(wx.openLocation({ latitude: 39.9, longitude: 116.4, scale: 30, name: '鼓楼' })), await tried(wx.openLocation({ latitude: 39.9 }))]`,
    },
    {
      device: true,
      files: { 'app.json': JSON.stringify({ pages: ['p/p'], requiredPrivateInfos: ['getLocation', 'getFuzzyLocation', 'startLocationUpdate', 'startLocationUpdateBackground', 'chooseLocation', 'choosePoi'] }) },
      context: { permissions: ['clipboard-read', 'clipboard-write', 'geolocation'], geolocation: { latitude: 39.9, longitude: 116.4, accuracy: 12 } },
      services: {
        copy: 'Host.deviceServices().copy',
        dial: NOTED('dial'),
        writeSms: 'async (...said) => { seen.calls.push(["sms", ...said]) }',
        vibrate: "(ms) => { seen.calls.push(['vibrate', ms]) }",
        keepScreenOn: NOTED('keepScreenOn'),
        scanCode: NOTED('scanCode', "{ result: 'tea', scanType: 'QR_CODE', charSet: 'utf-8', rawData: 'dGVh' }"),
        addContact: NOTED('addContact'),
        chooseContact: "async () => { if (window.refused) throw { errMsg: 'cancel' }; window.refused = true; return { displayName: '安', phoneNumber: '10086', phoneNumberList: ['10086', '10010'] } }",
        addCalendar: NOTED('addCalendar'),
        chooseLocation: NOTED('chooseLocation', "{ name: '鼓楼', address: '北京', latitude: 39.94, longitude: 116.39 }"),
        openLocation: NOTED('openLocation'),
        used: "(scope) => seen.calls.push(['used', scope])",
      },
    },
  )
}, 90_000)
afterAll(() => harness.stop())

describe.skipIf(!hasBrowser)('the device', () => {
  test('words go to the clipboard and come back, and without words it fails', async () => {
    const [set, got, wrong] = await steps.run('copied')
    expect(set.errMsg).toBe('setClipboardData:ok')
    expect(got).toEqual({ data: '槐树胡同', errMsg: 'getClipboardData:ok' })
    expect(wrong.failed.errMsg).toBe('setClipboardData:fail parameter error: parameter.data should be String instead of Undefined;')
    proves('wx_api', 'setClipboardData', 'getClipboardData')
  })

  test('a call, a shake, a screen kept on and a scan reach the host with what was asked', async () => {
    const [called, noNumber] = await steps.run('called')
    expect([called.errMsg, noNumber.failed.errMsg]).toEqual(['makePhoneCall:ok', 'makePhoneCall:fail parameter error: parameter.phoneNumber should be String instead of Undefined;'])
    expect((await steps.run('shaken')).map((one: any) => one.errMsg)).toEqual(['vibrateShort:ok', 'vibrateLong:ok'])
    const [kept, noFlag] = await steps.run('awake')
    expect([kept.errMsg, noFlag.failed.errMsg]).toEqual(['setKeepScreenOn:ok', 'setKeepScreenOn:fail parameter error: parameter.keepScreenOn should be Boolean instead of Undefined;'])
    expect((await steps.run('scanned'))[0]).toEqual({ result: 'tea', scanType: 'QR_CODE', charSet: 'utf-8', rawData: 'dGVh', errMsg: 'scanCode:ok' })
    expect(await steps.asked()).toEqual(expect.arrayContaining([['dial', '10086'], ['sms', '10086', '余额'], ['vibrate', 20], ['vibrate', 400], ['keepScreenOn', true], ['scanCode', { onlyFromCamera: true, scanType: ['qrCode'] }]]))
    proves('wx_api', 'makePhoneCall', 'sendSms', 'vibrateShort', 'vibrateLong', 'setKeepScreenOn', 'scanCode')
  })

  test('the battery is told, later and at once', async () => {
    const [now, sync] = await steps.run('battery')
    expect(now).toMatchObject({ level: expect.any(Number), isCharging: expect.any(Boolean), isLowPowerModeEnabled: false, errMsg: 'getBatteryInfo:ok' })
    expect(now.level).toBeGreaterThan(0)
    expect(sync.level).toBe(now.level)
    proves('wx_api', 'getBatteryInfo', 'getBatteryInfoSync')
  })

  test('random bytes are as many as asked for and differ', async () => {
    const [bytes, varied, none, ok] = await steps.run('random')
    expect([bytes, varied, ok]).toEqual([{ bytes: 70_000 }, true, 'getRandomValues:ok'])
    expect(none.failed.errMsg).toContain('getRandomValues:fail')
    proves('wx_api', 'getRandomValues')
  })

  test('the network’s kind is told, and its going and coming is heard until one stops listening', async () => {
    expect(await steps.run('network')).toMatchObject({ networkType: 'wifi', weakNet: false, hasSystemProxy: false, errMsg: 'getNetworkType:ok' })
    const context = steps.running.page.context()
    await context.setOffline(true)
    expect(await steps.run('netCut')).toEqual({ isConnected: false, networkType: 'none' })
    await context.setOffline(false)
    expect(await steps.run('netBack')).toEqual({ isConnected: true, networkType: 'wifi' })
    const count = await steps.run('netLeft')
    await context.setOffline(true)
    await context.setOffline(false)
    expect(await steps.run('netAfter')).toBe(count)
    proves('wx_api', 'getNetworkType', 'onNetworkStatusChange', 'offNetworkStatusChange')
  })

  test('movement is heard in the published units while it is listened to, and not after', async () => {
    expect(await steps.run('sensors')).toEqual(['startAccelerometer:ok', 'startGyroscope:ok', 'startCompass:ok', 'startDeviceMotionListening:ok'])
    const move = `for (const type of ['deviceorientation', 'deviceorientationabsolute']) window.dispatchEvent(new DeviceOrientationEvent(type, { alpha: 90, beta: 10, gamma: 20, absolute: true }))
      window.dispatchEvent(new DeviceMotionEvent('devicemotion', { accelerationIncludingGravity: { x: 0, y: 0, z: 9.80665 }, rotationRate: { alpha: 0, beta: 180, gamma: 0 }, interval: 16 }))`
    await steps.running.host(move)
    const heard = Object.fromEntries(await steps.run('sensed'))
    expect(heard.onAccelerometerChange.z).toBeCloseTo(-1)
    expect(heard.onGyroscopeChange.x).toBeCloseTo(Math.PI)
    expect(heard.onCompassChange).toEqual({ direction: 270, accuracy: 'high' })
    expect(heard.onDeviceMotionChange).toEqual({ alpha: 90, beta: 10, gamma: 20 })
    expect(await steps.run('still')).toEqual(['stopAccelerometer:ok', 'stopGyroscope:ok', 'stopCompass:ok', 'stopDeviceMotionListening:ok'])
    const before = (await steps.run('sensed')).length
    await steps.running.host(move)
    expect((await steps.run('sensed')).length).toBe(before)
    for (const name of ['Accelerometer', 'Gyroscope', 'Compass']) proves('wx_api', `start${name}`, `stop${name}`, `on${name}Change`, `off${name}Change`)
    proves('wx_api', 'startDeviceMotionListening', 'stopDeviceMotionListening', 'onDeviceMotionChange', 'offDeviceMotionChange')
  })

  test('what a page cannot know of the screen it says plainly', async () => {
    const [state, shown, hidden, address] = await steps.run('screen')
    expect([state, shown.errMsg]).toEqual([{ state: 'off', errMsg: 'getScreenRecordingState:ok' }, 'setVisualEffectOnCapture:ok'])
    expect([hidden.failed.errMsg, address.failed.errMsg]).toEqual(['setVisualEffectOnCapture:fail not supported', 'getLocalIPAddress:fail not supported'])
    proves('wx_api', 'getScreenRecordingState', 'setVisualEffectOnCapture', 'getLocalIPAddress')
  })

  test('keys are heard by name until one stops listening', async () => {
    expect((await steps.run('keys')).failed.errMsg).toBe('getSelectedTextRange:fail no focused input')
    await steps.running.page.keyboard.press('a')
    expect(await steps.run('keysHeard')).toEqual([['down', 'a', 'KeyA', 'number'], ['up', 'a']])
    await steps.running.page.keyboard.press('b')
    expect((await steps.run('keysHeard')).length).toBe(2)
    proves('wx_api', 'onKeyDown', 'offKeyDown', 'onKeyUp', 'offKeyUp')
  })

  test('a picture taken of the screen and memory that runs out are heard, until one stops listening', async () => {
    await steps.run('watches')
    const { running } = steps
    const used = (share: number): Promise<void> => running.frame.evaluate((now) => void Object.defineProperty(performance, 'memory', { configurable: true, value: { usedJSHeapSize: now, jsHeapSizeLimit: 1 } }), share)
    await running.page.keyboard.press('PrintScreen')
    await used(0.85)
    await expect.poll(() => steps.run('watched'), { timeout: 6000 }).toEqual([['captured', 'object'], ['memory', 10]])
    await used(0.95)
    await expect.poll(async () => (await steps.run('watched')).length, { timeout: 6000 }).toBe(3)
    expect((await steps.run('watched'))[2]).toEqual(['memory', 15])
    await steps.run('unwatched')
    await running.page.keyboard.press('PrintScreen')
    expect((await steps.run('watched')).length).toBe(3)
    proves('wx_api', 'onMemoryWarning', 'offMemoryWarning', 'onUserCaptureScreen', 'offUserCaptureScreen')
  })

  test('a contact and an event are handed over, and an event that ends before it begins is not', async () => {
    const [contact, nameless, event, weekly, backwards] = await steps.run('contact')
    expect([contact.errMsg, event.errMsg, weekly.errMsg]).toEqual(['addPhoneContact:ok', 'addPhoneCalendar:ok', 'addPhoneRepeatCalendar:ok'])
    expect([nameless.failed.errMsg, backwards.failed.errMsg]).toEqual(['addPhoneContact:fail parameter error: parameter.firstName should be String instead of Undefined;', 'addPhoneCalendar:fail parameter error: endTime is before startTime'])
    const asked = await steps.asked()
    expect(asked).toEqual(expect.arrayContaining([
      ['used', 'scope.addPhoneContact'],
      ['addContact', { firstName: '安', mobilePhoneNumber: '13800138000' }],
      ['addCalendar', { title: '品茶', startTime: 1800000000, endTime: 1800003600, allDay: false, description: '', location: '', alarmOffset: 600 }],
      ['addCalendar', { title: '盘点', startTime: 1800000000, allDay: false, description: '', location: '', alarmOffset: 0, repeatInterval: 'week' }],
    ]))
    const [picked, refused] = await steps.run('picked')
    expect([picked, refused.failed.errMsg]).toEqual([{ displayName: '安', phoneNumber: '10086', phoneNumberList: ['10086', '10010'], errMsg: 'chooseContact:ok' }, 'chooseContact:fail cancel'])
    proves('wx_api', 'addPhoneContact', 'addPhoneCalendar', 'addPhoneRepeatCalendar', 'chooseContact')
  })

  test('where the device is comes in both coordinates, and about where it is, rounded', async () => {
    const [wgs, gcj, wrong, fuzzy] = await steps.run('located')
    expect(wgs).toEqual({ latitude: 39.9, longitude: 116.4, speed: -1, accuracy: 12, altitude: 0, verticalAccuracy: 0, horizontalAccuracy: 12, errMsg: 'getLocation:ok' })
    // The known shift near Beijing: some hundred metres to the north-east.
    expect([gcj.latitude - wgs.latitude, gcj.longitude - wgs.longitude].map((shift) => shift > 0.0005 && shift < 0.01)).toEqual([true, true])
    expect(wrong.latitude).toBe(39.9)
    expect(fuzzy).toEqual({ latitude: 39.9, longitude: 116.4, errMsg: 'getFuzzyLocation:ok' })
    expect(await steps.asked()).toEqual(expect.arrayContaining([['used', 'scope.userLocation'], ['used', 'scope.userFuzzyLocation']]))
    proves('wx_api', 'getLocation', 'getFuzzyLocation')
  })

  test('moving is heard, until the updates are stopped; being lost is heard as an error', async () => {
    const [started, first] = await steps.run('moving')
    expect([started, first.latitude, first.longitude]).toEqual(['startLocationUpdate:ok', 39.9, 116.4])
    const context = steps.running.page.context()
    await context.setGeolocation({ latitude: 40, longitude: 116.4 })
    expect(await steps.run('moved')).toEqual(['stopLocationUpdate:ok', 40])
    expect(await steps.run('movingBehind')).toBe('startLocationUpdateBackground:ok')
    await context.setGeolocation(null)
    const [lost, denied] = await steps.run('lost')
    expect(lost).toEqual({ errMsg: 'ERROR_NOCELL&WIFI_LOCATIONSWITCHOFF', errCode: 2 })
    expect(denied.failed.errMsg).toBe('getLocation:fail ERROR_NOCELL&WIFI_LOCATIONSWITCHOFF')
    proves('wx_api', 'startLocationUpdate', 'startLocationUpdateBackground', 'stopLocationUpdate', 'onLocationChange', 'offLocationChange', 'onLocationChangeError', 'offLocationChangeError')
  })

  test('places are chosen and shown by the shell', async () => {
    const [chosen, poi, shown, wrong] = await steps.run('places')
    expect(chosen).toEqual({ name: '鼓楼', address: '北京', latitude: 39.94, longitude: 116.39, errMsg: 'chooseLocation:ok' })
    expect(poi).toMatchObject({ type: 2, name: '鼓楼', address: '北京', latitude: 39.94, longitude: 116.39, errMsg: 'choosePoi:ok' })
    expect([shown.errMsg, wrong.failed.errMsg]).toEqual(['openLocation:ok', 'openLocation:fail parameter error: parameter.longitude should be Number instead of Undefined;'])
    expect(await steps.asked()).toEqual(expect.arrayContaining([['chooseLocation', { latitude: 39.9, longitude: 116.4 }], ['openLocation', { latitude: 39.9, longitude: 116.4, name: '鼓楼', address: '', scale: 18 }]]))
    proves('wx_api', 'chooseLocation', 'choosePoi', 'openLocation')
  })
})
