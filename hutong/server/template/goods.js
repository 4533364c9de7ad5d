// What the shop sells. Prices are in cents.
module.exports.goods = [
  {
    id: 'bun',
    colour: '#c9785b',
    price: 650,
    name: { zh: '芝麻烧饼', en: 'Sesame bun' },
    about: { zh: '炭炉现烤，外酥里软。', en: 'From a charcoal oven, crisp outside and soft within.' },
  },
  {
    id: 'tea',
    colour: '#5f8f78',
    price: 1800,
    name: { zh: '茉莉花茶', en: 'Jasmine tea' },
    about: { zh: '一壶，够两个人慢慢喝。', en: 'A pot, enough for two who are in no hurry.' },
  },
  {
    id: 'soup',
    colour: '#b99a54',
    price: 2200,
    name: { zh: '小米南瓜粥', en: 'Millet and pumpkin soup' },
    about: { zh: '早上六点开始熬。', en: 'On the stove since six in the morning.' },
  },
]
