import type { ImageUse, LiveUpdateHit, LiveUpdateSpec } from '@tiltts/spec'
import { filesOfImage } from '../live-update/live-update-covers.js'
import { obstacle } from '../live-update/obstacle.js'
import { placesOf } from '../live-update/place-of.js'
import { planLiveUpdate } from '../live-update/plan-live-update.js'
import type { LiveUpdateFile } from '../live-update/types.js'
import { isWithin } from '../paths/posix.js'
import type { IgnoreFinder } from './ignored-by.js'

/** What the live updates of a resource's images say of a path that these images are built from. */
export function liveUpdateHits(
  uses: readonly ImageUse[],
  file: LiveUpdateFile,
  finder: IgnoreFinder,
): readonly LiveUpdateHit[] {
  return uses.flatMap((use) => {
    const { name: image, deployed, liveUpdate } = use
    if (!deployed || liveUpdate === undefined || filesOfImage(use, [file.path]).length === 0) return []
    return [{ image, ...hitOf(liveUpdate, file, finder) }]
  })
}

function hitOf(spec: LiveUpdateSpec, file: LiveUpdateFile, finder: IgnoreFinder): Omit<LiveUpdateHit, 'image'> {
  const place = placesOf(spec)(file.path)
  const reason = obstacle(file.path, place, file.state)
  switch (place.is) {
    case 'stop':
      return { rule: 'fall-back', message: reason ?? '', stopPath: place.stopPath, runs: [] }
    case 'unmatched':
      return { rule: 'none', message: reason ?? '', runs: [] }
    case 'ignored': {
      const ignores = spec.syncs.filter(({ localPath }) => isWithin(file.path, localPath)).flatMap((one) => one.ignores)
      const ignored = finder.inSync(ignores, file.path, spec.place)
      return { rule: 'ignored', message: 'its syncs ignore it', ...(ignored && { ignored }), runs: [] }
    }
    case 'synced': {
      const plan = planLiveUpdate(spec, [file])
      if (plan.kind !== 'update') return { rule: 'fall-back', message: reason ?? 'nothing of it is copied', runs: [] }
      const containerPath = plan.copy[0]?.containerPath ?? plan.remove[0]
      return {
        rule: 'sync',
        message: `${plan.copy.length > 0 ? 'copied to' : 'removed:'} ${containerPath}`,
        containerPath,
        runs: plan.runs.map(({ display }) => display),
        ...(plan.restart && { restart: plan.restart.what }),
      }
    }
  }
}
