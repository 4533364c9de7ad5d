/** Pictures and films: chosen, looked at, made smaller, cut, kept; sound played, recorded, made. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { proves } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { openSteps, type Steps } from './steps'

const harness = new Harness()
let steps: Steps
const NOTED = (name: string, answer = '{}'): string => `async (...args) => { seen.calls.push(['${name}', ...args]); return ${answer} }`

/** A second of a tone, as WAV. */
function tone(seconds = 1, rate = 8000): Buffer {
  const samples = Math.round(seconds * rate)
  const out = Buffer.alloc(44 + samples * 2)
  out.write('RIFF', 0)
  out.writeUInt32LE(36 + samples * 2, 4)
  out.write('WAVEfmt ', 8)
  out.writeUInt32LE(16, 16)
  out.writeUInt16LE(1, 20)
  out.writeUInt16LE(1, 22)
  out.writeUInt32LE(rate, 24)
  out.writeUInt32LE(rate * 2, 28)
  out.writeUInt16LE(2, 32)
  out.writeUInt16LE(16, 34)
  out.write('data', 36)
  out.writeUInt32LE(samples * 2, 40)
  for (let at = 0; at < samples; at++) out.writeInt16LE(Math.round(Math.sin(at / 4) * 8000), 44 + at * 2)
  return out
}
// Four by two pixels, red.
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAEElEQVR4nGP4z8AARwzIHAB3oQX7bZzF7gAAAABJRU5ErkJggg==', 'base64')

/** A film of half a second, made by the browser itself. */
async function film(): Promise<Buffer> {
  const bytes = (await steps.running.host(`(async () => {
    const canvas = document.createElement('canvas'); canvas.width = 64; canvas.height = 48
    const context = canvas.getContext('2d'), recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' }), parts = []
    recorder.ondataavailable = (e) => parts.push(e.data)
    recorder.start()
    for (let turn = 0; turn < 20; turn++) { context.fillStyle = 'hsl(' + turn * 18 + ' 80% 50%)'; context.fillRect(0, 0, 64, 48); await new Promise((r) => setTimeout(r, 40)) }
    await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop() })
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())]
  })()`)) as number[]
  return Buffer.from(bytes)
}

async function picking(name: string, file: { name: string; mimeType: string; buffer: Buffer } | { name: string; mimeType: string; buffer: Buffer }[]): Promise<any> {
  const [chooser, said] = await Promise.all([steps.running.page.waitForEvent('filechooser').then((one) => one.setFiles(file)), steps.run(name)])
  void chooser
  return said
}

/** A sound that runs dry cannot be had at will: the browser's own word for it stands in, once, at the next play. */
async function dry(): Promise<void> {
  await steps.running.frame.evaluate(() => {
    const play = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = function () {
      HTMLMediaElement.prototype.play = play
      setTimeout(() => this.dispatchEvent(new Event('waiting')), 20)
      return play.call(this)
    }
  })
}

const AUDIO = ['Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Waiting', 'Seeking', 'Seeked', 'Error']
const NODES = ['createAnalyser', 'createBiquadFilter', 'createChannelMerger', 'createChannelSplitter', 'createConstantSource', 'createDelay', 'createDynamicsCompressor', 'createGain', 'createOscillator', 'createPanner', 'createScriptProcessor', 'createWaveShaper', 'createBufferSource']

