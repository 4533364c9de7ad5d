/** The camera, in the shell: what it sees is handed to the program picture by picture, as fast as the program takes them. */

import type { Camera, CameraOptions, Recorded } from './services'

/** Lines of the picture by the published name. */
const HEIGHTS: Record<string, number> = { low: 480, medium: 720, high: 1080 }

type Zoomable = MediaTrackCapabilities & { zoom?: { min: number; max: number }; torch?: boolean }

export async function openCamera({ position, resolution }: CameraOptions, ended: () => void): Promise<Camera> {
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: position === 'front' ? 'user' : 'environment', height: { ideal: HEIGHTS[resolution] ?? HEIGHTS.medium! } } })
  } catch {
    throw { errMsg: 'system permission denied' }
  }
  const track = stream.getVideoTracks()[0]!
  track.onended = ended
  const video = document.createElement('video')
  video.muted = video.playsInline = true
  video.srcObject = stream
  await video.play()
  const able = track.getCapabilities() as Zoomable
  let recording: { recorder: MediaRecorder; parts: Blob[]; since: number; sound: MediaStream | null } | null = null

  const stopRecording = async (): Promise<Recorded & { width: number; height: number }> => {
    if (!recording) throw { errMsg: 'camera has not been recording' }
    const { recorder, parts, since, sound } = recording
    recording = null
    await new Promise((resolve) => {
      recorder.onstop = resolve
      recorder.stop()
    })
    for (const one of sound?.getTracks() ?? []) one.stop()
    const type = recorder.mimeType.split(';')[0]!
    return { body: await new Blob(parts, { type }).arrayBuffer(), type, extension: type === 'video/mp4' ? '.mp4' : '.webm', duration: performance.now() - since, width: video.videoWidth, height: video.videoHeight }
  }

  return {
    maxZoom: able.zoom?.max ?? 1,
    picture: () =>
      new Promise((resolve, reject) => {
        if (track.readyState === 'ended') return reject({ errMsg: 'camera is stopped' })
        video.requestVideoFrameCallback(() => void createImageBitmap(video).then(resolve, reject))
      }),
    zoom: async (wanted) => {
      const zoom = Math.min(able.zoom?.max ?? 1, Math.max(able.zoom?.min ?? 1, wanted))
      if (able.zoom) await track.applyConstraints({ advanced: [{ zoom } as MediaTrackConstraintSet] })
      return zoom
    },
    light: async (on) => {
      if (able.torch) await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
    },
    record: async () => {
      if (recording) throw { errMsg: 'is recording' }
      // A film without sound is still a film, where the microphone is refused.
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null)
      const mimeType = ['video/mp4', 'video/webm'].find((one) => MediaRecorder.isTypeSupported(one))
      const recorder = new MediaRecorder(new MediaStream([track, ...(sound?.getAudioTracks() ?? [])]), mimeType ? { mimeType } : {})
      const parts: Blob[] = []
      recorder.ondataavailable = ({ data }) => parts.push(data)
      recorder.start()
      recording = { recorder, parts, since: performance.now(), sound }
    },
    stopRecording,
    close: () => {
      if (recording) void stopRecording().catch(() => {})
      track.onended = null
      for (const one of stream.getTracks()) one.stop()
      video.srcObject = null
    },
  }
}
