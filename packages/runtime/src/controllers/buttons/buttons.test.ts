import { type ToggleButtonSpec, toApiTime, type UIButtonStatus } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { Simulation } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const by = { by: 'api' }
const button = (sim: Simulation, name: string) => sim.store.get('UIButton', name)

async function click(sim: Simulation, name: string, inputs?: UIButtonStatus['inputs']): Promise<void> {
  await sim.advance(10)
  const status = { lastClickedAt: toApiTime(sim.clock.now()), ...(inputs && { inputs }) }
  sim.store.update(by, (tx) => tx.status('UIButton', name, () => status))
  await sim.settled()
}

describe('buttons of every resource', () => {
  it('BTN-01: disable it, after confirmation, and enable it again', async () => {
    const { sim, jobs } = await simulateJobs((c) => c.local('web', { serveCmd: 'job web' }))
    const name = 'toggle-web-disable'
    expect(button(sim, name)).toMatchObject({
      metadata: {
        annotations: { 'tilt.dev/resource': 'web', 'tilt.dev/uibutton-type': 'DisableToggle' },
        ownerReferences: [{ kind: 'ToggleButton', name: 'web-disable' }],
      },
      spec: {
        location: { componentType: 'Resource', componentID: 'web' },
        text: 'Disable resource',
        requiresConfirmation: true,
        inputs: [{ name: 'action', hidden: { value: 'on' } }],
      },
    })
    await click(sim, name, [{ name: 'action', hidden: { value: 'on' } }])
    expect(sim.store.get('ConfigMap', 'web-disable')?.spec.data).toEqual({ isDisabled: 'true' })
    expect(sim.row('web').disableStatus.state).toBe('Disabled')
    expect(jobs.running()).toEqual([])
    expect(button(sim, name)?.spec).toMatchObject({ text: 'Enable resource', inputs: [{ hidden: { value: 'off' } }] })
    await click(sim, name)
    expect(sim.row('web').disableStatus.state).toBe('Enabled')
    expect(jobs.running()).toEqual(['web'])
    expect(button(sim, name)?.spec.text).toBe('Disable resource')
  })

  it('BTN-01: stop its running update, and leave its server alone', async () => {
    const { sim, end } = await simulateJobs((c) => c.local('web', { cmd: 'job build', serveCmd: 'serve' }))
    expect(button(sim, 'web-stopbuild')?.metadata.annotations).toMatchObject({
      'tilt.dev/resource': 'web',
      'tilt.dev/uibutton-type': 'StopBuild',
    })
    await click(sim, 'web-stopbuild')
    expect(sim.updates('web').map(({ status }) => status.phase)).toEqual(['cancelled'])
    sim.trigger('web', 'cli')
    await sim.settled()
    await end('build')
    expect(sim.alive()).toEqual(['serve'])
    await click(sim, 'web-stopbuild')
    expect(sim.alive()).toEqual(['serve'])
  })

  it('BTN-01: the config has one that stops its evaluation', async () => {
    const { sim } = await simulateJobs((c) => c.local('web', { cmd: 'true' }))
    await sim.reload(() => new Promise(() => {}))
    expect(sim.tiltfile().running).toBeDefined()
    await click(sim, '(Tiltfile)-stopbuild')
    expect(sim.tiltfile().terminated?.error).toBe('build canceled')
  })

  it('API-20: say by annotations whose they are and what they do; labels of a resource are those of its row', async () => {
    const { sim } = await simulateJobs((c) => c.local('web', { cmd: 'true', labels: ['front'] }))
    const told = (name: string) => button(sim, name)?.metadata.annotations
    expect(told('web-stopbuild')).toMatchObject({ 'tilt.dev/resource': 'web', 'tilt.dev/uibutton-type': 'StopBuild' })
    expect(told('toggle-web-disable')).toEqual({
      'tilt.dev/resource': 'web',
      'tilt.dev/uibutton-type': 'DisableToggle',
    })
    expect(told('(Tiltfile)-stopbuild')).toMatchObject({ 'tilt.dev/resource': '(Tiltfile)' })
    expect(sim.store.get('UIResource', 'web')?.metadata.labels).toEqual({ front: 'front' })
    for (const kind of ['Cmd', 'ConfigMap', 'ToggleButton'] as const)
      expect(
        sim.store.ofResource(kind, 'web').map(({ metadata }) => metadata.annotations?.['tilt.dev/managed-by']),
      ).toEqual(['(Tiltfile)'])
  })

  it('BTN-01: go with the resource', async () => {
    const { sim } = await simulateJobs((c) => c.local('web', { cmd: 'true' }))
    await sim.reload((c) => c.local('api', { cmd: 'true' }))
    expect(sim.store.list('UIButton').map(({ metadata }) => metadata.name)).toEqual([
      '(Tiltfile)-stopbuild',
      'api-stopbuild',
      'toggle-api-disable',
    ])
  })

  it('API-43: whatever writes the ConfigMap switches the resource; a value that is neither is an error', async () => {
    const { sim } = await simulateJobs((c) => c.local('web', { serveCmd: 'serve' }))
    const write = async (isDisabled: string): Promise<void> => {
      sim.store.update(by, (tx) => tx.spec('ConfigMap', 'web-disable', () => ({ data: { isDisabled } })))
      await sim.settled()
    }
    await write('true')
    expect(sim.alive()).toEqual([])
    expect(button(sim, 'toggle-web-disable')?.spec.text).toBe('Enable resource')
    await write('perhaps')
    expect(sim.row('web').disableStatus.state).toBe('Error')
    expect(sim.store.get('ToggleButton', 'web-disable')?.status.error).toContain('is "perhaps", which is neither')
    await write('false')
    expect(sim.store.get('ToggleButton', 'web-disable')?.status).toEqual({})
    expect(sim.alive()).toEqual(['serve'])
  })
})

