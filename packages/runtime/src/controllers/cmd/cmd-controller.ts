import type { LogStore } from '@tiltts/core/logs'
import { type CmdPlan, exited, planCmd, probed, started, waiting } from '@tiltts/core/schedule'
import type { ObjectStore, StoreCause } from '@tiltts/core/store'
import type { Cmd } from '@tiltts/spec'
import type { ProcessExit, RunningProcess } from '../../ports/processes.js'
import { type NameController, ownSpec, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { switchState } from '../switch-state.js'
import type { Tasks } from '../tasks.js'
import { defaultGraceMs, type LaunchDeps, launch, type RunnableCmd } from './launch.js'
import { type LogMatcher, logMatcher } from './log-matcher.js'
import { attemptProbe, type ProbeDeps } from './probe-attempt.js'
import { probeFault } from './probe-check.js'
import { type Prober, startProber } from './prober.js'
import { holdRun, type Run } from './run.js'
import { exitLine, startLine } from './server-lines.js'
import { resourceOfCmd, spanOfRun } from './span.js'
import { standaloneCmds } from './standalone-cmds.js'

export interface CmdControllerDeps extends LaunchDeps, ProbeDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly tasks: Tasks
  readonly wake: (name: string) => void
  /** What folders of commands that stand alone are relative to. */
  readonly folder: string
}

export interface CmdController extends NameController {
  /**
   * Stops all there is, in parallel, each within its own grace time or `graceMs` when that is shorter. From then on
   * nothing is started, and what becomes of the processes is not written down.
   */
  stopAll(graceMs?: number): Promise<void>
}

