import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { type HelperContainerPlan, helperContainerState, planHelperContainer } from './helper-container.js'

interface PodText {
  readonly spec?: object
  readonly container?: object
  readonly status?: object
  readonly startedAt?: string
  readonly ephemeral?: Readonly<Record<string, object | undefined>>
  readonly annotations?: Readonly<Record<string, string>>
}

function pod({
  spec = {},
  container = {},
  status = {},
  startedAt = at(10),
  ephemeral = {},
  annotations,
}: PodText = {}) {
  const states = Object.entries(ephemeral).flatMap(([name, state]) => (state === undefined ? [] : [{ name, state }]))
  const manifest: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...(annotations && { annotations }) },
    spec: {
      containers: [
        { name: 'other', image: 'other' },
        { name: 'main', image: 'web', ...container },
      ],
      ephemeralContainers: Object.keys(ephemeral).map((name) => ({ name })),
      ...spec,
    },
    status: {
      containerStatuses: [
        { name: 'main', containerID: 'containerd://abc', state: { running: { startedAt } }, ...status },
      ],
      ephemeralContainerStatuses: states,
    },
  }
  return manifest
}

const at = (second: number): string => `2026-01-01T00:00:${second}Z`
const running = (startedAt = at(20)): object => ({ running: { startedAt } })
const ended = { terminated: { exitCode: 137, reason: 'Error' } }

function plan(text?: PodText, more: object = {}): HelperContainerPlan {
  const hash = (content: string): string => `${content.length}`.padEnd(64, '0')
  return planHelperContainer({ pod: pod(text), container: 'main', image: 'helper:1', command: ['/h'], hash, ...more })
}

function added(text?: PodText, more: object = {}) {
  const found = plan(text, more)
  if (found.kind !== 'add') throw new Error(`expected a new container, not ${JSON.stringify(found)}`)
  return found
}

