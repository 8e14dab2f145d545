import type { ObjectStore } from '@tiltts/core/store'
import { annotation, buttonType, type UIButton } from '@tiltts/spec'
import { type NameController, watch } from '../controller.js'
import { clicks } from './clicks.js'

export interface StopBuildDeps {
  readonly store: ObjectStore
  /** Ends the running update of a resource, or the evaluation of the config; nothing when none runs. */
  readonly cancel: (resource: string) => void
}

/** Ends what runs when its button is clicked. What is queued, and a server, goes on. */
export function stopBuildController({ store, cancel }: StopBuildDeps): NameController {
  const taken = clicks()
  return {
    name: 'stop-build',
    watches: [watch('UIButton', ({ name, before, after }) => (isStop(after ?? before) ? [name] : []))],
    reconcile(name) {
      const button = store.get('UIButton', name)
      if (button === undefined) taken.forget(name)
      const resource = button?.metadata.annotations?.[annotation.resource]
      if (taken.take(button) && resource !== undefined) cancel(resource)
    },
  }
}

function isStop(button: UIButton | undefined): boolean {
  return button?.metadata.annotations?.[annotation.buttonType] === buttonType.stopBuild
}
