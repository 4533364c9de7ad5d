import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { messagesOf } from '@/locales'
import { profiled } from '@/transport/profile'

import { signOut } from './session'
import SignInPage from './SignInPage.vue'

const NOWHERE = { template: '<p />' }
const answers = (body: unknown, status: number) => () => Promise.resolve(new Response(JSON.stringify(body), { status }))

beforeEach(() => localStorage.setItem(profiled('locale'), 'en'))
afterEach(async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })))
  await signOut()
  vi.unstubAllGlobals()
  localStorage.clear()
})

async function pageAt(address: string) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/sign-in', component: SignInPage, props: { kind: 'sign-in' } },
      { path: '/:rest(.*)*', component: NOWHERE },
    ],
  })
  await router.push(address)
  const page = mount(SignInPage, { props: { kind: 'sign-in' }, global: { plugins: [router, await messagesOf('app')] } })
  await page.get('input[name=username]').setValue('ann')
  await page.get('input[name=password]').setValue('oolong-tea')
  await page.get('form').trigger('submit')
  await flushPromises()
  return { page, router }
}

test('a refusal is told in the reader’s language, and what was typed stays', async () => {
  vi.stubGlobal('fetch', answers({ error: { code: 'identity.sign_in_wrong', message: '', details: {} } }, 401))
  const { page, router } = await pageAt('/sign-in')

  expect(page.get('[role=alert]').text()).toBe('The username or the password is wrong.')
  expect(page.get<HTMLInputElement>('input[name=username]').element.value).toBe('ann')
  expect(router.currentRoute.value.path).toBe('/sign-in')
})

test('a refusal without a sentence of its own still says its code', async () => {
  vi.stubGlobal('fetch', answers({ error: { code: 'identity.new_rule', message: '', details: {} } }, 403))
  const { page } = await pageAt('/sign-in')
  expect(page.get('[role=alert]').text()).toContain('identity.new_rule')
})

test.each([
  ['/sign-in?next=/chats/7', '/chats/7'],
  ['/sign-in?next=//elsewhere.example/', '/'],
  ['/sign-in?next=https://elsewhere.example/', '/'],
  ['/sign-in', '/'],
])('from %s one arrives at %s', async (address, arrival) => {
  vi.stubGlobal('fetch', answers({ token: 't', user_id: '1', session_id: '2' }, 200))
  const { router } = await pageAt(address)
  expect(router.currentRoute.value.fullPath).toBe(arrival)
})
