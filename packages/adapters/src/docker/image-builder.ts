import type { Clock, Docker, Processes } from '@tiltts/runtime/ports'
import type { Connect } from './connection.js'

/** What a builder of images is given. */
export interface ImageBuilderDeps {
  readonly connect: Connect
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
}

export interface ImageBuilder {
  readonly build: Docker['build']
  /** Which builder it is, with its version: part of what an image is made of. */
  describe(): Promise<string>
}

export type CreateImageBuilder = (deps: ImageBuilderDeps) => ImageBuilder
