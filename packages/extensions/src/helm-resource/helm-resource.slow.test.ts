import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubernetesObject } from '@tiltts/config'
import { afterAll, describe, expect, it } from 'vitest'
import { evaluate } from '../evaluate.test.support.js'
import { helmResource } from './index.js'

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0
const missing = !works('helm', 'version')
  ? 'no helm (helm version)'
  : works('kubectl', 'get', '--raw', '/readyz')
    ? undefined
    : 'no Kubernetes cluster answers (kubectl get --raw /readyz)'
if (missing !== undefined && (process.env['TILTTS_REQUIRE'] ?? '').split(',').includes('kubernetes')) {
  throw new Error(`TILTTS_REQUIRE names kubernetes, but: ${missing}`)
}

const namespace = `tiltts-helm-resource-${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'tiltts-helm-resource-'))
const kubectl = (...args: readonly string[]): string =>
  execFileSync('kubectl', ['--namespace', namespace, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
const names = (): readonly string[] => kubectl('get', 'configmap', '--output', 'name').trim().split('\n')

/** Runs what the engine would run. */
async function run(argv: readonly string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const [command = '', ...args] = argv
  return { stdout: execFileSync(command, args, { encoding: 'utf8' }), stderr: '', exitCode: 0 }
}

describe.skipIf(missing !== undefined)(`a release of helm${missing ? ` (skipped: ${missing})` : ''}`, () => {
  afterAll(() => {
    spawnSync('kubectl', ['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found'], { stdio: 'ignore' })
    rmSync(folder, { recursive: true })
  })

  it('EXT-46: is installed with its hooks, upgraded by its values, and uninstalled', async () => {
    const values = join(folder, 'dev.yaml')
    mkdirSync(join(folder, 'templates'))
    writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n')
    const head = 'apiVersion: v1\nkind: ConfigMap\n'
    writeFileSync(join(folder, 'templates/a.yaml'), `${head}metadata: {name: own}\ndata: {x: "{{ .Values.x }}"}\n`)
    const hook = '{name: hooked, annotations: {helm.sh/hook: pre-install}}'
    writeFileSync(join(folder, 'templates/hook.yaml'), `${head}metadata: ${hook}\n`)
    writeFileSync(values, 'x: one\n')

    const { collector, graph } = await evaluate(() =>
      helmResource('web', folder, { namespace, createNamespace: true, values }),
    )
    const deploy = graph?.kubernetes?.customDeploys[0]?.deploy
    const command = deploy?.apply.command
    const apply = command !== undefined && 'fn' in command ? collector.functionOf(command.fn) : undefined
    const upgrade = async (): Promise<readonly KubernetesObject[]> =>
      (await apply?.({ exec: run, env: {} } as never)) as readonly KubernetesObject[]

    const [first, ...others] = await upgrade()
    expect(others).toEqual([])
    expect(first).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'own', namespace }, data: { x: 'one' } })
    expect(first?.metadata['uid']).toBe(kubectl('get', 'configmap', 'own', '--output', 'jsonpath={.metadata.uid}'))
    expect(names()).toContain('configmap/hooked')

    writeFileSync(values, 'x: two\n')
    expect(await upgrade()).toMatchObject([{ data: { x: 'two' }, metadata: { uid: first?.metadata['uid'] } }])

    const remove = deploy?.remove.command
    const argv = remove !== undefined && 'argv' in remove ? remove.argv : []
    await run(argv)
    expect(names()).not.toContain('configmap/own')
    // there is nothing left to remove, and that is fine
    await run(argv)
  }, 60_000)
})
