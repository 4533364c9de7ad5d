/** The desk: the builder's tools. */
import '@/design/base.css'
import 'tdesign-vue-next/es/style/index.css'
import '@/workbench/workbench.css'

import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

import { messagesOf } from '@/locales'

import App from './App.vue'
import StreetPage from './street/StreetPage.vue'

const i18n = await messagesOf('desk')
const words = i18n.global.locale.value === 'en' ? import('tdesign-vue-next/es/locale/en_US') : import('tdesign-vue-next/es/locale/zh_CN')
const router = createRouter({
  history: createWebHistory('/desk'),
  linkActiveClass: '',
  linkExactActiveClass: 'router-link-active',
  routes: [
    { path: '/', component: StreetPage },
    { path: '/calls', component: () => import('./CallsPage.vue') },
    { path: '/deliveries', component: () => import('./DeliveriesPage.vue') },
    { path: '/faults', component: () => import('./FaultsPage.vue') },
    { path: '/keys', component: () => import('./KeysPage.vue') },
    { path: '/:elsewhere(.*)*', redirect: '/' },
  ],
})
createApp(App, { words: (await words).default }).use(i18n).use(router).mount('#root')
