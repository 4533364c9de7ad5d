/** The panel of `debugOptions.enableFPSPanel`: how many pictures the browser drew in each second, and the slowest of them. */

const panel = document.createElement('div')
panel.className = 'h-fps'
panel.setAttribute('aria-hidden', 'true')
panel.style.cssText = 'position:fixed;left:8px;bottom:58px;z-index:9;padding:4px 8px;border-radius:6px;background:#000a;color:#7f7;font:12px/1.4 monospace;pointer-events:none;white-space:pre'
document.body.append(panel)

let drawn = 0
let slowest = 0
let last = performance.now()
let since = last

function count(now: number): void {
  drawn += 1
  slowest = Math.max(slowest, now - last)
  last = now
  if (now - since >= 1000) {
    panel.textContent = `${Math.round((drawn * 1000) / (now - since))} FPS\n${Math.round(slowest)} ms`
    drawn = slowest = 0
    since = now
  }
  requestAnimationFrame(count)
}
requestAnimationFrame(count)
