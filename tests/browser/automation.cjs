// Drives a program with the published automation client, unmodified; prints what it found as JSON.
const assert = require('node:assert')
const { readFileSync } = require('node:fs')
const automator = require('miniprogram-automator')

async function main() {
  const program = await automator.connect({ wsEndpoint: process.argv[2] })
  const said = []
  program.on('console', ({ type, args }) => said.push([type, ...args]))
  await program.evaluate((word) => console.log(word), 'from the program')

  const page = await program.currentPage()
  assert.equal(page.path, 'pages/menu/menu')
  assert.equal((await program.pageStack()).length, 1)
  assert.equal(await page.data('count'), 0)

  const adds = await page.$$('.add')
  assert.equal(adds.length, 3)
  await adds[1].tap()
  assert.equal(await page.data('count'), 1)
  assert.match(await (await page.$('.bill')).text(), /Total/)
  assert.equal(await (await page.$('.card')).attribute('data-id'), 'bun')
  assert.match(await (await page.$('.card')).wxml(), /<view class="name">/)
  assert.ok((await (await page.$('.hello')).size()).width > 100)
  assert.equal(await (await page.$('.hello')).style('font-weight'), '600')
  assert.equal(await page.$('.nothing'), null)
  const inner = await (await page.$$('.card'))[2].$('.name')
  assert.equal(await inner.text(), 'Millet and pumpkin soup')

  await page.setData({ count: 7 })
  assert.equal(await page.data('count'), 7)
  await page.callMethod('pay')
  assert.equal(await page.data('count'), 0)

  await program.mockWxMethod('getStorageSync', 'mocked')
  assert.equal(await program.callWxMethod('getStorageSync', 'any'), 'mocked')
  await program.restoreWxMethod('getStorageSync')
  assert.equal(await program.callWxMethod('getStorageSync', 'any'), '')
  await program.mockWxMethod('showModal', () => ({ confirm: true, cancel: false }))
  assert.equal((await program.callWxMethod('showModal', { title: 'x' })).confirm, true)
  assert.equal((await program.systemInfo()).language, 'en')

  const heard = []
  await program.exposeFunction('tellTest', (...words) => heard.push(words))
  await program.evaluate(() => tellTest('one', 2))

  const dish = await program.navigateTo('/pages/dish/dish?id=tea')
  assert.equal(dish.path, 'pages/dish/dish')
  assert.deepEqual(dish.query, { id: 'tea' })
  assert.equal(await dish.data('dish.name'), 'Jasmine tea')
  await program.screenshot({ path: process.argv[3] })
  assert.deepEqual([...readFileSync(process.argv[3]).subarray(1, 4)], [...Buffer.from('PNG')])
  assert.deepEqual(said, [['log', 'from the program']])
  assert.deepEqual(heard, [['one', 2]])
  await program.callWxMethod('navigateBack')
  program.disconnect()
  console.log('driven')
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
