/** Reading codes: QR codes by the browser itself where it can, else by a decoder fetched when it is first needed; round ones by ours. */
import { readRoundCode } from './roundCode'

const LONGEST_SIDE = 1200

/** What a code says, whether it was a mini program's round one, and where it was seen. */
export interface Reading {
  text: string
  round: boolean
  from: 'CAMERA' | 'ALBUM' | 'PRESS'
}
type Seen = Omit<Reading, 'from'>

interface Detector {
  detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]>
}
declare global {
  interface Window {
    BarcodeDetector?: new (options: { formats: string[] }) => Detector
  }
}

let detector: Detector | null | undefined

/** A `still` picture is looked at longer than one of many frames. */
async function read(source: CanvasImageSource, width: number, height: number, still: boolean): Promise<Seen | null> {
  if (detector === undefined) {
    try {
      detector = window.BarcodeDetector === undefined ? null : new window.BarcodeDetector({ formats: ['qr_code'] })
    } catch {
      detector = null
    }
  }
  if (detector !== null) {
    try {
      const [found] = await detector.detect(source)
      if (found !== undefined) return { text: found.rawValue, round: false }
    } catch {
      detector = null // it is named but not there
    }
  }
  const { default: decode } = await import('jsqr')
  const whole = Math.min(1, LONGEST_SIDE / Math.max(width, height))
  for (const scale of [whole, Math.min(1, whole / 2)]) {
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null) return null
    context.fillStyle = '#fff'
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(source, 0, 0, canvas.width, canvas.height)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const found = decode(data, canvas.width, canvas.height)
    if (found !== null && found.data !== '') return { text: found.data, round: false }
    const text = readRoundCode(data, canvas.width, canvas.height, still)
    if (text !== null) return { text, round: true }
  }
  return null
}

export async function readVideo(video: HTMLVideoElement): Promise<Reading | null> {
  if (video.videoWidth === 0) return null
  const seen = await read(video, video.videoWidth, video.videoHeight, false)
  return seen && { ...seen, from: 'CAMERA' }
}

/** The code in one of many pictures of a camera. */
export async function readFrame(picture: ImageBitmap): Promise<Reading | null> {
  const seen = await read(picture, picture.width, picture.height, false)
  return seen && { ...seen, from: 'CAMERA' }
}

export async function readPicture(file: Blob, from: 'ALBUM' | 'PRESS' = 'ALBUM'): Promise<Reading | null> {
  try {
    const picture = await createImageBitmap(file)
    try {
      const seen = await read(picture, picture.width, picture.height, true)
      return seen && { ...seen, from }
    } finally {
      picture.close()
    }
  } catch {
    return null
  }
}
