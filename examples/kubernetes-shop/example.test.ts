import { describe, expect, it } from 'vitest'
import { type KubernetesExample, kubernetesExample } from '../../tests/support/kubernetes-example.js'
import { until } from '../../tests/support/processes.js'
import { skipReason } from '../../tests/support/requires.js'
import { runTiltts, startTiltts } from '../../tests/support/tiltts.js'

const skip = skipReason('docker', 'kubernetes')
const example = (): KubernetesExample => kubernetesExample(import.meta.dirname, 'kubernetes-shop')

const api = 'Fresh every day: bread and apples (queues: orders, mails)'

describe.skipIf(skip !== undefined)(`the example kubernetes-shop${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CI-04, CI-11, PF-01, APPLY-10: ci forwards ports, succeeds when all is ready and leaves it there; a second one writes nothing', async () => {
    const shop = example()
    const ci = startTiltts(shop, ['ci'])
    await ci.printed(/cache │ .*Deployment\/cache/, 90_000)
    // Its pod is there long before those that wait for it.
    await shop.answers(8202, 'bread and apples')
    const { code, stdout: first } = await ci.finished
    expect(code).toBe(0)
    expect(first).toMatch(/migrate │ migrating with bread and apples in stock\n.*migrate │ migrated: 3 tables/)
    expect(first).toContain('queue │ queue listens')
    expect(shop.inside('web', 'wget', '-qO-', 'http://web')).toBe(`Shop | ${api}`)
    expect(shop.get(`queues.${shop.namespace}.example.com`, 'queue', '--output', 'jsonpath={.status.phase}')).toBe(
      'Running',
    )

    const before = shop.versions()
    const second = await shop.ci()
    expect(second).not.toContain('Pushing')
    expect(second).not.toContain('were applied')
    expect(shop.versions()).toBe(before)
  }, 180_000)

  it('LU-02, PF-01, KY-07, DOWN-01: serves by forwards, takes edits into pods, follows new pods, and goes down', async () => {
    const shop = example()
    const dev = await shop.dev()
    await shop.answers(8200, `Shop | ${api}`)
    await shop.answers(8201, api)
    await shop.answers(8202, 'bread and apples')
    await shop.answers(8203, 'queues: orders, mails')
    const [apiPod, webPod, cachePod] = ['api', 'web', 'cache'].map((app) => shop.pods(app))

    shop.write('api/src/slogan.txt', 'Open all night\n')
    await shop.answers(8201, api.replace('Fresh every day', 'Open all night'))
    shop.edit('api/package.json', '"type"', '"version": "2.0.0", "type"')
    await until('the command has run', () => shop.inside('api', 'ls').includes('installed.json'))
    expect(shop.inside('api', 'cat', 'installed.json')).toContain('2.0.0')
    shop.edit('web/server.mjs', "'Shop'", "'Market'")
    await shop.answers(8200, `Market | ${api.replace('Fresh every day', 'Open all night')}`)
    expect([shop.pods('api'), shop.pods('web')]).toEqual([apiPod, webPod])

    // Outside of the live update: another image, another pod, the same port.
    shop.edit('api/Dockerfile', '# Changes', 'ENV A=b\n# Changes')
    await until('another pod serves', () => !shop.pods('api').includes(apiPod?.[0] ?? ''), 30_000)
    await shop.answers(8201, api.replace('Fresh every day', 'Open all night'))

    const built = builds(dev.stdout())
    shop.edit('values.dev.yaml', 'bread and apples', 'cheese')
    await shop.answers(8202, 'cheese')
    expect(shop.pods('cache')).not.toEqual(cachePod)
    expect(builds(dev.stdout())).toBe(built)

    await shop.end(dev)
    expect(shop.get('deployments,services,jobs', '--output', 'name')).toBe('')
  })

  it('CTX-01: is not deployed through a context that may be production', async () => {
    const shop = example()
    const entry = { name: 'live', cluster: { server: 'https://127.0.0.1:1' }, context: { cluster: 'live', user: 'me' } }
    const users = [{ name: 'me', user: {} }]
    shop.write('kubeconfig', JSON.stringify({ clusters: [entry], contexts: [entry], users }))
    const KUBECONFIG = shop.path('kubeconfig')
    const refused = await runTiltts(shop, ['check', '--context', 'live'], { env: { KUBECONFIG } })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("allowK8sContexts('live')") })
  })
})

const builds = (log: string): number => log.split('FROM ').length
