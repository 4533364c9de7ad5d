/** How the app looks and speaks here, and what one has allowed. */
import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/settings', component: () => import('./SettingsPage.vue'), meta: { tab: 'me', up: '/me' } },
  { path: '/settings/grants', component: () => import('./GrantsPage.vue'), meta: { tab: 'me', up: '/settings' } },
]
