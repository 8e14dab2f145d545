import type { ForwardTarget, ForwardTargetKind } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectation, type Expectations } from './call/expect.js'
import { text } from './call/expectations.js'
import { handle, type ResourceHandle } from './handle.js'
import { keepOnDown } from './on-down.js'
import { forwardsExpectation, keepForwards, type PortForwardLike } from './port-forward.js'
import { declareResource, isResourceName } from './resource-name.js'
import { keepResourceOptions, type ResourceOptions, resourceExpectations } from './resource-options.js'
import type { OneOrMany } from './values.js'

/** What {@link k8sForward} takes. */
export interface K8sForwardOptions extends ResourceOptions {
  /** Kind and name: `svc/grafana`, `service/grafana`, `pod/web-0`, `deployment/api`, `statefulset/db`. */
  readonly target: `${'svc' | 'service' | 'pod' | 'deployment' | 'statefulset'}/${string}`
  /** @default that of the context */
  readonly namespace?: string | undefined
  /** With a service, ports of containers are those that the service has. */
  readonly portForwards: OneOrMany<PortForwardLike>
}

const kinds: Readonly<Record<string, ForwardTargetKind>> = {
  svc: 'service',
  service: 'service',
  pod: 'pod',
  deployment: 'deployment',
  statefulset: 'statefulset',
}

const target: Expectation = {
  expected: "a kind and a name, such as 'svc/grafana', 'pod/web-0', 'deployment/api' or 'statefulset/db'",
  fits: (value) => targetOf(value) !== undefined,
}

const expectations: Expectations<K8sForwardOptions> = {
  ...resourceExpectations,
  target,
  namespace: text,
  portForwards: forwardsExpectation,
}

/**
 * A forward to something that this config does not deploy, kept for the session, as a resource. The pod is looked for at each
 * new connection, so one that is replaced costs nothing but its own connections. It is ready when the ports are open and
 * there is a pod.
 *
 * Errors: a name that another resource has, no target of a kind that is known, no port.
 *
 * @example
 * ```ts
 * k8sForward('grafana', { target: 'svc/grafana', namespace: 'monitoring', portForwards: '3000:80', labels: 'tools' })
 * ```
 */
export function k8sForward(name: string, options: K8sForwardOptions): ResourceHandle {
  const call = declaring('k8sForward')
  const subject = `k8sForward(${describe(name)})`
  const good = checkedOptions(call, subject, options, expectations)
  const { base, dependencies } = keepResourceOptions(call, subject, good)
  const leadsTo = targetOf(good.target)
  const portForwards = keepForwards(call, subject, good.portForwards)
  checkThere(call, subject, options)
  if (!isResourceName(call, name) || leadsTo === undefined) return handle('resource', String(name))
  const onDown = keepOnDown(call, `k8s:${name}`, good.onDown)
  const namespace = good.namespace === '' ? undefined : good.namespace
  declareResource(call, {
    name,
    kind: 'port forward',
    at: call.at,
    node: (finish) => ({
      kind: 'k8s-forward',
      name,
      place: finish.place(call.at),
      ...base,
      dependencies: dependencies(finish),
      onDown: onDown?.(finish),
      target: namespace === undefined ? leadsTo : { ...leadsTo, namespace },
      portForwards,
    }),
  })
  return handle('resource', name)
}

function targetOf(given: unknown): ForwardTarget | undefined {
  const [, kind = '', name = ''] = typeof given === 'string' ? (/^([^/]+)\/([^/]+)$/.exec(given) ?? []) : []
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  return known === undefined ? undefined : { kind: known, name }
}

function checkThere(call: Call, subject: string, given: Partial<K8sForwardOptions> | undefined): void {
  if (given?.target === undefined) {
    call.error('config/invalid-option', `${subject} has no target`, "Say what it leads to: { target: 'svc/grafana' }")
  }
  const forwards: unknown = given?.portForwards
  if (forwards === undefined || (Array.isArray(forwards) && forwards.length === 0)) {
    call.error('config/invalid-option', `${subject} has no port`, "Name one: { portForwards: '3000:80' }")
  }
}
