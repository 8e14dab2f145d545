import type { KubernetesApply, KubernetesDiscovery, PortForward } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { parseDuration } from '../duration.js'
import type { CommandFields, KubernetesApplySpec, KubernetesDiscoverySpec, PortForwardObjectSpec } from './specs.js'

/** What is deployed, as the engine keeps it. */
export function applyFields(call: Call, given: Partial<KubernetesApplySpec>): KubernetesApply['spec'] {
  const { yaml, applyCmd, deleteCmd, restartOn, extraSelectors, timeout, disableSource } = given
  if ((yaml === undefined) === (applyCmd === undefined))
    call.error(
      'config/invalid-option',
      `${call.builder}() has ${yaml === undefined ? 'neither yaml nor applyCmd' : 'both yaml and applyCmd'}`,
      'Give it one of them',
    )
  return {
    objects: [],
    manifestHash: '',
    timeoutMs: parseDuration(timeout) ?? 30_000,
    disableSource,
    own: {
      yaml,
      applyCmd: inFolder(call, applyCmd),
      deleteCmd: inFolder(call, deleteCmd),
      restartOn,
      extraSelectors: labelsOf(extraSelectors),
      strategy: 'default',
      forwards: [],
    },
  }
}

/** Whose pods are looked for, as the engine keeps it. */
export function discoveryFields(given: Partial<KubernetesDiscoverySpec>): KubernetesDiscovery['spec'] {
  const { watches = [], extraSelectors, disableSource } = given
  const refs = watches.map(({ namespace = '', ...ref }) => ({ ...ref, namespace }))
  return {
    strategy: 'default',
    extraSelectors: labelsOf(extraSelectors),
    podReadiness: 'wait',
    namespaces: [...new Set(refs.map(({ namespace }) => namespace))],
    watches: refs,
    disableSource,
  }
}

/** Ports that lead to one pod, as the engine keeps them. */
export function forwardFields(given: Partial<PortForwardObjectSpec>): PortForward['spec'] {
  const { podName = '', namespace = '', forwards = [], disableSource } = given
  return {
    pod: { name: podName, namespace },
    forwards: forwards.map(({ localPort = 0, host = 'localhost', path, ...forward }) => ({
      ...forward,
      localPort,
      host,
      linkPath: path,
    })),
    disableSource,
  }
}

function inFolder(call: Call, cmd: CommandFields | undefined): (CommandFields & { readonly dir: string }) | undefined {
  return cmd && { ...cmd, dir: call.path(cmd.dir ?? '.') }
}

function labelsOf(selectors: KubernetesDiscoverySpec['extraSelectors']): readonly Readonly<Record<string, string>>[] {
  return (selectors ?? []).map(({ matchLabels = {} }) => matchLabels)
}
