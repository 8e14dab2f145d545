import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { composeConfig, docker, dockerProject, said, service, times, waits } from './docker-project.js'

const skip = skipReason('docker')
describe.skipIf(skip !== undefined)(`an engine that goes away${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('is asked until it comes, which is said once; then all starts by itself', async () => {
    const project = await dockerProject(composeConfig, { db: service(waits) })
    await project.door.shut()
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('no Docker engine answers')
    await sleep(3000)
    expect(times(said(dev), 'no Docker engine answers')).toBe(1)
    expect(times(dev.stdout(), 'Starting db')).toBe(0)
    await project.door.open()
    await dev.printed('1 resource is ready', 30_000)
    expect(times(said(dev), 'Docker answers again')).toBe(1)
    expect(await project.running('db')).not.toBe('')
  })

  it('in the middle of a build: the build begins again when it comes back', async () => {
    const project = await dockerProject(
      `${composeConfig}dockerBuild('NAME/api', './api')\n`,
      { api: { image: 'NAME/api' } },
      {
        'api/Dockerfile': `FROM busybox\nRUN echo ${Date.now()} first && sleep 3 && echo slept\nCMD ["sh", "-c", "echo hello; ${waits}"]\n`,
      },
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/first\n/)
    await project.door.shut()
    await dev.printed('no Docker engine answers')
    await sleep(1500)
    await project.door.open()
    await dev.printed('1 resource is ready', 40_000)
    await dev.printed('hello')
    expect(times(said(dev), 'no Docker engine answers')).toBe(1)
    expect(times(said(dev), 'Docker answers again')).toBe(1)
    expect(times(dev.stdout(), 'Update failed')).toBe(0)
  })

  it('while containers run, which go on and are heard in full', async () => {
    const project = await dockerProject(composeConfig, {
      api: service(`i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.05; done`),
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 10.', 30_000)
    const id = await project.running('api')
    await project.door.shut()
    await dev.printed('no Docker engine answers')
    await sleep(1500)
    await project.door.open()
    await dev.printed('Docker answers again', 30_000)
    const lines = (): string[] => dev.stdout().match(/line \d+\./g) ?? []
    const before = lines().length
    await until('more is heard', () => lines().length > before + 20)
    expect(lines()).toEqual(lines().map((_, index) => `line ${index + 1}.`))
    expect(await project.running('api')).toBe(id)
    expect(times(dev.stdout(), 'Initial Build')).toBe(1)
  })

  it('in the middle of bringing a service up: it is brought up when the engine is back', async () => {
    const project = await dockerProject(composeConfig, {
      slow: service(waits, { healthcheck: { test: 'test -e /ok', interval: '300ms', retries: 100 } }),
    })
    project.write(
      'tilt.config.ts',
      "import { dockerCompose } from 'tiltts'\ndockerCompose('./compose.yaml', { wait: true })\n",
    )
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/Container .*Started/, 30_000)
    await project.door.shut()
    await dev.printed('no Docker engine answers')
    await sleep(1000)
    await docker('exec', await project.running('slow'), 'touch', '/ok')
    await project.door.open()
    await dev.printed('1 resource is ready', 40_000)
    expect(times(dev.stdout(), 'Update failed')).toBe(0)
    expect(times(said(dev), 'no Docker engine answers')).toBe(1)
  })
})
