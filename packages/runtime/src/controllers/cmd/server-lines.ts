import { type Cmd, type CmdSpec, type CmdStatus, fromApiTime, type LogLevel } from '@tiltts/spec'
import type { ProcessExit } from '../../ports/processes.js'

/** What the log of a run begins with that is no part of an update. */
export function startLine({ args, role }: CmdSpec): string {
  const [shell, flag, text] = args
  return `Running ${role === 'server' ? 'serve ' : ''}cmd: ${shell === 'sh' && flag === '-c' && text !== undefined ? text : args.join(' ')}`
}

/**
 * What the log says of the end of a run; nothing of one that was to end and ended well, of one that was told to stop, and
 * of that of an update, which says it itself.
 */
export function exitLine(
  cmd: Cmd,
  exit: ProcessExit,
  stopped: boolean,
  status: CmdStatus | undefined,
  now: number,
): { readonly text: string; readonly level: LogLevel } | undefined {
  const { role } = cmd.spec
  if (role === 'job' || stopped || (role === undefined && exit.exitCode === 0)) return undefined
  const how = exit.reason ?? `exit code ${exit.exitCode}`
  if (role === undefined) return { text: `Command failed: ${how}`, level: 'error' }
  const again = status?.nextRestartAt
  if (again === undefined) return { text: `Server exited: ${how}`, level: 'error' }
  const seconds = Math.max(0, (fromApiTime(again) - now) / 1000)
  return { text: `Server exited: ${how}; starting it again in ${seconds} s`, level: 'warn' }
}
