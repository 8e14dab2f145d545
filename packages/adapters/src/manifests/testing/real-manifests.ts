import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Manifests, Processes } from '@tiltts/runtime/ports'
import type { ManifestsHarness } from '../../../../runtime/src/ports/manifests.contract.js'
import { createFiles } from '../../files/index.js'
import { createProcesses } from '../../processes/index.js'
import { folderRecords } from '../../records/index.js'
import { createManifests } from '../create-manifests.js'

export interface RealManifests extends ManifestsHarness {
  /** Command lines of all that was started, oldest first. */
  readonly started: readonly string[]
  /** Manifests of the same place, as the next session has them. */
  readonly reopen: (env?: Readonly<Record<string, string>>) => Manifests
}

/** Manifests of this machine, with a folder of their own. */
export async function realManifests(env: Readonly<Record<string, string>> = {}): Promise<RealManifests> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tiltts-manifests-')))
  const dir = join(root, 'shop')
  await mkdir(dir)
  const started: string[] = []
  const real = createProcesses({ sessionId: root, stateFolder: join(root, 'state'), reaper: false })
  const processes: Processes = {
    ...real,
    spawn(request) {
      started.push(request.argv.join(' '))
      return real.spawn(request)
    },
  }
  const files = createFiles({ base: dir })
  const records = folderRecords(join(root, 'records'))
  const reopen = (more: Readonly<Record<string, string>> = {}): Manifests =>
    createManifests({ processes, files, records, env: { ...(process.env as Record<string, string>), ...env, ...more } })
  const write = async (path: string, text: string): Promise<string> => {
    const whole = join(dir, path)
    await mkdir(dirname(whole), { recursive: true })
    await writeFile(whole, text)
    return whole
  }
  return {
    manifests: reopen(),
    dir,
    started,
    reopen,
    write,
    async chart(name, rendered) {
      await write(`${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`)
      await write(`${name}/templates/all.yaml`, rendered)
      return join(dir, name)
    },
    async kustomization(name, built) {
      await write(`${name}/all.yaml`, built)
      await write(`${name}/kustomization.yaml`, 'resources: [all.yaml]\n')
      return join(dir, name)
    },
    async close() {
      await real.close(0)
      await files.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
