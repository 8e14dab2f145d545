import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const packagesOfTiltts: ReadonlySet<string> = new Set([
  'tiltts',
  ...[
    'adapters',
    'client',
    'config',
    'core',
    'extensions',
    'migrate',
    'runtime',
    'server',
    'spec',
    'testing',
    'web',
  ].map((name) => `@tiltts/${name}`),
])

/** Whether an import names a package of tiltts, or something inside one. */
export function namesTiltts(specifier: string): boolean {
  const [scope = '', name = ''] = specifier.split('/')
  return packagesOfTiltts.has(scope.startsWith('@') ? `${scope}/${name}` : scope)
}

/** Whose a file is: the project's own, a package's that it has installed, or a part of tiltts. */
export type Owner = 'project' | 'package' | 'tiltts'

const ownerOfFolder = new Map<string, Owner>()

/** @param file Absolute path without symbolic links in it, as modules have. */
export function ownerOf(file: string): Owner {
  const folder = dirname(file)
  const known = ownerOfFolder.get(folder)
  if (known !== undefined) return known
  const owner = isInTiltts(folder)
    ? 'tiltts'
    : `${folder}${sep}`.includes(`${sep}node_modules${sep}`)
      ? 'package'
      : 'project'
  ownerOfFolder.set(folder, owner)
  return owner
}

function isInTiltts(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'package.json')
    if (existsSync(manifest)) {
      const name = /"name"\s*:\s*"([^"]+)"/.exec(readFileSync(manifest, 'utf8'))?.[1]
      return name !== undefined && packagesOfTiltts.has(name)
    }
    if (dirname(at) === at) return false
  }
}

const fileByUrl = new Map<string, string>()

/** The path of a `file:` URL, without its query; `undefined` for other modules. */
export function fileOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  const known = fileByUrl.get(url)
  if (known !== undefined) return known
  const end = url.search(/[?#]/)
  const file = fileURLToPath(end < 0 ? url : url.slice(0, end))
  fileByUrl.set(url, file)
  return file
}
