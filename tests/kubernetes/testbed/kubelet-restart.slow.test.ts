import { describe, expect, it } from 'vitest'
import { skipReason } from '../../support/requires.js'
import { livePods } from '../live-pods-world.js'
import { partAway } from './part-away.js'

const skip = skipReason('docker', 'kubernetes', 'testbed')
const counts = `i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.1; done`
const isBuilt = 'Building the image instead'

describe.skipIf(skip !== undefined)(`a kubelet that is restarted${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('LU-02, LOG-01: afterwards edits arrive in the same pod, and its log is whole', async () => {
    const w = await livePods({
      files: {
        Dockerfile: `FROM busybox:latest\nCOPY src /app/src\nCMD ["sh", "-c", ${JSON.stringify(counts)}]\n`,
        'src/a.txt': 'one',
      },
      steps: "sync('api/src', '/app/src')",
    })
    await w.start()
    const before = await w.pods()
    w.write('src/a.txt', 'two')
    await w.all('cat /app/src/a.txt', 'two')
    await w.dev().printed('line 20.')
    const kubeletBack = await partAway('kubelet')
    await kubeletBack()
    // It answers before it knows its pods again.
    await w.all('cat /app/src/a.txt', 'two')
    w.write('src/a.txt', 'three')
    await w.all('cat /app/src/a.txt', 'three')
    const lines = (): string[] =>
      w
        .dev()
        .stdout()
        .match(/line \d+\./g) ?? []
    await w.dev().printed(`line ${lines().length + 30}.`)
    expect(w.dev().stdout()).not.toContain(isBuilt)
    expect(await w.pods()).toEqual(before)
    expect(lines()).toEqual(lines().map((_, index) => `line ${index + 1}.`))
  })

  it('LU-02: an edit in its absence is in the pods when it is back, and nothing has failed for good', async () => {
    const w = await livePods({
      files: {
        Dockerfile: `FROM busybox:latest\nCOPY src /app/src\nCMD ["sh", "-c", ${JSON.stringify(counts)}]\n`,
        'src/a.txt': 'one',
      },
      steps: "sync('api/src', '/app/src')",
    })
    await w.start()
    w.write('src/a.txt', 'two')
    await w.all('cat /app/src/a.txt', 'two')
    const kubeletBack = await partAway('kubelet')
    w.write('src/a.txt', 'three')
    await w.dev().printed(/kubelet|10250|waits|Building the image instead/, 20_000)
    await kubeletBack()
    await w.all('cat /app/src/a.txt', 'three', 40_000)
    w.write('src/a.txt', 'four')
    await w.all('cat /app/src/a.txt', 'four')
  })
})
