import type { FakeProgram } from './fake-processes.js'

/**
 * The program behind an argv: by the whole command line, else by its first word. Shells are looked through, and answer
 * themselves for a command that does not exist. `undefined`: there is no such command.
 */
export function findProgram(
  argv: readonly string[],
  installed: ReadonlyMap<string, FakeProgram>,
): FakeProgram | undefined {
  const [command, flag, script] = argv
  if (command === undefined) return undefined
  const line = argv.join(' ')
  const direct = installed.get(line) ?? installed.get(command) ?? builtins.get(command)
  if (direct) return direct
  if (script === undefined || flag !== '-c' || !/(^|\/)(ba|da|z)?sh$/.test(command)) return undefined
  const words = script.trim().split(/\s+/)
  const word = words[0] ?? ''
  const program = installed.get(script) ?? installed.get(script.trim()) ?? installed.get(word) ?? builtins.get(word)
  if (program) return (self) => program({ ...self, argv: words })
  return (self) => {
    self.stderr(`sh: 1: ${word}: not found\n`)
    return 127
  }
}

const builtins: ReadonlyMap<string, FakeProgram> = new Map<string, FakeProgram>([
  ['true', () => 0],
  ['false', () => 1],
  ['exit', (self) => Number(self.argv[1] ?? 0)],
  ['cat', (self) => self.stdout(self.stdin)],
  ['echo', (self) => self.stdout(`${self.argv.slice(1).join(' ')}\n`)],
  ['sleep', (self) => self.clock.sleep(Number(self.argv[1] ?? 0) * 1000, self.ended).then(() => 0)],
])
