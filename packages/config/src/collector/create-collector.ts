import { AsyncLocalStorage } from 'node:async_hooks'
import type { ConfigRead, Diagnostic, EvaluationResult, FunctionRef, Place, SecretSpec } from '@tiltts/spec'
import { assemble } from './assemble.js'
import { runConfigFunction } from './config-function.js'
import type { AnyFunction, Draft, Finding, Recorder } from './recorder.js'
import type { Scope } from './scope.js'
import { settleTracked } from './tracked.js'
import type { Collector, CollectorOptions } from './types.js'

/**
 * Starts an evaluation. Make it when `process.env` is what the config shall see:
 * what the config changes there reaches all commands.
 *
 * @example
 * ```ts
 * const collector = createCollector(options)
 * installCollector(collector)
 * await collector.runDefault(await import(url))
 * const result = await collector.result([])
 * ```
 */
export function createCollector(options: CollectorOptions): Collector {
  const draft = emptyDraft()
  const environment = { ...process.env }
  const placesByCall = new WeakMap<Error, readonly Place[]>()
  let open = true

  const recorder: Recorder = {
    options,
    draft,
    scopes: new AsyncLocalStorage<Scope>(),
    isOpen: () => open,
    placesOf(at: Error): readonly Place[] {
      const known = placesByCall.get(at)
      if (known !== undefined) return known
      const places = options.places(at)
      placesByCall.set(at, places)
      return places
    },
    recordRead(read: ConfigRead): void {
      const key = `${read.kind}${read.depth ?? ''} ${read.path}`
      if (!open || draft.reads.has(key)) return
      draft.reads.set(key, read)
      options.onRead?.(read)
    },
    recordSecret(secret: SecretSpec): void {
      draft.secrets.push(secret)
      options.onSecret?.(secret)
    },
    recordModule(path: string): void {
      recorder.recordRead({ path, kind: 'file' })
    },
    diagnosticOf(finding: Finding): Diagnostic {
      const [first, ...callers] = finding.at ? recorder.placesOf(finding.at) : []
      const also = finding.also ? recorder.placesOf(finding.also)[0] : undefined
      const places = [...(finding.places ?? []), first, also, ...callers].filter((place) => place !== undefined)
      const { code, severity, message, hint } = finding
      return hint === undefined ? { code, severity, message, places } : { code, severity, message, places, hint }
    },
    functionOf(ref: FunctionRef | string): AnyFunction | undefined {
      return draft.functions.get(typeof ref === 'string' ? ref : ref.$fn)
    },
    runDefault: (exports: unknown) => runConfigFunction(recorder, exports, options.mainPath),
    async result(failure: readonly Diagnostic[]): Promise<EvaluationResult> {
      const failed = failure.some((diagnostic) => diagnostic.severity === 'error')
      if (!failed) await settleTracked(draft.tracked)
      const result = assemble(recorder, failure, environment)
      open = false
      return result
    },
  }
  recorder.recordRead({ path: options.mainPath, kind: 'file' })
  return recorder
}

function emptyDraft(): Draft {
  return {
    resources: [],
    images: [],
    compose: [],
    composeResources: [],
    kubernetes: {
      manifests: [],
      resources: [],
      kinds: [],
      imagePaths: [],
      nameWorkloads: undefined,
      allowedContexts: [],
    },
    objects: [],
    extensionRepos: new Map(),
    registry: undefined,
    unusedSteps: new Map(),
    settings: {},
    triggerModeAt: undefined,
    selection: { kind: 'all' },
    watchIgnores: [],
    secrets: [],
    findings: [],
    tracked: [],
    functions: new Map(),
    includes: new Set(),
    started: new Map(),
    reads: new Map(),
    args: [],
    argsFile: undefined,
  }
}
