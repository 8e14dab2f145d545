import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { type ClusterProject, clusterProject, docker } from './cluster-project.js'

const skip = skipReason('docker', 'kubernetes', 'go')
const registry = process.env['TESTBED_REGISTRY'] ?? '127.0.0.1:5000'

/** Answers with a file as it is at that moment. */
const server = `package main

import "net/http"

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "/app"+r.URL.Path) })
	panic(http.ListenAndServe(":8080", nil))
}
`

const config = `
import { k8sCustomDeploy, k8sResource, sync } from 'tiltts'
k8sCustomDeploy('web', {
  applyCmd: 'kubectl apply --namespace NAMESPACE --filename web.json --output yaml',
  deleteCmd: 'kubectl delete --namespace NAMESPACE --filename web.json',
  deps: 'app',
  imageSelector: 'REGISTRY/NAMESPACE/theirs',
  liveUpdate: [sync('app', '/app')],
})
k8sResource('web', { portForwards: 'PORT:8080' })
`

let program = ''

interface Foreign {
  readonly project: ClusterProject
  readonly port: number
  /** What its server answers. */
  served(name: string): Promise<string>
  besides(): Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** A Deployment by a command, of an image that somebody else has built: a static program and its files, for its user. */
async function foreign(more: object = {}): Promise<Foreign> {
  const port = 20_000 + Math.floor(Math.random() * 10_000)
  const project = await clusterProject(config.replaceAll('REGISTRY', registry).replace('PORT', String(port)), {
    'app/page.txt': 'one',
    'app/old.txt': 'old',
  })
  const image = `${registry}/${project.namespace}/theirs:1`
  const build = project.path('theirs')
  mkdirSync(build)
  copyFileSync(join(program, 'server'), join(build, 'server'))
  const lines = ['FROM scratch', 'COPY theirs/server /server', 'COPY --chown=1234:1234 app /app', 'USER 1234:1234']
  writeFileSync(`${build}/Dockerfile`, `${lines.join('\n')}\nENTRYPOINT ["/server"]\n`)
  await docker('build', '--quiet', '--tag', image, '--file', `${build}/Dockerfile`, project.folder)
  onTestFinished(async () => void (await docker('rmi', '--force', image)))
  await docker('push', '--quiet', image)
  const labels = { app: 'web' }
  const containers = [{ name: 'main', image, ...more }]
  const spec = { terminationGracePeriodSeconds: 1, containers }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
  project.write('web.json', JSON.stringify(deployment))
  return {
    project,
    port,
    async served(name) {
      const answer = await fetch(`http://127.0.0.1:${port}/${name}`).catch(() => undefined)
      return answer?.ok ? await answer.text() : String(answer?.status)
    },
    async besides() {
      const { items } = JSON.parse(await project.kubectl('get', 'pods', '-o', 'json'))
      return items.flatMap(
        (pod: { spec: { ephemeralContainers?: readonly object[] } }) => pod.spec.ephemeralContainers ?? [],
      )
    },
  }
}

describe.skipIf(skip !== undefined)(
  `live updates of pods of foreign images${skip ? ` (skipped: ${skip})` : ''}`,
  () => {
    beforeAll(async () => {
      program = mkdtempSync(join(tmpdir(), 'tiltts-server-'))
      writeFileSync(join(program, 'main.go'), server)
      const env = { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GO111MODULE: 'off' }
      await promisify(execFile)('go', ['build', '-o', 'server', 'main.go'], { cwd: program, env })
    }, 300_000)
    afterAll(() => rmSync(program, { recursive: true }))

    it('LU-01, LU-07: a static program and nothing else takes files in, as its own user', async () => {
      const { project, served, besides } = await foreign()
      const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
      await until('it is served', async () => (await served('page.txt')) === 'one', 60_000)
      expect(await besides()).toEqual([])
      project.write('app/page.txt', 'two')
      await until('the edit is served', async () => (await served('page.txt')) === 'two', 60_000)
      const added = await besides()
      // Where the pod does not tell the user, the first one has looked for it.
      expect(added.length).toBeLessThanOrEqual(2)
      const one = added.find(({ securityContext }) => JSON.stringify(securityContext).includes('"runAsUser":1234'))
      expect(one).toMatchObject({
        targetContainerName: 'main',
        securityContext: { runAsUser: 1234, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
      })
      expect(dev.stdout()).toContain(`(image ${one?.['image']}, as user 1234:`)

      const times: number[] = []
      for (let edit = 0; edit < 15; edit++) {
        const text = `edit ${edit}`
        const before = performance.now()
        project.write('app/page.txt', text)
        await until(`${text} is served`, async () => (await served('page.txt')) === text, 20_000)
        times.push(performance.now() - before)
      }
      process.stderr.write(
        `edit → served by a foreign pod: median ${times.toSorted((a, b) => a - b)[7]?.toFixed(0)} ms\n`,
      )
      project.write('app/deep/new.txt', 'new')
      rmSync(project.path('app/old.txt'))
      await until('a new file is there', async () => (await served('deep/new.txt')) === 'new', 20_000)
      await until('a removed one is not', async () => (await served('old.txt')) === '404', 20_000)
      expect(await served('page.txt')).toBe(readFileSync(project.path('app/page.txt'), 'utf8'))

      dev.signal('SIGINT')
      await dev.finished
      project.write('app/page.txt', 'while nobody looked')
      const next = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
      await until('it is corrected', async () => (await served('page.txt')) === 'while nobody looked', 60_000)
      expect(await besides()).toEqual(added)
      expect(next.stdout()).not.toContain('Adding ephemeral container')
    }, 240_000)

    it('LU-10: a root that cannot be written is said, and the command deploys instead', async () => {
      const { project, served } = await foreign({ securityContext: { readOnlyRootFilesystem: true } })
      const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
      await until('it is served', async () => (await served('page.txt')) === 'one', 60_000)
      project.write('app/page.txt', 'two')
      await dev.printed(/\/app\/page\.txt: read-only file system/, 60_000)
    }, 150_000)
  },
)
