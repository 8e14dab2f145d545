import { type CmdSpec, kinds, toApiTime, type UIButtonSpec, type UIButtonStatus } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { declaredObject } from '../../testing/declared-object.js'
import type { Simulation } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const nothing = (): void => {}
const nav = { componentType: 'Global', componentID: 'nav' }
const by = { by: 'api' }

/** What a client creates. */
async function cmd(sim: Simulation, name: string, spec: Partial<CmdSpec>, annotations = {}): Promise<void> {
  const whole = { args: ['job', name], ...kinds.Cmd.defaults, ...spec } as CmdSpec
  sim.store.update(by, (tx) => tx.put('Cmd', name, whole, { ready: false, restarts: 0 }, { annotations }))
  await sim.settled()
}

async function button(sim: Simulation, name: string, spec: Partial<UIButtonSpec> = {}): Promise<void> {
  sim.store.update(by, (tx) => tx.put('UIButton', name, { location: nav, text: name, ...spec }, {}))
  await sim.settled()
}

async function click(sim: Simulation, name: string, inputs: UIButtonStatus['inputs'] = []): Promise<void> {
  await sim.advance(10)
  const status = { lastClickedAt: toApiTime(sim.clock.now()), inputs }
  sim.store.update(by, (tx) => tx.status('UIButton', name, () => status))
  await sim.settled()
}

const statusOf = (sim: Simulation, name: string) => sim.store.get('Cmd', name)?.status

