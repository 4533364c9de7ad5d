/** Money: the wallet, the account book, and standing before a cashier. */
import type { RouteRecordRaw } from 'vue-router'

export { cashier, pay, type Outcome } from './cashier'

export const CashierSheet = () => import('./CashierSheet.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/wallet', component: () => import('./WalletPage.vue'), meta: { tab: 'me', up: '/me' } },
  { path: '/wallet/top-up', component: () => import('./RemitPage.vue'), props: { direction: 'IN' }, meta: { tab: 'me', up: '/wallet' } },
  { path: '/wallet/withdraw', component: () => import('./RemitPage.vue'), props: { direction: 'OUT' }, meta: { tab: 'me', up: '/wallet' } },
  { path: '/wallet/cards', component: () => import('./CardsPage.vue'), meta: { tab: 'me', up: '/wallet' } },
  { path: '/wallet/pin', component: () => import('./PinPage.vue'), meta: { tab: 'me', up: '/wallet' } },
  { path: '/wallet/bills', component: () => import('./BillsPage.vue'), meta: { tab: 'me', up: '/wallet' } },
  { path: '/wallet/bills/:id', component: () => import('./BillPage.vue'), props: true, meta: { tab: 'me', up: '/wallet/bills' } },
]
