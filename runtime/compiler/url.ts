/** As much of URL and location as Sass uses, where V8 stands alone and has none. Imported before it. */

import './platform'

class PlainUrl {
  readonly href: string

  constructor(url: string) {
    if (!/^[a-z][a-z\d+.-]*:/i.test(url)) throw new TypeError(`Invalid URL: ${url}`)
    this.href = url
  }

  get protocol(): string {
    return this.href.slice(0, this.href.indexOf(':') + 1)
  }

  get pathname(): string {
    return this.href.slice(this.href.indexOf(':') + 1).split(/[?#]/)[0]!
  }

  toString(): string {
    return this.href
  }

  toJSON(): string {
    return this.href
  }
}

const place = globalThis as { URL?: unknown; location?: unknown }
place.URL ??= PlainUrl
// Sass names files in its complaints by how they lie to where it runs.
place.location ??= { href: 'program:/' }