beforeAll(async () => {
  if (!hasBrowser) return
  await harness.start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'])
  steps = await openSteps(
    harness,
    {
      media: `const out = await wx.chooseMedia({ count: 2, mediaType: ['image'], sizeType: ['original'] }); const info = await wx.getImageInfo({ src: out.tempFiles[0].tempFilePath }); page.picture = out.tempFiles[0].tempFilePath; return [out, info]`,
      image: `return await wx.chooseImage({ count: 1 })`,
      video: `const out = await wx.chooseVideo({ sourceType: ['album'] }); page.film = out.tempFilePath; return out`,
      mixed: `return await wx.chooseMedia()`,
      none: `return [await tried(wx.chooseMedia({ count: 'x' }))]`,
      file: `return [await wx.chooseMessageFile({ count: 3, type: 'file', extension: ['pdf'] }), await tried(wx.chooseMessageFile({}))]`,
      preview: `return [await wx.previewImage({ urls: [page.picture, '/a.png'], current: '/a.png' }), await wx.previewMedia({ sources: [{ url: page.picture, type: 'image' }, { url: page.film, type: 'video' }], current: 1, showmenu: false }), await tried(wx.previewImage({}))]`,
      kept: `return [await wx.saveImageToPhotosAlbum({ filePath: page.picture }), await wx.saveVideoToPhotosAlbum({ filePath: page.film }), await tried(wx.saveImageToPhotosAlbum({ filePath: 'wxfile://none.png' })), await tried(wx.saveVideoToPhotosAlbum({ filePath: 'wxfile://none.mp4' }))]`,
      smaller: `const made = await wx.compressImage({ src: page.picture, quality: 50, compressedWidth: 2 }); const info = await wx.getImageInfo({ src: made.tempFilePath }); return [made, info, await tried(wx.compressImage({ src: 'wxfile://none.png' }))]`,
      cut: `const one = await wx.cropImage({ src: page.picture, cropScale: '1:1' }); return [one, (await wx.getImageInfo({ src: one.tempFilePath })).width, await wx.editImage({ src: page.picture }), await tried(wx.cropImage({ src: page.picture, cropScale: '7:1' }))]`,
      filmed: `return [await wx.getVideoInfo({ src: page.film }), await tried(wx.getVideoInfo({ src: 'wxfile://none.mp4' }))]`,
      filmSmaller: `const made = await wx.compressVideo({ src: page.film, quality: 'low' }); return [made, await wx.getVideoInfo({ src: made.tempFilePath }), await tried(wx.compressVideo({ src: page.film, quality: 'best' }))]`,
      plays: `
        const audio = wx.createInnerAudioContext(); page.audio = audio
        const names = ${JSON.stringify(AUDIO)}, off = {}
        for (const name of names) { audio['on' + name]((detail) => heard.push(name)); off[name] = () => heard.push('off ' + name); audio['on' + name](off[name]); audio['off' + name](off[name]) }
        audio.src = '/tone.wav'; audio.volume = 0.5
        await until(() => heard.includes('Canplay'))
        audio.play(); await until(() => heard.includes('TimeUpdate') && audio.currentTime > 0.05)
        audio.pause(); await until(() => heard.includes('Pause'))
        const paused = audio.paused
        audio.seek(0.7); await until(() => heard.includes('Seeked'))
        audio.play(); await until(() => heard.includes('Ended'))
        audio.play(); await until(() => !audio.paused); audio.stop(); await until(() => heard.includes('Stop'))
        const at = audio.currentTime
        audio.src = '/none.wav'; await until(() => heard.includes('Error'))
        return { heard: [...new Set(heard)], paused, at, volume: audio.volume, duration: audio.duration }`,
      waits: `heard.length = 0; const off = () => heard.push('off'); page.audio.onWaiting(off); page.audio.offWaiting(off); page.audio.onWaiting(() => heard.push('waited')); page.audio.src = '/tone.wav'; page.audio.play(); await until(() => heard.includes('waited')); page.audio.stop(); return heard.filter((name) => name === 'off' || name === 'waited')`,
      destroyed: `heard.length = 0; const audio = wx.createInnerAudioContext(); audio.onCanplay(() => heard.push('late')); audio.src = '/tone.wav'; audio.destroy(); const other = wx.createInnerAudioContext(); let ready = false; other.onCanplay(() => (ready = true)); other.src = '/tone.wav'; await until(() => ready); return heard`,
      options: `const one = wx.createInnerAudioContext(), two = wx.createInnerAudioContext(); one.src = two.src = '/tone.wav'; one.loop = two.loop = true; const set = await wx.setInnerAudioOption({ mixWithOther: false }); one.play(); await until(() => !one.paused); two.play(); await until(() => !two.paused); const alone = one.paused; two.stop(); await wx.setInnerAudioOption({ mixWithOther: true }); return [set, alone, await wx.getAvailableAudioSources()]`,
      behind: `
        heard.length = 0
        const manager = wx.getBackgroundAudioManager()
        for (const name of ['Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Waiting', 'Seeking', 'Seeked', 'Error', 'Next', 'Prev']) manager['on' + name](() => heard.push(name))
        manager.src = '/tone.wav'; await until(() => heard.includes('Error'))
        manager.title = 'A tone'; manager.singer = 'Ann'; manager.src = '/tone.wav'
        await until(() => heard.includes('TimeUpdate'))
        manager.pause(); await until(() => heard.includes('Pause'))
        manager.seek(0.6); await until(() => heard.includes('Seeked'))
        manager.play(); await until(() => heard.includes('Ended'))
        manager.play(); await until(() => !manager.paused); manager.stop(); await until(() => heard.includes('Stop'))
        return wx.getBackgroundAudioManager() === manager`,
      films: `
        const canvas = await new Promise((resolve) => wx.createSelectorQuery().select('#canvas').node(({ node }) => resolve(node)).exec())
        canvas.width = 64; canvas.height = 48
        const pen = canvas.getContext('2d'), events = []
        const recorder = wx.createMediaRecorder(canvas, { duration: 60, videoBitsPerSecond: 600, fps: 24 })
        for (const name of ['start', 'pause', 'resume', 'stop']) recorder.on(name, () => events.push(name))
        const off = () => events.push('off'); recorder.on('stop', off); recorder.off('stop', off)
        const early = await tried(recorder.requestFrame(() => {}))
        await recorder.start()
        const again = await tried(recorder.start())
        const paint = (count) => (async () => { for (let turn = 0; turn < count; turn++) { await recorder.requestFrame(() => { pen.fillStyle = '#ff0000'; pen.fillRect(0, 0, 64, 48) }); await new Promise((resolve) => setTimeout(resolve, 20)) } })()
        await paint(12); await recorder.pause(); await recorder.resume(); await paint(12)
        const made = await recorder.stop()
        await recorder.destroy()
        const info = await wx.getVideoInfo({ src: made.tempFilePath })
        page.film = made.tempFilePath
        return { events, early: early.failed.message, again: again.failed.message, made: [made.fileSize > 0, made.duration > 0], info: [info.width, info.height], none: (() => { try { wx.createMediaRecorder({}) } catch (error) { return error.errMsg } })() }`,
      frames: `
        const decoder = wx.createVideoDecoder(), events = []
        for (const name of ['start', 'seek', 'stop']) decoder.on(name, (e) => events.push([name, e && e.width]))
        const off = () => events.push('off'); decoder.on('start', off); decoder.off('start', off)
        const none = [decoder.getFrameData(), (await tried(decoder.start({ source: '/none.mp4' }))).failed.message]
        await decoder.start({ source: page.film, mode: 1 })
        const first = await until(() => decoder.getFrameData())
        const middle = new Uint8Array(first.data).slice((24 * 64 + 32) * 4, (24 * 64 + 32) * 4 + 4)
        const second = await until(() => decoder.getFrameData())
        await decoder.seek(0); await decoder.stop()
        const after = decoder.getFrameData()
        await decoder.remove()
        return { events, none, size: [first.width, first.height, first.data.byteLength], red: [middle[0] > 200, middle[1] < 60, middle[3]], later: second.pkPts > first.pkPts, after }`,
      behindHeard: `return [...new Set(heard)]`,
      nodes: `
        const context = wx.createWebAudioContext()
        const made = ${JSON.stringify(NODES)}.map((name) => [name, typeof context[name]().connect])
        const iir = context.createIIRFilter([1, 0.5], [1, 0.2]), wave = context.createPeriodicWave([0, 1], [0, 0])
        const buffer = context.createBuffer(1, 100, 8000)
        const bytes = await new Promise((resolve) => wx.getFileSystemManager().readFile({ filePath: page.recorded, success: (r) => resolve(r.data) }))
        const decoded = await new Promise((resolve, reject) => context.decodeAudioData(bytes, resolve, reject))
        const broken = await new Promise((resolve) => context.decodeAudioData(new ArrayBuffer(8), () => resolve('ok'), () => resolve('failed')))
        const oscillator = context.createOscillator(); oscillator.setPeriodicWave(wave); oscillator.connect(context.createGain()).connect(context.destination); oscillator.start()
        await context.resume(); const running = context.state
        await context.suspend(); const suspended = context.state
        await context.close(); const closed = context.state
        return { made, iir: typeof iir.connect, length: buffer.length, decoded: decoded.duration > 0.1, broken, states: [running, suspended, closed], foreign: typeof context.audioWorklet }`,
      records: `
        heard.length = 0
        const recorder = wx.getRecorderManager()
        recorder.onStart(() => heard.push(['start'])); recorder.onPause(() => heard.push(['pause'])); recorder.onResume(() => heard.push(['resume'])); recorder.onFrameRecorded((e) => heard.push(['frame', e.frameBuffer.byteLength, e.isLastFrame])); recorder.onStop((e) => heard.push(['stop', e])); recorder.onError((e) => heard.push(['error', e.errMsg])); recorder.onInterruptionBegin(() => heard.push(['begin'])); recorder.onInterruptionEnd(() => heard.push(['end']))
        const got = (kind) => until(() => heard.find(([one]) => one === kind))
        recorder.stop(); await got('error'); const early = heard.pop()
        recorder.start({ format: 'wav', sampleRate: 16000, numberOfChannels: 1, frameSize: 2 })
        await got('start'); await got('frame')
        recorder.pause(); await got('pause'); recorder.resume(); await got('resume')
        const frames = heard.filter(([one]) => one === 'frame').length
        await until(() => heard.filter(([one]) => one === 'frame').length > frames + 3)
        recorder.stop(); const [, result] = await got('stop')
        page.recorded = result.tempFilePath
        const last = heard.filter(([one]) => one === 'frame').at(-1)
        recorder.start({ format: 'flac' }); const [, format] = await got('error')
        return { early, result, first: heard.find(([one]) => one === 'frame'), last, format }`,
      recordsAac: `heard.length = 0; const recorder = wx.getRecorderManager(); recorder.start({ format: 'aac', duration: 400 }); const [, result] = await until(() => heard.find(([one]) => one === 'stop')); return result`,
      interrupts: `heard.length = 0; wx.getRecorderManager().start(); await until(() => heard.find(([one]) => one === 'start')); return 1`,
      interrupted: `return heard.map(([one]) => one)`,
    },
    {
      device: true,
      files: { 'app.json': '{"pages":["p/p"],"requiredBackgroundModes":["audio"]}', 'a.png': PICTURE, 'tone.wav': tone() },
      services: {
        chooseMessageFile: NOTED('chooseMessageFile', "[{ name: 'tea.pdf', type: 'application/pdf', time: 1800000000, body: new ArrayBuffer(9) }]"),
        preview: NOTED('preview'),
        editImage: `async (picture, crop) => { seen.calls.push(['editImage', picture.body.byteLength, crop]); return { body: picture.body, type: 'image/png' } }`,
        saveFile: `(name, type, body) => seen.calls.push(['saveFile', type, body.byteLength])`,
        record: `(options, tell) => { window.tellRecorder = tell; return Host.deviceServices().record(options, tell) }`,
        used: "(scope) => seen.calls.push(['used', scope])",
      },
    },
  )
}, 90_000)
afterAll(() => harness.stop())

