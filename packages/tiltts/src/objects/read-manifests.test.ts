import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseManifests, readManifests } from './read-manifests.js'

const map = (name: string): string => `apiVersion: tilt.dev/v1alpha1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'tiltts-manifests-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  mkdirSync(join(path, 'inner'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

const names = async (...args: Parameters<typeof readManifests>): Promise<readonly unknown[]> =>
  (await readManifests(...args)).map(({ document }) => document.metadata.name)

describe('objects', () => {
  it('CLI-70: come from files and folders, in YAML and JSON, several a file, with lists taken apart', async () => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: ['c', 'd'].map((name) => ({ apiVersion: 'tilt.dev/v1alpha1', kind: 'ConfigMap', metadata: { name } })),
    })
    const path = folder({
      '1.yaml': `${map('a')}---\n# nothing\n---\n${map('b')}`,
      '2.json': json,
      'notes.txt': 'no object',
      'inner/3.yml': map('e'),
    })
    expect(await names([path])).toEqual(['a', 'b', 'c', 'd'])
    expect(await names([path], { recursive: true })).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await names([join(path, 'inner/3.yml'), join(path, '2.json')])).toEqual(['e', 'c', 'd'])
  })

  it('CLI-70: come from a URL', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/objects' ? 200 : 404
      response.end(map('far'))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await names([`${base}/objects`])).toEqual(['far'])
    await expect(names([`${base}/nothing`])).rejects.toThrow('404')
  })

  it.each([
    ['a: [', 'error parsing here'],
    ['- 1', 'an object is expected'],
    ['metadata: {}', "Object 'Kind' is missing"],
    ['kind: ConfigMap\napiVersion: v1\nmetadata: {}', 'no matches for kind "ConfigMap" in version "v1"'],
    ['kind: Pod\napiVersion: tilt.dev/v1alpha1\nmetadata: {}', 'resource type "Pod"'],
    ['kind: ConfigMap\napiVersion: tilt.dev/v1alpha1', 'has no metadata'],
  ])('%j is refused: %s', async (text, message) => {
    await expect(parseManifests(text, 'here')).rejects.toThrow(message)
  })

  it('that are not there are refused', async () => {
    await expect(names(['/nowhere/x.yaml'])).rejects.toThrow('/nowhere/x.yaml cannot be read')
    await expect(names([folder({})])).rejects.toThrow('no objects passed')
  })
})
