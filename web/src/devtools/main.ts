/** The dev tools: a program being worked on, beside what it does. */
import '@/design/base.css'
import 'tdesign-vue-next/es/style/index.css'

import { createApp } from 'vue'

import { messagesOf } from '@/locales'

import App from './App.vue'

const i18n = await messagesOf('devtools')
const words = i18n.global.locale.value === 'en' ? import('tdesign-vue-next/es/locale/en_US') : import('tdesign-vue-next/es/locale/zh_CN')
const id = location.pathname.split('/')[2] ?? ''
createApp(App, { id, words: (await words).default }).use(i18n).mount('#root')
