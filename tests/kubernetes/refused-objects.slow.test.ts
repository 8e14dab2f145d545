import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import {
  configMap,
  configOf,
  deployment,
  job,
  kubectl,
  kubectlWith,
  luckProject,
  said,
  times,
  waits,
} from './luck-project.js'

const skip = skipReason('kubernetes')
const claim = (storage: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
    storageClassName: 'none',
    volumeName: `v${storage}`,
  },
})
const service = (clusterIP: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { clusterIP, selector: { app: 'web' }, ports: [{ port: 80 }] },
})
const selected = (tier: string): object => {
  const labels = { app: 'api', tier }
  const { spec, ...rest } = deployment('api') as { readonly spec: { readonly template: object } }
  return { ...rest, spec: { selector: { matchLabels: labels }, template: { ...spec.template, metadata: { labels } } } }
}

describe.skipIf(skip !== undefined)(`what a cluster refuses${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('APPLY-06: a changed selector or template that may not change: the workload is made anew, and that is said', async () => {
    const project = await luckProject(configOf(selected('a'), job('seed', 'echo one')))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('resources are ready', 60_000)
    const uids = (): Promise<string> =>
      project.kubectl('get', 'deployment/api', 'job/seed', '-o', 'jsonpath={.items[*].metadata.uid}')
    const before = (await uids()).split(' ')
    project.objects(selected('b'), job('seed', 'echo two'))
    await dev.printed('Deployment/api cannot be changed in place: it is deleted and made anew', 30_000)
    await dev.printed('Job/seed cannot be changed in place: it is deleted and made anew', 30_000)
    await dev.printed(/│ two/, 30_000)
    const after = (await uids()).split(' ')
    expect(after).toHaveLength(2)
    expect(after.filter((uid) => before.includes(uid))).toEqual([])
    expect(dev.stdout()).not.toContain('Update failed')
  })

  it('APPLY-06: a claim or the address of a service that may not change stays: the error offers how it could', async () => {
    const project = await luckProject(configOf(claim('1Gi'), service('None')))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/Objects that were applied:(.|\n)*Service\/web/, 30_000)
    const uids = (): Promise<string> =>
      project.kubectl('get', 'pvc/data', 'service/web', '-o', 'jsonpath={.items[*].metadata.uid}')
    const before = await uids()
    project.objects(claim('2Gi'), service(''))
    await dev.printed('Update failed', 30_000)
    const { namespace } = project
    expect(said(dev)).toContain(`kubectl delete persistentvolumeclaim data --namespace ${namespace}`)
    expect(await uids()).toBe(before)
  })

  it('a quota: the reason comes first, the objects that fit stay', async () => {
    const project = await luckProject(configOf(configMap('one'), configMap('two'), configMap('three')))
    const hard = { 'count/configmaps': '3' }
    kubectlWith(
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few', namespace: project.namespace },
        spec: { hard },
      },
      'apply',
      '-f',
      '-',
    )
    await until('the quota counts', () =>
      project
        .kubectl('get', 'quota', 'few', '-o', 'jsonpath={.status.used}')
        .then((text) => text.includes('configmaps')),
    )
    const { code, stderr } = await runTiltts(project, ['ci'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Error: uncategorized: update failed: configmaps "\w+" is forbidden: exceeded quota: few/)
    expect((await project.kubectl('get', 'configmaps', '-o', 'name')).match(/one|two|three/g)).toHaveLength(2)
  })

  it('a quota that its pods meet: told within seconds, with the words of the event', async () => {
    const project = await luckProject(configOf(deployment('api')))
    kubectlWith(
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'nopods', namespace: project.namespace },
        spec: { hard: { pods: '0' } },
      },
      'apply',
      '-f',
      '-',
    )
    await until('the quota counts', () =>
      project.kubectl('get', 'quota', 'nopods', '-o', 'jsonpath={.status.used}').then((text) => text.includes('pods')),
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('exceeded quota: nopods', 20_000)
  })

  it('an admission policy: its words are the error, and nothing is deleted', async () => {
    const project = await luckProject(configOf(configMap('settings', { mode: 'dev' })))
    const name = project.namespace
    const kinds = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }
    const matchConstraints = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
      resourceRules: [kinds],
    }
    const validations = [
      {
        expression: "!('mode' in object.data) || object.data.mode != 'prod'",
        message: 'mode: this field is immutable, says the policy',
      },
    ]
    const admission = 'admissionregistration.k8s.io/v1'
    onTestFinished(async () => {
      await kubectl('delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', name, '--ignore-not-found')
    })
    kubectlWith(
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: admission,
            kind: 'ValidatingAdmissionPolicy',
            metadata: { name },
            spec: { failurePolicy: 'Fail', matchConstraints, validations },
          },
          {
            apiVersion: admission,
            kind: 'ValidatingAdmissionPolicyBinding',
            metadata: { name },
            spec: { policyName: name, validationActions: ['Deny'] },
          },
        ],
      },
      'apply',
      '-f',
      '-',
    )
    const prod = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' }, data: { mode: 'prod' } }
    await until(
      'the policy counts',
      () => {
        try {
          kubectlWith(prod, '--namespace', name, 'apply', '--dry-run=server', '-f', '-')
          return false
        } catch {
          return true
        }
      },
      30_000,
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/Objects that were applied:/, 30_000)
    const uid = await project.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.metadata.uid}')
    project.objects(configMap('settings', { mode: 'prod' }))
    await dev.printed(/Update failed:.*mode: this field is immutable, says the policy/, 30_000)
    expect(times(said(dev), 'says the policy')).toBe(1)
    expect(await project.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.metadata.uid}')).toBe(uid)
    project.objects(configMap('settings', { mode: 'test' }))
    await until(
      'it is applied',
      () => project.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data.mode}').then((text) => text === 'test'),
      20_000,
    )
  })

  it('values of a wrong type are refused before anything is asked of the cluster, with the field and the place', async () => {
    const { spec, ...rest } = deployment('api', waits) as { readonly spec: object }
    const project = await luckProject(configOf({ ...rest, spec: { ...spec, replicas: 'two' } }))
    const { code, stderr } = await runTiltts(project, ['ci'])
    expect(code).toBe(2)
    expect(stderr).toContain('Deployment/api: spec.replicas must be an integer')
    expect(stderr).toContain('tilt.config.ts:2:1')
    expect(project.door.asked.filter((text) => text.startsWith('PATCH'))).toEqual([])
  })
})
