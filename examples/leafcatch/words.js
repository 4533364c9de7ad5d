const zh = { title: '接茶', how: '移动茶盘，接住落下的茶叶，避开石子', begin: '开始', again: '再来一局', revive: '看广告，续一条命', score: '得分', best: '最佳', friends: '好友排行', share: '向朋友挑战', back: '返回', record: '新纪录！', challenge: (score) => `我接住了 ${score} 片茶叶，你呢？` }
const en = { title: 'Catch the leaves', how: 'Move the tray, catch the leaves, let the stones go by', begin: 'Begin', again: 'Once more', revive: 'Watch an ad, go on', score: 'Score', best: 'Best', friends: 'Friends', share: 'Challenge a friend', back: 'Back', record: 'A new best!', challenge: (score) => `I caught ${score} leaves. And you?` }

module.exports = wx.getAppBaseInfo().language.startsWith('zh') ? zh : en
