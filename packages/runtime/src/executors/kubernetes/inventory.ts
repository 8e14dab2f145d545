import { createHash } from 'node:crypto'
import { type ProjectMark, projectMark } from '@tiltts/core/kubernetes'
import type { AppliedObject, Json, KubernetesRef } from '@tiltts/spec'
import type { Records } from '../../ports/records.js'
import { isSameRef } from './applied-object.js'

/** An object that a resource of this project has put into a cluster. */
export interface InventoryEntry extends AppliedObject {
  readonly resource: string
  /** Its annotation says that it stays, whatever becomes of the session. */
  readonly keep?: boolean | undefined
  /** It was said that nobody deletes it. */
  readonly left?: boolean | undefined
}

/** What this project has put into one cluster, in this session and earlier ones. */
export interface ClusterInventory {
  all(): readonly InventoryEntry[]
  /** What was applied under a name. @param defaultNamespace of objects that name none */
  find(ref: KubernetesRef, defaultNamespace: string): InventoryEntry | undefined
  /** Notes what a resource has applied; what had the same names before is forgotten. */
  put(entries: readonly InventoryEntry[]): Promise<void>
  drop(uids: ReadonlySet<string>): Promise<void>
}

/** Records of what was put into clusters, so that it is found again when a later session has no use for it. */
export interface Inventories {
  /** Tells what this project has applied from what others have. */
  readonly mark: ProjectMark
  /** @param cluster tells the cluster, and the namespace of the session, from all others */
  of(cluster: string): Promise<ClusterInventory>
}

export function inventories(records: Records, project: string): Inventories {
  const opened = new Map<string, Promise<ClusterInventory>>()
  return {
    mark: markOf(project),
    of(cluster) {
      const present = opened.get(cluster)
      if (present !== undefined) return present
      const opening = open(records, `kubernetes:${cluster}:${project}`)
      opened.set(cluster, opening)
      return opening
    },
  }
}

/** @param project its file of config */
export function markOf(project: string): ProjectMark {
  return projectMark(project, (text) => createHash('sha1').update(text).digest('hex'))
}

async function open(records: Records, key: string): Promise<ClusterInventory> {
  let entries = entriesOf(await records.get(key))
  let writing: Promise<void> | undefined
  let waiting: Promise<void> | undefined

  const write = async (): Promise<void> => {
    await writing?.catch(() => {})
    waiting = undefined
    writing = records.set(
      key,
      entries.map((entry) => JSON.parse(JSON.stringify(entry)) as Json),
    )
    await writing
  }
  /** Many updates end at once: what is written last has all of them. */
  const save = (): Promise<void> => {
    waiting ??= write()
    return waiting
  }
  return {
    all: () => entries,
    find(ref, defaultNamespace) {
      const named = { ...ref, namespace: ref.namespace === '' ? defaultNamespace : ref.namespace }
      return (
        entries.find((entry) => isSameRef(entry, named)) ??
        entries.find((entry) => entry.namespace === '' && isSameRef({ ...entry, namespace: ref.namespace }, ref))
      )
    },
    put(added) {
      const rest = entries.filter((entry) => !added.some((one) => one.uid === entry.uid || isSameRef(one, entry)))
      entries = [...rest, ...added]
      return save()
    },
    drop(uids) {
      entries = entries.filter(({ uid }) => !uids.has(uid))
      return save()
    },
  }
}

function entriesOf(value: Json | undefined): readonly InventoryEntry[] {
  if (!Array.isArray(value)) return []
  const list: readonly unknown[] = value
  return list.filter(isEntry)
}

function isEntry(value: unknown): value is InventoryEntry {
  if (typeof value !== 'object' || value === null) return false
  const { apiVersion, kind, namespace, name, uid, hash, resource, podTemplateHashes } = value as Record<string, unknown>
  const texts = [apiVersion, kind, namespace, name, uid, hash, resource]
  return texts.every((text) => typeof text === 'string') && Array.isArray(podTemplateHashes)
}
