import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import type { TempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { composeConfig, docker, dockerProject, said, service, times, waits } from './docker-project.js'

const skip = skipReason('docker')
const built = `${composeConfig}dockerBuild('NAME/api', './api')\n`

/** A PATH with nothing on it but these scripts, a shell and node. */
function pathOf(project: TempProject, scripts: Readonly<Record<string, string>>): string {
  const folder = join(project.folder, '..', 'bin')
  mkdirSync(folder)
  symlinkSync('/bin/sh', join(folder, 'sh'))
  symlinkSync(process.execPath, join(folder, 'node'))
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

describe.skipIf(skip !== undefined)(`a machine that is not set up well${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it.each([
    ['no docker command', {}, 'no such command "docker"'],
    [
      'a docker without compose',
      { docker: 'echo "unknown flag: --short" >&2; exit 125' },
      'this docker has no compose plugin',
    ],
    [
      'a compose that is too old',
      { docker: 'exit 1', 'docker-compose': 'echo 1.29.2' },
      'docker-compose is 1.29.2, and 2.2 or later is needed',
    ],
  ])(
    'DCC-05: %s is said with the place of the call and what to install, with exit code 2',
    async (_what, scripts, words) => {
      const project = await dockerProject(composeConfig, { db: service(waits) })
      const end = await runTiltts(project, ['ci'], { env: { PATH: pathOf(project, scripts) } })
      expect(end.code).toBe(2)
      const all = end.stdout + end.stderr
      expect(all).toContain(`compose/missing Docker Compose cannot be used: `)
      expect(all).toContain(words)
      expect(all).toContain('install the Compose plugin of Docker')
      expect(all).toContain('> 2 | dockerCompose(')
      expect(times(all, 'compose/missing')).toBe(1)
    },
  )

  it.each([
    [
      'a context that is not there',
      { DOCKER_HOST: '', DOCKER_CONTEXT: 'tiltts-none' },
      'there is no Docker context "tiltts-none"',
    ],
    [
      'an address where nothing listens',
      { DOCKER_HOST: 'tcp://127.0.0.1:1' },
      'no Docker engine answers at tcp://127.0.0.1:1 (from DOCKER_HOST): connection refused',
    ],
    ['an address of no kind', { DOCKER_HOST: 'nonsense://x' }, 'nonsense://x'],
    [
      'a folder of certificates that is not there',
      { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/none' },
      'tcp://127.0.0.1:1',
    ],
  ])('%s: said once, and nothing is started', async (_what, env, words) => {
    const project = await dockerProject(composeConfig, { db: service(waits) })
    const dev = startTiltts(project, ['dev', '--port', '0'], { env })
    await dev.printed('What needs Docker waits for it')
    expect(times(said(dev), words)).toBe(1)
    expect(said(dev)).not.toContain('compose/')
    dev.signal('SIGINT')
    expect(await dev.finished).toMatchObject({ code: 130 })
    expect(said(dev)).not.toContain('Initial Build')
  })

  it('CI-10: ci names the engine it waits for', async () => {
    const project = await dockerProject(composeConfig, { db: service(waits) })
    const end = await runTiltts(project, ['ci', '--timeout', '6s'], { env: { DOCKER_HOST: 'tcp://127.0.0.1:1' } })
    expect(end.code).toBe(1)
    expect(end.stdout).toMatch(/db +(waiting: )?waiting for the Docker engine: no Docker engine answers at tcp:/)
  })

  it('a name that no image can have, in the config and in the compose file, is an error at its place', async () => {
    const project = await dockerProject(
      `${composeConfig}dockerBuild('NAME/API', './api')\n`,
      { db: service(waits) },
      {
        'api/Dockerfile': 'FROM busybox\n',
      },
    )
    const config = await runTiltts(project, ['ci'])
    expect(config.code).toBe(2)
    expect(config.stdout + config.stderr).toMatch(/config\/invalid-image[\s\S]*tilt\.config\.ts:3:1/)
    project.write('tilt.config.ts', composeConfig)
    project.services({ db: service(waits), web: { image: 'my image' } })
    const compose = await runTiltts(project, ['ci'])
    expect(compose.code).toBe(2)
    expect(compose.stdout + compose.stderr).toMatch(
      /`services\.web\.image`: "my image" cannot name an image\n +compose\.yaml:/,
    )
    expect(await project.container('db')).toBe('')
  })

  it('DC-03: a port that is taken, an image that nobody has and a command that is not there are named', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '0.0.0.0', resolve))
    onTestFinished(() => void taken.close())
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const project = await dockerProject(composeConfig, {
      web: service(waits, { ports: [`${port}:80`] }),
      gone: { image: 'tiltts-no-such-image:1' },
      typo: { image: 'busybox', command: ['nosuchprogram'] },
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(`Update failed: port ${port} is taken by another program`, 40_000)
    await dev.printed('Update failed: tiltts-no-such-image:1 is not on this engine and cannot be pulled: ', 40_000)
    await dev.printed('Update failed: exec: "nosuchprogram": executable file not found in $PATH', 40_000)
    await new Promise((resolve) => taken.close(resolve))
    expect((await runTiltts(project, ['trigger', 'web'])).code).toBe(0)
    await until('it runs', async () => (await project.running('web')) !== '', 20_000)
  })

  it('UP-04, CI-11: Ctrl-C in the middle of a build ends at once, and is no failure', async () => {
    const project = await dockerProject(
      built,
      { api: { image: 'NAME/api' }, db: service(waits) },
      {
        'api/Dockerfile': `FROM busybox\nRUN echo ${Date.now()} first && sleep 30 && echo slept\n`,
      },
    )
    for (const command of ['dev', 'ci']) {
      const tiltts = startTiltts(project, [command, '--port', '0'])
      await tiltts.printed(/first\n/, 30_000)
      await until('db runs', async () => (await project.running('db')) !== '')
      const at = performance.now()
      tiltts.signal('SIGINT')
      expect((await tiltts.finished).code).toBe(130)
      expect(performance.now() - at).toBeLessThan(3000)
      expect(said(tiltts)).not.toMatch(/build-failed|ERROR/)
      expect(await project.running('db')).not.toBe('')
    }
  })

  it('Ctrl-C while a service is waited for ends compose, and the next start goes on from there', async () => {
    const project = await dockerProject(
      "import { dockerCompose } from 'tiltts'\ndockerCompose('./compose.yaml', { wait: true })\n",
      { slow: service(waits, { healthcheck: { test: 'test -e /ok', interval: '300ms', retries: 100 } }) },
    )
    const first = startTiltts(project, ['dev', '--port', '0'])
    await first.printed(/Container .*Started/, 30_000)
    const id = await project.running('slow')
    first.signal('SIGINT')
    expect((await first.finished).code).toBe(130)
    expect(said(first)).not.toMatch(/canceled|ERROR/)
    await docker('exec', id, 'touch', '/ok')
    const second = startTiltts(project, ['dev', '--port', '0'])
    await second.printed('1 resource is ready', 30_000)
    expect(await project.running('slow')).toBe(id)
  })

  it('DOWN-04: down removes what it made; volumes only with --delete-volumes', async () => {
    const project = await dockerProject(composeConfig, {})
    const services = { db: service(`echo 1 >/data/x; ${waits}`, { volumes: ['data:/data'] }) }
    project.services(services, { volumes: { data: {} } })
    const volumes = (): Promise<string> => docker('volume', 'ls', '-q', '--filter', `name=${project.name}_data`)
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
    expect((await runTiltts(project, ['down'])).code).toBe(0)
    expect(await project.container('db')).toBe('')
    expect(await docker('network', 'ls', '-q', '--filter', `name=${project.name}`)).toBe('')
    expect(await volumes()).not.toBe('')
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
    expect((await runTiltts(project, ['down', '--delete-volumes'])).code).toBe(0)
    expect(await volumes()).toBe('')
  })
})
