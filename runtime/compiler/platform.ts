/** The two globals that bare V8 lacks and text handling needs. Imported before everything else. */

interface Codec {
  TextEncoder?: unknown
  TextDecoder?: unknown
}

class Utf8Encoder {
  encode(text = ''): Uint8Array {
    const out = new Uint8Array(text.length * 3)
    return out.slice(0, this.encodeInto(text, out).written)
  }

  encodeInto(text: string, out: Uint8Array): { read: number; written: number } {
    let at = 0
    for (const char of text) {
      let code = char.codePointAt(0)!
      if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd
      if (code < 0x80) out[at++] = code
      else if (code < 0x800) {
        out[at++] = 0xc0 | (code >> 6)
        out[at++] = 0x80 | (code & 63)
      } else if (code < 0x10000) {
        out[at++] = 0xe0 | (code >> 12)
        out[at++] = 0x80 | ((code >> 6) & 63)
        out[at++] = 0x80 | (code & 63)
      } else {
        out[at++] = 0xf0 | (code >> 18)
        out[at++] = 0x80 | ((code >> 12) & 63)
        out[at++] = 0x80 | ((code >> 6) & 63)
        out[at++] = 0x80 | (code & 63)
      }
    }
    return { read: text.length, written: at }
  }
}

class Utf8Decoder {
  private readonly fatal: boolean

  constructor(_label = 'utf-8', options: { fatal?: boolean } = {}) {
    this.fatal = options.fatal ?? false
  }

  decode(input?: Uint8Array): string {
    if (!input) return ''
    const pieces: string[] = []
    let units: number[] = []
    const length = input.length
    for (let i = 0; i < length; ) {
      const first = input[i++]!
      let code = first
      if (first >= 0x80) {
        const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0
        code = more === 3 ? first & 7 : more === 2 ? first & 15 : first & 31
        let valid = more > 0 && first < 0xf5
        for (let k = 0; valid && k < more; k++) {
          const next = input[i]
          if (next === undefined || (next & 0xc0) !== 0x80) valid = false
          else {
            code = (code << 6) | (next & 63)
            i++
          }
        }
        const least = more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80
        if (!valid || code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
          if (this.fatal) throw new TypeError('The encoded data was not valid for encoding utf-8')
          code = 0xfffd
        }
      }
      if (code > 0xffff) {
        code -= 0x10000
        units.push(0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff))
      } else units.push(code)
      if (units.length > 8000) {
        pieces.push(String.fromCharCode(...units))
        units = []
      }
    }
    pieces.push(String.fromCharCode(...units))
    return pieces.join('')
  }
}

const codec = globalThis as Codec
codec.TextEncoder ??= Utf8Encoder
codec.TextDecoder ??= Utf8Decoder
