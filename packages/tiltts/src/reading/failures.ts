import { ApiFailure } from '@tiltts/client'
import { exitCode } from '../cli/command.js'

/** Something that a command found, told in the words of kubectl, with the exit code that it means. */
export class ReadFailure extends Error {
  readonly exit: number
  constructor(message: string, exit: number = exitCode.failed) {
    super(message)
    this.name = 'ReadFailure'
    this.exit = exit
  }
}

/** Prints failures as kubectl does, on stderr, and gives the exit code: that of the first. Rethrows what is a bug. */
export function reportFailures(failures: readonly unknown[]): number {
  const lines = failures.map((failure) => lineOf(failure, failures.length === 1))
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
  const [first] = failures
  return first === undefined ? exitCode.ok : codeOf(first)
}

function lineOf(failure: unknown, only: boolean): string {
  if (failure instanceof ApiFailure) return `Error from server (${failure.reason || failure.code}): ${failure.message}`
  if (failure instanceof ReadFailure) return only ? `error: ${failure.message}` : failure.message
  throw failure
}

function codeOf(failure: unknown): number {
  if (failure instanceof ReadFailure) return failure.exit
  return isNotFound(failure) ? exitCode.noResource : exitCode.failed
}

/** Whether the server knows no such object. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiFailure && error.code === 404
}

/** Runs a command that reads; what goes wrong is told as kubectl tells it. */
export async function reporting(read: () => Promise<number>): Promise<number> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ApiFailure || error instanceof ReadFailure) return reportFailures([error])
    throw error
  }
}
