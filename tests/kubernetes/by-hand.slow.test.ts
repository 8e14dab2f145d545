import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import {
  complaints,
  configMap,
  configOf,
  deployment,
  imagesRemovedAfter,
  kubectl,
  kubectlWith,
  luckProject,
  said,
  times,
} from './luck-project.js'

const skip = skipReason('kubernetes')
const counts = `i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.2; done`
const namespaceOf = (name: string): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const kept = (object: object): object => {
  const { metadata, ...rest } = object as { readonly metadata: object }
  return { ...rest, metadata: { ...metadata, annotations: { 'tilt.dev/down-policy': 'keep' } } }
}

/** Gone after the test, whoever has made it. */
function removedAfter(namespace: string): void {
  onTestFinished(async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false', '--ignore-not-found')
  })
}

describe.skipIf(skip !== undefined)(`what others do to a cluster${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('a pod that is evicted or deleted by hand: its successor is followed, and nothing is built or applied', async () => {
    const project = await luckProject(configOf(deployment('api', counts)))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('1 resource is ready', 40_000)
    await dev.printed('line 5.')
    const pod = (await project.kubectl('get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}')).trim()
    const { namespace } = project
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } }
    kubectlWith(eviction, 'create', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, '-f', '-')
    await until('the next pod is heard', () => times(dev.stdout(), 'line 1.') === 2, 20_000)
    await project.kubectl('delete', 'pods', '--all', '--wait=false', '--grace-period=0', '--force')
    await until('the next pod is heard', () => times(dev.stdout(), 'line 1.') === 3, 20_000)
    expect(project.door.asked.filter((text) => text.startsWith('PATCH'))).toHaveLength(1)
    expect(said(dev)).not.toContain('ERROR')
  })

  it('a namespace that is deleted by hand: that is seen, and the next update makes all of it anew', async () => {
    const project = await luckProject('')
    const other = `${project.namespace}-b`
    removedAfter(other)
    const inOther = (object: object): object => {
      const { metadata, ...rest } = object as { readonly metadata: object }
      return { ...rest, metadata: { ...metadata, namespace: other } }
    }
    project.objects(namespaceOf(other), inOther(configMap('settings')), inOther(deployment('api', counts)))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('resources are ready', 40_000)
    await dev.printed('line 3.')
    await kubectl('delete', 'namespace', other, '--wait=true')
    await dev.printed('Deployment/api was removed by something else than tiltts')
    await runTiltts(project, ['trigger', 'uncategorized'])
    await until(
      'the namespace is there',
      async () => (await kubectl('get', 'namespace', other, '--ignore-not-found')) !== '',
      20_000,
    )
    await runTiltts(project, ['trigger', 'api'])
    await until('its pod is heard', () => times(dev.stdout(), 'line 1.') === 2, 30_000)
  })

  it('two sessions in namespaces of their own do not touch each other', async () => {
    const one = await luckProject(configOf(deployment('api', counts), configMap('settings')))
    const two = await luckProject(configOf(deployment('api', counts), configMap('settings')))
    const first = startTiltts(one, ['dev', '--port', '0'])
    const second = startTiltts(two, ['dev', '--port', '0'])
    await Promise.all([first.printed('resources are ready', 60_000), second.printed('resources are ready', 60_000)])
    two.objects(deployment('api', counts))
    await second.printed(/ConfigMap\/settings in .* was deleted/, 30_000)
    const down = await runTiltts(two, ['down'])
    expect(down.code).toBe(0)
    expect(await one.kubectl('get', 'configmap/settings', 'deployment/api', '-o', 'name')).toContain(
      'configmap/settings',
    )
    const before = times(first.stdout(), 'line ')
    await until('the first is still heard', () => times(first.stdout(), 'line ') > before + 3)
    expect(complaints(first)).toEqual([])
  })

  it('GC-05: removes at the start what the config has lost since, but nothing that somebody else has made or made anew', async () => {
    const project = await luckProject(
      configOf(configMap('mine'), configMap('stays'), configMap('taken'), kept(configMap('kept'))),
    )
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
    await project.kubectl('create', 'configmap', 'colleague')
    // Of the same name, but not the one that was applied from here.
    await project.kubectl('delete', 'configmap', 'taken')
    await project.kubectl('create', 'configmap', 'taken')
    project.objects(configMap('stays'))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/ConfigMap\/mine in .* was deleted: its manifests are without it now/, 30_000)
    await dev.printed(/ConfigMap\/kept in .* is left in the cluster: its annotation tilt.dev\/down-policy says so/)
    const left = await project.kubectl('get', 'configmaps', '-o', 'name')
    expect(left).toMatch(/colleague(.|\n)*kept(.|\n)*stays(.|\n)*taken/)
    expect(left).not.toContain('mine')
    dev.signal('SIGINT')
    await dev.finished
  })

  it('DOWN-02: leaves namespaces and what is to be kept, and says so; with --delete-namespaces those go, too', async () => {
    const project = await luckProject('')
    const other = `${project.namespace}-c`
    removedAfter(other)
    project.objects(namespaceOf(other), kept(configMap('kept')), configMap('settings'), deployment('api', counts))
    expect((await runTiltts(project, ['ci'])).code).toBe(0)
    const down = await runTiltts(project, ['down'])
    expect({ code: down.code, stderr: down.stderr }).toMatchObject({ code: 0 })
    expect(down.stdout + down.stderr).toContain(other)
    const left = await project.kubectl('get', 'configmaps,deployments', '-o', 'name')
    expect(left).toContain('configmap/kept')
    expect(left).not.toMatch(/settings|api/)
    expect(await kubectl('get', 'namespace', other, '-o', 'jsonpath={.status.phase}')).toBe('Active')
    expect((await runTiltts(project, ['down', '--delete-namespaces'])).code).toBe(0)
    await until(
      'the namespace goes',
      async () =>
        (await kubectl('get', 'namespace', other, '--ignore-not-found', '-o', 'jsonpath={.status.phase}')) !== 'Active',
    )
  })

  it('Ctrl-C in the middle of an apply: it ends soon, and what was applied is known to the next session', async () => {
    const maps = Array.from({ length: 40 }, (_, index) => configMap(`map-${index}`))
    const project = await luckProject(configOf(...maps))
    project.door.answer(/^PATCH .*map-/, { status: 0, delayMs: 500 })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    const patches = (): number => project.door.asked.filter((text) => /^PATCH .*map-/.test(text)).length
    await until('some are there', () => patches() > 12, 30_000)
    const began = performance.now()
    dev.signal('SIGINT')
    const { code, stderr } = await dev.finished
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' })
    expect(performance.now() - began).toBeLessThan(3000)
    // Nothing of it is in the config now: all that came into the cluster goes.
    project.objects(configMap('last'))
    const next = startTiltts(project, ['dev', '--port', '0'])
    await next.printed('1 resource is ready', 30_000)
    await until(
      'none is left behind',
      async () => !(await project.kubectl('get', 'configmaps', '-o', 'name')).includes('map-'),
      20_000,
    )
  })
})

describe.skipIf(skipReason('kubernetes', 'docker') !== undefined)('a registry that is away', () => {
  it('PUSH-05: the update fails with its address, and nothing is applied', async () => {
    const project = await luckProject(
      `import { dockerBuild } from 'tiltts'\ndockerBuild('NAMESPACE/api', 'api')\n${configOf(deployment('api', counts, {}, { image: 'NAMESPACE/api' }))}`,
      { files: { 'api/Dockerfile': 'FROM busybox\nCOPY . /app\n', 'api/x': '1' } },
    )
    imagesRemovedAfter(project.namespace)
    const hosting = { 'localRegistryHosting.v1': 'host: "127.0.0.1:59321"\n' }
    const metadata = { name: 'local-registry-hosting', namespace: 'kube-public' }
    project.door.answer(/^GET .*local-registry-hosting/, {
      status: 200,
      body: () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: hosting }),
    })
    const { code, stderr } = await runTiltts(project, ['ci'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Error: api: update failed: image .*127\.0\.0\.1:59321/)
    expect(project.door.asked.filter((text) => text.startsWith('PATCH'))).toEqual([])
  })
})
