import { readFileSync } from 'node:fs'
import { KubeConfig, makeInformer } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { SharedSession } from '../support/shared-session.js'
import { type Shell, shellOf } from '../support/shell.js'
import { clientSession, contextsOf, kubeconfigOf } from './client-session.js'

const patience = { timeout: 20_000, interval: 100 }

interface Target {
  readonly name: string
  readonly state: { readonly terminated?: { readonly error?: string } }
}

/** The JSON values that a text is made of, one after the other; the last may be on its way. */
function jsonValues(text: string): readonly { readonly metadata: { readonly name: string } }[] {
  return text
    .split(/^(?=\{)/m)
    .filter((part) => /^\}\s*$/m.test(part))
    .map((part) => JSON.parse(part))
}

interface Ended {
  readonly error?: string
  readonly finishTime: string
}

/** How evaluations of the config have ended, from what a watch by a template has printed without line ends. */
const endsOf = (text: string): readonly Ended[] => (text.match(/\{[^}]*\}/g) ?? []).map((part) => JSON.parse(part))

/** What programs that are made for Tilt do, step by step, with `tilt` on the PATH. */
describe('clients of Tilt', () => {
  let session: SharedSession
  let shell: Shell
  let port = ''
  beforeAll(async () => {
    session = await clientSession()
    shell = shellOf(session)
    await session.until(() => contextsOf(session).length > 0)
    const [context = ''] = contextsOf(session)
    port = context === 'tilt-default' ? '10350' : context.replace('tilt-', '')
  }, 60_000)
  afterAll(() => session.end())

  it('API-91: an editor follows how evaluations of the config end, and reads the version', async () => {
    expect((await shell.run('tilt version')).out).toMatch(/^v\d+\.\d+\.\d+/)
    const path = `{.status.targets[?(@.name=="tiltfile:update")].state.terminated}`
    const watch = shell.start(`tilt get -o jsonpath='${path}' --watch session Tiltfile`)
    try {
      await expect.poll(() => endsOf(watch.out()).length, patience).toBe(1)
      expect(watch.out()).not.toContain('is broken')
      const config = readFileSync(session.project.path('tilt.config.ts'), 'utf8')
      session.project.write('tilt.config.ts', `${config}throw new Error('the config is broken')\n`)
      await expect.poll(() => endsOf(watch.out()).at(-1)?.error, patience).toContain('the config is broken')
      session.project.write('tilt.config.ts', config)
      await expect.poll(() => endsOf(watch.out()).at(-1)?.error || 'none', patience).toBe('none')
    } finally {
      await watch.end()
    }
  })

  it('API-92: a status line finds the context and watches sessions', async () => {
    const kubeconfig = new KubeConfig()
    kubeconfig.loadFromFile(kubeconfigOf(session))
    const [context = ''] = contextsOf(session)
    kubeconfig.setCurrentContext(context)
    const path = '/apis/tilt.dev/v1alpha1/sessions'
    const list = async () => JSON.parse((await shell.run('tilt get sessions -o json')).out)
    const informer = makeInformer(kubeconfig, path, list)
    let targets: readonly Target[] = []
    informer.on('change', (object) => {
      targets = (object as { readonly status?: { readonly targets?: readonly Target[] } }).status?.targets ?? []
    })
    const stateOf = (target: string): string =>
      Object.keys(targets.find(({ name }) => name === target)?.state ?? {}).join()
    await informer.start()
    try {
      await expect.poll(() => stateOf('broken:update'), patience).toBe('terminated')
      expect(targets.find(({ name }) => name === 'broken:update')?.state.terminated?.error).toContain('exit code 3')
      // The watch, not the list, tells of what comes.
      await shell.run('tilt disable monitoring')
      await expect.poll(() => stateOf('monitoring:serve'), patience).toBe('disabled')
      await shell.run('tilt enable monitoring')
      await expect.poll(() => stateOf('monitoring:serve'), patience).toBe('active')
    } finally {
      await informer.stop()
    }
  })

  it('API-93, API-98: an agent reads the file of contexts, and names host and port before each command', async () => {
    const file = parse(readFileSync(kubeconfigOf(session), 'utf8')) as { contexts: { name: string }[] }
    const contexts = file.contexts.map(({ name }) => name).filter((name) => /^tilt-(default|\d+)$/.test(name))
    expect(contexts).toEqual([port === '10350' ? 'tilt-default' : `tilt-${port}`])
    const tilt = (words: string) => shell.run(`cd / && tilt --host localhost --port ${port} ${words}`)
    const { items } = JSON.parse((await tilt('get uiresource -o json')).out)
    expect(items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toContain('api')
    expect((await tilt('logs api')).out).toContain('api serves')
    expect((await tilt('describe uiresource/broken')).out).toMatch(/Update Status: +error/)
    expect(await tilt('get uiresource nobody -o json')).toMatchObject({ err: expect.stringContaining('not found') })
    expect(await tilt('wait --for=condition=Ready uiresource/api --timeout=20s')).toMatchObject({ code: 0 })
    expect((await tilt('wait --for=condition=Ready uiresource/broken --timeout=1s')).err).toContain('timed out')
    expect(await tilt('trigger job')).toMatchObject({ code: 0 })
    expect(await tilt('disable grafana')).toMatchObject({ code: 0 })
    const enabled = async () =>
      (await tilt(`get uiresources -o jsonpath='{.items[?(@.status.disableStatus.state=="Enabled")].metadata.name}'`))
        .out
    await expect.poll(enabled, patience).not.toContain('grafana')
    expect(await tilt('enable --only api frontend')).toMatchObject({ code: 0 })
    await expect.poll(enabled, patience).toBe('(Tiltfile) api frontend')
    await tilt('enable --all')
  })

  it('API-94: another asks for levels and sources of logs, sets arguments, waits, and dumps the engine', async () => {
    const errors = await shell.run('tilt logs --level error --source build broken')
    expect(errors.out).toContain('exit code 3')
    expect(errors.out).not.toMatch(/^the reason/m)
    expect(await shell.run('tilt args -- --to-edit web')).toMatchObject({ code: 0 })
    await session.until(() => session.dev.stdout().includes('frontend serves web'))
    expect(await shell.run('tilt args --clear')).toMatchObject({ code: 0 })
    expect(await shell.run('tilt wait --for condition=Ready uiresource/api')).toMatchObject({ code: 0 })
    expect(JSON.parse((await shell.run('tilt dump engine')).out)).toBeInstanceOf(Object)
  })

  it('API-95, API-98: a menu bar reads a stream of objects without an end', async () => {
    const watch = shell.start(`tilt get uiresource -w -o json --port ${port}`)
    try {
      const names = () => jsonValues(watch.out()).map(({ metadata }) => metadata.name)
      await expect.poll(names, patience).toContain('job')
      const before = names().length
      expect(await shell.run(`tilt trigger --port ${port} job`)).toMatchObject({ code: 0 })
      await expect.poll(() => names().slice(before), patience).toContain('job')
    } finally {
      await watch.end()
    }
  })

  it('API-96: extensions get names, apply what they are given, patch it, and delete it again and again', async () => {
    const manifest =
      'apiVersion: tilt.dev/v1alpha1\nkind: ConfigMap\nmetadata: {name: of-an-extension}\ndata: {x: "1"}\n'
    expect(await shell.run('tilt apply -f -', manifest)).toMatchObject({ code: 0 })
    expect((await shell.run('tilt get configmap -o name')).out).toMatch(/^configmap\.tilt\.dev\/of-an-extension$/m)
    const value = () => shell.run(`tilt get configmap of-an-extension -o jsonpath='{.data.x}'`)
    expect((await value()).out).toBe('1')
    const patch = `tilt patch configmap of-an-extension -p '{"data":{"x":"2"}}'`
    expect(await shell.run(patch)).toMatchObject({ code: 0 })
    expect((await value()).out).toBe('2')
    const remove = 'tilt delete --ignore-not-found configmap of-an-extension'
    for (const _time of [1, 2]) expect(await shell.run(remove)).toMatchObject({ code: 0 })
    for (const kind of ['kd', 'cmd', 'uiresource', 'portforwards'])
      expect(await shell.run(`tilt get ${kind} -o json`)).toMatchObject({ code: 0 })
    expect((await shell.run('tilt get cmd -o name')).out).toContain('cmd.tilt.dev/api:serve\n')
  })
})
