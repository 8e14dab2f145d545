import type { ComposeProjectRef, Diagnostic } from '@tiltts/spec'
import { complaintOf, furtherComplaints, unknownKeyIn } from './complaints.js'
import type { ComposeSource } from './compose-source.js'
import type { LoadParts } from './load-parts.js'
import { projectArgv, projectEnv } from './project-argv.js'
import type { ProjectSources } from './project-sources.js'
import { type CommandRun, runCommand } from './run-command.js'

/** So many complaints about one file are enough for one time. */
const MOST_COMPLAINTS = 10

/**
 * All that is wrong with a project. Compose stops at its first complaint, so each file is asked about by itself, and again
 * without what was complained about; what Compose is known to tell one by one is looked for.
 *
 * @param failed what Compose said of the whole
 */
export async function explainFailure(
  parts: LoadParts,
  ref: ComposeProjectRef,
  failed: CommandRun,
  found: ProjectSources,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const words = wordsOf(failed)
  const sources = ref.files.flatMap((path) => found.sources.find((source) => source.path === path) ?? [])
  const included = found.sources.filter(({ path }) => path !== undefined && !ref.files.includes(path))
  const alone = ref.files.length + (ref.inline === undefined ? 0 : 1) === 1
  const check = async (source: ComposeSource, text: string | undefined): Promise<string | undefined> => {
    const [file, stdin] = text === undefined ? [source.path ?? '-', undefined] : ['-', text]
    const argv = [...parts.command, ...(await projectArgv({ ...ref, files: [file], inline: undefined }))]
    const run = await runCommand(parts.processes, {
      argv: [...argv, 'config', '--quiet', '--no-consistency'],
      dir: ref.dir,
      env: projectEnv(ref, parts.env),
      stdin,
      signal,
    })
    return run.exitCode === 0 ? undefined : wordsOf(run)
  }
  const checked = await Promise.all(
    sources.map(async (source) => {
      const first = alone ? words : await check(source, undefined)
      if (first === undefined) return []
      const about = { ...found, sources: [...included, source] }
      return complaintsAbout(source, first, about, (text) => check(source, text))
    }),
  )
  const single = checked.flat()
  // The whole is wrong for the reason that a part is.
  const whole = single.length > 0 ? [] : [complaintOf(words, found)]
  return distinct([...furtherComplaints(words, found, ref), ...single, ...whole])
}

/** What Compose says about a file, and then about the file without that. */
async function complaintsAbout(
  source: ComposeSource,
  first: string,
  found: ProjectSources,
  check: (text: string) => Promise<string | undefined>,
): Promise<readonly Diagnostic[]> {
  const complaints: Diagnostic[] = []
  const ways: (readonly string[])[] = []
  let words: string | undefined = first
  while (words !== undefined && complaints.length < MOST_COMPLAINTS) {
    // A file that comes by stdin has another name.
    const said: string = ways.length === 0 ? words : words.replace(/^validating -: /, `validating ${source.path}: `)
    complaints.push(complaintOf(said, found))
    const way = unknownKeyIn(said, source)
    const text = way && source.without([...ways, way])
    if (way === undefined || text === undefined) break
    ways.push(way)
    words = await check(text)
  }
  return complaints
}

function wordsOf({ stderr, reason, exitCode }: CommandRun): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('time="'))
  return lines.join('\n') || reason || `docker compose config ended with exit code ${exitCode}`
}

function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>()
  for (const one of diagnostics) {
    const [place] = one.places
    const key = JSON.stringify([one.message, place?.file, place?.line])
    if (!seen.has(key)) seen.set(key, one)
  }
  return [...seen.values()]
}
