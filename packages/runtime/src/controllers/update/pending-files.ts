import type { ResourceStatus } from '@tiltts/spec'

/** Takes files out of what waits to be built in: they turned out to be no reason to build. */
export function withoutFiles(status: ResourceStatus, files: readonly string[]): ResourceStatus {
  const gone = new Set(files)
  const pending = status.pending.flatMap((cause) => {
    if (cause.reason !== 'files') return [cause]
    const named = cause.files ?? []
    const kept = named.filter((file) => !gone.has(file))
    const fileCount = (cause.fileCount ?? named.length) - (named.length - kept.length)
    return kept.length === 0 ? [] : [{ ...cause, files: kept, fileCount }]
  })
  const pendingFiles = status.pendingFiles?.filter((file) => !gone.has(file))
  return {
    ...status,
    pending,
    pendingFiles: pendingFiles?.length === 0 ? undefined : pendingFiles,
    pendingSince: pending.length === 0 ? undefined : status.pendingSince,
  }
}
