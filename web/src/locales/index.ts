/** The catalogues: what all faces say, and what one of them says. Only the reader's language is loaded. */
import { createI18n } from 'vue-i18n'

import { profiled } from '@/transport/profile'

export const LOCALES = ['zh-CN', 'en'] as const
export type Locale = (typeof LOCALES)[number]
export type Face = 'app' | 'desk' | 'console' | 'devtools' | 'kiosk'

interface Strings {
  [name: string]: string | Strings
}

interface Catalogue {
  default: Strings
}
const catalogues = import.meta.glob<Catalogue>('./*.json')

/** The person's own choice, else the first of the browser's languages that we speak, else Chinese. */
export function chosenLocale(languages: readonly string[] = navigator.languages): Locale {
  const kept = localStorage.getItem(profiled('locale'))
  const known = LOCALES.find((locale) => locale === kept)
  if (known !== undefined) return known
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh-CN'
    if (/^en\b/i.test(language)) return 'en'
  }
  return 'zh-CN'
}

async function load(name: string, locale: Locale): Promise<Strings> {
  const found = catalogues[`./${name}.${locale}.json`]
  if (found === undefined) throw new Error(`There is no catalogue ${name}.${locale}.json`)
  return (await found()).default
}

export async function messagesOf(face: Face) {
  const locale = chosenLocale()
  document.documentElement.lang = locale
  const [common, own] = await Promise.all([load('common', locale), load(face, locale)])
  const i18n = createI18n({ legacy: false, locale, fallbackLocale: locale, messages: { [locale]: common } })
  i18n.global.mergeLocaleMessage(locale, own)
  return i18n
}
