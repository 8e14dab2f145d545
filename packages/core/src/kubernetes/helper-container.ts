import type { KubernetesManifest } from '@tiltts/spec'
import { numberAt, textAt } from './fields.js'
import { isRecord, listAt, recordAt, valueAt } from './tree.js'

/** As whom a process runs. */
export interface ContainerUser {
  readonly uid: number
  readonly gid: number
}

export interface HelperContainerRequest {
  /** As the cluster has it now. */
  readonly pod: KubernetesManifest
  /** Name of the container whose files are meant. */
  readonly container: string
  readonly image: string
  /** What keeps it there. */
  readonly command: readonly string[]
  /** As the target was seen to run. @default what the pod tells, else someone with no rights */
  readonly user?: ContainerUser | undefined
  /** A long text of hexadecimal digits. */
  readonly hash: (text: string) => string
}

/** A container of a pod that is there for the files of another one. */
export interface HelperContainer {
  readonly name: string
  readonly user: ContainerUser
  /** How the target is found among the processes that it sees: the number of one, or the id of their container. */
  readonly target: string
}

/** `add`: `spec` has to become an ephemeral container of the pod. `no`: there can be none, for people. `gone`: the target does not run. */
export type HelperContainerPlan =
  | (HelperContainer & { readonly kind: 'use' })
  | (HelperContainer & { readonly kind: 'add'; readonly spec: EphemeralContainerSpec })
  | { readonly kind: 'no'; readonly reason: string }
  | { readonly kind: 'gone' }

export interface EphemeralContainerSpec {
  readonly name: string
  readonly image: string
  readonly imagePullPolicy: 'IfNotPresent'
  readonly command: readonly string[]
  readonly targetContainerName: string
  readonly securityContext: Readonly<Record<string, unknown>>
}

/** So many of them a pod may gather: one that has ended cannot be taken away again. */
const limit = 10

/** So often it may end by itself beside one run of its target. */
const attempts = 3

/** Nobody's, so that it has the right to nothing. */
const stranger: ContainerUser = { uid: 65_532, gid: 65_532 }

/**
 * The ephemeral container by which files get into another container of its pod: it shares the processes of that one, runs as
 * the same user with no more rights, and cannot write to its own files. One that is there already serves again, also one of
 * an earlier session: its name tells what it is made of.
 */
