import type { Invocation } from '../cli/command.js'
import { listFlag, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { Target, Targets } from './targets.js'

/** What stands in the files of `-f`, or of the kustomization of `-k`; absent: none were named. Throws a UsageError. */
export async function fileTargets(invocation: Invocation): Promise<Targets | undefined> {
  const names = [...listFlag(invocation, 'filename'), textFlag(invocation, 'kustomize') ?? []].flat()
  if (names.length === 0) return undefined
  if (invocation.words.length > 0) throw new UsageError('when names of files are given, no types or names may be')
  const { namedManifests } = await import('../objects/named-manifests.js')
  const objects = (await namedManifests(invocation)) ?? []
  const targets = objects.map(({ info, document }): Target => {
    const { name } = document.metadata
    if (name === undefined) throw new UsageError(`a ${info.kind} in ${names.join(', ')} has no name`)
    return { info, name }
  })
  return { targets, single: targets.length === 1 }
}
