/** The one content policy of every program's frame. The server sends it with the frame's document. */
export const FRAME_POLICY = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "connect-src 'none'",
  'worker-src blob:',
  "frame-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types hutong',
].join('; ')

/** The same for a mini game, which may bring WebAssembly. */
export const GAME_POLICY = FRAME_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")

/** The same for the frame of the dev tools, which runs what a developer types; only a sandbox sends it. */
export const DEV_POLICY = FRAME_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(/; (require-trusted-types-for|trusted-types)[^;]*/g, '')

/** Of the document around a web page; the server puts the program's business domains where it says PAGES. */
export const PAGE_POLICY = ["default-src 'none'", "script-src 'self'", "style-src 'unsafe-inline'", 'frame-src PAGES', 'connect-src PAGES', "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'"].join('; ')
