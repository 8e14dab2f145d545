import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { ManifestLoad } from '@tiltts/runtime/ports'
import { afterEach, expect, it } from 'vitest'
import { describeWithHelm } from '../testing/needs-helm.js'
import { type RealManifests, realManifests } from '../testing/real-manifests.js'

const never = new AbortController().signal
const open: RealManifests[] = []
const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

async function machine(): Promise<RealManifests> {
  const made = await realManifests()
  open.push(made)
  return made
}
const build = (h: RealManifests, dir: string, flags: readonly string[] = [], bin?: string): Promise<ManifestLoad> =>
  h.manifests.load([{ type: 'kustomize', dir: join(h.dir, dir), flags, ...(bin !== undefined && { bin }) }], never)

describeWithHelm('kustomizations', () => {
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  it('KY-08: reads all files that a kustomization names, and those that they name', async () => {
    const h = await machine()
    await h.write('base/all.yaml', configMap('a'))
    await h.write(
      'base/kustomization.yml',
      'resources: [all.yaml]\nconfigMapGenerator: [{name: g, files: [key=g.txt]}]\n',
    )
    await h.write('base/g.txt', 'x')
    await h.write(
      'part/Kustomization',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonLabels: {tier: back}\n',
    )
    await h.write('dev/patch.yaml', `${configMap('a')}data: {patched: "yes"}\n`)
    await h.write('dev/vars.env', 'A=b\n')
    await h.write(
      'dev/kustomization.yaml',
      [
        'resources: [../base]',
        'components: [../part]',
        'namePrefix: dev-',
        'patches: [{path: patch.yaml}, {patch: "- {op: add, path: /data/inline, value: x}", target: {name: a}}]',
        'secretGenerator: [{name: s, envs: [vars.env]}]',
      ].join('\n'),
    )
    const { documents, diagnostics, reads } = await build(h, 'dev')
    expect(diagnostics).toEqual([])
    expect(documents.find(({ object }) => object.metadata.name === 'dev-a')?.object['data']).toEqual({
      patched: 'yes',
      inline: 'x',
    })
    expect(documents).toHaveLength(3)
    expect(reads.map(({ path }) => relative(h.dir, path)).sort()).toEqual([
      'base/all.yaml',
      'base/g.txt',
      'base/kustomization.yml',
      'dev/kustomization.yaml',
      'dev/patch.yaml',
      'dev/vars.env',
      'part/Kustomization',
    ])
  })

  it('KY-08: is built by kustomize where it is there, else by kubectl, or by what is named', async () => {
    const h = await machine()
    await h.kustomization('kust', configMap('a'))
    await build(h, 'kust', ['--load-restrictor', 'LoadRestrictionsNone'])
    expect(h.started.at(-1)).toBe('kubectl kustomize --load-restrictor LoadRestrictionsNone .')

    const bin = join(h.dir, 'bin')
    await mkdir(bin)
    const script = '#!/bin/sh\n[ "$1" = version ] && echo v5.0.0 && exit\nshift\nexec kubectl kustomize "$@"\n'
    await writeFile(join(bin, 'kustomize'), script, { mode: 0o755 })
    const source = { type: 'kustomize', dir: join(h.dir, 'kust'), flags: [] } as const
    const path = `${bin}:${process.env['PATH']}`
    expect((await h.reopen({ PATH: path }).load([source], never)).documents).toHaveLength(1)
    expect(h.started.at(-1)).toBe('kustomize build .')

    await writeFile(join(bin, 'mine'), script, { mode: 0o755 })
    expect((await build(h, 'kust', [], join(bin, 'mine'))).documents).toHaveLength(1)
    expect(h.started.at(-1)).toBe(`${join(bin, 'mine')} build .`)
    expect(await build(h, 'kust', [], '/none/such')).toMatchObject({
      documents: [],
      diagnostics: [{ code: 'kustomize/missing', hint: 'Mend `bin`, or leave it out' }],
    })
  })

  it('says what cannot be built at the line that names it', async () => {
    const h = await machine()
    await h.write('dev/kustomization.yaml', 'resources:\n- none.yaml\n')
    const { diagnostics, reads } = await build(h, 'dev')
    expect(diagnostics).toMatchObject([
      { code: 'kustomize/failed', places: [{ file: join(h.dir, 'dev/kustomization.yaml'), line: 2, column: 3 }] },
    ])
    expect(reads).toContainEqual({ path: join(h.dir, 'dev/none.yaml'), kind: 'file' })
  })

  it('builds nothing again while no file that goes into it has changed, also in the next session', async () => {
    const h = await machine()
    await h.kustomization('kust', configMap('a'))
    const builds = (): number => h.started.filter((one) => one.startsWith('kubectl kustomize')).length
    await build(h, 'kust')
    const before = h.started.length
    await h.write('kust/other.txt', 'x')
    await build(h, 'kust')
    expect(h.started).toHaveLength(before)
    const source = { type: 'kustomize', dir: join(h.dir, 'kust'), flags: [] } as const
    expect((await h.reopen().load([source], never)).documents).toHaveLength(1)
    expect(builds()).toBe(1)
    await h.write('kust/all.yaml', configMap('b'))
    expect((await build(h, 'kust')).documents[0]?.object.metadata.name).toBe('b')
    expect(builds()).toBe(2)
  })
})
