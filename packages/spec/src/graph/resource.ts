import type { Place } from '../place.js'
import type { CommandSpec } from './command.js'
import type { ProbeSpec } from './probe.js'

/** `auto` rebuilds on change, `manual` only when triggered. */
export type TriggerMode = 'auto' | 'manual'

/**
 * How a resource depends on another:
 * `first` (a plain reference): ready once, before the first update only · `after`: its update succeeded once ·
 * `ready`: ready now, before every update · `rerun`: each of its successful updates runs this one again ·
 * `started`: its container was seen running once, before the first update only · `completed`: its container ended with
 * code 0 once, before the first update only. The last two come from `depends_on` of compose.
 */
export type EdgeKind = 'first' | 'after' | 'ready' | 'rerun' | 'started' | 'completed'

/** A name used in the config, with the place of use, checked when the graph is linked. */
export interface NamedRef {
  readonly name: string
  readonly place: Place | undefined
}

export interface DependencySpec extends NamedRef {
  readonly edge: EdgeKind
}

export interface LinkSpec {
  readonly url: string
  readonly name?: string | undefined
}

/** Patterns in .dockerignore syntax, relative to an absolute folder. */
export interface IgnoreRule {
  readonly basePath: string
  readonly patterns: readonly string[]
}

/** What every resource has, whatever runs it. Absent options are `undefined`: defaults belong to the linker. */
export interface ResourceNodeBase {
  readonly name: string
  readonly place: Place | undefined
  readonly labels: readonly string[]
  readonly links: readonly LinkSpec[]
  readonly dependencies: readonly DependencySpec[]
  readonly triggerMode: TriggerMode | undefined
  readonly autoInit: boolean
  readonly readyTimeoutMs: number | undefined
  readonly onDown: StepSpec | undefined
}

/** A command with its surroundings. */
export interface StepSpec {
  readonly command: CommandSpec
  /** Absolute. */
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
}

/** A command that runs and ends (`cmd`), a server (`serve`), or both. */
export interface LocalResourceNode extends ResourceNodeBase {
  readonly kind: 'local'
  readonly cmd: StepSpec | undefined
  readonly serve: ServeSpec | undefined
  /** Absolute paths, watched recursively. */
  readonly deps: readonly string[]
  readonly ignores: readonly IgnoreRule[]
  /** Absolute paths that `cmd` writes. */
  readonly outputs: readonly string[]
  readonly allowParallel: boolean
}

export interface ServeSpec extends StepSpec {
  readonly probe: ProbeSpec | undefined
  /** @default 'never' */
  readonly restart: 'never' | 'on-failure'
  /** @default 10000 */
  readonly stopGraceMs: number
}

export type ResourceNode = LocalResourceNode
