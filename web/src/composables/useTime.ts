/** Moments as people say them. */
import { useI18n } from 'vue-i18n'

const DAY_MS = 86_400_000

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

export function useTime() {
  const { t, locale } = useI18n()
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale.value, options)
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const weekday = format({ weekday: 'long' })
  const day = format({ month: 'short', day: 'numeric' })
  const date = format({ year: 'numeric', month: '2-digit', day: '2-digit' })
  const whole = format({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })

  function dayName(at: number, now: number): string {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS)
    if (days === 1) return t('time.yesterday')
    if (days > 1 && days < 7) return weekday.format(at)
    return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : date.format(at)
  }

  /** In a list: the time today, else the day. */
  function inList(at: number, now: number): string {
    return startOfDay(at) === startOfDay(now) ? clock.format(at) : dayName(at, now)
  }

  /** Between messages: the day unless it is today, and the time. */
  function between(at: number, now: number): string {
    return startOfDay(at) === startOfDay(now) ? clock.format(at) : `${dayName(at, now)} ${clock.format(at)}`
  }

  return { inList, between, whole: (at: number) => whole.format(at), day: (at: number) => date.format(at) }
}
