/** How the app looks and speaks on this device, for this profile. */
import { ref, watch } from 'vue'

import { profiled } from '@/transport/profile'

export type Theme = 'system' | 'light' | 'dark'
export const SCALES = [100, 125, 150] as const
export type Scale = (typeof SCALES)[number]

const kept = (name: string): string | null => localStorage.getItem(profiled(name))

export const theme = ref<Theme>((['light', 'dark'] as const).find((one) => one === kept('theme')) ?? 'system')
export const scale = ref<Scale>(SCALES.find((one) => String(one) === kept('scale')) ?? 100)

/** Whether a message that arrives is heard. */
export const sounds = ref(kept('sounds') !== 'off')
watch(sounds, (on) => localStorage.setItem(profiled('sounds'), on ? 'on' : 'off'))

watch(
  [theme, scale],
  () => {
    const root = document.documentElement
    if (theme.value === 'system') delete root.dataset.theme
    else root.dataset.theme = theme.value
    root.style.fontSize = scale.value === 100 ? '' : `${String(scale.value)}%`
    localStorage.setItem(profiled('theme'), theme.value)
    localStorage.setItem(profiled('scale'), String(scale.value))
  },
  { immediate: true },
)

export function keepLocale(locale: string): void {
  localStorage.setItem(profiled('locale'), locale)
  location.reload()
}