describe('commands that stand alone', () => {
  it('API-44: run at once, in the folder of the config, and say how they ended', async () => {
    const { sim, end } = await simulateJobs(nothing)
    await cmd(sim, 'hello', { env: ['WHO=me'] })
    expect(sim.processes.table()).toMatchObject([{ argv: ['job', 'hello'], dir: '/project', env: { WHO: 'me' } }])
    expect(statusOf(sim, 'hello')).toMatchObject({ running: { pid: expect.any(Number) }, ready: true })
    await end('hello', 3)
    expect(statusOf(sim, 'hello')).toMatchObject({ terminated: { exitCode: 3 }, ready: false })
    expect(sim.log('')).toContain('Running cmd: job hello\nCommand failed: exit code 3')
  })

  it('API-44: another command takes the place of the one that runs; a deleted one is stopped', async () => {
    const { sim, jobs } = await simulateJobs(nothing)
    await cmd(sim, 'hello', {})
    await cmd(sim, 'hello', { args: ['job', 'other'], dir: 'sub' })
    expect(jobs.running()).toEqual(['other'])
    expect(sim.processes.running()).toMatchObject([{ dir: '/project/sub' }])
    await cmd(sim, 'hello', { args: ['job', 'other'], dir: 'sub', restartOn: { uiButtons: ['again'] } })
    expect(sim.started()).toHaveLength(2)
    sim.store.update(by, (tx) => tx.delete('Cmd', 'hello'))
    await sim.settled()
    expect(jobs.running()).toEqual([])
  })

  it('API-44: with startOn they wait for a click, and every later click starts them anew', async () => {
    const { sim, jobs } = await simulateJobs(nothing)
    await button(sim, 'go')
    await cmd(sim, 'hello', { startOn: { uiButtons: ['go'] } })
    expect(sim.started()).toEqual([])
    expect(statusOf(sim, 'hello')?.waiting?.reason).toBe('no button of startOn was clicked yet')
    await click(sim, 'go')
    expect(jobs.running()).toEqual(['hello'])
    await click(sim, 'go')
    expect(jobs.running()).toEqual(['hello'])
    expect(sim.started()).toHaveLength(2)
    expect(statusOf(sim, 'hello')?.running).toBeDefined()
  })

  it('API-44: a click before startAfter does not count, nor one before a command that is another now', async () => {
    const { sim } = await simulateJobs(nothing)
    await button(sim, 'go')
    await click(sim, 'go')
    const startAfter = toApiTime(sim.clock.now() + 5)
    await cmd(sim, 'late', { startOn: { startAfter, uiButtons: ['go'] } })
    expect(sim.started()).toEqual([])
    await cmd(sim, 'early', { startOn: { uiButtons: ['go'] } })
    expect(sim.started()).toEqual(['job early'])
    await cmd(sim, 'early', { args: ['job', 'changed'], startOn: { uiButtons: ['go'] } })
    expect(sim.alive()).toEqual([])
    expect(statusOf(sim, 'early')?.waiting).toBeDefined()
    await click(sim, 'go')
    expect(sim.alive().toSorted()).toEqual(['job changed', 'job late'])
  })

  it('API-44: restartOn a file watch stops what runs and starts it again at each change', async () => {
    const { sim, jobs } = await simulateJobs(nothing)
    const watch = { watchedPaths: ['/project/src'], ignores: [] }
    sim.store.update(by, (tx) => tx.put('FileWatch', 'src', watch, { fileEvents: [] }))
    await cmd(sim, 'hello', { restartOn: { fileWatches: ['src'] } })
    await sim.edit({ 'src/a.ts': '1', 'b.ts': '1' })
    expect(sim.store.get('FileWatch', 'src')?.status.fileEvents.map(({ seenFiles }) => seenFiles)).toEqual([
      ['/project/src', '/project/src/a.ts'],
    ])
    expect(sim.started()).toHaveLength(2)
    await sim.edit({ 'src/a.ts': '2' })
    expect(sim.started()).toHaveLength(3)
    expect(jobs.running()).toEqual(['hello'])
  })

  it('OBJ-02, API-38: inputs of the button are environment: texts, switches in their own words, a choice that there is', async () => {
    const { sim } = await simulateJobs(nothing)
    const inputs = [
      { name: 'NAME', text: { defaultValue: 'nobody' } },
      { name: 'LOUD', bool: { trueString: 'yes', falseString: 'no' } },
      { name: 'PLAIN', bool: { defaultValue: true } },
      { name: 'SIZE', choice: { choices: ['small', 'large'] } },
      { name: 'KIND', hidden: { value: 'greeting' } },
    ]
    await button(sim, 'go', { inputs })
    await cmd(sim, 'hello', { env: ['NAME=own'], startOn: { uiButtons: ['go'] } })
    await click(sim, 'go')
    const first = { NAME: 'nobody', LOUD: 'no', PLAIN: 'true', SIZE: 'small', KIND: 'greeting' }
    expect(sim.processes.table().at(-1)?.env).toMatchObject(first)
    await click(sim, 'go', [
      { name: 'NAME', text: { value: 'a b' } },
      { name: 'LOUD', bool: { value: true } },
      { name: 'PLAIN', bool: { value: false } },
      { name: 'SIZE', choice: { value: 'large' } },
      { name: 'KIND', hidden: { value: 'greeting' } },
      { name: 'OTHER', text: { value: 'unasked' } },
    ])
    const second = sim.processes.table().at(-1)?.env
    expect(second).toMatchObject({ NAME: 'a b', LOUD: 'yes', PLAIN: 'false', SIZE: 'large' })
    expect(second).not.toHaveProperty('OTHER')
    await click(sim, 'go', [{ name: 'SIZE', choice: { value: 'huge' } }])
    expect(sim.processes.table().at(-1)?.env).toMatchObject({ SIZE: 'small' })
  })

  it('write to the log of the resource in their annotation', async () => {
    const { sim } = await simulateJobs((c) => c.local('web', { cmd: 'true' }), {
      programs: { hello: (self) => void self.stdout('hi there\n') },
    })
    await cmd(sim, 'greet', { args: ['hello'] }, { 'tilt.dev/resource': 'web' })
    expect(sim.log('web')).toContain('hi there')
    await cmd(sim, 'lost', { args: ['hello'] }, { 'tilt.dev/resource': 'nobody' })
    expect(sim.log('nobody')).toContain('hi there')
  })

  it('API-43: a disabled one is stopped; enabled again it starts anew, but makes up for no click', async () => {
    const { sim, jobs } = await simulateJobs(nothing)
    const put = async (isDisabled: string): Promise<void> => {
      sim.store.update(by, (tx) => tx.put('ConfigMap', 'switch', { data: { isDisabled } }, {}))
      await sim.settled()
    }
    const disableSource = { configMap: { name: 'switch', key: 'isDisabled' } }
    await button(sim, 'go')
    await cmd(sim, 'always', { disableSource })
    await cmd(sim, 'asked', { disableSource, startOn: { uiButtons: ['go'] } })
    expect(jobs.running()).toEqual([])
    await put('false')
    await click(sim, 'go')
    expect(jobs.running().toSorted()).toEqual(['always', 'asked'])
    await put('true')
    expect(jobs.running()).toEqual([])
    expect(statusOf(sim, 'always')?.waiting?.reason).toBe('it is disabled')
    await click(sim, 'go')
    await put('false')
    expect(jobs.running()).toEqual(['always'])
    await click(sim, 'go')
    expect(jobs.running().toSorted()).toEqual(['always', 'asked'])
  })
})

