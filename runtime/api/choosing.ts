/** Pictures, films and files a person chooses, looks at, changes and keeps. */

import { files, program, resolveUrl } from '../engine/program'
import { defineApi } from './define'
import { bytesOf, shown } from './files-of'
import { keepFile } from './network'

const IMAGE = 'miniprogram/media/image'
const VIDEO = 'miniprogram/media/video'

interface Picked {
  name: string
  type: string
  time: number
  body: ArrayBuffer
  width?: number
  height?: number
  duration?: number
  thumb?: ArrayBuffer
}

const extension = (name: string): string => /\.\w{1,8}$/.exec(name)?.[0] ?? ''
const keep = (file: Picked): string => keepFile(file.body, file.type, extension(file.name))

/** The person picks in the host; what was picked arrives as bytes and is kept here as temporary files. */
async function pick(args: Record<string, unknown>): Promise<Picked[]> {
  return ((await program().host.call('chooseMedia', args)) as { files: Picked[] }).files
}

defineApi('chooseMedia', {
  source: `${VIDEO}/wx.chooseMedia`,
  params: { count: 'number?', mediaType: 'list?', sourceType: 'list?', maxDuration: 'number?', sizeType: 'list?', camera: 'text?' },
  run: async ({ count, mediaType, sourceType, maxDuration, sizeType = ['original', 'compressed'], camera }) => {
    const picked = await pick({ count: count === undefined ? undefined : Number(count), mediaType, sourceType, maxDuration: maxDuration === undefined ? undefined : Number(maxDuration), camera })
    const tempFiles = await Promise.all(
      picked.map(async (file) => {
        if (file.type.startsWith('video/')) {
          return { tempFilePath: keep(file), size: file.body.byteLength, duration: file.duration, width: file.width, height: file.height, thumbTempFilePath: file.thumb ? keepFile(file.thumb, 'image/jpeg', '.jpg') : '', fileType: 'video' }
        }
        const kept = keep(file)
        // Where the program wants them only compressed, large photographs are made smaller.
        const tempFilePath = sizeType.length === 1 && sizeType[0] === 'compressed' && /jpeg|png|webp/.test(file.type) ? await smaller(kept, 80) : kept
        const size = tempFilePath === kept ? file.body.byteLength : (await bytesOf(tempFilePath)).body.byteLength
        return { tempFilePath, size, width: file.width, height: file.height, fileType: 'image' }
      }),
    )
    const kinds = new Set(tempFiles.map((file) => file.fileType))
    return { tempFiles, type: kinds.size > 1 ? 'mix' : [...kinds][0], failedCount: 0 }
  },
})
defineApi('chooseImage', {
  source: `${IMAGE}/wx.chooseImage`,
  params: { count: 'number?', sizeType: 'list?', sourceType: 'list?' },
  run: async ({ count, sourceType }) => {
    const tempFiles = (await pick({ count: count === undefined ? undefined : Number(count), sourceType, mediaType: ['image'] })).map((file) => ({ path: keep(file), size: file.body.byteLength }))
    return { tempFilePaths: tempFiles.map((file) => file.path), tempFiles }
  },
})
defineApi('chooseVideo', {
  source: `${VIDEO}/wx.chooseVideo`,
  params: { sourceType: 'list?', compressed: 'flag?', maxDuration: 'number?', camera: 'text?' },
  run: async ({ sourceType, camera }) => {
    const [file] = await pick({ count: 1, mediaType: ['video'], sourceType, camera })
    if (!file) throw { errMsg: 'cancel' }
    return { tempFilePath: keep(file), duration: file.duration, size: file.body.byteLength, height: file.height, width: file.width, thumbTempFilePath: file.thumb ? keepFile(file.thumb, 'image/jpeg', '.jpg') : '' }
  },
})
defineApi('chooseMessageFile', {
  source: `${IMAGE}/wx.chooseMessageFile`,
  params: { count: 'number', type: 'text?', extension: 'list?' },
  run: async ({ count, type, extension: extensions }) => {
    const { files: picked } = (await program().host.call('chooseMessageFile', { count: Number(count), type, extension: extensions })) as { files: Picked[] }
    const kind = (mime: string): string => (mime.startsWith('image/') ? 'image' : mime.startsWith('video/') ? 'video' : 'file')
    return { tempFiles: picked.map((file) => ({ path: keep(file), size: file.body.byteLength, name: file.name, type: kind(file.type), time: file.time })) }
  },
})

