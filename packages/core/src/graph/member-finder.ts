import type { Diagnostic, KubernetesResourceNode } from '@tiltts/spec'
import { nearest } from '../errors/nearest.js'
import { parseObjectSelector, selectorOf, selectsObject } from '../kubernetes/object-selector.js'
import type { Group } from './kubernetes-groups.js'
import type { Member } from './manifest-members.js'
import { placesOf } from './places.js'

/** The one object that a selector means, or what is wrong with it; no complaint while it may be in what is not known. */
export type FindMember = (
  selector: string,
  call: KubernetesResourceNode,
  /** What the object is to join. */
  group: Group,
  ownerOf: (member: Member) => Group | undefined,
) => { readonly member: Member } | { readonly problem: readonly Diagnostic[] }

/** @param free objects that no resource has taken yet; it may shrink */
export function memberFinder(members: readonly Member[], free: ReadonlySet<Member>, complete: boolean): FindMember {
  const byName = new Map<string, Member[]>()
  for (const member of members) {
    const name = member.object.metadata.name.toLowerCase()
    const group = byName.get(name)
    if (group === undefined) byName.set(name, [member])
    else group.push(member)
  }
  return (text, call, group, ownerOf) => {
    const problem = (
      code: Diagnostic['code'],
      message: string,
      hint: string,
      others: readonly Member[] = [],
    ): { readonly problem: readonly Diagnostic[] } => {
      const where = placesOf(call.place, ...others.map(({ place, callPlace }) => place ?? callPlace))
      const prefix = `k8sResource('${call.workload?.name ?? group.name}'): `
      return { problem: [{ code, severity: 'error', message: `${prefix}${message}`, places: where, hint }] }
    }
    const selector = parseObjectSelector(text)
    if ('problem' in selector)
      return problem(
        'config/invalid-option',
        `the selector ${JSON.stringify(text)} ${selector.problem}`,
        'Write: name, name:kind or name:kind:namespace; a colon of the name itself as \\:',
      )
    const found = (byName.get(selector.name) ?? []).filter(({ object }) => selectsObject(selector, object))
    const [member, ...others] = found
    if (member === undefined) {
      if (!complete) return { problem: [] }
      return problem('config/unknown-object', `no object is called \`${text}\``, unknownHint(text, members))
    }
    if (others.length > 0)
      return problem(
        'config/unknown-object',
        `several objects are called \`${text}\``,
        `Say which: ${listed(found)}`,
        found,
      )
    const owner = ownerOf(member)
    if (owner === undefined || owner === group) return { member }
    return problem(
      'config/unknown-object',
      `the object \`${text}\` belongs to \`${owner.name}\` already`,
      free.size === 0 ? 'All objects belong to resources' : `Free are: ${listed([...free])}`,
      [member],
    )
  }
}

function unknownHint(text: string, members: readonly Member[]): string {
  if (members.length === 0) return 'The manifests hold no object: call k8sYaml, too'
  const near = nearest(
    text.replace(/:.*/, ''),
    members.map(({ object }) => object.metadata.name),
  )
  const meant = members.filter(({ object }) => near.includes(object.metadata.name))
  return meant.length > 0
    ? `Did you mean: ${listed(meant)}? All objects: ${listed(members)}`
    : `There are: ${listed(members)}`
}

/** So many objects are worth listing. */
const shown = 20

function listed(members: readonly Member[]): string {
  const names = members.slice(0, shown).map(({ object }) => selectorOf(object))
  const more = members.length - shown
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
