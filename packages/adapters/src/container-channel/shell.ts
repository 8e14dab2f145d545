import { randomBytes } from 'node:crypto'
import { markerScanner } from './marker.js'
import type { OutputStream, Pipe } from './pipe.js'

/** A shell that reads commands from its stdin and stays. One command at a time. */
export interface Shell {
  /** In the container's own count. */
  readonly pid: number
  /** Runs a command without shell words being looked at, in a process of its own, with an empty stdin. */
  run(argv: readonly string[], onOutput: OnOutput): Promise<ShellEnd>
  close(): void
}

export type OnOutput = (text: string, stream: OutputStream) => void

export type ShellEnd =
  | { readonly kind: 'ended'; readonly exitCode: number }
  /** There is no such command, or it may not be run. */
  | { readonly kind: 'not-started'; readonly reason: string }
  /** The shell is gone, or its container. */
  | { readonly kind: 'lost' }

/** `said`: what came instead of a shell's answer. */
export type ShellOpening = { readonly ok: true; readonly shell: Shell } | { readonly ok: false; readonly said: string }

type Listener = (bytes: Buffer, stream: OutputStream) => void

/** Speaks to what may be a shell at the other end of a pipe. */
export async function openShell(pipe: Pipe): Promise<ShellOpening> {
  let listener: Listener = () => {}
  pipe.listen((bytes, stream) => listener(bytes, stream))

  /** Hands over output until the shell has said all that was asked for, or is gone. */
  const converse = <T>(script: string, hear: (end: (result: T) => void) => Listener, gone: () => T): Promise<T> =>
    new Promise((resolve) => {
      const end = (result: T): void => {
        // What comes later is of processes that were left behind: nobody asked for it.
        listener = () => {}
        resolve(result)
      }
      listener = hear(end)
      void pipe.closed.then(() => end(gone()))
      // That it cannot be written to any more shows by its end, after its last words.
      pipe.write(`${script}\n`).catch(() => {})
    })

  const token = newToken()
  let said = ''
  const pid = await converse<number | undefined>(
    `${PREPARE}; echo "${token}$$"`,
    (end) =>
      markerScanner(
        token,
        (text) => {
          said += text
        },
        (message) => end(Number(message)),
      ),
    () => undefined,
  )
  if (pid === undefined) return { ok: false, said }

  const run = (argv: readonly string[], onOutput: OnOutput): Promise<ShellEnd> => {
    const token = newToken()
    return converse<ShellEnd>(commandScript(argv, token), commandListener(token, onOutput), () => ({ kind: 'lost' }))
  }
  return { ok: true, shell: { pid, run, close: () => pipe.end() } }
}

/** What the shell itself has to say (that a job was killed) is nobody's output: it goes nowhere, that of commands to 3. */
const PREPARE = 'exec 3>&2 2>/dev/null'

/**
 * `exec` takes programs only, as an engine does, and its failure is told apart from a program's own code 127 by the trap,
 * which a program that was started does not have any more. bash loses it over a file that is not executable, so that is
 * looked at before. The end is told on both outputs, since they come apart.
 */
function commandScript(argv: readonly string[], token: string): string {
  const [program = ''] = argv
  const failed = `echo "${token}failed" >&2`
  const check = program.includes('/')
    ? `[ -x ${quoted(program)} ] || { echo 'not an executable file' >&2; exit 126; }; `
    : ''
  const end = `echo "${token}$tiltts_code"`
  const command = `trap '${failed}' EXIT; ${check}exec ${argv.map(quoted).join(' ')}`
  return `(${command}) </dev/null 2>&3 3>&-; tiltts_code=$?; ${end}; ${end} >&3`
}

function commandListener(token: string, onOutput: OnOutput): (end: (result: ShellEnd) => void) => Listener {
  return (end) => {
    let errors = ''
    let failed = false
    let ends = 0
    const hear = (message: string): void => {
      if (message === 'failed') failed = true
      else if (++ends === 2) end(failed ? { kind: 'not-started', reason: errors } : ended(Number(message)))
    }
    const stderr = (text: string): void => {
      errors = (errors + text).slice(-1000)
      onOutput(text, 'stderr')
    }
    const scan = {
      stdout: markerScanner(token, (text) => onOutput(text, 'stdout'), hear),
      stderr: markerScanner(token, stderr, hear),
    }
    return (bytes, stream) => scan[stream](bytes)
  }
}

function ended(exitCode: number): ShellEnd {
  return { kind: 'ended', exitCode }
}

function newToken(): string {
  return `tiltts-${randomBytes(9).toString('hex')}-`
}

/** As one word of a shell, whatever is in it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
