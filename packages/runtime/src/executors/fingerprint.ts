import { createHash } from 'node:crypto'
import { compileIgnore, ephemeralIgnore, isWithin } from '@tiltts/core/paths'
import type { LocalResourceNode } from '@tiltts/spec'
import type { Files } from '../ports/files.js'
import type { Records } from '../ports/records.js'

/** What a command read and wrote, and what it was, told by hashes. */
export interface Fingerprint {
  readonly command: string
  readonly inputs: string
  readonly outputs: string
}

export interface FingerprintDeps {
  readonly files: Pick<Files, 'hash'>
  readonly records: Records
  /** Tells this project's records from those of others. */
  readonly project: string
}

export interface Fingerprinted {
  readonly name: string
  readonly local: LocalResourceNode
  readonly updateHash: string
}

/** Hash of all that the command may read: its deps without what it writes itself. */
export async function hashInputs(
  deps: FingerprintDeps,
  { local }: Fingerprinted,
  signal: AbortSignal,
): Promise<string> {
  const ignore = compileIgnore([ephemeralIgnore, ...local.ignores])
  const isOutput = (path: string): boolean => local.outputs.some((output) => isWithin(path, output))
  const ignored = (path: string): boolean => ignore.ignored(path) || isOutput(path)
  const prunes = (folder: string): boolean => ignore.prunes(folder) || isOutput(folder)
  return digest(await deps.files.hash(local.deps, ignored, signal, prunes))
}

/** Hash of all that the command writes; `undefined` when some of it is not there. */
export async function hashOutputs(
  deps: FingerprintDeps,
  { local }: Fingerprinted,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hashes = await deps.files.hash(local.outputs, () => false, signal)
  const paths = [...hashes.keys()]
  const complete = local.outputs.every((output) => paths.some((path) => isWithin(path, output)))
  return complete ? digest(hashes) : undefined
}

/** Whether the last success left exactly what is there now, from exactly what is there now. */
export async function isUnchanged(
  deps: FingerprintDeps,
  resource: Fingerprinted,
  inputs: string,
  signal: AbortSignal,
): Promise<boolean> {
  const record = await deps.records.get(recordKey(deps, resource))
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return false
  const { command, inputs: recorded, outputs } = record as Partial<Fingerprint>
  if (command !== resource.updateHash || recorded !== inputs || typeof outputs !== 'string') return false
  return outputs === (await hashOutputs(deps, resource, signal))
}

/** Keeps in mind what a successful command has left. */
export async function rememberOutputs(
  deps: FingerprintDeps,
  resource: Fingerprinted,
  inputs: string,
  signal: AbortSignal,
): Promise<void> {
  const outputs = await hashOutputs(deps, resource, signal)
  const record = outputs === undefined ? null : { command: resource.updateHash, inputs, outputs }
  await deps.records.set(recordKey(deps, resource), record)
}

function recordKey({ project }: FingerprintDeps, { name }: Fingerprinted): string {
  return `outputs:${project}:${name}`
}

function digest(hashes: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const path of [...hashes.keys()].sort()) hash.update(`${path}\0${hashes.get(path)}\n`)
  return hash.digest('hex')
}
