import { describe, expect, it } from 'vitest'
import { allowK8sContexts, k8sContext, k8sNamespace } from './k8s-context.js'
import { localResource } from './local-resource.js'
import { evaluate } from './testing/evaluate.js'

describe('allowK8sContexts', () => {
  it('CTX-02: adds up over calls', async () => {
    const { graph } = await evaluate(() => {
      allowK8sContexts('staging')
      allowK8sContexts(['team-dev', false, 'x'])
    })
    expect(graph().kubernetes?.allowedContexts).toEqual(['staging', 'team-dev', 'x'])
  })

  it('refuses what is no name', async () => {
    const { errors } = await evaluate(() => allowK8sContexts(7 as never))
    expect(errors).toMatchObject([
      { message: 'allowK8sContexts(): expected the name of a context or a list of them, got 7' },
    ])
  })
})

describe('k8sContext and k8sNamespace', () => {
  it('KY-09: are those of the session, and empty where there are none', async () => {
    const seen: string[] = []
    const config = (): void => void seen.push(k8sContext(), k8sNamespace())
    await evaluate(config, { kubernetes: { context: 'kind-shop', namespace: 'dev' } })
    await evaluate(config)
    expect(seen).toEqual(['kind-shop', 'dev', '', ''])
  })

  it('leave a config without Kubernetes without it', async () => {
    const { graph } = await evaluate(() => {
      localResource(k8sContext() || 'a', { cmd: 'true' })
    })
    expect(graph().kubernetes).toBeUndefined()
  })
})
