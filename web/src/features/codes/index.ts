/** Codes: scanning them, and going where they lead. */
import type { RouteRecordRaw } from 'vue-router'

export { follow as followCode } from './follow'

export const CodeReader = () => import('./CodeReader.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/l/:handle', component: () => import('./LinkPage.vue'), props: true, meta: { tab: 'discover', up: '/discover' } },
  { path: '/scan', component: () => import('./ScanPage.vue'), meta: { tab: 'discover', up: '/discover', bare: true } },
]
