import type { Place } from '../place.js'
import type { ConfigRead } from './graph.js'
import type { DependencySpec, IgnoreRule, LinkSpec, NamedRef, StepSpec, TriggerMode } from './resource.js'

/** What it takes to speak of one compose project to compose. */
export interface ComposeProjectRef {
  /** Absent: compose's own choice, the name of the folder. */
  readonly name?: string | undefined
  /** Absolute, in order. */
  readonly files: readonly string[]
  /** A compose file as text (JSON is YAML), merged after `files`. */
  readonly inline?: string | undefined
  /** Absolute: the project directory. */
  readonly dir: string
  /** Absolute. */
  readonly envFile?: string | undefined
  /** Absent: those of COMPOSE_PROFILES. */
  readonly profiles?: readonly string[] | undefined
}

/** A call of `dockerCompose`. */
export interface ComposeNode {
  readonly project: ComposeProjectRef
  /** `compose up --wait`. */
  readonly wait: boolean
  readonly place: Place | undefined
}

/** A call of `dcResource`: it says more about a service. Calls for one service add up. */
export interface ComposeResourceNode {
  /** The service. */
  readonly service: NamedRef
  readonly projectName?: string | undefined
  readonly newName?: string | undefined
  readonly image?: NamedRef | undefined
  readonly labels: readonly string[]
  readonly links: readonly LinkSpec[]
  readonly dependencies: readonly DependencySpec[]
  readonly triggerMode: TriggerMode | undefined
  readonly autoInit: boolean | undefined
  readonly inferLinks: boolean | undefined
  readonly readyTimeoutMs: number | undefined
  readonly onDown: StepSpec | undefined
  readonly place: Place | undefined
}

export type ComposeCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully'

export interface ComposeDependency {
  readonly service: string
  readonly condition: ComposeCondition
  /** Whether a new container of it restarts this service. */
  readonly restart: boolean
  readonly required: boolean
}

export interface ComposePort {
  readonly target: number
  /** Absent: a free port is chosen. */
  readonly published?: number | undefined
  readonly hostIp?: string | undefined
  readonly protocol: string
}

/** How compose itself builds the image of a service. */
export interface ComposeBuild {
  /** Absolute path, or an URL. */
  readonly context: string
  /** Absolute; absent when its text stands in the compose file. */
  readonly dockerfile?: string | undefined
  /** The text of a Dockerfile that stands in the compose file. */
  readonly dockerfileText?: string | undefined
  /** Absolute paths of the files that it is given as secrets. Other secrets are in the hash of the definition. */
  readonly secretFiles?: readonly string[] | undefined
  /** Absolute paths of further contexts. */
  readonly additionalContexts: readonly string[]
  /** Whether it takes in more than these files and base images: a variable of the environment, another image. */
  readonly takesMore?: boolean | undefined
  /** What its .dockerignore leaves out. @default nothing */
  readonly ignores?: readonly IgnoreRule[] | undefined
}

export type ConfigHashPart = string | { readonly containerOf: string }

/** A service as compose itself reads it: interpolated, extended, merged. */
export interface ComposeService {
  readonly name: string
  /** The name of its image, also when compose would make it up: `shop-api`. */
  readonly image: string
  readonly build?: ComposeBuild | undefined
  readonly dependsOn: readonly ComposeDependency[]
  readonly hasHealthcheck: boolean
  /** `no`, `always`, `on-failure[:n]`, `unless-stopped`. */
  readonly restart: string
  readonly ports: readonly ComposePort[]
  /** Absolute paths here that are mounted into it. */
  readonly mounts: readonly string[]
  /** How many containers: `deploy.replicas` or `scale`. @default 1 */
  readonly scale: number
  /** Whether a restart of its container would lose something: a free host port, tmpfs, others in its network. */
  readonly mustStay: boolean
  /** Whether the service overrides the ENTRYPOINT of its image. */
  readonly overridesEntrypoint: boolean
  /** Compose's own hash, the one it labels containers with: another means a new container. */
  readonly configHash: string
  /**
   * For a service that lives in containers of others (`network_mode: service:db`): compose hashes the ids of these with
   * it. What it hashes, in pieces, with a service in the place of the id of its first container; SHA-256, in hex.
   */
  readonly configHashParts?: readonly ConfigHashPart[] | undefined
  /** Hash of the whole definition, `build:` included, and of the secrets that a build takes from the environment. */
  readonly definitionHash: string
  /** Where it is written, as far as that can be told. */
  readonly place: Place | undefined
}

/** A project as compose reads it. */
export interface ComposeProject {
  readonly name: string
  /** Those whose profiles are on. */
  readonly services: readonly ComposeService[]
  /** Services whose profiles are off, as far as that can be told. */
  readonly inactive?: readonly { readonly name: string; readonly profiles: readonly string[] }[] | undefined
  /** All that decided it: compose files, env files. */
  readonly reads: readonly ConfigRead[]
}