// ── looking ────────────────────────────────────────────────────────────────────────────────────────────────

defineApi('previewImage', {
  source: `${IMAGE}/wx.previewImage`,
  params: { urls: 'list', current: 'any?', showmenu: 'flag?' },
  run: async ({ urls, current, showmenu = true }) => {
    const at = typeof current === 'number' ? current : (urls as unknown[]).indexOf(current)
    await program().host.call('previewMedia', { media: await Promise.all((urls as unknown[]).map((src) => shown(String(src), 'image'))), current: Math.max(0, at), showmenu })
  },
})
defineApi('previewMedia', {
  source: `${IMAGE}/wx.previewMedia`,
  params: { sources: 'list', current: 'number?', showmenu: 'flag?' },
  run: async ({ sources, current = 0, showmenu = true }) => {
    const media = await Promise.all((sources as { url: unknown; type?: string }[]).map(({ url, type }) => shown(String(url), type === 'video' ? 'video' : 'image')))
    await program().host.call('previewMedia', { media, current: Number(current), showmenu })
  },
})

// ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────

for (const [name, page, kind] of [['saveImageToPhotosAlbum', IMAGE, 'image'], ['saveVideoToPhotosAlbum', VIDEO, 'video']] as const) {
  defineApi(name, {
    source: `${page}/wx.${name}`,
    params: { filePath: 'text' },
    run: async ({ filePath }) => {
      const { body, type } = await bytesOf(String(filePath))
      await program().host.call('saveToAlbum', { name: String(filePath).split('/').pop()!, type: type.startsWith(kind) ? type : kind === 'image' ? 'image/png' : 'video/mp4', body })
    },
  })
}

// ── changing ───────────────────────────────────────────────────────────────────────────────────────────────

async function decoded(src: string): Promise<HTMLImageElement> {
  const image = new Image()
  // Without the server's leave a drawing with it could not be read again.
  image.crossOrigin = 'anonymous'
  image.src = resolveUrl(src) || (files.get(src) ?? '')
  try {
    await image.decode()
  } catch {
    throw { errMsg: 'file not found' }
  }
  return image
}

async function smaller(src: string, quality: number, width?: number, height?: number): Promise<string> {
  const image = await decoded(src)
  const ratio = image.naturalHeight / image.naturalWidth
  const out = document.createElement('canvas')
  out.width = Math.round(width ?? (height ? height / ratio : image.naturalWidth))
  out.height = Math.round(height ?? out.width * ratio)
  out.getContext('2d')?.drawImage(image, 0, 0, out.width, out.height)
  const blob = await new Promise<Blob | null>((resolve) => out.toBlob(resolve, 'image/jpeg', quality / 100))
  if (!blob) throw { errMsg: 'create bitmap failed' }
  return keepFile(await blob.arrayBuffer(), 'image/jpeg', '.jpg')
}

defineApi('compressImage', {
  source: `${IMAGE}/wx.compressImage`,
  params: { src: 'text', quality: 'number?', compressedWidth: 'number?', compressedHeight: 'number?' },
  run: async ({ src, quality = 80, compressedWidth, compressedHeight }) => ({
    tempFilePath: await smaller(String(src), Number(quality), compressedWidth === undefined ? undefined : Number(compressedWidth), compressedHeight === undefined ? undefined : Number(compressedHeight)),
  }),
})

/** The published proportions of `cropImage`. */
const SCALES = ['1:1', '3:4', '4:3', '9:16', '16:9', '4:5', '5:4']
async function edited(src: string, crop: string): Promise<{ tempFilePath: string }> {
  const { body, type } = (await program().host.call('editImage', { picture: await shown(src, 'image'), crop })) as { body: ArrayBuffer; type: string }
  return { tempFilePath: keepFile(body, type, type === 'image/png' ? '.png' : '.jpg') }
}
defineApi('cropImage', {
  source: `${IMAGE}/wx.cropImage`,
  params: { src: 'text', cropScale: 'text' },
  run: ({ src, cropScale }) => {
    if (!SCALES.includes(String(cropScale))) throw { errMsg: 'cropScale is invalid' }
    return edited(String(src), String(cropScale))
  },
})
defineApi('editImage', { source: `${IMAGE}/wx.editImage`, params: { src: 'text' }, run: ({ src }) => edited(String(src), '') })

