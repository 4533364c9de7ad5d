/** Media made here: nothing is fetched. */

import type { Page } from 'playwright-core'

/** A tone of so many seconds, as the bytes of a WAV file: eight thousand bytes a second. */
export function tone(seconds: number): Uint8Array {
  const rate = 8000
  const length = rate * seconds
  const bytes = new Uint8Array(44 + length)
  const view = new DataView(bytes.buffer)
  const word = (at: number, text: string): void => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)))
  word(0, 'RIFF')
  view.setUint32(4, 36 + length, true)
  word(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  word(36, 'data')
  view.setUint32(40, length, true)
  for (let i = 0; i < length; i++) bytes[44 + i] = 128 + Math.round(60 * Math.sin((i * 2 * Math.PI * 440) / rate))
  return bytes
}

/** About half a second of a lying red picture, recorded by the browser. */
export async function film(page: Page): Promise<Uint8Array> {
  const text = await page.evaluate(`(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 64
    canvas.height = 36
    const context = canvas.getContext('2d')
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm;codecs=vp8' })
    const parts = []
    recorder.ondataavailable = (event) => parts.push(event.data)
    const stopped = new Promise((resolve) => (recorder.onstop = resolve))
    recorder.start()
    for (let i = 0; i < 15; i++) {
      context.fillStyle = i % 2 ? '#f00' : '#e00'
      context.fillRect(0, 0, 64, 36)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    recorder.stop()
    await stopped
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
    return btoa(String.fromCharCode(...bytes))
  })()`)
  return new Uint8Array(Buffer.from(text as string, 'base64'))
}
