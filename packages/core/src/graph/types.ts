import type { Diagnostic, GraphSpec, IgnoreRule, ImageSpec, Kind, ResourceSpec, SpecOf, StatusOf } from '@tiltts/spec'
import type { NewMeta } from '../store/types.js'

/** A graph that was checked against itself: every name in it is that of a resource or an image. */
export interface LinkedGraph {
  readonly graph: GraphSpec
  /** In order of display, with all defaults filled in: services of compose, then local resources. */
  readonly resources: readonly LinkedResource[]
  /** Those that resources run, and what these are built upon; in order of declaration. */
  readonly images: readonly LinkedImage[]
  /** Names of the resources that take part: the chosen ones with all they depend on. The others are there, disabled. */
  readonly enabled: ReadonlySet<string>
  /** Patterns that stop triggering wherever it comes from. */
  readonly watchIgnores: readonly IgnoreRule[]
}

export interface LinkedResource<S extends ResourceSpec = ResourceSpec> {
  readonly name: string
  readonly spec: S
}

export interface LinkedImage {
  /** Of the Image object. */
  readonly name: string
  readonly spec: ImageSpec
}

export interface LinkResult {
  /** Absent when there is an error among the diagnostics, and when a compose project is missing. */
  readonly linked: LinkedGraph | undefined
  /** All errors and warnings, in order of place. */
  readonly diagnostics: readonly Diagnostic[]
}

/** An object of the store as a graph wants it. */
export interface DesiredObject {
  readonly kind: Kind
  readonly name: string
  readonly spec: SpecOf<Kind>
  /** Used when the object is not there yet. */
  readonly initialStatus: StatusOf<Kind>
  readonly meta: NewMeta
  /**
   * `create`: made when it is not there, and from then on the spec belongs to another writer, as that of a Cmd does,
   * in which the runs stand. `replace`: the spec is always the graph's.
   */
  readonly write: 'create' | 'replace'
}
