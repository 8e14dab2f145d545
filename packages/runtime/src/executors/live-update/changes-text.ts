/** What a live update has done in a container, for the log: `2 files copied, 1 file removed`. */
export function changesText({ copied, removed }: { readonly copied: number; readonly removed: number }): string {
  const parts = [
    ...(copied > 0 ? [`${files(copied)} copied`] : []),
    ...(removed > 0 ? [`${files(removed)} removed`] : []),
  ]
  // A command that failed before runs again, whatever has changed.
  return parts.length === 0 ? 'commands only' : parts.join(', ')
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}
