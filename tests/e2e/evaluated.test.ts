import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.js'
import { runTiltts } from '../support/tiltts.js'

const good = `import { arg, defineArgs, localResource, secret } from 'tiltts'
import { command } from './lib.js'
const cfg = defineArgs({ names: arg.list(arg.string(), { positional: true }) })
console.log('evaluating')
const db = localResource('db', { serveCmd: command, labels: ['backend'], serveEnv: { WORD: secret('swordfish-42') } })
localResource('job', { cmd: 'true', resourceDeps: [db], triggerMode: 'manual', autoInit: false })
`
const bad = `import { localResource } from 'tiltts'\nlocalResource('a', { cmd: 'true', resourceDeps: ['b'] })\n`
const lib = `export const command = 'sleep 1000'\n`

describe('what a config declares', () => {
  it('CLI-85: alpha tiltfile-result prints it as JSON, and what the config prints on stderr with -v', async () => {
    const project = tempProject({ 'tilt.config.ts': good.replace(/^const cfg.*$/m, ''), 'lib.ts': lib })
    const quiet = await runTiltts(project, ['alpha', 'tiltfile-result'])
    expect({ code: quiet.code, stderr: quiet.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(quiet.stdout)).toMatchObject({
      Manifests: [
        { Name: 'db', TriggerMode: 0, ResourceDependencies: [], Labels: { backend: 'backend' } },
        { Name: 'job', TriggerMode: 2, ResourceDependencies: ['db'], SourceTiltfile: '(Tiltfile)' },
      ],
      EnabledManifests: ['db', 'job'],
      ConfigFiles: expect.arrayContaining([project.path('tilt.config.ts'), project.path('lib.ts')]),
      Error: null,
    })
    expect(quiet.stdout).not.toContain('swordfish')
    const loud = await runTiltts(project, ['alpha', 'tiltfile-result', '-v'])
    expect(loud.stdout).toBe(quiet.stdout)
    expect(loud.stderr).toContain('evaluating')
    const chosen = await runTiltts(project, ['alpha', 'tiltfile-result', '--', 'db'])
    expect(JSON.parse(chosen.stdout)).toMatchObject({ EnabledManifests: ['db'] })
  })

  it('CLI-85: its exit code is 5 when something is wrong with the config, which the JSON says, too', async () => {
    const project = tempProject({ 'tilt.config.ts': bad })
    const { code, stdout } = await runTiltts(project, ['alpha', 'tiltfile-result'])
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({ Manifests: [], Error: expect.stringContaining('`b`') })
    expect(await runTiltts(project, ['alpha', 'tiltfile-result', '--no-such-flag'])).toMatchObject({ code: 2 })
  })

  it('config --json prints it in a form of its own, with places, also when something is wrong', async () => {
    const project = tempProject({ 'tilt.config.ts': good.replace(/^const cfg.*$/m, ''), 'lib.ts': lib })
    const { code, stdout } = await runTiltts(project, ['config', '--json', 'db'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      config: project.path('tilt.config.ts'),
      resources: [
        { name: 'db', type: 'local', enabled: true, labels: ['backend'], place: { line: 5 } },
        { name: 'job', enabled: false, triggerMode: 'manual', dependsOn: [{ name: 'db', edge: 'first' }] },
      ],
      context: null,
      diagnostics: [],
    })
    expect(stdout).not.toContain('swordfish')
    expect((await runTiltts(project, ['config'])).stdout).toMatch(/^job +local +true +db *$/m)
    project.write('tilt.config.ts', bad)
    const wrong = await runTiltts(project, ['config', '--json'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('`b`') })
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      resources: [],
      diagnostics: [{ severity: 'error', code: 'config/unknown-resource', place: { line: 2 } }],
    })
  })
})
