import { type Call, declaring } from '../call/call.js'
import { checkedOptions, type Expectations } from '../call/expect.js'
import { argv, durationText, flag, text, textRecord } from '../call/expectations.js'
import type { Declaration } from '../collector/recorder.js'
import { keepProbe, probeExpectation } from '../probes.js'
import { declareObject } from './declare-object.js'
import { inputList, record, records } from './expectations.js'
import { type ExtensionRepo, extension, extensionRepo } from './extensions.js'
import { inputSpec } from './inputs.js'
import { applyFields } from './kubernetes-specs.js'
import type * as specs from './specs.js'

/**
 * Constructors of free-standing objects of the API, `tilt.dev/v1alpha1`. An object that the next run of the config does not
 * declare is deleted. Relative paths are those of the config's folder.
 */
export interface ApiObjects {
  extensionRepo(spec: specs.ExtensionRepoSpec): ExtensionRepo
  /** Resolves to what the extension exports, from a repository on this machine (`file://`). */
  extension<T = unknown>(spec: specs.ExtensionSpec): Promise<T>
  /** A command that runs at once, or as `startOn` and `restartOn` say. */
  cmd(spec: specs.CmdObjectSpec): void
  configMap(spec: specs.ConfigMapSpec): void
  /** Tells in its status which files change. */
  fileWatch(spec: specs.FileWatchObjectSpec): void
  kubernetesApply(spec: specs.KubernetesApplySpec): void
  kubernetesDiscovery(spec: specs.KubernetesDiscoverySpec): void
  portForward(spec: specs.PortForwardObjectSpec): void
  /** A button that flips a key of a ConfigMap. */
  toggleButton(spec: specs.ToggleButtonObjectSpec): void
  /** A button; what it does is up to who listens to it, as a `cmd` does with `startOn`. */
  uiButton(spec: specs.UIButtonObjectSpec): void
}

/** Fields of a spec, without what every object has. */
type Fields<S extends specs.ObjectOptions> = Omit<S, keyof specs.ObjectOptions>

const common: Expectations<specs.ObjectOptions> = { name: text, annotations: textRecord, labels: textRecord }

/** A builder of objects of one kind. @param finish Makes what the API knows of what the config says. */
function builderOf<S extends specs.ObjectOptions>(
  builder: keyof ApiObjects,
  kind: string,
  expectations: Expectations<Fields<S>>,
  finish: (call: Call, fields: Partial<Fields<S>>, name: string) => Declaration<object> = (_, fields) => () => fields,
): (spec: S) => void {
  return (spec) => {
    const call = declaring(`v1alpha1.${builder}`)
    const all = { ...common, ...expectations } as Expectations<S>
    const subject = `v1alpha1.${builder}('${spec?.name}')`
    const { name, annotations, labels, ...fields } = checkedOptions<S>(call, subject, spec, all)
    const made = finish(call, fields as unknown as Partial<Fields<S>>, String(name))
    declareObject(call, { kind, name: name ?? spec?.name, spec: (at) => ({ ...made(at) }), annotations, labels })
  }
}

/** Free-standing objects of the API. */
export const v1alpha1: ApiObjects = {
  extensionRepo,
  extension,
  cmd: builderOf<specs.CmdObjectSpec>(
    'cmd',
    'Cmd',
    {
      args: argv,
      dir: text,
      env: argv,
      startOn: record,
      restartOn: record,
      readinessProbe: probeExpectation,
      disableSource: record,
    },
    (call, { dir = '.', readinessProbe, ...fields }, name) => {
      const probe = readinessProbe && keepProbe(call, `cmd:${name}`, readinessProbe)
      const folder = call.path(dir)
      return (finish) => ({ ...fields, dir: folder, ...(probe && { probe: probe(finish) }) })
    },
  ),
  configMap: builderOf<specs.ConfigMapSpec>('configMap', 'ConfigMap', { data: textRecord }),
  fileWatch: builderOf<specs.FileWatchObjectSpec>(
    'fileWatch',
    'FileWatch',
    { watchedPaths: argv, ignores: records, disableSource: record },
    (call, { watchedPaths = [], ignores = [], ...fields }) => {
      const watched = {
        watchedPaths: watchedPaths.map(call.path),
        ignores: ignores.map(({ basePath, patterns = [] }) => ({ basePath: call.path(basePath), patterns })),
      }
      return () => ({ ...fields, ...watched })
    },
  ),
  kubernetesApply: builderOf<specs.KubernetesApplySpec>(
    'kubernetesApply',
    'KubernetesApply',
    {
      yaml: text,
      applyCmd: record,
      deleteCmd: record,
      restartOn: record,
      extraSelectors: records,
      timeout: durationText,
      disableSource: record,
    },
    (call, fields) => {
      const made = applyFields(call, fields)
      return () => made
    },
  ),
  kubernetesDiscovery: builderOf<specs.KubernetesDiscoverySpec>(
    'kubernetesDiscovery',
    'KubernetesDiscovery',
    { watches: records, extraSelectors: records, disableSource: record },
    (_, { watches = [], ...fields }) =>
      () => ({ ...fields, watches: watches.map(({ namespace = '', ...ref }) => ({ ...ref, namespace })) }),
  ),
  portForward: builderOf<specs.PortForwardObjectSpec>('portForward', 'PortForward', {
    podName: text,
    namespace: text,
    forwards: records,
    disableSource: record,
  }),
  toggleButton: builderOf<specs.ToggleButtonObjectSpec>('toggleButton', 'ToggleButton', {
    location: record,
    on: record,
    off: record,
    defaultOn: flag,
    stateSource: record,
  }),
  uiButton: builderOf<specs.UIButtonObjectSpec>(
    'uiButton',
    'UIButton',
    {
      location: record,
      text,
      iconName: text,
      iconSVG: text,
      disabled: flag,
      requiresConfirmation: flag,
      inputs: inputList,
    },
    (_, { inputs = [], ...fields }) =>
      () => ({ ...fields, inputs: inputs.map(inputSpec) }),
  ),
}
