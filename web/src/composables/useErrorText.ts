/** What happened and what to do next, in the reader's language. */
import { useI18n } from 'vue-i18n'

import type { ApiError } from '@/transport/errors'

export function useErrorText(): (error: ApiError) => string {
  const { t, te, fallbackLocale } = useI18n()
  return (error) => {
    const key = `errors.${error.code}`
    return te(key) || te(key, String(fallbackLocale.value)) ? t(key) : t('errors.other', { code: error.code })
  }
}
