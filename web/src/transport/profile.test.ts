import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.unstubAllGlobals())

async function at(pathname: string) {
  vi.stubGlobal('location', { pathname })
  vi.resetModules()
  return import('./profile')
}

test('the address says whose app this is, and every name carries it', async () => {
  const { profile, profileBase, profiled } = await at('/p/ann/chats/7')
  expect([profile, profileBase, profiled('session')]).toEqual(['ann', '/p/ann', 'hutong.ann.session'])
})

test.each(['/', '/chats/p/ann', '/p/', '/p/<script>/', `/p/${'a'.repeat(33)}/`])('%s is the main profile', async (path) => {
  const { profile, profileBase } = await at(path)
  expect([profile, profileBase]).toEqual(['main', ''])
})
