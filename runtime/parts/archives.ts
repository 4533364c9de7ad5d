/** Archives and digests, which few programs ask for. */

export { md5, sha1 } from '@noble/hashes/legacy.js'
export { unzipSync } from 'fflate'
