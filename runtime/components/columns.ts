/** A sheet from below with one to several columns to turn: what `picker` opens. */

import { program } from '../engine/program'
import { trustedHtml } from '../engine/trusted'

export interface Column {
  items: string[]
  index: number
}
export type Columns = Column[]

const ITEM_PX = 44
const SETTLE_MS = 100

interface Choice {
  title: string
  columns: Columns
  changed: (column: number, index: number) => void
}

export interface Sheet {
  /** The chosen indexes, or null if the person left. */
  result: Promise<number[] | null>
  /** Other columns than before; their indexes are where they stand. */
  update: (columns: Columns) => void
  columns: Columns
}

export function chooseFromColumns(choice: Choice): Sheet {
  const chinese = program().boot.language.startsWith('zh')
  const before = document.activeElement as HTMLElement | null
  const sheet = document.createElement('div')
  sheet.className = 'h-sheet'
  sheet.innerHTML = trustedHtml('<div class="h-sheet-shade"></div><div class="h-sheet-body" role="dialog" aria-modal="true"><div class="h-sheet-bar"><button type="button" class="h-cancel"></button><b></b><button type="button" class="h-confirm"></button></div><div class="h-sheet-columns"><i></i></div></div>')
  const [cancel, confirm] = [sheet.querySelector<HTMLButtonElement>('.h-cancel')!, sheet.querySelector<HTMLButtonElement>('.h-confirm')!]
  cancel.textContent = chinese ? '取消' : 'Cancel'
  confirm.textContent = chinese ? '确定' : 'Confirm'
  sheet.querySelector('b')!.textContent = choice.title
  sheet.querySelector('.h-sheet-body')!.ariaLabel = choice.title || (chinese ? '选择' : 'Choose')
  const holder = sheet.querySelector<HTMLElement>('.h-sheet-columns')!
  const lists: HTMLElement[] = []
  const control = { columns: choice.columns, update, result: null as unknown as Promise<number[] | null> }

  function update(columns: Columns): void {
    control.columns.splice(0, control.columns.length, ...columns)
    draw()
  }

  function mark(i: number): void {
    lists[i]!.querySelectorAll('[aria-selected=true]').forEach((one) => one.removeAttribute('aria-selected'))
    lists[i]!.children[control.columns[i]!.index]?.setAttribute('aria-selected', 'true')
  }

  function turned(i: number): void {
    const list = lists[i]!
    const column = control.columns[i]
    const index = Math.round(list.scrollTop / ITEM_PX)
    if (!column || index === column.index || index >= column.items.length) return
    column.index = index
    mark(i)
    choice.changed(i, index)
  }

  function make(i: number): HTMLElement {
    const list = document.createElement('div')
    list.className = 'h-sheet-column'
    list.tabIndex = 0
    list.setAttribute('role', 'listbox')
    let timer: ReturnType<typeof setTimeout> | undefined
    list.addEventListener('scroll', () => {
      clearTimeout(timer)
      timer = setTimeout(() => turned(i), SETTLE_MS)
    }, { passive: true })
    list.addEventListener('click', (event) => {
      const at = [...list.children].indexOf(event.target as Element)
      if (at >= 0) list.scrollTo({ top: at * ITEM_PX, behavior: 'smooth' })
    })
    list.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key]
      if (!step) return
      event.preventDefault()
      list.scrollTo({ top: (control.columns[i]!.index + step) * ITEM_PX, behavior: 'instant' })
      turned(i)
    })
    holder.append(list)
    return list
  }

  function draw(): void {
    control.columns.forEach((column, i) => {
      const list = (lists[i] ??= make(i))
      if (list.childElementCount !== column.items.length || column.items.some((text, k) => list.children[k]!.textContent !== text)) {
        list.replaceChildren(
          ...column.items.map((text) => {
            const item = document.createElement('div')
            item.textContent = text
            item.setAttribute('role', 'option')
            return item
          }),
        )
      }
      column.index = Math.min(Math.max(0, column.index), Math.max(0, column.items.length - 1))
      const top = column.index * ITEM_PX
      if (Math.abs(list.scrollTop - top) >= ITEM_PX / 2) list.scrollTo({ top, behavior: 'instant' })
      mark(i)
    })
    for (const list of lists.splice(control.columns.length)) list.remove()
  }

  control.result = new Promise((resolve) => {
    const done = (value: number[] | null): void => {
      sheet.remove()
      before?.focus({ preventScroll: true })
      resolve(value)
    }
    cancel.onclick = () => done(null)
    sheet.querySelector<HTMLElement>('.h-sheet-shade')!.onclick = () => done(null)
    sheet.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') done(null)
    })
    confirm.onclick = () => {
      lists.forEach((_, i) => turned(i))
      done(control.columns.map((column) => column.index))
    }
  })
  document.body.append(sheet)
  draw()
  lists[0]?.focus({ preventScroll: true })
  return control
}
