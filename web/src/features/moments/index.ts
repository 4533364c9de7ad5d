/** Moments: what those one knows show, and showing something oneself. */
import type { RouteRecordRaw } from 'vue-router'

export type { Shown } from './showing'
export { unseen } from './showing'

export const PostForm = () => import('./PostForm.vue')

export const routes: RouteRecordRaw[] = [{ path: '/moments', component: () => import('./MomentsPage.vue'), meta: { tab: 'discover', up: '/discover' } }]
