/** Icons: the published types, drawn as paths, in any size and colour. */

import { BuiltIn, any, defineElement, length, text } from './element'

const ICONS: Record<string, [string, string]> = {
  success: ['#07c160', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm-1.6 14.2-4-4 1.4-1.4 2.6 2.6 5.8-5.8 1.4 1.4-7.2 7.2Z'],
  success_no_circle: ['#07c160', 'M9.6 18.2 3.4 12l1.8-1.8 4.4 4.4 9.2-9.2 1.8 1.8-11 11Z'],
  info: ['#10aeff', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm1 15h-2v-7h2v7Zm0-9h-2V6h2v2Z'],
  warn: ['#fa5151', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm1 15h-2v-2h2v2Zm0-4h-2V6h2v7Z'],
  waiting: ['#10aeff', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm1 10.6 3.6 3.6-1.4 1.4L11 13.4V6h2v6.6Z'],
  cancel: ['#fa5151', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm4.2 12.8-1.4 1.4-2.8-2.8-2.8 2.8-1.4-1.4 2.8-2.8-2.8-2.8 1.4-1.4 2.8 2.8 2.8-2.8 1.4 1.4-2.8 2.8 2.8 2.8Z'],
  download: ['#07c160', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm0 14-4-4h3V7h2v5h3l-4 4Z'],
  search: ['#888888', 'M10 3a7 7 0 1 0 4.2 12.6l5 5 1.4-1.4-5-5A7 7 0 0 0 10 3Zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10Z'],
  clear: ['#b2b2b2', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm4.2 12.8-1.4 1.4-2.8-2.8-2.8 2.8-1.4-1.4 2.8-2.8-2.8-2.8 1.4-1.4 2.8 2.8 2.8-2.8 1.4 1.4-2.8 2.8 2.8 2.8Z'],
}
ICONS.safe_success = ICONS.success!
ICONS.safe_warn = ICONS.warn!
ICONS.info_circle = ICONS.info!
ICONS.success_circle = ICONS.success!
ICONS.waiting_circle = ICONS.waiting!

class Icon extends BuiltIn {
  static override attributes = { type: text('', ...Object.keys(ICONS)), size: any(23), color: text() }

  override changed(): void {
    this.redrawSoon()
  }

  protected override redraw(): void {
    const [color, path] = ICONS[this.read<string>('type')] ?? ['', '']
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    svg.setAttribute('viewBox', '0 0 24 24')
    svg.style.width = svg.style.height = length(this.read('size'))
    svg.style.fill = this.read<string>('color') || color
    const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    shape.setAttribute('d', path)
    svg.append(shape)
    this.replaceChildren(svg)
  }
}

defineElement('icon', Icon)
