import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { terminal } from '../support/terminal.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { deployment, luckProject } from './luck-project.js'

const skip = skipReason('kubernetes')

describe.skipIf(skip !== undefined)(`a shell in a pod${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CLI-87: alpha shell has a terminal of the size of this one in the container of a resource, and its exit code', async () => {
    const project = await luckProject('')
    project.objects(deployment('web'))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/resources? (is|are) ready/, 60_000)

    const { pty, shows, ended } = terminal(project, ['alpha', 'shell', 'web'])
    await shows(/[#$] $/, 20_000)
    pty.write('stty size; tty; echo $((6 * 7)) in $HOSTNAME\r')
    await shows(/30 100[\s\S]*\/dev\/pts\/\d+[\s\S]*42 in web-/)
    pty.resize(70, 20)
    pty.write('sleep 0.3; stty size\r')
    await shows(/20 70/)
    // Ctrl-C ends what runs there, not the shell.
    pty.write('echo sleeps $((1 + 1)); sleep 1000\r')
    await shows(/sleeps 2/)
    pty.write('\x03')
    await shows(/\^C/)
    pty.write('echo still $((1 + 1)) here; exit 7\r')
    await shows(/still 2 here/)
    expect(await ended).toBe(7)

    const piped = await runTiltts(project, [
      'alpha',
      'shell',
      '-c',
      'main',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 3',
    ])
    expect(piped).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' })
    expect(await runTiltts(project, ['alpha', 'shell', 'web', '-c', 'side'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There are: main'),
    })
    expect(await runTiltts(project, ['alpha', 'shell', 'wbe'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There are: web'),
    })
  })
})
