import { type Cmd, type CmdSpec, type CmdStatus, fromApiTime, type LogLevel } from '@tiltts/spec'
import type { ProcessExit } from '../../ports/processes.js'

/** What the log of a server begins with. */
export function startLine({ args }: CmdSpec): string {
  const [shell, flag, text] = args
  return `Running serve cmd: ${shell === 'sh' && flag === '-c' && text !== undefined ? text : args.join(' ')}`
}

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
