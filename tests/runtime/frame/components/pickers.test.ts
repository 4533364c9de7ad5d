/** Pickers of every mode, and picker views in the page. */

import { describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { hasBrowser, type Running } from '../harness'
import { open } from './table'

/** What each column of the open sheet has, and where it stands. */
const columns = (running: Running): Promise<[first: string, last: string, chosen: string][]> =>
  running.frame.evaluate(`[...document.querySelectorAll('.h-sheet-column')].map((one) => [one.firstElementChild?.textContent, one.lastElementChild?.textContent, one.querySelector('[aria-selected]')?.textContent])`)
const sheet = async (running: Running, id: string): Promise<void> => {
  await running.frame.locator(`#${id}`).click()
  await running.frame.locator('.h-sheet-column').first().waitFor()
}
const turn = async (running: Running, column: number, text: string): Promise<void> => {
  await running.frame.locator('.h-sheet-column').nth(column).getByText(text, { exact: true }).click()
  await expect.poll(async () => (await columns(running))[column]![2]).toBe(text)
}
const confirm = (running: Running): Promise<void> => running.frame.locator('.h-confirm').click()
const take = (running: Running): string[] => running.notes.splice(0)

describe.skipIf(!hasBrowser)('pickers', () => {
  test('one of a list, several lists, and the words above them', async () => {
    const running = await open(
      `<picker id="one" header-text="Fruit" range="{{list}}" range-key="{{key}}" value="{{at}}" disabled="{{shut}}" bindchange="got" bindcancel="got"><view>one</view></picker>
       <picker id="many" mode="multiSelector" range="{{lists}}" range-key="{{key}}" value="{{ats}}" bindchange="got" bindcolumnchange="column"><view>many</view></picker><view id="turn" bindtap="turn">turn</view><view id="shut" bindtap="shut">s</view>`,
      `data: { list: [{ a: 'pear', b: 'plum' }, { a: 'fig', b: 'nut' }], key: 'a', at: 0, lists: [[{ a: 'x', b: 'X' }, { a: 'y', b: 'Y' }], [{ a: 'm' , b: 'M' }]], ats: [1, 0], shut: false },
       got(e) { note(e.type, e.detail) }, column(e) { note(e.type, e.detail); if (e.detail.column === 0 && e.detail.value === 0) this.setData({ 'lists[1]': [{ a: 'm' }, { a: 'n' }] }) }, turn() { this.setData({ key: 'b', at: 1, ats: [0, 0] }) }, shut() { this.setData({ shut: true }) }`,
    )
    await sheet(running, 'one')
    expect(await running.frame.locator('.h-sheet-bar b').innerText()).toBe('Fruit')
    expect(await columns(running)).toEqual([['pear', 'fig', 'pear']])
    await turn(running, 0, 'fig')
    await confirm(running)
    await sheet(running, 'one')
    await running.frame.locator('.h-cancel').click()
    await expect.poll(() => [...running.notes]).toEqual(['change {"value":"1"}', 'cancel {}'])
    take(running)
    await sheet(running, 'many')
    expect(await columns(running)).toEqual([['x', 'y', 'y'], ['m', 'm', 'm']])
    await turn(running, 0, 'x')
    await expect.poll(() => columns(running)).toEqual([['x', 'y', 'x'], ['m', 'n', 'm']])
    await confirm(running)
    await expect.poll(() => [...running.notes]).toEqual(['columnchange {"column":0,"value":0}', 'change {"value":[0,0]}'])
    take(running)
    await running.frame.locator('#turn').click()
    await sheet(running, 'one')
    expect(await columns(running)).toEqual([['plum', 'nut', 'nut']])
    await running.page.keyboard.press('ArrowUp')
    await expect.poll(async () => (await columns(running))[0]![2]).toBe('plum')
    await running.page.keyboard.press('Escape')
    await sheet(running, 'many')
    expect((await columns(running))[0]).toEqual(['X', 'Y', 'X'])
    await running.frame.locator('.h-sheet-shade').click({ position: { x: 5, y: 5 } })
    await running.frame.locator('#shut').click()
    await running.frame.locator('#one').click({ force: true })
    expect(await running.frame.locator('.h-sheet').count()).toBe(0)
    proves('components', 'picker.bindcancel', 'picker.bindcolumnchange', 'picker.disabled', 'picker.header-text', 'picker.range', 'picker.range-key')
  })

  test('times and dates between the first and the last', async () => {
    const running = await open(
      `<picker id="time" mode="time" value="{{time}}" start="09:30" end="18:15" bindchange="got"><view>t</view></picker>
       <picker id="date" mode="date" value="{{date}}" start="2024-02-10" end="{{end}}" fields="{{fields}}" bindchange="got"><view>d</view></picker><view id="set" bindtap="set">set</view>`,
      `data: { time: '09:45', date: '2024-02-29', end: '2026-11-05', fields: 'day' }, got(e) { note(e.detail.value) }, set() { const next = { day: 'month', month: 'year' }[this.data.fields]; this.setData({ fields: next, time: '18:10', date: '2025-06-01', end: '2025-12-31' }) }`,
    )
    await sheet(running, 'time')
    expect(await columns(running)).toEqual([['09', '18', '09'], ['30', '59', '45']])
    await turn(running, 0, '18')
    expect((await columns(running))[1]).toEqual(['00', '15', '00'])
    await confirm(running)
    await sheet(running, 'date')
    expect(await columns(running)).toEqual([['2024', '2026', '2024'], ['02', '12', '02'], ['10', '29', '29']])
    await turn(running, 0, '2026')
    expect((await columns(running)).slice(1)).toEqual([['01', '11', '02'], ['01', '28', '28']])
    await confirm(running)
    await expect.poll(() => [...running.notes]).toEqual(['18:00', '2026-02-28'])
    take(running)
    await running.frame.locator('#set').click()
    await sheet(running, 'time')
    expect(await columns(running)).toEqual([['09', '18', '18'], ['00', '15', '10']])
    await running.page.keyboard.press('Escape')
    await sheet(running, 'date')
    expect(await columns(running)).toEqual([['2024', '2025', '2025'], ['01', '12', '06']])
    await confirm(running)
    await running.frame.locator('#set').click()
    await sheet(running, 'date')
    expect(await columns(running)).toEqual([['2024', '2025', '2025']])
    await confirm(running)
    await expect.poll(() => [...running.notes]).toEqual(['2025-06', '2025'])
    take(running)
    proves('components', 'picker.start', 'picker.end', 'picker.fields')
  })

  test('regions by level, with an entry of the program’s for all of them', async () => {
    const running = await open(
      `<picker id="region" mode="region" value="{{value}}" custom-item="{{all}}" level="{{level}}" bindchange="got"><view>r</view></picker><view id="set" bindtap="set">set</view>`,
      `data: { value: ['广东省', '广州市', '海珠区'], all: '', level: 'region' }, got(e) { note(e.detail) }, set() { if (this.data.all) this.setData({ all: '', level: 'sub-district', value: ['北京市', '北京市', '东城区', '景山街道'] }); else this.setData({ all: '全部', level: 'city', value: ['四川省', '成都市'] }) }`,
    )
    await sheet(running, 'region')
    expect((await columns(running)).map((one) => one[2])).toEqual(['广东省', '广州市', '海珠区'])
    await turn(running, 1, '深圳市')
    await turn(running, 2, '南山区')
    await confirm(running)
    await expect.poll(() => [...running.notes]).toEqual(['{"value":["广东省","深圳市","南山区"],"code":["440000","440300","440305"]}'])
    take(running)
    await running.frame.locator('#set').click()
    await sheet(running, 'region')
    expect(await columns(running)).toEqual([['全部', '澳门特别行政区', '四川省'], ['全部', '凉山彝族自治州', '成都市']])
    await turn(running, 0, '全部')
    await confirm(running)
    await expect.poll(() => [...running.notes]).toEqual(['{"value":["全部","全部"],"code":["",""]}'])
    take(running)
    await running.frame.locator('#set').click()
    await sheet(running, 'region')
    await expect.poll(async () => (await columns(running)).map((one) => one[2])).toEqual(['北京市', '北京市', '东城区', '景山街道'])
    proves('components', 'picker.custom-item', 'picker.level', 'picker.bindchange', 'picker.value', 'picker.mode')
  })

  test('a picker view tells when it begins to turn, what it came to, and when it rests', async () => {
    const view = (id: string, more: string): string => `<picker-view id="${id}" style="height:102px" bindchange="got" bindpickstart="got" bindpickend="got" ${more}><picker-view-column><view wx:for="{{20}}" wx:key="*this">${id}{{item}}</view></picker-view-column></picker-view>`
    const running = await open(view('a', '') + view('b', 'immediate-change'), 'got(e) { note(e.currentTarget.id, e.type, e.detail) }', {}, { touch: true })
    await running.frame.locator('#a').getByText('a1', { exact: true }).click()
    await expect.poll(() => running.notes.length).toBe(3)
    expect(take(running)).toEqual(['a pickstart {}', 'a change {"value":[1]}', 'a pickend {}'])
    // The finger lifts while the column still turns: only the impatient one tells at once.
    const lift = (id: string): Promise<unknown> => running.frame.evaluate(`(() => {
      const scroller = document.querySelector('#${id} wx-picker-view-column').shadowRoot.querySelector('.s')
      scroller.dispatchEvent(new Event('touchstart'))
      scroller.scrollTo({ top: 102, behavior: 'instant' })
      scroller.dispatchEvent(new Event('touchend'))
    })()`)
    await lift('b')
    await expect.poll(() => running.notes.length).toBe(3)
    expect(take(running)).toEqual(['b change {"value":[3]}', 'b pickstart {}', 'b pickend {}'])
    await lift('a')
    await expect.poll(() => running.notes.length).toBe(3)
    expect(take(running)).toEqual(['a pickstart {}', 'a change {"value":[3]}', 'a pickend {}'])
    proves('components', 'picker-view.bindchange', 'picker-view.bindpickstart', 'picker-view.bindpickend', 'picker-view.immediate-change')
  })
})
