import { chmod, mkdir, mkdtemp, realpath, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FilesWorld } from '@tiltts/runtime/contracts/files'
import type { Files } from '@tiltts/runtime/ports'

/** A folder of its own on the disk, with what watches it. */
export async function diskWorld(make: (root: string) => Files): Promise<FilesWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tiltts-files-')))
  return {
    files: make(root),
    root,
    async write(path, text) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    },
    mkdir: async (path) => void (await mkdir(path, { recursive: true })),
    async symlink(target, path) {
      await mkdir(dirname(path), { recursive: true })
      await symlink(target, path)
    },
    remove: (path) => rm(path, { recursive: true }),
    rename,
    async chmod(path) {
      const stats = await stat(path)
      await chmod(path, stats.mode ^ 0o010)
      if (stats.isDirectory()) await utimes(path, 1_700_000_000, 1_700_000_000)
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}
