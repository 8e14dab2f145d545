import type { Place } from '../place.js'
import type { CommandSpec } from './command.js'
import type { LiveUpdateSpec } from './live-update.js'
import type { IgnoreRule, NamedRef } from './resource.js'

interface ImageNodeBase {
  /** The reference as it was written: `shop/api`, `registry/name:tag`. */
  readonly ref: string
  readonly place: Place | undefined
  /** What neither goes into the build nor triggers one; each rule-set is judged by itself, any of them excludes. */
  readonly ignores: readonly IgnoreRule[]
  readonly liveUpdate?: LiveUpdateSpec | undefined
  /** Whether the image is looked for in environment variables of containers, too. */
  readonly matchInEnvVars: boolean
  /** Takes the place of the container's command where the image is deployed to Kubernetes. */
  readonly entrypoint?: readonly string[] | undefined
  /** Takes the place of the container's arguments where the image is deployed to Kubernetes. */
  readonly containerArgs?: readonly string[] | undefined
}

/** An image that is built from a Dockerfile. */
export interface DockerImageNode extends ImageNodeBase {
  readonly build: 'docker'
  /** Absolute. */
  readonly context: string
  /** As it was when the config was evaluated. `path` is absent when its text stands in the config. */
  readonly dockerfile: { readonly path?: string | undefined; readonly contents: string }
  /** An empty value is taken from the environment of the session. */
  readonly buildArgs: Readonly<Record<string, string>>
  readonly target?: string | undefined
  readonly platform?: string | undefined
  readonly network?: string | undefined
  readonly pull: boolean
  readonly cacheFrom: readonly string[]
  readonly extraTags: readonly string[]
  readonly extraHosts: readonly string[]
  /** As `docker build --ssh`: `default`, `id=path`. Paths are absolute. */
  readonly ssh: readonly string[]
  /** As `docker build --secret`: `id=name,src=path`, `id=name,env=NAME`. Paths are absolute. */
  readonly secrets: readonly string[]
}

/** An image that a command of the user's builds. */
export interface CustomImageNode extends ImageNodeBase {
  readonly build: 'custom'
  /** `undefined`: nothing is built, files are only synced into what runs already. */
  readonly command: CommandSpec | undefined
  /** Absolute. */
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  /** Absolute paths, watched recursively. */
  readonly deps: readonly string[]
  /** The tag that the command gives. */
  readonly tag?: string | undefined
  readonly skipsLocalDocker: boolean
  readonly disablePush: boolean
  /** Absolute path of the file that the command writes the reference to. */
  readonly outputsImageRefTo?: string | undefined
  readonly imageDeps: readonly NamedRef[]
}

export type ImageNode = DockerImageNode | CustomImageNode

/** Where images that are built here are pushed to. */
export interface RegistrySpec {
  readonly host: string
  /** How the cluster calls the same registry. */
  readonly hostFromCluster?: string | undefined
  /** One repository for all images; their names go into the tag. */
  readonly singleName?: string | undefined
  readonly place: Place | undefined
}
