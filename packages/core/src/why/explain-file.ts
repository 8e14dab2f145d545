import {
  configWatchName,
  type FileEffect,
  type FileExplanation,
  type FileWatchSpec,
  type Resource,
  type WatchHit,
  wellKnown,
} from '@tiltts/spec'
import { liveUses } from '../live-update/live-uses.js'
import type { LiveUpdateFile } from '../live-update/types.js'
import { relevantFiles } from '../paths/config-reads.js'
import { watchRules } from '../paths/ephemeral.js'
import { isWithin } from '../paths/posix.js'
import { editEffect } from './edit-effect.js'
import { type IgnoreFinder, ignoreFinder, type ReadText } from './ignored-by.js'
import { liveUpdateHits } from './live-update-hits.js'
import type { WhyView } from './types.js'

/**
 * Which watches and rules a path meets, and what an edit of it would do. Nothing is decided here: the functions that
 * decide when a file changes are asked.
 *
 * @param file - absolute, with what stands there now
 * @param readText - for the lines of ignore files; asked only when a rule takes the path away
 */
export function explainFile(
  view: WhyView,
  file: LiveUpdateFile,
  readText: ReadText = () => undefined,
): FileExplanation {
  const finder = ignoreFinder(view, readText)
  const config = explainConfig(view, file.path, finder)
  const resources = view.store
    .list('Resource')
    .toSorted((a, b) => a.spec.order - b.spec.order)
    .flatMap((resource) => explainResource(view, resource, file, finder))
  return { path: file.path, message: sumUp(config.reloads, resources), config, resources }
}

function sumUp(reloads: boolean, resources: readonly FileEffect[]): string {
  const moved = resources.filter(({ effect }) => effect !== 'nothing')
  const parts = [
    ...(reloads ? ['the config is evaluated again'] : []),
    ...moved.map(({ resource, effect }) => `${resource}: ${effectTexts[effect]}`),
  ]
  if (parts.length > 0) return parts.join('; ')
  return resources.length === 0 ? 'nothing depends on it' : 'nothing happens'
}

const effectTexts: Readonly<Record<FileEffect['effect'], string>> = {
  nothing: 'nothing',
  'needs-trigger': 'waits for a trigger',
  update: 'update',
  'image-build': 'image build',
  'live-update': 'live update',
}

function explainConfig({ store }: WhyView, path: string, finder: IgnoreFinder): FileExplanation['config'] {
  const reads = store.get('Tiltfile', wellKnown.tiltfile)?.status.reads ?? []
  const name = configWatchName(wellKnown.tiltfile)
  const spec = store.get('FileWatch', name)?.spec
  const hit = spec && hitOf(name, spec, path, finder)
  if (relevantFiles(reads, [path]).length === 0) return { reloads: false, message: 'the config does not read it' }
  if (hit === undefined) return { reloads: false, message: 'the config reads it, and nobody watches that' }
  if (hit.ignored === undefined) return { reloads: true, message: 'the config reads it, and is evaluated again' }
  return { reloads: false, message: 'the config reads it, but it is ignored', ignored: hit.ignored }
}

function hitOf(watch: string, spec: FileWatchSpec, path: string, finder: IgnoreFinder): WatchHit | undefined {
  const watchedPath = spec.watchedPaths.find((watched) => isWithin(path, watched))
  if (watchedPath === undefined) return undefined
  const ignored = finder.inWatch(watchRules(spec.ignores), path)
  return { watch, watchedPath, ...(ignored && { ignored }) }
}

function explainResource(
  view: WhyView,
  resource: Resource,
  file: LiveUpdateFile,
  finder: IgnoreFinder,
): readonly FileEffect[] {
  const { spec } = resource
  const watches = spec.watches.flatMap((name) => {
    const watch = view.store.get('FileWatch', name)
    return (watch && hitOf(name, watch.spec, file.path, finder)) ?? []
  })
  const images = liveUses(spec).flatMap(({ name, inputs }) => {
    const input = inputs.find((one) => isWithin(file.path, one))
    return input === undefined ? [] : [{ image: name, input }]
  })
  if (watches.length === 0 && images.length === 0) return []
  const isTold = watches.some(({ ignored }) => ignored === undefined)
  return [
    {
      resource: resource.metadata.name,
      ...(isTold
        ? editEffect(view.viewOf(resource), file.path, view.now)
        : { effect: 'nothing', message: watches.length === 0 ? 'nobody watches it' : 'it is ignored' }),
      watches,
      images,
      liveUpdates: liveUpdateHits(liveUses(spec), file, finder),
    },
  ]
}
