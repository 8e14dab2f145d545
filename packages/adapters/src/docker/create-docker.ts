import type { Docker } from '@tiltts/runtime/ports'
import { assembleDocker, type DockerOptions } from './assemble-docker.js'
import { createImageBuilder } from './build/index.js'

/**
 * The Docker engine, or Podman, that the docker command would speak to. Nothing is read, loaded or opened before the first
 * call; while the engine is away each call looks for it again.
 *
 * @example
 * const docker = createDocker({ processes, env: process.env })
 * const { version } = await docker.info()
 */
export function createDocker(options: DockerOptions): Docker {
  return assembleDocker(options, createImageBuilder)
}
