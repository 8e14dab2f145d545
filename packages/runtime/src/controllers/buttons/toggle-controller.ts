import type { NewMeta, ObjectStore, Tx } from '@tiltts/core/store'
import { annotation, type ToggleButton, toggleUIButtonName, type UIButton } from '@tiltts/spec'
import { type BatchController, own, watch } from '../controller.js'
import { nameIndex } from '../name-index.js'
import { clicks } from './clicks.js'
import { toggleFace, toggleState, valueAsked } from './toggle-state.js'

/** Shows each toggle as a button in its present state, and flips its state when that is clicked. */
export function toggleController({ store }: { readonly store: ObjectStore }): BatchController {
  const taken = clicks()
  const byMap = nameIndex()
  const byButton = nameIndex()

  const remove = (tx: Tx, name: string): void => {
    const button = toggleUIButtonName(name)
    byMap.set(name, [])
    byButton.set(name, [])
    taken.forget(button)
    if (isOwn(tx.get('UIButton', button), name)) tx.delete('UIButton', button)
  }

  const show = (tx: Tx, toggle: ToggleButton): void => {
    const { metadata, spec } = toggle
    const { name } = metadata
    const source = spec.stateSource.configMap
    const buttonName = toggleUIButtonName(name)
    byMap.set(name, source === undefined ? [] : [source.name])
    byButton.set(name, [buttonName])
    const present = tx.get('UIButton', buttonName)
    const asked = source !== undefined && taken.take(present) && present ? valueAsked(source, present) : undefined
    if (source !== undefined && asked !== undefined) {
      const { data = {} } = tx.get('ConfigMap', source.name)?.spec ?? {}
      tx.put('ConfigMap', source.name, { data: { ...data, [source.key]: asked } }, {})
    }
    const value = source && tx.get('ConfigMap', source.name)?.spec.data[source.key]
    const { on, error } = toggleState(spec, value)
    tx.put('UIButton', buttonName, toggleFace(spec, on), {}, metaOf(toggle, present))
    tx.status('ToggleButton', name, () => (error === undefined ? {} : { error }))
  }

  return {
    name: 'toggle-button',
    watches: [
      own('ToggleButton'),
      watch('ConfigMap', (change) => byMap.of(change.name)),
      watch('UIButton', (change) => byButton.of(change.name)),
    ],
    reconcileAll(names) {
      store.update({ by: 'toggle-button' }, (tx) => {
        for (const name of names) {
          const toggle = tx.get('ToggleButton', name)
          if (toggle === undefined) remove(tx, name)
          else show(tx, toggle)
        }
      })
    },
  }
}

/** Where a toggle belongs and what it is for is told of its button too. */
const shared = [annotation.resource, annotation.buttonType]

function metaOf({ metadata }: ToggleButton, present: UIButton | undefined): NewMeta {
  const { name, uid, annotations = {} } = metadata
  const told = shared.flatMap((key) => (annotations[key] === undefined ? [] : [[key, annotations[key]] as const]))
  const owner = { apiVersion: 'tilt.dev/v1alpha1', kind: 'ToggleButton', name, uid }
  return {
    annotations: { ...present?.metadata.annotations, ...Object.fromEntries(told) },
    ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
  }
}

function isOwn(button: UIButton | undefined, toggle: string): boolean {
  return button?.metadata.ownerReferences?.some(({ kind, name }) => kind === 'ToggleButton' && name === toggle) ?? false
}
