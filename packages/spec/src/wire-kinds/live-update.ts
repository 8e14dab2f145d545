import type { ApiObject } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'

/** How running containers take over changed files. Paths here are relative to `basePath`. */
export interface WireLiveUpdateSpec {
  /** Absolute. */
  readonly basePath: string
  readonly selector: LiveUpdateSelector
  /** What says which files have changed. */
  readonly sources?: readonly LiveUpdateSource[] | undefined
  /** A change of one builds the image instead. */
  readonly stopPaths?: readonly string[] | undefined
  readonly syncs?: readonly { readonly localPath: string; readonly containerPath: string }[] | undefined
  readonly execs?: readonly LiveUpdateExec[] | undefined
  readonly restart?: 'none' | 'always' | undefined
  /** A container that starts gets all files that differ from those of its image. */
  readonly initialSync?: Record<string, never> | undefined
}

/** One of the two is set. */
export interface LiveUpdateSelector {
  readonly kubernetes?:
    | {
        readonly discoveryName: string
        readonly applyName?: string | undefined
        /** One of these three says which container of a pod is meant. */
        readonly image?: string | undefined
        readonly containerName?: string | undefined
        readonly imageMapName?: string | undefined
      }
    | undefined
  readonly dockerCompose?: { readonly service: string } | undefined
}

export interface LiveUpdateSource {
  readonly fileWatch?: string | undefined
  readonly imageMap?: string | undefined
}

export interface LiveUpdateExec {
  readonly args: readonly string[]
  /** It runs when one of them, or a path below, has changed; none: it always runs. */
  readonly triggerPaths?: readonly string[] | undefined
  /** The command itself is not shown. */
  readonly echoOff?: boolean | undefined
}

export interface WireLiveUpdateStatus {
  readonly containers?: readonly LiveUpdateContainer[] | undefined
  /** Why changed files are built into an image instead. */
  readonly failed?:
    | {
        readonly reason: string
        readonly message?: string | undefined
        readonly lastTransitionTime?: ApiTime | undefined
      }
    | undefined
}

export interface LiveUpdateContainer {
  readonly containerName?: string | undefined
  readonly containerID?: string | undefined
  readonly podName?: string | undefined
  readonly namespace?: string | undefined
  /** The newest change that it has taken over. */
  readonly lastFileTimeSynced?: ApiTime | undefined
  readonly lastExecError?: string | undefined
  readonly waiting?:
    | { readonly reason: 'ContainerWaiting' | 'Trigger'; readonly message?: string | undefined }
    | undefined
}

/** How the containers of one image of a resource take over changed files. */
export type LiveUpdate = ApiObject<'LiveUpdate', WireLiveUpdateSpec, WireLiveUpdateStatus>
