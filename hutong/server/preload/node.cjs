// Loaded into a Node program by `hutong run`: connections to the published hosts are turned to the
// wire at the socket, because many clients (fetch, superagent, got) never look at proxy variables.
'use strict'

const net = require('node:net')

const [host, port] = (process.env.HUTONG_WIRE || '').split('|')
const published = new Set((process.env.HUTONG_WIRE_HOSTS || '').split(','))
const ports = new Set([80, 443])

/** The options to connect with instead, or null when the destination is not ours. */
function turned(options) {
  if (options === null || typeof options !== 'object' || options.path) return null
  const wanted = String(options.host || '').toLowerCase().replace(/\.$/, '')
  if (!published.has(wanted) || !ports.has(Number(options.port))) return null
  return { ...options, host, port: Number(port), lookup: undefined }
}

if (host && port) {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...args) {
    if (Array.isArray(args[0])) {
      // Node's own callers pass a marked array; the mark is on the array, so it is kept.
      args[0][0] = turned(args[0][0]) || args[0][0]
    } else if (typeof args[0] === 'object') {
      args[0] = turned(args[0]) || args[0]
    } else if (typeof args[1] === 'string') {
      const other = turned({ port: args[0], host: args[1] })
      if (other) args.splice(0, 2, other)
    }
    return connect.apply(this, args)
  }
}
