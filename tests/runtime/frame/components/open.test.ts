/** What is the platform's: the linked account, open data. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser } from '../harness'
import { looks, open } from './table'

looks(
  'open data',
  [
    { row: 'open-data.type', wxml: '<open-data ID lang="zh_CN" type="{{v}}"/>', from: 'userNickName', to: 'userCity', look: (dom) => dom.innerText, seen: ['用户', ''] },
    { row: 'open-data.lang', wxml: '<open-data ID type="userNickName" lang="{{v}}"/>', from: 'en', to: 'zh_TW', look: (dom) => dom.innerText, seen: ['User', '用戶'] },
    { row: 'open-data.default-text', wxml: '<open-data ID type="userCity" default-text="{{v}}"/>', from: 'somewhere', to: 'elsewhere', look: (dom) => dom.innerText, seen: ['somewhere', 'elsewhere'] },
    { row: 'open-data.default-avatar', wxml: '<open-data ID type="userAvatarUrl" default-avatar="{{v}}"/>', from: '', to: '/a.svg', look: (dom) => dom.querySelector('img').hasAttribute('src'), seen: [false, true] },
  ],
  { files: { 'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' } },
)

describe.skipIf(!hasBrowser)('the platform’s own', () => {
  test('the linked account is shown once in a page, and followed at a press', async () => {
    const wxml = '<official-account bindload="got" binderror="got"/><official-account bindload="got" binderror="got"/>'
    const page = 'got(e) { note(e.type, e.detail.status, e.detail.errMsg) }'
    const running = await open(wxml, page, {}, { services: { linkedAccount: 'async () => ({ name: "Tea", avatar: "data:,", description: "fresh", followed: false })', followLinkedAccount: 'async () => { seen.calls.push("follow") }' } })
    await expect.poll(() => [...running.notes].sort()).toEqual(['error 7 only one official-account in a page', 'load 0 ok'])
    const card = running.frame.locator('wx-official-account').first()
    expect(await card.locator('div').innerText()).toContain('Tea')
    await card.locator('button').click()
    await expect.poll(() => card.locator('button').innerText()).toBe('已关注')
    expect(await running.host('seen.calls')).toEqual(['follow'])
    const without = await open(wxml, page)
    await expect.poll(() => without.notes).toContain('error 4 no official account is linked')
    proves('components', 'official-account.bindload', 'official-account.binderror', 'official-account.status', 'official-account.errMsg')
  })

  test('a group’s name does not enter the frame', async () => {
    const running = await open('<open-data type="groupName" open-gid="{{gid}}" binderror="got"/><view id="gid" bindtap="gid">g</view>', 'data: { gid: "" }, got(e) { note(e.detail.errMsg) }, gid() { this.setData({ gid: "G1" }) }')
    await running.frame.locator('#gid').click()
    await expect.poll(() => [...running.notes]).toEqual(['the name of a group cannot be shown'])
    proves('components', 'open-data.open-gid', 'open-data.binderror')
  })
})
