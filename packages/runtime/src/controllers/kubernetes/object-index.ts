import { objectProgress, type Progress, refOf } from '@tiltts/core/kubernetes'
import type { KubernetesManifest } from '@tiltts/spec'
import { type ServiceView, serviceView } from './service-view.js'
import { watchKey } from './watch-kinds.js'

/** An object that was seen, without what nobody asks for. */
export interface SeenObject {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  readonly kind: string
  readonly progress: Progress
  readonly version: string
  readonly service?: ServiceView | undefined
  /** Whole, where the user judges it. */
  readonly whole?: KubernetesManifest | undefined
  /** It was there, and was deleted. */
  readonly gone: boolean
}

/** Objects that are not pods, by uid, as they were seen last. */
export interface ObjectIndex {
  get(uid: string): SeenObject | undefined
  /** An object of an older generation than one that is known to be there says nothing. */
  see(object: KubernetesManifest, keepWhole: boolean): boolean
  /** From now on this generation is the least that counts. */
  atLeast(uid: string, generation: number): void
  remove(uid: string): void
  services(namespace: string): Iterable<SeenObject>
}

export function objectIndex(): ObjectIndex {
  const seen = new Map<string, SeenObject>()
  const least = new Map<string, number>()
  const services = new Map<string, Map<string, SeenObject>>()

  return {
    get: (uid) => seen.get(uid),
    see(object, keepWhole) {
      const uid = uidOf(object)
      const generation = object.metadata['generation']
      if (typeof generation === 'number' && generation < (least.get(uid) ?? 0)) return false
      const { kind, namespace, name } = refOf(object)
      const service = kind === 'Service' && object.apiVersion === 'v1' ? serviceView(object) : undefined
      const entry: SeenObject = {
        uid,
        kind,
        name,
        namespace,
        progress: objectProgress(object),
        version: String(object.metadata['resourceVersion'] ?? ''),
        gone: false,
        ...(service !== undefined && { service }),
        ...(keepWhole && { whole: object }),
      }
      seen.set(uid, entry)
      if (service !== undefined) {
        const here = services.get(namespace) ?? new Map<string, SeenObject>()
        services.set(namespace, here.set(uid, entry))
      }
      return true
    },
    atLeast: (uid, generation) => void least.set(uid, Math.max(generation, least.get(uid) ?? 0)),
    remove(uid) {
      const before = seen.get(uid)
      if (before === undefined) return
      services.get(before.namespace)?.delete(uid)
      least.delete(uid)
      const { whole: _, service: __, ...rest } = before
      seen.set(uid, { ...rest, gone: true })
    },
    services: (namespace) => services.get(namespace)?.values() ?? [],
  }
}

/** Which uids a watch has told of, so that what is missing from its next list is known to be gone. */
export interface SeenByWatch {
  put(object: KubernetesManifest): void
  remove(object: KubernetesManifest): void
  /** @returns those that are not there any more */
  all(key: string, objects: readonly KubernetesManifest[]): readonly string[]
}

export function seenByWatch(): SeenByWatch {
  const byKey = new Map<string, Set<string>>()
  const keyOf = (object: KubernetesManifest): string => watchKey(refOf(object))
  return {
    put(object) {
      const key = keyOf(object)
      const uids = byKey.get(key)
      if (uids === undefined) byKey.set(key, new Set([uidOf(object)]))
      else uids.add(uidOf(object))
    },
    remove: (object) => void byKey.get(keyOf(object))?.delete(uidOf(object)),
    all(key, objects) {
      const now = new Set(objects.map(uidOf))
      const gone = [...(byKey.get(key) ?? [])].filter((uid) => !now.has(uid))
      byKey.set(key, now)
      return gone
    },
  }
}

export function uidOf({ metadata }: KubernetesManifest): string {
  return String(metadata['uid'] ?? '')
}
