/** Containers that only place what they hold, or only when it fits. */

import { mediaMatches } from '../engine/query'
import { BuiltIn, defineElement, flag, number, text } from './element'

class MatchMedia extends BuiltIn {
  static override attributes = { 'min-width': number(NaN), 'max-width': number(NaN), width: number(NaN), 'min-height': number(NaN), 'max-height': number(NaN), height: number(NaN), orientation: text('') }
  private readonly check = (): void => {
    const value = (name: string): number | undefined => (Number.isNaN(this.read<number>(name)) ? undefined : this.read<number>(name))
    const matches = mediaMatches({ minWidth: value('min-width'), maxWidth: value('max-width'), width: value('width'), minHeight: value('min-height'), maxHeight: value('max-height'), height: value('height'), orientation: this.read<string>('orientation') || undefined })
    this.style.display = matches ? '' : 'none'
  }

  connectedCallback(): void {
    window.addEventListener('resize', this.check)
    this.check()
  }

  disconnectedCallback(): void {
    window.removeEventListener('resize', this.check)
  }

  override changed(): void {
    this.check()
  }
}

/** What the runtime itself shows over pages; it stays above portals too. */
const ABOVE = '.h-toast, .h-dialog, .h-sheet'
let watching: MutationObserver | undefined

function raise(node: Node): void {
  if (!(node instanceof HTMLElement) || !node.matches(ABOVE)) return
  if (node.popover === 'manual') node.hidePopover()
  node.popover = 'manual'
  node.showPopover()
}

/** Shows its content above everything on the page, whatever clips its parents. */
class RootPortal extends BuiltIn {
  static override attributes = { enable: flag(true), 'external-class': text() }
  private worn: string[] = []

  connectedCallback(): void {
    this.redrawSoon()
  }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    this.classList.remove(...this.worn)
    this.worn = this.scopedClass(this.read('external-class')).split(' ').filter(Boolean)
    this.classList.add(...this.worn)
    if (!this.isConnected) return
    const enabled = this.read<boolean>('enable')
    // The browser's top layer: nothing moves in the tree, and nothing can clip it.
    if (enabled && this.popover !== 'manual') {
      this.popover = 'manual'
      this.showPopover()
      // In the top layer whatever came last is above.
      if (!watching) (watching = new MutationObserver((records) => records.forEach((one) => one.addedNodes.forEach(raise)))).observe(document.body, { childList: true })
      document.querySelectorAll(ABOVE).forEach(raise)
    } else if (!enabled) this.popover = null
  }
}

defineElement('match-media', MatchMedia)
defineElement('root-portal', RootPortal)
