import { renderDiagnostics } from '@tiltts/core/errors'
import type { LogStore } from '@tiltts/core/logs'
import { parentPath } from '@tiltts/core/paths'
import { addCause } from '@tiltts/core/schedule'
import { evaluationSpan, formatDuration } from '@tiltts/core/status'
import type { ObjectStore, StoreCause, Tx } from '@tiltts/core/store'
import { type Tiltfile, type Update, type UpdateCause, wellKnown } from '@tiltts/spec'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { ConfigHost } from '../../ports/config-host.js'
import { type NameController, own, resourceOf, watch } from '../controller.js'
import type { Tasks } from '../tasks.js'
import type { UpdateNames } from '../update-names.js'
import { createUpdate, endedStatus, runningStatus } from '../update-record.js'
import { applyGraph, sameSelection } from './apply.js'
import { configWatchName, configWatchSpec, union, withMainReads } from './config-watch.js'
import { cancelled, type Evaluated, evaluateConfig, isError } from './evaluate.js'
import {
  elapsed,
  evaluationEnded,
  evaluationStarted,
  eventsSeen,
  filesSince,
  lastSequence,
  reasonsToEvaluate,
} from './transitions.js'

export interface TiltfileControllerDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly clock: Clock
  readonly configHost: ConfigHost
  readonly functions: FunctionRegistry
  readonly tasks: Tasks
  readonly names: UpdateNames
  readonly command: 'dev' | 'ci'
  readonly env: Readonly<Record<string, string>>
  readonly wake: (name: string) => void
  readonly onNames?: ((names: readonly string[]) => void) | undefined
}

export interface TiltfileController extends NameController {
  /** Ends the evaluation that runs, if one does. Returns whether. */
  cancel(): boolean
}

/** An evaluation under way. */
interface Evaluation {
  readonly update: string
  readonly span: string
  readonly abort: AbortController
  /** Events of the config's watch up to this one came before it. */
  readonly sequence: number
  /** First line of the log that it may have written. */
  readonly fromSeq: number
  readonly causes: readonly UpdateCause[]
}

const name = wellKnown.tiltfile

