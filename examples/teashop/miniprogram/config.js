// The address of the shop's own server, as it is entered among the program's request domains.
module.exports = { base: 'http://127.0.0.1:8100' }
