import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dotenv } from './dotenv.js'
import { env } from './env.js'
import { localResource } from './local-resource.js'
import { evaluate } from './testing/evaluate.js'

const files = {
  '.env': '# settings\nA=1\nexport B="two\nlines"\nC=\'#3\' # note\nPRESENT=file\n\n',
  '.env.local': 'A=local\nthis is wrong\nB=2\n',
}

describe('dotenv', () => {
  it('returns the values, and puts those not yet set into the environment of all commands', async () => {
    let seen: unknown
    const { graph, result, folder } = await evaluate(
      () => {
        localResource('a', { cmd: 'true' })
        seen = [dotenv(), env('A'), env('PRESENT')]
      },
      { files, env: { PRESENT: 'shell' } },
    )
    expect(seen).toEqual([{ A: '1', B: 'two\nlines', C: '#3', PRESENT: 'file' }, '1', 'shell'])
    expect(graph().env).toEqual({ A: '1', B: 'two\nlines', C: '#3' })
    expect(result.reads).toContainEqual({ path: join(folder, '.env'), kind: 'file' })
  })

  it('overrides what is set when told so, and touches nothing with apply: false', async () => {
    const { graph } = await evaluate(
      () => {
        localResource('a', { cmd: 'true' })
        dotenv('.env', { override: true })
      },
      { files, env: { PRESENT: 'shell' } },
    )
    expect(graph().env['PRESENT']).toBe('file')
    const read = await evaluate(
      () => {
        localResource('a', { cmd: 'true' })
        dotenv('.env', { apply: false })
      },
      { files },
    )
    expect(read.graph().env).toEqual({})
  })

  it('warns of a line that sets nothing, at its place, and of a named file that is not there', async () => {
    const { warnings, result, folder } = await evaluate(
      () => {
        dotenv('.env.local')
        dotenv('.env.missing')
      },
      { files },
    )
    expect(warnings.map((warning) => warning.message)).toEqual(
      expect.arrayContaining([
        `${join(folder, '.env.local')}: \`this is wrong\` sets nothing`,
        'dotenv(): .env.missing does not exist, so it sets nothing',
      ]),
    )
    expect(warnings.flatMap((warning) => warning.places).find((place) => place.file.endsWith('.env.local'))?.line).toBe(
      2,
    )
    expect(result.reads).toContainEqual({ path: join(folder, '.env.missing'), kind: 'file' })
  })

  it('is quiet when there is no .env', async () => {
    let values: unknown
    const { warnings } = await evaluate(() => {
      values = dotenv()
    })
    expect(values).toEqual({})
    expect(warnings).toEqual([])
  })
})

describe('the environment', () => {
  it('FS-07: what the config sets reaches all commands, and the next evaluation does not see it', async () => {
    const first = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      process.env['ADDED'] = 'yes'
      expect(env('ADDED')).toBe('yes')
    })
    expect(first.graph().env).toEqual({ ADDED: 'yes' })
    const second = await evaluate(() => {
      localResource('a', { cmd: 'true' })
    })
    expect(second.graph().env).toEqual({})
  })

  it('env has a fallback for what is not set', async () => {
    await evaluate(
      () => {
        expect([env('SET'), env('SET', 'x'), env('UNSET'), env('UNSET', 'x')]).toEqual(['1', '1', undefined, 'x'])
      },
      { env: { SET: '1', UNSET: undefined } },
    )
  })
})
