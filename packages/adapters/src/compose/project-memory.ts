import type { ComposeLoad } from '@tiltts/runtime/ports'
import type { ComposeProjectRef } from '@tiltts/spec'
import type { LoadedProject } from './load-project.js'
import { textOf } from './project-sources.js'

/** Loads that need not be done again as long as all files that decided them hold the same. */
export interface ProjectMemory {
  recall(ref: ComposeProjectRef): Promise<ComposeLoad | undefined>
  /** Not kept are failures, what comes from elsewhere, and what was changed while it was read. */
  keep(ref: ComposeProjectRef, loaded: LoadedProject): Promise<void>
}

export function projectMemory(): ProjectMemory {
  const kept = new Map<string, LoadedProject>()
  return {
    async recall(ref) {
      const found = kept.get(JSON.stringify(ref))
      return found && (await isUnchanged(found.texts)) ? found.load : undefined
    },
    async keep(ref, loaded) {
      const key = JSON.stringify(ref)
      kept.delete(key)
      if (loaded.load.project && loaded.fromFiles && (await isUnchanged(loaded.texts))) kept.set(key, loaded)
    },
  }
}

async function isUnchanged(texts: ReadonlyMap<string, string | undefined>): Promise<boolean> {
  for (const [path, text] of texts) if ((await textOf(path)) !== text) return false
  return true
}
