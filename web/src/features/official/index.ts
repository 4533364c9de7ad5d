/** Official accounts: following them, their profile and menu. */
import { defineAsyncComponent } from 'vue'
import type { RouteRecordRaw } from 'vue-router'

import { accountFoot } from '@/features/chat'

accountFoot.value = defineAsyncComponent(() => import('./AccountMenu.vue'))

export const routes: RouteRecordRaw[] = [
  { path: '/accounts', component: () => import('./AccountsPage.vue'), meta: { tab: 'contacts', up: '/contacts' } },
  { path: '/accounts/:appid', component: () => import('./AccountPage.vue'), props: true, meta: { tab: 'contacts', up: '/accounts' } },
  { path: '/articles/:article', component: () => import('./ArticlePage.vue'), props: true, meta: { tab: 'contacts', up: '/accounts', bare: true } },
]
