import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/** Why a command could not be started. The system only gives a code, the same for a missing command and a missing folder. */
export function describeStartFailure(error: Error, command: string, dir: string): string {
  if (command === '') return 'no command was given'
  const code = 'code' in error ? String(error.code) : ''
  const because = (what: string): string => `spawn ${code}: ${what}`
  const folder = statSync(dir, { throwIfNoEntry: false })
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    if (!folder) return because(`no such folder "${dir}"`)
    if (!folder.isDirectory()) return because(`not a folder "${dir}"`)
    if (/[/\\]/.test(command) && existsSync(resolve(dir, command))) {
      return because(`the interpreter named in the first line of "${command}" does not exist`)
    }
    return because(`no such command "${command}"`)
  }
  if (code === 'EACCES') return because(`not allowed to run "${command}" in "${dir}"; is it executable?`)
  if (code === 'E2BIG') return because(`the arguments and environment of "${command}" are too long`)
  const short = shortages[code]
  return short ? because(`the system has no more ${short} to give`) : `cannot start "${command}": ${error.message}`
}

const shortages: Readonly<Record<string, string>> = {
  EAGAIN: 'processes',
  EMFILE: 'open files',
  ENFILE: 'open files',
  ENOMEM: 'memory',
}
