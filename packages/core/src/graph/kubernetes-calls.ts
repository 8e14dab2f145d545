import type { Diagnostic, KubernetesResourceNode, Place } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import type { Group, Groups } from './kubernetes-groups.js'
import type { Member } from './manifest-members.js'
import { memberFinder } from './member-finder.js'
import { placesOf } from './places.js'

/**
 * Has each call of `k8sResource` say its part, in order: a name that an earlier one has changed is the new one.
 * Groups are made, renamed and added to; objects that are taken are free no more.
 *
 * @param complete Whether all manifests are known; else what is missing may be in another.
 */
export function applyCalls(
  groups: Groups,
  calls: readonly KubernetesResourceNode[],
  members: readonly Member[],
  complete: boolean,
): readonly Diagnostic[] {
  const byName = new Map<string, Group>()
  for (const group of groups.all) if (!byName.has(group.name)) byName.set(group.name, group)
  const renamed = new Map<string, Renamed>()
  const owners = new Map(groups.all.flatMap((group) => group.members.map((member) => [member, group] as const)))
  const find = memberFinder(members, groups.free, complete)
  const diagnostics: Diagnostic[] = []

  const take = (group: Group, call: KubernetesResourceNode): void => {
    for (const selector of call.objects) {
      const found = find(selector, call, group, (member) => owners.get(member))
      if ('problem' in found) diagnostics.push(...found.problem)
      else if (owners.get(found.member) !== group) {
        group.members.push(found.member)
        owners.set(found.member, group)
        groups.free.delete(found.member)
      }
    }
  }
  const rename = (group: Group, call: KubernetesResourceNode): void => {
    const { newName } = call
    if (newName === undefined || newName === group.name) return
    const taken = byName.get(newName)
    if (taken !== undefined) {
      diagnostics.push(nameTaken(newName, call, taken))
      return
    }
    byName.delete(group.name)
    renamed.set(group.name, { to: group, place: call.place })
    group.formerNames.push(group.name)
    group.name = newName
    byName.set(newName, group)
  }
  const gather = (call: KubernetesResourceNode): Group | undefined => {
    const { newName: name } = call
    if (name === undefined || name === '' || call.objects.length === 0) {
      diagnostics.push(nothingGathered(call))
      return undefined
    }
    const there = byName.get(name)
    if (there?.from === 'objects') return there
    if (there !== undefined) {
      diagnostics.push(nameTaken(name, call, there))
      return undefined
    }
    const group: Group = { name, from: 'objects', members: [], formerNames: [], calls: [], place: call.place }
    byName.set(name, group)
    groups.all.push(group)
    return group
  }

  for (const call of calls) {
    const group = call.workload === undefined ? gather(call) : byName.get(call.workload.name)
    if (group === undefined) {
      if (call.workload !== undefined && complete) diagnostics.push(unknownWorkload(call, byName, renamed))
      continue
    }
    group.calls.push(call)
    if (call.workload !== undefined) rename(group, call)
    if (group.from === 'custom' && call.objects.length > 0) diagnostics.push(objectsOfCommand(group.name, call))
    else take(group, call)
  }
  return diagnostics
}

interface Renamed {
  readonly to: Group
  readonly place: Place | undefined
}

function nothingGathered(call: KubernetesResourceNode): Diagnostic {
  const { newName } = call
  return {
    code: 'config/invalid-option',
    severity: 'error',
    message: newName
      ? `k8sResource: \`${newName}\` has no objects, so there is nothing to deploy`
      : 'k8sResource: neither a workload is named, nor what its objects are to be called together',
    places: placesOf(call.place),
    hint: "Name a workload: k8sResource('api', …); or gather objects: k8sResource({ newName: 'config', objects: ['settings:configmap'] })",
  }
}

function nameTaken(name: string, call: KubernetesResourceNode, taken: Group): Diagnostic {
  const own = call.workload === undefined
  return {
    code: 'config/duplicate-resource',
    severity: 'error',
    message: `k8sResource: ${own ? 'objects are to be gathered as' : `\`${call.workload.name}\` is to be called`} \`${name}\`, but there is a Kubernetes resource called so already`,
    places: placesOf(call.place, taken.place),
    hint: own
      ? `Give them another name, or add them to that one: k8sResource('${name}', { objects })`
      : 'Choose another `newName`; the second place is where the other one is declared',
  }
}

function objectsOfCommand(name: string, call: KubernetesResourceNode): Diagnostic {
  return {
    code: 'config/invalid-option',
    severity: 'error',
    message: `k8sResource('${name}'): what a command deploys takes no \`objects\` of manifests`,
    places: placesOf(call.place),
    hint: 'Gather them in a resource of their own: k8sResource({ newName, objects })',
  }
}

/** So many names are worth listing. */
const shown = 20

function unknownWorkload(
  call: KubernetesResourceNode,
  byName: ReadonlyMap<string, Group>,
  renamed: ReadonlyMap<string, Renamed>,
): Diagnostic {
  const name = call.workload?.name ?? ''
  const before = renamed.get(name)
  const names = [...byName.keys()]
  const longer = names.filter((other) => other.startsWith(`${name.toLowerCase()}:`))
  const guess =
    longer.length > 0 ? `Several workloads are called that; say which: ${longer.join(', ')}` : didYouMean(name, names)
  return {
    code: 'config/unknown-resource',
    severity: 'error',
    message:
      before === undefined
        ? `k8sResource('${name}'): no workload is called that`
        : `k8sResource('${name}'): it was renamed \`${before.to.name}\` by an earlier call`,
    places: placesOf(call.workload?.place ?? call.place, before?.place),
    hint:
      before === undefined
        ? [guess, known(names)].filter((text) => text !== undefined).join(' ')
        : `Write: k8sResource('${before.to.name}', …)`,
  }
}

function known(names: readonly string[]): string {
  if (names.length === 0) return 'No manifest holds a workload: call k8sYaml, too'
  const more = names.length - shown
  return `There are: ${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
