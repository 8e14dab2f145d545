import type { WireKubernetesApplySpec } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { parseDuration } from '../duration.js'
import type { CommandFields, KubernetesApplySpec } from './specs.js'

type ApplyFields = Omit<WireKubernetesApplySpec, 'cluster'>

/** What is deployed, as the API has it, with folders of the config. */
export function applyFields(
  call: Call,
  { extraSelectors, applyCmd, deleteCmd, timeout, ...fields }: Partial<KubernetesApplySpec>,
): ApplyFields {
  return {
    ...fields,
    ...(timeout !== undefined && { timeout: `${parseDuration(timeout)}ms` }),
    ...(applyCmd && { applyCmd: inFolder(call, applyCmd) }),
    ...(deleteCmd && { deleteCmd: inFolder(call, deleteCmd) }),
    ...(extraSelectors && { kubernetesDiscoveryTemplateSpec: { extraSelectors } }),
  }
}

function inFolder(call: Call, cmd: CommandFields): CommandFields & { readonly dir: string } {
  return { ...cmd, dir: call.path(cmd.dir ?? '.') }
}
