import { kubernetesRefusal } from '@tiltts/runtime/ports'
import type { Transport } from '../transport.js'

/** Where the objects of a kind are on the server. */
export interface KindPlace {
  readonly apiVersion: string
  readonly kind: string
  readonly namespaced: boolean
  /** @param namespace of namespaced kinds; absent: all of them */
  collection(namespace: string | undefined): string
  object(namespace: string, name: string): string
}

export interface Kinds {
  /** `undefined`: the cluster does not know it, and was asked just now. */
  find(apiVersion: string, kind: string, signal: AbortSignal): Promise<KindPlace | undefined>
  /** The server has said that it is not there after all. */
  forget(apiVersion: string): void
}

type Group = ReadonlyMap<string, KindPlace>

/** What kinds a cluster has, asked for by group and version as they are needed. */
export function createKinds(transport: Transport): Kinds {
  const groups = new Map<string, Promise<Group>>()

  const load = (apiVersion: string): Promise<Group> => {
    // The answer is for all who ask, so that none of them may cut it short.
    const loading = readGroup(transport, apiVersion)
    groups.set(apiVersion, loading)
    loading.catch(() => groups.delete(apiVersion))
    return loading
  }
  return {
    async find(apiVersion, kind, signal) {
      signal.throwIfAborted()
      const known = groups.get(apiVersion)
      const found = known && (await known.catch(() => undefined))?.get(kind)
      if (found) return found
      // Kinds come when somebody defines them.
      const again = groups.get(apiVersion)
      return (await (again !== undefined && again !== known ? again : load(apiVersion))).get(kind)
    },
    forget: (apiVersion) => void groups.delete(apiVersion),
  }
}

async function readGroup(transport: Transport, apiVersion: string): Promise<Group> {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const kinds = new Map<string, KindPlace>()
  for (const resource of await resourcesOf(transport, base)) {
    const { name, kind, namespaced } = resource
    // With a slash it is a part of an object: `pods/log`.
    if (name.includes('/') || kinds.has(kind)) continue
    const collection = (namespace: string | undefined): string =>
      namespaced && namespace !== undefined && namespace !== ''
        ? `${base}/namespaces/${encodeURIComponent(namespace)}/${name}`
        : `${base}/${name}`
    const object = (namespace: string, one: string): string => `${collection(namespace)}/${encodeURIComponent(one)}`
    kinds.set(kind, { apiVersion, kind, namespaced, collection, object })
  }
  return kinds
}

interface ApiResource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
}

async function resourcesOf(transport: Transport, base: string): Promise<readonly ApiResource[]> {
  try {
    const { body } = await transport.request('GET', base)
    return typeof body === 'object' && body !== null && 'resources' in body && Array.isArray(body.resources)
      ? (body.resources as ApiResource[])
      : []
  } catch (error) {
    if (kubernetesRefusal(error)?.status === 404) return []
    throw error
  }
}
