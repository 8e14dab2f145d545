import { InfraError } from '@tiltts/spec'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { serviceWorld } from './services.test.support.js'

type Step =
  | { readonly do: 'print'; readonly lines: number }
  | { readonly do: 'cut' | 'crash' | 'restart' | 'recreate' | 'engine' }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('print' as const), lines: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2000 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('cut', 'crash', 'restart', 'recreate', 'engine') }),
  },
)

it('DC-06: whatever happens to a container, its streams and its engine, each line is in the log once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const cuts = new Set<AbortController>()
      const world = await serviceWorld({
        file: { services: { db: { image: 'busybox', restart: 'always' } } },
        docker: (docker) => ({
          async *logs(id, options, signal) {
            const cut = new AbortController()
            cuts.add(cut)
            try {
              for await (const chunk of docker.logs(id, options, AbortSignal.any([signal, cut.signal]))) {
                if (cut.signal.aborted) break
                yield chunk
              }
            } catch (error) {
              if (!cut.signal.aborted) throw error
            } finally {
              cuts.delete(cut)
            }
            if (cut.signal.aborted) throw new InfraError('docker/unreachable', 'docker', 'cut')
          },
        }),
      })
      await world.declare('db')
      await world.up('db')
      await world.clock.advance(10)
      const expected: string[] = []
      for (const one of steps) {
        const id = world.container('db')
        const isRunning = world.docker.all().some(({ state }) => state.running)
        switch (one.do) {
          case 'print':
            if (!isRunning) break
            for (let i = 0; i < one.lines; i++) {
              expected.push(`line ${expected.length}`)
              world.docker.print(id, `${expected.at(-1)}\n`)
            }
            break
          case 'wait':
            await world.clock.advance(one.ms)
            break
          case 'cut':
            for (const cut of cuts) cut.abort()
            break
          case 'crash':
            world.docker.exit(id, 1)
            await world.clock.advance(1)
            break
          case 'restart':
            world.docker.stop(id)
            await world.clock.advance(1)
            world.docker.start(id)
            break
          case 'recreate':
            // What a container says goes with it when nobody has read it.
            await world.clock.advance(12_000)
            world.docker.removeContainer(id)
            await world.up('db')
            break
          case 'engine':
            world.docker.goAway()
            await world.clock.advance(700)
            world.docker.comeBack()
        }
      }
      await world.clock.advance(60_000)
      expect(world.log('db')).toBe(expected.join('\n'))
      expect(world.errors).toEqual([])
      world.close()
    }),
    { numRuns: 100 },
  )
})
