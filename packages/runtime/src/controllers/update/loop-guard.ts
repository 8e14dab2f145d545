import { type LoopState, noLoop, observeRun } from '@tiltts/core/schedule'
import type { Millis } from '@tiltts/spec'
import type { Files } from '../../ports/files.js'
import { worldsNo } from '../tasks.js'

/** What the system reports so late after the end of a run still counts as changed by it. */
const lateMs = 50

/** A run as the guard sees it. */
interface GuardedRun {
  readonly triggered: boolean
  readonly live: boolean
  /** Changed between the run before and this one. */
  readonly outside: readonly string[]
  readonly during: Set<string>
  endedAt: Millis | undefined
}

interface Guarded {
  /** As it was before the present run. */
  readonly before: LoopState
  readonly run: GuardedRun
  /** With what is known of the present run. */
  observed: LoopState
  /** Changed since the present run ended. */
  readonly outside: string[]
}

/** What a look at the files that a run touched has shown. */
export interface Judgement {
  /** The files whose content really changed. */
  readonly changed: readonly string[]
  /** The others: a reason for nothing. */
  readonly untouched: readonly string[]
  /** Set when the resource goes round in circles over this file. */
  readonly loop: string | undefined
}

/** Tells what runs change themselves from what others change, so that a resource that starts itself is found out. */
export interface LoopGuard {
  /** `live`: only containers are changed, so that whatever changes here is someone else's doing. */
  started(resource: string, run: { readonly triggered: boolean; readonly live: boolean }): void
  /** Files changed. `run`: by the present run or the one that has just ended; they want to be judged. */
  changed(resource: string, files: readonly string[], at: Millis): 'run' | 'outside'
  ended(resource: string, at: Millis): void
  /** Looks at what the last run touched. `undefined`: nothing. */
  judge(resource: string): Promise<Judgement | undefined>
  forget(resource: string): void
}

export function loopGuard(files: Pick<Files, 'hash'>): LoopGuard {
  const guarded = new Map<string, Guarded>()

  /** What cannot be read counts as changed: rather a run too many than a change that is missed. */
  const hashOf = async (paths: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> => {
    try {
      return await files.hash(paths, () => false)
    } catch (error) {
      worldsNo(error)
      return undefined
    }
  }

  const observe = (entry: Guarded, contents: Readonly<Record<string, string | null>>) =>
    observeRun(entry.before, {
      filesChangedDuringRun: contents,
      filesChangedOutside: entry.run.outside,
      triggered: entry.run.triggered,
    })

  return {
    started(resource, { triggered, live }) {
      const last = guarded.get(resource)
      const before = last?.observed ?? noLoop
      const run: GuardedRun = { triggered, live, outside: last?.outside ?? [], during: new Set(), endedAt: undefined }
      guarded.set(resource, { before, run, observed: before, outside: [] })
    },
    changed(resource, paths, at) {
      const entry = guarded.get(resource)
      if (entry === undefined) return 'outside'
      const { run } = entry
      if (!run.live && (run.endedAt === undefined || at <= run.endedAt + lateMs)) {
        for (const path of paths) run.during.add(path)
        return 'run'
      }
      entry.outside.push(...paths)
      return 'outside'
    },
    ended(resource, at) {
      const entry = guarded.get(resource)
      if (entry === undefined) return
      entry.run.endedAt = at
      entry.observed = observe(entry, {}).state
    },
    async judge(resource) {
      const entry = guarded.get(resource)
      if (entry === undefined || entry.run.during.size === 0) return undefined
      const touched = [...entry.run.during]
      const hashes = await hashOf(touched)
      if (hashes === undefined) return { changed: touched, untouched: [], loop: undefined }
      const { state, changed } = observe(entry, Object.fromEntries(touched.map((f) => [f, hashes.get(f) ?? null])))
      entry.observed = state
      const really = new Set(changed)
      return {
        changed,
        untouched: touched.filter((file) => !really.has(file)),
        loop: state.paused ? state.file : undefined,
      }
    },
    forget: (resource) => void guarded.delete(resource),
  }
}
