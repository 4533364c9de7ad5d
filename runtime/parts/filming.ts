/** Films made from a canvas frame by frame, and films taken apart into their frames. */

import { resolveUrl } from '../engine/program'

type Tell = (event: string, detail?: unknown) => void

const LONGEST_S = 7200
const SHORTEST_S = 5

interface RecorderOptions {
  duration?: number
  videoBitsPerSecond?: number
  width?: number
  height?: number
}

/** `keep` makes a temporary file. Durations are in seconds, the rate in kilobits a second, both held to the published bounds. */
export function recorder(surface: HTMLCanvasElement, { duration = 600, videoBitsPerSecond = 1000, width, height }: RecorderOptions, keep: (body: ArrayBuffer, type: string, extension: string) => string, tell: Tell) {
  let stream: MediaStream | undefined
  let made: MediaRecorder | undefined
  let copy: CanvasRenderingContext2D | null = null
  let pieces: Blob[] = []
  let begun = 0
  let lasted = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const recording = (): MediaRecorder => {
    if (!made || made.state === 'inactive') throw { errMsg: 'recorder is not started' }
    return made
  }
  const elapsed = (): number => lasted + (made?.state === 'recording' ? performance.now() - begun : 0)
  const self = {
    start: () => {
      if (made && made.state !== 'inactive') throw { errMsg: 'recorder is already started' }
      let source = surface
      if (width && height && (width !== surface.width || height !== surface.height)) {
        source = Object.assign(document.createElement('canvas'), { width, height })
        copy = source.getContext('2d')
      }
      // Frames are taken when they are asked for, not when the canvas changes.
      stream = source.captureStream(0)
      const mimeType = ['video/mp4', 'video/webm'].find((type) => MediaRecorder.isTypeSupported(type))
      made = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), videoBitsPerSecond: Math.min(3000, Math.max(600, videoBitsPerSecond)) * 1000 })
      pieces = []
      lasted = 0
      made.ondataavailable = ({ data }) => {
        pieces.push(data)
        tell('timeupdate', { currentTime: elapsed() / 1000 })
      }
      made.start(1000)
      begun = performance.now()
      timer = setTimeout(() => void self.stop(), Math.min(LONGEST_S, Math.max(SHORTEST_S, duration)) * 1000)
      tell('start') // the browser's own word for it waits for the first frame
    },
    /** `draw` draws the frame that is taken. */
    requestFrame: async (draw?: () => void) => {
      recording()
      await new Promise(requestAnimationFrame)
      draw?.()
      copy?.drawImage(surface, 0, 0, copy.canvas.width, copy.canvas.height)
      ;(stream?.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack | undefined)?.requestFrame()
    },
    pause: () => {
      const one = recording()
      lasted = elapsed()
      one.pause()
      tell('pause')
    },
    resume: () => {
      recording().resume()
      begun = performance.now()
      tell('resume')
    },
    stop: async () => {
      const one = recording()
      clearTimeout(timer)
      lasted = elapsed()
      const done = new Promise((resolve) => (one.onstop = resolve))
      one.stop()
      await done
      for (const track of stream!.getTracks()) track.stop()
      const type = one.mimeType.split(';')[0]!
      const body = await new Blob(pieces, { type }).arrayBuffer()
      const result = { tempFilePath: keep(body, type, type === 'video/mp4' ? '.mp4' : '.webm'), duration: Math.round(lasted), fileSize: body.byteLength }
      tell('stop', result)
      return result
    },
    destroy: async () => {
      if (made && made.state !== 'inactive') await self.stop()
      made = undefined
    },
  }
  return self
}

interface Frame {
  width: number
  height: number
  data: ArrayBuffer
  pkPts: number
  pkDts: number
}

/** Frames decoded ahead of being asked for; the film waits when there are so many. */
const AHEAD = 8

export function decoder(tell: Tell) {
  const video = document.createElement('video')
  video.muted = true
  video.crossOrigin = 'anonymous'
  const canvas = document.createElement('canvas')
  let frames: Frame[] = []
  let going = false

  const decode = (_: number, { mediaTime }: { mediaTime: number }): void => {
    if (!going) return
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    pen.drawImage(video, 0, 0)
    const stamp = Math.round(mediaTime * 1000)
    frames.push({ width: canvas.width, height: canvas.height, data: pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer, pkPts: stamp, pkDts: stamp })
    tell('bufferchange', { length: frames.length })
    video.requestVideoFrameCallback(decode)
    if (frames.length >= AHEAD) video.pause()
  }
  video.onended = () => {
    tell('ended')
  }
  return {
    start: async ({ source }: { source?: unknown }) => {
      const src = resolveUrl(String(source ?? ''))
      if (!src) throw { errMsg: 'file not exists' }
      frames = []
      video.src = src
      await new Promise((resolve, reject) => {
        video.onloadeddata = resolve
        video.onerror = () => reject({ errMsg: 'decode fail' })
      })
      going = true
      video.requestVideoFrameCallback(decode)
      await video.play()
      tell('start', { width: video.videoWidth, height: video.videoHeight })
    },
    /** The next frame, or null while there is none. */
    next: (): Frame | null => {
      const frame = frames.shift() ?? null
      if (going && video.paused && !video.ended && frames.length < AHEAD) void video.play().catch(() => {})
      return frame
    },
    /** In milliseconds. */
    seek: async (position: number) => {
      frames = []
      const there = new Promise((resolve) => (video.onseeked = resolve))
      video.currentTime = position / 1000
      await there
      tell('seek', { position })
    },
    stop: () => {
      going = false
      frames = []
      video.pause()
      tell('stop')
    },
    remove: () => {
      going = false
      frames = []
      video.removeAttribute('src')
      video.load()
    },
  }
}
