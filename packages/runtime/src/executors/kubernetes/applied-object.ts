import { refOf } from '@tiltts/core/kubernetes'
import type { AppliedObject, KubernetesManifest, KubernetesRef } from '@tiltts/spec'

/** An object that is ready to be sent. */
export interface PreparedObject {
  readonly object: KubernetesManifest
  /** Of all that is sent. */
  readonly hash: string
  readonly podTemplateHashes: readonly string[]
}

/** What is noted of an object that the server has. */
export function appliedObject({ hash, podTemplateHashes }: PreparedObject, server: KubernetesManifest): AppliedObject {
  return { ...refOf(server), ...versionOf(server), hash, podTemplateHashes }
}

/**
 * Whether the server still has what was sent the last time. What counts no generations is compared by its version; a
 * pod's changes all the time, and nothing else of it can be changed.
 */
export function isAsApplied(before: AppliedObject, server: KubernetesManifest): boolean {
  const now = versionOf(server)
  if (now.uid !== before.uid || isBeingDeleted(server)) return false
  if (now.generation !== undefined) return now.generation === before.generation
  return server.kind === 'Pod' || now.resourceVersion === before.resourceVersion
}

export function isBeingDeleted({ metadata }: KubernetesManifest): boolean {
  return metadata['deletionTimestamp'] !== undefined && metadata['deletionTimestamp'] !== null
}

/** The same object as the cluster calls it: those without a namespace of their own are in that of the context. */
export function isSameRef(a: KubernetesRef, b: KubernetesRef): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace && groupIn(a) === groupIn(b)
}

function groupIn({ apiVersion }: KubernetesRef): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

function versionOf({ metadata }: KubernetesManifest): Pick<AppliedObject, 'uid' | 'generation' | 'resourceVersion'> {
  const { uid, generation, resourceVersion } = metadata as Readonly<Record<string, unknown>>
  return {
    uid: typeof uid === 'string' ? uid : '',
    ...(typeof generation === 'number' && { generation }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
  }
}
