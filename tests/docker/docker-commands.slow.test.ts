import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { composeConfig, docker, dockerProject, service, waits } from './docker-project.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`commands about Docker${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CLI-82: dump image-deploy-ref prints the name and tag by which an image is deployed, without a line end', async () => {
    const project = tempProject({})
    const id = await docker('image', 'inspect', 'busybox:latest', '--format', '{{.Id}}')
    const tag = id.replace('sha256:', '').slice(0, 16)
    expect(await runTiltts(project, ['dump', 'image-deploy-ref', 'busybox:latest'])).toMatchObject({
      code: 0,
      stdout: `busybox:tilt-${tag}`,
    })
    expect(await runTiltts(project, ['dump', 'image-deploy-ref', 'tiltts-no/such:image'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('is not in the local Docker engine'),
    })
    expect(await runTiltts(project, ['dump', 'image-deploy-ref'])).toMatchObject({ code: 2 })
  })

  it('CLI-83: docker hands its arguments on to docker; docker-prune prunes once, as the config has it, and says what it did', async () => {
    const project = await dockerProject(
      `import { dockerBuild, dockerCompose, dockerPruneSettings } from 'tiltts'
dockerCompose('./compose.yaml')
// The engine is shared: nothing on it is that old.
dockerPruneSettings({ maxAge: '87600h' })
dockerBuild('NAME/web', '.', { dockerfileContents: 'FROM busybox' })
`,
      { web: { ...service(waits), image: 'NAME/web' } },
    )
    const named = await runTiltts(project, ['docker', '--', 'images', '--format', '{{.Repository}}', 'busybox:latest'])
    expect(named).toMatchObject({ code: 0, stdout: 'busybox\n' })
    expect(await runTiltts(project, ['docker', 'no-such-command'])).toMatchObject({ code: 1 })
    expect(await runTiltts(project, ['docker-prune'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Docker prune: nothing to remove'),
    })
    await project.door.shut()
    expect(await runTiltts(project, ['docker-prune'])).toMatchObject({ code: 1 })
    project.write('tilt.config.ts', "throw new Error('no config')\n")
    expect(await runTiltts(project, ['docker-prune'])).toMatchObject({ code: 2 })
  })

  it('CLI-87: alpha shell runs in a container of compose, too', async () => {
    const project = await dockerProject(composeConfig, { box: service(`echo up; ${waits}`) })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/resources? (is|are) ready/, 60_000)
    const shell = await runTiltts(project, ['alpha', 'shell', 'box', '--', 'sh', '-c', 'hostname; exit 5'])
    expect(shell.code).toBe(5)
    expect(await project.running('box')).toContain(shell.stdout.trim())
  })

  it('CLI-88: demo writes a project, runs it in containers with live update, and leaves nothing', async () => {
    const project = tempProject({})
    const demo = startTiltts(project, ['demo', '--port', '0', '--no-cluster'])
    await demo.printed(/All 3 resources are ready/, 300_000)
    const [, folder = ''] = /The project is in (\S+)\. /.exec(demo.stdout()) ?? []
    await demo.printed(/visit │ Hello from tiltts: visit 1/)
    const server = join(folder, 'web/server.mjs')
    const [url = ''] = /http:\/\/localhost:\d+/.exec(readFileSync(join(folder, 'tilt.config.ts'), 'utf8')) ?? []
    writeFileSync(server, readFileSync(server, 'utf8').replace('Hello from', 'Edited for'))
    const page = (): Promise<string> => fetch(url).then((answer) => answer.text(), String)
    await until('the edit is live', async () => (await page()).startsWith('Edited for tiltts'), 20_000)
    demo.signal('SIGINT')
    expect(await demo.finished).toMatchObject({ code: 0 })
    const name = folder.slice(folder.lastIndexOf('/') + 1).toLowerCase()
    expect(existsSync(folder)).toBe(false)
    expect(await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`)).toBe('')
    expect(await docker('images', '-q', `${name}/*`)).toBe('')
    expect(await runTiltts(project, ['demo', '--repo', join(project.folder, 'none')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('could not be cloned'),
    })
  }, 420_000)
})
