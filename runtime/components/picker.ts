/** Picker: one of a list, of several lists, a time, a date or a region of the country, chosen in a sheet. */

import { part } from '../engine/parts'
import type { Division } from '../parts/regions'
import { chooseFromColumns, type Columns, type Sheet } from './columns'
import { any, BuiltIn, defineElement, flag, text } from './element'
import type { Control } from './form'

const two = (n: number): string => String(n).padStart(2, '0')
const span = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
const at = (items: string[], wanted: string): number => Math.max(0, items.indexOf(wanted))

/** Each mode: the columns for a value (with those standing open, if any), and the value of the columns. */
interface Mode {
  columns: (value: unknown, open?: Columns) => Columns
  value: (columns: Columns) => Record<string, unknown>
}

const LEVELS = ['province', 'city', 'region', 'sub-district']

class Picker extends BuiltIn implements Control {
  static override attributes = {
    name: text(),
    'header-text': text(),
    mode: text('selector', 'selector', 'multiSelector', 'time', 'date', 'region'),
    disabled: flag(),
    range: any([]),
    'range-key': text(),
    value: any(undefined),
    start: text(),
    end: text(),
    fields: text('day', 'year', 'month', 'day'),
    'custom-item': text(),
    level: text('region', ...LEVELS),
  }
  static override events = ['change', 'cancel', 'columnchange']
  private sheet: Sheet | null = null
  private chosen: unknown

  connectedCallback(): void {
    this.tabIndex = this.read('disabled') ? -1 : 0
    if (!this.role) this.role = 'button'
    this.ariaHasPopup = 'dialog'
  }

  override changed(name: string, value: unknown): void {
    if (name === 'value') this.chosen = undefined
    if (name === 'disabled') {
      this.ariaDisabled = value ? 'true' : null
      this.tabIndex = value ? -1 : 0
    }
    if (this.sheet && (name === 'range' || name === 'value')) {
      const standing = this.sheet.columns.map((column) => column.index)
      const columns = this.modes[this.mode]!.columns(this.current())
      // Another list stays where the person has turned it; another value moves it.
      if (name === 'range') columns.forEach((column, i) => (column.index = standing[i] ?? column.index))
      this.sheet.update(columns)
    }
  }

  private get mode(): string {
    const mode = this.read<string>('mode')
    return mode in this.modes ? mode : 'selector'
  }

  override activate(): boolean {
    if (this.read('disabled') || this.sheet) return true
    void this.open().catch(() => this.emit('cancel', {}))
    return true
  }

  private async open(): Promise<void> {
    const name = this.mode
    const mode = this.modes[name]!
    if (name === 'region') await this.fetchDivisions()
    const sheet = (this.sheet = chooseFromColumns({
      title: this.read('header-text'),
      columns: mode.columns(this.current()),
      changed: (column, value) => {
        if (name === 'multiSelector') this.emit('columnchange', { column, value })
        else if (name !== 'selector') sheet.update(mode.columns(this.current(), sheet.columns))
      },
    }))
    const indexes = await sheet.result
    this.sheet = null
    if (!indexes) {
      this.emit('cancel', {})
      return
    }
    const detail = mode.value(sheet.columns)
    this.chosen = detail.value
    this.writeBack('value', detail.value)
    this.emit('change', detail)
  }

  private current(): unknown {
    return this.chosen ?? this.read('value')
  }

  formValue(): unknown {
    return this.current()
  }

  formReset(): void {
    this.chosen = undefined
  }

  private label(item: unknown): string {
    const key = this.read<string>('range-key')
    return String(key && typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[key] : item)
  }

  private readonly modes: Record<string, Mode> = {
    selector: {
      columns: (value) => [{ items: this.read<unknown[]>('range').map((item) => this.label(item)), index: Number(value ?? 0) || 0 }],
      value: ([column]) => ({ value: String(column?.index ?? 0) }),
    },
    multiSelector: {
      columns: (value) => this.read<unknown[]>('range').map((column, i) => ({ items: (Array.isArray(column) ? column : []).map((item) => this.label(item)), index: Number((value as number[] | undefined)?.[i] ?? 0) || 0 })),
      value: (columns) => ({ value: columns.map((column) => column.index) }),
    },
    time: {
      columns: (value, open) => this.times(String(value || ''), open),
      value: (columns) => ({ value: texts(columns).join(':') }),
    },
    date: {
      columns: (value, open) => this.dates(String(value || ''), open),
      value: (columns) => ({ value: texts(columns).join('-') }),
    },
    region: {
      columns: (value, open) => this.regions(Array.isArray(value) ? value.map(String) : [], open).map(({ divisions, index }) => ({ items: divisions.map((one) => one.name), index })),
      value: (columns) => {
        const picked = this.regions([], columns).map(({ divisions, index }) => divisions[index]).filter((one): one is Division => one !== undefined)
        return { value: picked.map((one) => one.name), code: picked.map((one) => one.code) }
      },
    },
  }

