/**
 * What a container holds at a path, in one text: the hash, and the permission bits where they are known and matter.
 *
 * @example heldAs('9f86…', 0o755) // '9f86… 755'
 */
export function heldAs(hash: string, mode?: number | undefined): string {
  return mode === undefined ? hash : `${hash} ${mode.toString(8)}`
}

/** Whether what is held is this content; where both tell a mode, with this mode. `undefined`: nothing stands there. */
export function isHeldAs(held: string | undefined, hash: string | undefined, mode?: number | undefined): boolean {
  if (held === undefined || hash === undefined) return held === hash
  const [heldHash, heldMode] = held.split(' ')
  return heldHash === hash && (heldMode === undefined || mode === undefined || heldMode === mode.toString(8))
}
