/** Unpacking Brotli: its dictionary weighs as much as the rest of the runtime. */

export { decompress } from 'brotli/decompress.js'
