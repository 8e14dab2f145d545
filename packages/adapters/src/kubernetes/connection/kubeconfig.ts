import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { InfraError } from '@tiltts/spec'
import { isGone } from '../../files/system-error.js'

/** A cluster, user or context entry: its fields as they stand in the file, paths made absolute. */
export type Entry = Readonly<Record<string, unknown>>

/** All files together: of entries with one name the first counts, as for kubectl. */
export interface Kubeconfig {
  readonly currentContext: string | undefined
  readonly contexts: ReadonlyMap<string, FoundEntry>
  readonly clusters: ReadonlyMap<string, FoundEntry>
  readonly users: ReadonlyMap<string, FoundEntry>
}

export interface FoundEntry {
  readonly entry: Entry
  /** The file it stands in. */
  readonly path: string
}

/** @param paths those that are not there are passed over */
export async function readKubeconfig(paths: readonly string[]): Promise<Kubeconfig | undefined> {
  const { parse } = await import('./parse-yaml.js')
  const contexts = new Map<string, FoundEntry>()
  const clusters = new Map<string, FoundEntry>()
  const users = new Map<string, FoundEntry>()
  let currentContext: string | undefined
  let found = false
  for (const path of new Set(paths)) {
    const text = await textOf(path)
    if (text === undefined) continue
    found = true
    const file = parsed(text, path, parse)
    if (typeof file['current-context'] === 'string') currentContext ||= file['current-context']
    gather(contexts, file['contexts'], 'context', path)
    gather(clusters, file['clusters'], 'cluster', path)
    gather(users, file['users'], 'user', path)
  }
  return found ? { currentContext: currentContext || undefined, contexts, clusters, users } : undefined
}

function gather(into: Map<string, FoundEntry>, list: unknown, key: string, path: string): void {
  for (const named of Array.isArray(list) ? list : []) {
    if (!isEntry(named) || typeof named['name'] !== 'string' || into.has(named['name'])) continue
    const entry = isEntry(named[key]) ? named[key] : {}
    into.set(named['name'], { entry: withAbsolutePaths(entry, dirname(path)), path })
  }
}

const ISSUER_AUTHORITY = 'idp-certificate-authority'
const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']

function withAbsolutePaths(entry: Entry, folder: string): Entry {
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  const changed: Record<string, unknown> = { ...entry }
  for (const key of PATHS) {
    const path = entry[key]
    if (typeof path === 'string' && path !== '') changed[key] = absolute(path)
  }
  const { exec, 'auth-provider': provider } = entry
  const authority = isEntry(provider) && isEntry(provider['config']) && provider['config'][ISSUER_AUTHORITY]
  if (isEntry(provider) && isEntry(provider['config']) && typeof authority === 'string' && authority !== '') {
    const config = { ...provider['config'], [ISSUER_AUTHORITY]: absolute(authority) }
    changed['auth-provider'] = { ...provider, config }
  }
  // A bare name is looked for in PATH.
  if (isEntry(exec) && typeof exec['command'] === 'string' && /[\\/]/.test(exec['command'])) {
    changed['exec'] = { ...exec, command: absolute(exec['command']) }
  }
  return changed
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isGone(error)) return undefined
    throw unreadable(path, error)
  }
}

function parsed(text: string, path: string, parse: (text: string) => unknown): Entry {
  try {
    const value = parse(text) ?? {}
    if (!isEntry(value)) throw new Error('a mapping is expected')
    return value
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): InfraError {
  const why = error instanceof Error ? error.message : String(error)
  return new InfraError('kubernetes/no-context', 'kubernetes', `the kubeconfig ${path} cannot be read: ${why}`, {
    cause: error,
  })
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
