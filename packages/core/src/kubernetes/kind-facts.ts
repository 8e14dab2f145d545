import type { ImageJsonPathNode, KubernetesKindNode, KubernetesManifest, PodReadiness } from '@tiltts/spec'
import { manifestMatcher } from '../manifests/select-manifests.js'
import type { ImagePaths } from './find-images.js'

/** What the config says of objects like one. */
export interface KindFacts extends ImagePaths {
  /** Whether its kind was named, so that it is a workload even without an image. */
  readonly registered: boolean
  /** How resources with such an object are told to be ready. */
  readonly podReadiness?: PodReadiness | undefined
}

/** A call of the config that says where objects name images, or that their kind makes pods. */
export type KindCall = KubernetesKindNode | ImageJsonPathNode

export interface KindIndex {
  of(object: KubernetesManifest): KindFacts
  /** Calls whose selectors cannot be understood: they mean no object. */
  readonly problems: readonly { readonly call: KindCall; readonly problem: string }[]
}

/** For the kinds that are known to make pods from the start. */
const known: Readonly<Record<string, KindFacts>> = {
  'batch/v1/Job': { registered: true, podReadiness: 'succeeded', jsonPaths: [] },
  'batch/v1/CronJob': { registered: true, podReadiness: 'ignore', jsonPaths: [] },
}
const nothing: KindFacts = { registered: false, jsonPaths: [] }

interface Rule {
  readonly matches: (object: KubernetesManifest) => boolean
  readonly jsonPaths: readonly string[]
  readonly kind?: KubernetesKindNode | undefined
}

/** What `k8sKind` and `k8sImageJsonPath` say. Of several calls with one selector the last one counts. */
export function kindIndex(kinds: readonly KubernetesKindNode[], imagePaths: readonly ImageJsonPathNode[]): KindIndex {
  const rules = new Map<string, Rule>()
  const problems: { readonly call: KindCall; readonly problem: string }[] = []
  const add = (call: KindCall, selector: ImageJsonPathNode['selector'], rule: Omit<Rule, 'matches'>): void => {
    const matcher = manifestMatcher(selector)
    if ('problem' in matcher) problems.push({ call, problem: matcher.problem.message })
    else rules.set(selectorKey(selector, rule.kind !== undefined), { ...rule, matches: matcher.matches })
  }
  for (const kind of kinds)
    add(kind, { kind: kind.kind, apiVersion: kind.apiVersion }, { jsonPaths: kind.imageJsonPaths, kind })
  for (const call of imagePaths) add(call, call.selector, { jsonPaths: call.paths })
  const all = [...rules.values()]
  return { of: (object) => factsOf(object, all), problems }
}

function selectorKey({ kind, apiVersion, name, namespace }: ImageJsonPathNode['selector'], ofKind: boolean): string {
  return JSON.stringify([ofKind, kind, apiVersion, name, namespace])
}

function factsOf(object: KubernetesManifest, rules: readonly Rule[]): KindFacts {
  const key = `${object.apiVersion}/${object.kind}`
  const start = (Object.hasOwn(known, key) ? known[key] : undefined) ?? nothing
  const found = rules.length === 0 ? [] : rules.filter(({ matches }) => matches(object))
  if (found.length === 0) return start
  return {
    registered: true,
    jsonPaths: [...new Set(found.flatMap(({ jsonPaths }) => jsonPaths))],
    imageObject: found.findLast(({ kind }) => kind?.imageObject !== undefined)?.kind?.imageObject,
    podReadiness: firstReadiness([start.podReadiness, ...found.map(({ kind }) => kind?.podReadiness)]),
  }
}

const byPriority: readonly PodReadiness[] = ['wait', 'ignore', 'succeeded']

/** Of several ways to be ready the one that asks for most of the pods. */
export function firstReadiness(modes: readonly (PodReadiness | undefined)[]): PodReadiness | undefined {
  return byPriority.find((mode) => modes.includes(mode))
}
