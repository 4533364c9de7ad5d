/** The addresses of the app. Four tabs are roots; every other page is reached from them. */
import { defineAsyncComponent, ref, shallowRef, type Component } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { routes as benefits } from '@/features/benefits'
import { ChatsPage, routes as chat } from '@/features/chat'
import { routes as codes } from '@/features/codes'
import { ContactsPage, routes as contacts } from '@/features/contacts'
import { MePage, routes as identity, session } from '@/features/identity'
import { DiscoverPage, routes as miniapp } from '@/features/miniapp'
import { routes as moments } from '@/features/moments'
import { routes as official } from '@/features/official'
import { routes as pay } from '@/features/pay'
import { routes as settings } from '@/features/settings'
import { ApiError, UNREACHABLE } from '@/transport/errors'
import { profileBase } from '@/transport/profile'

export type Tab = 'chats' | 'contacts' | 'discover' | 'me'

declare module 'vue-router' {
  interface RouteMeta {
    /** Can be seen without being signed in. */
    open?: boolean
    /** The tab whose root this is. */
    root?: Tab
    /** The tab a page belongs to when it is opened by its address. */
    tab?: Tab
    /** Where back leads when there is nothing to go back to. */
    up?: string
  }
}

const roots: RouteRecordRaw[] = [
  { path: '/', component: ChatsPage, meta: { root: 'chats' } },
  { path: '/contacts', component: ContactsPage, meta: { root: 'contacts' } },
  { path: '/discover', component: DiscoverPage, meta: { root: 'discover' } },
  { path: '/me', component: MePage, meta: { root: 'me' } },
]

/** The same roots as the left pane of a desktop. */
export const panes: Record<Tab, Component> = {
  chats: defineAsyncComponent(ChatsPage),
  contacts: defineAsyncComponent(ContactsPage),
  discover: defineAsyncComponent(DiscoverPage),
  me: defineAsyncComponent(MePage),
}

export const direction = ref<'forward' | 'backward' | 'none'>('none')

export const router = createRouter({
  history: createWebHistory(`${profileBase}/`),
  routes: [...roots, ...identity, ...chat, ...contacts, ...pay, ...benefits, ...official, ...codes, ...miniapp, ...moments, ...settings, { path: '/:rest(.*)*', redirect: '/' }],
})

const position = (): number => (history.state as { position?: number } | null)?.position ?? 0
let last = position()

router.beforeEach((to) => {
  if (to.meta.open === true) return session.value === null ? true : '/'
  return session.value === null ? { path: '/sign-in', query: { next: to.fullPath } } : true
})

router.beforeResolve((to, from) => {
  const [toRoot, fromRoot] = [to.meta.root !== undefined, from.meta.root !== undefined]
  if (from.matched.length === 0 || to.meta.open === true || from.meta.open === true || (toRoot && fromRoot)) direction.value = 'none'
  else direction.value = toRoot || position() < last ? 'backward' : 'forward'
})
router.afterEach(() => {
  setTimeout(() => (last = position()))
})

/** The page that could not be fetched, until one comes. */
export const missing = shallowRef<{ path: string; error: ApiError } | null>(null)
export const fetchAgain = async (): Promise<void> => void (missing.value !== null && (await router.replace(missing.value.path).catch(() => undefined)))

router.onError((_, to) => (missing.value = { path: to.fullPath, error: new ApiError(UNREACHABLE, 0, '') }))
router.afterEach((_to, _from, failure) => {
  if (failure === undefined) missing.value = null
})
addEventListener('online', () => void fetchAgain())
