import type { TreeRequest } from '../ports/files.js'
import { type FakeTreeEntry, fileEntry, folderEntry, linkEntry } from './fake-docker-tree.js'
import type { FakeEntry, FakeFiles } from './fake-files.js'

/** The files of the host. */
export type FakeSource = Pick<FakeFiles, 'tree' | 'lookAt'>

export const noSource: FakeSource = { tree: async () => [], lookAt: () => undefined }

/** All that stands at and below a folder of the host, by path. */
export async function sourceTree(
  source: FakeSource,
  request: TreeRequest,
): Promise<ReadonlyMap<string, FakeTreeEntry>> {
  const found = await source.tree(request)
  return new Map(
    found.flatMap(({ path, mode, kind }) => {
      const entry = source.lookAt(path)
      // The folder itself may be given by a link to it.
      if (kind === 'folder') return [[path, folderEntry(mode)] as const]
      return entry ? [[path, treeEntryOf(entry)] as const] : []
    }),
  )
}

/** What stands at a path of the host, as it would be sent. */
export function sourceEntry(source: FakeSource, path: string): FakeTreeEntry | undefined {
  const entry = source.lookAt(path)
  return entry && treeEntryOf(entry)
}

function treeEntryOf({ kind, text, mode }: FakeEntry): FakeTreeEntry {
  if (kind === 'folder') return folderEntry(mode)
  return kind === 'link' ? linkEntry(text) : fileEntry(text, mode)
}
