import picomatch from 'picomatch'

/** Which files a pattern names. All paths are absolute. */
export interface FilePattern {
  /** The folder that all are in. */
  readonly base: string
  /** How many levels below it; absent: any. */
  readonly depth?: number | undefined
  readonly matches: (path: string) => boolean
  /** Whether nothing below a folder can match. */
  readonly prunes: (folder: string) => boolean
}

/**
 * Reads `*`, `**`, `?`, `[…]` and `{…}`; `undefined` for a path without any. As in a shell, what begins with a dot matches
 * only a pattern that has the dot, and `**` does not go into `node_modules`.
 */
export function filePattern(path: string): FilePattern | undefined {
  const written = path.replaceAll('\\', '/')
  const first = written.search(/[*?[{]/)
  if (first < 0) return undefined
  const slash = written.lastIndexOf('/', first)
  const base = written.slice(0, slash) || '/'
  const glob = written.slice(slash + 1)
  // Brackets that are not square are a group to the library, and a part of a name to people.
  const matches = picomatch(written.replace(/[()]/g, '\\$&'), { nonegate: true, noextglob: true })
  const levels = glob.includes('**') ? undefined : Math.max(...braced(glob).map((one) => one.split('/').length))
  const takesDots = /(^|[/{,])\./.test(glob)
  const takesPackages = glob.includes('node_modules')
  return {
    base,
    depth: levels,
    matches: (one) => matches(one.replaceAll('\\', '/')),
    prunes(folder) {
      const names = folder
        .replaceAll('\\', '/')
        .slice(slash + 1)
        .split('/')
      const name = names.at(-1) ?? ''
      if (name === '') return false
      if (levels !== undefined && names.length >= levels) return true
      return (name.startsWith('.') && !takesDots) || (name === 'node_modules' && !takesPackages)
    },
  }
}

/** Alternatives may differ in how deep they go; nested ones are taken as deep as they are long. */
function braced(glob: string): readonly string[] {
  const [whole, before = '', inner = '', after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(glob) ?? []
  return whole === undefined ? [glob] : inner.split(',').flatMap((one) => braced(before + one + after))
}
