import type { Cmd, ProbeAction, ProbeSpec } from '@tiltts/spec'
import { callFunction } from '../../functions/call.js'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { Network, ProbeAnswer } from '../../ports/network.js'
import type { Processes } from '../../ports/processes.js'
import { commandEnv } from './command-env.js'
import type { LogMatcher } from './log-matcher.js'
import { probeUrl } from './probe-check.js'
import { resourceOfCmd } from './span.js'

export interface ProbeDeps {
  readonly network: Network
  readonly processes: Processes
  readonly functions: FunctionRegistry
  readonly clock: Clock
  readonly env: Readonly<Record<string, string>>
}

/** Asks once whether a server is ready. Never takes longer than the probe's timeout. */
export async function attemptProbe(
  deps: ProbeDeps,
  cmd: Cmd,
  probe: ProbeSpec,
  matcher: LogMatcher | undefined,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const { action, timeoutMs } = probe
  switch (action.kind) {
    case 'http':
      return deps.network.get({ url: probeUrl(action), headers: action.headers, timeoutMs }, signal)
    case 'tcp':
      return deps.network.connect({ host: action.host, port: action.port, timeoutMs }, signal)
    case 'log':
      return matcher?.match === undefined
        ? { ok: false, output: `no line has matched /${action.pattern}/${action.flags} yet` }
        : { ok: true, output: matcher.match }
    case 'exec':
      return runCommand(deps, cmd, action, timeoutMs, signal)
    case 'check':
      return callCheck(deps, cmd, action, timeoutMs, signal)
  }
}

async function runCommand(
  deps: ProbeDeps,
  cmd: Cmd,
  action: Extract<ProbeAction, { kind: 'exec' }>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  let output = ''
  let timedOut = false
  const process = deps.processes.spawn({
    argv: action.command.argv,
    dir: cmd.spec.dir,
    env: commandEnv(deps.env, cmd.spec.env),
    onOutput: (text) => {
      output = (output + text).slice(-4096)
    },
    graceMs: 0,
  })
  const kill = (): void => void process.stop(0)
  const cancel = deps.clock.timer(timeoutMs, () => {
    timedOut = true
    kill()
  })
  signal.addEventListener('abort', kill, { once: true })
  const exit = await process.exited
  cancel()
  signal.removeEventListener('abort', kill)
  if (timedOut) return { ok: false, output: `${output}\ntook longer than ${timeoutMs} ms`.trim() }
  const said = output.trim() || exit.reason || `exit code ${exit.exitCode}`
  return { ok: exit.exitCode === 0, output: said }
}

async function callCheck(
  deps: ProbeDeps,
  cmd: Cmd,
  action: Extract<ProbeAction, { kind: 'check' }>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  let output = ''
  const context = {
    resource: resourceOfCmd(cmd),
    env: commandEnv(deps.env, cmd.spec.env),
    dir: cmd.spec.dir,
    inputs: {},
    changedFiles: [],
  }
  const onLog = (text: string): void => {
    output = (output + text).slice(-4096)
  }
  const outcome = await callFunction(deps.functions, { fn: action.fn, context, timeoutMs, onLog }, signal)
  if (!outcome.ok) return { ok: false, output: outcome.message }
  const ok = outcome.value === true
  return { ok, output: output.trim() || (ok ? 'the check returned true' : 'the check did not return true') }
}