  private times(value: string, open?: Columns): Columns {
    const from: Clock = clock(this.read('start')) ?? [0, 0]
    const to: Clock = clock(this.read('end')) ?? [23, 59]
    const now = new Date()
    const [hour, minute]: Clock = clock(value) ?? [now.getHours(), now.getMinutes()]
    const hours = span(from[0], to[0]).map(two)
    const atHour = open ? open[0]!.index : at(hours, two(Math.min(Math.max(hour, from[0]), to[0])))
    const chosen = Number(hours[atHour])
    const minutes = span(chosen === from[0] ? from[1] : 0, chosen === to[0] ? to[1] : 59).map(two)
    return [{ items: hours, index: atHour }, { items: minutes, index: at(minutes, open ? (open[1]!.items[open[1]!.index] ?? '') : two(minute)) }]
  }

  private dates(value: string, open?: Columns): Columns {
    const now = new Date()
    const start = day(this.read('start')) ?? [1900, 1, 1]
    const end = day(this.read('end'), true) ?? [2100, 12, 31]
    const wanted = day(value) ?? [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    const fields = this.read<string>('fields')
    const shown: number[] = open ? texts(open).map(Number) : wanted
    const pick = (numbers: number[], like: number | undefined): { items: string[]; index: number; number: number } => {
      const index = Math.max(0, numbers.indexOf(Math.min(Math.max(like ?? numbers[0]!, numbers[0]!), numbers[numbers.length - 1]!)))
      return { items: numbers.map(two), index, number: numbers[index]! }
    }
    const year = pick(span(start[0], end[0]), shown[0])
    if (fields === 'year') return [year]
    const first = year.number === start[0]
    const last = year.number === end[0]
    const month = pick(span(first ? start[1] : 1, last ? end[1] : 12), shown[1])
    if (fields === 'month') return [year, month]
    const days = new Date(year.number, month.number, 0).getDate()
    return [year, month, pick(span(first && month.number === start[1] ? start[2] : 1, last && month.number === end[1] ? Math.min(days, end[2]) : days), shown[2])]
  }

  private divisions: typeof import('../parts/regions') | null = null
  private towns: ((county: string) => Division[]) | null = null

  private async fetchDivisions(): Promise<void> {
    this.divisions = await part<typeof import('../parts/regions')>('regions')
    if (this.read('level') === 'sub-district') this.towns = (await part<typeof import('../parts/towns')>('towns')).towns
  }

  /** A column per level, each below what stands chosen in the one before; where names are given, chosen by them. */
  private regions(names: string[], open?: Columns): { divisions: Division[]; index: number }[] {
    const { provinces, cities, counties } = this.divisions!
    const custom = this.read<string>('custom-item')
    const every = custom ? [{ name: custom, code: '' }] : []
    const depth = Math.max(1, LEVELS.indexOf(this.read<string>('level')) + 1)
    const below = [provinces, cities, counties, (county: string) => this.towns?.(county) ?? []]
    const out: { divisions: Division[]; index: number }[] = []
    let parent = ''
    for (let level = 0; level < depth; level++) {
      const divisions = [...every, ...(level && !parent ? [] : below[level]!(parent))]
      const standing = open?.[level]
      const wanted = standing ? standing.items[standing.index] : names[level]
      const index = Math.max(0, divisions.findIndex((one) => one.name === wanted))
      out.push({ divisions, index })
      parent = divisions[index]?.code ?? ''
    }
    return out
  }
}

const texts = (columns: Columns): string[] => columns.map((column) => column.items[column.index] ?? '')

type Clock = [hour: number, minute: number]

function clock(value: unknown): Clock | null {
  const found = /^(\d{1,2}):(\d{1,2})/.exec(String(value))
  return found ? [Number(found[1]), Number(found[2])] : null
}

function day(value: unknown, last = false): [number, number, number] | null {
  const found = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?/.exec(String(value))
  return found ? [Number(found[1]), Number(found[2] ?? (last ? 12 : 1)), Number(found[3] ?? (last ? 31 : 1))] : null
}

defineElement('picker', Picker)
