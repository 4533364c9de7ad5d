/** A device's own page: one program on the whole screen, and nothing of anybody's. */
import '@/design/base.css'

import { createApp } from 'vue'

import { messagesOf } from '@/locales'

import App from './App.vue'

const i18n = await messagesOf('kiosk')
createApp(App).use(i18n).mount('#root')
