import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exec } from '../exec.js'
import { localResource } from '../local-resource.js'
import { warn } from '../messages.js'
import { readFile } from '../reading.js'
import { evaluate } from '../testing/evaluate.js'
import { createCollector, installCollector } from './index.js'
import { installedCollector } from './install.js'
import { ignorePatterns } from './tiltignore.js'

const anything = (value: unknown): never => value as never
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const slowExec = async (): Promise<never> => {
  await after(20)
  return { stdout: '', stderr: '', exitCode: 0 } as never
}
const failingExec = async (): Promise<never> => {
  await after(5)
  throw new Error('it broke')
}

describe('an evaluation', () => {
  it('only records what is declared; its result is plain data', async () => {
    const { result } = await evaluate(() => {
      localResource('a', { cmd: 'true', serveCmd: () => undefined, labels: 'x' })
      localResource('b', { cmd: ['x'] })
    })
    expect(JSON.parse(JSON.stringify(result.graph)).resources).toMatchObject([{ name: 'a' }, { name: 'b' }])
    expect(structuredClone(result)).toEqual(result)
  })

  it('keeps the order of declaration', async () => {
    const names = ['z', 'a', 'm']
    const { graph } = await evaluate(() => {
      for (const name of names) localResource(name, { cmd: 'true' })
    })
    expect(graph().resources.map((node) => node.name)).toEqual(names)
  })

  it('knows what was read before a failure, the main config and .tiltignore among it', async () => {
    const { result, folder } = await evaluate(() => {
      readFile('first', '')
      throw new Error('stop')
    })
    expect(result.reads.map((read) => read.path)).toEqual(
      ['tilt.config.ts', 'first', '.tiltignore'].map((name) => join(folder, name)),
    )
    expect(result.declared).toBeUndefined()
  })

  it('shows complaints in order of place, and those without one last', async () => {
    const { result } = await evaluate(
      () => {
        const late = (): void => warn('third')
        warn('first')
        localResource('a', anything({ comand: 1, cmd: 'true' }))
        late()
      },
      { args: ['--unknown'] },
    )
    expect(result.diagnostics.map((found) => found.message)).toEqual([
      'third',
      'first',
      "localResource('a') has no option `comand`",
      'No argument is called --unknown',
    ])
  })

  it('is told of reads as they happen, each once', async () => {
    const told: string[] = []
    const { folder } = await evaluate(
      () => {
        readFile('a', '')
        readFile('a', '')
      },
      { onRead: (read) => told.push(read.path) },
    )
    expect(told.filter((path) => path === join(folder, 'a'))).toHaveLength(1)
  })

  it('takes no declarations after its end, but lets functions read', async () => {
    let later: (() => void) | undefined
    const { collector } = await evaluate(() => {
      later = () => void localResource('late', { cmd: 'true' })
      localResource('a', { cmd: 'true' })
    })
    const uninstall = installCollector(collector)
    expect(later).toThrow('localResource() was called after the config had been evaluated')
    expect(readFile('x', 'fallback')).toBe('fallback')
    expect(() => readFile('x')).toThrow('readFile(): x cannot be read: it does not exist')
    uninstall()
  })
})

describe('the collector', () => {
  it('stands on the global object, so that two copies of the package agree', () => {
    const collector = createCollector(anything({ mainPath: '/x/tilt.config.ts', places: () => [] }))
    const uninstall = installCollector(collector)
    expect(Reflect.get(globalThis, Symbol.for('tiltts.collector'))).toBe(collector)
    uninstall()
    expect(installedCollector()).toBeUndefined()
  })

  it('is missed outside of tiltts, with a message that says what to do', () => {
    expect(() => localResource('a', { cmd: 'true' })).toThrow(
      'localResource() works only in a config that tiltts runs. Start it with `tiltts dev`',
    )
  })
})

