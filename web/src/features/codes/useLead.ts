/** Goes where a read code leads, after asking where that is another page of the web. */
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import { confirm, tell } from '@/composables/ask'
import { useErrorText } from '@/composables/useErrorText'
import { toApiError } from '@/transport/errors'

import type { Reading } from './decode'
import { follow } from './follow'

export function useLead(): { busy: Ref<boolean>; lead: (reading: Reading) => Promise<void> } {
  const { t } = useI18n()
  const router = useRouter()
  const errorText = useErrorText()
  const busy = ref(false)

  async function lead(reading: Reading): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      const led = await follow(reading, router)
      if (led.kind === 'address') {
        if (await confirm({ title: t('codes.openAddress'), text: led.url, yes: t('action.open') })) open(led.url, '_blank', 'noopener,noreferrer')
      } else if (led.kind === 'words') {
        await confirm({ title: t('codes.words'), text: led.text })
      }
    } catch (thrown) {
      tell(errorText(toApiError(thrown)))
    } finally {
      busy.value = false
    }
  }
  return { busy, lead }
}