// ── films ──────────────────────────────────────────────────────────────────────────────────────────────────

async function film(src: string): Promise<HTMLVideoElement> {
  const video = document.createElement('video')
  video.muted = true
  video.preload = 'auto'
  video.src = resolveUrl(src)
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve
    video.onerror = () => reject({ errMsg: 'file not exists' })
  })
  if (!Number.isFinite(video.duration)) {
    // A recording of a browser says how long it is only once its end was looked for.
    video.currentTime = 1e9
    await new Promise((resolve) => (video.ondurationchange = video.onseeked = resolve))
    video.currentTime = 0
    await new Promise((resolve) => (video.onseeked = resolve))
  }
  return video
}

defineApi('getVideoInfo', {
  source: `${VIDEO}/wx.getVideoInfo`,
  params: { src: 'text' },
  run: async ({ src }) => {
    const path = String(src)
    const [video, bytes] = [await film(path), (await bytesOf(path)).body.byteLength]
    const size = bytes / 1024
    const { duration } = video
    const rate = await frameRate(video)
    return { orientation: 'up', type: /\.(\w+)$/.exec(path)?.[1] ?? '', duration, size, height: video.videoHeight, width: video.videoWidth, fps: rate, bitrate: duration ? Math.round((bytes * 8) / duration / 1000) : 0 }
  },
})

/** Frames a second, counted over the first half second; browsers do not say it. */
async function frameRate(video: HTMLVideoElement): Promise<number> {
  const times: number[] = []
  await new Promise<void>((resolve) => {
    const count = (_: number, { mediaTime }: { mediaTime: number }): void => {
      times.push(mediaTime)
      if (mediaTime > 0.5 || video.ended) resolve()
      else video.requestVideoFrameCallback(count)
    }
    video.requestVideoFrameCallback(count)
    video.onended = () => resolve()
    void video.play().catch(() => resolve())
  })
  video.pause()
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return span > 0 ? Math.round((times.length - 1) / span) : 0
}

const BITRATES: Record<string, number> = { low: 500, medium: 1200, high: 2500 }
defineApi('compressVideo', {
  source: `${VIDEO}/wx.compressVideo`,
  params: { src: 'text', quality: 'text?', bitrate: 'number?', fps: 'number?', resolution: 'number?' },
  run: async ({ src, quality, bitrate, fps = 30, resolution = 1 }) => {
    if (quality !== undefined && !(quality in BITRATES)) throw { errMsg: 'quality is invalid' }
    const video = await film(String(src))
    const scale = quality === undefined ? Math.min(1, Math.max(0.01, Number(resolution))) : quality === 'low' ? 0.5 : quality === 'medium' ? 0.75 : 1
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(2, Math.round((video.videoWidth * scale) / 2) * 2)
    canvas.height = Math.max(2, Math.round((video.videoHeight * scale) / 2) * 2)
    const context = canvas.getContext('2d')!
    const stream = canvas.captureStream(Number(fps))
    const sound = (video as HTMLVideoElement & { captureStream?: () => MediaStream }).captureStream?.().getAudioTracks() ?? []
    for (const track of sound) stream.addTrack(track)
    const mimeType = ['video/mp4', 'video/webm'].find((type) => MediaRecorder.isTypeSupported(type))
    const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), videoBitsPerSecond: (quality === undefined ? Number(bitrate ?? BITRATES.medium) : BITRATES[quality]!) * 1000 })
    const parts: Blob[] = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    const done = new Promise((resolve) => (recorder.onstop = resolve))
    const draw = (): void => {
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      if (!video.ended) video.requestVideoFrameCallback(draw)
    }
    recorder.start()
    draw()
    video.onended = () => recorder.stop()
    await video.play()
    await done
    for (const track of stream.getTracks()) track.stop()
    const type = recorder.mimeType.split(';')[0]!
    const body = await new Blob(parts, { type }).arrayBuffer()
    return { tempFilePath: keepFile(body, type, type === 'video/mp4' ? '.mp4' : '.webm'), size: body.byteLength / 1024 }
  },
})
