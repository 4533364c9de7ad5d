/** Plugins: code of another provider in the program's frame, which finds only itself and what the program gives it. */

import type { Boot } from '../bridge/boot'
import { program } from './program'

export type Plugin = NonNullable<Boot['manifest']['plugins']>[string]

function declared(): [string, Plugin][] {
  return Object.entries(program().boot.manifest.plugins ?? {})
}

/** The plugins that come with a package. */
export function pluginsOf(root: string): Plugin[] {
  return declared().flatMap(([, plugin]) => (plugin.declaredIn === root ? [plugin] : []))
}

/** The plugin whose code is below a folder. */
export function pluginAt(root: string): Plugin | undefined {
  return declared().find(([, plugin]) => plugin.root === root)?.[1]
}

/** The plugin a package knows by this name: declared there, or for the whole program. */
export function pluginNamed(name: string, from: string): Plugin | undefined {
  const [, plugin] = declared().find(([alias, one]) => alias === name && (one.declaredIn === '' || from.startsWith(one.declaredIn))) ?? []
  return plugin
}

/** The path an address of a plugin's page stands for, or undefined if it is none: `plugin://name/page`, `plugin-private://appid/path`. */
export function pagePath(url: string, from: string): string | undefined {
  const [, scheme, who = '', page = ''] = /^(plugin|plugin-private):\/\/([^/]+)\/(.*)$/.exec(url) ?? []
  if (!scheme) return undefined
  return (scheme === 'plugin' && pluginNamed(who, from)?.pages[page]) || `plugin-private/${who}/${page}`
}
