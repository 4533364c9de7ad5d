/** Moments and amounts as the reader's language writes them. */
import { useI18n } from 'vue-i18n'

let place: string | undefined

/** The console keeps the time of its merchants' days; the desk, like its phones, that of the reader. */
export function keepTimeOf(timeZone: string): void {
  place = timeZone
}

export function useMoments() {
  const { locale } = useI18n()
  const zone = place === undefined ? {} : { timeZone: place }
  const moment = new Intl.DateTimeFormat(locale.value, { ...zone, month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const time = new Intl.DateTimeFormat(locale.value, { ...zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(locale.value, { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return {
    moment: (at: number) => moment.format(at),
    time: (at: number) => time.format(at),
    day: (at: number) => day.format(at),
    money: (amount: number, currency = 'CNY') =>
      new Intl.NumberFormat(locale.value, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(amount / 100),
  }
}

/** A stretch of time in two figures at most: `41 ms`, `1.2 s`, `3 min`. */
export function spoken(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  if (ms < 3_600_000) return `${String(Math.round(ms / 60_000))} min`
  return `${String(Math.round(ms / 3_600_000))} h`
}
