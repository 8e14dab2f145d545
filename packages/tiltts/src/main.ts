import { exitCode } from './cli/command.js'
import { commandIndex } from './cli/command-index.js'
import { globalFlags, parseInvocation, splitArgv } from './cli/parse.js'
import { UsageError } from './cli/usage-error.js'
import { findCommand } from './commands/registry.js'

/** Runs one command line; resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`Error: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`)
      return exitCode.usage
    }
    const { showError } = await import('./terminal/show-error.js')
    return showError(error)
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const at = commandIndex(argv)
  const word = at === undefined ? undefined : argv[at]
  if (at === undefined || word === undefined) {
    if (argv.includes('--version')) return runCommand('version', [])
    return runCommand('help', [])
  }
  const found = findCommand(word)
  if (found === undefined) {
    const { nearest } = await import('@tiltts/core/errors')
    const { visibleCommands } = await import('./commands/registry.js')
    const [guess] = nearest(word, Object.keys(visibleCommands()))
    throw new UsageError(
      `There is no command '${word}'`,
      guess === undefined ? 'See: tiltts help' : `Did you mean: tiltts ${guess}`,
    )
  }
  return runCommand(found[0], [...argv.slice(0, at), ...argv.slice(at + 1)])
}

async function runCommand(name: string, argv: readonly string[]): Promise<number> {
  const found = findCommand(name)
  if (found === undefined) throw new UsageError(`There is no command '${name}'`)
  const { command } = await found[1].load()
  const { own } = splitArgv(command, argv)
  if (own.includes('--help') || own.includes(`-${globalFlags['help']?.short}`)) {
    const { commandHelp } = await import('./commands/help.js')
    process.stdout.write(commandHelp(name, command))
    return exitCode.ok
  }
  return command.run(parseInvocation(name, command, argv))
}
