/**
 * The heavy and the seldom used parts of the runtime (players, maps, the editor, division names): each a script of
 * its own beside the frame's. Elements that are in one come with the package whose templates use them; other parts
 * are fetched when a program first needs them. The frame's one policy allows them as it allows packages.
 */

import * as element from '../components/element'
import * as basic from '../components/basic'
import * as drag from '../components/drag'
import * as canvas from '../api/canvas'
import * as define from '../api/define'
import * as files from './files'
import * as loader from './loader'
import * as program from './program'
import * as trusted from './trusted'
import * as units from './units'

/** What the build wrote: the file of each part, and what is known of the elements in them before they come. */
declare const __HUTONG_PARTS__: { files: Record<string, string>; elements: Record<string, { part: string } & element.Described> }

type Body = (require: (name: string) => unknown, module: { exports: unknown }, exports: unknown) => void

/** What parts share with the frame, by their path in the sources; the build leaves exactly these out of them. */
const SHARED: Record<string, unknown> = {
  'components/element': element,
  'components/basic': basic,
  'components/drag': drag,
  'api/canvas': canvas,
  'api/define': define,
  'engine/files': files,
  'engine/loader': loader,
  'engine/parts': { part },
  'engine/program': program,
  'engine/trusted': trusted,
  'engine/units': units,
}

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
      script.src = trusted.trustedScript(new URL(__HUTONG_PARTS__.files[name]!, document.baseURI).href)
      script.onload = () => (arrived.has(name) ? resolve(arrived.get(name)) : reject(new Error(`the part "${name}" did not run`)))
      script.onerror = () => reject(new Error(`the part "${name}" could not be loaded`))
      document.head.append(script)
    })
    arriving.set(name, promise)
    promise.catch(() => arriving.delete(name))
  }
  return promise as Promise<T>
}

/** An element that may still be on its way. */
export const lateElement = (name: string): element.Described | undefined => __HUTONG_PARTS__.elements[name]

/** Fetch what draws these elements; all that there is where it is not said which are used. */
export async function elementsArrive(names: string[] = Object.keys(__HUTONG_PARTS__.elements)): Promise<void> {
  const parts = new Set(names.map((name) => __HUTONG_PARTS__.elements[name]?.part).filter((one) => one !== undefined))
  await Promise.all([...parts].map(part))
}
