import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { ComposeProjectRef, ConfigRead, Place } from '@tiltts/spec'
import { type ComposeSource, composeSource } from './compose-source.js'
import { interpolate } from './variables.js'

/** All that a project is read from. */
export interface ProjectSources {
  /** Those that could be read; those that the project names first come first. */
  readonly sources: readonly ComposeSource[]
  /** All files that decide it, also those that are not there, with what they held. */
  readonly texts: ReadonlyMap<string, string | undefined>
  /** Files that others name, and where. */
  readonly references: readonly FileReference[]
  /** The variables that the files can use. */
  readonly variables: Readonly<Record<string, string>>
  /** The texts of the files that variables come from. */
  readonly envFiles: readonly string[]
  /** Whether something comes from elsewhere than this machine's files. */
  readonly remote: boolean
}

export interface FileReference {
  /** Absolute. */
  readonly path: string
  readonly kind: 'include' | 'extends' | 'env_file'
  readonly place: Place | undefined
  readonly required: boolean
  readonly exists: boolean
  /** The service that names it. */
  readonly service?: string | undefined
}

/** Reads the files of a project, and those that they name in `include`, `extends`, `env_file`. */
export async function readSources(
  ref: ComposeProjectRef,
  env: Readonly<Record<string, string>>,
): Promise<ProjectSources> {
  const sources: ComposeSource[] = []
  const references: FileReference[] = []
  const texts = new Map<string, string | undefined>()
  const seen = new Set<string>()
  let remote = false

  const readText = async (path: string): Promise<string | undefined> => {
    if (!texts.has(path)) texts.set(path, await textOf(path))
    return texts.get(path)
  }

  const envFiles =
    ref.envFile === undefined
      ? (env['COMPOSE_ENV_FILES']?.split(',').map((path) => resolve(ref.dir, path)) ?? [join(ref.dir, '.env')])
      : [ref.envFile]
  const variables: Record<string, string> = {}
  const envTexts: string[] = []
  for (const path of envFiles) envTexts.push((await readText(path)) ?? '')
  for (const text of envTexts) Object.assign(variables, parseEnv(text))
  Object.assign(variables, env)

  const visit = async (path: string, dir: string): Promise<boolean> => {
    if (seen.has(path)) return true
    seen.add(path)
    const text = await readText(path)
    if (text === undefined) return false
    await look(composeSource(path, text), dir)
    return true
  }

  /** Follows a reference to another compose file. */
  const refer = async (
    named: string,
    dir: string,
    dirOfIt: (path: string) => string,
    reference: Pick<FileReference, 'kind' | 'place' | 'service'>,
  ): Promise<void> => {
    const written = interpolate(named, variables)
    if (isRemote(written)) {
      remote = true
      return
    }
    const path = resolve(dir, written)
    const exists = await visit(path, dirOfIt(path))
    references.push({ ...reference, path, exists, required: true })
  }

  /** @param dir what its paths count from */
  const look = async (source: ComposeSource, dir: string): Promise<void> => {
    sources.push(source)
    for (const data of source.data) {
      for (const [index, entry] of listOf(member(data, 'include')).entries()) {
        await include(source, dir, entry, index)
      }
      for (const [name, service] of entriesOf(member(data, 'services'))) {
        await extend(source, dir, name, member(member(service, 'extends'), 'file'))
        await useEnvFiles(source, dir, name, member(service, 'env_file'))
      }
    }
  }

  const include = async (source: ComposeSource, dir: string, entry: unknown, index: number): Promise<void> => {
    const place = source.placeOf(['include', String(index)])
    const paths = textsOf(typeof entry === 'string' ? entry : member(entry, 'path'))
    const folder = member(entry, 'project_directory')
    const first = paths[0] === undefined ? dir : dirname(resolve(dir, interpolate(paths[0], variables)))
    const own = typeof folder === 'string' ? resolve(dir, interpolate(folder, variables)) : first
    const files = textsOf(member(entry, 'env_file'))
    for (const file of files.length > 0 ? files : [join(own, '.env')]) {
      await readText(resolve(dir, interpolate(file, variables)))
    }
    for (const path of paths) await refer(path, dir, () => own, { kind: 'include', place })
  }

  const extend = async (source: ComposeSource, dir: string, service: string, file: unknown): Promise<void> => {
    if (typeof file !== 'string') return
    const place = source.placeOf(['services', service, 'extends', 'file'])
    await refer(file, dir, dirname, { kind: 'extends', place, service })
  }

  const useEnvFiles = async (source: ComposeSource, dir: string, service: string, value: unknown): Promise<void> => {
    for (const [index, entry] of listOf(value).entries()) {
      const named = typeof entry === 'string' ? entry : member(entry, 'path')
      if (typeof named !== 'string') continue
      const path = resolve(dir, interpolate(named, variables))
      const exists = (await readText(path)) !== undefined
      const place = source.placeOf(['services', service, 'env_file', ...(Array.isArray(value) ? [String(index)] : [])])
      const required = member(entry, 'required') !== false
      references.push({ path, kind: 'env_file', place, required, exists, service })
    }
  }

  for (const path of ref.files) await visit(path, ref.dir)
  if (ref.inline !== undefined) await look(composeSource(undefined, ref.inline), ref.dir)
  return {
    sources,
    texts,
    references,
    variables,
    envFiles: envTexts,
    remote,
  }
}

/** `undefined` when there is no such file. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Whatever else is wrong with it, Compose says better.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EACCES') return undefined
    throw error
  }
}

/** Files as what a config reads. */
export function readsOf(texts: ReadonlyMap<string, unknown>): readonly ConfigRead[] {
  return [...texts.keys()].map((path) => ({ path, kind: 'file' as const }))
}

function isRemote(path: string): boolean {
  return /^(\w+:\/\/|git@|github\.com\/)/.test(path)
}

export function member(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>)[key] : undefined
}

export function entriesOf(data: unknown): readonly (readonly [string, unknown])[] {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.entries(data) : []
}

function listOf(data: unknown): readonly unknown[] {
  return data === undefined || data === null ? [] : Array.isArray(data) ? data : [data]
}

function textsOf(data: unknown): readonly string[] {
  return listOf(data).filter((one) => typeof one === 'string')
}
