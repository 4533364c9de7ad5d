/** Paths inside a program: always relative to its root, always with forward slashes. */

export function normalize(path: string): string {
  const parts: string[] = []
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** True if following the path from the root would climb out of it. */
export function escapes(path: string): boolean {
  let depth = 0
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    depth += part === '..' ? -1 : 1
    if (depth < 0) return true
  }
  return false
}

export function dirname(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

export function extname(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot)
}

export function stripExtension(path: string): string {
  const ext = extname(path)
  return ext ? path.slice(0, -ext.length) : path
}

/** A path as written in a file: from the root if it starts with a slash (a plugin's own), else from that file's folder. */
export function join(from: string, path: string): string {
  if (!path.startsWith('/')) return normalize(`${dirname(from)}/${path}`)
  return (/^plugin-private\/[^/]+\//.exec(from)?.[0] ?? '') + normalize(path)
}

/** The folders `miniprogram_npm` is looked for in, nearest first. */
export function npmFolders(from: string): string[] {
  const folders: string[] = []
  for (let dir = dirname(from); ; dir = dirname(dir)) {
    folders.push(dir ? `${dir}/miniprogram_npm` : 'miniprogram_npm')
    if (!dir) return folders
  }
}
