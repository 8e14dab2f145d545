import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectation, type Expectations } from './call/expect.js'
import { image, oneOf, oneOrMany, text, textRecord, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import { namedRef } from './collector/recorder.js'
import { handle, type ImageHandle, type ResourceHandle } from './handle.js'
import { keepNaming, keepReadyWhen } from './kubernetes/config-functions.js'
import type { KubernetesObject } from './kubernetes-object.js'
import { keepOnDown } from './on-down.js'
import { forwardsExpectation, keepForwards, type PortForwardLike } from './port-forward.js'
import { isResourceName } from './resource-name.js'
import { keepResourceOptions, type ResourceOptions, resourceExpectations } from './resource-options.js'
import type { OneOrMany } from './values.js'

/** What {@link k8sResource} takes. */
export interface K8sResourceOptions extends ResourceOptions {
  /**
   * Renames the resource. Later calls of `k8sResource` use the new name; who depends on it may use either.
   */
  readonly newName?: string | undefined
  /** The image that live updates and rebuilds are about, where the manifests name it otherwise. */
  readonly image?: ImageHandle | undefined
  /**
   * Local ports that lead to the pod of the resource, kept for the session, whichever pod it is: `8080`, `'8080:80'`,
   * `'0.0.0.0:8080:80'`, `portForward(…)`. Each is shown as a link.
   */
  readonly portForwards?: OneOrMany<PortForwardLike> | undefined
  /**
   * Other objects that join the resource: `name`, `name:kind` or `name:kind:namespace`, without regard to case; a `:` in a
   * name is written `\:`. Each must be exactly one object, which no other resource has.
   *
   * @example
   * ```ts
   * objects: ['settings:configmap', 'api:ingress']
   * ```
   */
  readonly objects?: OneOrMany<string> | undefined
  /** Pods with all labels of one of these belong to the resource, beside those that its objects own. */
  readonly extraPodSelectors?: OneOrMany<Readonly<Record<string, string>>> | undefined
  /**
   * When the resource counts as ready. `wait`: its pods are ready. `ignore`: it was applied. `succeeded`: its pods have ended
   * well.
   * @default `succeeded` for Jobs, `ignore` for CronJobs and for objects without pods, else `wait`
   */
  readonly podReadiness?: 'wait' | 'ignore' | 'succeeded' | undefined
  /** `selectors-only`: its pods are those of `extraPodSelectors`, whoever owns them. @default 'default' */
  readonly discoveryStrategy?: 'default' | 'selectors-only' | undefined
  /**
   * Whether an object of the resource is ready, for kinds that nobody else knows how to judge. It is asked for each object,
   * as the cluster has it with its `status`, whenever it changes; not for what has nothing to be ready with, as a Service or a
   * ConfigMap, unless the resource has nothing else. `undefined`, as a field gives that is not there yet, means
   * no; anything else but `true` and `false` is an error.
   *
   * @example
   * ```ts
   * readyWhen: ({ status }) => status?.phase === 'Running'
   * ```
   */
  readonly readyWhen?: ((object: KubernetesObject) => boolean) | undefined
}

/** Options of a resource that is made of objects without a workload. */
export type K8sObjectsOptions = K8sResourceOptions & { readonly newName: string; readonly objects: OneOrMany<string> }

const podLabels: Expectation = {
  expected: 'an object of labels, at least one and all of them strings,',
  fits: (value) => textRecord.fits(value) && Object.keys(value as object).length > 0,
}

const expectations: Expectations<K8sResourceOptions> = {
  ...resourceExpectations,
  newName: text,
  image,
  portForwards: forwardsExpectation,
  objects: texts,
  extraPodSelectors: oneOrMany(podLabels, 'a list of them'),
  podReadiness: oneOf('wait', 'ignore', 'succeeded'),
  discoveryStrategy: oneOf('default', 'selectors-only'),
  readyWhen: { expected: 'a function', fits: (value) => typeof value === 'function' },
}

/**
 * Says more about a workload of `k8sYaml`, before or after that is called, or makes a resource of objects that are no
 * workload. Calls for one name add up: lists join, of anything else the last call wins. A name that no workload has is an
 * error, which lists those there are.
 *
 * @param workload Name of the resource: that of the workload, with its kind where two have one name (`api:deployment`).
 * @returns A handle for `resourceDeps` and the like.
 * @example
 * ```ts
 * k8sResource('api', { portForwards: 8080, resourceDeps: [db], labels: 'backend' })
 * k8sResource({ newName: 'crds', objects: ['widgets.example.com:CustomResourceDefinition'] })
 * ```
 */
export function k8sResource(workload: string, options?: K8sResourceOptions): ResourceHandle
export function k8sResource(options: K8sObjectsOptions): ResourceHandle
export function k8sResource(first: string | K8sObjectsOptions, second?: K8sResourceOptions): ResourceHandle {
  const call = declaring('k8sResource')
  const isWorkload = typeof first === 'string'
  const options = isWorkload ? second : first
  const workload = isWorkload && first !== '' ? first : undefined
  const name = workload ?? (options as Partial<K8sResourceOptions> | undefined)?.newName
  const subject = `k8sResource(${name === undefined ? '' : describe(name)})`
  const good = checkedOptions(call, subject, options, expectations)
  const { base, dependencies } = keepResourceOptions(call, subject, good)
  const { newName, readyWhen, onDown } = good
  const objects = listOf(good.objects)
  const isNamed = newName !== undefined && isResourceName(call, newName)
  if (workload === undefined && !isWhole(call, subject, newName, objects)) return handle('resource', String(name ?? ''))
  const known = workload ?? newName ?? ''
  const down = keepOnDown(call, `k8s:${known}`, onDown)
  const judged = readyWhen && keepReadyWhen(call, known, readyWhen)
  const portForwards = keepForwards(call, subject, good.portForwards)
  call.recorder.draft.kubernetes.resources.push((finish) => ({
    ...base,
    workload: workload === undefined ? undefined : namedRef(finish, { name: workload, at: call.at }),
    newName: isNamed ? newName : undefined,
    image: good.image && namedRef(finish, { name: good.image.name, at: call.at }),
    portForwards,
    objects,
    extraPodSelectors: listOf(good.extraPodSelectors),
    podReadiness: good.podReadiness,
    discoveryStrategy: good.discoveryStrategy,
    readyWhen: judged?.(finish),
    dependencies: dependencies(finish),
    // calls add up: what this one leaves out may stand in another
    autoInit: good.autoInit,
    onDown: down?.(finish),
    place: finish.place(call.at),
  }))
  return handle('resource', isNamed ? newName : known)
}

/** A resource without a workload has a name, and objects that it is made of. */
function isWhole(call: Call, subject: string, newName: string | undefined, objects: readonly string[]): boolean {
  if (newName !== undefined && objects.length > 0) return true
  call.error(
    'config/invalid-option',
    newName === undefined
      ? `${subject}: expected the name of a workload, or newName and objects`
      : `${subject} names neither a workload nor objects`,
    "Write k8sResource('api'), or k8sResource({ newName: 'settings', objects: ['settings:configmap'] })",
  )
  return false
}

/** What tells one workload from another. */
export interface WorkloadId {
  readonly name: string
  /** `Deployment` */
  readonly kind: string
  /** `default` where the manifest names none. */
  readonly namespace: string
  /** Of the API: `apps`; '' for the core group. */
  readonly group: string
}

/**
 * Names the resources of workloads, in place of the rule that takes the shortest name which tells them apart. The last call
 * counts. What the function throws, a result that is no name, and one name for two workloads are errors that say which.
 *
 * @param name Is asked for each workload, after the evaluation.
 * @example
 * ```ts
 * workloadToResourceFunction(({ name, namespace }) => `${namespace}-${name}`)
 * ```
 */
export function workloadToResourceFunction(name: (id: WorkloadId) => string): void {
  const call = declaring('workloadToResourceFunction')
  if (typeof name !== 'function' || name.length > 1) {
    call.error(
      'config/invalid-option',
      `workloadToResourceFunction(): expected a function of one argument, got ${typeof name === 'function' ? `one of ${name.length}` : describe(name)}`,
      'Write: workloadToResourceFunction((id) => id.name)',
    )
    return
  }
  const fn = keepNaming(call, name)
  call.recorder.draft.kubernetes.nameWorkloads = (finish) => ({ fn: fn(finish), place: finish.place(call.at) })
}
