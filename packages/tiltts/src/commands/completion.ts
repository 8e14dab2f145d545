import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { completionScript, shells } from '../completion/scripts.js'

export const command: Command = {
  usage: shells.join(' | '),
  summary: 'print the script that makes a shell complete tiltts',
  details: `It completes commands, flags, and the names of what the running session has.

  bash:        source <(tiltts completion bash)
  zsh:         source <(tiltts completion zsh)
  fish:        tiltts completion fish | source
  PowerShell:  tiltts completion powershell | Out-String | Invoke-Expression`,
  flags: {},
  async run({ words: [word] }) {
    const shell = shells.find((name) => name === word)
    if (shell === undefined) throw new UsageError(`completion takes one of ${shells.join(', ')}`)
    process.stdout.write(completionScript(shell))
    return exitCode.ok
  },
}