describe.skipIf(!hasBrowser)('pictures and films', () => {
  test('pictures of the device come with size and measures, and none for a count that is no number', async () => {
    const [out, info] = await picking('media', [{ name: 'a.png', mimeType: 'image/png', buffer: PICTURE }, { name: 'b.png', mimeType: 'image/png', buffer: PICTURE }])
    expect(out).toMatchObject({ type: 'image', errMsg: 'chooseMedia:ok' })
    expect(out.tempFiles).toEqual([1, 2].map(() => ({ tempFilePath: expect.stringMatching(/^(wxfile|http):\/\/.*\.png$/), size: PICTURE.length, width: 4, height: 2, fileType: 'image' })))
    expect(info).toMatchObject({ width: 4, height: 2, path: out.tempFiles[0].tempFilePath, orientation: 'up', type: 'png', errMsg: 'getImageInfo:ok' })
    expect((await steps.run('none'))[0].failed.errMsg).toBe('chooseMedia:fail parameter error: parameter.count should be Number instead of String;')
    const chosen = await picking('image', { name: 'a.png', mimeType: 'image/png', buffer: PICTURE })
    expect(chosen).toEqual({ tempFilePaths: [expect.any(String)], tempFiles: [{ path: chosen.tempFilePaths[0], size: PICTURE.length }], errMsg: 'chooseImage:ok' })
    proves('wx_api', 'chooseMedia', 'chooseImage', 'getImageInfo')
  })

  test('a film comes with its length and a still', async () => {
    const body = await film()
    const out = await picking('video', { name: 'a.webm', mimeType: 'video/webm', buffer: body })
    expect(out).toMatchObject({ tempFilePath: expect.stringMatching(/\.webm$/), size: body.length, width: 64, height: 48, errMsg: 'chooseVideo:ok' })
    const mixed = await picking('mixed', [{ name: 'a.png', mimeType: 'image/png', buffer: PICTURE }, { name: 'a.webm', mimeType: 'video/webm', buffer: body }])
    expect([mixed.type, mixed.tempFiles[1].fileType, mixed.tempFiles[1].thumbTempFilePath]).toEqual(['mix', 'video', expect.stringMatching(/\.jpg$/)])
    const [files, wrong] = await steps.run('file')
    expect(files.tempFiles).toEqual([{ path: expect.stringMatching(/\.pdf$/), size: 9, name: 'tea.pdf', type: 'file', time: 1800000000 }])
    expect(wrong.failed.errMsg).toContain('parameter.count')
    expect(await steps.asked()).toContainEqual(['chooseMessageFile', { count: 3, type: 'file', extension: ['pdf'] }])
    proves('wx_api', 'chooseVideo', 'chooseMessageFile')
  })

  test('pictures and films are shown at the one asked for, also files only the frame has', async () => {
    const [images, media, wrong] = await steps.run('preview')
    expect([images.errMsg, media.errMsg, wrong.failed.errMsg]).toEqual(['previewImage:ok', 'previewMedia:ok', 'previewImage:fail parameter error: parameter.urls should be Array instead of Undefined;'])
    const [first, second] = (await steps.running.host<any[]>(`seen.calls.filter(([name]) => name === 'preview').map(([, media, at, menu]) => [media.map((one) => [one.type, one.url ? one.url.slice(-4) : one.body.byteLength]), at, menu])`))
    expect(first).toEqual([[['image', PICTURE.length], ['image', '.png']], 1, true])
    expect(second).toEqual([[['image', PICTURE.length], ['video', expect.any(Number)]], 1, false])
    proves('wx_api', 'previewImage', 'previewMedia')
  })

  test('they are kept by the device after the person agreed, and a file that is none fails', async () => {
    const [image, video, noImage, noVideo] = await steps.run('kept')
    expect([image.errMsg, video.errMsg]).toEqual(['saveImageToPhotosAlbum:ok', 'saveVideoToPhotosAlbum:ok'])
    expect([noImage.failed.errMsg, noVideo.failed.errMsg].map((text) => text.split(' ')[0])).toEqual(['saveImageToPhotosAlbum:fail', 'saveVideoToPhotosAlbum:fail'])
    expect(await steps.asked()).toEqual(expect.arrayContaining([['used', 'scope.writePhotosAlbum'], ['saveFile', 'image/png', PICTURE.length]]))
    proves('wx_api', 'saveImageToPhotosAlbum', 'saveVideoToPhotosAlbum')
  })

  test('a picture is made smaller, cut in a published proportion, or edited', async () => {
    const [made, info, none] = await steps.run('smaller')
    expect([made.errMsg, made.tempFilePath.slice(-4), info.width, info.height, none.failed.errMsg]).toEqual(['compressImage:ok', '.jpg', 2, 1, 'compressImage:fail file not found'])
    const [cut, width, edited, wrong] = await steps.run('cut')
    expect([cut.errMsg, width, edited.errMsg, wrong.failed.errMsg]).toEqual(['cropImage:ok', 4, 'editImage:ok', 'cropImage:fail cropScale is invalid'])
    expect(await steps.asked()).toEqual(expect.arrayContaining([['editImage', PICTURE.length, '1:1'], ['editImage', PICTURE.length, '']]))
    proves('wx_api', 'compressImage', 'cropImage', 'editImage')
  })

  test('a film tells its measures and is made smaller', async () => {
    const [info, none] = await steps.run('filmed')
    expect(info).toMatchObject({ orientation: 'up', type: 'webm', width: 64, height: 48, errMsg: 'getVideoInfo:ok' })
    expect([info.duration > 0.3 && info.duration < 3, info.size > 0.1, info.bitrate > 0, info.fps > 5]).toEqual([true, true, true, true])
    expect(none.failed.errMsg).toBe('getVideoInfo:fail file not exists')
    const [made, after, wrong] = await steps.run('filmSmaller')
    expect([made.errMsg, after.width, after.height, made.size > 0, wrong.failed.errMsg]).toEqual(['compressVideo:ok', 32, 24, true, 'compressVideo:fail quality is invalid'])
    proves('wx_api', 'getVideoInfo', 'compressVideo')
  })
})

