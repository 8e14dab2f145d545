/**
 * The path without `.`, without `a/..`, without doubled and final slashes; `.` when nothing remains.
 * `..` at the start stays, as does a leading slash.
 */
export function cleanPath(path: string): string {
  const absolute = path.startsWith('/')
  const out: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') out.push(segment)
    else if (out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (!absolute) out.push(segment)
  }
  const joined = out.join('/')
  if (absolute) return `/${joined}`
  return joined === '' ? '.' : joined
}

/** The folder that holds the path; `/` for `/` itself. */
export function parentPath(path: string): string {
  const end = path.lastIndexOf('/')
  if (end > 0) return path.slice(0, end)
  return '/'
}

/** Last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The path as seen from a folder: `''` for the folder itself, `undefined` for a path outside it.
 * Both absolute, with slashes; `/` holds every path, also one that begins with a drive.
 */
export function relativeTo(path: string, folder: string): string | undefined {
  const root = folder.endsWith('/') ? folder.slice(0, -1) : folder
  if (root === '') return path.startsWith('/') ? path.slice(1) : path
  if (!path.startsWith(root)) return undefined
  if (path.length === root.length) return ''
  return path.charAt(root.length) === '/' ? path.slice(root.length + 1) : undefined
}

/** Whether a path is a folder or lies below it. Both absolute, with slashes. */
export function isWithin(path: string, folder: string): boolean {
  return relativeTo(path, folder) !== undefined
}
