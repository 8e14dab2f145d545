import type { Diagnostic, GraphSpec, KubernetesGraph, ManifestDocument, ManifestNode, Place } from '@tiltts/spec'
import { parseImageRef } from '../images/image-ref.js'
import { findImages } from '../kubernetes/find-images.js'
import { parseJsonPath } from '../kubernetes/json-path.js'
import { type KindCall, kindIndex } from '../kubernetes/kind-facts.js'
import { refKey, refOf, refText } from '../kubernetes/objects.js'
import { type Identified, workloadTest } from '../kubernetes/workloads.js'
import { placesOf } from './places.js'

/** An object of the manifests, with what the config says of its kind. */
export interface Member extends Identified {
  /** Where it stands: in a manifest, else in the config. */
  readonly place: Place | undefined
  /** Where its manifest was named. */
  readonly callPlace: Place | undefined
  readonly isWorkload: boolean
}

export interface Members {
  /** In order of calls and documents. */
  readonly all: readonly Member[]
  readonly diagnostics: readonly Diagnostic[]
}

/** All objects of the manifests, looked at one by one. */
export function manifestMembers(
  graph: Pick<GraphSpec, 'images'> & { readonly kubernetes: KubernetesGraph },
  documents: readonly (readonly ManifestDocument[] | undefined)[],
): Members {
  const { manifests, kinds, imagePaths } = graph.kubernetes
  const index = kindIndex(kinds, imagePaths)
  const isWorkload = workloadTest(graph.images)
  const byKey = new Map<string, Member>()
  const all: Member[] = []
  const diagnostics: Diagnostic[] = [
    ...index.problems.map(({ call, problem }) => invalidCall(call, problem)),
    ...[...kinds, ...imagePaths].flatMap(checkPaths),
  ]
  manifests.forEach((call, at) => {
    for (const { object, place } of documents[at] ?? []) {
      const facts = index.of(object)
      const found = { object, facts, images: findImages(object, facts) }
      const member = { ...found, place, callPlace: call.place, isWorkload: isWorkload(found) }
      diagnostics.push(...checkRefs(member, graph.kubernetes))
      const key = refKey(refOf(object))
      const first = byKey.get(key)
      if (first === undefined) byKey.set(key, member)
      else if (!call.allowDuplicates) {
        diagnostics.push(duplicate(member, first, call))
        continue
      }
      all.push(member)
    }
  })
  return { all, diagnostics }
}

function duplicate(member: Member, first: Member, call: ManifestNode): Diagnostic {
  return {
    code: 'config/duplicate-object',
    severity: 'error',
    message: `${refText(refOf(member.object))} is declared twice`,
    places: placesOf(member.place, call.place, first.place, first.callPlace),
    hint: 'Remove one of the two; where both are meant, say allowDuplicates: true in the second k8sYaml',
  }
}

/** Paths of the config lead to images; anything else there means that the path is wrong, or the manifest. */
function checkRefs({ object, images, place, callPlace }: Member, kubernetes: KubernetesGraph): readonly Diagnostic[] {
  return images
    .filter(({ where, ref }) => (where === 'json-path' || where === 'object') && parseImageRef(ref) === undefined)
    .map(({ ref, path }) => ({
      code: 'config/invalid-image',
      severity: 'error',
      message: `${refText(refOf(object))}: ${JSON.stringify(ref)} at \`${path.join('.')}\` cannot be the name of an image`,
      places: placesOf(place, callPlace, ...pathCalls(kubernetes).map((call) => call.place)),
      hint: 'Write: registry/name:tag, in lower case; or correct the JSON path that leads there',
    }))
}

function pathCalls({ kinds, imagePaths }: KubernetesGraph): readonly KindCall[] {
  return [...kinds.filter((call) => call.imageJsonPaths.length > 0 || call.imageObject !== undefined), ...imagePaths]
}

function checkPaths(call: KindCall): readonly Diagnostic[] {
  const paths =
    'paths' in call ? call.paths : [...call.imageJsonPaths, ...(call.imageObject ? [call.imageObject.jsonPath] : [])]
  return paths.flatMap((path) => {
    const parsed = parseJsonPath(path)
    if (!('problem' in parsed)) return []
    const hint = 'Write a path as for kubectl: {.spec.image}, {.spec.parts[*].image}'
    return [invalidCall(call, `the JSON path ${JSON.stringify(path)} ${parsed.problem}`, hint)]
  })
}

function invalidCall(call: KindCall, problem: string, hint?: string): Diagnostic {
  const what = 'paths' in call ? 'k8sImageJsonPath' : `k8sKind('${call.kind}')`
  return {
    code: 'config/invalid-option',
    severity: 'error',
    message: `${what}: ${problem}`,
    places: placesOf(call.place),
    hint,
  }
}
