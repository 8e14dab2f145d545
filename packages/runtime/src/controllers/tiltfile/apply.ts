import { applyObjects, type DesiredObject, type LinkedGraph, toObjects } from '@tiltts/core/graph'
import type { Tx } from '@tiltts/core/store'
import type { GraphSpec, TiltfileStatus } from '@tiltts/spec'
import { sameWords } from './transitions.js'

/** Puts the objects of a graph in the place of those of the graph before. */
export function applyGraph(
  tx: Tx,
  linked: LinkedGraph,
  options: { readonly owner: string; readonly command: 'dev' | 'ci'; readonly keepSwitches: boolean },
): void {
  const desired = toObjects(linked, { command: options.command })
  applyObjects(tx, options.keepSwitches ? desired.map((object) => keepSwitch(tx, object)) : desired, options.owner)
}

/** What a user switched on or off stays so; only a new resource gets what the config says. */
function keepSwitch(tx: Tx, object: DesiredObject): DesiredObject {
  const present = object.kind === 'ConfigMap' ? tx.get('ConfigMap', object.name) : undefined
  return present === undefined ? object : { ...object, spec: present.spec }
}

/**
 * Whether the same resources are asked for as before. Then switches keep their positions; otherwise the new choice
 * holds, for all of them.
 */
export function sameSelection(status: TiltfileStatus, args: readonly string[], graph: GraphSpec): boolean {
  const { live, liveArgs } = status
  if (live === undefined || liveArgs === undefined || !sameWords(liveArgs, args)) return false
  return sameWords(live.positionals, graph.positionals) && sameWords(wanted(live), wanted(graph))
}

function wanted({ selection }: Pick<GraphSpec, 'selection'>): readonly string[] {
  return selection.kind === 'all' ? ['all'] : ['some', ...selection.names.map((ref) => ref.name)]
}
