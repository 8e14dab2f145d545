import type { PruneSummary } from '../../ports/docker.js'

/** What was removed, as one line; `undefined`: nothing was. */
export function pruneText({ containers, images, buildCaches, bytes }: PruneSummary): string | undefined {
  const parts = [
    counted(containers.length, 'container', 'containers'),
    counted(images.length, 'image', 'images'),
    counted(buildCaches, 'build cache entry', 'build cache entries'),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : `Docker prune: removed ${parts.join(', ')}; freed ${formatBytes(bytes)}`
}

function counted(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`
}

/** In powers of 1000, as Docker counts. */
function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}
