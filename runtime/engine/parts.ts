/**
 * The heavy parts of the runtime (maps, the editor, division names): each a script of its own beside the
 * frame's, fetched when a program first needs it. The frame's one policy allows them as it allows packages.
 */

import * as element from '../components/element'
import * as define from '../api/define'
import * as loader from './loader'
import * as program from './program'
import * as trusted from './trusted'

/** The file of each part, written by the build. */
declare const __HUTONG_PARTS__: Record<string, string>

type Body = (require: (name: string) => unknown, module: { exports: unknown }, exports: unknown) => void

/** What parts share with the frame; the build leaves exactly these out of them. */
const SHARED: Record<string, unknown> = { element, define, loader, program, trusted }

const arrived = new Map<string, unknown>()
const arriving = new Map<string, Promise<unknown>>()

/** Called by a part's script when it arrives. */
export function receivePart(name: string, body: Body): void {
  const module = { exports: {} as unknown }
  body((shared) => SHARED[shared], module, module.exports)
  arrived.set(name, module.exports)
}

/** What a part exports, fetched once. A failure is forgotten, so that asking again tries again. */
export function part<T>(name: string): Promise<T> {
  let promise = arriving.get(name)
  if (!promise) {
    promise = new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.crossOrigin = 'anonymous'
      script.src = trusted.trustedScript(new URL(__HUTONG_PARTS__[name]!, document.baseURI).href)
      script.onload = () => (arrived.has(name) ? resolve(arrived.get(name)) : reject(new Error(`the part "${name}" did not run`)))
      script.onerror = () => reject(new Error(`the part "${name}" could not be loaded`))
      document.head.append(script)
    })
    arriving.set(name, promise)
    promise.catch(() => arriving.delete(name))
  }
  return promise as Promise<T>
}
