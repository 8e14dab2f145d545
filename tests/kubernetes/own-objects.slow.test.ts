import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { deployment, luckProject } from './luck-project.js'

const skip = skipReason('kubernetes')

describe.skipIf(skip !== undefined)(`objects of clients in a real cluster${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('API-51, API-52: a KubernetesApply of a client deploys, finds its pods, and takes all down when it is deleted', async () => {
    const project = await luckProject(
      "import { localResource } from 'tiltts'\nlocalResource('here', { cmd: 'true' })\n",
    )
    const yaml = JSON.stringify(deployment('mine', 'while :; do echo said; sleep 1; done'))
    const object = (kind: string, name: string, spec: object): string =>
      JSON.stringify({ apiVersion: 'tilt.dev/v1alpha1', kind, metadata: { name }, spec })
    project.write('apply.json', object('KubernetesApply', 'mine', { yaml }))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('1 resource is ready', 40_000)
    const told = async (...words: readonly string[]): Promise<string> =>
      (await runTiltts(project, ['get', ...words])).stdout.trim()
    const until = async (is: () => Promise<boolean>): Promise<void> => {
      for (let tries = 0; tries < 60 && !(await is()); tries++) await sleep(500)
      expect(await is()).toBe(true)
    }

    expect(await runTiltts(project, ['apply', '-f', 'apply.json'])).toMatchObject({ code: 0 })
    const phase = () => told('kubernetesdiscovery', 'mine', '-o', 'jsonpath={.status.pods[0].phase}')
    await until(async () => (await phase()) === 'Running')
    const uid = await project.kubectl('get', 'deployment', 'mine', '-o', 'jsonpath={.metadata.uid}')
    expect(await told('kd', 'mine', '-o', 'jsonpath={.status.pods[0].ancestorUID}')).toBe(uid)
    expect(await told('ka', 'mine', '-o', 'jsonpath={.status.error}')).toBe('')

    const watches = [{ uid, namespace: project.namespace }]
    project.write('look.json', object('KubernetesDiscovery', 'look', { watches }))
    expect(await runTiltts(project, ['apply', '-f', 'look.json'])).toMatchObject({ code: 0 })
    const pod = await told('kd', 'mine', '-o', 'jsonpath={.status.pods[0].name}')
    await until(async () => (await told('kd', 'look', '-o', 'jsonpath={.status.pods[0].name}')) === pod)

    expect(await runTiltts(project, ['delete', 'kubernetesapply', 'mine'])).toMatchObject({ code: 0 })
    await until(async () => (await project.kubectl('get', 'deployments', '-o', 'name')) === '')
  }, 120_000)
})
