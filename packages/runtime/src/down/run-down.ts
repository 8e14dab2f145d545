import { downCmd } from '@tiltts/core/graph'
import type { Diagnostic } from '@tiltts/spec'
import { sessionEnv } from '../controllers/cmd/command-env.js'
import { defaultGraceMs, launch } from '../controllers/cmd/launch.js'
import { evaluateConfig } from '../controllers/tiltfile/evaluate.js'
import { functionRegistry } from '../functions/registry.js'
import type { Ports } from '../ports/ports.js'
import { downKubernetes } from './down-kubernetes.js'
import { downOrder } from './down-order.js'
import { downProjects } from './down-projects.js'

export interface DownOptions {
  /** Absolute path of the config. */
  readonly mainPath: string
  /** What stood after `--`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Whether output ends where colours are shown. @default false */
  readonly colour?: boolean | undefined
  /** Whether the volumes of compose projects go, too. @default false */
  readonly deleteVolumes?: boolean | undefined
  /** Whether namespaces go, too. @default false */
  readonly deleteNamespaces?: boolean | undefined
}

export interface DownResult {
  /** Of the evaluation. With an error among them nothing was run. */
  readonly diagnostics: readonly Diagnostic[]
  /** What failed to go down, a resource or `compose project <name>`; the others went on. */
  readonly errors: readonly { readonly resource: string; readonly message: string }[]
}

/**
 * Takes down what a config has put up: evaluates it with the command `down` and runs `onDown` of its enabled resources,
 * one after another, those that need others first. Then what they have in the cluster is deleted; then compose takes down each project that has an enabled service, the
 * whole of it.
 *
 * @param input.signal ends the present step and leaves out the rest
 * @param input.onOutput gets what the config and the steps print, and a line before each step
 */
export async function runDown(input: {
  readonly ports: Pick<Ports, 'clock' | 'processes' | 'configHost' | 'compose' | 'kubernetes' | 'manifests' | 'records'>
  readonly options: DownOptions
  readonly signal?: AbortSignal | undefined
  readonly onOutput?: ((text: string) => void) | undefined
}): Promise<DownResult> {
  const { ports, options, onOutput = () => {} } = input
  const signal = input.signal ?? new AbortController().signal
  const { mainPath, args, env } = options
  const functions = functionRegistry()
  const evaluated = await evaluateConfig(
    ports,
    { mainPath, args, env, command: 'down' },
    (text) => onOutput(text),
    signal,
  )
  functions.replace(evaluated.functions)
  const errors: { resource: string; message: string }[] = []
  const deps = { ...ports, functions, env: sessionEnv(env, { colour: options.colour ?? false }) }
  const resources = evaluated.linked === undefined ? [] : downOrder(evaluated.linked)
  for (const resource of resources) {
    const spec = downCmd(resource)
    if (spec === undefined || signal.aborted) continue
    onOutput(`${resource.name}: ${resource.spec.onDown?.command.display ?? ''}\n`)
    const process = launch(deps, resource.name, spec, (text) => onOutput(text))
    const stop = (): void => void process.stop(defaultGraceMs)
    signal.addEventListener('abort', stop, { once: true })
    const { exitCode, reason } = await process.exited
    signal.removeEventListener('abort', stop)
    if (exitCode !== 0) errors.push({ resource: resource.name, message: reason ?? `exit code ${exitCode}` })
  }
  const inCluster = await downKubernetes(
    { ...deps, onOutput },
    {
      resources,
      all: evaluated.linked?.resources ?? [],
      context: evaluated.linked?.context,
      deleteNamespaces: options.deleteNamespaces ?? false,
      project: mainPath,
    },
    signal,
  )
  errors.push(...inCluster)
  const volumes = options.deleteVolumes ?? false
  // What is left in the cluster may still need them.
  if (inCluster.length === 0)
    errors.push(...(await downProjects(ports.compose, resources, { volumes, onOutput }, signal)))
  await ports.kubernetes.close()
  await evaluated.functions?.release()
  return { diagnostics: evaluated.diagnostics, errors }
}
