import { type Collector, createCollector, installCollector } from '@tiltts/config/collector'
import { expect } from 'vitest'

export type Evaluation = Awaited<ReturnType<Collector['result']>> & { readonly collector: Collector }

/** Evaluates a config in this process, as the host does. */
export async function evaluate(config: () => unknown): Promise<Evaluation> {
  const collector = createCollector({
    mainPath: '/project/tilt.config.ts',
    args: [],
    command: 'dev',
    platform: 'posix',
    version: '0.1.0',
    places: () => [],
    exec: () => Promise.reject(new Error('no exec in this test')),
    hashFunction: String,
    log: () => undefined,
  })
  const uninstall = installCollector(collector)
  try {
    config()
    return { ...(await collector.result([])), collector }
  } catch (error) {
    const { diagnostics } = error as { diagnostics?: Evaluation['diagnostics'] }
    if (diagnostics === undefined) throw error
    return { ...(await collector.result(diagnostics)), collector }
  } finally {
    uninstall()
  }
}

/** Of a config without mistakes, what it says of Kubernetes. */
export async function kubernetesOf(config: () => unknown): Promise<NonNullable<Evaluation['graph']>['kubernetes']> {
  const { graph, diagnostics } = await evaluate(config)
  expect(diagnostics).toEqual([])
  if (graph === undefined) throw new Error('there is no graph')
  return graph.kubernetes
}

export async function messagesOf(config: () => unknown): Promise<readonly string[]> {
  return (await evaluate(config)).diagnostics.map(({ message }) => message)
}
