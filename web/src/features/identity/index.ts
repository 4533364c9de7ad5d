/** Signing up, in and out, and who one is. */
import type { RouteRecordRaw } from 'vue-router'

export { account } from './account'
export { session, asMe, type Me } from './session'
export { signOut } from './session'
export { useMe } from './useMe'
export { useSignIn } from './useSignIn'

export const MePage = () => import('./MePage.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', component: () => import('./SignInPage.vue'), props: { kind: 'sign-in' }, meta: { open: true } },
  { path: '/sign-up', component: () => import('./SignInPage.vue'), props: { kind: 'sign-up' }, meta: { open: true } },
  { path: '/profile', component: () => import('./ProfilePage.vue'), meta: { tab: 'me', up: '/me' } },
  { path: '/code', component: () => import('./CodePage.vue'), meta: { tab: 'me', up: '/me' } },
  { path: '/devices', component: () => import('./DevicesPage.vue'), meta: { tab: 'me', up: '/settings' } },
  { path: '/password', component: () => import('./PasswordPage.vue'), meta: { tab: 'me', up: '/settings' } },
]
