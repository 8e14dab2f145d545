import type { Invocation } from '../cli/command.js'
import { listOfTexts, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { type Manifest, parseManifests, readManifests } from './read-manifests.js'

/** The objects that the flags name; `undefined` when they name none. Throws a UsageError. */
export async function namedManifests(invocation: Invocation): Promise<readonly Manifest[] | undefined> {
  const files = listOfTexts(invocation, 'filename').map(withoutSign)
  const folder = textFlag(invocation, 'kustomize')
  if (files.length > 0 && folder !== undefined) throw new UsageError('only one of -f and -k can be specified')
  if (files.length > 0) return readManifests(files, { recursive: invocation.flags['recursive'] === true })
  if (folder === undefined) return undefined
  if (invocation.flags['recursive'] === true)
    throw new UsageError('--recursive goes with -f: a kustomization says itself what belongs to it')
  const { kustomized } = await import('./kustomized.js')
  const path = withoutSign(folder)
  const manifests = await parseManifests(await kustomized(path), `the kustomization ${path}`)
  if (manifests.length === 0) throw new UsageError('no objects passed', `The kustomization ${path} makes none`)
  return manifests
}

/** The value of a flag that was given as `-f=file`: Node's parser leaves the sign in it. */
const withoutSign = (text: string): string => text.replace(/^=/, '')
