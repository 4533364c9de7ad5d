/** What a program asks of the platform and the person: each call's answer, each refusal, and what the host was asked. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { openSteps, type Steps } from './steps'

const harness = new Harness()
let steps: Steps
const NOTED = (name: string, answer = '{}'): string => `async (...args) => { seen.calls.push(['${name}', ...args]); return ${answer} }`
const ADDRESS = { userName: '安', postalCode: '100010', provinceName: '北京市', cityName: '北京市', countyName: '东城区', streetName: '', detailInfo: '槐树胡同 8 号', detailInfoNew: '槐树胡同 8 号', nationalCode: '110101', nationalCodeFull: '', telNumber: '13800138000' }
const TITLE = { type: '0', title: 'Lantern Works', taxNumber: '91110000MA00000000', companyAddress: '', telephone: '', bankName: '', bankAccount: '' }

beforeAll(async () => {
  if (!hasBrowser) return
  await harness.start()
  steps = await openSteps(
    harness,
    {
      logs: `return [await wx.login(), await wx.checkSession(), await tried(wx.login({ timeout: 'soon' }))]`,
      account: `return wx.getAccountInfoSync()`,
      who: `return [await wx.getUserProfile({ desc: 'for your cup' }), await wx.getUserInfo({ withCredentials: true }), await wx.getUserInfo({ withCredentials: false }), await tried(wx.getUserProfile({}))]`,
      settings: `return [await wx.getSetting({ withSubscriptions: true }), await wx.openSetting(), await wx.authorize({ scope: 'scope.camera' }), await tried(wx.authorize({ scope: 'scope.record' })), await tried(wx.authorize({ scope: 'scope.everything' })), await tried(wx.authorize({}))]`,
      agreed: `wx.onNeedPrivacyAuthorization((resolve, event) => { heard.push(event); resolve({ event: 'exposureAuthorization' }); page.resolve = resolve }); page.waiting = tried(wx.chooseAddress()); await until(() => heard.length); return [heard[0], await wx.getPrivacySetting()]`,
      claims: `page.resolve({ event: 'agree', buttonId: 'forged' }); return await page.waiting`,
      disagrees: `heard.length = 0; page.waiting = tried(wx.requirePrivacyAuthorize()); await until(() => heard.length); page.resolve({ event: 'disagree' }); return await page.waiting`,
      agrees: `heard.length = 0; page.waiting = tried(wx.requirePrivacyAuthorize()); await until(() => heard.length); return 1`,
      afterwards: `page.resolve({ event: 'agree', buttonId: 'yes' }); return [await page.waiting, await wx.getPrivacySetting(), await wx.openPrivacyContract()]`,
      chooses: `return [await wx.chooseAddress(), await wx.chooseInvoiceTitle(), await wx.chooseLicensePlate(), await wx.checkIsAddedToMyMiniProgram()]`,
      cancels: `const out = []; for (const name of ['chooseAddress', 'chooseInvoiceTitle', 'chooseLicensePlate']) out.push((await tried(wx[name]())).failed.errMsg); return out`,
      cards: `return [await wx.addCard({ cardList: [{ cardId: 'p1', cardExt: '{}' }] }), await wx.openCard({ cardList: [{ cardId: 'p1', code: '123' }] }), await tried(wx.addCard({})), await tried(wx.addCard({ cardList: [] })), await tried(wx.addCard({ cardList: [{ cardId: 'p1' }] })), await tried(wx.openCard({ cardList: [{ code: '1' }] })), wx.canIUse('addCard'), wx.canIUse('openCard')]`,
      cancelsCards: `return (await tried(wx.addCard({ cardList: [{ cardId: 'p1', cardExt: '{}' }] }))).failed.errMsg`,
      subscribes: `return [await wx.requestSubscribeMessage({ tmplIds: ['a', 'b'] }), await tried(wx.requestSubscribeMessage({ tmplIds: [] })), await tried(wx.requestSubscribeMessage({ tmplIds: ['1', '2', '3', '4', '5', '6'] })), await tried(wx.requestSubscribeMessage({}))]`,
      sells: `const asked = { mode: 'short_series_goods', signData: '{}', paySig: 'p', signature: 's' }; return [await tried(wx.requestVirtualPayment(asked)), await tried(wx.requestVirtualPayment({ ...asked, signData: 'refuse' })), await tried(wx.requestVirtualPayment({ mode: 'x' }))]`,
      pays: `return [await wx.requestPayment({ timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's' }), await tried(wx.requestPayment({ timeStamp: '1' }))]`,
      lends: `return [await tried(wx.authorizeForMiniProgram({ scope: 'scope.camera' })), await tried(wx.authorizeForMiniProgram({ scope: 'scope.record' })), await tried(wx.authorizeForMiniProgram({ scope: 'scope.userLocation' })), await tried(wx.authorizeForMiniProgram({}))]`,
      links: `const first = () => ({ query: 'from=first' }); wx.onCopyUrl(first); wx.onCopyUrl(page.linked = () => ({ query: 'from=link', title: '茶' })); return 1`,
      unlinks: `wx.offCopyUrl(page.linked); return 1`,
      linksNothing: `wx.offCopyUrl(); return 1`,
      token: `return [await tried(wx.getBackgroundFetchToken()), await tried(wx.setBackgroundFetchToken({ token: 'x'.repeat(1025) })), await tried(wx.setBackgroundFetchToken({})), await tried(wx.setBackgroundFetchToken({ token: 't1' })), await tried(wx.getBackgroundFetchToken())]`,
      waits: `wx.onBackgroundFetchData((e) => heard.push(['fetched', e])); return await tried(wx.getBackgroundFetchData({ fetchType: 'pre' }))`,
      fetched: `return [heard.filter((one) => one[0] === 'fetched'), await tried(wx.getBackgroundFetchData({ fetchType: 'pre' })), await tried(wx.getBackgroundFetchData({ fetchType: 'periodic' }))]`,
      leaves: `return [await wx.navigateToMiniProgram({ appId: 'wx2', path: 'p/p?a=1', extraData: { cup: 2 }, envVersion: 'trial' }), await wx.openEmbeddedMiniProgram({ appId: 'wx3' }), await tried(wx.navigateToMiniProgram({})), await wx.navigateBackMiniProgram({ extraData: { paid: true } }), await wx.restartMiniProgram({ path: 'p/p' }), await wx.openOfficialAccountProfile({ username: 'gh_1' }), await wx.openOfficialAccountChat({ username: 'gh_1' }), await wx.openOfficialAccountArticle({ url: 'https://mp.weixin.qq.com/s/a1' }), await wx.exitMiniProgram()]`,
      menus: `return [await wx.showShareMenu({ withShareTicket: true, menus: ['shareAppMessage', 'shareTimeline'] }), await wx.updateShareMenu({ withShareTicket: true, isPrivateMessage: false }), await wx.hideShareMenu({ menus: ['shareTimeline'] }), await tried(wx.showShareMenu({ menus: 'all' }))]`,
      sends: `const path = await wx.canvasToTempFilePath({ canvas: await new Promise((resolve) => wx.createSelectorQuery().select('#canvas').node(({ node }) => resolve(node)).exec()) }).then((r) => r.tempFilePath); return [await wx.showShareImageMenu({ path }), await wx.shareFileMessage({ filePath: path, fileName: 'menu.png' }), await wx.shareVideoMessage({ videoPath: path }), await tried(wx.shareFileMessage({ filePath: 'wxfile://none' })), await tried(wx.showShareImageMenu({})), await tried(wx.shareVideoMessage({}))]`,
      group: `return [await wx.getShareInfo({ shareTicket: 'st1' }), await tried(wx.getShareInfo({})), await wx.getGroupEnterInfo()]`,
      refused: `const out = {}; for (const name of ['startWifi', 'openBluetoothAdapter', 'createBLEConnection', 'startHCE', 'checkIsOpenAccessibility', 'startSoterAuthentication', 'getWeRunData', 'faceDetect', 'getChatToolInfo', 'setScreenBrightness', 'chooseInvoice', 'requestMerchantTransfer', 'addFileToFavorites', 'openChannelsActivity']) out[name] = [(await tried(wx[name]())).failed.errMsg, wx.canIUse(name)]; return out`,
    },
    {
      files: { 'app.json': '{"pages":["p/p"],"requiredPrivateInfos":["chooseAddress"],"embeddedAppIdList":["wx3"]}', 'p/p.wxml': '<button id="yes" open-type="agreePrivacyAuthorization" bindagreeprivacyauthorization="said">yes</button><view wx:for="{{names}}" wx:key="*this" id="{{item}}" bindtap="go" style="height:16px">{{item}}</view><canvas type="2d" id="canvas" style="width:40px;height:40px"/><button id="shares" open-type="share">s</button>' },
      before: 'const said = () => heard.push("button");',
      services: {
        requestVirtualPayment: 'async (purchase) => { seen.calls.push(["sell", purchase]); if (purchase.signData === "refuse") throw { errCode: -15006, errMsg: "pay_sig error" } }',
        grants: `async () => ({ 'scope.userInfo': true, 'scope.record': false, 'scope.phoneNumber': true })`,
        ask: NOTED('ask', "args[0] !== 'scope.record'"),
        openSetting: NOTED('openSetting'),
        subscriptions: `async () => ({ mainSwitch: true, itemSettings: { a: 'accept' } })`,
        userProfile: `async () => ({ userInfo: { nickName: 'Ann', avatarUrl: '', gender: 0, country: '', province: '', city: '', language: 'zh_CN' }, rawData: '{}', signature: 's', encryptedData: 'e', iv: 'i' })`,
        privacy: `async () => ({ needAuthorization: !window.agreed, privacyContractName: '《隐私》' })`,
        agreePrivacy: `async () => { window.agreed = true }`,
        showPrivacy: NOTED('showPrivacy'),
        chooseAddress: NOTED('chooseAddress', `window.cancelled ? Promise.reject({ errMsg: 'cancel' }) : ${JSON.stringify(ADDRESS)}`),
        chooseInvoiceTitle: NOTED('chooseInvoiceTitle', `window.cancelled ? Promise.reject({ errMsg: 'cancel' }) : ${JSON.stringify(TITLE)}`),
        chooseLicensePlate: NOTED('chooseLicensePlate', "window.cancelled ? Promise.reject({ errMsg: 'cancel' }) : { plateNumber: '京A12345' }"),
        addCard: NOTED('addCard', `window.cancelled ? Promise.reject({ errMsg: 'cancel' }) : [{ cardId: 'p1', cardExt: '{}', code: 'sealed', isSuccess: true }]`),
        openCard: NOTED('openCard'),
        added: 'async () => true',
        subscribe: NOTED('subscribe', "{ a: 'accept', b: 'reject' }"),
        navigateToProgram: NOTED('navigateToProgram'),
        navigateBackProgram: NOTED('navigateBackProgram'),
        restart: NOTED('restart'),
        openAccount: NOTED('openAccount'),
        openArticle: NOTED('openArticle'),
        shareMenu: "(change) => { seen.calls.push(['shareMenu', change]) }",
        shareFile: "async (file) => { seen.calls.push(['shareFile', file.kind, file.name, file.body.byteLength > 0]) }",
        shareInfo: NOTED('shareInfo', "{ encryptedData: 'sealed', iv: 'iv' }"),
        groupEntered: "async () => ({ encryptedData: 'group', iv: 'iv' })",
      },
    },
  )
}, 90_000)
afterAll(() => harness.stop())

const wrong = (name: string, parameter: string, kind = 'String'): string => `${name}:fail parameter error: parameter.${parameter} should be ${kind} instead of Undefined;`

describe.skipIf(!hasBrowser)('the platform', () => {
  test('a program asks for a code, its session, its account and who the person is', async () => {
    const [code, session, late] = await steps.run('logs')
    expect([code, session.errMsg, late.failed.errMsg]).toEqual([{ code: 'a-code', errMsg: 'login:ok' }, 'checkSession:ok', 'login:fail parameter error: parameter.timeout should be Number instead of String;'])
    expect(await steps.run('account')).toMatchObject({ miniProgram: { appId: 'wx0000000000000001', envVersion: 'develop', version: '' } })
    const [profile, sealed, plain, undescribed] = await steps.run('who')
    expect(profile).toMatchObject({ userInfo: { nickName: 'Ann', gender: 0, language: 'zh_CN' }, rawData: '{}', signature: 's', encryptedData: 'e', iv: 'i', errMsg: 'getUserProfile:ok' })
    expect(sealed).toMatchObject({ encryptedData: 'e', iv: 'i', errMsg: 'getUserInfo:ok' })
    expect([plain.userInfo.nickName, plain.encryptedData, undescribed.failed.errMsg]).toEqual(['Ann', undefined, wrong('getUserProfile', 'desc')])
    proves('wx_api', 'login', 'checkSession', 'getAccountInfoSync', 'getUserProfile', 'getUserInfo')
  })

  test('settings tell what was decided, and a scope is asked for once', async () => {
    const [setting, opened, allowed, refused, unknown, none] = await steps.run('settings')
    expect(setting).toEqual({ authSetting: { 'scope.userInfo': true, 'scope.record': false }, subscriptionsSetting: { mainSwitch: true, itemSettings: { a: 'accept' } }, errMsg: 'getSetting:ok' })
    expect(opened).toEqual({ authSetting: { 'scope.userInfo': true, 'scope.record': false }, errMsg: 'openSetting:ok' })
    expect(allowed).toEqual({ errMsg: 'authorize:ok' })
    expect(refused.failed).toEqual({ errMsg: 'authorize:fail auth deny', errno: 103 })
    expect([unknown.failed.errMsg, none.failed.errMsg]).toEqual(['authorize:fail invalid scope', wrong('authorize', 'scope')])
    const asked = (await steps.asked()).filter(([name]) => name === 'ask')
    expect(asked).toEqual([['ask', 'scope.camera', '']])
    // A plugin asks for its program, for the three scopes it may.
    expect((await steps.run('lends')).map((one: any) => one.errMsg ?? one.failed.errMsg)).toEqual(['authorizeForMiniProgram:ok', 'authorizeForMiniProgram:fail auth deny', 'authorizeForMiniProgram:fail invalid scope', wrong('authorizeForMiniProgram', 'scope')])
    proves('wx_api', 'getSetting', 'openSetting', 'authorize', 'authorizeForMiniProgram')
  })

  test('nothing private is given before a person’s own touch agreed to the privacy guide', async () => {
    const [event, setting] = await steps.run('agreed')
    expect([event, setting]).toEqual([{ referrer: 'chooseAddress' }, { needAuthorization: true, privacyContractName: '《隐私》', errMsg: 'getPrivacySetting:ok' }])
    expect((await steps.run('claims')).failed).toEqual({ errMsg: 'chooseAddress:fail privacy permission is not authorized', errno: 104 })
    expect((await steps.run('disagrees')).failed.errMsg).toBe('requirePrivacyAuthorize:fail privacy permission is not authorized')
    expect((await steps.asked()).some(([name]) => name === 'chooseAddress')).toBe(false)
    await steps.run('agrees')
    await steps.running.frame.locator('#yes').click()
    await expect.poll(() => steps.running.host('window.agreed')).toBe(true)
    const [required, after, shown] = await steps.run('afterwards')
    expect([required.errMsg, after.needAuthorization, shown.errMsg]).toEqual(['requirePrivacyAuthorize:ok', false, 'openPrivacyContract:ok'])
    proves('wx_api', 'onNeedPrivacyAuthorization', 'requirePrivacyAuthorize', 'getPrivacySetting', 'openPrivacyContract')
  })

  test('an address, an invoice title and a plate come in the published fields, or the choice is cancelled', async () => {
    const [address, title, plate, added] = await steps.run('chooses')
    expect(address).toEqual({ ...ADDRESS, errMsg: 'chooseAddress:ok' })
    expect(title).toEqual({ ...TITLE, errMsg: 'chooseInvoiceTitle:ok' })
    expect([plate, added]).toEqual([{ plateNumber: '京A12345', errMsg: 'chooseLicensePlate:ok' }, { added: true, errMsg: 'checkIsAddedToMyMiniProgram:ok' }])
    await steps.running.host('void (window.cancelled = true)')
    expect(await steps.run('cancels')).toEqual(['chooseAddress:fail cancel', 'chooseInvoiceTitle:fail cancel', 'chooseLicensePlate:fail cancel'])
    proves('wx_api', 'chooseAddress', 'chooseInvoiceTitle', 'chooseLicensePlate', 'checkIsAddedToMyMiniProgram')
  })

  test('a coupon is offered with its signature and comes back with its code, or it is cancelled', async () => {
    await steps.running.host('void (window.cancelled = false)')
    const [taken, opened, none, empty, unsigned, unnamed, ...can] = await steps.run('cards')
    expect(taken).toEqual({ cardList: [{ cardId: 'p1', cardExt: '{}', code: 'sealed', isSuccess: true }], errMsg: 'addCard:ok' })
    expect(opened).toEqual({ errMsg: 'openCard:ok' })
    expect([none, empty, unsigned, unnamed].map((one) => one.failed.errMsg)).toEqual([wrong('addCard', 'cardList', 'Array'), 'addCard:fail parameter error: cardList', 'addCard:fail parameter error: cardList.cardExt', 'openCard:fail parameter error: cardList.cardId'])
    expect(can).toEqual([true, true])
    expect(await steps.asked()).toEqual(expect.arrayContaining([['addCard', [{ cardId: 'p1', cardExt: '{}' }]], ['openCard', [{ cardId: 'p1', code: '123' }]]]))
    await steps.running.host('void (window.cancelled = true)')
    expect(await steps.run('cancelsCards')).toBe('addCard:fail cancel')
    proves('wx_api', 'addCard', 'openCard')
  })

  test('what the person ticked is told by template, and too few or too many are refused', async () => {
    const [ticked, none, many, missing] = await steps.run('subscribes')
    expect(ticked).toEqual({ a: 'accept', b: 'reject', errMsg: 'requestSubscribeMessage:ok' })
    expect([none.failed.errCode, many.failed.errCode, missing.failed.errMsg]).toEqual([10001, 20003, wrong('requestSubscribeMessage', 'tmplIds', 'Array')])
    expect(await steps.asked()).toContainEqual(['subscribe', ['a', 'b']])
    proves('wx_api', 'requestSubscribeMessage')
  })

  test('what is sold without being shipped reaches the host as signed, and its refusal has the published number', async () => {
    const [sold, refused, wrongly] = await steps.run('sells')
    expect([sold.errMsg, wrongly.failed.errMsg]).toEqual(['requestVirtualPayment:ok', wrong('requestVirtualPayment', 'signData')])
    expect(refused.failed).toMatchObject({ errCode: -15006, errMsg: 'requestVirtualPayment:fail pay_sig error' })
    expect(await steps.asked()).toContainEqual(['sell', { mode: 'short_series_goods', signData: '{}', paySig: 'p', signature: 's' }])
    proves('wx_api', 'requestVirtualPayment')
  })

  test('a payment reaches the host as the page’s server signed it', async () => {
    const [paid, wrongly] = await steps.run('pays')
    expect([paid.errMsg, wrongly.failed.errMsg]).toEqual(['requestPayment:ok', wrong('requestPayment', 'nonceStr')])
    expect(await steps.asked()).toContainEqual(['pay', { timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's' }])
    proves('wx_api', 'requestPayment')
  })

  test('other programs and accounts are opened with what is sent along, and the way back too', async () => {
    const said = await steps.run('leaves')
    expect(said.map((one: any) => one.errMsg ?? one.failed.errMsg)).toEqual(['navigateToMiniProgram:ok', 'openEmbeddedMiniProgram:ok', 'navigateToMiniProgram:fail invalid appid', 'navigateBackMiniProgram:ok', 'restartMiniProgram:ok', 'openOfficialAccountProfile:ok', 'openOfficialAccountChat:ok', 'openOfficialAccountArticle:ok', 'exitMiniProgram:ok'])
    expect(await steps.asked()).toEqual(expect.arrayContaining([
      ['navigateToProgram', { appId: 'wx2', path: 'p/p?a=1', extraData: { cup: 2 }, envVersion: 'trial', embedded: false }],
      ['navigateToProgram', { appId: 'wx3', path: '', extraData: {}, envVersion: 'release', embedded: true }],
      ['navigateBackProgram', { paid: true }],
      ['restart', 'p/p'],
      ['openAccount', 'gh_1', 'profile'],
      ['openAccount', 'gh_1', 'chat'],
      ['openArticle', 'https://mp.weixin.qq.com/s/a1'],
      ['exit'],
    ]))
    proves('wx_api', 'navigateToMiniProgram', 'openEmbeddedMiniProgram', 'navigateBackMiniProgram', 'restartMiniProgram', 'openOfficialAccountProfile', 'openOfficialAccountChat', 'openOfficialAccountArticle', 'exitMiniProgram')
  })

  test('the share menu is what the program wants, and a card, a picture and a file are sent', async () => {
    const said = await steps.run('menus')
    expect(said.map((one: any) => one.errMsg ?? one.failed.errMsg)).toEqual(['showShareMenu:ok', 'updateShareMenu:ok', 'hideShareMenu:ok', 'showShareMenu:fail parameter error: parameter.menus should be Array instead of String;'])
    const files = await steps.run('sends')
    expect(files.map((one: any) => (one.errMsg ?? one.failed.errMsg).split(' ')[0])).toEqual(['showShareImageMenu:ok', 'shareFileMessage:ok', 'shareVideoMessage:ok', 'shareFileMessage:fail', 'showShareImageMenu:fail', 'shareVideoMessage:fail'])
    await steps.running.frame.locator('wx-button#shares').click()
    await expect.poll(async () => (await steps.asked()).filter(([name]) => name === 'share')).toEqual([['share', { title: 'shared button', path: '/p/p?x=1', imageUrl: '' }]])
    expect(await steps.asked()).toEqual(expect.arrayContaining([
      ['shareMenu', { shown: true, menus: ['shareAppMessage', 'shareTimeline'], withShareTicket: true }],
      ['shareMenu', { withShareTicket: true, isPrivateMessage: false }],
      ['shareMenu', { shown: false, menus: ['shareTimeline'] }],
      ['shareFile', 'IMAGE', expect.stringMatching(/\.png$/), true],
      ['shareFile', 'FILE', 'menu.png', true],
      ['shareFile', 'VIDEO', expect.any(String), true],
    ]))
    proves('wx_api', 'showShareMenu', 'updateShareMenu', 'hideShareMenu', 'showShareImageMenu', 'shareFileMessage', 'shareVideoMessage')
  })

  test('what was fetched ahead is heard and kept, and so is the token it is fetched with', async () => {
    const [none, long, wrongly, set, got] = await steps.run('token')
    expect([none.failed.errMsg, long.failed.errMsg, wrongly.failed.errMsg]).toEqual(['getBackgroundFetchToken:fail no token', 'setBackgroundFetchToken:fail token length exceeds 1024', wrong('setBackgroundFetchToken', 'token')])
    expect([set.errMsg, got]).toEqual(['setBackgroundFetchToken:ok', { token: 't1', errMsg: 'getBackgroundFetchToken:ok' }])
    await expect.poll(() => steps.running.host('seen.kept.fetchToken')).toBe('t1')
    expect((await steps.run('waits')).failed.errMsg).toBe('getBackgroundFetchData:fail no data')
    const data = { fetchType: 'pre', fetchedData: '{"a":1}', path: 'p/p', query: 'a=1', scene: 1001, timeStamp: 5 }
    await steps.running.host(`program.tellFetched(${JSON.stringify(data)})`)
    const [heard, kept, other] = await steps.run('fetched')
    expect([heard, kept, other.failed.errMsg]).toEqual([[['fetched', data]], { ...data, errMsg: 'getBackgroundFetchData:ok' }, 'getBackgroundFetchData:fail no data'])
    proves('wx_api', 'setBackgroundFetchToken', 'getBackgroundFetchToken', 'onBackgroundFetchData', 'getBackgroundFetchData')
  })

  test('a page says what a link to it carries, while it listens', async () => {
    const copy = (): Promise<unknown> => steps.running.host('program.copyLink()')
    expect(await copy()).toMatchObject({ path: 'p/p', query: '', title: '' })
    await steps.run('links')
    expect(await copy()).toMatchObject({ path: 'p/p', query: 'from=link', title: '茶' })
    await steps.run('unlinks')
    expect(await copy()).toMatchObject({ query: 'from=first', title: '' })
    await steps.run('linksNothing')
    expect(await copy()).toMatchObject({ query: '' })
    proves('wx_api', 'onCopyUrl', 'offCopyUrl')
  })

  test('the group of a card comes sealed', async () => {
    const [info, none, entered] = await steps.run('group')
    expect([info, none.failed.errMsg, entered]).toEqual([{ encryptedData: 'sealed', iv: 'iv', errMsg: 'getShareInfo:ok' }, wrong('getShareInfo', 'shareTicket'), { encryptedData: 'group', iv: 'iv', errMsg: 'getGroupEnterInfo:ok' }])
    expect(await steps.asked()).toContainEqual(['shareInfo', 'st1'])
    proves('wx_api', 'getShareInfo', 'getGroupEnterInfo')
  })

  test('what no browser can do fails in the published words, and canIUse says no beforehand', async () => {
    const said = await steps.run('refused')
    expect(said).toMatchObject({
      startWifi: ['startWifi:fail system not support', false],
      openBluetoothAdapter: ['openBluetoothAdapter:fail not available', false],
      createBLEConnection: ['createBLEConnection:fail not init', false],
      startHCE: ['startHCE:fail the device does not support NFC', false],
      getWeRunData: ['getWeRunData:fail device not support', false],
    })
    for (const [name, [failure, can]] of Object.entries(said as Record<string, [string, boolean]>)) expect([failure.startsWith(`${name}:fail`), can]).toEqual([true, false])
  })
})
