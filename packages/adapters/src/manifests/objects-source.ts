import { toObjects } from '@tiltts/core/manifests'
import type { ManifestLoad } from '@tiltts/runtime/ports'
import type { ObjectsSource } from '@tiltts/spec'

/** Objects of the config itself: checked as those of files are. Their place is that of the call. */
export function objectsOf({ objects }: ObjectsSource): ManifestLoad {
  const all = objects.map((object) => toObjects(object))
  return {
    documents: all.flatMap((one) => one.objects.map(({ object }) => ({ object }))),
    diagnostics: all.flatMap(({ problems }) =>
      problems.map(({ message, hint }) => ({
        code: 'config/invalid-manifest' as const,
        severity: 'error' as const,
        message,
        places: [],
        hint,
      })),
    ),
    reads: [],
  }
}
