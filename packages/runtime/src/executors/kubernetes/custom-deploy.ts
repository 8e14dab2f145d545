import { refOf, refText } from '@tiltts/core/kubernetes'
import { isFunctionCommand, type KubernetesManifest, type ManifestSource, type StepSpec } from '@tiltts/spec'
import { defaultGraceMs } from '../../controllers/cmd/launch.js'
import { callFunction } from '../../functions/call.js'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Manifests } from '../../ports/manifests.js'
import type { Processes } from '../../ports/processes.js'

export interface CustomDeployDeps {
  readonly processes: Pick<Processes, 'spawn'>
  readonly functions: FunctionRegistry
  readonly manifests: Manifests
  readonly kubernetes: Pick<Kubernetes, 'frozenKubeconfig'>
  readonly clock: Clock
  /** The environment of all commands. */
  readonly env: Readonly<Record<string, string>>
}

export interface DeployStep {
  readonly resource: string
  readonly step: StepSpec
  /** Images of it, as the cluster calls them, in order of declaration. */
  readonly images: readonly { readonly name: string; readonly ref: string }[]
  readonly changedFiles: readonly string[]
  /** Milliseconds; 0: no limit. */
  readonly timeoutMs: number
  readonly log: (text: string, level?: 'info' | 'warn' | 'error') => void
}

export type StepEnd =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: string; readonly exitCode?: number | undefined }

export type CustomDeployEnd =
  | { readonly ok: true; readonly objects: readonly KubernetesManifest[] }
  | { readonly ok: false; readonly error: string; readonly exitCode?: number | undefined }

/** So much of what a failed command has printed is part of its error. */
const quoted = 500

/** Deploys by a command or function of the user's, which tells what it has deployed. */
export async function customDeploy(
  deps: CustomDeployDeps,
  request: DeployStep,
  signal: AbortSignal,
): Promise<CustomDeployEnd> {
  const end = await runDeployStep(deps, request, signal)
  if (!end.ok) return end
  const told = isFunctionCommand(request.step.command) ? byFunction : byCommand
  const source = sourceOf(end.output)
  if (source === undefined) return { ok: false, error: told('no objects') }
  const { documents, diagnostics } = await deps.manifests.load([source], signal)
  const wrong = diagnostics.find(({ severity }) => severity === 'error')
  if (wrong !== undefined) return { ok: false, error: told(`what is no YAML of objects: ${wrong.message}`) }
  const objects = documents.map(({ object }) => object)
  if (objects.length === 0) return { ok: false, error: told('no objects') }
  const anonymous = objects.find(({ metadata }) => typeof metadata['uid'] !== 'string')
  if (anonymous !== undefined)
    return { ok: false, error: told(`${refText(refOf(anonymous))} without its metadata.uid`) }
  return { ok: true, objects }
}

/** Runs a command or function that deploys or removes, with the cluster of the session in its environment. */
export async function runDeployStep(
  deps: CustomDeployDeps,
  request: DeployStep,
  signal: AbortSignal,
): Promise<StepEnd> {
  const { step, images, log } = request
  const env: Record<string, string> = { ...deps.env, ...step.env, KUBECONFIG: await deps.kubernetes.frozenKubeconfig() }
  images.forEach(({ name, ref }, index) => {
    env[`TILT_IMAGE_${index}`] = ref
    env[`TILT_IMAGE_MAP_${index}`] = name
  })
  log(`Running cmd: ${step.command.display}\n`)
  return isFunctionCommand(step.command)
    ? callStep(deps, request, step.command.fn, env, signal)
    : spawnStep(deps, request, step.command.argv, env, signal)
}

async function spawnStep(
  { processes, clock }: CustomDeployDeps,
  { step, timeoutMs, log }: DeployStep,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<StepEnd> {
  let output = ''
  const onOutput = (text: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr') log(text)
    else output += text
  }
  const process = processes.spawn({ argv, dir: step.dir, env, onOutput, graceMs: defaultGraceMs })
  let late = false
  const stop = (): void => void process.stop(defaultGraceMs)
  const cancelTimer =
    timeoutMs === 0
      ? () => {}
      : clock.timer(timeoutMs, () => {
          late = true
          stop()
        })
  signal.addEventListener('abort', stop, { once: true })
  const { exitCode, reason } = await process.exited
  signal.removeEventListener('abort', stop)
  cancelTimer()
  signal.throwIfAborted()
  if (late) return { ok: false, error: tooLong(timeoutMs), exitCode }
  if (exitCode === 0) return { ok: true, output }
  const printed = output.trim() === '' ? '' : `\nIt printed: ${output.trim().slice(0, quoted)}`
  return { ok: false, error: `${reason ?? `exit code ${exitCode}`}${printed}`, exitCode }
}

async function callStep(
  { functions }: CustomDeployDeps,
  { resource, step, changedFiles, timeoutMs, log }: DeployStep,
  fn: Parameters<typeof callFunction>[1]['fn'],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<StepEnd> {
  const context = { resource, env, dir: step.dir, inputs: {}, changedFiles }
  const onLog = (text: string, level?: string): void =>
    log(text, level === 'error' || level === 'warn' ? level : 'info')
  const outcome = await callFunction(functions, { fn, context, timeoutMs, onLog }, signal)
  signal.throwIfAborted()
  if (outcome.ok) return { ok: true, output: outcome.value }
  if (outcome.late) return { ok: false, error: tooLong(timeoutMs) }
  log(outcome.report.endsWith('\n') ? outcome.report : `${outcome.report}\n`, 'error')
  return { ok: false, error: outcome.message }
}

const tooLong = (timeoutMs: number): string =>
  `applyCmd was stopped after ${timeoutMs / 1000} s; give it longer by applyTimeout`

/** A command prints YAML; a function may return the objects themselves. */
function sourceOf(output: unknown): ManifestSource | undefined {
  if (typeof output === 'string') return output.trim() === '' ? undefined : { type: 'text', text: output }
  if (typeof output !== 'object' || output === null) return undefined
  const list: unknown = Array.isArray(output) ? output : [output]
  return { type: 'objects', objects: list as readonly KubernetesManifest[] }
}

const byCommand = (what: string): string =>
  `the command printed ${what}. It has to print what it has deployed, as \`kubectl apply -o yaml\` does`

const byFunction = (what: string): string =>
  `the function returned ${what}. It has to return what it has deployed, as text or as objects with their metadata.uid`
