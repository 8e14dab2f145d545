import { annotation, disableConfigMapName, type Kind, kinds, type OwnerReference } from '@tiltts/spec'
import type { Tx } from '../store/types.js'
import type { DesiredObject } from './types.js'

/**
 * Makes the objects of an owner what they are to be: creates, updates, and deletes those that are no longer wanted.
 * Objects of others are left alone, but one that has a wanted name is taken over.
 * @param owner Value of the annotation `tilt.dev/managed-by`, and name of the Tiltfile that owns them.
 * @param options `keepSwitches`: resources that are there stay enabled or disabled as they are, whatever is wanted.
 */
export function applyObjects(
  tx: Tx,
  desired: readonly DesiredObject[],
  owner: string,
  options: { readonly keepSwitches?: boolean } = {},
): void {
  const wanted = new Set(desired.map((object) => key(object.kind, object.name)))
  for (const kind of Object.keys(kinds) as Kind[]) {
    for (const { metadata } of tx.list(kind)) {
      const isOwned = metadata.annotations?.[annotation.managedBy] === owner
      if (isOwned && !wanted.has(key(kind, metadata.name))) tx.delete(kind, metadata.name)
    }
  }
  const owners = ownersOf(tx, owner)
  for (const object of desired) {
    const keepsSpec = object.write === 'create' || (options.keepSwitches === true && isSwitch(object))
    put(tx, object, owner, owners, keepsSpec)
  }
}

/** By which clients see that the object comes and goes with the config. */
function ownersOf(tx: Tx, owner: string): readonly OwnerReference[] {
  const uid = tx.get('Tiltfile', owner)?.metadata.uid
  const reference = { apiVersion: 'tilt.dev/v1alpha1', kind: 'Tiltfile', name: owner }
  return uid === undefined ? [] : [{ ...reference, uid, controller: true, blockOwnerDeletion: true }]
}

function put(
  tx: Tx,
  { kind, name, spec, initialStatus, meta }: DesiredObject,
  owner: string,
  ownerReferences: readonly OwnerReference[],
  keepsSpec: boolean,
): void {
  const present = tx.get(kind, name)
  const annotations = { ...present?.metadata.annotations, ...meta.annotations, [annotation.managedBy]: owner }
  const kept = keepsSpec ? present?.spec : undefined
  tx.put(kind, name, kept ?? spec, initialStatus, { ...meta, annotations, ownerReferences })
}

/** The ConfigMap that switches a resource on and off. */
function isSwitch({ kind, name, meta }: DesiredObject): boolean {
  const resource = meta.annotations?.[annotation.resource]
  return kind === 'ConfigMap' && resource !== undefined && name === disableConfigMapName(resource)
}

function key(kind: Kind, name: string): string {
  return `${kind}/${name}`
}
