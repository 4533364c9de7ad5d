/** People: finding them, asking them, and one's own list. */
import type { RouteRecordRaw } from 'vue-router'

export { book, isContact, waiting, type BookEntry } from './book'
export { notePeople, personOf } from './people'

export const ContactsPage = () => import('./ContactsPage.vue')
export const PickPeople = () => import('./PickPeople.vue')

export const routes: RouteRecordRaw[] = [
  { path: '/people/:id', component: () => import('./PersonPage.vue'), props: true, meta: { tab: 'contacts', up: '/contacts' } },
  { path: '/new-friends', component: () => import('./NewFriendsPage.vue'), meta: { tab: 'contacts', up: '/contacts' } },
  { path: '/add-friend', component: () => import('./AddFriendPage.vue'), meta: { tab: 'contacts', up: '/contacts' } },
  { path: '/blocked', component: () => import('./BlockedPage.vue'), meta: { tab: 'me', up: '/settings' } },
]
