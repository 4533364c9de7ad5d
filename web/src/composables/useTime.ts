/** Moments as people say them. */
import { useI18n } from 'vue-i18n'

const DAY_MS = 86_400_000

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

const FORMATS = {
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  weekday: { weekday: 'long' },
  day: { month: 'short', day: 'numeric' },
  date: { year: 'numeric', month: '2-digit', day: '2-digit' },
  whole: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

/** Making a formatter takes longer than drawing a row: each is made once for a language. */
const made = new Map<string, Intl.DateTimeFormat>()
function formatter(locale: string, name: keyof typeof FORMATS): Intl.DateTimeFormat {
  const key = `${locale} ${name}`
  const found = made.get(key) ?? new Intl.DateTimeFormat(locale, FORMATS[name])
  made.set(key, found)
  return found
}

export function useTime() {
  const { t, locale } = useI18n()
  const format = (name: keyof typeof FORMATS, at: number): string => formatter(locale.value, name).format(at)

  function dayName(at: number, now: number): string {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS)
    if (days === 1) return t('time.yesterday')
    if (days > 1 && days < 7) return format('weekday', at)
    return new Date(at).getFullYear() === new Date(now).getFullYear() ? format('day', at) : format('date', at)
  }

  /** In a list: the time today, else the day. */
  function inList(at: number, now: number): string {
    return startOfDay(at) === startOfDay(now) ? format('clock', at) : dayName(at, now)
  }

  /** Between messages: the day unless it is today, and the time. */
  function between(at: number, now: number): string {
    return startOfDay(at) === startOfDay(now) ? format('clock', at) : `${dayName(at, now)} ${format('clock', at)}`
  }

  return { inList, between, whole: (at: number) => format('whole', at), day: (at: number) => format('date', at) }
}
