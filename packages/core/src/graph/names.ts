import { type Diagnostic, wellKnown } from '@tiltts/spec'
import { type DeclaredNode, isKubernetes, isService, kindText } from './declared.js'
import { placesOf } from './places.js'

/** The names of a graph, for looking up. */
export interface Names {
  /** The first resource of each name. */
  readonly resources: ReadonlyMap<string, DeclaredNode>
  /** Whether something is called so; when in doubt, yes. */
  has(name: string): boolean
  /** The name of the resource that is meant: what was renamed is found by its old name, too. */
  resolve(name: string): string
  /** All names that can be referred to, in order of declaration. */
  readonly all: readonly string[]
}

/** @param complete no, when some of the resources could not be found out, so that any name may be one */
export function namesOf(nodes: readonly DeclaredNode[], complete: boolean): Names {
  const resources = new Map<string, DeclaredNode>()
  for (const node of nodes) if (!resources.has(node.name)) resources.set(node.name, node)
  const renamed = renamedNodes(nodes)
  const resolve = (name: string): string => (resources.has(name) ? name : (renamed.get(name) ?? name))
  return {
    resources,
    has: (name) => !complete || resources.has(resolve(name)),
    resolve,
    all: [...resources.keys()],
  }
}

/** From names of services and workloads to those of their resources, where that is one only. */
function renamedNodes(nodes: readonly DeclaredNode[]): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const node of nodes) {
    for (const former of formerNames(node)) {
      if (former === node.name) continue
      if (renamed.has(former)) ambiguous.add(former)
      renamed.set(former, node.name)
    }
  }
  for (const name of ambiguous) renamed.delete(name)
  return renamed
}

function formerNames(node: DeclaredNode): readonly string[] {
  if (isKubernetes(node)) return node.formerNames
  return isService(node) ? [node.service.name] : []
}

/** Names that cannot be used, and names used twice. */
export function checkNames(nodes: readonly DeclaredNode[], names: Names): readonly Diagnostic[] {
  const out: Diagnostic[] = []
  for (const node of nodes) {
    const why = whyInvalid(node.name)
    if (why !== undefined) {
      out.push({
        code: 'config/invalid-name',
        severity: 'error',
        message: `\`${node.name}\` cannot be the name of a resource: ${why}`,
        places: placesOf(node.place),
      })
    }
    const first = names.resources.get(node.name)
    if (first === undefined || first === node) continue
    out.push({
      code: 'config/duplicate-resource',
      severity: 'error',
      message: `There is a ${kindText(first)} called \`${node.name}\` already`,
      places: placesOf(node.place, first.place),
      hint: renameHint(node, first),
    })
  }
  return out
}

function renameHint(node: DeclaredNode, first: DeclaredNode): string {
  const service = isService(node) ? node : isService(first) ? first : undefined
  const workload = [node, first].filter(isKubernetes).find(({ from }) => from === 'workload')
  if (workload !== undefined)
    return `Rename the workload: k8sResource('${workload.name}', { newName: '${workload.name}-k8s' })`
  if (service === undefined) return 'Rename one of the two; the second place is where the first one was declared'
  const { name, project } = service
  return `Rename the service: dcResource('${name}', { projectName: '${project.name}', newName: '${project.name}-${name}' })`
}

/** Names stand in paths of the API, so they must be one part of a path. */
function whyInvalid(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'it means a folder'
  if (name === wellKnown.tiltfile) return 'it is the name of the config itself'
  const bad = /[/%]/.exec(name)?.[0]
  return bad === undefined ? undefined : `it holds a ${bad}`
}
