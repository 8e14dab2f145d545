import { describe, expect, it } from 'vitest'
import { type PortForward, portForward } from './port-forward.js'
import { evaluate } from './testing/evaluate.js'

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
      for (const mapping of ['http', '1:2:3:4', '0:80', '70000']) portForward(mapping)
      portForward(1.5)
    })
    expect(errors).toHaveLength(5)
    expect(errors[0]?.message).toContain('portForward(): "http" is no port forward')
  })
})
