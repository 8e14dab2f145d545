import { type Cmd, type CmdStatus, fromApiTime, type LogLevel } from '@tiltts/spec'
import type { ProcessExit } from '../../ports/processes.js'

/** What the log says of the end of a server; nothing when a job ends or a server is stopped in time. */
export function exitLine(
  cmd: Cmd,
  exit: ProcessExit,
  stopped: boolean,
  status: CmdStatus | undefined,
  now: number,
): { readonly text: string; readonly level: LogLevel } | undefined {
  if (cmd.spec.role !== 'server' || stopped) return undefined
  const how = exit.reason ?? `exit code ${exit.exitCode}`
  const again = status?.nextRestartAt
  if (again === undefined) return { text: `Server exited: ${how}`, level: 'error' }
  const seconds = Math.max(0, (fromApiTime(again) - now) / 1000)
  return { text: `Server exited: ${how}; starting it again in ${seconds} s`, level: 'warn' }
}
