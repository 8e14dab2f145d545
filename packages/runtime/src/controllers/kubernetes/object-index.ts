import { objectProgress, type Progress, refOf } from '@tiltts/core/kubernetes'
import type { KubernetesManifest } from '@tiltts/spec'
import { type ServiceView, serviceView } from './service-view.js'

/** An object that was seen, without what nobody asks for. */
export interface SeenObject {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  readonly kind: string
  readonly progress: Progress
  readonly version: string
  readonly generation?: number | undefined
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
  /** @param remembered whether somebody is to be told that it is gone */
  remove(uid: string, remembered: boolean): void
  /** Nobody asks any more what became of it: only that it is there is still known. */
  release(uid: string): void
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
        ...(typeof generation === 'number' && { generation }),
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
    remove(uid, remembered) {
      const before = seen.get(uid)
      least.delete(uid)
      if (before === undefined) return
      services.get(before.namespace)?.delete(uid)
      const { whole: _, service: __, ...rest } = before
      if (remembered) seen.set(uid, { ...rest, gone: true })
      else seen.delete(uid)
    },
    release(uid) {
      least.delete(uid)
      if (seen.get(uid)?.gone === true) seen.delete(uid)
    },
    services: (namespace) => services.get(namespace)?.values() ?? [],
  }
}

export function uidOf({ metadata }: KubernetesManifest): string {
  return String(metadata['uid'] ?? '')
}
