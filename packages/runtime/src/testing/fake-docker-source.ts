import type { TreeRequest } from '../ports/files.js'
import { type FakeTreeEntry, fileEntry, folderEntry } from './fake-docker-tree.js'
import type { FakeFiles } from './fake-files.js'

/** The files of the host. */
export type FakeSource = Pick<FakeFiles, 'tree' | 'read'>

export const noSource: FakeSource = {
  tree: async () => [],
  read: (path) => {
    throw new Error(`no such file or folder: ${path}`)
  },
}

/** All that stands at and below paths of the host, by path, with what is in it. */
export async function sourceTree(
  source: FakeSource,
  paths: readonly string[],
  request: Partial<TreeRequest> = {},
): Promise<ReadonlyMap<string, FakeTreeEntry>> {
  const found = await source.tree({ paths, ignored: () => false, prunes: () => false, ...request })
  return new Map(
    found.map(({ path, kind, mode, hash }): [string, FakeTreeEntry] => {
      if (kind === 'folder') return [path, folderEntry(mode)]
      // The port tells no targets of links, only their hashes.
      if (kind === 'link') return [path, { kind, text: '', mode, hash }]
      return [path, fileEntry(source.read(path), mode)]
    }),
  )
}
