/** What a coupon is good for and until when, in the reader's language. */
import { useI18n } from 'vue-i18n'

import type { CouponFace } from '@/api'
import { useMoney } from '@/composables/useMoney'
import { useTime } from '@/composables/useTime'
import { businessNow } from '@/transport/stream'

const DAY_MS = 86_400_000

export function useCouponWords() {
  const { t } = useI18n()
  const { money } = useMoney()
  const { day } = useTime()

  function worth(face: CouponFace): string {
    if (face.kind === 'CASH') return face.least_cost > 0 ? t('coupons.offOver', { off: money(face.reduce_cost), least: money(face.least_cost) }) : t('coupons.off', { off: money(face.reduce_cost) })
    if (face.kind === 'DISCOUNT') return t('coupons.percentOff', { percent: face.discount })
    return face.detail
  }

  function until({ begins_at, expires_at }: { begins_at: number; expires_at: number }, now = businessNow()): string {
    if (begins_at > now) return t('coupons.from', { from: day(begins_at), until: day(expires_at) })
    const days = Math.ceil((expires_at - now) / DAY_MS)
    return days > 0 && days <= 3 ? t('coupons.daysLeft', { days }, days) : t('coupons.until', { until: day(expires_at) })
  }

  function stateOf(state: string): string {
    return state === 'CONSUMED' ? t('coupons.used') : state === 'EXPIRE' ? t('coupons.expired') : state === 'UNAVAILABLE' ? t('coupons.withdrawn') : ''
  }

  return { worth, until, stateOf }
}
