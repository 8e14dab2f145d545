import {
  annotation,
  type CmdSpec,
  disableConfigMapName,
  type FileWatchSpec,
  type IgnoreRule,
  wellKnown,
} from '@tiltts/spec'
import { escapePattern } from '../paths/ignore-file.js'
import { baseName, cleanPath, parentPath } from '../paths/posix.js'
import { initialCmdStatus } from '../schedule/cmd-transitions.js'
import { initialResourceStatus } from '../schedule/resource-transitions.js'
import { disableSource, serveCmd, updateCmd } from './cmd-specs.js'
import type { DesiredObject, LinkedGraph, LinkedResource } from './types.js'

/** The objects of a graph, in the order in which they are to be made. In `ci` nothing is watched. */
export function toObjects(linked: LinkedGraph, options: { readonly command: 'dev' | 'ci' }): readonly DesiredObject[] {
  return linked.resources.flatMap((resource) => [
    ...switchObjects(resource, linked.enabled.has(resource.name)),
    ...(options.command === 'dev' ? watchObjects(resource, linked.watchIgnores) : []),
    ...cmdObjects(resource, 'update', updateCmd(resource)),
    ...cmdObjects(resource, 'serve', serveCmd(resource)),
  ])
}

function switchObjects(resource: LinkedResource, enabled: boolean): readonly DesiredObject[] {
  const { name, spec } = resource
  const isDisabled = enabled ? 'false' : 'true'
  return [
    object(resource, { kind: 'Resource', name, spec, initialStatus: initialResourceStatus(enabled) }),
    object(resource, {
      kind: 'ConfigMap',
      name: disableConfigMapName(name),
      spec: { data: { isDisabled } },
      initialStatus: {},
    }),
  ]
}

function watchObjects(resource: LinkedResource, watchIgnores: readonly IgnoreRule[]): readonly DesiredObject[] {
  const { deps, ignores, outputs } = resource.spec.local
  if (deps.length === 0) return []
  const spec: FileWatchSpec = {
    watchedPaths: deps,
    ignores: [...ignores, ...outputs.map(ignoreOutput), ...watchIgnores],
    disableSource: disableSource(resource.name),
  }
  return [object(resource, { kind: 'FileWatch', name: resource.name, spec, initialStatus: { fileEvents: [] } })]
}

/** What a resource writes never triggers it. */
function ignoreOutput(output: string): IgnoreRule {
  const path = cleanPath(output)
  return { basePath: parentPath(path), patterns: [escapePattern(baseName(path))] }
}

function cmdObjects(resource: LinkedResource, part: string, spec: CmdSpec | undefined): readonly DesiredObject[] {
  if (spec === undefined) return []
  const name = `${resource.name}:${part}`
  return [object(resource, { kind: 'Cmd', name, spec, initialStatus: initialCmdStatus, write: 'create' })]
}

function object(
  resource: LinkedResource,
  parts: Omit<DesiredObject, 'meta' | 'write'> & Partial<Pick<DesiredObject, 'write'>>,
): DesiredObject {
  const annotations = { [annotation.resource]: resource.name, [annotation.managedBy]: wellKnown.tiltfile }
  return { write: 'replace', ...parts, meta: { annotations } }
}
