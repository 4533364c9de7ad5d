/** weui-miniprogram. */

import type { Library } from './library'

const picture = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='

export const weui: Library = {
  name: 'weui-miniprogram',
  folder: 'miniprogram_dist',
  prefix: 'mp-',
  file: (name) => `${name}/${name}`,
  unseen: { dialog: 'has no element of its own: its texts are seen' },
  sheets: {
    cells: { wxml: '<mp-cells title="列表" footer="底部说明"><mp-cell id="c" value="单元格" footer="说明" link hover bindtap="heard"/><mp-cell><view>标题</view><view slot="footer"><mp-badge content="8"/></view></mp-cell></mp-cells><mp-icon icon="add" size="{{40}}" type="field"/><mp-loading type="circle" tips="加载中"/>', sees: ['列表', '单元格', '底部说明', '8', '加载中'], taps: [['#c .weui-cell', 'c tap']] },
    checkbox: { wxml: '<mp-checkbox-group id="g" prop="x" multi="{{true}}" bindchange="heard"><mp-checkbox label="甲" value="1" checked/><mp-checkbox id="b" label="乙" value="2"/></mp-checkbox-group>', sees: ['甲', '乙'], taps: [['#b .weui-cell', 'g change']] },
    form: { wxml: '<mp-form-page title="表单" subtitle="请填写"><mp-form id="f" rules="{{rules}}" models="{{form}}"><mp-cells title="资料"><mp-cell prop="name" title="姓名"><input placeholder="输入姓名" value="{{form.name}}"/></mp-cell></mp-cells></mp-form><view slot="button" id="submit" bindtap="heard">提交</view></mp-form-page>', data: { form: { name: '' }, rules: [{ name: 'name', rules: { required: true, message: '姓名必填' } }] }, ready: "this.selectComponent('#f').validate((valid, errors) => note('form ' + valid + ' ' + errors[0].message))", sees: ['表单', '姓名'], taps: [['#submit', 'submit tap'], ['#submit', 'form false 姓名必填']] },
    actionsheet: { wxml: '<mp-actionsheet id="a" show title="选一个" actions="{{[{text:\'示例\',value:1},{text:\'警示\',type:\'warn\',value:2}]}}" bindactiontap="heard"/>', sees: ['选一个', '警示', '取消'], taps: [['#a .weui-actionsheet__cell', 'a actiontap']] },
    dialog: { wxml: '<mp-dialog id="d" show title="标题" buttons="{{[{text:\'取消\'},{text:\'确定\'}]}}" bindbuttontap="heard"><view>正文</view></mp-dialog>', sees: ['标题', '正文', '确定'], taps: [['.weui-dialog__btn', 'd buttontap']] },
    half: { wxml: '<mp-half-screen-dialog id="h" show title="半屏" subTitle="副题" desc="描述" tips="提示" buttons="{{[{type:\'default\',text:\'辅助\'},{type:\'primary\',text:\'主要\'}]}}" bindbuttontap="heard"/>', sees: ['半屏', '描述', '主要'], taps: [['#h .weui-btn', 'h buttontap']] },
    gallery: { wxml: '<mp-gallery id="g" show imgUrls="{{[picture,picture]}}" current="{{0}}" binddelete="heard" hideOnClick="{{false}}"/>', data: { picture }, sees: ['1/2'], taps: [['#g .weui-gallery__del', 'g delete']] },
    msg: { wxml: '<mp-msg type="success" title="成功了"><view slot="desc">内容详情</view><view slot="handle"><button>确定</button></view></mp-msg>', sees: ['成功了', '内容详情'] },
    bars: { wxml: '<mp-navigation-bar id="n" title="导航" back="{{true}}" delta="{{0}}" bindback="heard"/><mp-searchbar id="s" search="{{search}}" placeholder="搜" bindfocus="heard"/><mp-tabbar id="t" list="{{[{text:\'首页\',iconPath:picture,selectedIconPath:picture},{text:\'我\',iconPath:picture,selectedIconPath:picture,badge:\'8\'}]}}" bindchange="heard"/>', data: { picture }, sees: ['导航', '首页', '我'], taps: [['#t .weui-tabbar__item >> nth=1', 't change']] },
    slide: { wxml: '<mp-slideview id="s" buttons="{{[{text:\'普通\'},{text:\'删除\',type:\'warn\'}]}}" bindbuttontap="heard"><mp-cell value="左滑"/></mp-slideview>', sees: ['左滑'] },
    toptips: { wxml: '<mp-toptips show msg="出错了" type="error" delay="{{60000}}"/>', sees: ['出错了'] },
    uploader: { wxml: '<mp-uploader id="u" title="图片" tips="最多两张" max-count="{{2}}" files="{{[{url:picture}]}}" binddelete="heard"/><mp-grids grids="{{[{imgUrl:picture,url:\'\',text:\'格一\'},{imgUrl:picture,url:\'\',text:\'格二\'}]}}"/>', data: { picture }, sees: ['图片', '最多两张', '格一'] },
  },
}
