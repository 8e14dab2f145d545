import type { LogStore } from '@tiltts/core/logs'
import type { ImageResult, ImageSpec, ImageStage, RegistrySpec } from '@tiltts/spec'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { ContainerHelper } from '../../ports/container-helper.js'
import type { Docker } from '../../ports/docker.js'
import type { Files } from '../../ports/files.js'
import type { Processes } from '../../ports/processes.js'
import type { ImageRecords } from './image-record.js'
import type { RegistryDigests } from './registry-digests.js'

export interface ImageDeps {
  readonly docker: Docker
  readonly files: Pick<Files, 'tree' | 'hash' | 'readText' | 'removeFile'>
  readonly processes: Pick<Processes, 'spawn'>
  readonly functions: FunctionRegistry
  readonly clock: Clock
  readonly records: ImageRecords
  readonly helper: ContainerHelper
  readonly registries: RegistryDigests
  /** The environment of all commands. */
  readonly env: Readonly<Record<string, string>>
  readonly logs: LogStore
}

/** An image that is to be brought up to date. */
export interface ImageJob {
  /** Name of the Image object. */
  readonly name: string
  readonly spec: ImageSpec
  /** What it is built upon, in the order of `spec.dependsOn`, up to date. */
  readonly bases: readonly BaseImage[]
  /** Whether the builder is called even when nothing has changed. */
  readonly force: boolean
  /** Whether what earlier sessions have built counts. */
  readonly useRecords: boolean
  /** The cluster that runs it; absent: only the Docker engine does. */
  readonly cluster?: ImageCluster | undefined
  /** For functions: the resource it is built for. */
  readonly resource: string
  /** For functions: the files that changed. */
  readonly changedFiles: readonly string[]
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
  readonly onStage: (stages: readonly ImageStage[]) => void
}

/** What of a cluster decides how an image for it is made. */
export interface ImageCluster {
  /** Of its nodes, as Go names it; absent: nobody knows. */
  readonly arch?: string | undefined
  /** Absent: it has none. */
  readonly registry?: RegistrySpec | undefined
}

export interface BaseImage {
  readonly spec: ImageSpec
  readonly result: ImageResult
}

/** What became of it. */
export type ImageEnd =
  | { readonly ok: true; readonly result: ImageResult }
  | { readonly ok: false; readonly error: string; readonly exitCode?: number | undefined }