/** Keeps the processes of all Cmds as their specs want them, and tells in their status what becomes of them. */
export function cmdController(deps: CmdControllerDeps): CmdController {
  const { store, logs, clock, tasks } = deps
  const runs = new Map<string, Run>()
  const byMap = disableMapIndex()
  const standalone = standaloneCmds(store, deps.folder)
  const restarts = new Map<string, () => void>()
  let closed = false

  const begin = (cmd: RunnableCmd, runId: string): void => {
    const { name } = cmd.metadata
    const span = spanOfRun(cmd, runId)
    const cause = causeOf(cmd, runId)
    logs.span(span)
    const fault = cmd.spec.probe && probeFault(cmd.spec.probe.action)
    if (fault !== undefined) {
      const reason = `the readiness probe cannot work: ${fault}`
      logs.append(span.id, `Not started: ${reason}\n`, 'error')
      store.update(cause, (tx) =>
        tx.status('Cmd', name, (s) => exited(cmd.spec, s, failed(runId, reason, clock.now()))),
      )
      return
    }

    if (span.source === 'runtime') logs.append(span.id, `${startLine(cmd.spec)}\n`, 'info')
    let prober: Prober | undefined
    const matcher = matcherOf(cmd)
    const process = launch(deps, span.resource, cmd.spec, (text, level) => {
      logs.append(span.id, text, level)
      if (matcher?.push(text) === true) prober?.poke()
    })
    const at = clock.now()
    const run = holdRun({
      clock,
      runId,
      process,
      onSlowStop: (leftMs) =>
        logs.append(span.id, `Still stopping; it is killed in ${Math.ceil(leftMs / 1000)} s\n`, 'info'),
    })
    runs.set(name, run)
    if (process.pid !== undefined) {
      const { pid } = process
      store.update(cause, (tx) => tx.status('Cmd', name, (s) => started(cmd.spec, s, { runId, pid, at })))
      prober = probe(cmd, runId, span.id, matcher, at)
    }
    tasks.run(`Cmd ${name}`, () => end(cmd, run, process, span.id, prober))
  }

  const probe = (cmd: Cmd, runId: string, span: string, matcher: LogMatcher | undefined, startedAt: number) => {
    const { probe } = cmd.spec
    if (probe === undefined) return undefined
    return startProber({
      clock,
      probe,
      startedAt,
      attempt: (signal) => attemptProbe(deps, cmd, probe, matcher, signal),
      run: tasks.run,
      onStep(step) {
        if (closed) return
        for (const line of step.lines) logs.append(span, `${line.text}\n`, line.level)
        const result = { runId, ready: step.ready, probe: step.status }
        store.update(causeOf(cmd, runId), (tx) => tx.status('Cmd', cmd.metadata.name, (s) => probed(s, result)))
      },
    })
  }

  const end = async (
    cmd: Cmd,
    run: Run,
    process: RunningProcess,
    span: string,
    prober: Prober | undefined,
  ): Promise<void> => {
    const { name } = cmd.metadata
    const exit = await process.exited
    prober?.stop()
    logs.flush(span)
    // Told to stop: what is left of its group may still hold a port.
    const stopped = run.stopping
    if (stopped) await run.stop(cmd.spec.stopGraceMs ?? defaultGraceMs)
    runs.delete(name)
    if (closed) return
    report(cmd, run, exit, stopped, span)
    deps.wake(name)
  }

  const report = (cmd: Cmd, run: Run, exit: ProcessExit, stopped: boolean, span: string): void => {
    const { name } = cmd.metadata
    const { runId } = run
    const { exitCode, reason } = exit
    store.update(causeOf(cmd, runId), (tx) => {
      const spec = tx.get('Cmd', name)?.spec ?? cmd.spec
      tx.status('Cmd', name, (s) => exited(spec, s, { runId, exitCode, reason, at: clock.now(), stopped }))
    })
    const line = exitLine(cmd, exit, stopped, store.get('Cmd', name)?.status, clock.now())
    if (line !== undefined) logs.append(span, `${line.text}\n`, line.level)
  }

  const stop = (name: string, run: Run | undefined, graceMs: number): void => {
    if (run !== undefined) tasks.run(`stop Cmd ${name}`, () => run.stop(graceMs))
  }

  const carryOut = (cmd: RunnableCmd, plan: CmdPlan, held: Run | undefined): void => {
    const { name } = cmd.metadata
    const graceMs = cmd.spec.stopGraceMs ?? defaultGraceMs
    switch (plan.do) {
      case 'nothing':
        return
      case 'start':
        begin(cmd, plan.runId)
        return
      case 'stop':
        stop(name, held, graceMs)
        return
      case 'stop-then-start':
        stop(name, held, graceMs)
        store.update(causeOf(cmd, plan.runId), (tx) =>
          tx.status('Cmd', name, (s) => waiting(s, plan.runId, 'waiting for the run before it to end')),
        )
        return
      case 'restart-at':
        restarts.set(
          name,
          clock.timer(plan.at - clock.now(), () => deps.wake(name)),
        )
    }
  }

  /** Of a Cmd that stands alone: why nothing of it runs. */
  const tellWhyWaiting = ({ metadata: { name }, spec }: Cmd, disabled: boolean): void => {
    if (spec.runId !== undefined) return
    const reason = disabled ? 'it is disabled' : 'no button of startOn was clicked yet'
    store.update({ by: 'cmd' }, (tx) =>
      tx.status('Cmd', name, () => ({ waiting: { reason }, ready: false, restarts: 0 })),
    )
  }

  return {
    name: 'cmd',
    watches: [
      ownSpec('Cmd'),
      watch('ConfigMap', (change) => byMap.of(change.name)),
      watch('UIButton', (change) => standalone.ofButton(change.name)),
      watch('FileWatch', (change) => standalone.ofWatch(change.name)),
    ],
    reconcile(name) {
      if (closed) return
      const present = store.get('Cmd', name)
      byMap.set(name, present?.spec.disableSource)
      const held = runs.get(name)
      restarts.get(name)?.()
      restarts.delete(name)
      if (present === undefined) {
        standalone.forget(name)
        if (held?.stopping === false) stop(name, held, defaultGraceMs)
        return
      }
      const state = switchState(store, present.spec.disableSource)
      const disabled = state === 'disabled' || (state === 'unknown' && held === undefined)
      const cmd = standalone.withRun(present, disabled)
      if (standalone.has(present) && held === undefined) tellWhyWaiting(cmd, disabled)
      const { spec, status } = cmd
      carryOut(cmd, planCmd({ spec, status, held, disabled, now: clock.now() }), held)
    },
    async stopAll(graceMs) {
      closed = true
      for (const cancel of restarts.values()) cancel()
      await Promise.all(
        [...runs].map(([name, run]) => {
          const own = store.get('Cmd', name)?.spec.stopGraceMs ?? defaultGraceMs
          return run.stop(Math.min(own, graceMs ?? own))
        }),
      )
    },
  }
}

function causeOf(cmd: Cmd, runId: string): StoreCause {
  return { by: 'cmd', resource: resourceOfCmd(cmd), ...(cmd.spec.role !== undefined && { update: runId }) }
}

function matcherOf({ spec }: Cmd): LogMatcher | undefined {
  const action = spec.probe?.action
  return action?.kind === 'log' ? logMatcher(action.pattern, action.flags) : undefined
}

function failed(runId: string, reason: string, at: number): Parameters<typeof exited>[2] {
  return { runId, exitCode: 1, reason, at, stopped: false }
}
