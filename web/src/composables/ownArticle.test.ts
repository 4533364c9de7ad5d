import { expect, test } from 'vitest'

import { ownArticle } from './ownArticle'

test('an article of this home is read in the app, and nothing else is', () => {
  expect(ownArticle(`${location.origin}/articles/aB3`)).toBe('/articles/aB3')
  expect(ownArticle(`${location.origin}/mp/s/aB3?x=1`)).toBe('/articles/aB3')
  expect(ownArticle('https://mp.weixin.qq.com/s/aB3')).toBe('/articles/aB3')
  for (const other of ['https://tea.example/articles/aB3', `${location.origin}/console`, `${location.origin}/articles/a/b`, 'https://mp.weixin.qq.com/s?__biz=1', 'words', '']) expect(ownArticle(other)).toBeNull()
})
