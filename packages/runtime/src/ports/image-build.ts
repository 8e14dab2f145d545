export type {
  BuildEvent,
  BuildOutputEvent,
  BuildProgressEvent,
  BuildStepEvent,
  BuildWarningEvent,
} from '@tiltts/core/images'

/** An image to be built from a Dockerfile. All paths are absolute. */
export interface ImageBuildRequest {
  /** Names this build among the builds of a project, so that the builder finds what it was sent before: `shop/api`. */
  readonly name: string
  readonly context: BuildContext
  /** The text that is built, base images already replaced. */
  readonly dockerfile: string
  /** Where that text came from, so that places of errors can be told; lines are the same. */
  readonly dockerfilePath: string | undefined
  readonly buildArgs: Readonly<Record<string, string>>
  readonly target: string | undefined
  readonly platform: string | undefined
  readonly network: string | undefined
  readonly pull: boolean
  readonly noCache?: boolean | undefined
  readonly cacheFrom: readonly string[]
  readonly extraHosts: readonly string[]
  readonly ssh: readonly string[]
  readonly secrets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** References that the image gets beside its id. */
  readonly tags: readonly string[]
}

/** What of a folder is sent to the builder. */
export interface BuildContext {
  readonly folder: string
  /** Judged by absolute path; the Dockerfile itself is sent by its text. */
  readonly ignored: (path: string) => boolean
  readonly prunes: (folder: string) => boolean
  /** The pattern that leaves a path out, as the user wrote it; for messages. */
  readonly leftOutBy?: ((path: string) => string | undefined) | undefined
  /** Files that are not in the folder: the path they have in the context, and their content or where that is. */
  readonly extra?: readonly { readonly path: string; readonly file: string; readonly mode: number }[] | undefined
}
