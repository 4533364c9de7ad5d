/** Where a page stands in the frame: programs count from the top of their page, below the bars. */

import type { Element } from './glass-easel'

export interface Origin {
  left: number
  top: number
  width: number
  height: number
  scrollLeft: number
  scrollTop: number
}

const NOWHERE: Origin = { left: 0, top: 0, width: 0, height: 0, scrollLeft: 0, scrollTop: 0 }

export function pageElementOf(node: Element): HTMLElement | null {
  const dom = node.getBackendElement() as unknown as HTMLElement | null
  return dom?.closest<HTMLElement>('wx-page') ?? document.querySelector<HTMLElement>('.h-page-layer:not([hidden]) wx-page')
}

export function pageOrigin(node: Element): Origin {
  const page = pageElementOf(node)
  return page ? originOf(page) : NOWHERE
}

export function originOf(page: HTMLElement): Origin {
  const box = (page.parentElement ?? page).getBoundingClientRect()
  return { left: box.left, top: box.top, width: box.width, height: box.height, scrollLeft: page.scrollLeft, scrollTop: page.scrollTop }
}
