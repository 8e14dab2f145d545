import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { type ClusterProject, clusterProject } from './cluster-project.js'

const skip = skipReason('docker', 'kubernetes')

const server = `
import { readFileSync } from 'node:fs'
console.log('begin', readFileSync('/app/src/text.txt', 'utf8').trim(), process.argv.slice(2).join(' '))
process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1000)
`
const deployment = (container: object, named = 'IMAGE'): string => `
k8sYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: {
    selector: { matchLabels: { app: 'api' } },
    template: {
      metadata: { labels: { app: 'api' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'main', image: '${named}', ...${JSON.stringify(container)} }],
      },
    },
  },
})
`
const config = (steps: string, container: object): string => `
import { dockerBuild, k8sYaml, restartProcess, sync } from 'tiltts'
dockerBuild('IMAGE', 'api', { liveUpdate: [${steps}] })
${deployment(container)}
`

/** The pods, and how often each has been restarted. */
function pods(project: ClusterProject): Promise<string> {
  const each = '{range .items[*]}{.metadata.name} {.status.containerStatuses[0].restartCount}{"\\n"}{end}'
  return project.kubectl('get', 'pods', '-o', `jsonpath=${each}`)
}

describe.skipIf(skip !== undefined)(`restart of a process in its pod${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('LU-07: the command of the container is started again after an edit, in the same pod', async () => {
    const project = await clusterProject(
      config("sync('api/src', '/app/src'), restartProcess()", {
        command: ['node', 'src/server.mjs'],
        args: ['as the pod says'],
      }),
      {
        'api/Dockerfile': 'FROM node:20\nWORKDIR /app\nCOPY src src\nCMD ["node", "-e", "process.exit(9)"]\n',
        'api/src/server.mjs': server,
        'api/src/text.txt': 'one',
      },
    )
    const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
    await dev.printed('begin one as the pod says', 90_000)
    const before = await pods(project)
    for (const text of ['two', 'three']) {
      project.write('api/src/text.txt', text)
      await dev.printed(`begin ${text} as the pod says`, 20_000)
    }
    expect(before).toMatch(/^\S+ 0$/)
    expect(await pods(project)).toBe(before)
    expect(dev.stdout()).not.toContain('Building the image instead')
  }, 180_000)

  it('LU-10: an image of one static program and nothing else takes files in and is started again, with the command of its pod', async () => {
    const project = await clusterProject(
      config("sync('api/data', '/data'), restartProcess({ onExit: 'stay' })", {
        command: ['/program', 'as the pod says'],
        securityContext: { runAsUser: 1000 },
      }),
      {
        'api/Dockerfile': 'FROM scratch\nCOPY program /program\nCOPY --chown=1000 data /data\n',
        'api/data/text.txt': 'one',
      },
    )
    staticProgram(join(project.folder, 'api/program'))
    const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
    await dev.printed('begin one as the pod says', 90_000)
    const before = await pods(project)
    project.write('api/data/text.txt', 'two')
    await dev.printed('begin two as the pod says', 20_000)
    expect(await pods(project)).toBe(before)
  }, 180_000)

  it('KR-01: an image that the manifest calls otherwise takes the place of what it calls so', async () => {
    const project = await clusterProject(
      `
import { dockerBuild, k8sResource, k8sYaml } from 'tiltts'
const image = dockerBuild('IMAGE', 'api')
${deployment({}, 'somebody/elses:1')}
k8sResource('api', { image })
`,
      { 'api/Dockerfile': 'FROM busybox:latest\nCMD ["sh", "-c", "echo it is ours; sleep 1000"]\n' },
    )
    const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
    await dev.printed('it is ours', 90_000)
  }, 120_000)
})

function staticProgram(file: string): void {
  const source = `${file}.go`
  writeFileSync(
    source,
    `package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	text, _ := os.ReadFile("/data/text.txt")
	fmt.Println("begin", strings.TrimSpace(string(text)), strings.Join(os.Args[1:], " "))
	for {
		time.Sleep(time.Hour)
	}
}
`,
  )
  execFileSync('go', ['build', '-o', file, source], { env: { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' } })
}