describe('objects that a config declares', () => {
  const objects = [
    declaredObject('UIButton', 'go', { location: nav, text: 'Go' }),
    declaredObject('Cmd', 'hello', { args: ['job', 'hello'], startOn: { uiButtons: ['go'] } }),
    declaredObject('FileWatch', 'src', { watchedPaths: ['/project/src'] }),
    declaredObject('ConfigMap', 'notes', { data: { a: '1' } }, { labels: { team: 'shop' } }),
  ]

  it('OBJ-01, API-19: are made with what they leave out, and owned by the config', async () => {
    const { sim } = await simulateJobs((c) => c.graph({ objects }))
    expect(sim.tiltfile()).toMatchObject({ terminated: { error: '' } })
    const uid = sim.store.get('Tiltfile', '(Tiltfile)')?.metadata.uid
    for (const { kind, name } of objects)
      expect(sim.store.get(kind as 'Cmd', name)?.metadata.ownerReferences).toMatchObject([
        { kind: 'Tiltfile', name: '(Tiltfile)', uid, controller: true },
      ])
    expect(sim.store.get('Cmd', 'hello')?.spec).toMatchObject({ env: [], dir: '' })
    expect(sim.store.get('ConfigMap', 'notes')?.metadata.labels).toEqual({ team: 'shop' })
    await sim.edit({ 'src/a': '1' })
    expect(sim.store.get('FileWatch', 'src')?.status.fileEvents).toHaveLength(1)
  })

  it("OBJ-03: belong to the config's own row when nothing else is said", async () => {
    const { sim } = await simulateJobs((c) => c.graph({ objects }))
    await click(sim, 'go')
    expect(sim.log('(Tiltfile)')).toContain('Running cmd: job hello')
  })

  it('OBJ-03, API-19: go with the first good run that does not declare them; what clients made stays', async () => {
    const { sim, jobs } = await simulateJobs((c) => c.graph({ objects }))
    await cmd(sim, 'foreign', {})
    await click(sim, 'go')
    expect(jobs.running()).toEqual(['foreign', 'hello'])
    await sim.reload((c) => c.fail('broken'))
    expect(sim.store.get('Cmd', 'hello')).toBeDefined()
    await sim.reload((c) => c.local('web', { cmd: 'true' }))
    expect(objects.map(({ kind, name }) => sim.store.get(kind as 'Cmd', name))).toEqual(objects.map(() => undefined))
    expect(jobs.running()).toEqual(['foreign'])
  })

  it('a reload that changes nothing of them leaves what runs alone, and makes up for no click', async () => {
    const { sim, jobs } = await simulateJobs((c) => c.graph({ objects }))
    await click(sim, 'go')
    await sim.reload((c) => c.graph({ objects }))
    expect(sim.started()).toEqual(['job hello'])
    expect(jobs.running()).toEqual(['hello'])
    await sim.reload((c) => c.graph({ objects: objects.filter(({ kind }) => kind === 'UIButton') }))
    expect(jobs.running()).toEqual([])
    await sim.reload((c) => c.graph({ objects }))
    expect(jobs.running()).toEqual([])
  })
})
