import type { CustomDeployNode, Diagnostic, KubernetesResourceNode, Place } from '@tiltts/spec'
import { refOf, refText } from '../kubernetes/objects.js'
import { podTemplatePath } from '../kubernetes/pod-templates.js'
import { serviceOwners } from '../kubernetes/service-owners.js'
import { workloadNames } from '../kubernetes/workload-names.js'
import { workloadId, workloadKey } from '../kubernetes/workloads.js'
import type { KubernetesNode } from './declared.js'
import type { Member } from './manifest-members.js'
import { placesOf } from './places.js'

/** What becomes a resource: objects that are deployed together, and the calls that are about them. */
export interface Group {
  name: string
  readonly from: KubernetesNode['from']
  readonly members: Member[]
  readonly formerNames: string[]
  /** In order of calling. */
  readonly calls: KubernetesResourceNode[]
  readonly custom?: CustomDeployNode | undefined
  readonly place: Place | undefined
}

export interface Groups {
  /** Custom deploys, then workloads in order of their manifests. */
  readonly all: Group[]
  /** Objects that belong to none of them. */
  readonly free: Set<Member>
  /** Whether each workload has the name that the config's function gives it. */
  readonly isNamed: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** Makes a group of each workload, and puts Services to those whose pods they lead to. */
export function groupMembers(
  members: readonly Member[],
  customDeploys: readonly CustomDeployNode[],
  named: { readonly names: ReadonlyMap<string, string> | undefined; readonly place: Place | undefined } | undefined,
): Groups {
  const workloads = members.filter(({ isWorkload }) => isWorkload)
  const ids = workloads.map(({ object }) => workloadId(object))
  const shortest = workloadNames(ids)
  const givenNames = ids.map((id) => named?.names?.get(workloadKey(id)))
  const isNamed = named === undefined || givenNames.every((name) => name !== undefined)
  const diagnostics: Diagnostic[] = []
  const byName = new Map<string, Group>()
  const groups: (Group | undefined)[] = workloads.map((member, index) => {
    const given = givenNames[index]
    const name = given ?? shortest[index] ?? member.object.metadata.name
    const first = byName.get(name)
    if (first !== undefined) {
      diagnostics.push(sameName(name, member, first, named?.place))
      return undefined
    }
    const group = groupOf(name, 'workload', member)
    byName.set(name, group)
    return group
  })
  const free = new Set(members.filter(({ isWorkload }) => !isWorkload))
  const ownerOf = serviceOwners(workloads.map(({ object }) => object))
  for (const member of free) {
    const group = groups[ownerOf(member.object) ?? -1]
    if (group === undefined) continue
    group.members.push(member)
    free.delete(member)
  }
  for (const member of free) {
    if (podTemplatePath(member.object) === undefined) continue
    const { name } = member.object.metadata
    const group = byName.get(name)
    if (group === undefined) byName.set(name, groupOf(name, 'workload', member))
    else group.members.push(member)
    free.delete(member)
  }
  const custom = customDeploys.map(
    (node): Group => ({
      name: node.name,
      from: 'custom',
      members: [],
      formerNames: [],
      calls: [],
      custom: node,
      place: node.place,
    }),
  )
  return { all: [...custom, ...byName.values()], free, isNamed, diagnostics }
}

function groupOf(name: string, from: Group['from'], member: Member): Group {
  return { name, from, members: [member], formerNames: [], calls: [], place: member.place ?? member.callPlace }
}

function sameName(name: string, member: Member, first: Group, place: Place | undefined): Diagnostic {
  const [other] = first.members
  const texts = [other, member].map((each) => (each === undefined ? name : refText(refOf(each.object))))
  return {
    code: 'config/duplicate-resource',
    severity: 'error',
    message: `workloadToResourceFunction calls two workloads \`${name}\`: ${texts.join(' and ')}`,
    places: placesOf(place, member.place ?? member.callPlace, first.place),
    hint: 'Return another name for each; kind, namespace and group tell them apart',
  }
}
