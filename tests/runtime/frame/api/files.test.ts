/** Files and storage: every call of the file system, what each refuses, what lasts, and the limits. */

import { createHash } from 'node:crypto'
import { brotliCompressSync } from 'node:zlib'

import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { ask } from './program'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const F = 'FileSystemManager'
const FS = 'const fs = wx.getFileSystemManager(), usr = wx.env.USER_DATA_PATH;'
const KEEPS = { keepFile: '(file) => { seen.files = { ...seen.files, [file.path]: file.gone ? "gone" : file.body ? [...new Uint8Array(file.body)] : "folder" } }' }
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe.skipIf(!hasBrowser)('files', () => {
  test('are written, read, listed, moved and removed, by calls that answer later and at once, and the host keeps them', async () => {
    const { said, running } = await ask(
      harness,
      `${FS}
      const out = {}
      out.mkdir = await on(fs, 'mkdir', { dirPath: usr + '/a' })
      out.mkdirAgain = await on(fs, 'mkdir', { dirPath: usr + '/a' })
      out.mkdirDeep = await on(fs, 'mkdir', { dirPath: usr + '/x/y/z' })
      fs.mkdirSync(usr + '/x/y/z', true)
      out.write = await on(fs, 'writeFile', { filePath: usr + '/a/one.txt', data: '你好', encoding: 'utf8' })
      out.writeNowhere = await on(fs, 'writeFile', { filePath: usr + '/none/one.txt', data: 'x' })
      out.writeOutside = await on(fs, 'writeFile', { filePath: '/p/p.js', data: 'x' })
      fs.writeFileSync(usr + '/a/two.bin', new Uint8Array([1, 2, 3, 4]).buffer)
      out.append = await on(fs, 'appendFile', { filePath: usr + '/a/one.txt', data: '!' })
      fs.appendFileSync(usr + '/a/one.txt', Uint8Array.of(63).buffer)
      out.read = await on(fs, 'readFile', { filePath: usr + '/a/one.txt', encoding: 'utf-8' })
      out.bytes = [...new Uint8Array((await on(fs, 'readFile', { filePath: usr + '/a/two.bin' })).data)]
      out.part = [...new Uint8Array((await on(fs, 'readFile', { filePath: usr + '/a/two.bin', position: 1, length: 2 })).data)]
      out.beyond = await on(fs, 'readFile', { filePath: usr + '/a/two.bin', position: 9 })
      out.sync = [fs.readFileSync(usr + '/a/one.txt', 'utf8'), fs.readFileSync(usr + '/a/two.bin', 'hex'), fs.readFileSync(usr + '/a/two.bin', 'base64'), new Uint8Array(fs.readFileSync(usr + '/a/two.bin')).length]
      out.missing = await on(fs, 'readFile', { filePath: usr + '/none' })
      out.missingSync = caught(() => fs.readFileSync(usr + '/none'))
      out.parameter = await on(fs, 'readFile', {})
      out.access = await on(fs, 'access', { path: usr + '/a' })
      out.accessMissing = await on(fs, 'access', { path: usr + '/b' })
      out.accessSync = [caught(() => fs.accessSync(usr + '/a/one.txt')), caught(() => fs.accessSync(usr + '/b'))]
      out.readdir = await on(fs, 'readdir', { dirPath: usr + '/a' })
      out.readdirFile = await on(fs, 'readdir', { dirPath: usr + '/a/one.txt' })
      out.readdirSync = [fs.readdirSync(usr), caught(() => fs.readdirSync(usr + '/q'))]
      const stat = (await on(fs, 'stat', { path: usr + '/a/two.bin' })).stats
      out.stat = [stat.size, stat.isFile(), stat.isDirectory(), stat.mode > 0, Math.abs(stat.lastModifiedTime - Date.now() / 1000) < 60, stat.lastAccessedTime > 0]
      out.statAll = (await on(fs, 'stat', { path: usr + '/x', recursive: true })).stats.map((one) => [one.path, one.stats.isDirectory()])
      out.statSync = [fs.statSync(usr + '/a').isDirectory(), fs.statSync(usr + '/a').isFile(), caught(() => fs.statSync(usr + '/q'))]
      out.copy = await on(fs, 'copyFile', { srcPath: usr + '/a/two.bin', destPath: usr + '/a/three.bin' })
      out.copyMissing = await on(fs, 'copyFile', { srcPath: usr + '/q', destPath: usr + '/a/q' })
      fs.copyFileSync(usr + '/a/two.bin', usr + '/four.bin')
      out.copyOut = caught(() => fs.copyFileSync(usr + '/a/two.bin', '/four.bin'))
      out.rename = await on(fs, 'rename', { oldPath: usr + '/a/three.bin', newPath: usr + '/x/3.bin' })
      out.renameMissing = await on(fs, 'rename', { oldPath: usr + '/q', newPath: usr + '/x/q' })
      fs.renameSync(usr + '/x', usr + '/moved')
      out.moved = [fs.readdirSync(usr + '/moved'), caught(() => fs.accessSync(usr + '/x'))]
      out.rmdirFull = await on(fs, 'rmdir', { dirPath: usr + '/moved' })
      out.rmdir = await on(fs, 'rmdir', { dirPath: usr + '/moved', recursive: true })
      fs.mkdirSync(usr + '/empty'); fs.rmdirSync(usr + '/empty')
      out.rmdirSync = caught(() => fs.rmdirSync(usr + '/empty'))
      out.unlink = await on(fs, 'unlink', { filePath: usr + '/four.bin' })
      out.unlinkFolder = await on(fs, 'unlink', { filePath: usr + '/a' })
      out.unlinkSync = [caught(() => fs.unlinkSync(usr + '/a/two.bin')), caught(() => fs.unlinkSync(usr + '/a/two.bin'))]
      out.truncate = await on(fs, 'truncate', { filePath: usr + '/a/one.txt', length: 3 })
      out.truncated = fs.readFileSync(usr + '/a/one.txt', 'utf8')
      fs.truncateSync({ filePath: usr + '/a/one.txt', length: 1 })
      out.truncatedSync = new Uint8Array(fs.readFileSync(usr + '/a/one.txt')).length
      out.escape = await on(fs, 'writeFile', { filePath: usr + '/../up.txt', data: 'x' })
      out.callback = fs.access({ path: usr }) === undefined
      return out`,
      {},
      { services: KEEPS },
    )
    const usr = 'wxfile://usr'
    const ok = (name: string): object => expect.objectContaining({ errMsg: `${name}:ok`, kind: 'success,complete', early: false })
    const fails = (name: string, reason: string, errno?: number): object => expect.objectContaining({ errMsg: `${name}:fail ${reason}`, kind: 'fail,complete', ...(errno ? { errno } : {}) })
    for (const [name, call] of Object.entries({ mkdir: 'mkdir', write: 'writeFile', append: 'appendFile', read: 'readFile', access: 'access', readdir: 'readdir', copy: 'copyFile', rename: 'rename', rmdir: 'rmdir', unlink: 'unlink', truncate: 'truncate' })) expect(said[name], name).toEqual(ok(call))
    expect(said.mkdirAgain).toEqual(fails('mkdir', `file already exists ${usr}/a`, 1301005))
    expect(said.mkdirDeep).toEqual(fails('mkdir', `no such file or directory ${usr}/x/y/z`, 1300002))
    expect(said.writeNowhere).toEqual(fails('writeFile', `no such file or directory, open ${usr}/none/one.txt`, 1300002))
    expect(said.writeOutside).toEqual(fails('writeFile', 'permission denied, open /p/p.js', 1300013))
    expect(said.read.data).toBe('你好!?')
    expect([said.bytes, said.part]).toEqual([[1, 2, 3, 4], [2, 3]])
    expect(said.beyond).toEqual(fails('readFile', 'value of position is out of range', 1301009))
    expect(said.sync).toEqual(['你好!?', '01020304', 'AQIDBA==', 4])
    expect(said.missing).toEqual(fails('readFile', `no such file or directory, open ${usr}/none`, 1300002))
    expect(said.missingSync).toEqual({ errMsg: `readFileSync:fail no such file or directory, open ${usr}/none`, errno: 1300002, message: `readFileSync:fail no such file or directory, open ${usr}/none` })
    expect(said.parameter).toEqual(fails('readFile', 'parameter error: parameter.filePath should be String instead of Undefined;', 1001))
    expect(said.accessMissing).toEqual(fails('access', `no such file or directory ${usr}/b`, 1300002))
    expect(said.accessSync[0]).toEqual({})
    expect(said.accessSync[1].errMsg).toBe(`accessSync:fail no such file or directory ${usr}/b`)
    expect(said.readdir.files).toEqual(['one.txt', 'two.bin'])
    expect(said.readdirFile).toEqual(fails('readdir', `not a directory ${usr}/a/one.txt`, 1300020))
    expect(said.readdirSync[0]).toEqual(['a', 'x'])
    expect(said.readdirSync[1].errno).toBe(1300002)
    expect(said.stat).toEqual([4, true, false, true, true, true])
    expect(said.statAll).toEqual([['/', true], ['/y', true], ['/y/z', true]])
    expect(said.statSync.slice(0, 2)).toEqual([true, false])
    expect(said.statSync[2].errno).toBe(1300002)
    expect(said.copyMissing.errMsg).toBe(`copyFile:fail no such file or directory, copyFile ${usr}/q -> ${usr}/q`)
    expect(said.copyOut.errMsg).toContain('copyFileSync:fail permission denied')
    expect(said.renameMissing.errno).toBe(1300002)
    expect(said.moved[0]).toEqual(['3.bin', 'y'])
    expect(said.moved[1].errno).toBe(1300002)
    expect(said.rmdirFull).toEqual(fails('rmdir', 'directory not empty', 1300066))
    expect(said.rmdirSync.errMsg).toBe(`rmdirSync:fail no such file or directory ${usr}/empty`)
    expect(said.unlinkFolder).toEqual(fails('unlink', `operation not permitted, unlink ${usr}/a`, 1300001))
    expect(said.unlinkSync[0]).toEqual({})
    expect(said.unlinkSync[1].errno).toBe(1300002)
    expect([said.truncated, said.truncatedSync]).toEqual(['你', 1])
    expect(said.escape.errno).toBe(1301000)
    expect(said.callback).toBe(true)
    expect(await running.host('seen.files')).toMatchObject({ [`${usr}/a`]: 'folder', [`${usr}/a/one.txt`]: [0xe4], [`${usr}/a/two.bin`]: 'gone', [`${usr}/four.bin`]: 'gone', [`${usr}/x`]: 'gone' })
    expect(running.errors).toEqual([])
    proves('wx_api', 'getFileSystemManager', 'env')
    for (const name of ['mkdir', 'writeFile', 'appendFile', 'access', 'readdir', 'copyFile', 'rename', 'rmdir', 'unlink', 'truncate', 'stat', 'readFile']) proves('wx_api_objects', `${F}.${name}`, `${F}.${name}Sync`)
    proves('wx_api_objects', 'Stats.isDirectory', 'Stats.isFile')
    await running.page.context().close()
  })

  test('are opened by number, and read, written and cut where they are open', async () => {
    const { said, running } = await ask(
      harness,
      `${FS}
      const out = {}
      out.absent = await on(fs, 'open', { filePath: usr + '/f' })
      out.flag = await on(fs, 'open', { filePath: usr + '/f', flag: 'zz' })
      const opened = out.opened = await on(fs, 'open', { filePath: usr + '/f', flag: 'w+' })
      out.write = await on(fs, 'write', { fd: opened.fd, data: 'hello' })
      out.more = fs.writeSync({ fd: opened.fd, data: new Uint8Array([33, 34, 35]).buffer, offset: 1, length: 2 })
      const buffer = new ArrayBuffer(4)
      out.read = await on(fs, 'read', { fd: opened.fd, arrayBuffer: buffer, position: 1, offset: 1, length: 3 })
      out.into = [...new Uint8Array(buffer)]
      const whole = fs.readSync({ fd: opened.fd, arrayBuffer: new ArrayBuffer(9), position: 0 })
      out.whole = [whole.bytesRead, new TextDecoder().decode(whole.arrayBuffer.slice(0, whole.bytesRead))]
      out.outOfRange = caught(() => fs.readSync({ fd: opened.fd, arrayBuffer: buffer, length: 9 }))
      out.noBuffer = await on(fs, 'read', { fd: opened.fd, arrayBuffer: 'x' })
      out.fstat = [(await on(fs, 'fstat', { fd: opened.fd })).stats.size, fs.fstatSync({ fd: opened.fd }).size]
      out.cut = await on(fs, 'ftruncate', { fd: opened.fd, length: 4 })
      fs.ftruncateSync({ fd: opened.fd, length: 2 })
      out.left = fs.readFileSync(usr + '/f', 'utf8')
      out.close = await on(fs, 'close', { fd: opened.fd })
      out.closed = await on(fs, 'read', { fd: opened.fd, arrayBuffer: buffer })
      const again = fs.openSync({ filePath: usr + '/f', flag: 'a' })
      fs.writeSync({ fd: again, data: '+' })
      out.cannotRead = caught(() => fs.readSync({ fd: again, arrayBuffer: buffer }))
      fs.closeSync({ fd: again })
      out.closedSync = caught(() => fs.closeSync({ fd: again }))
      out.exclusive = caught(() => fs.openSync({ filePath: usr + '/f', flag: 'wx' }))
      out.appended = fs.readFileSync(usr + '/f', 'utf8')
      out.readOnly = caught(() => fs.writeSync({ fd: fs.openSync({ filePath: usr + '/f' }), data: 'x' }))
      return out`,
    )
    expect(said.absent).toMatchObject({ errMsg: 'open:fail no such file or directory "wxfile://usr/f"', errno: 1300002 })
    expect(said.flag).toMatchObject({ errMsg: 'open:fail invalid flag "zz"', errno: 1302003 })
    expect(said.opened).toMatchObject({ errMsg: 'open:ok', fd: expect.any(String) })
    expect(said.write).toMatchObject({ errMsg: 'write:ok', bytesWritten: 5 })
    expect(said.more).toEqual({ bytesWritten: 2 })
    expect(said.read).toMatchObject({ errMsg: 'read:ok', bytesRead: 3 })
    expect(said.into).toEqual([0, 101, 108, 108])
    expect(said.whole).toEqual([7, 'hello"#'])
    expect(said.outOfRange).toMatchObject({ errMsg: 'readSync:fail value of length is out of range', errno: 1301006 })
    expect(said.noBuffer).toMatchObject({ errno: 1302005 })
    expect(said.fstat).toEqual([7, 7])
    expect(said.cut.errMsg).toBe('ftruncate:ok')
    expect(said.left).toBe('he')
    expect(said.close.errMsg).toBe('close:ok')
    expect(said.closed).toMatchObject({ errMsg: 'read:fail bad file descriptor', errno: 1300009 })
    expect(said.cannotRead.errno).toBe(1300001)
    expect(said.closedSync.errno).toBe(1300009)
    expect(said.exclusive.errno).toBe(1301005)
    expect(said.appended).toBe('he+')
    expect(said.readOnly.errno).toBe(1300001)
    for (const name of ['open', 'close', 'read', 'write', 'fstat', 'ftruncate']) proves('wx_api_objects', `${F}.${name}`, `${F}.${name}Sync`)
    await running.page.context().close()
  })

  test('are saved for good, unpacked from archives, and told apart by their digests', async () => {
    const zip = Buffer.from(zipSync({ 'in/a.txt': text('alpha'), 'b.txt': text('beta') })).toString('base64')
    const bad = Buffer.from(zipSync({ '../out.txt': text('x') })).toString('base64')
    const { said, running } = await ask(
      harness,
      `${FS}
      const out = {}
      const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer
      fs.writeFileSync(usr + '/z.zip', bytes(${JSON.stringify(zip)}))
      fs.writeFileSync(usr + '/bad.zip', bytes(${JSON.stringify(bad)}))
      out.unzip = await on(fs, 'unzip', { zipFilePath: usr + '/z.zip', targetPath: usr + '/un' })
      out.unzipped = [fs.readdirSync(usr + '/un'), fs.readFileSync(usr + '/un/in/a.txt', 'utf8')]
      out.unzipNone = await on(fs, 'unzip', { zipFilePath: usr + '/none.zip', targetPath: usr + '/un' })
      out.unzipBroken = await on(fs, 'unzip', { zipFilePath: usr + '/un/b.txt', targetPath: usr + '/un' })
      out.unzipOut = await on(fs, 'unzip', { zipFilePath: usr + '/bad.zip', targetPath: usr + '/un' })
      out.entries = await on(fs, 'readZipEntry', { filePath: usr + '/z.zip', entries: 'all', encoding: 'utf8' })
      out.entry = await on(fs, 'readZipEntry', { filePath: usr + '/z.zip', entries: [{ path: 'in/a.txt', encoding: 'utf8', position: 1, length: 2 }, { path: 'none' }] })
      const canvas = wx.createOffscreenCanvas({ type: '2d', width: 2, height: 2 })
      const temporary = async () => (await wx.canvasToTempFilePath({ canvas })).tempFilePath
      const one = await temporary()
      out.temporary = one
      out.temporarySize = fs.statSync(one).size > 0
      out.save = await on(fs, 'saveFile', { tempFilePath: one })
      out.saveGone = await on(fs, 'saveFile', { tempFilePath: one })
      out.saveSync = fs.saveFileSync(await temporary(), usr + '/pic.png')
      out.list = await on(fs, 'getSavedFileList', {})
      out.info = await on(fs, 'getFileInfo', { filePath: usr + '/un/b.txt' })
      out.infoMissing = await on(fs, 'getFileInfo', { filePath: usr + '/none' })
      out.wxInfo = await wx.getFileInfo({ filePath: usr + '/un/b.txt', digestAlgorithm: 'sha1' })
      out.wxSave = await call('saveFile', { tempFilePath: await temporary() })
      out.wxList = await call('getSavedFileList')
      out.wxSaved = await call('getSavedFileInfo', { filePath: out.wxSave.savedFilePath })
      out.wxSavedNone = await call('getSavedFileInfo', { filePath: 'wxfile://store_none' })
      out.wxRemove = await call('removeSavedFile', { filePath: out.wxSave.savedFilePath })
      out.remove = await on(fs, 'removeSavedFile', { filePath: out.save.savedFilePath })
      out.removeAgain = await on(fs, 'removeSavedFile', { filePath: out.save.savedFilePath })
      out.none = (await on(fs, 'getSavedFileList', {})).fileList
      out.packaged = [fs.readFileSync('/data/words.txt', 'utf8'), (await on(fs, 'readFile', { filePath: 'data/words.txt', encoding: 'utf8' })).data]
      out.picture = (await on(fs, 'readFile', { filePath: '/pic.png' })).data.byteLength
      out.brotli = new TextDecoder().decode((await on(fs, 'readCompressedFile', { filePath: '/data/words.br', compressionAlgorithm: 'br' })).data)
      out.brotliSync = new TextDecoder().decode(fs.readCompressedFileSync({ filePath: '/data/words.br', compressionAlgorithm: 'br' }))
      out.brotliBad = await on(fs, 'readCompressedFile', { filePath: usr + '/z.zip', compressionAlgorithm: 'br' })
      fs.writeFileSync(usr + '/bill.pdf', '%PDF-')
      out.document = await call('openDocument', { filePath: usr + '/bill.pdf' })
      out.documentKind = await call('openDocument', { filePath: usr + '/z.zip' })
      out.documentNone = await call('openDocument', { filePath: usr + '/none.pdf' })
      out.brotliOther = caught(() => fs.readCompressedFileSync({ filePath: '/data/words.br', compressionAlgorithm: 'gz' }))
      return out`,
      { 'data/words.txt': 'words', 'data/words.br': new Uint8Array(brotliCompressSync(text('brotli words'))), 'pic.png': new Uint8Array(70) },
      { services: { openDocument: 'async (document) => { seen.document = { ...document, body: new TextDecoder().decode(document.body) } }' } },
    )
    expect(said.unzip.errMsg).toBe('unzip:ok')
    expect(said.unzipped).toEqual([['b.txt', 'in'], 'alpha'])
    expect(said.unzipNone.errno).toBe(1300002)
    expect(said.unzipBroken).toMatchObject({ errMsg: 'unzip:fail unzip fail', errno: 1301104 })
    expect(said.unzipOut.errMsg).toContain('unzip:fail')
    expect(said.entries.entries).toEqual({ 'in/a.txt': { errMsg: 'readZipEntry:ok', data: 'alpha' }, 'b.txt': { errMsg: 'readZipEntry:ok', data: 'beta' } })
    expect(said.entry.entries).toEqual({ 'in/a.txt': { errMsg: 'readZipEntry:ok', data: 'lp' }, none: { errMsg: 'readZipEntry:fail no such file or directory none' } })
    expect(said.temporary).toMatch(/^wxfile:\/\/tmp_\w+\.png$/)
    expect(said.temporarySize).toBe(true)
    expect(said.save).toMatchObject({ errMsg: 'saveFile:ok', savedFilePath: expect.stringMatching(/^wxfile:\/\/store_\w+\.png$/) })
    expect(said.saveGone).toMatchObject({ errMsg: 'saveFile:fail tempFilePath file not exist', errno: 1301112 })
    expect(said.saveSync).toBe('wxfile://usr/pic.png')
    expect(said.list.fileList).toEqual([{ filePath: said.save.savedFilePath, size: expect.any(Number), createTime: expect.any(Number) }])
    expect(said.info).toMatchObject({ errMsg: 'getFileInfo:ok', size: 4, digest: createHash('md5').update('beta').digest('hex') })
    expect(said.infoMissing.errMsg).toBe('getFileInfo:fail file not exist')
    expect(said.wxInfo).toEqual({ errMsg: 'getFileInfo:ok', size: 4, digest: createHash('sha1').update('beta').digest('hex') })
    expect(said.wxSave.errMsg).toBe('saveFile:ok')
    expect(said.wxList.fileList).toHaveLength(2)
    expect(said.wxSaved).toMatchObject({ errMsg: 'getSavedFileInfo:ok', size: expect.any(Number), createTime: expect.any(Number) })
    expect(said.wxSavedNone.errMsg).toBe('getSavedFileInfo:fail file not exist')
    expect([said.wxRemove.errMsg, said.remove.errMsg, said.removeAgain.errMsg]).toEqual(['removeSavedFile:ok', 'removeSavedFile:ok', 'removeSavedFile:fail file not exist'])
    expect(said.none).toEqual([])
    expect(said.packaged).toEqual(['words', 'words'])
    expect(said.picture).toBe(70)
    expect([said.brotli, said.brotliSync]).toEqual(['brotli words', 'brotli words'])
    expect(said.brotliBad).toMatchObject({ errMsg: 'readCompressedFile:fail brotli decompress fail', errno: 1301111 })
    expect(said.brotliOther.errno).toBe(1300022)
    expect(said.document).toMatchObject({ errMsg: 'openDocument:ok', kind: 'success,complete' })
    expect(await running.host('seen.document')).toEqual({ name: 'bill.pdf', extension: 'pdf', body: '%PDF-' })
    expect([said.documentKind.errMsg, said.documentNone.errno]).toEqual(['openDocument:fail filetype not supported', 1300002])
    proves('wx_api', 'openDocument')
    for (const name of ['unzip', 'readZipEntry', 'saveFile', 'saveFileSync', 'getSavedFileList', 'removeSavedFile', 'getFileInfo', 'readCompressedFile', 'readCompressedFileSync']) proves('wx_api_objects', `${F}.${name}`)
    proves('wx_api', 'saveFile', 'getSavedFileList', 'getSavedFileInfo', 'removeSavedFile', 'getFileInfo')
    await running.page.context().close()
  })
})

