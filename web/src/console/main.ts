/** The console: what owners and merchants run their accounts with. */
import '@/design/base.css'
import 'tdesign-vue-next/es/style/index.css'
import '@/workbench/workbench.css'

import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

import { messagesOf } from '@/locales'
import { keepTimeOf } from '@/workbench/useMoments'

import App from './App.vue'
import HomePage from './HomePage.vue'

keepTimeOf('Asia/Shanghai')

const i18n = await messagesOf('console')
const words = i18n.global.locale.value === 'en' ? import('tdesign-vue-next/es/locale/en_US') : import('tdesign-vue-next/es/locale/zh_CN')
const router = createRouter({
  history: createWebHistory('/console'),
  linkActiveClass: '',
  linkExactActiveClass: 'router-link-active',
  routes: [
    { path: '/', component: HomePage },
    { path: '/members', component: () => import('./MembersPage.vue') },
    { path: '/devices', component: () => import('./DevicesPage.vue') },
    { path: '/ads', component: () => import('./AdsPage.vue') },
    { path: '/acts', component: () => import('./ActsPage.vue') },
    { path: '/merchants/:mchid', component: () => import('./merchant/OverviewPage.vue'), props: true },
    { path: '/merchants/:mchid/orders', component: () => import('./merchant/OrdersPage.vue'), props: true },
    { path: '/merchants/:mchid/notifications', component: () => import('./merchant/NotificationsPage.vue'), props: true },
    { path: '/merchants/:mchid/keys', component: () => import('./merchant/KeysPage.vue'), props: true },
    { path: '/accounts/:appid', component: () => import('./app/KeysPage.vue'), props: true },
    { path: '/accounts/:appid/push', component: () => import('./app/PushPage.vue'), props: true },
    { path: '/accounts/:appid/menu', component: () => import('./app/MenuPage.vue'), props: true },
    { path: '/accounts/:appid/messages', component: () => import('./app/MessagesPage.vue'), props: true },
    { path: '/accounts/:appid/articles', component: () => import('./app/ArticlesPage.vue'), props: true },
    { path: '/accounts/:appid/fans', component: () => import('./app/FansPage.vue'), props: true },
    { path: '/accounts/:appid/coupons', component: () => import('./app/CouponsPage.vue'), props: true },
    { path: '/programs/:appid', component: () => import('./app/VersionsPage.vue'), props: true },
    { path: '/programs/:appid/reviews', component: () => import('./app/ReviewsPage.vue'), props: true },
    { path: '/programs/:appid/testers', component: () => import('./app/TestersPage.vue'), props: true },
    { path: '/programs/:appid/messages', component: () => import('./app/MessagesPage.vue'), props: true },
    { path: '/programs/:appid/openings', component: () => import('./app/OpeningsPage.vue'), props: true },
    { path: '/programs/:appid/plugins', component: () => import('./app/PluginsPage.vue'), props: true },
    { path: '/programs/:appid/ads', component: () => import('./app/AdUnitsPage.vue'), props: true },
    { path: '/programs/:appid/virtual', component: () => import('./app/VirtualPage.vue'), props: true },
    { path: '/programs/:appid/settings', component: () => import('./app/SettingsPage.vue'), props: true },
    { path: '/programs/:appid/code', component: () => import('./app/CodePage.vue'), props: true },
    { path: '/programs/:appid/keys', component: () => import('./app/KeysPage.vue'), props: true },
    { path: '/programs/:appid/push', component: () => import('./app/PushPage.vue'), props: true },
    { path: '/platform', component: () => import('./platform/QueuePage.vue') },
    { path: '/platform/reviews/:reviewId', component: () => import('./platform/ReviewerPage.vue'), props: true },
    { path: '/platform/complaints', component: () => import('./platform/ComplaintsPage.vue') },
    { path: '/platform/visits', component: () => import('./platform/VisitsPage.vue') },
    { path: '/platform/admins', component: () => import('./platform/AdminsPage.vue') },
    { path: '/:elsewhere(.*)*', redirect: '/' },
  ],
})
createApp(App, { words: (await words).default }).use(i18n).use(router).mount('#root')
