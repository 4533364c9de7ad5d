/** View, text, icon, progress, rich text, pictures and covers: every attribute changes what is seen. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { type Change, changes, Stage } from './stage'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const icon = (attribute: string, a: unknown, b: unknown, look: Change['look'], sees: [unknown, unknown]): Change => ({ rows: [`icon.${attribute}`], wxml: `<icon ${attribute === 'type' ? '' : 'type="success"'} @/>`, attribute, values: [a, b], look, sees })
const progress = (attribute: string, a: unknown, b: unknown, look: Change['look'], sees: [unknown, unknown], more = 'percent="40" show-info'): Change => ({ rows: [`progress.${attribute}`], wxml: `<progress ${more} @/>`, attribute, values: [a, b], look, sees })
const picture = (mode: string, width: number, height: number, fit: string): [string, string] => [mode, `${width}x${height} ${fit}`]

describe.skipIf(!hasBrowser)('the basic elements', () => {
  test('text, icon, progress and rich text show what each of their attributes says', async () => {
    await changes(harness, [
      icon('type', 'success', 'waiting', (dom) => getComputedStyle(dom.querySelector('svg')!).fill, ['rgb(7, 193, 96)', 'rgb(16, 174, 255)']),
      icon('size', undefined, '40', (dom) => dom.querySelector('svg')!.getBoundingClientRect().width, [23, 40]),
      icon('color', undefined, 'red', (dom) => getComputedStyle(dom.querySelector('svg')!).fill, ['rgb(7, 193, 96)', 'rgb(255, 0, 0)']),
      progress('percent', 20, 60, (dom) => [dom.querySelector('div > div')!.clientWidth / dom.querySelector('div')!.clientWidth, dom.getAttribute('aria-valuenow'), dom.innerText], [[0.2, '20', '20%'], [0.6, '60', '60%']], 'show-info style="width:345px"'),
      progress('show-info', false, true, (dom) => dom.innerText, ['', '40%'], 'percent="40"'),
      progress('border-radius', undefined, '5', (dom) => getComputedStyle(dom.querySelector('div')!).borderRadius, ['0px', '5px']),
      progress('font-size', undefined, 20, (dom) => getComputedStyle(dom.querySelector('span')!).fontSize, ['16px', '20px']),
      progress('stroke-width', undefined, '12', (dom) => dom.querySelector('div')!.clientHeight, [6, 12]),
      progress('color', undefined, 'blue', (dom) => getComputedStyle(dom.querySelector('div > div')!).backgroundColor, ['rgb(9, 187, 7)', 'rgb(0, 0, 255)']),
      progress('activeColor', undefined, 'blue', (dom) => getComputedStyle(dom.querySelector('div > div')!).backgroundColor, ['rgb(9, 187, 7)', 'rgb(0, 0, 255)']),
      progress('backgroundColor', undefined, 'blue', (dom) => getComputedStyle(dom.querySelector('div')!).backgroundColor, ['rgb(235, 235, 235)', 'rgb(0, 0, 255)']),
      { rows: ['text.space'], wxml: '<text @>a b</text>', attribute: 'space', values: [null, 'emsp'], look: (dom) => dom.innerText, sees: ['a b', 'a\u2003b'] },
      { rows: [], wxml: '<text @>a b</text>', attribute: 'space', values: ['ensp', 'nbsp'], look: (dom) => dom.innerText, sees: ['a\u2002b', 'a\u00a0b'] },
      { rows: ['text.decode'], wxml: '<text @>{{"&lt;b&gt;&amp;&nbsp;"}}</text>', attribute: 'decode', values: [false, true], look: (dom) => dom.textContent, sees: ['&lt;b&gt;&amp;&nbsp;', '<b>&\u00a0'] },
      { rows: ['text.selectable'], wxml: '<text @>a</text>', attribute: 'selectable', values: [false, true], look: (dom) => [getComputedStyle(dom).userSelect, getComputedStyle(dom).display], sees: [['none', 'inline'], ['text', 'inline']] },
      { rows: ['text.user-select'], wxml: '<text @>a</text>', attribute: 'user-select', values: [false, true], look: (dom) => [getComputedStyle(dom).userSelect, getComputedStyle(dom).display], sees: [['none', 'inline'], ['text', 'inline-block']] },
      { rows: ['text.max-lines'], wxml: '<text style="width:100px;line-height:20px" overflow="ellipsis" @>一二三四五六七八九十一二三四五六七八九十</text>', attribute: 'max-lines', values: [1, 2], look: (dom) => dom.offsetHeight, sees: [20, 40] },
      { rows: ['text.overflow'], wxml: '<text style="display:block;width:30px;white-space:nowrap" @>一二三四五六七八九十</text>', attribute: 'overflow', values: ['visible', 'clip'], look: (dom) => getComputedStyle(dom).overflow, sees: ['visible', 'hidden'] },
      { rows: ['rich-text.nodes'], wxml: '<rich-text @/>', attribute: 'nodes', values: ['<b onclick=x()>a&lt;</b><script>1</script>', [{ name: 'i', children: [{ type: 'text', text: 'b&lt;' }] }]], look: (dom) => dom.innerHTML, sees: ['<b>a&lt;</b>', '<i>b&lt;</i>'] },
      { rows: ['rich-text.name'], wxml: '<rich-text @/>', attribute: 'nodes', values: [[{ name: 'em' }], [{ name: 'hr' }]], look: (dom) => dom.innerHTML, sees: ['<em></em>', '<hr>'] },
      { rows: ['rich-text.attrs'], wxml: '<rich-text @/>', attribute: 'nodes', values: [[{ name: 'td', attrs: { colspan: 2, class: 'in', style: 'color:red', onclick: 'x()' } }], [{ name: 'td', attrs: { colspan: 3 } }]], look: (dom) => dom.innerHTML, sees: ['<td colspan="2" class="in" style="color:red"></td>', '<td colspan="3"></td>'] },
      { rows: ['rich-text.children'], wxml: '<rich-text @/>', attribute: 'nodes', values: [[{ name: 'p' }], [{ name: 'p', children: [{ name: 'b' }] }]], look: (dom) => dom.innerHTML, sees: ['<p></p>', '<p><b></b></p>'] },
      { rows: ['rich-text.text'], wxml: '<rich-text @/>', attribute: 'nodes', values: [[{ type: 'text', text: 'one' }], [{ type: 'text', text: 'two' }]], look: (dom) => dom.innerText, sees: ['one', 'two'] },
      { rows: ['rich-text.space'], wxml: '<rich-text nodes="a b" @/>', attribute: 'space', values: [null, 'ensp'], look: (dom) => dom.innerText, sees: ['a b', 'a\u2002b'] },
      { rows: ['rich-text.user-select'], wxml: '<rich-text nodes="a" @/>', attribute: 'user-select', values: [false, true], look: (dom) => getComputedStyle(dom).userSelect, sees: ['none', 'text'] },
      { rows: ['span.'], wxml: '<span @>x</span>', attribute: 'class', values: ['', 'red'], look: (dom) => [getComputedStyle(dom).display, getComputedStyle(dom).color], sees: [['inline', 'rgb(0, 0, 0)'], ['inline', 'rgb(255, 0, 0)']] },
      { rows: ['cover-view.scroll-top'], wxml: '<cover-view style="height:20px;overflow-y:scroll" @><view style="height:200px"/></cover-view>', attribute: 'scroll-top', values: [0, 60], look: (dom) => dom.scrollTop, sees: [0, 60] },
    ], { 'p/p.wxss': '.red{color:red}' })
  })

  test('pictures fit their box as their mode says, and are fetched as their other attributes say', async () => {
    const modes = Object.fromEntries([
      picture('scaleToFill', 100, 100, 'fill 50% 50%'),
      picture('aspectFit', 100, 100, 'contain 50% 50%'),
      picture('aspectFill', 100, 100, 'cover 50% 50%'),
      picture('widthFix', 100, 50, 'fill 50% 50%'),
      picture('heightFix', 200, 100, 'fill 50% 50%'),
      picture('top', 100, 100, 'none 50% 0%'),
      picture('bottom', 100, 100, 'none 50% 100%'),
      picture('center', 100, 100, 'none 50% 50%'),
      picture('left', 100, 100, 'none 0% 50%'),
      picture('right', 100, 100, 'none 100% 50%'),
      picture('top left', 100, 100, 'none 0% 0%'),
      picture('bottom right', 100, 100, 'none 100% 100%'),
    ])
    const look = (dom: HTMLElement): string => {
      const { objectFit, objectPosition } = getComputedStyle(dom.querySelector('img')!)
      return `${dom.offsetWidth}x${dom.offsetHeight} ${objectFit} ${objectPosition}`
    }
    const names = Object.keys(modes)
    const source = (dom: HTMLElement): string => decodeURIComponent(dom.querySelector('img')!.src.replace(/^.*\/relay\?url=/, ''))
    await changes(harness, [
      ...names.map((mode, at): Change => {
        const next = names[(at + 1) % names.length]!
        return { rows: ['image.mode'], wxml: '<image src="/a.svg" style="width:100px;height:100px" @/>', attribute: 'mode', values: [mode, next], look, sees: [modes[mode], modes[next]] }
      }),
      { rows: ['image.src'], wxml: '<image mode="widthFix" style="width:100px" @/>', attribute: 'src', values: ['/a.svg', '/b.svg'], look: (dom) => dom.offsetHeight, sees: [50, 100] },
      { rows: ['image.forceHttps'], wxml: '<image src="http://shop.example/a.png" @/>', attribute: 'forceHttps', values: [false, true], look: source, sees: ['http://shop.example/a.png', 'https://shop.example/a.png'] },
      { rows: ['cover-image.src'], wxml: '<cover-image @/>', attribute: 'src', values: ['/a.svg', '/b.svg'], look: (dom) => dom.querySelector('img')!.naturalHeight, sees: [10, 20] },
      { rows: ['cover-image.referrer-policy'], wxml: '<cover-image src="https://shop.example/a.png" @/>', attribute: 'referrer-policy', values: [null, 'origin'], look: source, sees: ['https://shop.example/a.png', 'https://shop.example/a.png&referrer=origin'] },
    ], { 'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>', 'b.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"/>' })
  })

  test('pictures tell when they are there and when they are not, wait to be near, and offer a menu', async () => {
    const stage = await Stage.open(
      harness,
      `<image id="i" src="/a.svg" style="width:50px;height:50px" bindload="on" binderror="on" show-menu-by-longpress/><image id="none" src="/none.png" bindload="on" binderror="on"/><image id="plain" src="/a.svg" style="width:50px;height:50px"/>
       <cover-image id="c" src="/a.svg" bindload="on" binderror="on"/><cover-image id="cnone" src="/none.png" bindload="on" binderror="on"/><image id="webp" webp src="/w.webp" bindload="on"/><image id="torn" src="data:image/png;base64,AAAA" binderror="on"/>
       <view style="height:20000px"/><image id="lazy" lazy-load src="/a.svg?far" bindload="on" style="width:20px;height:20px"/><image id="eager" src="/a.svg?far2" bindload="on" style="width:20px;height:20px"/>`,
      '',
      { 'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>', 'w.webp': Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64') as never },
      { services: { preview: 'async (media) => void seen.calls.push(["preview", media.length])' } },
    )
    expect(await stage.hears('i', 'load')).toEqual({ width: 20, height: 10 })
    expect((await stage.hears('none', 'error')).errMsg).toContain('none.png')
    expect(await stage.hears('c', 'load')).toEqual({ width: 20, height: 10 })
    expect((await stage.hears('cnone', 'error')).errMsg).toContain('none.png')
    expect(stage.heard('i', 'error').concat(stage.heard('none', 'load'), stage.heard('c', 'error'), stage.heard('cnone', 'load'))).toEqual([])
    await stage.hears('torn', 'error')
    const seen = (id: string): Promise<string> => stage.frame.locator(`#${id} > img`).evaluate((img) => getComputedStyle(img).opacity)
    expect([await seen('i'), await seen('torn')]).toEqual(['1', '0'])
    proves('components', 'image.bindload', 'image.binderror', 'cover-image.bindload', 'cover-image.binderror')
    expect(await stage.hears('webp', 'load')).toEqual({ width: 1, height: 1 })
    proves('components', 'image.webp')

    await stage.hears('eager', 'load')
    expect(stage.heard('lazy')).toEqual([])
    await stage.look('lazy', (dom) => dom.scrollIntoView())
    await stage.hears('lazy', 'load')
    proves('components', 'image.lazy-load')

    await stage.look('i', (dom) => dom.scrollIntoView())
    await stage.touch('plain', [[5, 5], [5, 5]], { ms: 250 })
    expect(await stage.frame.locator('.h-actions').count()).toBe(0)
    await stage.touch('i', [[5, 5], [5, 5]], { ms: 250 })
    await stage.frame.getByText('查看图片').click()
    await expect.poll(() => stage.running.host('seen.calls')).toEqual([['preview', 1]])
    proves('components', 'image.show-menu-by-longpress')
    await stage.close()
  })

  test('a bar that is active fills over time, from the start or from where it was, and says when it is there', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="next" bindtap="next">next</view>
       <progress id="still" percent="{{p}}" bindactiveend="on"/><progress id="back" active percent="{{p}}" duration="{{d}}" bindactiveend="on"/>
       <progress id="fore" active active-mode="forwards" percent="{{p}}" duration="{{d}}" bindactiveend="on"/><progress id="slow" active percent="{{p}}" duration="{{d * 1000}}" bindactiveend="on"/>`,
      'data: { p: 50, d: 0, after: { p: 60, d: 30 } }',
    )
    await stage.hears('back', 'activeend')
    await stage.hears('fore', 'activeend')
    stage.forget()
    await stage.tap('next')
    const widths = await stage.look('back', (dom) => ['back', 'fore', 'slow'].map((id) => Math.round((100 * dom.ownerDocument.querySelector(`#${id} div > div`)!.getBoundingClientRect().width) / dom.querySelector('div')!.clientWidth)))
    expect(widths[0]).toBeLessThan(40)
    expect(widths[1]).toBeGreaterThanOrEqual(50)
    expect(widths[1]).toBeLessThanOrEqual(60)
    expect(widths[2]).toBeLessThan(5)
    expect(await stage.hears('fore', 'activeend')).toEqual({ curPercent: 60 })
    expect(stage.heard('back')).toEqual([])
    expect(await stage.hears('back', 'activeend')).toEqual({ curPercent: 60 })
    expect(stage.heard('still')).toEqual([])
    expect(stage.heard('slow')).toEqual([])
    proves('components', 'progress.active', 'progress.active-mode', 'progress.duration', 'progress.bindactiveend')
    await stage.close()
  })

  test('a pressed view looks pressed, as soon, as long and as far out as it says', async () => {
    const stage = await Stage.open(
      harness,
      `<view id="plain">a</view><view id="hov" hover-class="hov" hover-start-time="{{0}}" hover-stay-time="{{0}}">b</view><view id="late" hover-class="hov" hover-start-time="{{5000}}">c</view>
       <view id="long" hover-class="hov" hover-start-time="{{0}}" hover-stay-time="{{100000}}">d</view>
       <view id="outer" hover-class="hov" hover-start-time="{{0}}"><view id="open" hover-class="hov" hover-start-time="{{0}}">e</view></view>
       <view id="outer2" hover-class="hov" hover-start-time="{{0}}"><view id="shut" hover-class="hov" hover-start-time="{{0}}" hover-stop-propagation>f</view></view>
       <navigator id="nav" url="/q/q">n</navigator><navigator id="navnone" url="/q/q" hover-class="none">n</navigator>`,
      '',
      { 'p/p.wxss': '.hov{outline:1px solid red}' },
    )
    const pressed = (id: string): Promise<boolean> => stage.look(id, (dom) => /hov(er)?( |$)/.test(dom.className))
    const press = async (id: string): Promise<void> => stage.touch(id, [[3, 3]], { stay: true })
    const release = (id: string): Promise<unknown> => stage.look(id, (dom) => dom.dispatchEvent(new TouchEvent('touchend', { bubbles: true, changedTouches: [new Touch({ identifier: 1, target: dom, clientX: -50, clientY: -50 })] })))
    await press('late')
    await press('plain')
    await press('hov')
    await expect.poll(() => pressed('hov')).toBe(true)
    expect(await pressed('plain')).toBe(false)
    expect(await pressed('late')).toBe(false)
    await release('hov')
    await expect.poll(() => pressed('hov')).toBe(false)
    await press('long')
    await expect.poll(() => pressed('long')).toBe(true)
    await release('long')
    await press('open')
    await expect.poll(() => pressed('outer')).toBe(true)
    expect(await pressed('open')).toBe(true)
    expect(await pressed('long')).toBe(true)
    await press('shut')
    await expect.poll(() => pressed('shut')).toBe(true)
    expect(await pressed('outer2')).toBe(false)
    proves('components', 'view.hover-class', 'view.hover-start-time', 'view.hover-stay-time', 'view.hover-stop-propagation')
    await press('navnone')
    await press('nav')
    await expect.poll(() => pressed('nav')).toBe(true)
    expect(await pressed('navnone')).toBe(false)
    await stage.close()
  })
})
