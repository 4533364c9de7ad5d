/** mp-html. */

import type { Library } from './library'

const html = '<h1>标题</h1><p style="color:red">段落<b>粗</b>&nbsp;<a href="#后">锚</a></p><ul><li>一</li><li>二<ol><li>甲</li></ol></li></ul><table border="1"><tr><th>头</th><td colspan="2">格</td></tr></table><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="50" height="50"/><pre>代码</pre><hr><blockquote id="后">引文</blockquote><a id="link" href="https://example.com/">外链</a>'

export const mpHtml: Library = {
  name: 'mp-html',
  folder: 'dist/mp-weixin',
  prefix: 'mp-',
  file: () => 'index',
  components: ['html'],
  sheets: {
    article: { wxml: '<mp-html id="h" content="{{html}}" selectable scroll-table use-anchor copy-link="{{false}}" bindload="heard" bindready="heard" bindlinktap="heard"/>', data: { html }, sees: ['标题', '段落', '格', '代码', '引文'], taps: [['#h ._a:has-text("外链")', 'h linktap'], ['#h ._a:has-text("外链")', 'h load']] },
  },
}
