/**
 * The keyboard on the screen, as far as a page knows of it: while a field is typed in, the room below
 * shrinks, or the host says how much of the frame is covered. Fields are pushed up to stay in sight.
 */

import type { BuiltIn } from './element'

/** Less than this is a browser's own bar coming and going. */
const LEAST_PX = 60

export interface Typed extends BuiltIn {
  /** Where the caret's line ends, in the frame's pixels. */
  caretBottom: () => number
  keyboardChanged: (height: number) => void
}

export const keyboard = {
  height: 0,
  /** Told of every change, for `wx.onKeyboardHeightChange`. */
  heard: (_detail: { height: number }): void => {},
}

let typed: Typed | null = null
let moved: HTMLElement | null = null
/** How tall the frame is without a keyboard, and how much of it the host says is covered. */
let full = 0
let covered = 0

function measure(): void {
  const height = Math.max(covered, typed ? full - window.innerHeight : 0)
  const next = height < LEAST_PX ? 0 : height
  const changed = next !== keyboard.height
  keyboard.height = next
  document.documentElement.style.setProperty('--h-covered', `${covered}px`)
  if (typed) push(typed)
  if (!changed) return
  typed?.keyboardChanged(next)
  keyboard.heard({ height: next })
}

function push(field: Typed): void {
  release()
  if (!keyboard.height || !field.read('adjust-position')) return
  const over = field.caretBottom() + field.read<number>('cursor-spacing') - (window.innerHeight - covered)
  if (over <= 0) return
  moved = field.read('fixed') ? fixedAbove(field) : field.closest<HTMLElement>('wx-page')
  if (moved) moved.style.translate = `0 ${-over}px`
}

function release(): void {
  if (moved) moved.style.translate = ''
  moved = null
}

function fixedAbove(field: HTMLElement): HTMLElement | null {
  for (let at: HTMLElement | null = field; at; at = at.parentElement) if (getComputedStyle(at).position === 'fixed') return at
  return field.closest<HTMLElement>('wx-page')
}

/** A field has the caret. */
export function typing(field: Typed): void {
  if (!keyboard.height) full = window.innerHeight
  typed = field
  measure()
}

export function stopTyping(field: Typed): void {
  if (typed !== field) return
  typed = null
  release()
  measure()
}

/** The host's word for how many pixels of the frame are covered. */
export function cover(height: number): void {
  covered = Math.max(0, height)
  measure()
}

window.addEventListener('resize', measure)

// A tap elsewhere takes the caret away, unless the field holds on to it or the tap is on its own bar.
document.addEventListener('mousedown', (event) => {
  const target = event.target as Element
  const kept = typed?.read('hold-keyboard') && !target.closest?.('wx-input, wx-textarea, wx-editor')
  if (typed && (kept || target.closest?.('.h-accessory, wx-keyboard-accessory'))) event.preventDefault()
}, true)
