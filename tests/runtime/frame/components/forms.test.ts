/** Buttons, choices, sliders, fields and labels: what changes when their attributes do. */

import { looks } from './table'

const css = (name: string, part = '') => `(dom) => getComputedStyle(${part ? `dom.querySelector('${part}')` : 'dom'}).${name}` as unknown as (dom: any) => unknown

looks('buttons and choices', [
  { row: 'button.size', wxml: '<button ID size="{{v}}">a</button>', from: 'default', to: 'mini', look: (dom) => [getComputedStyle(dom).fontSize, getComputedStyle(dom).display], seen: [['18px', 'block'], ['13px', 'inline-block']] },
  { row: 'button.type', wxml: '<button ID type="{{v}}">a</button>', from: 'primary', to: 'warn', look: (dom) => [getComputedStyle(dom).color, getComputedStyle(dom).backgroundColor], seen: [['rgb(255, 255, 255)', 'rgb(7, 193, 96)'], ['rgb(230, 67, 64)', 'rgb(248, 248, 248)']] },
  { row: 'button.plain', wxml: '<button ID plain="{{v}}">a</button>', from: false, to: true, look: css('backgroundColor'), seen: ['rgb(248, 248, 248)', 'rgba(0, 0, 0, 0)'] },
  { row: 'button.loading', wxml: '<button ID loading="{{v}}">a</button>', from: false, to: true, look: (dom) => [getComputedStyle(dom, '::before').animationName, dom.ariaBusy], seen: [['none', null], ['h-spin', 'true']] },
  { row: 'checkbox.checked', wxml: '<checkbox ID checked="{{v}}">a</checkbox>', from: true, to: false, look: (dom) => [dom.ariaChecked, getComputedStyle(dom.querySelector('i'), '::after').content], seen: [['true', '""'], ['false', 'none']] },
  { row: 'checkbox.color', wxml: '<checkbox ID checked color="{{v}}">a</checkbox>', from: '#ff0000', to: '#0000ff', look: (dom) => getComputedStyle(dom.querySelector('i'), '::after').borderRightColor, seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'radio.checked', wxml: '<radio ID checked="{{v}}">a</radio>', from: true, to: false, look: (dom) => [dom.ariaChecked, getComputedStyle(dom.querySelector('i'), '::after').content], seen: [['true', '""'], ['false', 'none']] },
  { row: 'radio.color', wxml: '<radio ID checked color="{{v}}">a</radio>', from: '#ff0000', to: '#0000ff', look: css('backgroundColor', 'i'), seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'switch.checked', wxml: '<switch ID checked="{{v}}"/>', from: false, to: true, look: (dom) => [dom.ariaChecked, dom.role], seen: [['false', 'switch'], ['true', 'switch']] },
  { row: 'switch.color', wxml: '<switch ID checked color="{{v}}"/>', from: '#ff0000', to: '#0000ff', look: css('color', 'i'), seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'switch.type', wxml: '<switch ID type="{{v}}"/>', from: 'switch', to: 'checkbox', look: css('width', 'i'), seen: ['52px', '22px'] },
  { row: 'slider.value', wxml: '<slider ID value="{{v}}"/>', from: 10, to: 70, look: (dom) => dom.querySelector('input').value, seen: ['10', '70'] },
  { row: 'slider.min', wxml: '<slider ID min="{{v}}" value="{{5}}"/>', from: 0, to: 20, look: (dom) => dom.querySelector('input').value, seen: ['5', '20'] },
  { row: 'slider.max', wxml: '<slider ID max="{{v}}" value="{{90}}"/>', from: 100, to: 50, look: (dom) => dom.querySelector('input').value, seen: ['90', '50'] },
  { row: 'slider.show-value', wxml: '<slider ID show-value="{{v}}" value="{{33}}"/>', from: false, to: true, look: (dom) => dom.innerText, seen: ['', '33'] },
  { row: 'slider.activeColor', wxml: '<slider ID activeColor="{{v}}" value="{{50}}"/>', from: '#ff0000', to: '#0000ff', look: (dom) => /rgb\(\d+, \d+, \d+\)/.exec(dom.querySelector('input').style.background)![0], seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'slider.selected-color', wxml: '<slider ID selected-color="{{v}}" value="{{50}}"/>', from: '#ff0000', to: '#0000ff', look: (dom) => /rgb\(\d+, \d+, \d+\)/.exec(dom.querySelector('input').style.background)![0], seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'slider.backgroundColor', wxml: '<slider ID backgroundColor="{{v}}" value="{{50}}"/>', from: '#ff0000', to: '#0000ff', look: (dom) => dom.querySelector('input').style.background.match(/rgb\(\d+, \d+, \d+\)/g)![1], seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'slider.color', wxml: '<slider ID color="{{v}}" value="{{50}}"/>', from: '#ff0000', to: '#0000ff', look: (dom) => dom.querySelector('input').style.background.match(/rgb\(\d+, \d+, \d+\)/g)![1], seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
  { row: 'slider.block-size', wxml: '<slider ID block-size="{{v}}"/>', from: 28, to: 5, look: (dom) => dom.querySelector('input').style.getPropertyValue('--block'), seen: ['28px', '12px'] },
  { row: 'slider.block-color', wxml: '<slider ID block-color="{{v}}"/>', from: '#ff0000', to: '#0000ff', look: (dom) => dom.querySelector('input').style.getPropertyValue('--block-color'), seen: ['#ff0000', '#0000ff'] },
])

const field = (member: string, both: Omit<Parameters<typeof looks>[1][0], 'row' | 'wxml'>, markup = ''): Parameters<typeof looks>[1] =>
  ['input', 'textarea'].map((tag) => ({ row: `${tag}.${member}`, wxml: `<${tag} ID ${member}="{{v}}" ${markup}/>`, ...both }))

looks(
  'fields',
  [
    ...field('value', { from: 'one', to: 'two', look: (dom) => dom.lastChild.value, seen: ['one', 'two'] }),
    ...field('placeholder', { from: 'one', to: 'two', look: (dom) => [dom.innerText, dom.lastChild.ariaLabel ?? dom.lastChild.getAttribute('aria-label')], seen: [['one', 'one'], ['two', 'two']] }),
    ...field('placeholder-style', { from: 'color:#ff0000', to: 'color:#0000ff', look: (dom) => getComputedStyle(dom.firstChild).color, seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] }, 'placeholder="p"'),
    ...field('placeholder-class', { from: 'red', to: 'blue', look: (dom) => getComputedStyle(dom.firstChild).color, seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] }, 'placeholder="p"'),
    ...field('maxlength', { from: 5, to: 3, look: (dom) => dom.lastChild.value, seen: ['abcde', 'abc'] }, 'value="abcdef"'),
    ...field('disabled', { from: false, to: true, look: (dom) => dom.lastChild.disabled, seen: [false, true] }),
    ...field('confirm-type', { from: 'search', to: 'next', look: (dom) => dom.lastChild.enterKeyHint, seen: ['search', 'next'] }),
    { row: 'input.type', wxml: '<input ID type="{{v}}"/>', from: 'digit', to: 'number', look: (dom) => dom.lastChild.inputMode, seen: ['decimal', 'numeric'] },
    { row: 'input.password', wxml: '<input ID password="{{v}}"/>', from: false, to: true, look: (dom) => dom.lastChild.type, seen: ['text', 'password'] },
    { row: 'input.cursor-color', wxml: '<input ID cursor-color="{{v}}"/>', from: '#ff0000', to: '#0000ff', look: (dom) => getComputedStyle(dom.lastChild).caretColor, seen: ['rgb(255, 0, 0)', 'rgb(0, 0, 255)'] },
    { row: 'textarea.auto-height', wxml: '<textarea ID style="height:100px;line-height:20px" auto-height="{{v}}" value="a\nb\nc"/>', from: false, to: true, look: (dom) => Math.round(dom.offsetHeight / 20), seen: [5, 3] },
  ],
  { wxss: '.red{color:#ff0000}.blue{color:#0000ff}' },
)

