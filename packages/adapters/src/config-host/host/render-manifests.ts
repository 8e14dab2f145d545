import type { RenderedManifests } from '@tiltts/config/collector'
import type { ManifestSource } from '@tiltts/spec'
import type { ToHost } from '../protocol.js'
import type { KeepAlive } from './keep-alive.js'
import type { UpChannel } from './up-channel.js'

/** Reads manifests, wherever they come from. Rejects when nobody can. */
export type RenderManifests = (sources: readonly ManifestSource[]) => Promise<RenderedManifests>

/** Manifests are read by the engine, which keeps what it has rendered before. */
export interface EngineRenders {
  readonly render: RenderManifests
  /** What the engine answers. */
  take(message: Extract<ToHost, { type: 'rendered' }>): void
}

type Outcome = Extract<ToHost, { type: 'rendered' }>['outcome']

export function createEngineRenders(up: UpChannel, alive: KeepAlive): EngineRenders {
  const asked = new Map<number, (outcome: Outcome) => void>()
  let last = 0
  return {
    render(sources) {
      const id = ++last
      const letGo = alive.hold()
      const answer = new Promise<Outcome>((resolve) => asked.set(id, resolve))
      up.send({ type: 'render', id, sources })
      return answer.then((outcome) => {
        letGo()
        if ('failure' in outcome) throw new Error(`The manifests could not be read: ${outcome.failure}`)
        return outcome
      })
    },
    take({ id, outcome }) {
      asked.get(id)?.(outcome)
      asked.delete(id)
    },
  }
}
