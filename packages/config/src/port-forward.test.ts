import { describe, expect, it } from 'vitest'
import { k8sResource } from './k8s-resource.js'
import { type PortForward, portForward } from './port-forward.js'
import { evaluate } from './testing/evaluate.js'

const ci: boolean = JSON.parse('false')

describe('portForward', () => {
  it('takes numbers, or a mapping as text', async () => {
    const forwards: PortForward[] = []
    const { errors } = await evaluate(() => {
      forwards.push(portForward(8080), portForward(8080, 80, { name: 'API', host: '0.0.0.0' }))
      forwards.push(portForward('8080'), portForward('8080:80'), portForward('db.local:1:2', { linkPath: '/x' }))
    })
    expect(errors).toEqual([])
    expect(forwards).toEqual([
      { localPort: 8080 },
      { localPort: 8080, containerPort: 80, name: 'API', host: '0.0.0.0' },
      { localPort: 8080 },
      { localPort: 8080, containerPort: 80 },
      { localPort: 1, containerPort: 2, host: 'db.local', linkPath: '/x' },
    ])
  })

  it('refuses what is no mapping, and ports that cannot be', async () => {
    const { errors } = await evaluate(() => {
      for (const mapping of ['http', '1:2:3:4', '0:80000', '70000', '300.1.1.1:1:2', '-a:1:2']) portForward(mapping)
      portForward(1.5)
    })
    expect(errors).toHaveLength(7)
    expect(errors[0]?.message).toBe('portForward(): "http" is no port forward')
  })
})

describe('portForwards', () => {
  it('KR-06: takes a number, a text of two or three parts, portForward(…), or a list of these', async () => {
    const { errors, graph } = await evaluate(() => {
      k8sResource('api', {
        portForwards: [
          8080,
          '9000',
          '8081:80',
          '0.0.0.0:8082:81',
          'db.local:1:2',
          ci && 1,
          portForward(7, 8, { name: 'x' }),
        ],
      })
      k8sResource('web', { portForwards: '8083:0' })
    })
    expect(errors).toEqual([])
    expect(graph().kubernetes?.resources.map(({ portForwards }) => portForwards)).toEqual([
      [
        { localPort: 8080 },
        { localPort: 9000 },
        { localPort: 8081, containerPort: 80 },
        { localPort: 8082, containerPort: 81, host: '0.0.0.0' },
        { localPort: 1, containerPort: 2, host: 'db.local' },
        { localPort: 7, containerPort: 8, name: 'x' },
      ],
      [{ localPort: 8083 }],
    ])
  })

  it('takes 0 as the local port: one that is free', async () => {
    const { errors, graph } = await evaluate(() => {
      k8sResource('api', { portForwards: ['0:80', portForward(0, 81)] })
    })
    expect(errors).toEqual([])
    expect(graph().kubernetes?.resources[0]?.portForwards).toEqual([
      { localPort: 0, containerPort: 80 },
      { localPort: 0, containerPort: 81 },
    ])
  })

  it('KR-06: refuses other ports, hosts and types', async () => {
    const wrong = ['http', 65_536, -1, 1.5, '1:70000', '256.0.0.1:1:2', true, { port: 1 }, { localPort: 1, hots: 'x' }]
    const { errors } = await evaluate(() => {
      for (const one of wrong) k8sResource('api', { portForwards: [one as never] })
    })
    expect(errors).toHaveLength(wrong.length)
    expect(errors[1]).toMatchObject({
      code: 'config/invalid-option',
      message: 'k8sResource("api"): `portForwards`: 65536 is no port forward',
    })
  })
})
