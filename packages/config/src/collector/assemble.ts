import { dirname } from 'node:path'
import type { Diagnostic, EvaluationResult, FunctionRef, GraphSpec, KubernetesGraph, Place } from '@tiltts/spec'
import { finishArgs } from '../args/finish-args.js'
import {
  type AnyFunction,
  type Declaration,
  type Draft,
  type Finding,
  type Finish,
  namedRef,
  type Recorder,
} from './recorder.js'
import { readTiltignore } from './tiltignore.js'
import { unawaited } from './tracked.js'

/** Makes plain data of all that was recorded. */
export function assemble(
  recorder: Recorder,
  failure: readonly Diagnostic[],
  environment: Readonly<Record<string, string | undefined>>,
): EvaluationResult {
  const { draft, options } = recorder
  const stopped = failure.some((diagnostic) => diagnostic.severity === 'error')
  const finish: Finish = {
    place: (at: Error): Place | undefined => recorder.placesOf(at)[0],
    functionRef: (id: string, fn: AnyFunction, at: Error): FunctionRef => ({
      $fn: id,
      hash: options.hashFunction(fn, at),
    }),
  }
  const tiltignore = readTiltignore(recorder, dirname(options.mainPath))
  const args = finishArgs(recorder, finish, stopped)
  const findings: Finding[] = [
    ...draft.findings,
    ...tiltignore.findings,
    ...args.findings,
    ...unawaited(draft.tracked, stopped),
    // in an evaluation that stopped half-way, the image that takes them may have been further down
    ...(stopped ? [] : unusedSteps(draft)),
  ]
  const diagnostics = sortByPlace(
    [...failure, ...findings.map((finding) => recorder.diagnosticOf(finding))],
    options.mainPath,
  )
  const graph = (): GraphSpec => ({
    mainPath: options.mainPath,
    ...resourcesOf(draft, finish),
    images: draft.images.map((node) => node(finish)),
    compose: draft.compose.map((node) => node(finish)),
    composeResources: draft.composeResources.map((node) => node(finish)),
    ...(draft.objects.length > 0 && { objects: draft.objects.map((node) => node(finish)) }),
    registry: draft.registry && { ...draft.registry.spec, place: finish.place(draft.registry.at) },
    settings: draft.settings,
    args: args.args,
    positionals: args.positionals,
    selection:
      draft.selection.kind === 'some'
        ? { kind: 'some', names: draft.selection.refs.map((ref) => namedRef(finish, ref)) }
        : { kind: 'all' },
    watchIgnores: [...tiltignore.rules, ...draft.watchIgnores],
    secrets: draft.secrets,
    env: changedEnvironment(environment),
  })
  const good = !diagnostics.some((diagnostic) => diagnostic.severity === 'error')
  return {
    graph: good ? graph() : undefined,
    declared: good || stopped ? undefined : graph(),
    diagnostics,
    reads: [...draft.reads.values()],
    secrets: draft.secrets,
    hasFunctions: draft.functions.size > 0,
  }
}

/** All that is a resource by itself, and what belongs to Kubernetes. */
function resourcesOf(draft: Draft, finish: Finish): Pick<GraphSpec, 'resources' | 'kubernetes'> {
  const nodes = draft.resources.map((declared) => declared.node(finish))
  const { manifests, resources, kinds, imagePaths, nameWorkloads, allowedContexts } = draft.kubernetes
  const of = <Node>(declared: readonly Declaration<Node>[]): readonly Node[] => declared.map((node) => node(finish))
  const kubernetes: KubernetesGraph = {
    manifests: of(manifests),
    resources: of(resources),
    forwards: nodes.filter((node) => node.kind === 'k8s-forward'),
    customDeploys: nodes.filter((node) => node.kind === 'k8s-custom'),
    kinds: of(kinds),
    imagePaths: of(imagePaths),
    nameWorkloads: nameWorkloads?.(finish),
    allowedContexts,
  }
  const says = Object.values(kubernetes).some((part) => (Array.isArray(part) ? part.length > 0 : part !== undefined))
  return {
    resources: nodes.filter((node) => node.kind === 'local'),
    kubernetes: says ? kubernetes : undefined,
  }
}

/** A step that is in no live update does nothing: one complaint for each. */
function unusedSteps(draft: Draft): readonly Finding[] {
  return [...draft.unusedSteps.values()].map(({ display, at }) => ({
    code: 'config/live-update',
    severity: 'error',
    message: `${display} is in no live update`,
    hint: 'Put it into the liveUpdate of an image, or make it only where it is used: `edit && sync(…)` in the list',
    at,
  }))
}

/** What the config put into `process.env`, by hand or with `dotenv`: it reaches all commands. */
function changedEnvironment(before: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const changed: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && before[name] !== value) changed[name] = value
  }
  return changed
}

/** The main config first, then other files by name, then what has no place. Stable. */
function sortByPlace(diagnostics: readonly Diagnostic[], mainPath: string): readonly Diagnostic[] {
  const rank = (place: Place | undefined): number => (place === undefined ? 2 : place.file === mainPath ? 0 : 1)
  return diagnostics.toSorted((left, right) => {
    const [a, b] = [left.places[0], right.places[0]]
    if (rank(a) !== rank(b) || a === undefined || b === undefined) return rank(a) - rank(b)
    if (a.file !== b.file) return a.file < b.file ? -1 : 1
    return a.line - b.line || a.column - b.column
  })
}