describe.skipIf(!hasBrowser)('storage', () => {
  test('keeps copies under keys, later and at once, one by one and in batches, up to the published limits', async () => {
    const { said, running } = await ask(
      harness,
      `const out = { before: wx.getStorageSync('was') }
      const value = { list: [1, { two: 2 }], when: 'now' }
      out.set = await call('setStorage', { key: 'a', data: value })
      value.list.push('later')
      out.get = await call('getStorage', { key: 'a' })
      out.promised = (await wx.getStorage({ key: 'a' })).data.when
      out.none = await call('getStorage', { key: 'none' })
      out.noKey = await call('setStorage', { data: 1 })
      out.noKeySync = caught(() => wx.setStorageSync(undefined, 1))
      wx.setStorageSync('b', 0)
      out.getSync = [wx.getStorageSync('b'), wx.getStorageSync('none'), wx.getStorageSync('a').list.length]
      out.info = await call('getStorageInfo')
      out.infoSync = wx.getStorageInfoSync()
      out.remove = await call('removeStorage', { key: 'b' })
      wx.removeStorageSync('was')
      out.keys = wx.getStorageInfoSync().keys
      out.batch = await call('batchSetStorage', { kvList: [{ key: 'x', value: 1 }, { key: 'y', value: [2] }] })
      out.batchGet = await call('batchGetStorage', { keyList: ['x', 'y', 'none'] })
      wx.batchSetStorageSync([{ key: 'z', value: 'last' }])
      out.batchSync = wx.batchGetStorageSync(['z', 'x'])
      out.batchWrong = caught(() => wx.batchSetStorageSync([{ key: 'w', value: 1 }, { value: 2 }]))
      out.batchNothing = wx.getStorageSync('w')
      out.seal = await call('setStorage', { key: 'secret', data: 'pin', encrypt: true })
      out.sealed = [(await call('getStorage', { key: 'secret', encrypt: true })).data, (await call('getStorage', { key: 'secret' })).errMsg, wx.getStorageSync('secret')]
      out.large = await call('setStorage', { key: 'large', data: 'x'.repeat(1024 * 1024 + 1) })
      out.largeSync = caught(() => wx.setStorageSync('large', 'x'.repeat(1024 * 1024 + 1)))
      for (let at = 0; at < 9; at++) wx.setStorageSync('mb' + at, 'x'.repeat(1000 * 1024))
      out.full = await call('setStorage', { key: 'mb9', data: 'x'.repeat(1023 * 1024) })
      out.full2 = await call('setStorage', { key: 'mb10', data: 'x'.repeat(1023 * 1024) })
      out.clear = await call('clearStorage')
      out.empty = wx.getStorageInfoSync()
      wx.setStorageSync('c', null); wx.clearStorageSync()
      out.emptyAgain = wx.getStorageInfoSync().keys
      wx.setStorageSync('last', { kept: true })
      await call('setStorage', { key: 'pin', data: [1], encrypt: true })
      const url = wx.createBufferURL(new Uint8Array(${JSON.stringify([...Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64')])}).buffer)
      out.url = [url.slice(0, 5), (await call('getImageInfo', { src: url })).width]
      wx.revokeBufferURL(url)
      out.revoked = (await call('getImageInfo', { src: url })).kind
      return out`,
      {},
      { storage: { was: 'kept' }, services: { store: '(key, value, sealed) => { seen.calls.push([key, sealed]); if (key === undefined) seen.stored = {}; else if (value === undefined) delete seen.stored[key]; else seen.stored[key] = value }' } },
    )
    const ok = (name: string): object => expect.objectContaining({ errMsg: `${name}:ok`, kind: 'success,complete', early: false })
    for (const [name, call] of Object.entries({ set: 'setStorage', get: 'getStorage', info: 'getStorageInfo', remove: 'removeStorage', clear: 'clearStorage', batch: 'batchSetStorage', batchGet: 'batchGetStorage', seal: 'setStorage' })) expect(said[name], name).toEqual(ok(call))
    expect(said.before).toBe('kept')
    expect(said.get.data).toEqual({ list: [1, { two: 2 }], when: 'now' })
    expect(said.promised).toBe('now')
    expect(said.none).toMatchObject({ errMsg: 'getStorage:fail data not found', kind: 'fail,complete' })
    expect(said.noKey).toMatchObject({ errMsg: 'setStorage:fail parameter error: parameter.key should be String instead of Undefined;', errno: 1001 })
    expect(said.noKeySync.errMsg).toBe('setStorageSync:fail parameter error: parameter.key should be String instead of Undefined;')
    expect(said.getSync).toEqual([0, '', 2])
    expect(said.info).toMatchObject({ keys: ['was', 'a', 'b'], currentSize: 1, limitSize: 10240 })
    expect(said.infoSync).toEqual({ keys: ['was', 'a', 'b'], currentSize: 1, limitSize: 10240 })
    expect(said.keys).toEqual(['a'])
    expect(said.batchGet.dataList).toEqual([1, [2], ''])
    expect(said.batchSync).toEqual(['last', 1])
    expect(said.batchWrong.errMsg).toContain('batchSetStorageSync:fail parameter error')
    expect(said.batchNothing).toBe('')
    expect(said.sealed).toEqual(['pin', 'getStorage:fail data not found', ''])
    expect(said.large).toMatchObject({ errMsg: 'setStorage:fail data size exceeds limit, the maximum is 1MB', kind: 'fail,complete' })
    expect(said.largeSync.errMsg).toContain('setStorageSync:fail')
    expect(said.full.errMsg).toBe('setStorage:ok')
    expect(said.full2.errMsg).toBe('setStorage:fail exceed storage max size 10Mb')
    expect(said.empty).toEqual({ keys: [], currentSize: 0, limitSize: 10240 })
    expect(said.emptyAgain).toEqual([])
    expect(said.url).toEqual(['blob:', 1])
    expect(said.revoked).toBe('fail,complete')
    expect(await running.storage()).toEqual({ last: { kept: true }, pin: [1] })
    expect(await running.host('seen.calls.at(-1)')).toEqual(['pin', true])
    // The host's own store: what is sealed is not readable where it lies, and comes back opened.
    const kept = await running.page.evaluate(`(async () => {
      const storage = Host.browserStorage('p1')
      Host.keepValue(storage, 'wx1', 'open', { a: 1 }); Host.keepValue(storage, 'wx1', 'pin', 'secret', true); storage.files.save('wx1', { path: 'wxfile://usr/f', body: new Uint8Array([7]).buffer, modified: 5 })
      let raw
      for (let turn = 0; turn < 200 && Object.keys(raw ?? {}).length < 2; turn++) { await new Promise((resolve) => setTimeout(resolve, 10)); raw = await storage.load('wx1') }
      return { raw: JSON.stringify(raw), opened: await Host.unseal(raw), files: (await storage.files.load('wx1')).map((one) => [one.path, [...new Uint8Array(one.body)], one.modified]) }
    })()`) as any
    expect(kept.raw).not.toContain('secret')
    expect(kept.opened).toEqual({ kept: {}, storage: { open: { a: 1 }, pin: 'secret' }, sealed: ['pin'] })
    expect(kept.files).toEqual([['wxfile://usr/f', [7], 5]])
    expect(running.errors).toEqual([])
    for (const name of ['setStorage', 'getStorage', 'removeStorage', 'clearStorage', 'getStorageInfo', 'batchSetStorage', 'batchGetStorage']) proves('wx_api', name, `${name}Sync`)
    proves('wx_api', 'createBufferURL', 'revokeBufferURL')
    await running.page.context().close()
  })
})
