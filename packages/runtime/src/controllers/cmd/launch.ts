import type { ApiObject, CmdSpec, CmdStatus, FunctionRef, LogLevel } from '@tiltts/spec'
import { callFunction } from '../../functions/call.js'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { FunctionContext } from '../../ports/config-host.js'
import type { Processes, RunningProcess } from '../../ports/processes.js'
import { commandEnv } from './command-env.js'

/** SIGTERM to SIGKILL when a command names no other time. */
export const defaultGraceMs = 10_000

export interface LaunchDeps {
  readonly processes: Processes
  readonly functions: FunctionRegistry
  readonly clock: Clock
  /** The environment of all commands. */
  readonly env: Readonly<Record<string, string>>
}

export interface RunnableSpec extends CmdSpec {
  /** Values of a button's inputs, for functions. */
  readonly inputs?: FunctionContext['inputs'] | undefined
}

/** A Cmd with all that a run of it is given. */
export type RunnableCmd = ApiObject<'Cmd', RunnableSpec, CmdStatus>

/** Output of a command, as it comes. */
export type OnOutput = (text: string, level?: LogLevel) => void

/** Starts what a Cmd describes: a process, a function in the config host, or a function in a process of its own. */
export function launch(deps: LaunchDeps, resource: string, spec: RunnableSpec, onOutput: OnOutput): RunningProcess {
  const env = commandEnv(deps.env, spec.env)
  const { function: fn, dir, inputs = {}, changedFiles = [] } = spec
  if (fn === undefined) return spawn(deps, spec, spec.args, env, onOutput)

  const context: FunctionContext = { resource, env, dir, inputs, changedFiles }
  if (spec.role !== 'server') return callAsProcess(deps, fn, context, onOutput)
  const host = deps.functions.current()
  if (host === undefined) return notStarted('the config that declared this function is not loaded')
  return spawn(deps, spec, host.argv(fn.$fn, context), env, onOutput)
}

function spawn(
  deps: LaunchDeps,
  { dir, stopGraceMs }: CmdSpec,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  onOutput: OnOutput,
): RunningProcess {
  const graceMs = stopGraceMs ?? defaultGraceMs
  return deps.processes.spawn({ argv, dir, env, onOutput: (text) => onOutput(text), graceMs })
}

/** A call that looks like a process: it has output, an exit code, and can be stopped. */
function callAsProcess(
  deps: LaunchDeps,
  fn: FunctionRef,
  context: FunctionContext,
  onOutput: OnOutput,
): RunningProcess {
  const abort = new AbortController()
  const request = { fn, context, timeoutMs: 0, onLog: onOutput }
  const exited = callFunction(deps.functions, request, abort.signal).then((outcome) => {
    if (abort.signal.aborted) return { exitCode: 137, reason: 'killed' }
    if (outcome.ok) return { exitCode: 0 }
    onOutput(outcome.report.endsWith('\n') ? outcome.report : `${outcome.report}\n`, 'error')
    return { exitCode: 1, reason: outcome.message }
  })
  return {
    pid: 0,
    exited,
    async stop() {
      // The host ends a function that does not listen to its signal.
      abort.abort(new Error('stopped'))
      await exited
    },
  }
}

function notStarted(reason: string): RunningProcess {
  return { pid: undefined, exited: Promise.resolve({ exitCode: 1, reason }), stop: async () => {} }
}
