/** Amounts in minor units, as people read them. */
import { useI18n } from 'vue-i18n'

export function useMoney() {
  const { locale } = useI18n()
  const money = (amount: number, currency = 'CNY'): string =>
    new Intl.NumberFormat(locale.value, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(amount / 100)
  return { money }
}

/** What was typed as an amount, in minor units; null unless it is one. */
export function parseAmount(text: string): number | null {
  const found = /^(\d{1,9})(?:\.(\d{0,2}))?$/.exec(text.trim())
  if (found === null) return null
  const amount = Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
  return amount > 0 ? amount : null
}
