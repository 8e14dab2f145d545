import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFiles } from '../../files/index.js'
import { createManifests } from '../../manifests/index.js'
import { createProcesses } from '../../processes/index.js'
import { folderRecords } from '../../records/index.js'
import type { RenderManifests } from './render-manifests.js'

/** Reads manifests in this process, which keeps nothing of them. */
export function localManifests(env: Readonly<Record<string, string>>, signal: AbortSignal): RenderManifests {
  return async (sources) => {
    const folder = await mkdtemp(join(tmpdir(), 'tiltts-server-'))
    const processes = createProcesses({ sessionId: `server-${process.pid}`, stateFolder: folder, reaper: false })
    try {
      const manifests = createManifests({ processes, files: createFiles(), env, records: folderRecords(folder) })
      return await manifests.load(sources, signal)
    } finally {
      await processes.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
