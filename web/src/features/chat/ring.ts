/** The sound of a message that arrives: two soft notes, made here so that no file has to be fetched. */

const NOTES = [
  { hertz: 659.3, at: 0 },
  { hertz: 880, at: 0.09 },
]
const FADES_SECONDS = 0.28
const LOUDNESS = 0.06

let context: AudioContext | undefined

/** Silent before the person has touched the page: browsers ask for that, and so do neighbours. */
export function ring(): void {
  if (!navigator.userActivation.hasBeenActive) return
  navigator.vibrate?.(30)
  context ??= new AudioContext()
  void context.resume()
  for (const { hertz, at } of NOTES) {
    const start = context.currentTime + at
    const note = context.createOscillator()
    const volume = context.createGain()
    note.frequency.value = hertz
    volume.gain.setValueAtTime(LOUDNESS, start)
    volume.gain.exponentialRampToValueAtTime(0.0001, start + FADES_SECONDS)
    note.connect(volume).connect(context.destination)
    note.start(start)
    note.stop(start + FADES_SECONDS)
  }
}
