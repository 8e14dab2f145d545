import type { Clock, Docker, Processes } from '@tiltts/runtime/ports'
import { systemClock } from '../clock/index.js'
import { openContainer } from './channel/open-container.js'
import { createConnector } from './connection/connect.js'
import type { Connect } from './connection.js'
import { inspectContainer, listContainers } from './containers.js'
import type { CreateImageBuilder } from './image-builder.js'
import { inspectImage, tagImage } from './images.js'
import { engineInfo } from './info.js'
import { followLogs } from './logs.js'
import { prune } from './prune.js'
import { pullImage } from './pull.js'
import { pushImage } from './push.js'
import { registryDigest } from './registry-digest.js'
import { restartContainer } from './restart.js'
import { watchContainers } from './watch-containers.js'

export interface DockerOptions {
  /** Runs credential helpers, and buildx where that builds. */
  readonly processes: Processes
  /** DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG and their like are read from it, and HOME. */
  readonly env: Readonly<Record<string, string>>
  /** @default that of the machine */
  readonly clock?: Clock | undefined
  /** How long the engine may take for a plain call, in milliseconds. @default 30 seconds, 10 for the first */
  readonly timeoutMs?: number | undefined
}

/** The engine of the user's environment, with a builder of one's choice. */
export function assembleDocker(options: DockerOptions, createImageBuilder: CreateImageBuilder): Docker {
  const clock = options.clock ?? systemClock()
  const connector = createConnector({ ...options, clock })
  const { connect }: { readonly connect: Connect } = connector
  const builder = createImageBuilder({ connect, processes: options.processes, env: options.env, clock })
  const channels = new Set<{ close(): Promise<void> }>()

  return {
    info: async (signal) => engineInfo(await connect(signal), builder, signal),
    build: builder.build,
    inspectImage: async (ref) => inspectImage(await connect(), ref),
    tag: async (imageId, ref) => tagImage(await connect(), imageId, ref),
    push: async (ref, onProgress, signal) => pushImage(await connect(signal), ref, onProgress, signal),
    pull: async (ref, onProgress, signal) => pullImage(await connect(signal), ref, onProgress, signal),
    registryDigest: async (ref, signal) => registryDigest(await connect(signal), ref, signal),
    containers: async (labels) => listContainers(await connect(), labels),
    inspectContainer: async (id) => inspectContainer(await connect(), id),
    watchContainers: async (labels, onEvent) => watchContainers(await connect(), labels, onEvent),
    async *logs(id, { since }, signal) {
      yield* followLogs(await connect(signal), id, since, signal)
    },
    async openContainer(id, signal) {
      const channel = await openContainer(await connect(signal), id, signal)
      channels.add(channel)
      return {
        ...channel,
        async close() {
          channels.delete(channel)
          await channel.close()
        },
      }
    },
    restartContainer: async (id, graceSeconds) => restartContainer(await connect(), id, graceSeconds),
    prune: async (request, signal) => prune(await connect(signal), request, signal),
    async close() {
      await Promise.all([...channels].map((channel) => channel.close()))
      channels.clear()
      connector.close()
    },
  }
}
