/** The view, its kin, and what every element may ask of the rest of the runtime. */

import { playActions } from '../engine/animation'
import type { GeneralComponent } from '../engine/glass-easel'
import { toPixels } from '../engine/units'
import { any, BuiltIn, defineElement, flag, number, text } from './element'

/** What elements ask of the rest of the runtime; set when it starts. */
export const elementHooks = {
  navigate: (_how: string, _url: string, _delta: number): Promise<unknown> => Promise.resolve(),
  openType: (_type: string, _button: BuiltIn): Promise<void> => Promise.resolve(),
  isField: (_component: GeneralComponent): boolean => false,
  call: (_name: string, _args: object): Promise<any> => Promise.resolve(),
}

/** Everything that can be hovered and animated: any element, but only these declare it. */
class Container extends BuiltIn {
  static override attributes = {
    'hover-class': text('none'),
    'hover-stop-propagation': flag(),
    'hover-start-time': number(50),
    'hover-stay-time': number(400),
    animation: any(),
    hidden: flag(),
  }

  override changed(name: string, value: unknown): void {
    const actions = (value as { actions?: [] } | null)?.actions
    if (name === 'animation' && Array.isArray(actions) && actions.length) requestAnimationFrame(() => playActions(this, actions))
  }
}

/** The view's older sibling over maps and videos; here nothing needs to be covered in a special way. */
class CoverView extends Container {
  static override attributes = { ...Container.attributes, 'scroll-top': any() }

  override changed(name: string, value: unknown): void {
    super.changed(name, value)
    if (name === 'scroll-top' && value !== undefined && value !== '') queueMicrotask(() => (this.scrollTop = toPixels(value)))
  }
}

defineElement('view', Container)
defineElement('cover-view', CoverView)
// Text within text; it takes its place in the line.
defineElement('span', class extends Container {})
defineElement('page', class extends BuiltIn {})
