import { wellKnown } from '@tiltts/spec'
import type { EvaluatedOnce } from '../engine/evaluate-once.js'
import { type ConfigResource, configDocument } from './config-document.js'

/** What came of an evaluation, with the names that Tilt's own form has for it. */
export interface TiltfileResult {
  readonly Manifests: readonly TiltfileManifest[]
  /** Names. */
  readonly EnabledManifests: readonly string[]
  readonly ConfigFiles: readonly string[]
  /** `null` when all went well. */
  readonly Error: string | null
}

export interface TiltfileManifest {
  readonly Name: string
  readonly SourceTiltfile: string
  readonly Labels: Readonly<Record<string, string>>
  readonly ResourceDependencies: readonly string[]
  /** 0 auto, 1 manual but for the first update, 2 manual, 3 auto after the first update. */
  readonly TriggerMode: 0 | 1 | 2 | 3
}

/** The evaluation of a config in the form that readers of Tilt's `tiltfile-result` know. */
export function tiltfileResult(evaluated: EvaluatedOnce): TiltfileResult {
  const { resources, files } = configDocument(evaluated)
  return {
    Manifests: resources.map((resource) => ({
      Name: resource.name,
      SourceTiltfile: wellKnown.tiltfile,
      Labels: Object.fromEntries(resource.labels.map((label) => [label, label])),
      ResourceDependencies: resource.dependsOn.map(({ name }) => name),
      TriggerMode: triggerModeOf(resource),
    })),
    EnabledManifests: resources.filter(({ enabled }) => enabled).map(({ name }) => name),
    ConfigFiles: files,
    Error: evaluated.linked === undefined ? evaluated.error : null,
  }
}

function triggerModeOf({ triggerMode, autoInit }: ConfigResource): 0 | 1 | 2 | 3 {
  if (triggerMode === 'auto') return autoInit ? 0 : 3
  return autoInit ? 1 : 2
}
