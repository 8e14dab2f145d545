import { type LinkedGraph, linkGraph } from '@tiltts/core/graph'
import { type Diagnostic, type EvaluationResult, isTiltError, type LogLevel } from '@tiltts/spec'
import type { Compose } from '../../ports/compose.js'
import type { ConfigHost, EvaluateRequest, FunctionHost } from '../../ports/config-host.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Manifests } from '../../ports/manifests.js'
import { resolveCompose } from './resolve-compose.js'
import { resolveKubernetes } from './resolve-kubernetes.js'

/** What came of an evaluation and of looking at its graph as a whole. */
export interface Evaluated {
  readonly result: EvaluationResult
  readonly diagnostics: readonly Diagnostic[]
  /** Absent when anything was wrong. */
  readonly linked: LinkedGraph | undefined
  /** Why it failed, for status and verdict; empty when it went well. */
  readonly error: string
  readonly functions: FunctionHost | undefined
}

export const cancelled = 'build canceled'

/** What it takes to evaluate a config as a whole. */
export interface EvaluateDeps {
  readonly configHost: ConfigHost
  readonly compose: Compose
  readonly kubernetes: Pick<Kubernetes, 'context'>
  readonly manifests: Manifests
}

/**
 * Evaluates a config, has read what it names, compose projects and manifests, and links its graph. What the user or the world did wrong
 * is in the diagnostics.
 */
export async function evaluateConfig(
  { configHost, compose, kubernetes, manifests }: EvaluateDeps,
  request: Omit<EvaluateRequest, 'onLog' | 'kubernetes' | 'render'>,
  onLog: (text: string, level: LogLevel) => void,
  signal: AbortSignal,
): Promise<Evaluated> {
  const context = await contextNow(kubernetes)
  const render: EvaluateRequest['render'] = (sources, aborted) => manifests.load(sources, aborted)
  const evaluation = await evaluate(configHost, { ...request, onLog, kubernetes: context, render }, signal)
  if ('failure' in evaluation) return failed(nothingRead, [evaluation.failure], undefined, signal)
  const { functions } = evaluation
  const graph = evaluation.result.graph ?? evaluation.result.declared
  if (signal.aborted || graph === undefined)
    return failed(evaluation.result, evaluation.result.diagnostics, functions, signal)
  const [resolved, clustered] = await Promise.all([
    resolveCompose(compose, graph, signal),
    resolveKubernetes({ manifests, kubernetes, functions, env: request.env }, graph, signal),
  ])
  const result = {
    ...evaluation.result,
    reads: [...evaluation.result.reads, ...resolved.reads, ...clustered.reads],
    secrets: [...evaluation.result.secrets, ...clustered.secrets],
  }
  if (signal.aborted) return failed(result, result.diagnostics, functions, signal)
  // What is wrong between resources is told together with what is wrong in each.
  const { linked, diagnostics } = linkGraph(graph, { projects: resolved.projects, kubernetes: clustered.kubernetes })
  const all = [...result.diagnostics, ...resolved.diagnostics, ...clustered.diagnostics, ...diagnostics]
  if (linked === undefined || all.some(isError)) return failed(result, all, functions, signal)
  return { result, diagnostics: all, linked, error: '', functions }
}

/** For configs that ask. What is wrong with a kubeconfig concerns those alone that deploy by it. */
async function contextNow(kubernetes: Pick<Kubernetes, 'context'>): Promise<EvaluateRequest['kubernetes']> {
  try {
    const context = await kubernetes.context()
    return context && { context: context.name, namespace: context.namespace }
  } catch (error) {
    if (!isTiltError(error) || error.class === 'bug') throw error
    return undefined
  }
}

async function evaluate(
  host: ConfigHost,
  request: EvaluateRequest,
  signal: AbortSignal,
): Promise<{ readonly result: EvaluationResult; readonly functions: FunctionHost } | { readonly failure: Diagnostic }> {
  try {
    return await host.evaluate(request, signal)
  } catch (error) {
    if (!isTiltError(error) || error.class === 'bug') throw error
    return { failure: { code: error.code, severity: 'error', message: error.message, places: [] } }
  }
}

const nothingRead: EvaluationResult = {
  graph: undefined,
  diagnostics: [],
  reads: [],
  secrets: [],
  hasFunctions: false,
}

function failed(
  result: EvaluationResult,
  diagnostics: readonly Diagnostic[],
  functions: FunctionHost | undefined,
  signal: AbortSignal,
): Evaluated {
  const messages = diagnostics.filter(isError).map((diagnostic) => diagnostic.message)
  const error = signal.aborted ? cancelled : messages.join('\n') || 'the config could not be evaluated'
  return { result, diagnostics, linked: undefined, error, functions }
}

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error'
}
