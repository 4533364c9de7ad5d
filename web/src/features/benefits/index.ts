/** Cards and offers: the coupons one has, each with its code, and taking those that a device offers. */
import type { RouteRecordRaw } from 'vue-router'

export { useCouponWords } from './useCouponWords'

export const CouponCard = () => import('./CouponCard.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/coupons', component: () => import('./PackPage.vue'), meta: { tab: 'me', up: '/me' } },
  { path: '/coupons/past', component: () => import('./PackPage.vue'), props: { past: true }, meta: { tab: 'me', up: '/coupons' } },
  { path: '/coupons/:id', component: () => import('./CouponPage.vue'), props: true, meta: { tab: 'me', up: '/coupons' } },
  { path: '/offers/:code', component: () => import('./OfferPage.vue'), props: true, meta: { tab: 'discover', up: '/discover' } },
]
