import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { livePods } from './live-pods-world.js'

const skip = skipReason('docker', 'kubernetes')

/** Each run counts itself in a volume, says a hundred lines at once, and ends. */
const restless =
  'n=$(cat /data/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > /data/n; i=0; while [ $i -lt 100 ]; do echo "said-$n-$i."; i=$((i+1)); done; [ $n -ge 3 ] && sleep 1000; exit 1'

describe.skipIf(skip !== undefined)(`logs and forwards of a real cluster${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('LOG-01: all lines of all runs of containers that are restarted are there, each once', async () => {
    const w = await livePods({
      files: {
        Dockerfile: `FROM busybox:latest\nCOPY src /app/src\nCMD ["sh", "-c", ${JSON.stringify(restless)}]\n`,
        'src/a.txt': 'one',
      },
      steps: "sync('api/src', '/app/src')",
      containers: { main: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } },
      pod: {
        volumes: [{ name: 'data', emptyDir: {} }],
        initContainers: [{ name: 'first', image: 'IMAGE', command: ['sh', '-c', 'echo init-said.'] }],
      },
    })
    await w.start()
    await w.dev().printed('said-3-99.', 60_000)
    await sleep(500)
    const said = w.dev().stdout()
    const times = (text: string): number => said.split(text).length - 1
    for (let each = 1; each <= 3; each++)
      for (let line = 0; line < 100; line++) expect(times(`said-${each}-${line}.`)).toBe(1)
    expect(times('init-said.')).toBe(1)
  }, 120_000)

  it('PF-01: requests through a forward fail only while their own pod goes, and reach the next one by themselves', async () => {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const w = await livePods({
      files: {
        Dockerfile: 'FROM busybox:latest\nCOPY www /www\nCMD ["httpd", "-f", "-p", "8080", "-h", "/www"]\n',
        'www/index.html': 'here',
      },
      steps: "sync('api/www', '/www')",
      containers: { main: { readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } } },
      more: `k8sResource('api', { portForwards: '${port}:8080' })`,
    })
    await w.start()
    const ask = (): Promise<string> =>
      fetch(`http://localhost:${port}/index.html`).then(
        (response) => response.text(),
        () => 'failed',
      )
    let isOver = false
    const answers: string[] = []
    const asking = (async () => {
      while (!isOver) {
        answers.push(await ask())
        await sleep(20)
      }
    })()
    for (let turn = 0; turn < 3; turn++) {
      const [before = ''] = await w.pods()
      await w.project.kubectl('delete', 'pod', before, '--wait=false')
      await until(
        'the next pod is ready',
        async () => {
          const [now] = await w.pods()
          if (now === undefined || now === before) return false
          return (
            (await w.project.kubectl('get', 'pod', now, '-o', 'jsonpath={.status.containerStatuses[0].ready}')) ===
            'true'
          )
        },
        40_000,
      )
      await until('it answers', async () => (await ask()) === 'here', 2_000)
    }
    isOver = true
    await asking
    expect(answers.filter((text) => text === 'here').length).toBeGreaterThan(20)
    // At most one for each pod that went: requests come one after the other.
    expect(answers.filter((text) => text !== 'here').length).toBeLessThanOrEqual(3)
  }, 150_000)
})
