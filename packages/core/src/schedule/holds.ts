import { type ClusterName, type Hold, type ObjectRef, wellKnown } from '@tiltts/spec'
import type { UnmetEdge } from './edges.js'
import type { ClusterState, DependencyState } from './types.js'

const ref = (kind: string, name: string): ObjectRef => ({ group: 'tilt.dev', apiVersion: 'v1alpha1', kind, name })

/** How holds and clients refer to a resource. */
export function resourceRef(name: string): ObjectRef {
  return ref('UIResource', name)
}

export const configReloadHold: Hold = {
  reason: 'tiltfile-reload',
  on: [ref('Tiltfile', wellKnown.tiltfile)],
  message: 'waiting for the config to be evaluated',
}

export function slotHold(maxParallel: number): Hold {
  return { reason: 'waiting-for-slot', on: [], message: `waiting for a free slot (${maxParallel} at once)` }
}

export function ownUpdateHold(name: string): Hold {
  return { reason: 'building-component', on: [resourceRef(name)], message: 'waiting for its running update' }
}

const clusterTexts: Readonly<Record<ClusterName, string>> = { docker: 'the Docker engine', default: 'the cluster' }

export function clusterHold(name: ClusterName, { error }: ClusterState): Hold {
  const who = clusterTexts[name]
  const message = error === undefined ? `waiting for ${who} to answer` : `waiting for ${who}: ${error}`
  return { reason: 'waiting-for-cluster', on: [ref('Cluster', name)], message }
}

export function containerHold(name: string): Hold {
  return {
    reason: 'waiting-for-deploy',
    on: [resourceRef(name)],
    message: 'waiting for its container to run; the changes then go into it',
  }
}

export function sharedImageHold(running: string, image: string): Hold {
  return {
    reason: 'building-component',
    on: [resourceRef(running)],
    message: `waiting for ${running} (both use the image ${image})`,
  }
}

export function exclusiveHold(running: string): Hold {
  return {
    reason: 'waiting-for-local',
    on: [resourceRef(running)],
    message: `waiting for ${running} (neither has allowParallel)`,
  }
}

export function outputHold(producers: readonly string[]): Hold {
  return {
    reason: 'waiting-for-output',
    on: producers.map(resourceRef),
    message: `waiting for ${atMostThree(producers)} (writes what this one reads)`,
  }
}

export function pausedHold(file: string): Hold {
  return {
    reason: 'paused-by-loop',
    on: [],
    message: `paused: each run changes ${file}, which starts it again; ignore that file, or trigger it to go on`,
  }
}

/** Names those first that will not come by themselves: with them it is the user's turn. */
export function dependencyHold(unmet: readonly UnmetEdge[]): Hold {
  const names = new Map<string, UnmetEdge>()
  for (const edge of [...unmet.filter(needsUser), ...unmet]) if (!names.has(edge.on)) names.set(edge.on, edge)
  const parts = [...names.values()].map((edge) => `${edge.on} (${whyNot(edge)})`)
  return {
    reason: 'waiting-for-dep',
    on: [...names.keys()].map(resourceRef),
    message: `waiting for ${atMostThree(parts)}`,
  }
}

/** Whether a dependency stays as it is until somebody does something. */
export function willNotCome(state: DependencyState | undefined): boolean {
  return state === undefined || !state.enabled || state.idle || (state.failed && !state.busy)
}

function needsUser(edge: UnmetEdge): boolean {
  return willNotCome(edge.state)
}

function whyNot({ state, edge }: UnmetEdge): string {
  if (state === undefined) return 'not in the config'
  if (!state.enabled) return 'disabled'
  if (state.idle) return 'never triggered'
  if (state.failed && !state.busy) return 'failed'
  return notYet[edge]
}

const notYet: Readonly<Record<UnmetEdge['edge'], string>> = {
  first: 'not ready',
  rerun: 'not ready',
  ready: 'not ready',
  after: 'not done',
  started: 'not started',
  completed: 'not completed',
}

function atMostThree(parts: readonly string[]): string {
  const more = parts.length - 3
  return more > 0 ? `${parts.slice(0, 3).join(', ')} and ${more} more` : parts.join(', ')
}
