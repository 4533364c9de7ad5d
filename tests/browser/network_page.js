// The page of a program that makes every call of the network; SHOP and SOCKETS are its servers.
const answerOf = (run, keep) => new Promise((resolve) => {
  const calls = []
  const done = (kind) => (result) => { calls.push(kind); if (kind === 'complete') setTimeout(() => resolve({ ...result, kind: calls.join() }), 0) }
  const task = run({ success: done('success'), fail: done('fail'), complete: done('complete') })
  if (keep) keep(task)
})
const until = async (met) => { for (let turn = 0; turn < 500; turn++) { if (met()) return; await new Promise((resolve) => setTimeout(resolve, 10)) } throw new Error('nothing came: ' + met) }
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
const URL_OF = SHOP
const SOCKET_OF = SOCKETS
const ask = (options, keep) => answerOf((callbacks) => wx.request({ ...options, ...callbacks }), keep)

async function run() {
  const out = {}
  let ahead = null
  for (let turn = 0; !ahead && turn < 500; turn++) ahead = await wx.getBackgroundFetchData({ fetchType: 'pre' }).catch(() => new Promise((resolve) => setTimeout(() => resolve(null), 10)))
  out.ahead = ahead && { data: JSON.parse(ahead.fetchedData), path: ahead.path, scene: ahead.scene }
  out.json = await ask({ url: URL_OF + '/json', data: { q: '茶 tea', n: 1 } })
  const headed = []
  out.post = await ask({ url: URL_OF + '/x', method: 'POST', data: { a: [1] }, header: { 'X-Own': 'yes' }, responseType: 'arraybuffer' }, (task) => task.onHeadersReceived((news) => headed.push(news)))
  out.post.data = hex(out.post.data)
  out.headed = headed
  out.form = await ask({ url: URL_OF + '/x', method: 'PUT', data: { a: '1 2' }, header: { 'content-type': 'application/x-www-form-urlencoded' } })
  out.text = await ask({ url: URL_OF + '/json', dataType: 'other' })
  out.unlisted = await ask({ url: 'https://elsewhere.example/' })
  out.invalid = await ask({ url: 'ftp://x' })
  out.noUrl = await ask({})
  out.timeout = await ask({ url: URL_OF + '/slow', timeout: 60 })
  out.broken = await ask({ url: URL_OF + '/broken' })
  out.moved = await ask({ url: URL_OF + '/moved', redirect: 'manual' })
  out.aborted = await ask({ url: URL_OF + '/slow' }, (task) => task.abort())
  out.returned = wx.request({ url: URL_OF + '/json' }).then === undefined

  const chunks = [], unheard = []
  const never = (piece) => unheard.push(piece)
  out.chunked = await ask({ url: URL_OF + '/chunks', enableChunked: true, responseType: 'arraybuffer' }, (task) => {
    task.onChunkReceived(never)
    task.offChunkReceived(never)
    task.onHeadersReceived(never)
    task.offHeadersReceived(never)
    task.onChunkReceived(({ data }) => { chunks.push(hex(data)); if (chunks.length === 1) void ask({ url: URL_OF + '/more' }) })
  })
  out.chunked.data = out.chunked.data.byteLength
  out.chunks = chunks
  out.unheard = unheard

  const progress = [], news = []
  out.download = await answerOf((callbacks) => wx.downloadFile({ url: URL_OF + '/pic.png', ...callbacks }), (task) => {
    task.onProgressUpdate((one) => progress.push(one))
    task.onHeadersReceived((one) => news.push(one))
    const off = () => news.push('off')
    task.onProgressUpdate(off); task.offProgressUpdate(off); task.onHeadersReceived(off); task.offHeadersReceived(off)
  })
  const fs = wx.getFileSystemManager()
  out.downloaded = fs.statSync(out.download.tempFilePath).size
  out.progress = progress
  out.news = news
  out.kept = await answerOf((callbacks) => wx.downloadFile({ url: URL_OF + '/x', filePath: wx.env.USER_DATA_PATH + '/x.bin', ...callbacks }))
  out.keptSize = fs.statSync(wx.env.USER_DATA_PATH + '/x.bin').size
  out.downloadAway = await answerOf((callbacks) => wx.downloadFile({ url: 'https://elsewhere.example/', ...callbacks }))
  out.downloadAborted = await answerOf((callbacks) => wx.downloadFile({ url: URL_OF + '/slow', ...callbacks }), (task) => task.abort())

  const sent = [], upHeaders = []
  fs.writeFileSync(wx.env.USER_DATA_PATH + '/note.txt', 'x'.repeat(200000))
  out.upload = await answerOf((callbacks) => wx.uploadFile({ url: URL_OF + '/up', filePath: wx.env.USER_DATA_PATH + '/note.txt', name: 'note', formData: { who: '安' }, header: { 'X-Own': 'up' }, ...callbacks }), (task) => {
    task.onProgressUpdate((one) => sent.push(one))
    task.onHeadersReceived((one) => upHeaders.push(one.statusCode))
    const off = () => sent.push('off')
    task.onProgressUpdate(off); task.offProgressUpdate(off); task.onHeadersReceived(off); task.offHeadersReceived(off)
  })
  out.sent = sent
  out.upHeaders = upHeaders
  out.uploadNone = await answerOf((callbacks) => wx.uploadFile({ url: URL_OF + '/up', filePath: 'wxfile://usr/none', name: 'n', ...callbacks }))
  out.uploadAborted = await answerOf((callbacks) => wx.uploadFile({ url: URL_OF + '/slow', filePath: wx.env.USER_DATA_PATH + '/note.txt', name: 'n', ...callbacks }), (task) => task.abort())
  out.uploadParameter = await answerOf((callbacks) => wx.uploadFile({ url: URL_OF + '/up', filePath: 'x', ...callbacks }))

  const picture = await wx.getImageInfo({ src: URL_OF + '/svg' }).catch((error) => error)
  out.picture = [picture.width, picture.height]

  const heard = []
  let socket
  out.connect = await answerOf((callbacks) => wx.connectSocket({ url: SOCKET_OF + '/talk', protocols: ['chat'], header: { 'X-Own': 'ws' }, ...callbacks }), (task) => {
    socket = task
    task.onOpen((one) => heard.push(['open', Object.keys(one.header).length > 0]))
    task.onMessage(({ data }) => heard.push(['message', typeof data === 'string' ? data : hex(data)]))
    task.onClose(({ code, reason }) => heard.push(['close', code, reason]))
    task.onError((one) => heard.push(['error', one.errMsg]))
  })
  await until(() => heard.length === 1)
  out.send = await answerOf((callbacks) => { socket.send({ data: 'hello', ...callbacks }) })
  socket.send({ data: new Uint8Array([1, 255]).buffer })
  await until(() => heard.length === 3)
  out.close = await answerOf((callbacks) => { socket.close({ code: 1000, reason: 'done', ...callbacks }) })
  await until(() => heard.at(-1)[0] === 'close')
  out.heard = heard
  out.sendClosed = await answerOf((callbacks) => { socket.send({ data: 'late', ...callbacks }) })
  const errors = []
  out.away = await answerOf((callbacks) => wx.connectSocket({ url: 'wss://elsewhere.example/', ...callbacks }), (task) => task.onError((one) => errors.push(one.errMsg)))
  await until(() => errors.length === 1)
  out.errors = errors

  const older = []
  wx.onSocketOpen(() => older.push('open'))
  wx.onSocketMessage(({ data }) => older.push(data))
  wx.onSocketClose(({ code, reason }) => older.push([code, reason]))
  wx.onSocketError(({ errMsg }) => older.push(errMsg))
  wx.connectSocket({ url: SOCKET_OF + '/refused' })
  await until(() => older.length >= 2)
  out.refused = older.splice(0)
  out.noSocket = await wx.sendSocketMessage({ data: 'x' }).catch((error) => error.errMsg)
  wx.connectSocket({ url: SOCKET_OF + '/talk', protocols: ['chat'] })
  await until(() => older.length === 1)
  out.olderSend = await wx.sendSocketMessage({ data: 'bye' })
  await until(() => older.length === 2)
  wx.connectSocket({ url: SOCKET_OF + '/talk', protocols: ['chat'] })
  await until(() => older.length === 3)
  out.olderClose = await wx.closeSocket({ code: 3001, reason: 'enough' })
  await until(() => older.length === 4)
  out.older = older

  const cache = wx.createCacheManager({ origin: URL_OF, mode: 'none', maxAge: 60000 })
  const rules = [cache.addRule({ id: 'one', url: '/count/:id', method: 'GET' }), ...cache.addRules([{ url: '/other' }, { id: 'typed', url: '/typed', dataSchema: [{ name: 'a', schema: { type: 'number' } }] }])]
  const count = async (data) => (await ask({ url: URL_OF + '/count/7', data })).data.n
  const counted = [await count(), await count()]
  cache.start()
  counted.push(await count(), await count())
  const found = cache.match({ url: URL_OF + '/count/7', method: 'GET' })
  cache.stop()
  counted.push(await count())
  cache.start()
  const evts = []
  const listener = async (evt) => { evts.push([evt.method, evt.url.endsWith('/count/7')]); const kept = cache.match(evt); return kept ? { ...kept.data, data: { n: 'kept' } } : evt.request() }
  cache.on('request', listener)
  counted.push(await count())
  cache.off('request', listener)
  cache.deleteCache(cache.match({ url: URL_OF + '/count/7', method: 'GET' }).cacheId)
  counted.push(await count())
  cache.clearCaches()
  counted.push(await count())
  cache.deleteCaches([cache.match({ url: URL_OF + '/count/7', method: 'GET' }).cacheId])
  const gone = cache.match({ url: URL_OF + '/count/7', method: 'GET' })
  cache.deleteRule('typed'); cache.deleteRules(['one'])
  counted.push(await count(), await count())
  cache.clearRules()
  out.cache = { rules: rules.length, counted, found: { rule: found.ruleId, data: found.data.data, age: found.maxAge, made: found.createTime > 0 }, evts, gone, same: wx.createCacheManager({}) === cache }
  return out
}
Page({ data: { said: '' }, async onReady() { let said; try { said = await run() } catch (error) { said = { thrown: String(error.stack || error.errMsg || error) } } this.setData({ said: JSON.stringify(said) }) } })
