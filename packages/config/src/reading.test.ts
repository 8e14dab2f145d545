import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { env } from './env.js'
import { localResource } from './local-resource.js'
import { listDir, readFile, readJson, readYaml, readYamlStream, watchFile } from './reading.js'
import { type Evaluated, evaluate } from './testing/evaluate.js'

const files = {
  VERSION: '1.2.3\n',
  'data.json': '{ "a": [1, 2] }',
  'bad.json': '{\n  "a": 1,\n  b: 2\n}',
  'two.json': '{} {}',
  'one.yaml': 'a: 0755\nb: yes\nc: 2001-01-01\nd: 22:22\ne: 0o17\nbase: &b { x: 1 }\nf: { <<: *b, z: 2 }\n',
  'many.yaml': '---\na: 1\n---\n# nothing\n---\nb: 2\n---\n',
  'bad.yaml': 'a: 1\nb: [1, 2\nc: 3\n',
  'services/api/main.go': '',
  'services/web/main.ts': '',
  'services/readme.md': '',
}

/** Evaluates, and returns what the config read, too. */
async function read<T>(config: () => T): Promise<Evaluated & { readonly value: T | undefined }> {
  let value: T | undefined
  const evaluated = await evaluate(
    () => {
      value = config()
    },
    { files },
  )
  return { ...evaluated, value }
}

const failure = async (config: () => unknown): Promise<string | undefined> => (await read(config)).errors[0]?.message

describe('reading files', () => {
  it('FS-01: whatever is read is recorded, also when it does not exist', async () => {
    const { result, folder } = await read(() => {
      readFile('VERSION')
      readFile('missing', '')
      readJson('data.json')
      readYaml('one.yaml')
      readYamlStream('many.yaml')
      listDir('services', { recursive: true })
      watchFile('VERSION')
      watchFile('services')
      watchFile('not/yet')
    })
    const reads = result.reads.map(({ path, kind }) => `${kind} ${path.slice(folder.length + 1)}`)
    expect(reads).toEqual([
      'file tilt.config.ts',
      'file VERSION',
      'file missing',
      'file data.json',
      'file one.yaml',
      'file many.yaml',
      'tree services',
      'tree not/yet',
      'file .tiltignore',
    ])
  })

  it('FS-01: reads up to a failure are recorded', async () => {
    const { result, folder } = await read(() => {
      readFile('VERSION')
      readFile('missing')
      readFile('data.json')
    })
    const paths = result.reads.map((one) => one.path.slice(folder.length + 1))
    expect(paths).toEqual(['tilt.config.ts', 'VERSION', 'missing', '.tiltignore'])
  })

  it('a folder listed without what is below is watched one level deep', async () => {
    const { result, value, folder } = await read(() => listDir('services'))
    expect(value).toEqual([join(folder, 'services/readme.md')])
    expect(result.reads).toContainEqual({ path: join(folder, 'services'), kind: 'tree', depth: 1 })
  })

  it('FS-02: paths that a resource depends on, and what the environment says, are no reads of the config', async () => {
    const { result, folder } = await read(() => {
      localResource('a', { cmd: 'cat VERSION', deps: './services' })
      env('HOME')
    })
    const paths = result.reads.map((one) => one.path.slice(folder.length + 1))
    expect(paths).toEqual(['tilt.config.ts', '.tiltignore'])
  })

  it('FS-03: a missing file yields the fallback, or an error at the call', async () => {
    const { value } = await read(() => [
      readFile('x', 'a'),
      readJson('x', { b: 1 }),
      readYaml('x', []),
      readYamlStream('x', []),
    ])
    expect(value).toEqual(['a', { b: 1 }, [], []])
    const { errors } = await read(() => readFile('x'))
    expect(errors[0]).toMatchObject({
      code: 'config/read-failed',
      message: 'readFile(): x cannot be read: it does not exist',
      hint: 'Check the path, or give a fallback as second argument',
    })
    expect(errors[0]?.places[0]?.file).toContain('reading.test.ts')
  })

  it('FS-03: a folder is no file, with a fallback neither', async () => {
    expect(await failure(() => readFile('services', 'x'))).toBe('readFile(): services cannot be read: it is a folder')
    expect(await failure(() => readFile('' as never))).toBe('readFile(): a path must be a string, but it is ""')
  })

  it('FS-04: listDir gives absolute paths of files, sorted, without folders', async () => {
    const { value, folder } = await read(() => listDir('./services', { recursive: true }))
    expect(value).toEqual(['api/main.go', 'readme.md', 'web/main.ts'].map((name) => join(folder, 'services', name)))
    expect(await failure(() => listDir('nowhere'))).toBe('listDir(): nowhere cannot be read: it does not exist')
    expect(await failure(() => listDir('VERSION'))).toBe('listDir(): VERSION cannot be read: it is no folder')
  })

  it('FS-09: JSON that is broken, or more than one value, is an error at its own line', async () => {
    const { errors, folder } = await read(() => readJson('bad.json'))
    expect(errors[0]?.message).toMatch(/^bad\.json is not JSON: /)
    expect(errors[0]?.places[0]).toMatchObject({ file: join(folder, 'bad.json'), line: 3, column: 3 })
    expect(errors[0]?.places[1]).toMatchObject({ file: expect.stringContaining('reading.test.ts') })
    expect(await failure(() => readJson('two.json'))).toMatch(/^two\.json is not JSON: /)
  })

  it('FS-09: YAML is read as Kubernetes reads it', async () => {
    const { value } = await read(() => readYaml('one.yaml'))
    expect(value).toEqual({
      a: 493,
      b: true,
      c: '2001-01-01',
      d: '22:22',
      e: 15,
      base: { x: 1 },
      f: { x: 1, z: 2 },
    })
  })

  it('FS-09: a file of several YAML documents is read as a stream, without its empty ones', async () => {
    const { errors } = await read(() => readYaml('many.yaml'))
    expect(errors[0]).toMatchObject({
      message: 'many.yaml holds 2 YAML documents, and readYaml() reads one',
      hint: 'Use readYamlStream, which returns all of them',
    })
    const { value } = await read(() => readYamlStream('many.yaml'))
    expect(value).toEqual([{ a: 1 }, { b: 2 }])
  })

  it('FS-09: broken YAML is an error at its own line', async () => {
    const { errors, folder } = await read(() => readYaml('bad.yaml'))
    expect(errors[0]?.message).toMatch(/^bad\.yaml is not YAML: /)
    expect(errors[0]?.places[0]).toMatchObject({ file: join(folder, 'bad.yaml'), line: expect.any(Number) })
    expect(errors[0]?.places[0]?.line).toBeGreaterThan(1)
  })
})
