import type { SyncSpec } from '@tiltts/spec'
import { baseName } from '../paths/index.js'

/**
 * Where a path that a sync takes in belongs in the container.
 *
 * @param below - as seen from the sync's source; `''`: the source itself
 * @param isFolder - whether the source is a folder; otherwise a `/` at the end of the target means: into that folder
 */
export function containerPathOf(
  { localPath, containerPath }: Pick<SyncSpec, 'localPath' | 'containerPath'>,
  below: string,
  isFolder: boolean,
): string {
  const endsOpen = containerPath.endsWith('/')
  const folder = endsOpen ? containerPath.slice(0, -1) : containerPath
  if (below !== '') return `${folder}/${below}`
  if (endsOpen && !isFolder) return `${folder}/${baseName(localPath)}`
  return folder === '' ? '/' : folder
}
