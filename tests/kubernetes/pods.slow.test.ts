import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { skipReason } from '../support/requires.js'
import { type TempProject, tempProject } from '../support/temp-project.js'
import { startTiltts } from '../support/tiltts.js'

const run = promisify(execFile)
const skip = skipReason('docker', 'kubernetes')

async function kubectl(...args: readonly string[]): Promise<string> {
  return (await run('kubectl', [...args])).stdout.trim()
}

interface PodsProject extends TempProject {
  readonly namespace: string
  readonly port: number
}

/** A project with a namespace of its own, which is gone after the test. */
async function podsProject(config: string, files: Readonly<Record<string, string>> = {}): Promise<PodsProject> {
  const namespace = `k-watch-${randomBytes(4).toString('hex')}`
  const port = 20_000 + (Number.parseInt(randomBytes(2).toString('hex'), 16) % 10_000)
  const text = config.replaceAll('IMAGE', `${namespace}/web`).replaceAll('PORT', String(port))
  const project = tempProject({ ...files, 'tilt.config.ts': text })
  await kubectl('create', 'namespace', namespace)
  onTestFinished(async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false')
    const found = await Promise.all(
      [`*/${namespace}_web`, `${namespace}/web`].map((reference) =>
        run('docker', ['images', '-q', '--filter', `reference=${reference}`]),
      ),
    )
    const ids = new Set(found.flatMap(({ stdout }) => stdout.trim().split('\n')).filter((id) => id !== ''))
    if (ids.size > 0) await run('docker', ['rmi', '--force', ...ids])
  })
  return { ...project, namespace, port }
}

async function until<T>(what: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 40_000; ; ) {
    const value = await what()
    if (isDone(value) || Date.now() > deadline) return value
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const deployment = `
const labels = { app: 'web' }
k8sYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'IMAGE' }] },
    },
  },
})
`
const web = `
import { dockerBuild, k8sResource, k8sYaml, sync } from 'tiltts'
dockerBuild('IMAGE', 'web', { liveUpdate: [sync('web/www', '/www')] })
${deployment}
k8sResource('web', { portForwards: 'PORT:8080' })
`
const files = {
  'web/Dockerfile': 'FROM busybox:latest\nCOPY www /www\nCMD ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"]\n',
  'web/www/index.html': 'one\n',
}

describe.skipIf(skip !== undefined)(`pods of a real cluster${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('LU-02: take in edits, which are served through a forward that outlives the pod', async () => {
    const project = await podsProject(web, files)
    const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
    const served = (): Promise<string> =>
      fetch(`http://localhost:${project.port}/index.html`).then(
        (response) => response.text(),
        () => '',
      )
    const podNames = (): Promise<string> =>
      kubectl('-n', project.namespace, 'get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}')
    await dev.printed(/is ready|All \d+ resources are ready/, 60_000)
    expect(await until(served, (text) => text === 'one\n')).toBe('one\n')
    const first = await podNames()
    project.write('web/www/index.html', 'two\n')
    expect(await until(served, (text) => text === 'two\n')).toBe('two\n')
    expect(await podNames()).toBe(first)
    await kubectl('-n', project.namespace, 'delete', 'pod', first, '--wait=false')
    // The pod in its place has what was synced into the one before.
    const names = await until(podNames, (now) => now !== '' && !now.includes(first))
    expect(names).not.toContain(first)
    expect(await until(served, (text) => text === 'two\n')).toBe('two\n')
    dev.signal('SIGINT')
    const { stdout, code } = await dev.finished
    expect(code).toBe(130)
    expect(stdout).toContain('response:200')
    expect(stdout.match(/COPY www/g)).toHaveLength(1)
  }, 120_000)

  it('CI-03: fail a run within 15 s when they crash again and again, with their last words', async () => {
    const project = await podsProject(
      `import { dockerBuild, k8sYaml } from 'tiltts'\ndockerBuild('IMAGE', 'web')\n${deployment}`,
      { 'web/Dockerfile': 'FROM busybox:latest\nCMD ["sh", "-c", "echo no database; exit 3"]\n' },
    )
    const began = Date.now()
    const ci = startTiltts(project, ['ci', '--namespace', project.namespace, '--port', '0'])
    const { code, stdout, stderr } = await ci.finished
    expect(code).toBe(1)
    expect(`${stdout}${stderr}`).toContain('no database')
    expect(stderr).toContain('exited with code 3')
    expect(Date.now() - began).toBeLessThan(15_000)
  }, 60_000)

  it('CI-03: fail a run when their image cannot be pulled, in the words of the cluster', async () => {
    const project = await podsProject(
      `import { k8sYaml } from 'tiltts'\n${deployment.replace('IMAGE', '127.0.0.1:5000/nobody/has-this:1')}`,
    )
    const ci = startTiltts(project, ['ci', '--namespace', project.namespace, '--port', '0'])
    const { code, stderr, stdout } = await ci.finished
    expect(code).toBe(1)
    expect(stderr).toContain('cannot pull the image')
    expect(stdout).toContain('[event: pod')
  }, 60_000)
})
