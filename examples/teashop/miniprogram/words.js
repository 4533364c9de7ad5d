// The program speaks the person's language: Chinese, or English for everyone else.
const language = String(wx.getAppBaseInfo().language || '').startsWith('zh') ? 'zh' : 'en'

const WORDS = {
  zh: {
    add: '选规格', quick: '加入', pay: '去支付', cart: '已选', clear: '清空', note: '备注（选填）', done: '选好了', total: '合计', empty: '还没有订单', order: '订单', items: '件',
    loading: '正在打开', offline: '暂时连不上店里', again: '再试一次', left: '仅剩', sold: '售罄', cancel: '取消订单', payNow: '现在支付', refunded: '已退款', placed: '下单时间', number: '订单号',
    paid: '支付成功', unpaidHint: '还没有付款，可以稍后再付', check: '正在确认付款', phone: '留个电话', phoneHint: '做好了好找你', cleared: '已清空', share: '一起喝杯茶？', again2: '再来一单',
    couponHint: '新朋友一张，30 天内可用', take: '领券', takenCard: '已放入卡包', inPack: '券在你的卡包里', mine: '查看',
    states: { unpaid: '待付款', paid: '制作中', ready: '请取餐', collected: '已完成', closed: '已关闭' },
  },
  en: {
    add: 'Choose', quick: 'Add', pay: 'Check out', cart: 'Chosen', clear: 'Clear', note: 'Note (optional)', done: 'Add to order', total: 'Total', empty: 'No orders yet', order: 'Order', items: 'items',
    loading: 'Opening', offline: 'The shop cannot be reached', again: 'Try again', left: 'Only', sold: 'Sold out', cancel: 'Cancel order', payNow: 'Pay now', refunded: 'Refunded', placed: 'Placed', number: 'Number',
    paid: 'Paid', unpaidHint: 'Not paid yet; you can pay later', check: 'Confirming your payment', phone: 'Leave a phone number', phoneHint: 'so we can find you', cleared: 'Cleared', share: 'Tea together?', again2: 'Order again',
    couponHint: 'One for everybody, good for 30 days', take: 'Take it', takenCard: 'In your card pack', inPack: 'It is in your card pack', mine: 'Show',
    states: { unpaid: 'To pay', paid: 'Being made', ready: 'Ready', collected: 'Done', closed: 'Closed' },
  },
}

module.exports = {
  language,
  words: WORDS[language],
  /** A name given in two languages, or in one. */
  say: (text) => (typeof text === 'string' ? text : (text && (text[language] || text.zh)) || ''),
  yuan: (fen) => `¥${(fen / 100).toFixed(2)}`,
  when: (seconds) => {
    const date = new Date(seconds * 1000)
    const two = (n) => String(n).padStart(2, '0')
    return `${date.getMonth() + 1}-${date.getDate()} ${two(date.getHours())}:${two(date.getMinutes())}`
  },
}