describe('a toggle of a client', () => {
  const location = { componentType: 'Global', componentID: 'nav' }
  const configMap = { name: 'lamp', key: 'lit', onValue: 'yes', offValue: 'no' }
  const spec: ToggleButtonSpec = {
    location,
    on: { text: 'Put out', iconName: 'lightbulb' },
    off: { text: 'Light' },
    stateSource: { configMap },
  }
  const create = async (sim: Simulation, more: Partial<ToggleButtonSpec> = {}): Promise<void> => {
    sim.store.update(by, (tx) => tx.put('ToggleButton', 'lamp', { ...spec, ...more }, {}))
    await sim.settled()
  }
  const data = (sim: Simulation) => sim.store.get('ConfigMap', 'lamp')?.spec.data

  it('API-39: is shown as a button, flips its ConfigMap at each click, and keeps the other keys of it', async () => {
    const { sim } = await simulateJobs(() => {})
    sim.store.update(by, (tx) => tx.put('ConfigMap', 'lamp', { data: { lit: 'yes', colour: 'red' } }, {}))
    await create(sim)
    expect(button(sim, 'toggle-lamp')?.spec).toEqual({
      location,
      text: 'Put out',
      iconName: 'lightbulb',
      inputs: [{ name: 'action', hidden: { value: 'off' } }],
    })
    await click(sim, 'toggle-lamp', [{ name: 'action', hidden: { value: 'off' } }])
    expect(data(sim)).toEqual({ lit: 'no', colour: 'red' })
    expect(button(sim, 'toggle-lamp')?.spec).toEqual({
      location,
      text: 'Light',
      inputs: [{ name: 'action', hidden: { value: 'on' } }],
    })
    await click(sim, 'toggle-lamp', [{ name: 'action', hidden: { value: 'on' } }])
    expect(data(sim)?.['lit']).toBe('yes')
  })

  it('API-39: is as defaultOn says while nothing is written; its first click writes', async () => {
    const { sim } = await simulateJobs(() => {})
    await create(sim, { defaultOn: true })
    expect(button(sim, 'toggle-lamp')?.spec.text).toBe('Put out')
    expect(data(sim)).toBeUndefined()
    await click(sim, 'toggle-lamp')
    expect(data(sim)).toEqual({ lit: 'no' })
  })

  it('takes its button along when it goes', async () => {
    const { sim } = await simulateJobs(() => {})
    await create(sim)
    sim.store.update(by, (tx) => tx.delete('ToggleButton', 'lamp'))
    await sim.settled()
    expect(button(sim, 'toggle-lamp')).toBeUndefined()
  })
})
