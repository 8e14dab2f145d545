import { type ResourceStatus, type Update, type Why, wellKnown } from '@tiltts/spec'
import { causeChain } from './cause-chain.js'
import { standOf, standOfConfig } from './stand-of.js'
import type { WhyView } from './types.js'
import { waitsOf } from './waits.js'

/**
 * Why a resource is where it is: what is in its way, to the roots, and what its update follows from.
 *
 * @returns `undefined`: there is no such resource
 */
export function whyOf(view: WhyView, name: string): Why | undefined {
  if (name === wellKnown.tiltfile) return whyConfig(view)
  const resource = view.store.get('Resource', name)
  if (resource === undefined) return undefined
  const { stand, message } = standOf(view, resource)
  const update = updateOf(view, name, resource.status)
  return {
    ...{ resource: name, stand, message },
    waits: stand === 'ready' || stand === 'updating' ? [] : waitsOf(view, name),
    chain: update === undefined ? [] : causeChain(view, update),
  }
}

/** The update that runs, else the one that is queued, else the last one that the session knows of. */
function updateOf({ store }: WhyView, name: string, status: ResourceStatus): string | undefined {
  return status.current ?? status.queued ?? status.history[0] ?? store.journal.updates(name).at(-1)?.metadata.name
}

function whyConfig(view: WhyView): Why | undefined {
  const { tiltfile: name } = wellKnown
  const tiltfile = view.store.get('Tiltfile', name)
  if (tiltfile === undefined) return undefined
  const runs = ({ status }: Update): boolean => status.phase === 'running'
  const update = view.store.ofResource('Update', name).find(runs) ?? view.store.journal.updates(name).at(-1)
  return {
    resource: name,
    ...standOfConfig(tiltfile),
    waits: [],
    chain: update === undefined ? [] : causeChain(view, update.metadata.name),
  }
}
