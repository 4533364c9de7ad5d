/** The npm build: packages found in node_modules are laid out as `miniprogram_npm`, as the published tools do. */

import { record } from './components'
import type { Diagnostics } from './diagnostics'
import { dirname, normalize } from './paths'
import { PLUGINS } from './plugins'
import { packsManually, PROJECT_FILE, type Project } from './project'
import type { Sources } from './sources'

/**
 * Build the packages every package.json lists into a `miniprogram_npm`: beside it, or in the program's root where it
 * stands outside; or, where a project packs by hand, exactly those it names, each where it says.
 */
export function buildNpm(sources: Sources, root: string, project: Project, diagnostics: Diagnostics): void {
  if (packsManually(sources)) {
    for (const { packageJson, folder } of project.npm) {
      if (sources.has(packageJson)) buildOne(sources, packageJson, folder)
      else diagnostics.error(PROJECT_FILE, `"packNpmRelationList" names ${packageJson}, which is not in the project.`)
    }
    return
  }
  for (const path of sources.paths()) {
    if (!/(^|\/)package\.json$/.test(path) || path.includes('node_modules/')) continue
    const folder = dirname(path)
    const inside = (place: string): boolean => folder === place || folder.startsWith(place ? `${place}/` : '')
    // What a plugin depends on is built within it, wherever it lies.
    buildOne(sources, path, inside(root) || (project.pluginRoot && inside(project.pluginRoot)) || folder.startsWith(PLUGINS) ? folder : root)
  }
}

function buildOne(sources: Sources, packageJson: string, into: string): void {
  const listed = sources.json(packageJson)
  if (!listed) return
  const at = dirname(packageJson) ? `${dirname(packageJson)}/` : ''
  const built = `${into ? `${into}/` : ''}miniprogram_npm/`
  const done = new Set<string>()
  const queue = Object.keys(record(listed.dependencies))
  while (queue.length) {
    const name = queue.pop()!
    if (done.has(name)) continue
    done.add(name)
    const base = `${at}node_modules/${name}`
    const manifest = sources.json(`${base}/package.json`)
    if (!manifest || sources.paths().some((path) => path.startsWith(`${built}${name}/`))) continue
    queue.push(...Object.keys(record(manifest.dependencies)))
    const folder = normalize(`${base}/${typeof manifest.miniprogram === 'string' ? manifest.miniprogram : 'miniprogram_dist'}`)
    const files = sources.paths().filter((path) => path.startsWith(`${base}/`) && !path.slice(base.length + 1).includes('node_modules/'))
    const made = files.filter((path) => path.startsWith(`${folder}/`))
    if (made.length) {
      for (const path of made) sources.move(path, `${built}${name}/${path.slice(folder.length + 1)}`)
      continue
    }
    for (const path of files) {
      if (/\.(js|json)$/.test(path) && !path.endsWith('/package.json')) {
        sources.move(path, `${built}${name}/${path.slice(base.length + 1)}`)
      }
    }
    const main = normalize(typeof manifest.main === 'string' ? manifest.main : 'index.js')
    if (main !== 'index.js') {
      sources.set(`${built}${name}/index.js`, `module.exports = require('./${main.replace(/\.js$/, '')}')`)
    }
  }
}
