import { displayOf } from '@tiltts/config/collector'

export interface EchoRequest {
  readonly argv: readonly string[]
  readonly quiet: boolean
  readonly echoOff: boolean
}

export interface Echo {
  output(text: string): void
  /** Ends a last line that the command left open. */
  end(): void
}

/** Shows a command and its output among the lines of the config: `exec: npm test`, then each line behind an arrow. */
export function createEcho({ argv, quiet, echoOff }: EchoRequest, write: (text: string) => void): Echo {
  if (!echoOff) write(`exec: ${displayOf(isShell(argv) ? (argv[2] ?? '') : argv)}\n`)
  let lineIsOpen = false
  return {
    output(text) {
      if (quiet || text === '') return
      const inner = text.endsWith('\n') ? text.slice(0, -1) : text
      write(`${lineIsOpen ? '' : ' → '}${inner.replaceAll('\n', '\n → ')}${text.endsWith('\n') ? '\n' : ''}`)
      lineIsOpen = !text.endsWith('\n')
    },
    end() {
      if (lineIsOpen) write('\n')
      lineIsOpen = false
    },
  }
}

const isShell = ([file, flag, text, ...rest]: readonly string[]): boolean =>
  file === 'sh' && flag === '-c' && text !== undefined && rest.length === 0
