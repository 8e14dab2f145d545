import {
  annotation,
  type Diagnostic,
  type GraphSpec,
  type Kind,
  type KindInfo,
  kinds,
  type ObjectNode,
  type SpecOf,
  wellKnown,
} from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import { equal } from '../store/values.js'
import { keptSpec } from './kept-spec.js'
import type { Names } from './names.js'
import { placesOf } from './places.js'
import { toObjects } from './to-objects.js'
import type { LinkedGraph, LinkedObject } from './types.js'

export interface ObjectLinks {
  readonly objects: readonly LinkedObject[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Checks the objects that stand by themselves, by what their kinds say. One that is declared twice alike counts once. */
export function linkObjects({ objects = [] }: GraphSpec, names: Names): ObjectLinks {
  const linked = new Map<string, { readonly object: LinkedObject; readonly node: ObjectNode }>()
  const diagnostics: Diagnostic[] = []
  for (const node of objects) {
    const info = kindOf(node)
    if (info === undefined) {
      diagnostics.push(unsupported(node))
      continue
    }
    const object = linkObject(node, info, names)
    diagnostics.push(...faultsOf(node, info), ...checkResource(node, names))
    const first = linked.get(keyOf(object))
    if (first === undefined) linked.set(keyOf(object), { object, node })
    else if (!equal(first.object, object)) diagnostics.push(duplicate(node, first.node))
  }
  return { objects: [...linked.values()].map(({ object }) => object), diagnostics }
}

/** Names that the engine needs for objects of its own, as that of the switch of a resource. */
export function checkOwnNames(linked: LinkedGraph): readonly Diagnostic[] {
  if (linked.objects.length === 0) return []
  const own = new Map(
    toObjects({ ...linked, objects: [] }, { command: 'dev' }).map((object) => [keyOf(object), object]),
  )
  return linked.objects.flatMap((object): readonly Diagnostic[] => {
    const taken = own.get(keyOf(object))
    if (taken === undefined) return []
    const resource = taken.meta.annotations?.[annotation.resource]
    const node = linked.graph.objects?.find((declared) => keyOf(declared) === keyOf(object))
    return [
      {
        code: 'config/duplicate-object',
        severity: 'error',
        message: `${titleOf(object)}: ${resource === undefined ? 'the session' : `the resource \`${resource}\``} has one of this name`,
        places: placesOf(node?.place),
        hint: 'Give it another name',
      },
    ]
  })
}

/** The kind of an object, if it is one that clients make. */
function kindOf({ kind }: ObjectNode): KindInfo | undefined {
  const info = Object.hasOwn(kinds, kind) ? kinds[kind as Kind] : undefined
  return info?.initialStatus === undefined || info.internal ? undefined : info
}

function linkObject(
  { name, spec, resource, annotations, labels }: ObjectNode,
  info: KindInfo,
  names: Names,
): LinkedObject {
  const owner = resource === undefined ? undefined : names.resolve(resource.name)
  const whole = keptSpec(info.kind, wholeSpec(info, spec))
  return {
    kind: info.kind,
    name,
    spec: (owner === undefined || owner === resource?.name ? whole : moved(whole, owner)) as SpecOf<Kind>,
    annotations: { [annotation.resource]: owner ?? wellKnown.tiltfile, ...annotations },
    labels,
  }
}

const wholeSpec = ({ defaults }: KindInfo, spec: object): object => ({ ...defaults, ...spec })

/** What stands at a resource that is called otherwise by now. */
function moved(spec: object, owner: string): object {
  const { location } = spec as { readonly location?: { readonly componentType?: string } }
  const isOnResource = location?.componentType?.toLowerCase() === 'resource'
  return isOnResource ? { ...spec, location: { ...location, componentID: owner } } : spec
}

function faultsOf(node: ObjectNode, info: KindInfo): readonly Diagnostic[] {
  const found = info.faults?.(wholeSpec(info, node.spec) as never) ?? []
  return found.map(({ field, message }) => ({
    code: 'config/invalid-option',
    severity: 'error',
    message: `${titleOf(node)}: \`${field}\`: ${message}`,
    places: placesOf(node.place),
  }))
}

function checkResource({ resource, ...node }: ObjectNode, names: Names): readonly Diagnostic[] {
  if (resource === undefined || names.has(resource.name) || resource.name === wellKnown.tiltfile) return []
  return [
    {
      code: 'config/unknown-resource',
      severity: 'error',
      message: `${titleOf(node)} is to stand at \`${resource.name}\`, but no resource is called that`,
      places: placesOf(resource.place ?? node.place),
      hint: didYouMean(resource.name, names.all) ?? 'Name a resource that the config declares',
    },
  ]
}

function duplicate(node: ObjectNode, first: ObjectNode): Diagnostic {
  return {
    code: 'config/duplicate-object',
    severity: 'error',
    message: `${titleOf(node)} was declared before, and says something else here`,
    places: placesOf(node.place, first.place),
    hint: 'Rename one of the two; the second place is where the first one was declared',
  }
}

function unsupported(node: ObjectNode): Diagnostic {
  return {
    code: 'config/unsupported',
    severity: 'error',
    message: `${titleOf(node)} cannot be made by this version of tiltts`,
    places: placesOf(node.place),
  }
}

function titleOf({ kind, name }: Pick<ObjectNode, 'kind' | 'name'>): string {
  return `${kind} '${name}'`
}

function keyOf({ kind, name }: Pick<ObjectNode, 'kind' | 'name'>): string {
  return `${kind}/${name}`
}
