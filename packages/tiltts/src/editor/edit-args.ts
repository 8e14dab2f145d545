import { quoteWords, splitWords } from '../cli/shell-words.js'
import { UsageError } from '../cli/usage-error.js'
import { editorOf, editText } from './edit-text.js'

const header = `# The arguments of the running session, as a shell would take them, on one line.
# Lines beginning with a '#' are passed over. Save and leave to evaluate the config with them.
`

/** Lets the user change the arguments of a session in an editor. Throws a UsageError for what is not one line of words. */
export async function editArgs(present: readonly string[]): Promise<readonly string[]> {
  const { text, discard } = await editText(editorOf(['TILT_EDITOR', 'EDITOR']), 'args.sh', argsText(present))
  discard()
  return argsOfText(text, present)
}

/** What the editor shows. */
export function argsText(present: readonly string[]): string {
  return `${header}${quoteWords(present)}\n`
}

/** The arguments of an edited text. Throws a UsageError. */
export function argsOfText(text: string, present: readonly string[]): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const [line] = lines
  if (line === undefined) {
    if (present.length === 0) return []
    throw new UsageError('There is no line of arguments', 'To go on without any: tiltts args --clear')
  }
  if (lines.length > 1) throw new UsageError(`The arguments must stand on one line, not on ${lines.length}`)
  const words = splitWords(line)
  if (words === undefined) throw new UsageError(`A quote is not closed: ${line}`)
  return words
}
