import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { docker } from './cluster-project.js'
import { luckProject } from './luck-project.js'

const run = promisify(execFile)
const skip = skipReason('docker', 'kubernetes') ?? noContainerd()
const socket = join(process.env['TESTBED_RUN'] ?? '/nowhere', 'containerd/containerd.sock')

function noContainerd(): string | undefined {
  const here = join(process.env['TESTBED_RUN'] ?? '/nowhere', 'containerd/containerd.sock')
  return existsSync(here) ? undefined : 'the containerd of the node is not on this machine (TESTBED_RUN)'
}

const config = (image: string): string => `
import { dockerBuild, k8sYaml } from 'tiltts'
dockerBuild('${image}', 'api')
k8sYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: {
    selector: { matchLabels: { app: 'api' } },
    template: {
      metadata: { labels: { app: 'api' } },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: '${image}' }] },
    },
  },
})
`
const files = { 'api/Dockerfile': 'FROM busybox:latest\nCMD ["sh", "-c", "sleep 1000"]\n' }

/** A cluster of that name without a registry, and the program that loads images into its nodes. */
async function cluster(name: string, program: string, script: string) {
  const project = await luckProject(config('NAMESPACE/api'), { files, cluster: name })
  project.door.answer(/local-registry-hosting/, { status: 404, reason: 'NotFound', message: 'not found' })
  const folder = join(project.folder, '..')
  const calls = join(folder, 'calls')
  writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >> ${calls}\n${script}\n`)
  chmodSync(join(folder, program), 0o755)
  const image = `${project.namespace}/api`
  onTestFinished(async () => {
    const ids = (await docker('images', '-q', '--filter', `reference=${image}`)).split('\n').filter((id) => id !== '')
    if (ids.length > 0) await docker('rmi', '--force', ...new Set(ids))
    const names = (await ctr('images', 'ls', '-q', `name~=${image}`)).split('\n').filter((one) => one !== '')
    if (names.length > 0) await ctr('images', 'rm', ...names)
  })
  return {
    image,
    ci: () =>
      startTiltts(project, ['ci', '--port', '0'], { env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` } }).finished,
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
    running: () => project.kubectl('get', 'deployment/api', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'),
  }
}

async function ctr(...args: readonly string[]): Promise<string> {
  return (await run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args])).stdout.trim()
}

const load = `docker save "$3" | ctr --address ${socket} --namespace k8s.io images import - >/dev/null`

describe.skipIf(skip !== undefined)(`a cluster without a registry${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it.each([
    ['kind-x', 'kind', (ref: string) => `kind load docker-image ${ref} --name x`],
    ['k3d-x', 'k3d', (ref: string) => `k3d image import ${ref} --cluster x`],
  ])(
    'PUSH-05: %s gets images by the program that made it, and runs them',
    async (name, program, call) => {
      const w = await cluster(name, program, load)
      const { code, stdout } = await w.ci()
      expect(code).toBe(0)
      const ref = await w.running()
      expect(ref).toMatch(new RegExp(`^${w.image}:tilt-[0-9a-f]{16}$`))
      expect(w.calls()).toEqual([call(ref)])
      expect(stdout).not.toContain('Pushing')
    },
    90_000,
  )

  it('PUSH-05: what the program has to say when it fails is the error, and nothing is applied', async () => {
    const w = await cluster('kind-x', 'kind', 'echo "no nodes found for cluster x" >&2; exit 1')
    const { code, stdout, stderr } = await w.ci()
    expect(code).toBe(1)
    expect(stdout).toContain('no nodes found for cluster x')
    expect(stderr).toContain('kind load docker-image: exit code 1')
    await expect(w.running()).rejects.toThrow(/not found/)
  }, 60_000)
})