describe.skipIf(!hasBrowser)('sound', () => {
  test('a sound is loaded, played, paused, sought, ended and stopped, and each is heard by its name', async () => {
    const said = await steps.run('plays')
    expect(said.heard).toEqual(expect.arrayContaining(['Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Seeking', 'Seeked', 'Error']))
    expect(said.heard.filter((name: string) => name.startsWith('off '))).toEqual([])
    expect([said.paused, said.at, said.volume]).toEqual([true, 0, 0.5])
    await dry()
    expect(await steps.run('waits')).toEqual(['waited'])
    expect(await steps.run('destroyed')).toEqual([])
    const [set, alone, sources] = await steps.run('options')
    expect([set.errMsg, alone, sources]).toEqual(['setInnerAudioOption:ok', true, { audioSources: ['auto', 'mic'], errMsg: 'getAvailableAudioSources:ok' }])
    proves('wx_api', 'createInnerAudioContext', 'setInnerAudioOption', 'getAvailableAudioSources')
    for (const name of AUDIO) proves('wx_api_objects', `InnerAudioContext.on${name}`, `InnerAudioContext.off${name}`)
    proves('wx_api_objects', ...['play', 'pause', 'stop', 'seek', 'destroy'].map((name) => `InnerAudioContext.${name}`))
  })

  test('the recorder gives what was heard, frame by frame and whole, and refuses what it is not', async () => {
    const said = await steps.run('records')
    expect(said.early).toEqual(['error', 'operateRecorder:fail recorder not start'])
    expect(said.result).toMatchObject({ tempFilePath: expect.stringMatching(/\.wav$/), duration: expect.any(Number), fileSize: expect.any(Number) })
    expect([said.first, said.last[2], said.format]).toEqual([['frame', 2048, false], true, 'operateRecorder:fail format is invalid'])
    expect(said.result.fileSize).toBeGreaterThan(8192)
    const whole = await steps.run('recordsAac')
    expect([whole.fileSize > 0, whole.duration >= 300]).toEqual([true, true])
    await steps.run('interrupts')
    await steps.running.host(`tellRecorder('interruptionBegin'); tellRecorder('interruptionEnd'); tellRecorder('error', { errMsg: 'the microphone was taken away' })`)
    expect(await steps.run('interrupted')).toEqual(['start', 'begin', 'end', 'error'])
    expect(await steps.asked()).toContainEqual(['used', 'scope.record'])
    proves('wx_api', 'getRecorderManager')
    proves('wx_api_objects', ...['start', 'pause', 'resume', 'stop', 'onStart', 'onPause', 'onResume', 'onStop', 'onFrameRecorded', 'onError', 'onInterruptionBegin', 'onInterruptionEnd'].map((name) => `RecorderManager.${name}`))
  })

  test('sound is made from nodes, decoded, and brings nothing else in', async () => {
    const said = await steps.run('nodes')
    expect(said).toEqual({ made: NODES.map((name) => [name, 'function']), iir: 'function', length: 100, decoded: true, broken: 'failed', states: ['running', 'suspended', 'closed'], foreign: 'undefined' })
    proves('wx_api', 'createWebAudioContext')
    proves('wx_api_objects', ...[...NODES, 'createIIRFilter', 'createPeriodicWave', 'createBuffer', 'decodeAudioData', 'resume', 'suspend', 'close'].map((name) => `WebAudioContext.${name}`))
  })

  test('a film is made of a canvas frame by frame, and taken apart into its frames', async () => {
    const made = await steps.run('films')
    expect(made).toEqual({ events: ['start', 'pause', 'resume', 'stop'], early: 'requestFrame:fail recorder is not started', again: 'start:fail recorder is already started', made: [true, true], info: [64, 48], none: 'createMediaRecorder:fail parameter error: canvas is not a canvas' })
    const said = await steps.run('frames')
    expect(said).toEqual({ events: [['start', 64], ['seek', null], ['stop', null]], none: [null, 'start:fail file not exists'], size: [64, 48, 64 * 48 * 4], red: [true, true, 255], later: true, after: null })
    proves('wx_api', 'createMediaRecorder', 'createVideoDecoder')
    proves('wx_api_objects', ...['off', 'on', 'destroy', 'pause', 'requestFrame', 'resume', 'start', 'stop'].map((name) => `MediaRecorder.${name}`), ...['getFrameData', 'remove', 'seek', 'start', 'stop', 'off', 'on'].map((name) => `VideoDecoder.${name}`))
  })

  test('the sound that goes on behind is one, needs a title, and hears the keys of the device', async () => {
    await steps.running.frame.evaluate(() => {
      const keys: Record<string, () => void> = ((window as any).keys = {})
      navigator.mediaSession.setActionHandler = (name, run) => void (keys[name] = run as () => void)
    })
    await dry()
    expect(await steps.run('behind')).toBe(true)
    await steps.running.frame.evaluate(() => {
      ;(window as any).keys.nexttrack()
      ;(window as any).keys.previoustrack()
    })
    expect(await steps.run('behindHeard')).toEqual(expect.arrayContaining(['Error', 'Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Seeking', 'Seeked', 'Waiting', 'Next', 'Prev']))
    proves('wx_api', 'getBackgroundAudioManager')
    proves('wx_api_objects', ...['play', 'pause', 'stop', 'seek', 'onCanplay', 'onPlay', 'onPause', 'onStop', 'onEnded', 'onTimeUpdate', 'onSeeking', 'onSeeked', 'onWaiting', 'onError', 'onNext', 'onPrev'].map((name) => `BackgroundAudioManager.${name}`))
  })

  test('behind, only the sound of a program that needs to goes on, and none of its pages’', async () => {
    const play = `const manager = wx.getBackgroundAudioManager(), inner = wx.createInnerAudioContext(); manager.title = 'A tone'; manager.src = inner.src = '/tone.wav'; manager.onEnded(() => manager.play()); inner.loop = true; inner.play(); await until(() => !manager.paused && !inner.paused); wx.onAppHide(() => setTimeout(() => note([manager.paused, inner.paused]))); return true`
    const files = (app: object) => ({ 'app.json': JSON.stringify({ pages: ['p/p'], ...app }), 'tone.wav': tone() })
    for (const [app, heard] of [[{ requiredBackgroundModes: ['audio'] }, '[false,true]'], [{}, '[true,true]']] as const) {
      const one = await openSteps(harness, { play }, { before: 'const note = (value) => wx.getLogManager().info("@behind " + JSON.stringify(value));', files: files(app) as never })
      await one.run('play')
      await one.running.host('program.hide()')
      await expect.poll(() => one.running.notes).toContain(`@behind ${heard}`)
      await one.running.page.context().close()
    }
    proves('app_config', 'app.json requiredBackgroundModes')
  })
})
