import { setTimeout as sleep } from 'node:timers/promises'
import type { PodContainerRef, PodLogOptions } from '@tiltts/runtime/ports'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import type { ApiStream, Transport } from '../../transport.js'
import type { StreamDeps } from '../stream-deps.js'
import { type RealPods, realPods } from '../testing/real-pods.js'
import { podLogs } from './pod-logs.js'

const never = new AbortController().signal
let h: RealPods
const sh = (script: string): readonly string[] => ['sh', '-c', script]

async function text(target: PodContainerRef, options: PodLogOptions = {}, deps: StreamDeps = h.deps): Promise<string> {
  let all = ''
  for await (const chunk of podLogs(deps, target, options, never)) all += chunk.text
  return all
}
const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')

describeWithKubernetes('the log of a container in a pod', () => {
  beforeAll(async () => {
    h = await realPods()
  }, 60_000)
  afterAll(() => h.close())

  it('LOG-01: follows to the end of the run, with times that go on behind them', async () => {
    const pod = await h.start({ command: sh('for i in 1 2 3; do echo "line $i"; sleep 1; done; printf "no end" >&2') })
    const seen: { text: string; time: string }[] = []
    for await (const chunk of podLogs(h.deps, pod, {}, never)) seen.push(chunk)
    const all = `${numbers(1, 3)}no end`
    expect(seen.map((chunk) => chunk.text).join('')).toBe(all)
    // On a busy machine several lines may come at once.
    const [first = { text: '', time: '' }] = seen
    expect(first.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    expect(await text(pod, { since: first.time })).toBe(all.slice(first.text.length))
    expect(await text(pod, { since: seen.at(-1)?.time })).toBe('')
  })

  it('LOG-01: goes on over streams that are cut, without a gap and without a line twice', async () => {
    const script = 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i"; [ $((i%10)) = 0 ] && sleep 0.01; done'
    const pod = await h.start({ command: sh(script) })
    const open: ApiStream[] = []
    const transport: Transport = {
      ...h.deps.transport,
      async stream(...call) {
        const stream = await h.deps.transport.stream(...call)
        open.push(stream)
        return stream
      },
    }
    const reading = text(pod, {}, { ...h.deps, transport })
    const cutting = new AbortController()
    void (async () => {
      for (; !cutting.signal.aborted; await sleep(300)) open.at(-1)?.body.destroy(new Error('cut'))
    })()
    expect(await reading).toBe(numbers(1, 3000))
    cutting.abort()
    expect(open.length).toBeGreaterThan(3)
  })

  it('tells of the run before this one, and of the one that waits to be started again', async () => {
    const command = sh('test -e /data/run && { echo second; sleep 1000; }; echo >/data/run; echo first; exit 3')
    const container = { volumeMounts: [{ name: 'data', mountPath: '/data' }] }
    const spec = { restartPolicy: 'Always', volumes: [{ name: 'data', emptyDir: {} }] }
    const pod = await h.start({ command, container, spec })
    const again = async (): Promise<string> =>
      h.kubectl(['get', 'pod', pod.pod, '--output', 'jsonpath={.status.containerStatuses[0].state.running}'])
    for (let turn = 0; turn < 100 && !(await again()).includes('startedAt'); turn++) await sleep(100)
    for (let turn = 0; turn < 100 && !(await h.kubectl(['logs', pod.pod])).includes('second'); turn++) await sleep(100)
    expect(await text(pod, { previous: true })).toBe('first\n')
    const abort = new AbortController()
    let seen = ''
    const reading = (async () => {
      for await (const chunk of podLogs(h.deps, pod, {}, abort.signal)) {
        seen += chunk.text
        abort.abort(new Error('enough'))
      }
    })()
    await expect(reading).rejects.toThrow('enough')
    expect(seen).toBe('second\n')
  })

  it('says why there is no log', async () => {
    const waiting = await h.start({ image: 'registry.invalid/none:1', command: ['true'] }, 'no')
    await expect(text(waiting)).rejects.toMatchObject({
      code: 'kubernetes/refused',
      message: expect.stringMatching(/waiting to start|not found|is not (?:valid|available)|have a host assigned/),
    })
    const absent = { ...waiting, pod: 'none' }
    await expect(text(absent)).rejects.toMatchObject({ message: expect.stringContaining('not found') })
  })

  it('ends when the pod is removed', async () => {
    const pod = await h.start({ command: sh('echo hello; sleep 1000') })
    const reading = text(pod)
    await sleep(300)
    await h.kubectl(['delete', 'pod', pod.pod, '--now'])
    expect(await reading).toBe('hello\n')
  })
})
