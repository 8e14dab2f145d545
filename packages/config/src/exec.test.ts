import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ExecRequest } from './collector/types.js'
import { exec } from './exec.js'
import { localResource } from './local-resource.js'
import { evaluate } from './testing/evaluate.js'

/** Runs every command in memory: `false` fails, others succeed. */
function machine(): { readonly requests: ExecRequest[]; readonly exec: (request: ExecRequest) => Promise<never> } {
  const requests: ExecRequest[] = []
  const run = async (request: ExecRequest): Promise<unknown> => {
    requests.push(request)
    if (request.argv[0] === 'nowhere') throw new Error('spawn nowhere ENOENT')
    const failed = request.argv.at(-1) === 'false'
    return { stdout: 'out\n', stderr: failed ? 'it broke\n' : '', exitCode: failed ? 3 : 0 }
  }
  return { requests, exec: run as never }
}

describe('exec', () => {
  it('FS-05: runs a text through the shell and a list without, and returns the output as it is', async () => {
    const { requests, exec: run } = machine()
    const results: unknown[] = []
    const { folder } = await evaluate(
      async () => {
        results.push(await exec(' git status '))
        results.push(await exec(['git', 'log'], { dir: './sub', stdin: 'in', quiet: true, echoOff: true }))
      },
      { exec: run },
    )
    expect(results).toEqual([
      { stdout: 'out\n', stderr: '', exitCode: 0 },
      { stdout: 'out\n', stderr: '', exitCode: 0 },
    ])
    expect(requests).toMatchObject([
      { argv: ['sh', '-c', 'git status'], dir: folder, stdin: undefined, quiet: false, echoOff: false },
      { argv: ['git', 'log'], dir: join(folder, 'sub'), stdin: 'in', quiet: true, echoOff: true },
    ])
  })

  it('FS-06: has the environment of the config, with its own on top', async () => {
    const { requests, exec: run } = machine()
    await evaluate(
      async () => {
        process.env['BY_CONFIG'] = 'yes'
        await exec('true', { env: { OWN: 1, TILT_PORT: 'mine', GONE: undefined } })
      },
      { exec: run, env: { TILT_PORT: '10350', TILT_HOST: 'localhost' } },
    )
    expect(requests[0]?.env).toMatchObject({ BY_CONFIG: 'yes', OWN: '1', TILT_PORT: 'mine', TILT_HOST: 'localhost' })
    expect(requests[0]?.env).not.toHaveProperty('GONE')
  })

  it('FS-05: rejects at the call when the command fails, with output that was not shown yet', async () => {
    const { exec: run } = machine()
    const shown = await evaluate(() => exec('false'), { exec: run })
    expect(shown.errors).toMatchObject([
      { code: 'config/exec-failed', message: '`false` exited with code 3', places: [{ file: expect.any(String) }] },
    ])
    const quiet = await evaluate(() => exec(['run', 'false'], { quiet: true }), { exec: run })
    expect(quiet.errors[0]?.message).toBe('`run false` exited with code 3\nout\nit broke')
    const started = await evaluate(() => exec(['nowhere']), { exec: run })
    expect(started.errors[0]?.message).toBe('`nowhere` could not be run: spawn nowhere ENOENT')
    const empty = await evaluate(() => exec(''), { exec: run })
    expect(empty.errors[0]?.message).toContain('exec(): expected a command')
  })

  it('resolves all the same with allowFailure', async () => {
    const { exec: run } = machine()
    let code: number | undefined
    const { errors } = await evaluate(
      async () => {
        code = (await exec('false', { allowFailure: true })).exitCode
        localResource('a', { cmd: 'true' })
      },
      { exec: run },
    )
    expect(code).toBe(3)
    expect(errors).toEqual([])
  })

  it('EVAL-21: checks its options', async () => {
    const { exec: run } = machine()
    const { errors } = await evaluate(() => exec('true', { cwd: '.' } as never), { exec: run })
    expect(errors[0]?.message).toBe('exec("true") has no option `cwd`')
  })
})
