import type { KubernetesManifest } from '@tiltts/spec'
import { canonical, isRecord, type Json } from './fake-kubernetes-json.js'

/** The fields that somebody has set: values by the path to them. Items of lists that have a key are told by it. */
export type Fields = ReadonlyMap<string, { readonly path: Path; readonly value: unknown }>

type Step = string | { readonly key: string; readonly value: unknown }
type Path = readonly Step[]

/** Lists whose items are merged one by one, with the key that tells them apart; all others are one value. */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  ports: ['containerPort', 'port'],
  volumeMounts: ['mountPath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
}
/** They tell which object is meant. */
const NOT_FIELDS = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'metadata.uid'])

export function fieldsOf(object: KubernetesManifest): Fields {
  const fields = new Map<string, { path: Path; value: unknown }>()
  const visit = (value: unknown, path: Path): void => {
    if (value === undefined || NOT_FIELDS.has(path.join('.'))) return
    const key = keyOf(path.at(-1), value)
    if (key !== undefined) {
      for (const item of value as readonly Json[]) visit(item, [...path, { key, value: item[key] }])
    } else if (isRecord(value) && Object.keys(value).length > 0) {
      for (const [name, below] of Object.entries(value)) visit(below, [...path, name])
    } else {
      fields.set(pathText(path), { path, value })
    }
  }
  visit(object, [])
  return fields
}

/** As managers' fields are written in messages: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'string' ? `.${step}` : `[${step.key}=${JSON.stringify(step.value)}]`))
    .join('')
}

/** An object with fields set, and others taken away. */
export function withFields(object: KubernetesManifest, gone: Fields, set: Fields): KubernetesManifest {
  let changed: unknown = object
  for (const { path } of gone.values()) changed = change(changed, path, undefined)
  for (const { path, value } of set.values()) changed = change(changed, path, { value })
  return changed as KubernetesManifest
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function keyOf(step: Step | undefined, value: unknown): string | undefined {
  if (typeof step !== 'string' || !Array.isArray(value) || value.length === 0) return undefined
  return listKeys[step]?.find((key) => value.every((item) => isRecord(item) && item[key] !== undefined))
}

function change(tree: unknown, path: Path, to: { readonly value: unknown } | undefined): unknown {
  const [step, ...rest] = path
  if (step === undefined) return to?.value
  if (typeof step === 'string') {
    const all: Record<string, unknown> = isRecord(tree) ? { ...tree } : {}
    const below = change(all[step], rest, to)
    if (below === undefined) delete all[step]
    else all[step] = below
    return to === undefined && Object.keys(all).length === 0 ? undefined : all
  }
  const items: readonly unknown[] = Array.isArray(tree) ? tree : []
  const at = items.findIndex((item) => isRecord(item) && isSame(item[step.key], step.value))
  if (at < 0 && to === undefined) return tree
  const below = change(at < 0 ? { [step.key]: step.value } : items[at], rest, to)
  // What has lost all but its key is not wanted any more.
  const empty = to === undefined && (!isRecord(below) || Object.keys(below).every((key) => key === step.key))
  const next = at < 0 ? [...items, below] : items.map((item, index) => (index === at ? below : item))
  const left = empty ? next.filter((_item, index) => index !== at) : next
  return left.length === 0 ? undefined : left
}
