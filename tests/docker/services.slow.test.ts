import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { docker, serviceWorld as world } from './service-world.js'

const skip = skipReason('docker')
const waits = 'while :; do sleep 0.1; done'
/** Counts its runs, and says when one begins and when it ends. */
const runs = `n=$(( $(cat /n 2>/dev/null || echo 0) + 1 )); echo $n >/n; trap 'echo "run $n bye"; exit 0' TERM; echo "run $n hello"; ${waits}`

describe.skipIf(skip !== undefined)(`services on a real engine${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('DC-06: 10,000 lines at once are all there, each once and in order', async () => {
    const w = await world({
      chatty: { script: `i=0; while [ $i -lt 10000 ]; do i=$((i+1)); echo "line $i"; done; ${waits}` },
    })
    await w.begin()
    await w.up('chatty')
    const expected = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}`)
    await w.until(() => w.log('chatty').length >= 10_000)
    await sleep(1000)
    expect(w.log('chatty')).toEqual(expected)
  })

  it('DC-06: a container that lived for 50 ms is heard to its last word, and seen to have failed', async () => {
    const w = await world({ crash: { script: 'echo first; sleep 0.05; echo "last, no end" >&2; printf "x"; exit 3' } })
    await w.begin()
    await w.up('crash')
    await w.until(() => w.status('crash')?.containers[0]?.state.status === 'exited')
    await w.until(() => w.log('crash').length === 3)
    await sleep(1500)
    expect(w.log('crash').toSorted()).toEqual(['first', 'last, no end', 'x'])
    expect(w.status('crash')).toMatchObject({
      containers: [{ state: { status: 'exited', exitCode: 3, running: false } }],
      startedOnce: true,
      completedOnce: false,
    })
  })

  it('DC-06: the log goes on over restarts, nothing lost and nothing twice', async () => {
    const w = await world({ api: { script: runs } })
    await w.begin()
    await w.up('api')
    await w.until(() => w.log('api').length === 1)
    for (let i = 2; i <= 4; i++) {
      await docker('restart', w.container('api'))
      await w.until(() => w.log('api').includes(`run ${i} hello`))
    }
    await docker('stop', w.container('api'))
    await w.until(() => w.log('api').includes('run 4 bye'))
    await sleep(1500)
    expect(w.log('api')).toEqual([1, 2, 3, 4].flatMap((n) => [`run ${n} hello`, `run ${n} bye`]))
  })

  it('DC-06: a container that the engine starts again and again is heard in all of its runs', async () => {
    const w = await world({
      flaky: {
        script: `n=$(( $(cat /n 2>/dev/null || echo 0) + 1 )); echo $n >/n; echo "run $n"; echo "end $n"; exit 1`,
        restart: 'on-failure:4',
      },
    })
    await w.begin()
    await w.up('flaky')
    await w.until(() => w.log('flaky').includes('end 5'))
    await sleep(2000)
    expect(w.log('flaky')).toEqual([1, 2, 3, 4, 5].flatMap((n) => [`run ${n}`, `end ${n}`]))
    expect(w.status('flaky')?.containers[0]?.state).toMatchObject({
      status: 'exited',
      restartCount: 4,
      failuresInARow: 4,
    })
  })

  it('DC-06: a container that takes the place of another goes on in the same log, behind its last words', async () => {
    const w = await world({ api: { script: runs } })
    await w.begin()
    await w.up('api')
    await w.until(() => w.log('api').length === 1)
    const [old] = w.status('api')?.containers ?? []
    await w.recreate('api')
    await w.until(() => w.log('api').length === 3)
    await sleep(500)
    expect(w.log('api')).toEqual(['run 1 hello', 'run 1 bye', 'run 1 hello'])
    const containers = w.status('api')?.containers ?? []
    expect(containers).toMatchObject([{ name: w.container('api'), number: 1, state: { running: true } }])
    expect(containers[0]?.id).not.toBe(old?.id)
  })

  it('DC-06: what was said before the session is not heard', async () => {
    const w = await world({ api: { script: `echo long ago; trap 'echo now' USR1; ${waits}` } })
    await w.up('api')
    await sleep(500)
    await w.begin()
    await docker('kill', '--signal', 'USR1', w.container('api'))
    await w.until(() => w.log('api').length > 0)
    await sleep(500)
    expect(w.log('api')).toEqual(['now'])
  })

  it('an engine that goes away and comes back: said once each, and state and logs go on without a gap', async () => {
    const count = `i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.05; done`
    const w = await world({ api: { script: count }, db: { script: runs } })
    await w.begin()
    await w.up('api', 'db')
    await w.until(() => w.log('api').length > 10 && w.log('db').length === 1)
    await w.door.shut()
    await w.until(() => w.status('api')?.known === false)
    await docker('restart', w.container('db'))
    await sleep(1500)
    await w.door.open()
    await w.until(() => w.status('api')?.known === true)
    await w.until(() => w.log('db').length === 3)
    const before = w.log('api').length
    await w.until(() => w.log('api').length > before + 20)
    expect(w.log('api')).toEqual(w.log('api').map((_, index) => `line ${index + 1}`))
    expect(w.log('db')).toEqual(['run 1 hello', 'run 1 bye', 'run 2 hello'])
    expect(w.session().match(/no Docker engine answers/g)).toHaveLength(1)
    expect(w.session().match(/Docker answers again/g)).toHaveLength(1)
  })

  it('several containers and terminals are told apart and read', async () => {
    const w = await world({
      web: { script: `echo hello; ${waits}`, scale: 2 },
      tty: { script: `test -t 1 && echo terminal; ${waits}`, tty: true },
    })
    await w.begin()
    await w.up('web', 'tty')
    await w.until(() => w.log('web').length === 2 && w.log('tty').length === 1)
    expect(w.log('tty')).toEqual(['terminal'])
    expect(w.status('web')?.containers.map(({ name }) => name)).toEqual([w.container('web', 1), w.container('web', 2)])
    expect(w.log('web').every((line) => /^(\[web-[12]\] )?hello$/.test(line))).toBe(true)
  })

  it('DC-05: health, and what a failing check prints', async () => {
    const w = await world({ api: { script: waits, health: 'test -e /ok || { echo "no /ok"; exit 1; }' } })
    await w.begin()
    await w.up('api')
    await w.until(() => w.status('api')?.containers[0]?.state.healthStatus === 'unhealthy')
    await w.until(() => w.log('api').includes(`${w.container('api')} is unhealthy: no /ok`))
    await docker('exec', w.container('api'), 'touch', '/ok')
    await w.until(() => w.status('api')?.containers[0]?.state.healthStatus === 'healthy')
    await w.until(() => w.log('api').at(-1) === `${w.container('api')} is healthy again`)
  })

  it('DC-04: a container that is paused, killed or removed by hand is seen at once', async () => {
    const w = await world({ api: { script: waits } })
    await w.begin()
    await w.up('api')
    const state = () => w.status('api')?.containers[0]?.state
    await w.until(() => state()?.status === 'running')
    await docker('pause', w.container('api'))
    await w.until(() => state()?.status === 'paused')
    await docker('unpause', w.container('api'))
    await docker('kill', w.container('api'))
    await w.until(() => state()?.exitCode === 137)
    await docker('rm', w.container('api'))
    await w.until(() => w.status('api')?.containers.length === 0)
    expect(w.status('api')?.startedOnce).toBe(true)
  })

  it('DIS-01: a service that is switched off loses its container; DC-07: so does one that left the compose file', async () => {
    const w = await world({ api: { script: runs }, db: { script: runs }, web: { script: waits } })
    await w.begin()
    await w.up('api', 'db', 'web')
    await w.until(() => w.log('api').length === 1 && w.log('db').length === 1)
    w.disable('api')
    await w.until(() => w.status('api')?.containers.length === 0)
    expect(w.log('api')).toContain('run 1 bye')
    await w.until(() => w.log('api').some((line) => line.includes(`${w.container('api')}  Removed`)))
    await w.write({ api: { script: runs }, web: { script: waits } })
    w.undeclare('db')
    await w.until(() => w.log('db').some((line) => line.includes(`${w.container('db')}  Removed`)))
    expect(w.status('web')?.containers).toHaveLength(1)
  })
})
