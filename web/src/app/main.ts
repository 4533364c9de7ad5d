/** The app: what members use. */
import '@/design/base.css'
import 'tdesign-mobile-vue/es/style/index.css'
import '@/design/app.css'
import '@/composables/preferences'

import { createApp, watch } from 'vue'

import { session } from '@/features/identity'
import { messagesOf } from '@/locales'
import { leaveHome, openHome } from '@/transport/home'

import App from './App.vue'
import { router } from './router'

let person = session.value?.user_id

/** Whoever signs out or changes places leaves nothing behind: the document begins anew. */
watch(session, async (open) => {
  if (person === undefined) {
    person = open?.user_id
    await openHome()
  } else if (open?.user_id !== person) {
    if (open === null) await leaveHome(person)
    location.assign(router.resolve('/sign-in').href)
  }
})

await openHome()
const i18n = await messagesOf('app')
const words = i18n.global.locale.value === 'en' ? import('tdesign-mobile-vue/es/locale/en_US') : import('tdesign-mobile-vue/es/locale/zh_CN')
createApp(App, { words: (await words).default }).use(i18n).use(router).mount('#root')

if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js').catch(() => undefined)
