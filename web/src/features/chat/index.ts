/** Conversations and what is said in them. */
import type { RouteRecordRaw } from 'vue-router'

export { accountFoot } from './foot'
export { lineOf, unreadTotal } from './inbox'
export { say, type PersonBody } from './outbox'
export { openWith } from './openWith'
export { keepLine, refresh } from './inbox'
export { forwarded } from './forwarding'

export const ForwardList = () => import('./ForwardList.vue')
export const ArrivalBanner = () => import('./ArrivalBanner.vue')
export const ChatsPage = () => import('./ChatsPage.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/chats/new', component: () => import('./NewGroupPage.vue'), meta: { tab: 'chats', up: '/' } },
  { path: '/chats/:id', component: () => import('./ThreadPage.vue'), props: true, meta: { tab: 'chats', up: '/', bare: true } },
  { path: '/chats/:id/info', component: () => import('./ThreadInfoPage.vue'), props: true, meta: { tab: 'chats', up: '/' } },
  { path: '/chats/:id/invite', component: () => import('./InvitePage.vue'), props: true, meta: { tab: 'chats', up: '/' } },
  { path: '/chats/:id/code', component: () => import('./GroupCodePage.vue'), props: true, meta: { tab: 'chats', up: '/' } },
  { path: '/join/:code', component: () => import('./JoinPage.vue'), props: true, meta: { tab: 'chats', up: '/' } },
  { path: '/forward', component: () => import('./ForwardPage.vue'), meta: { tab: 'chats', up: '/' } },
]
