import type { Diagnostic, Place } from '@tiltts/spec'
import type { EvaluatedOnce } from '../engine/evaluate-once.js'

/** What a config says, for programs. Fields are only ever added. */
export interface ConfigDocument {
  /** Absolute path. */
  readonly config: string
  /** In order of display; empty when something is wrong. */
  readonly resources: readonly ConfigResource[]
  readonly images: readonly ConfigImage[]
  /** Absolute paths of what was read, sorted: when one changes, another evaluation may say something else. */
  readonly files: readonly string[]
  /** Of the kubeconfig; `null`: nothing is deployed to a cluster. */
  readonly context: string | null
  readonly diagnostics: readonly ConfigDiagnostic[]
}

export interface ConfigResource {
  readonly name: string
  readonly type: 'local' | 'docker-compose' | 'k8s'
  readonly labels: readonly string[]
  /** Whether it takes part, as the arguments and the config have it. */
  readonly enabled: boolean
  readonly autoInit: boolean
  readonly triggerMode: 'auto' | 'manual'
  readonly dependsOn: readonly { readonly name: string; readonly edge: string }[]
  /** References of the images that it runs. */
  readonly images: readonly string[]
  readonly links: readonly { readonly url: string; readonly name: string }[]
  readonly place: ConfigPlace | null
}

export interface ConfigImage {
  readonly ref: string
  readonly dependsOn: readonly string[]
  readonly deployedBy: readonly string[]
}

export interface ConfigPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface ConfigDiagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly place: ConfigPlace | null
}

/** Secrets and environments are no part of it. */
export function configDocument({ mainPath, linked, diagnostics, result }: EvaluatedOnce): ConfigDocument {
  const images = linked?.images ?? []
  const refOf = new Map(images.map(({ name, spec }) => [name, spec.node.ref]))
  const refs = (names: readonly string[]): readonly string[] => names.map((name) => refOf.get(name) ?? name)
  return {
    config: mainPath,
    resources: (linked?.resources ?? []).map(({ name, spec }) => ({
      name,
      type: spec.type,
      labels: spec.labels,
      enabled: linked?.enabled.has(name) === true,
      autoInit: spec.autoInit,
      triggerMode: spec.triggerMode,
      dependsOn: spec.dependencies.map(({ on, edge }) => ({ name: on, edge })),
      images: refs(spec.images.filter(({ deployed }) => deployed).map((image) => image.name)),
      links: spec.links.map(({ url, name: text = '' }) => ({ url, name: text })),
      place: placeOf(spec.place),
    })),
    images: images.map(({ spec }) => ({
      ref: spec.node.ref,
      dependsOn: refs(spec.dependsOn),
      deployedBy: spec.deployedBy,
    })),
    files: [...new Set([mainPath, ...result.reads.map(({ path }) => path)])].sort(),
    context: linked?.context?.name ?? null,
    diagnostics: diagnostics.map(diagnosticOf),
  }
}

function diagnosticOf({ severity, code, message, places }: Diagnostic): ConfigDiagnostic {
  return { severity, code, message, place: placeOf(places[0]) }
}

function placeOf(place: Place | undefined): ConfigPlace | null {
  return place === undefined ? null : { file: place.file, line: place.line, column: place.column }
}
