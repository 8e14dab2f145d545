import {
  annotation,
  buttonType,
  disableConfigMapName,
  resourceLocation,
  stopBuildButtonName,
  type ToggleButtonSpec,
  type UIButtonSpec,
} from '@tiltts/spec'
import { disableSource } from './cmd-specs.js'

/** The button that ends the running update of a resource, or of the config. */
export function stopBuildButton(resource: string): {
  readonly name: string
  readonly spec: UIButtonSpec
  readonly annotations: Readonly<Record<string, string>>
} {
  return {
    name: stopBuildButtonName(resource),
    spec: { location: resourceLocation(resource), text: 'Stop update', iconName: 'cancel' },
    annotations: { [annotation.resource]: resource, [annotation.buttonType]: buttonType.stopBuild },
  }
}

/** The toggle that switches a resource off, where it is `on`, and on again. */
export function disableToggle(resource: string): {
  readonly name: string
  readonly spec: ToggleButtonSpec
  readonly annotations: Readonly<Record<string, string>>
} {
  const { name = '', key = '' } = disableSource(resource).configMap ?? {}
  return {
    name: disableConfigMapName(resource),
    spec: {
      location: resourceLocation(resource),
      on: { text: 'Enable resource' },
      off: { text: 'Disable resource', requiresConfirmation: true },
      stateSource: { configMap: { name, key, onValue: 'true', offValue: 'false' } },
    },
    annotations: { [annotation.resource]: resource, [annotation.buttonType]: buttonType.disable },
  }
}
