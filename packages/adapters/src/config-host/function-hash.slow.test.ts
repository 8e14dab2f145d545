import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltHost, buildHost } from './testing/build-host.js'
import { type RealHost, realHost } from './testing/real-host.js'

let built: BuiltHost
let real: RealHost
let base: string
beforeAll(async () => {
  built = await buildHost()
  real = await realHost(built, { keepStandby: true })
  await real.write(project)
  base = await hash()
})
afterAll(async () => {
  await real.close()
  await built.remove()
})

const project: Readonly<Record<string, string>> = {
  'tilt.config.ts': `import { exec, localResource, readFile } from 'tiltts'
import { deploy } from './lib/deploy.js'
import { other } from './lib/other.js'

const region = 'north'
const version = readFile('./VERSION').trim()
const sha = (await exec('cat SHA', { quiet: true })).stdout
const unrelated = other()
function target(): string {
  return region + version
}

const db = localResource('db', { cmd: 'db-migrate' })
localResource('web', {
  // The one that is looked at.
  cmd: async (ctx) => {
    ctx.log(target())
    await deploy(ctx.resource)
  },
  resourceDeps: [db],
  labels: ['one'],
})
localResource('sha', { cmd: () => sha })
localResource('also', { cmd: () => 'also' + unrelated })
`,
  'lib/deploy.ts':
    "import { step } from './step'\nexport const deploy = async (name: string): Promise<string> => step(name)\n",
  'lib/step.ts': 'export const step = (name: string): string => name.toUpperCase()\n',
  'lib/other.ts': 'export const other = (): string => "other"\n',
  VERSION: '1.0\n',
  SHA: 'abc\n',
}

async function hash(name = 'web', args: readonly string[] = []): Promise<string> {
  const { result, complaints } = await real.evaluate({ args })
  const found = result.graph?.resources.find((resource) => resource.name === name)?.cmd?.command
  if (found === undefined || !('fn' in found)) throw new Error(`no function in ${name}: ${complaints.join()}`)
  return found.fn.hash
}

/** The hash after one file was changed, which is put back afterwards. */
async function after(file: string, from: string, to: string, name = 'web'): Promise<string> {
  const text = project[file] ?? ''
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  await real.write({ [file]: text.replace(from, to) })
  try {
    return await hash(name)
  } finally {
    await real.write({ [file]: text })
  }
}

describe('the hash of a function', () => {
  it('is the same in another process', async () => {
    expect(await hash()).toBe(base)
  })

  it.each([
    ['a comment', 'tilt.config.ts', '// The one', '// This one'],
    ['empty lines above it', 'tilt.config.ts', 'const region', '\n\n\nconst region'],
    ['its own labels', 'tilt.config.ts', "labels: ['one']", "labels: ['two', 'three']"],
    ['a resource it depends on', 'tilt.config.ts', "'db-migrate'", "'db-migrate --all'"],
    ['another function', 'tilt.config.ts', "'also' +", "'ALSO' +"],
    ['a constant it does not use', 'tilt.config.ts', 'const unrelated = other()', 'const unrelated = other() + 1'],
    [
      'a resource more',
      'tilt.config.ts',
      "localResource('also'",
      "localResource('new', { cmd: 'x' })\nlocalResource('also'",
    ],
    ['a module it does not use', 'lib/other.ts', '"other"', '"else"'],
    ['what a command it cannot see said', 'SHA', 'abc', 'def'],
  ])('stays when %s changes', async (_what, file, from, to) => {
    expect(await after(file, from, to)).toBe(base)
  })

  it.each([
    ['its own text', 'tilt.config.ts', 'ctx.log(target())', "ctx.log(target() + '!')"],
    ['a constant that it reaches through a function', 'tilt.config.ts', "'north'", "'south'"],
    ['a function that it calls', 'tilt.config.ts', 'return region + version', 'return version + region'],
    ['a module that it imports', 'lib/deploy.ts', 'step(name)', 'step(name + name)'],
    ['a module behind that module', 'lib/step.ts', 'toUpperCase', 'toLowerCase'],
    ['a file whose content it reaches', 'VERSION', '1.0', '1.1'],
  ])('changes with %s', async (_what, file, from, to) => {
    expect(await after(file, from, to)).not.toBe(base)
  })

  it('changes with the arguments', async () => {
    const [one, two] = [await hash('web', ['one']), await hash('web', ['two'])]
    expect(new Set([base, one, two]).size).toBe(3)
  })

  it('changes with the output of a command that it reaches', async () => {
    const before = await hash('sha')
    expect(await after('SHA', 'abc', 'def', 'sha')).not.toBe(before)
    expect(await after('VERSION', '1.0', '1.1', 'sha')).toBe(before)
  })
})
