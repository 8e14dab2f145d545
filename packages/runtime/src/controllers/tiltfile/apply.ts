import { applyObjects, toObjects } from '@tiltts/core/graph'
import type { ObjectStore, Tx } from '@tiltts/core/store'
import { configWatchName, type GraphSpec, type LiveConfig, type TiltfileStatus, wellKnown } from '@tiltts/spec'
import { endedStatus, hasEnded } from '../update-record.js'
import { putConfigWatch, union, withMainReads } from './config-watch.js'
import { cancelled, type Evaluated, isError } from './evaluate.js'
import { causeOfRun, type EvaluationRun } from './evaluation-run.js'
import { evaluationEnded, filesSince, sameWords } from './transitions.js'

const name = wellKnown.tiltfile
/** So many ended evaluations stay as objects. */
const keptEvaluations = 10

/**
 * Writes down how an evaluation ended, in one transaction: when it was good, its graph takes the place of the one
 * before; when not, that one stays.
 */
export function applyEvaluation(
  store: ObjectStore,
  run: EvaluationRun,
  evaluated: Evaluated,
  options: { readonly command: 'dev' | 'ci'; readonly now: number },
): void {
  const { linked, result } = evaluated
  const { path, args } = run.tiltfile.spec
  store.update(causeOfRun(run), (tx) => {
    const before = tx.get('Tiltfile', name)?.status
    if (before === undefined) return
    if (linked !== undefined) {
      const keepSwitches = sameSelection(before, args, linked.graph)
      applyObjects(tx, toObjects(linked, { command: options.command }), name, { keepSwitches })
    }
    const read = withMainReads(path, result.reads)
    // What a failed one did not come to read is still part of the graph that goes on.
    const reads = linked === undefined ? union(before.reads, read) : read
    const later = filesSince(reads, tx.get('FileWatch', configWatchName(name))?.status, run.sequence)
    tx.status('Tiltfile', name, (status) => ({
      ...evaluationEnded(status, evaluated, later, options.now),
      reads,
      ...(linked && { live: liveConfig(linked.graph), liveArgs: args }),
    }))
    const ignores = linked?.watchIgnores ?? before.live?.watchIgnores ?? []
    if (options.command === 'dev') putConfigWatch(tx, name, reads, ignores)
    endUpdate(store, tx, run.update, evaluated, options.now)
  })
}

function endUpdate(store: ObjectStore, tx: Tx, update: string, { error, diagnostics }: Evaluated, now: number): void {
  const phase = error === '' ? 'succeeded' : error === cancelled ? 'cancelled' : 'failed'
  const warningCount = diagnostics.filter((diagnostic) => !isError(diagnostic)).length
  tx.status('Update', update, (status) =>
    endedStatus(status, { phase, error: error === '' ? undefined : error, warningCount }, now),
  )
  const earlier = store.ofResource('Update', name).filter(({ status }) => hasEnded(status))
  for (const { metadata } of earlier.slice(0, 1 - keptEvaluations)) tx.delete('Update', metadata.name)
}

/**
 * Whether the same resources are asked for as before. Then what was switched by hand stays so; otherwise the new choice
 * holds, for all of them.
 */
function sameSelection(status: TiltfileStatus, args: readonly string[], graph: GraphSpec): boolean {
  const { live, liveArgs } = status
  if (live === undefined || liveArgs === undefined || !sameWords(liveArgs, args)) return false
  return sameWords(live.positionals, graph.positionals) && sameWords(wanted(live), wanted(graph))
}

function wanted({ selection }: Pick<GraphSpec, 'selection'>): readonly string[] {
  return selection.kind === 'all' ? ['all'] : ['some', ...selection.names.map((ref) => ref.name)]
}

function liveConfig({ settings, registry, positionals, selection, watchIgnores }: GraphSpec): LiveConfig {
  return { settings, registry, positionals, selection, watchIgnores }
}
