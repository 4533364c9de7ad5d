/** The source map of a package: modules keep their lines, so each line of the output is a line of one source. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export interface MappedModule {
  /** The file as its author knows it. */
  source: string
  /** The line of the package its first line stands in, from 0, and how many there are. */
  line: number
  lines: number
}

export function sourceMap(file: string, modules: MappedModule[]): string {
  let mappings = ''
  let line = 0
  let lastSource = 0
  let lastLine = 0
  modules.forEach((module, index) => {
    while (line < module.line) {
      mappings += ';'
      line++
    }
    for (let at = 0; at < module.lines; at++) {
      mappings += `A${vlq(index - lastSource)}${vlq(at - lastLine)}A;`
      lastSource = index
      lastLine = at
      line++
    }
  })
  return JSON.stringify({ version: 3, file, sources: modules.map((one) => one.source), names: [], mappings })
}

/** A number as Base64 VLQ, the way source maps write differences. */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let out = ''
  do {
    const digit = rest & 31
    rest >>>= 5
    out += DIGITS[rest ? digit | 32 : digit]
  } while (rest)
  return out
}