export function planHelperContainer(request: HelperContainerRequest): HelperContainerPlan {
  const { pod, container, image, command, hash } = request
  const spec = listAt(pod, ['spec', 'containers'])
    .concat(listAt(pod, ['spec', 'initContainers']))
    .find((each) => textAt(each, 'name') === container)
  const status = statusOf(pod, ['containerStatuses', 'initContainerStatuses'], container)
  const startedAt = textAt(status, 'state', 'running', 'startedAt')
  if (spec === undefined || startedAt === '') return { kind: 'gone' }
  const reason = whyNot(pod)
  if (reason !== undefined) return { kind: 'no', reason }

  const user = request.user ?? userOf(pod, spec, status) ?? stranger
  const content = {
    image,
    imagePullPolicy: 'IfNotPresent' as const,
    command,
    targetContainerName: container,
    securityContext: securityContext(spec, user),
  }
  const prefix = `tiltts-${hash(JSON.stringify(content)).slice(0, 10)}-`
  const shared = sharesProcesses(pod)
  const target = shared ? textAt(status, 'containerID').replace(/^.*\/\//, '') : '1'
  const all = listAt(pod, ['spec', 'ephemeralContainers']).map((each) => textAt(each, 'name'))
  const present = all.filter((name) => name.startsWith(prefix))
  const serves = present.findLast((name) => isUsable(pod, name, shared ? '' : startedAt))
  if (serves !== undefined) return { kind: 'use', name: serves, user, target }
  const failed = present.filter((name) => textAt(stateOf(pod, name), 'terminated', 'startedAt') >= startedAt)
  const last = failed.at(-1)
  if (last !== undefined && failed.length >= attempts)
    return {
      kind: 'no',
      reason: `${last} and those before it did not stay: ${helperContainerState(pod, last).problem}`,
    }
  if (all.filter((name) => name.startsWith('tiltts-')).length >= limit)
    return { kind: 'no', reason: `its pod has ${limit} ephemeral containers of tiltts that have ended; delete the pod` }
  const name = `${prefix}${present.length + 1}`
  return { kind: 'add', name, user, target, spec: { name, ...content } }
}

/** Whether the ephemeral container runs, and why it never will; neither: it is on its way. */
export function helperContainerState(
  pod: KubernetesManifest,
  name: string,
): { readonly running: boolean; readonly problem?: string | undefined } {
  const state = stateOf(pod, name)
  const waiting = textAt(state, 'waiting', 'reason')
  if (recordAt(state, ['running']) !== undefined) return { running: true }
  if (recordAt(state, ['terminated']) !== undefined) {
    const said = textAt(state, 'terminated', 'message').trim() || textAt(state, 'terminated', 'reason')
    return { running: false, problem: `it ended with exit code ${numberAt(state, 'terminated', 'exitCode')}: ${said}` }
  }
  if (waiting === '' || waiting === 'ContainerCreating' || waiting === 'PodInitializing') return { running: false }
  return { running: false, problem: `${waiting}: ${textAt(state, 'waiting', 'message').trim()}` }
}

function stateOf(pod: KubernetesManifest, name: string): Readonly<Record<string, unknown>> | undefined {
  return recordAt(statusOf(pod, ['ephemeralContainerStatuses'], name), ['state'])
}

function statusOf(pod: KubernetesManifest, lists: readonly string[], name: string): unknown {
  return lists.flatMap((list) => listAt(pod, ['status', list])).find((each) => textAt(each, 'name') === name)
}

function whyNot(pod: KubernetesManifest): string | undefined {
  if (textAt(pod, 'spec', 'os', 'name') === 'windows') return 'its pod runs on Windows'
  const annotations = recordAt(pod, ['metadata', 'annotations'])
  return annotations?.['kubernetes.io/config.mirror'] === undefined
    ? undefined
    : 'its pod is run from a file of its node, so that nothing can be added to it'
}

function sharesProcesses(pod: KubernetesManifest): boolean {
  return valueAt(pod, ['spec', 'shareProcessNamespace']) === true || valueAt(pod, ['spec', 'hostPID']) === true
}

/** One that has ended is of no use, and one that saw an earlier run of its target ends with that. */
function isUsable(pod: KubernetesManifest, name: string, since: string): boolean {
  const state = stateOf(pod, name)
  if (recordAt(state, ['terminated']) !== undefined) return false
  const startedAt = textAt(state, 'running', 'startedAt')
  return startedAt === '' || startedAt >= since
}

function userOf(pod: KubernetesManifest, spec: unknown, status: unknown): ContainerUser | undefined {
  const seen = recordAt(status, ['user', 'linux'])
  const asked = (field: string): unknown =>
    valueAt(spec, ['securityContext', field]) ?? valueAt(pod, ['spec', 'securityContext', field])
  const uid = seen?.['uid'] ?? asked('runAsUser')
  const gid = seen?.['gid'] ?? asked('runAsGroup') ?? 0
  return typeof uid === 'number' && typeof gid === 'number' ? { uid, gid } : undefined
}

/**
 * The rights of the target, or fewer. The system gives the files of a process to its own user alone, and to those only who
 * have each of its capabilities: root has them, others have none.
 */
function securityContext(spec: unknown, { uid, gid }: ContainerUser): Readonly<Record<string, unknown>> {
  const own = recordAt(spec, ['securityContext']) ?? {}
  const isRoot = uid === 0
  const isPrivileged = isRoot && own['privileged'] === true
  const added = listAt(own, ['capabilities', 'add'])
  const mayRise = isPrivileged || (isRoot && added.some((each) => each === 'SYS_ADMIN' || each === 'CAP_SYS_ADMIN'))
  const same = ['seccompProfile', 'seLinuxOptions', 'appArmorProfile'].filter((field) => isRecord(own[field]))
  return {
    runAsUser: uid,
    runAsGroup: gid,
    ...(!isRoot && { runAsNonRoot: true }),
    readOnlyRootFilesystem: true,
    ...(!mayRise && { allowPrivilegeEscalation: false }),
    ...(isPrivileged && { privileged: true }),
    ...(!isRoot && { capabilities: { drop: ['ALL'] } }),
    ...(isRoot && own['capabilities'] !== undefined && { capabilities: own['capabilities'] }),
    ...Object.fromEntries(same.map((field) => [field, own[field]])),
  }
}