looks(
  'picker views',
  [
    { row: ['picker-view.value', 'picker-view-column.'], wxml: '<picker-view ID value="{{v}}" style="height:102px"><picker-view-column><view wx:for="{{4}}" wx:key="*this">{{item}}</view></picker-view-column><picker-view-column><view wx:for="{{4}}" wx:key="*this">{{item}}</view></picker-view-column></picker-view>', from: [0, 2], to: [3, 1], look: (dom) => [...dom.querySelectorAll('wx-picker-view-column')].map((one) => one.shadowRoot.querySelector('.s').scrollTop / 34), seen: [[0, 2], [3, 1]] },
    { row: 'picker-view.indicator-style', wxml: '<picker-view ID indicator-style="{{v}}"><picker-view-column><view>a</view></picker-view-column></picker-view>', from: 'height:40px', to: 'height:60px', look: (dom) => [dom.querySelector('.h-indicator').offsetHeight, dom.querySelector('wx-view').offsetHeight], seen: [[40, 40], [60, 60]] },
    { row: 'picker-view.indicator-class', wxml: '<picker-view ID indicator-class="{{v}}"><picker-view-column><view>a</view></picker-view-column></picker-view>', from: 'tall', to: 'small', look: (dom) => dom.querySelector('.h-indicator').offsetHeight, seen: [50, 20] },
    { row: 'picker-view.mask-style', wxml: '<picker-view ID mask-style="{{v}}"><picker-view-column><view>a</view></picker-view-column></picker-view>', from: 'opacity:0.25', to: 'opacity:0.5', look: css('opacity', '.h-mask'), seen: ['0.25', '0.5'] },
    { row: 'picker-view.mask-class', wxml: '<picker-view ID mask-class="{{v}}"><picker-view-column><view>a</view></picker-view-column></picker-view>', from: 'pale', to: 'strong', look: css('opacity', '.h-mask'), seen: ['0.1', '0.9'] },
  ],
  { wxss: '.tall{height:50px !important}.small{height:20px !important}.pale{opacity:.1}.strong{opacity:.9}' },
)
