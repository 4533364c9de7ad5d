/** Buttons, forms, labels and choices: what is fired when a person touches them. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser } from '../harness'
import { open } from './table'

describe.skipIf(!hasBrowser)('buttons and forms', () => {
  test('each open type asks the host and brings its answer back', async () => {
    const types: Record<string, [event: string, more?: string]> = {
      contact: ['contact', 'session-from="s1" send-message-title="t1" send-message-path="/p1" send-message-img="/i1" show-message-card'],
      getPhoneNumber: ['getphonenumber'],
      getRealtimePhoneNumber: ['getrealtimephonenumber'],
      getUserInfo: ['getuserinfo', 'lang="zh_TW"'],
      launchApp: ['error', 'app-parameter="ap"'],
      openSetting: ['opensetting'],
      feedback: ['feedback'],
      chooseAvatar: ['chooseavatar'],
      agreePrivacyAuthorization: ['agreeprivacyauthorization'],
      liveActivity: ['createliveactivity'],
    }
    const running = await open(
      Object.entries(types).map(([type, [event, more = '']]) => `<button id="${type}" open-type="${type}" bind${event}="got" ${more}>x</button>`).join('') +
        '<button id="app" open-type="launchApp" app-parameter="ok" bindlaunchapp="got" binderror="got">x</button><button id="share" open-type="share" data-n="5">x</button><button id="shut" disabled open-type="openSetting" bindopensetting="got" bindtap="got">x</button><button id="plain" lang="en" open-type="getUserInfo" bindgetuserinfo="got">x</button>',
      'got(e) { note(e.type, e.detail.errMsg || "", e.detail.code || e.detail.avatarUrl || e.detail.path || "") }, onShareAppMessage(o) { note(o.from, o.target.dataset.n); return { title: "T" } }',
      {},
      {
        services: {
          openContact: 'async (o) => { seen.calls.push(["contact", o]); return { path: "/back" } }',
          phoneNumber: 'async (realtime) => { seen.calls.push(["phone", realtime]); return { code: "c-" + realtime } }',
          userProfile: 'async (p, lang) => { seen.calls.push(["user", lang]); return { userInfo: { nickName: "Ann" } } }',
          grants: 'async () => ({ "scope.userInfo": true })',
          launchApp: 'async (p) => { seen.calls.push(["app", p]); if (p === "ap") throw { errMsg: "invalid scene" } }',
          openSetting: 'async () => ({})',
          openFeedback: 'async () => { seen.calls.push(["feedback"]) }',
          chooseAvatar: 'async () => ({ body: new ArrayBuffer(3), type: "image/png" })',
          liveActivity: 'async () => ({ code: "live" })',
        },
      },
    )
    for (const id of [...Object.keys(types), 'app', 'share', 'shut', 'plain']) await running.frame.locator(`#${id}`).click({ force: true })
    await expect.poll(() => running.notes.length).toBe(13)
    const notes = running.notes.map((one) => one.replace(/wxfile:\S+|http:\/\/tmp\S+/, 'FILE')).sort()
    expect(notes).toEqual(
      [
        'contact contact:ok /back',
        'getphonenumber getPhoneNumber:ok c-false',
        'getrealtimephonenumber getRealtimePhoneNumber:ok c-true',
        'getuserinfo getUserInfo:ok ',
        'getuserinfo getUserInfo:ok ',
        'error launchApp:fail invalid scene ',
        'launchapp launchApp:ok ',
        'opensetting openSetting:ok ',
        'feedback feedback:ok ',
        'chooseavatar  FILE',
        'agreeprivacyauthorization agreePrivacyAuthorization:ok ',
        'createliveactivity liveActivity:ok live',
        'button 5',
      ].sort(),
    )
    const calls = await running.host<unknown[][]>('seen.calls')
    expect(calls.filter(([name]) => name !== 'share')).toEqual([
      ['contact', { sessionFrom: 's1', title: 't1', path: '/p1', imageUrl: '/i1', showMessageCard: true }],
      ['phone', false],
      ['phone', true],
      ['user', 'zh_TW'],
      ['app', 'ap'],
      ['feedback'],
      ['app', 'ok'],
      ['user', 'en'],
    ])
    expect(calls.some(([name]) => name === 'share')).toBe(true)
    proves('components', 'button.open-type', 'button.bindcontact', 'button.session-from', 'button.send-message-title', 'button.send-message-path', 'button.send-message-img', 'button.show-message-card', 'button.bindgetphonenumber', 'button.bindgetrealtimephonenumber', 'button.bindgetuserinfo', 'button.lang', 'button.binderror', 'button.bindlaunchapp', 'button.app-parameter', 'button.bindopensetting', 'button.bindchooseavatar', 'button.bindagreeprivacyauthorization', 'button.createliveactivity', 'button.disabled')
  })

  test('a phone number that the program has none left of is said in a toast, unless the button says not to', async () => {
    const running = await open(
      '<button id="loud" open-type="getPhoneNumber" bindgetphonenumber="got">x</button><button id="still" open-type="getPhoneNumber" phone-number-no-quota-toast="{{false}}" bindgetphonenumber="got">x</button>',
      'got(e) { note(e.detail.errno) }',
      {},
      { services: { phoneNumber: 'async () => { throw { errMsg: "no quota", errno: 1400001 } }' } },
    )
    await running.frame.locator('#still').click()
    await expect.poll(() => running.notes).toEqual(['1400001'])
    expect(await running.frame.locator('.h-toast').count()).toBe(0)
    await running.frame.locator('#loud').click()
    await running.frame.locator('.h-toast').waitFor()
    proves('components', 'button.phone-number-no-quota-toast')
  })

  test('a pressed button looks pressed, as soon and as long as it says, and keeps it from what is around it', async () => {
    const running = await open(
      '<view id="around" hover-class="hov" hover-start-time="{{0}}"><button id="quick" hover-class="hov" hover-start-time="{{0}}" hover-stay-time="{{0}}">q</button><button id="slow" hover-class="other" hover-start-time="{{400}}" hover-stay-time="{{400}}">s</button><button id="stop" hover-stop-propagation hover-start-time="{{0}}">t</button></view>',
      '',
      { 'p/p.wxss': '.hov{color:rgb(1,2,3)}.other{color:rgb(3,2,1)}' },
    )
    // When the class came and went, from the moment of the press and of the release.
    await running.frame.evaluate(`
      window.times = {}
      let down = 0, up = 0
      document.addEventListener('mousedown', (e) => (down = e.timeStamp), true)
      document.addEventListener('mouseup', (e) => (up = e.timeStamp), true)
      for (const id of ['quick', 'slow']) new MutationObserver(() => {
        const on = /hov|other/.test(document.getElementById(id).className)
        times[id] = on ? { on: performance.now() - down } : { ...times[id], off: performance.now() - up }
      }).observe(document.getElementById(id), { attributeFilter: ['class'] })`)
    const color = (id: string): Promise<string> => running.frame.locator(`#${id}`).evaluate((dom) => getComputedStyle(dom).color)
    const press = async (id: string, check: () => Promise<void>): Promise<void> => {
      await running.frame.locator(`#${id}`).hover()
      await running.page.mouse.down()
      await check()
      await running.page.mouse.up()
    }
    await press('quick', async () => {
      await expect.poll(() => color('quick')).toBe('rgb(1, 2, 3)')
      await expect.poll(() => color('around')).toBe('rgb(1, 2, 3)')
    })
    await press('slow', () => expect.poll(() => color('slow')).toBe('rgb(3, 2, 1)'))
    const times = (): Promise<Record<string, { on: number; off?: number }>> => running.frame.evaluate('times')
    await expect.poll(async () => (await times()).slow?.off).toBeGreaterThan(390)
    const { quick, slow } = await times()
    expect(slow!.on).toBeGreaterThan(390)
    expect(quick!.on).toBeLessThan(slow!.on)
    expect(quick!.off).toBeLessThan(slow!.off!)
    await press('stop', async () => {
      await expect.poll(() => running.frame.locator('#stop').getAttribute('class')).toContain('button-hover')
      expect(await color('around')).not.toBe('rgb(1, 2, 3)')
    })
    proves('components', 'button.hover-class', 'button.hover-start-time', 'button.hover-stay-time', 'button.hover-stop-propagation')
  })

  test('a form is sent and taken back by its buttons, with a name of the submission where it asks for one', async () => {
    const running = await open(
      `<form id="f" report-submit="{{report}}" report-submit-timeout="{{timeout}}" bindsubmit="sent" bindreset="back">
        <input name="i" value="a"/><textarea name="t" value="b"/><switch name="s" checked/><slider name="n" value="{{7}}"/><picker name="p" range="{{[1,2]}}" value="{{1}}"><view>p</view></picker>
        <checkbox-group name="c" bindchange="some"><checkbox id="x" value="x">x</checkbox><checkbox id="y" value="y" checked disabled="{{shut}}">y</checkbox></checkbox-group>
        <radio-group name="r" bindchange="one"><radio id="r1" value="1">1</radio><radio id="r2" value="2" disabled="{{shut}}">2</radio></radio-group><input value="no name"/>
        <button id="send" form-type="submit" data-k="v">s</button><button id="reset" form-type="reset">r</button><button id="none">n</button>
      </form>
      <switch id="sw" bindchange="sw"/><switch id="dead" disabled="{{shut}}" bindchange="sw"/><slider id="sl" min="{{0}}" max="{{10}}" step="{{step}}" disabled="{{shut}}" bindchanging="moving" bindchange="moved"/><view id="set" bindtap="set">set</view>`,
      `data: { report: false, timeout: 0, shut: true, step: 5 }, sent(e) { note('sent', e.detail.value, e.detail.formId.length === 32 ? 'id' : e.detail.formId, e.detail.target.dataset) }, back() { note('reset') }, some(e) { note('some', e.detail.value) }, one(e) { note('one', e.detail.value) }, sw(e) { note('switch', e.detail.value) }, moving(e) { note('moving', e.detail.value) }, moved(e) { note('moved', e.detail.value) },
       set() { this.setData({ report: true, timeout: this.data.report ? 100 : 0, shut: false }) }`,
    )
    const click = (id: string): Promise<void> => running.frame.locator(`#${id}`).click({ force: true })
    const notes = (): Promise<string[]> => Promise.resolve(running.notes.splice(0))
    for (const id of ['x', 'y', 'r1', 'r2', 'send', 'none', 'sw', 'dead']) await click(id)
    await expect.poll(() => running.notes.length).toBe(4)
    expect(await notes()).toEqual(['some ["x","y"]', 'one 1', 'sent {"i":"a","t":"b","s":true,"n":7,"p":1,"c":["x","y"],"r":"1"}  {"k":"v"}', 'switch true'])
    proves('components', 'form.bindsubmit', 'form.name', 'button.form-type', 'checkbox-group.bindchange', 'checkbox.value', 'radio-group.bindchange', 'radio.value', 'switch.bindchange')

    const range = running.frame.locator('#sl input')
    expect(await range.isDisabled()).toBe(true)
    await click('set')
    for (const id of ['y', 'r2', 'dead', 'send', 'reset', 'send']) await click(id)
    await expect.poll(() => running.notes.length).toBe(6)
    const [first, second, third, sent, reset, empty] = await notes()
    expect([first, second, third, reset]).toEqual(['some ["x"]', 'one 2', 'switch true', 'reset'])
    expect(sent).toContain('} id {')
    expect(empty).toContain('{"i":"","t":"","s":false,"n":0,"p":1,"c":[],"r":""} id')
    proves('components', 'checkbox.disabled', 'radio.disabled', 'switch.disabled', 'form.bindreset', 'form.report-submit')
    await click('set')
    await click('send')
    await expect.poll(() => running.notes.at(-1)).toContain('requestFormId:fail')
    proves('components', 'form.report-submit-timeout')

    await range.focus()
    await running.page.keyboard.press('ArrowRight')
    await expect.poll(() => running.notes.slice(-2)).toEqual(['moving 5', 'moved 5'])
    proves('components', 'slider.bindchange', 'slider.bindchanging', 'slider.disabled', 'slider.step')
    expect(running.errors).toEqual([])
  })

  test('words of a form go to a group, with the way in or without', async () => {
    const running = await open(
      '<form bindsubmitToGroup="sent"><textarea name="t" value="hello"/><button id="with" form-type="submitToGroup" entrance-path="/q/q">w</button><button id="without" form-type="submitToGroup" need-show-entrance="{{false}}" entrance-path="/q/q">o</button></form>',
      'sent(e) { note(e.detail.errMsg, e.detail.value) }',
      {},
      { services: { shareText: 'async (words) => { seen.calls.push(words) }' } },
    )
    await running.frame.locator('#with').click()
    await running.frame.locator('#without').click()
    await expect.poll(() => running.notes).toEqual(['submitToGroup:ok {"t":"hello"}', 'submitToGroup:ok {"t":"hello"}'])
    expect(await running.host('seen.calls')).toEqual([{ text: 'hello', entrance: '/q/q' }, { text: 'hello' }])
    proves('components', 'form.bindsubmitToGroup', 'button.need-show-entrance', 'button.entrance-path')
  })

  test('a label switches what is in it, or what it is for', async () => {
    const running = await open('<label id="in"><checkbox id="a" value="a"/><view id="word">word</view></label><label id="l" for="{{to}}">for</label><checkbox id="b" value="b"/><input id="c"/><view id="turn" bindtap="turn">t</view>', 'data: { to: "b" }, turn() { this.setData({ to: "c" }) }')
    const on = (id: string): Promise<string | null> => running.frame.locator(`#${id}`).getAttribute('aria-checked')
    await running.frame.locator('#word').click()
    expect(await on('a')).toBe('true')
    await running.frame.locator('#l').click()
    expect(await on('b')).toBe('true')
    await running.frame.locator('#turn').click()
    await running.frame.locator('#l').click()
    await expect.poll(() => running.frame.locator('#c input').evaluate((dom) => dom === document.activeElement)).toBe(true)
    expect(await on('b')).toBe('true')
    proves('components', 'label.for')
  })

  test('choices answer to the keyboard', async () => {
    const running = await open('<radio-group bindchange="got"><radio id="one" value="1">1</radio><radio value="2">2</radio></radio-group><switch id="s" bindchange="got"/>', 'got(e) { note(e.detail.value) }')
    await running.frame.locator('#one').focus()
    await running.page.keyboard.press(' ')
    await running.page.keyboard.press('ArrowDown')
    await running.frame.locator('#s').focus()
    await running.page.keyboard.press('Enter')
    await expect.poll(() => running.notes).toEqual(['1', '2', 'true'])
  })
})
