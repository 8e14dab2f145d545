import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import type { ServiceUpdateDeps } from './controllers/update/service-update.js'
import { projectGate } from './executors/compose/project-gate.js'
import { imageRecords } from './executors/image/image-record.js'
import { registryDigests } from './executors/image/registry-digests.js'
import type { Channels } from './executors/live-update/channels.js'
import { syncedContainers } from './executors/live-update/container-files.js'
import type { FunctionRegistry } from './functions/registry.js'
import type { Ports } from './ports/ports.js'

interface Parts
  extends Pick<ServiceUpdateDeps, 'command' | 'useRecords' | 'inSlot' | 'onEngineLost' | 'lookAtContainers'> {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly functions: FunctionRegistry
  readonly channels: Channels
  readonly env: Readonly<Record<string, string>>
  /** Tells this project's records from those of others. */
  readonly project: string
}

/** All that images are built and services are deployed by, wired. */
export function serviceUpdates(
  parts: Parts & Pick<Ports, 'docker' | 'compose' | 'files' | 'processes' | 'clock' | 'records' | 'helper'>,
): ServiceUpdateDeps {
  const { project, ...rest } = parts
  const images = imageRecords(parts.records, project)
  const registries = registryDigests(parts.docker)
  const synced = syncedContainers(parts.records, project)
  return { ...rest, images, synced, gate: projectGate(), imageUpdates: { ...rest, records: images, registries } }
}
