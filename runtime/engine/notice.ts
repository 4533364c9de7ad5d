/** What a person sees where a program cannot show its own page: what went wrong, and a way on. Never only white. */

import { program } from './program'

const WORDS = {
  zh: { page: '页面打不开', start: '程序启动时出错，部分功能可能用不了', component: '组件加载失败', back: '返回', leave: '退出', close: '知道了' },
  en: { page: 'This page cannot be shown', start: 'The program failed while starting; parts of it may not work', component: 'This component could not be loaded', back: 'Back', leave: 'Leave', close: 'Close' },
}

function words(): (typeof WORDS)['zh'] {
  return program().boot.language.startsWith('zh') ? WORDS.zh : WORDS.en
}

/** The error itself is for whoever writes the program; someone who only uses it cannot do anything with it. */
function details(error: unknown): string {
  return program().boot.envVersion === 'release' ? '' : String((error as Error | undefined)?.message ?? error ?? '')
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const one = document.createElement(tag)
  if (className) one.className = className
  one.textContent = text
  return one
}

function button(text: string, press: () => void): HTMLElement {
  const one = element('button', '', text)
  one.onclick = press
  return one
}

/** In place of a page that could not be made. `back` is missing where nothing lies behind. */
export function showPageFailure(viewport: HTMLElement, error: unknown, back?: () => void): void {
  const box = element('div', 'h-failure')
  box.setAttribute('role', 'alert')
  box.append(element('b', '', words().page), element('p', '', details(error)))
  box.append(back ? button(words().back, back) : button(words().leave, () => program().host.emit('exit')))
  viewport.append(box)
}

/** Over the pages of a program whose own start went wrong: it may be half there. */
export function showStartFailure(error: unknown): void {
  const bar = element('div', 'h-failure h-failure-bar')
  bar.setAttribute('role', 'alert')
  bar.append(element('b', '', words().start), element('p', '', details(error)))
  bar.append(button(words().close, () => bar.remove()), button(words().leave, () => program().host.emit('exit')))
  document.body.append(bar)
}

/** Where a component should stand whose package did not come. */
export function componentFailure(): HTMLElement {
  return element('span', 'h-failure-part', words().component)
}
