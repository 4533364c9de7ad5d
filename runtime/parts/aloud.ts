/** The page on screen as something to be read aloud, for devices that have no screen to touch: what it says, and what may be chosen. */

import type { Ask, Spoken } from '../bridge/aloud'
import { program } from '../engine/program'

const MOST = 300
const LETTERS = 200
/** A page that has not changed for so long is read. */
const STILL_MS = 400
const FIELDS = 'input, textarea'
const CONTROLS = `[tabindex="0"], button, a[href], ${FIELDS}`
const UNSEEN = { opacityProperty: true, visibilityProperty: true }

const known = new Map<number, HTMLElement>()
const numbers = new WeakMap<HTMLElement, number>()
let last = 0

function numberOf(element: HTMLElement): number {
  const number = numbers.get(element) ?? (last += 1)
  numbers.set(element, number)
  known.set(number, element)
  return number
}

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, LETTERS)

const seen = (element: HTMLElement): boolean => element.getAttribute('aria-hidden') !== 'true' && element.checkVisibility(UNSEEN)

/** What a control says without what is said by the controls in it. */
function words(element: HTMLElement): string {
  const label = element.getAttribute('aria-label')
  if (label) return label
  if (!element.querySelector(CONTROLS)) return element.innerText || [...element.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label')).join(' ')
  return [...element.childNodes].map((node) => (node instanceof Text ? node.data : node instanceof HTMLElement && !node.matches(CONTROLS) && seen(node) ? words(node) : '')).join(' ')
}

function nameOf(element: HTMLElement): string {
  if (element.matches(FIELDS)) {
    const { placeholder, value } = element as HTMLInputElement
    return tidy(`${element.getAttribute('aria-label') || placeholder} ${value}`)
  }
  return tidy(words(element)) + (element.getAttribute('aria-checked') === 'true' ? ' ✓' : '')
}

/** What lies above the page is all there is while it does. */
function roots(): HTMLElement[] {
  const above = [...document.querySelectorAll<HTMLElement>('body > .h-dialog, body > .h-sheet')].at(-1)
  const page = document.querySelector<HTMLElement>('.h-page-layer:not([hidden]) .h-viewport')
  return above ? [above] : [page, document.querySelector<HTMLElement>('nav.h-tab-bar')].filter((one) => one !== null)
}

const fixed = (element: Element | null): Element | null => (element && getComputedStyle(element).position !== 'fixed' ? fixed(element.parentElement) : element)

/** Something lies over the whole page, a popup with its shade: what it covers cannot be chosen. */
function isShaded(): boolean {
  const page = document.querySelector('.h-page-layer:not([hidden]) .h-viewport')?.getBoundingClientRect()
  const over = page && fixed(document.elementFromPoint(page.right - 2, page.top + page.height / 2))?.getBoundingClientRect()
  return Boolean(page && over && over.left <= page.left && over.right >= page.right && over.bottom >= page.bottom && over.height >= page.height / 2)
}

let shaded = false

/** Whether it is in what lies over the page, though it may be scrolled out of sight there. */
function isOnTop(element: Element): boolean {
  const holder = fixed(element)
  if (!holder) return false
  const { left, top, right, bottom } = holder.getBoundingClientRect()
  return holder.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
}

function read(element: HTMLElement, lines: Spoken[]): void {
  if (lines.length >= MOST || !seen(element)) return
  const controls = element.querySelector(CONTROLS)
  if (shaded && (!controls || element.matches(CONTROLS)) && !isOnTop(element)) return
  if (element.matches(CONTROLS) && element.getAttribute('aria-disabled') !== 'true' && !(element as HTMLButtonElement).disabled) {
    // A card that may be pressed and holds a button is two things to choose; what wraps one field is that field.
    if (!element.matches(FIELDS) && element.querySelector(FIELDS)) return read(element.querySelector<HTMLElement>(FIELDS)!, lines)
    const text = nameOf(element)
    if (text) lines.push({ id: numberOf(element), kind: element.matches(FIELDS) ? 'field' : 'choice', text })
    if (!controls) return
    for (const inner of element.querySelectorAll<HTMLElement>(CONTROLS)) if (inner.parentElement?.closest(CONTROLS) === element) read(inner, lines)
    return
  }
  if (!controls) {
    const text = tidy(element.getAttribute('aria-label') || element.innerText)
    if (text) lines.push({ id: 0, kind: 'text', text })
    return
  }
  for (const node of element.childNodes) {
    if (node instanceof HTMLElement) read(node, lines)
    else if (node instanceof Text && tidy(node.data)) lines.push({ id: 0, kind: 'text', text: tidy(node.data) })
  }
}

function press(element: HTMLElement): void {
  if (element.matches('button, a')) element.click()
  // As whoever works the page by the keyboard presses it.
  else element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
}

function write(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.focus()
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
  field.blur()
}

let still: ReturnType<typeof setTimeout> | undefined
function moved(): void {
  clearTimeout(still)
  still = setTimeout(() => program().host.emit('aloudMoved'), STILL_MS)
}
new MutationObserver(moved).observe(document.body, { childList: true, subtree: true, characterData: true, attributeFilter: ['hidden', 'style', 'class', 'aria-checked'] })
// What slides in is where it belongs only then.
for (const type of ['transitionend', 'animationend']) document.addEventListener(type, moved, true)

/** Do what is asked, and say what is on the page. */
export function answer({ press: pressed, write: written }: Ask): { title: string; lines: Spoken[] } {
  const target = known.get(pressed ?? written?.id ?? 0)
  if (target?.isConnected) {
    if (written) write(target as HTMLInputElement, written.text)
    else press(target)
  }
  known.clear()
  shaded = isShaded()
  const lines: Spoken[] = []
  for (const root of roots()) read(root, lines)
  return { title: document.querySelector('.h-page-layer:not([hidden]) .h-navigation-title')?.textContent ?? '', lines }
}