/** Evaluates the config whenever something asks for it, one evaluation at a time, and puts good graphs in place. */
export function tiltfileController(deps: TiltfileControllerDeps): TiltfileController {
  const { store, logs, clock, tasks } = deps
  const watchName = configWatchName(name)
  let running: Evaluation | undefined

  const takeEvents = (): void => {
    const watched = store.get('FileWatch', watchName)?.status
    const files = watched?.fileEvents.at(-1)?.seenFiles
    store.update({ by: 'tiltfile', resource: name, ...(files && { causes: [{ reason: 'files', files }] }) }, (tx) =>
      tx.status('Tiltfile', name, (status) => eventsSeen(status, watched)),
    )
  }

  const begin = (tiltfile: Tiltfile, asked: Update | undefined): void => {
    const { args } = tiltfile.spec
    const update = asked?.metadata.name ?? deps.names.next(name)
    const causes = reasonsToEvaluate(tiltfile.status, args).reduce(addCause, asked?.spec.causes ?? [])
    const span = evaluationSpan(tiltfile.status.evaluations + 1)
    const abort = new AbortController()
    const sequence = lastSequence(store.get('FileWatch', watchName)?.status)
    const evaluation: Evaluation = { update, span, abort, sequence, fromSeq: logs.nextSeq, causes }
    running = evaluation
    const at = clock.now()
    store.update(causeOf(evaluation), (tx) => {
      tx.status('Tiltfile', name, (status) => evaluationStarted(status, args, causes, at))
      if (asked === undefined) createUpdate(tx, { name: update, resource: name, causes }, at)
      else tx.spec('Update', update, (spec) => ({ ...spec, causes }))
      tx.status('Update', update, (status) => runningStatus(status, at, span))
    })
    logs.span({ id: span, resource: name, source: 'build' })
    logs.append(span, `Loading config at: ${tiltfile.spec.path}\n`, 'info')
    tasks.run('evaluation of the config', () => evaluate(tiltfile, evaluation))
  }

  const evaluate = async (tiltfile: Tiltfile, evaluation: Evaluation): Promise<void> => {
    const { path, args } = tiltfile.spec
    const { span, abort } = evaluation
    const request = { mainPath: path, args, command: deps.command, env: deps.env }
    const evaluated = await evaluateConfig(
      deps.configHost,
      request,
      (text, level) => logs.append(span, text, level),
      abort.signal,
    )
    logs.flush(span)
    learnSecrets(evaluated, evaluation.fromSeq)
    const functions = evaluated.result.hasFunctions && evaluated.linked !== undefined ? evaluated.functions : undefined
    const replaced = evaluated.linked === undefined ? undefined : deps.functions.replace(functions)
    tellDiagnostics(evaluated, evaluation, path)
    finish(tiltfile, evaluation, evaluated)
    running = undefined
    if (evaluated.functions !== functions) release(evaluated)
    if (replaced !== undefined) tasks.run('release of the functions before', () => replaced.release())
    if (evaluated.linked !== undefined) deps.onNames?.(evaluated.linked.resources.map((resource) => resource.name))
    deps.wake(name)
  }

  const learnSecrets = ({ result }: Evaluated, fromSeq: number): void => {
    if (result.secrets.length > 0 && result.graph?.settings.disableScrub !== true)
      logs.addSecrets(result.secrets, fromSeq)
  }

  const release = ({ functions }: Evaluated): void => {
    if (functions !== undefined) tasks.run('release of unused functions', () => functions.release())
  }

  const tellDiagnostics = (evaluated: Evaluated, { span }: Evaluation, path: string): void => {
    const options = { colour: false, cwd: parentPath(path) }
    const warnings = evaluated.diagnostics.filter((diagnostic) => !isError(diagnostic))
    const errors = evaluated.diagnostics.filter(isError)
    if (warnings.length > 0) logs.append(span, `${renderDiagnostics(warnings, options)}\n`, 'warn')
    if (errors.length > 0) logs.append(span, `${renderDiagnostics(errors, options)}\n`, 'error')
    const took = formatDuration(elapsed(tiltfileStatus(), clock.now()))
    if (evaluated.error === '') logs.append(span, `Loaded config in ${took}\n`, 'info')
    else if (errors.length === 0) logs.append(span, `${evaluated.error}\n`, 'error')
  }

  const tiltfileStatus = (): Tiltfile['status'] =>
    store.get('Tiltfile', name)?.status ?? { diagnostics: [], reads: [], evaluations: 0 }

  const finish = (tiltfile: Tiltfile, evaluation: Evaluation, evaluated: Evaluated): void => {
    const { linked, result, error } = evaluated
    const at = clock.now()
    const { path, args } = tiltfile.spec
    store.update(causeOf(evaluation), (tx) => {
      const before = tx.get('Tiltfile', name)?.status
      if (before === undefined) return
      if (linked !== undefined)
        applyGraph(tx, linked, {
          owner: name,
          command: deps.command,
          keepSwitches: sameSelection(before, args, linked.graph),
        })
      const read = withMainReads(path, result.reads)
      const reads = linked === undefined ? union(before.reads, read) : read
      const later = filesSince(reads, tx.get('FileWatch', watchName)?.status, evaluation.sequence)
      tx.status('Tiltfile', name, (status) => ({
        ...evaluationEnded(status, evaluated, later, at),
        reads,
        ...(linked && { live: withoutResources(linked), liveArgs: args }),
      }))
      if (deps.command === 'dev') watchReads(tx, reads, linked?.watchIgnores ?? before.live?.watchIgnores ?? [])
      const phase = error === '' ? 'succeeded' : error === cancelled ? 'cancelled' : 'failed'
      const warningCount = evaluated.diagnostics.filter((diagnostic) => !isError(diagnostic)).length
      tx.status('Update', evaluation.update, (status) =>
        endedStatus(status, { phase, error: error || undefined, warningCount }, at),
      )
    })
  }

  const watchReads = (tx: Tx, reads: Tiltfile['status']['reads'], ignores: LinkedIgnores): void => {
    tx.put('FileWatch', watchName, configWatchSpec(reads, ignores), { fileEvents: [] })
  }

  const causeOf = ({ update, causes }: Evaluation): StoreCause => ({ by: 'tiltfile', resource: name, update, causes })

  return {
    name: 'tiltfile',
    watches: [
      own('Tiltfile'),
      watch('FileWatch', (change) => (change.name === watchName ? [name] : [])),
      watch('Update', (change) => (resourceOf(change) === name ? [name] : [])),
    ],
    reconcile(changed) {
      if (changed !== name) return
      takeEvents()
      const tiltfile = store.get('Tiltfile', name)
      if (tiltfile === undefined || running !== undefined) return
      const asked = store.ofResource('Update', name).find((update) => update.status.phase === 'queued')
      if (asked === undefined && reasonsToEvaluate(tiltfile.status, tiltfile.spec.args).length === 0) return
      begin(tiltfile, asked)
    },
    cancel() {
      running?.abort.abort(new Error(cancelled))
      return running !== undefined
    },
  }
}

type LinkedIgnores = NonNullable<Tiltfile['status']['live']>['watchIgnores']

function withoutResources({ graph }: { readonly graph: import('@tiltts/spec').GraphSpec }): Tiltfile['status']['live'] {
  const { resources: _resources, unsupported: _unsupported, secrets: _secrets, ...live } = graph
  return live
}
