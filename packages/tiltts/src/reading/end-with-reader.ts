import { exitCode } from '../cli/command.js'

/** Who reads the output may have had enough, as `head` does: that is the end of the command, not an error. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCode.ok : exitCode.failed)
  })
}
