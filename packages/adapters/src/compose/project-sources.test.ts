import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type ProjectSources, readSources } from './project-sources.js'

const made: string[] = []
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function project(files: Readonly<Record<string, string>>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-sources-')))
  made.push(dir)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  return dir
}

const readsOf = (dir: string, { texts }: ProjectSources): readonly string[] =>
  [...texts.keys()].map((path) => path.slice(dir.length + 1)).sort()

describe('readSources', () => {
  it('DCC-01: finds all that files include, extend and take variables from, also what is not there', async () => {
    const dir = project({
      'compose.yaml': [
        'include:',
        '  - sub/compose.yaml',
        '  - path: [other/a.yaml, other/b.yaml]',
        '    project_directory: other/dir',
        '    env_file: other/own.env',
        'services:',
        '  web:',
        '    extends: {file: base/$KIND.yaml, service: base}',
        '    env_file: [web.env, {path: web-local.env, required: false}]',
      ].join('\n'),
      '.env': 'KIND=web\n',
      'sub/compose.yaml': 'services: {s: {image: x, env_file: s.env}}',
      'other/a.yaml': 'services: {o: {image: x, env_file: o.env}}',
      'base/web.yaml': 'services: {base: {image: x, env_file: [base.env]}}',
    })
    const found = await readSources({ dir, files: [join(dir, 'compose.yaml')] }, {})
    expect(readsOf(dir, found)).toEqual([
      '.env',
      'base/base.env',
      'base/web.yaml',
      'compose.yaml',
      'other/a.yaml',
      'other/b.yaml',
      'other/dir/o.env',
      'other/own.env',
      'sub/.env',
      'sub/compose.yaml',
      'sub/s.env',
      'web-local.env',
      'web.env',
    ])
    expect(found.remote).toBe(false)
    const missing = found.references.filter(({ exists, required }) => !exists && required)
    expect(missing.map(({ path, kind, place }) => [path.slice(dir.length + 1), kind, place?.line])).toContainEqual([
      'other/b.yaml',
      'include',
      3,
    ])
  })

  it('DCC-01: reads the env file of the project in place of .env, and the environment above both', async () => {
    const dir = project({ 'compose.yaml': 'services: {}', '.env': 'A=1', 'own.env': 'A=2\nB=2\n' })
    const ref = { dir, files: [join(dir, 'compose.yaml')], envFile: join(dir, 'own.env') }
    const found = await readSources(ref, { B: '3' })
    expect(found.variables).toEqual({ A: '2', B: '3' })
    expect(readsOf(dir, found)).toEqual(['compose.yaml', 'own.env'])
  })

  it('sees what comes from elsewhere, and survives files that include each other or are no YAML', async () => {
    const dir = project({
      'a.yaml': 'include: [b.yaml, "oci://registry/project"]',
      'b.yaml': 'include: [a.yaml, c.yaml]',
      'c.yaml': 'services: [',
    })
    const found = await readSources({ dir, files: [join(dir, 'a.yaml')] }, {})
    expect(found.remote).toBe(true)
    expect(found.sources.map(({ syntax }) => syntax !== undefined)).toEqual([false, false, true])
  })
})
