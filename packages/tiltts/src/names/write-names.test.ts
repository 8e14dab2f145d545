import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNames } from './write-names.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiltts-names-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const text = (): Promise<string> => readFile(join(folder, '.tiltts/names.d.ts'), 'utf8')
const names = async (): Promise<readonly string[]> =>
  [...(await text()).matchAll(/^ {4}(".*"): true$/gm)].map(([, name = '']) => JSON.parse(name) as string)

describe('writeNames', () => {
  it('writes the names, sorted, as an augmentation of what configs import', async () => {
    await writeNames(folder, ['web', 'api'], { reset: false })
    expect(await text()).toMatchInlineSnapshot(`
      "// Written by tiltts: the names of resources it has seen. \`tiltts types --reset\` forgets those that are gone.
      export {}

      declare module 'tiltts' {
        interface ResourceNames {
          "api": true
          "web": true
        }
      }
      "
    `)
  })

  it('keeps names seen before, until told to forget them', async () => {
    await writeNames(folder, ['web', 'api'], { reset: false })
    await writeNames(folder, ['db'], { reset: false })
    expect(await names()).toEqual(['api', 'db', 'web'])
    await writeNames(folder, ['db'], { reset: true })
    expect(await names()).toEqual(['db'])
  })

  it('writes nothing when nothing is new', async () => {
    await writeNames(folder, ['api'], { reset: false })
    const before = await stat(join(folder, '.tiltts/names.d.ts'), { bigint: true })
    await writeNames(folder, ['api'], { reset: false })
    await writeNames(folder, [], { reset: false })
    const after = await stat(join(folder, '.tiltts/names.d.ts'), { bigint: true })
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs])
  })

  it('leaves no other file behind, and keeps the folder out of git', async () => {
    await writeNames(folder, ['api'], { reset: false })
    await writeNames(folder, ['web'], { reset: false })
    expect((await readdir(join(folder, '.tiltts'))).sort()).toEqual(['.gitignore', 'names.d.ts'])
    expect(await readFile(join(folder, '.tiltts/.gitignore'), 'utf8')).toBe('*\n')
  })

  it('leaves a folder that is there as it is: whoever wants the file in git removes .gitignore', async () => {
    await mkdir(join(folder, '.tiltts'))
    await writeNames(folder, ['api'], { reset: false })
    expect(await readdir(join(folder, '.tiltts'))).toEqual(['names.d.ts'])
  })

  it('says so when it cannot write', async () => {
    await writeNames(folder, ['api'], { reset: false })
    await expect(writeNames(join(folder, '.tiltts/names.d.ts'), ['x'], { reset: false })).rejects.toThrow('ENOTDIR')
  })

  it('remembers any name', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string(), { maxLength: 5 }),
        fc.uniqueArray(fc.string(), { maxLength: 5 }),
        async (first, second) => {
          await writeNames(folder, first, { reset: true })
          await writeNames(folder, second, { reset: false })
          expect(await names()).toEqual([...new Set([...first, ...second])].sort())
        },
      ),
      { numRuns: 50 },
    )
  })
})