describe('the ephemeral container for the files of another', () => {
  it('shares the processes of its target, and is as little as can be', () => {
    const { name, spec, target } = added({ container: { securityContext: { runAsUser: 1000, runAsGroup: 2000 } } })
    expect(target).toBe('1')
    expect(spec).toEqual({
      name,
      image: 'helper:1',
      imagePullPolicy: 'IfNotPresent',
      command: ['/h'],
      targetContainerName: 'main',
      securityContext: {
        runAsUser: 1000,
        runAsGroup: 2000,
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      },
    })
  })

  it.each<[string, PodText, object, object]>([
    ['as it is seen to', { status: { user: { linux: { uid: 7, gid: 8 } } } }, {}, { uid: 7, gid: 8 }],
    ['as the pod says', { spec: { securityContext: { runAsUser: 5 } } }, {}, { uid: 5, gid: 0 }],
    ['as nobody while that is not known', {}, {}, { uid: 65_532, gid: 65_532 }],
    [
      'as it was found to',
      { container: { securityContext: { runAsUser: 5 } } },
      { user: { uid: 9, gid: 9 } },
      { uid: 9, gid: 9 },
    ],
  ])('runs as its target: %s', (_, text, more, user) => {
    const found = added(text, more)
    expect(found.user).toEqual(user)
    expect(found.spec.securityContext).toMatchObject({
      runAsUser: found.user.uid,
      runAsGroup: found.user.gid,
      runAsNonRoot: true,
    })
  })

  it('has the capabilities of a target that is root, no more, and its profiles', () => {
    const capabilities = { drop: ['ALL'], add: ['CHOWN'] }
    const seccompProfile = { type: 'RuntimeDefault' }
    const securityContext = { runAsUser: 0, capabilities, seccompProfile, readOnlyRootFilesystem: false }
    expect(added({ container: { securityContext } }).spec.securityContext).toEqual({
      runAsUser: 0,
      runAsGroup: 0,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities,
      seccompProfile,
    })
    const privileged = { runAsUser: 0, privileged: true }
    expect(added({ container: { securityContext: privileged } }).spec.securityContext).toEqual({
      runAsUser: 0,
      runAsGroup: 0,
      readOnlyRootFilesystem: true,
      privileged: true,
    })
    expect(
      added({ container: { securityContext: { ...privileged, runAsUser: 1 } } }).spec.securityContext,
    ).not.toHaveProperty('privileged')
  })

  it('finds its target by the id of the container where more than one share their processes', () => {
    expect(added({ spec: { shareProcessNamespace: true } }).target).toBe('abc')
    expect(added({ spec: { hostPID: true } }).target).toBe('abc')
  })

  it('serves again as long as it runs or is on its way, and is the same', () => {
    const { name } = added()
    expect(plan({ ephemeral: { [name]: running() } })).toMatchObject({ kind: 'use', name })
    expect(plan({ ephemeral: { [name]: undefined } })).toMatchObject({ kind: 'use', name })
    expect(plan({ ephemeral: { [name]: { waiting: { reason: 'ContainerCreating' } } } })).toMatchObject({ name })
    const second = added({ ephemeral: { [name]: ended } }).name
    expect(second).not.toBe(name)
    expect(plan({ ephemeral: { [name]: ended, [second]: running() } })).toMatchObject({ kind: 'use', name: second })
    expect(plan({ ephemeral: { [name]: running() } }, { image: 'helper:10' })).toMatchObject({ kind: 'add' })
    expect(plan({ ephemeral: { [name]: running() } }, { user: { uid: 1, gid: 1 } })).toMatchObject({ kind: 'add' })
  })

  it('does not serve another run of its target, unless it does not end with it', () => {
    const { name } = added()
    const ephemeral = { [name]: running(at(20)) }
    expect(plan({ ephemeral, startedAt: at(21) })).toMatchObject({ kind: 'add' })
    expect(plan({ ephemeral, startedAt: at(20) })).toMatchObject({ kind: 'use' })
    const shared = { spec: { shareProcessNamespace: true, ephemeralContainers: [{ name }] } }
    expect(plan({ ...shared, ephemeral, startedAt: at(21) })).toMatchObject({ kind: 'use', name })
  })

  it('is not tried for ever where it does not stay, as with an image that has no helper', () => {
    const wrong = { terminated: { exitCode: 64, reason: 'Error', startedAt: at(20) } }
    const ephemeral: Record<string, object> = {}
    for (let attempt = 1; attempt <= 3; attempt++) ephemeral[added({ ephemeral }).name] = wrong
    expect(plan({ ephemeral })).toMatchObject({ kind: 'no', reason: expect.stringContaining('exit code 64') })
    expect(plan({ ephemeral, startedAt: at(30) })).toMatchObject({ kind: 'add' })
  })

  it('is not for pods that can take none, or that have taken too many', () => {
    expect(plan({ startedAt: '' })).toEqual({ kind: 'gone' })
    expect(plan({ spec: { os: { name: 'windows' } } })).toMatchObject({ kind: 'no' })
    expect(plan({ annotations: { 'kubernetes.io/config.mirror': 'x' } })).toMatchObject({ kind: 'no' })
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tiltts-x-${index}`, ended]))
    expect(plan({ ephemeral: many })).toMatchObject({ kind: 'no', reason: expect.stringContaining('delete the pod') })
  })

  it('runs, is on its way, or says why it never will', () => {
    const state = (one: object | undefined): object => helperContainerState(pod({ ephemeral: { h: one } }), 'h')
    expect(state(running())).toEqual({ running: true })
    expect(state(undefined)).toEqual({ running: false })
    expect(state({ waiting: { reason: 'ContainerCreating' } })).toEqual({ running: false })
    expect(state({ waiting: { reason: 'ErrImagePull', message: 'not found' } })).toEqual({
      running: false,
      problem: 'ErrImagePull: not found',
    })
    expect(state(ended)).toEqual({ running: false, problem: 'it ended with exit code 137: Error' })
  })
})
