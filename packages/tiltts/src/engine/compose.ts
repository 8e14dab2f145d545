import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@tiltts/adapters/clock'
import { createCompose } from '@tiltts/adapters/compose'
import { createConfigHost, sourceEntry } from '@tiltts/adapters/config-host'
import { createDocker } from '@tiltts/adapters/docker'
import { createFiles } from '@tiltts/adapters/files'
import { createKubernetes, type PodTerminals } from '@tiltts/adapters/kubernetes'
import { createListeners } from '@tiltts/adapters/listeners'
import { folderLogArchive, openSessionLogFolder } from '@tiltts/adapters/logs'
import { createManifests } from '@tiltts/adapters/manifests'
import { createNetwork } from '@tiltts/adapters/network'
import { createProcesses } from '@tiltts/adapters/processes'
import { folderRecords } from '@tiltts/adapters/records'
import type { LogArchive } from '@tiltts/core/logs'
import type { Kubernetes, Ports } from '@tiltts/runtime'
import { projectFolder } from '../sessions/project-folder.js'
import { packageFolder, packageVersion } from '../version.js'
import { containerHelper } from './container-helper.js'

export interface ComposeOptions {
  /** Absolute path of the config. */
  readonly mainPath: string
  /** Whether configs are going to be evaluated again and again. */
  readonly repeated: boolean
  /** Of the kubeconfig. @default the current one */
  readonly context?: string | undefined
  /** In which objects without one are deployed. @default that of the context */
  readonly namespace?: string | undefined
  /** Told what went wrong beside the main thing: logs that cannot be kept, processes that could not be cleaned up. */
  readonly onWarning: (message: string) => void
}

export interface Composed {
  /** All but the logs, which only a session keeps. */
  readonly ports: Omit<Ports, 'logArchive' | 'kubernetes'> & { readonly kubernetes: Kubernetes & PodTerminals }
  /** Ends what the ports hold. */
  close(): Promise<void>
}

/** The one place that chooses adapters. */
export function createPorts({ mainPath, repeated, context, namespace, onWarning }: ComposeOptions): Composed {
  const base = dirname(mainPath)
  const state = projectFolder(base)
  const clock = systemClock()
  const sessionId = randomUUID()
  const processes = createProcesses({ sessionId, stateFolder: join(state, 'processes'), onWarning })
  const configHost = createConfigHost({
    processes,
    clock,
    entry: hostEntry(),
    cliPackageDir: packageFolder,
    version: packageVersion(),
    keepStandby: repeated,
    // So that what a config starts by itself is found when the session ends.
    env: { ...process.env, TILTTS_SESSION: sessionId },
  })
  const files = createFiles({ base })
  const env = environment()
  const records = folderRecords(join(state, 'records'))
  return {
    ports: {
      clock,
      processes,
      configHost,
      files,
      network: createNetwork(),
      docker: createDocker({ processes, env, clock }),
      compose: createCompose({ processes, env }),
      kubernetes: createKubernetes({ processes, env, clock, context, namespace }),
      listeners: createListeners(),
      manifests: createManifests({ processes, files, env, records }),
      helper: containerHelper,
      records,
      uid: randomUUID,
    },
    async close() {
      await configHost.close()
      await processes.close()
      await files.close()
    },
  }
}

/** Where the logs of one session are kept. When its folder cannot be made the archive says so, and memory has to do. */
export async function openLogArchive(mainPath: string, onWarning: (message: string) => void): Promise<LogArchive> {
  const root = join(projectFolder(dirname(mainPath)), 'logs')
  const folder = await openSessionLogFolder(root).catch(() => join(root, 'unavailable'))
  return folderLogArchive({ folder, onError: (error) => onWarning(error.message) })
}

/** The bundled host beside this file, else the sources. */
function hostEntry(): ReturnType<typeof sourceEntry> {
  const bundled = fileURLToPath(new URL('config-host.js', import.meta.url))
  return existsSync(bundled) ? { path: bundled, execArgv: [] } : sourceEntry()
}

/** The environment of a session and its commands: this process's own, and where the session listens. */
export function sessionEnv(
  address: { readonly port: number; readonly host: string } | undefined,
): Readonly<Record<string, string>> {
  const listens =
    address === undefined
      ? []
      : [
          ['TILT_PORT', String(address.port)],
          ['TILT_HOST', address.host],
        ]
  return { ...environment(), ...Object.fromEntries(listens) }
}

function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
