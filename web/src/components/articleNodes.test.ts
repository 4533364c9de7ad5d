import { expect, test } from 'vitest'

import { articleNodes, styleOf, type ArticleNode } from './articleNodes'

const flat = (nodes: readonly ArticleNode[]): string => nodes.map((node) => (node.tag === '' ? node.text : `<${node.tag}>${flat(node.children)}</>`)).join('')

test('only elements that articles hold are drawn, and the words of any other', () => {
  expect(flat(articleNodes('<p>a<b>b</b></p><script>1</script><button>c</button><video src="x">d</video>'))).toBe('<p>a<b>b</></>1cd')
})

test('attributes that are not known are not drawn', () => {
  const [link] = articleNodes('<a href="https://tea.example/" onclick="steal()" id="x" class="y">tea</a>')
  expect(link?.attributes).toEqual({ href: 'https://tea.example/' })
})

test('a card and a link name their page', () => {
  const [card] = articleNodes('<mp-miniprogram data-miniprogram-appid="wx1" data-miniprogram-path="/pages/a?b=1&amp;c=2" data-miniprogram-title="Tea" data-miniprogram-imageurl="/p"></mp-miniprogram>')
  expect(card?.program).toEqual({ appid: 'wx1', path: 'pages/a?b=1&c=2', card: true, title: 'Tea', picture: '/p' })
  const [link] = articleNodes('<a data-miniprogram-appid="wx1" data-miniprogram-path="pages/a">tea</a>')
  expect(link?.program).toMatchObject({ appid: 'wx1', path: 'pages/a', card: false })
  const [nowhere] = articleNodes('<mp-miniprogram>tea</mp-miniprogram>')
  expect(nowhere).toMatchObject({ tag: '', text: 'tea' })
})

test('lengths grow with large type, colours fit the theme', () => {
  expect(styleOf('font-size:18px;line-height:1.5;color:#333;background-color:rgb(1, 2, 3);margin:8px 0')).toEqual({
    'font-size': '1.125rem',
    'line-height': '1.5',
    '--ink': '#333',
    '--paper': 'rgb(1, 2, 3)',
    margin: '0.5rem 0',
  })
})
