import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { skipReason } from '../support/requires.js'
import { tempProject } from '../support/temp-project.js'
import { runTiltts } from '../support/tiltts.js'
import { docker } from './live-world.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`builds by compose on a real engine${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('DC-02: a Dockerfile in the compose file, secrets and SSH are built from once, and again after a change of each', async () => {
    const name = `tiltts-inline-${randomBytes(4).toString('hex')}`
    const definition = JSON.stringify({
      name,
      services: {
        app: {
          build: {
            context: './app',
            dockerfile_inline: `FROM busybox\nCOPY a.txt /a\nRUN --mount=type=secret,id=one --mount=type=secret,id=two cat /run/secrets/* > /both\n`,
            secrets: ['one', 'two'],
            ssh: { own: './key' },
          },
          command: 'sleep 1000',
          init: true,
        },
      },
      secrets: { one: { file: './one.txt' }, two: { environment: 'TILTTS_TEST_TWO' } },
    })
    const project = tempProject({
      'tilt.config.ts': "import { dockerCompose } from 'tiltts'\ndockerCompose('./compose.yaml')\n",
      'compose.yaml': definition,
      'app/a.txt': 'a',
      'one.txt': 'one',
    })
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', project.path('key')])
    onTestFinished(async () => {
      await runTiltts(project, ['down'])
      await docker('rmi', '--force', `${name}-app`)
    })
    /** Whether the builder was called. */
    const built = async (two = 'two'): Promise<boolean> => {
      const env = { ...project.env, TILTTS_TEST_TWO: two }
      const { stdout, stderr, code } = await runTiltts({ ...project, env }, ['ci'])
      expect(code, `${stdout}\n${stderr}`).toBe(0)
      return stdout.includes('COPY a.txt')
    }
    expect(await built()).toBe(true)
    expect(await built()).toBe(false)
    project.write('one.txt', 'other')
    expect(await built()).toBe(true)
    expect(await built('other')).toBe(true)
    expect(await built('other')).toBe(false)
  }, 120_000)
})