describe('promises', () => {
  it('that nobody awaits are waited for and reported, with their place', async () => {
    let done = false
    const { errors } = await evaluate(
      () => {
        localResource('a', { cmd: 'true' })
        void exec('one')
      },
      {
        exec: async () => {
          await after(20)
          done = true
          return { stdout: '', stderr: '', exitCode: 0 }
        },
      },
    )
    expect(done).toBe(true)
    expect(errors).toMatchObject([
      {
        code: 'config/unawaited',
        message: 'Nobody awaited the promise of exec()',
        hint: 'Write: await exec(…)',
        places: [{ file: expect.stringContaining('collector.test.ts') }],
      },
    ])
  })

  it('that nobody awaits and that fail are reported with their reason, and end no process', async () => {
    const { errors } = await evaluate(
      () => {
        localResource('a', { cmd: 'true' })
        void exec('one')
      },
      { exec: failingExec },
    )
    expect(errors.map((error) => error.message)).toEqual([
      'Nobody awaited the promise of exec(), and it failed: `one` could not be run: it broke',
    ])
  })

  it.each<[string, () => unknown]>([
    ['await', async () => void (await exec('x'))],
    ['then', () => exec('x').then(() => undefined)],
    ['catch', () => void exec('x').catch(() => undefined)],
    ['finally', () => exec('x').finally(() => undefined)],
    ['Promise.all', () => Promise.all([exec('x'), exec('y')])],
    ['a returned promise', () => exec('x')],
    ['a helper of the user', async () => void (await (async () => exec('x'))())],
  ])('are taken by %s', async (_, use) => {
    const { errors } = await evaluate(
      () => {
        localResource('a', { cmd: 'true' })
        return use()
      },
      { exec: slowExec },
    )
    expect(errors).toEqual([])
  })

  it('keep an evaluation open through the continuations of a function that nobody awaited', async () => {
    const { graph } = await evaluate(
      () => {
        const main = async (): Promise<void> => {
          await exec('one')
          localResource('a', { cmd: 'true' })
          await exec('two')
          localResource('b', { cmd: 'true' })
        }
        void main()
      },
      { exec: slowExec },
    )
    expect(graph().resources.map((node) => node.name)).toEqual(['a', 'b'])
  })

  it('are not waited for when the evaluation stopped; one not awaited so far is a warning then', async () => {
    const { errors, warnings } = await evaluate(
      () => {
        const { stdout } = exec('git status') as unknown as { readonly stdout: string }
        stdout.trim()
      },
      { exec: () => new Promise(() => undefined) },
    )
    expect(errors).toMatchObject([{ code: 'config/threw' }])
    expect(warnings).toMatchObject([{ code: 'config/unawaited' }])
  })

  it('reject with the place of the call when they are awaited', async () => {
    const { errors } = await evaluate(async () => void (await exec('one')), { exec: failingExec })
    expect(errors).toMatchObject([{ code: 'config/exec-failed' }])
  })
})

describe('.tiltignore', () => {
  it('IGN-06: is read beside the main config, and watched also when there is none', async () => {
    const config = (): void => void localResource('a', { cmd: 'true' })
    const none = await evaluate(config)
    expect(none.graph().watchIgnores).toEqual([])
    expect(none.result.reads).toContainEqual({ path: join(none.folder, '.tiltignore'), kind: 'file' })
    const some = await evaluate(config, { files: { '.tiltignore': '# generated\n\n  dist/ \n!dist/keep\r\n' } })
    expect(some.graph().watchIgnores).toEqual([{ basePath: some.folder, patterns: ['dist/', '!dist/keep'] }])
  })

  it('IGN-06: is read at the end, so that what the config writes there counts', async () => {
    const { writeFileSync } = await import('node:fs')
    const { dirname } = await import('node:path')
    const { graph } = await evaluate(() => {
      localResource('a', { cmd: 'true' })
      const mainPath = installedCollector()?.options.mainPath ?? ''
      writeFileSync(join(dirname(mainPath), '.tiltignore'), 'late')
    })
    expect(graph().watchIgnores).toMatchObject([{ patterns: ['late'] }])
  })

  it('has the syntax of .dockerignore: comments only at the start of a line, blanks trimmed', () => {
    expect(ignorePatterns('\uFEFFa\n#b\n #c\n\t\nd # e\n')).toEqual(['a', '#c', 'd # e'])
  })
})

describe('sources of ignore rules', () => {
  it('IGN-04: stay apart, each with its own base folder', async () => {
    const { resource, graph } = await evaluate(
      () => void localResource('a', { cmd: 'true', deps: './src', ignore: ['!keep', '*.tmp'] }),
      { files: { '.tiltignore': 'keep' } },
    )
    expect(resource('a').ignores.map((rule) => rule.patterns)).toEqual([
      ['!keep', '*.tmp'],
      ['.git', '**/.tiltts'],
    ])
    expect(graph().watchIgnores.map((rule) => rule.patterns)).toEqual([['keep']])
  })
})
