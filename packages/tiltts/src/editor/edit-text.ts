import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { InfraError } from '@tiltts/spec'

export interface Edited {
  readonly text: string
  /** Where the text is, until it is discarded. */
  readonly file: string
  discard(): void
}

/** The command line of the user's editor: the first variable that is set, else what the system has. */
export function editorOf(variables: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const named = variables.map((name) => env[name]).find((value) => value !== undefined && value !== '')
  return named ?? (process.platform === 'win32' ? 'notepad' : 'vi')
}

/** Lets the user change a text; resolves when the editor has ended. Rejects when it failed. @param name of the file */
export async function editText(editor: string, name: string, text: string): Promise<Edited> {
  const file = join(mkdtempSync(join(tmpdir(), 'tiltts-edit-')), name)
  const discard = (): void => rmSync(dirname(file), { recursive: true, force: true })
  writeFileSync(file, text, { mode: 0o600 })
  try {
    await run(editor, file)
    return { text: readFileSync(file, 'utf8'), file, discard }
  } catch (error) {
    discard()
    throw error
  }
}

/** An editor may be named with arguments: `code --wait`. So a shell takes the line apart. */
async function run(editor: string, file: string): Promise<void> {
  // Not before it is needed: commands that may open an editor seldom do.
  const { spawn } = await import('node:child_process')
  const [command, args, shell] =
    process.platform === 'win32'
      ? ([`${editor} "${file}"`, [], true] as const)
      : (['sh', ['-c', `${editor} "$1"`, 'sh', file], false] as const)
  return new Promise((resolve, reject) => {
    const failed = (why: string): void =>
      reject(new InfraError('editor/failed', 'editor', `The editor '${editor}' failed: ${why}`))
    const child = spawn(command, args, { stdio: 'inherit', shell })
    child.on('error', (error) => failed(error.message))
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else failed(signal ?? `exit code ${code}`)
    })
  })
}
