import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { docker, execsOf, liveWorld } from './live-world.js'

const skip = skipReason('docker')

/** Says when it begins and ends; `text.txt` may tell it to end by itself. */
const server = `
import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
const text = readFileSync('/app/src/text.txt', 'utf8').trim()
console.log('begin', text, process.argv.slice(2).join(' '))
// Children that outlive those who made them.
spawn('sh', ['-c', '(sleep 0.2; exit 0) & exit 0'], { stdio: 'ignore' })
process.on('SIGTERM', () => { console.log('end', text); process.exit(0) })
process.on('SIGUSR1', () => console.log('heard', text))
const code = /^exit (\\d+)$/.exec(text)?.[1]
if (code !== undefined) setTimeout(() => process.exit(Number(code)), 300)
setInterval(() => {}, 1000)
`
const nodeFiles = {
  Dockerfile:
    'FROM node:20\nWORKDIR /app\nCOPY src src\nENTRYPOINT ["node"]\nCMD ["src/server.mjs", "as the image says"]\n',
  'src/server.mjs': server,
  'src/text.txt': 'one',
}
const zombies = 'grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l'

describe.skipIf(skip !== undefined)(`restart in place${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it.each([
    ['restartContainer()', /Restarting container/],
    ['restartProcess()', /Restarting container/],
  ])('LU-07: %s has the engine start the same container again', async (step, said) => {
    const w = await liveWorld({ files: nodeFiles, steps: `sync('./app/src', '/app/src'), ${step}` })
    const id = await w.container()
    await w.dev().printed('begin one as the image says')
    for (const text of ['two', 'three']) {
      await w.edited(() => w.write('src/text.txt', text))
      await w.dev().printed(`begin ${text} as the image says`)
    }
    expect(await w.container()).toBe(id)
    expect(w.said(said)).toBe(2)
    expect(await docker('inspect', '--format', '{{.State.Running}} {{json .Config.Entrypoint}}', id)).toBe(
      'true ["node"]',
    )
  })

  it('RST-02: a process is started again while its container stays: signals, exit codes, logs, no zombies', async () => {
    const w = await liveWorld({
      files: nodeFiles,
      steps: "sync('./app/src', '/app/src'), restartProcess({ onExit: 'stay' })",
    })
    const id = await w.container()
    const startedAt = await docker('inspect', '--format', '{{.State.StartedAt}}', id)
    await w.dev().printed('begin one as the image says')
    const execs = await execsOf(id, async () => {
      for (const text of ['two', 'three']) {
        await w.edited(() => w.write('src/text.txt', text))
        await w.dev().printed(`begin ${text} as the image says`)
      }
    })
    expect(execs).toEqual([])
    await docker('kill', '--signal', 'USR1', id)
    await w.dev().printed('heard three')

    await w.edited(() => w.write('src/text.txt', 'exit 3'))
    await w.dev().printed('The process ended with exit code 3; the next update starts it again')
    await w.edited(() => w.write('src/text.txt', 'four'))
    await w.dev().printed('begin four')
    await until('no zombies are left', async () => (await w.sh(zombies)) === '0')
    expect(await docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', id)).toBe(`${id} ${startedAt}`)

    const logs = await docker('logs', id)
    const lines = ['begin one', 'end one', 'begin two', 'end two', 'begin three', 'heard three', 'end three']
    const later = ['begin exit 3', 'begin four']
    expect(logs.split('\n').map((line) => line.replace(' as the image says', ''))).toEqual([...lines, ...later])
    for (const line of [...lines, ...later]) expect(w.said(new RegExp(`app │ ${line}(?: as|\\n)`)), line).toBe(1)

    await docker('stop', id)
    await w.dev().printed('end four')
    expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0')
  })

  it('RST-01, RST-02: with another entrypoint, the end of the process ends the container with its exit code', async () => {
    const w = await liveWorld({
      files: nodeFiles,
      imports: "import { customBuildWithRestart, dockerBuildWithRestart } from '@tiltts/extensions/restart-process'",
      build:
        "customBuildWithRestart(REF, 'docker build -t $EXPECTED_REF ./app', { deps: './app', entrypoint: ['node', '/app/src/server.mjs', 'ours'], liveUpdate: STEPS })",
      steps: "sync('./app/src', '/app/src')",
    })
    const id = await w.container()
    await w.dev().printed('begin one ours')
    await w.edited(() => w.write('src/text.txt', 'two'))
    await w.dev().printed('begin two ours')
    expect(await w.container()).toBe(id)
    await w.edited(() => w.write('src/text.txt', 'exit 4'))
    await until('it has ended', async () => (await docker('inspect', '--format', '{{.State.Status}}', id)) === 'exited')
    expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('4')
    w.write('src/text.txt', 'five')
    await w.dev().printed('begin five ours', 30_000)
  })

  it('LU-10: an image of one static program and nothing else takes files in, loses them, and is started again', async () => {
    const w = await liveWorld({
      files: {
        Dockerfile: 'FROM scratch\nCOPY program /program\nCOPY data /data\nUSER 1000\nENTRYPOINT ["/program"]\n',
        'data/text.txt': 'one',
        'data/gone.txt': 'gone',
        'data/check': '1',
      },
      prepare: (folder) => staticProgram(join(folder, 'program')),
      steps:
        "sync('./app/data', '/data'), run('echo x', { trigger: './app/data/check' }), restartProcess({ onExit: 'stay' })",
    })
    const id = await w.container()
    await w.dev().printed('begin one, gone.txt is there')
    await w.edited(() => w.write('data/text.txt', 'two'))
    await w.dev().printed('begin two, gone.txt is there')
    await w.edited(() => w.remove('data/gone.txt'))
    await w.dev().printed('begin two, gone.txt is not there')
    await w.edited(() => w.write('data/deep/er/text.txt', 'three'))
    expect(await w.text('/data/deep/er/text.txt')).toBe('three')
    expect(await w.container()).toBe(id)
    w.write('data/check', '2')
    await w.dev().printed(/Live update not possible: cannot start .*sh.*Building the image instead/)
    await until('another container runs', async () => ![id, ''].includes(await w.container()), 30_000)
  })
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
	there := "is there"
	if _, err := os.Stat("/data/gone.txt"); err != nil {
		there = "is not there"
	}
	fmt.Printf("begin %s, gone.txt %s\\n", strings.TrimSpace(string(text)), there)
	for {
		time.Sleep(time.Hour)
	}
}
`,
  )
  execFileSync('go', ['build', '-o', file, source], { env: { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' } })
}
