/** Reading QR codes: by the browser itself where it can, else by a decoder fetched when it is first needed. */
const LONGEST_SIDE = 1200

interface Detector {
  detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]>
}
declare global {
  interface Window {
    BarcodeDetector?: new (options: { formats: string[] }) => Detector
  }
}

let detector: Detector | null | undefined

async function read(source: CanvasImageSource, width: number, height: number): Promise<string | null> {
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
      if (found !== undefined) return found.rawValue
    } catch {
      detector = null // it is named but not there
    }
  }
  const { default: decode } = await import('jsqr')
  for (const scale of [Math.min(1, LONGEST_SIDE / Math.max(width, height)), Math.min(1, LONGEST_SIDE / 2 / Math.max(width, height))]) {
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
    if (found !== null && found.data !== '') return found.data
  }
  return null
}

export async function readVideo(video: HTMLVideoElement): Promise<string | null> {
  if (video.videoWidth === 0) return null
  return read(video, video.videoWidth, video.videoHeight)
}

export async function readPicture(file: Blob): Promise<string | null> {
  try {
    const picture = await createImageBitmap(file)
    try {
      return await read(picture, picture.width, picture.height)
    } finally {
      picture.close()
    }
  } catch {
    return null
  }
}
