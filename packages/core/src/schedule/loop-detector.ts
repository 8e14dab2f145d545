/** Runs in a row, each of which changed the same single file, before a resource is paused. */
const runsUntilPause = 3
/** Contents are remembered for so many files, which bounds memory when a command writes a whole tree. */
const maxRemembered = 1000

/** What the detector knows of one resource. Plain data. */
export interface LoopState {
  /** The file that each of the last `runs` runs changed, and nothing else did. */
  readonly file?: string | undefined
  readonly runs: number
  readonly paused: boolean
  /** Content of the files that the last run touched, by path: a hash, or `null` for a file that was gone. */
  readonly contents: Readonly<Record<string, string | null>>
}

/** What was seen of one run: since the end of the run before until its own end. */
export interface RunObservation {
  /** Watched files with events while it ran, and their content after it: a hash, `null` when gone. */
  readonly filesChangedDuringRun: Readonly<Record<string, string | null>>
  /** Watched files that changed between the run before and this one. */
  readonly filesChangedOutside: readonly string[]
  /** Somebody asked for this run. */
  readonly triggered: boolean
}

export const noLoop: LoopState = { runs: 0, paused: false, contents: {} }

/**
 * Takes in a run that has ended. `paused` is then set if this was the third run in a row that changed the content of one
 * file, the same each time, while nothing else changed and nobody asked for a run.
 *
 * @returns the new state, and the files whose content really is another than after the run before. The others were only
 * touched: they are no reason to run again.
 */
export function observeRun(
  state: LoopState,
  run: RunObservation,
): { readonly state: LoopState; readonly changed: readonly string[] } {
  const before = run.triggered || run.filesChangedOutside.length > 0 ? resume(state, run.filesChangedOutside) : state
  const touched = Object.entries(run.filesChangedDuringRun)
  const changed = touched.filter(([file, content]) => before.contents[file] !== content).map(([file]) => file)
  const contents = Object.fromEntries(touched.slice(0, maxRemembered))
  const [file] = changed
  if (file === undefined || changed.length > 1) return { state: { runs: 0, paused: false, contents }, changed }
  const runs = before.file === file ? before.runs + 1 : 1
  return { state: { file, runs, paused: runs >= runsUntilPause, contents }, changed }
}

/** A change outside a run, or a trigger: counting starts anew, and a paused resource goes on. */
export function resume(state: LoopState, filesChangedOutside: readonly string[] = []): LoopState {
  if (filesChangedOutside.length === 0) return { ...noLoop, contents: state.contents }
  const stale = new Set(filesChangedOutside)
  const contents = Object.fromEntries(Object.entries(state.contents).filter(([file]) => !stale.has(file)))
  return { ...noLoop, contents }
}
