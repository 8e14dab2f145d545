import { describe, expect, it } from 'vitest'
import { explainUp } from './up-failure.js'

const explain = (words: string, hasImage = true): string => explainUp({ words, image: 'shop/api', hasImage })

describe('why a service did not come up', () => {
  it('names the port that another container has', () => {
    expect(
      explain(
        'Error response from daemon: driver failed programming external connectivity on endpoint shop-api-1 (e4b5): Bind for 0.0.0.0:8188 failed: port is already allocated',
      ),
    ).toMatch(/^port 8188 is taken by another container: .*docker ps --filter publish=8188/)
    expect(explain('Error response from daemon: … Bind for :::8188 failed: port is already allocated')).toContain(
      'port 8188',
    )
  })

  it('names the port that a program has', () => {
    expect(
      explain(
        'Error response from daemon: driver failed programming external connectivity on endpoint x (1): Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
      ),
    ).toMatch(/^port 80 is taken by another program/)
  })

  it('names the image that cannot be had', () => {
    expect(explain('Error response from daemon: manifest for shop/api:1 not found', false)).toBe(
      'shop/api is not on this engine and cannot be pulled: manifest for shop/api:1 not found',
    )
  })

  it('tells what was wrong with a command or a mount, and not who handed it on', () => {
    const chain =
      'Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: '
    expect(
      explain(`${chain}unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown`),
    ).toBe('exec: "nosuch": executable file not found in $PATH')
    expect(explain('dependency failed to start: container db is unhealthy')).toBe(
      'dependency failed to start: container db is unhealthy',
    )
  })
})
