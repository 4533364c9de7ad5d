// Short tones, made as they are wanted: no file to fetch.
let context

module.exports = function play(frequency, seconds = 0.09) {
  context = context || wx.createWebAudioContext()
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = frequency
  volume.gain.value = 0.08
  tone.connect(volume)
  volume.connect(context.destination)
  tone.start()
  tone.stop(context.currentTime + seconds)
}
