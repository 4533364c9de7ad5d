/** Mini programs: the ones used lately, and opening one. */
import type { RouteRecordRaw } from 'vue-router'

export { runs } from './running'
export { scopeName } from './sheets/scopes'
export { storage } from './storage'
export const ProgramLayer = () => import('./ProgramLayer.vue')
export const DiscoverPage = () => import('./DiscoverPage.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/programs/:appid/about', component: () => import('./AboutPage.vue'), props: true, meta: { tab: 'discover', up: '/discover' } },
  { path: '/devices/at/:code', component: () => import('./DevicePage.vue'), props: true, meta: { tab: 'discover', up: '/discover' } },
  { path: '/my-addresses', component: () => import('./AddressesPage.vue'), meta: { tab: 'me', up: '/settings' } },
  { path: '/my-invoice-titles', component: () => import('./InvoiceTitlesPage.vue'), meta: { tab: 'me', up: '/settings' } },
  { path: '/programs/:appid', component: () => import('./ProgramPage.vue'), props: true, meta: { tab: 'discover', up: '/discover', bare: true } },
]
