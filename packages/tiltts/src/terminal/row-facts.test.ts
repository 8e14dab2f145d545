import type { ObjectStore } from '@tiltts/core/store'
import type { ContainerState, ImageStage } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { rowFacts } from './row-facts.js'

/** A store that holds these objects and is asked for nothing else. */
function storeOf(objects: Readonly<Record<string, unknown>>): Pick<ObjectStore, 'get'> {
  return { get: (kind, name) => objects[`${kind}/${name}`] as never }
}

const building = (update: string, stages: readonly Partial<ImageStage>[]): Pick<ObjectStore, 'get'> =>
  storeOf({
    'Resource/api': { spec: { images: [{ name: 'base' }, { name: 'shop_api' }] }, status: { current: 'api-2' } },
    'Image/base': { spec: { repository: 'base' }, status: { stages: [] } },
    'Image/shop_api': { spec: { repository: 'shop/api' }, status: { building: { update }, stages } },
  })

const service = (...states: Partial<ContainerState>[]): Pick<ObjectStore, 'get'> =>
  storeOf({ 'DockerComposeService/api': { status: { containers: states.map((state) => ({ state })) } } })

describe('what a row adds of images and containers', () => {
  it('names the image that is being built, and the step that it is at', () => {
    const steps = [{ name: '[1/3] FROM node', cached: true }, { name: '[2/3] RUN npm ci' }]
    expect(rowFacts(building('api-2', steps), 'api').building).toBe('building shop/api: [2/3] RUN npm ci')
    expect(rowFacts(building('api-2', []), 'api').building).toBe('building shop/api')
  })

  it('says nothing of an image that another update builds', () => {
    expect(rowFacts(building('web-1', []), 'api').building).toBeUndefined()
  })

  it('is healthy when the health checks of all containers pass', () => {
    const healthy = { running: true, healthStatus: 'healthy' } as const
    expect(rowFacts(service(healthy, healthy), 'api').healthy).toBe(true)
    expect(rowFacts(service(healthy, { running: true }), 'api').healthy).toBe(false)
  })

  it('is finished when all containers have ended well', () => {
    const ended = { running: false, status: 'exited', exitCode: 0 } as const
    expect(rowFacts(service(ended), 'api').finished).toBe(true)
    expect(rowFacts(service(ended, { ...ended, exitCode: 1 }), 'api').finished).toBe(false)
    expect(rowFacts(service(), 'api').finished).toBeUndefined()
  })

  it('is finished when its pods have succeeded, which is what makes a Job ready', () => {
    const pods = (podReadiness: string) => storeOf({ 'KubernetesDiscovery/api': { spec: { podReadiness } } })
    expect(rowFacts(pods('succeeded'), 'api').finished).toBe(true)
    expect(rowFacts(pods('wait'), 'api').finished).toBeUndefined()
  })
})
