import { fieldsOf } from './fields.js'

/** What stands at a path of a container. Links are not followed. `mode`: the permission bits, `0o7777` at most. */
export type InspectedPath =
  | { readonly path: string; readonly kind: 'absent' }
  /** `other`: a device, a pipe or a socket. */
  | { readonly path: string; readonly kind: 'folder' | 'other'; readonly mode: number }
  /** `size` in bytes; `sha256` of the content, in hex. */
  | {
      readonly path: string
      readonly kind: 'file'
      readonly mode: number
      readonly size: number
      readonly sha256: string
    }
  /** `target` as it stands in the link. */
  | { readonly path: string; readonly kind: 'link'; readonly mode: number; readonly target: string }

const kinds = ['absent', 'file', 'folder', 'link', 'other'] as const

/** Takes the agent's answer to an inspection apart: one entry for each path, in their order. */
export function readInspectedPaths(paths: readonly string[], answer: Uint8Array): readonly InspectedPath[] {
  const fields = fieldsOf(answer)
  return paths.map((path) => {
    const kind = kinds[fields.byte()] ?? 'other'
    if (kind === 'absent') return { path, kind }
    const mode = fields.number()
    const size = fields.large()
    if (kind === 'file') return { path, kind, mode, size, sha256: fields.hex(32) }
    if (kind === 'link') return { path, kind, mode, target: fields.text() }
    return { path, kind, mode }
  })
}
