/** Light or dark, and the language, as chosen on this device. The phones of the desk follow it. */
import { ref, watch } from 'vue'

import { profiled } from '@/transport/profile'
import type { Locale } from '@/locales'

export type Theme = 'system' | 'light' | 'dark'

const kept = localStorage.getItem(profiled('theme'))

export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')

watch(
  theme,
  (chosen) => {
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    localStorage.setItem(profiled('theme'), chosen)
  },
  { immediate: true, flush: 'sync' },
)

/** The next of the three looks. */
export function turnTheme(): void {
  theme.value = theme.value === 'system' ? 'dark' : theme.value === 'dark' ? 'light' : 'system'
}

export function speak(locale: Locale): void {
  localStorage.setItem(profiled('locale'), locale)
  location.reload()
}
