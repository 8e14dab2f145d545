import { parseImageRef, registryRef, taggedRefs } from '@tiltts/core/images'
import { type CommandSpec, type CustomImageNode, isFunctionCommand, type Millis, type RegistrySpec } from '@tiltts/spec'
import { defaultGraceMs } from '../../controllers/cmd/launch.js'
import { callFunction } from '../../functions/call.js'
import type { ImageDeps, ImageEnd, ImageJob } from './image-job.js'

/**
 * What a build command is asked to name its image. With a tag of its own it names it as it was declared; otherwise as it
 * will be pushed.
 */
export function expectedRef({ ref, tag }: CustomImageNode, now: Millis, registry?: RegistrySpec | undefined): string {
  if (tag !== undefined) return `${parseImageRef(ref)?.name ?? ref}:${tag}`
  return taggedRefs(registryRef(ref, registry), `tilt-build-${Math.floor(now / 1000)}`).local
}

/** Runs the command or function that builds an image. The reference of what it made may be another than was expected. */
export async function runBuildCommand(
  deps: ImageDeps,
  job: ImageJob & { readonly node: CustomImageNode; readonly command: CommandSpec },
  expected: string,
  signal: AbortSignal,
): Promise<{ readonly ok: true; readonly ref: string } | Extract<ImageEnd, { ok: false }>> {
  const { node, command, log } = job
  if (node.outputsImageRefTo !== undefined) await deps.files.removeFile(node.outputsImageRefTo)
  const env = { ...deps.env, ...expectedEnv(expected), ...registryEnv(job), ...basesEnv(job), ...node.env }
  log(`Running custom build cmd: ${command.display}\n`)
  const ended = isFunctionCommand(command)
    ? await callBuildFunction(deps, job, command.fn, env, signal)
    : await spawnBuild(deps, command.argv, node.dir, env, log, signal)
  signal.throwIfAborted()
  if (!ended.ok) return ended
  if (node.outputsImageRefTo === undefined) return { ok: true, ref: ended.ref ?? expected }
  const written = await deps.files.readText(node.outputsImageRefTo)
  if (written === undefined || written.trim() === '')
    return { ok: false, error: `the command wrote no reference to ${node.outputsImageRefTo}` }
  return { ok: true, ref: written.trim() }
}

function expectedEnv(expected: string): Readonly<Record<string, string>> {
  const ref = parseImageRef(expected)
  const name = ref?.name ?? expected
  // Without the registry: what stands before the first slash, when it names a host.
  const [first = '', ...rest] = name.split('/')
  const path = rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : name
  return { EXPECTED_REF: expected, EXPECTED_IMAGE: path, EXPECTED_TAG: ref?.tag ?? '' }
}

/** Where images go, for commands that push by themselves. */
function registryEnv({
  cluster,
  node,
}: ImageJob & { readonly node: CustomImageNode }): Readonly<Record<string, string>> {
  const registry = cluster?.registry
  if (registry === undefined || node.tag !== undefined) return {}
  return { EXPECTED_REGISTRY: registry.host, REGISTRY_HOST: registry.host }
}

function basesEnv({ bases }: ImageJob): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  bases.forEach(({ spec, result }, index) => {
    env[`TILT_IMAGE_${index}`] = result.ref
    env[`TILT_IMAGE_MAP_${index}`] = spec.node.ref
  })
  return env
}

type CommandResult = { readonly ok: true; readonly ref?: string | undefined } | Extract<ImageEnd, { ok: false }>

async function spawnBuild(
  { processes }: ImageDeps,
  argv: readonly string[],
  dir: string,
  env: Readonly<Record<string, string>>,
  log: ImageJob['log'],
  signal: AbortSignal,
): Promise<CommandResult> {
  const process = processes.spawn({ argv, dir, env, onOutput: (text) => log(text), graceMs: defaultGraceMs })
  const stop = (): void => void process.stop(defaultGraceMs)
  signal.addEventListener('abort', stop, { once: true })
  const { exitCode, reason } = await process.exited
  signal.removeEventListener('abort', stop)
  return exitCode === 0 ? { ok: true } : { ok: false, error: reason ?? `exit code ${exitCode}`, exitCode }
}

async function callBuildFunction(
  { functions }: ImageDeps,
  { node, resource, changedFiles, log }: ImageJob & { readonly node: CustomImageNode },
  fn: Parameters<typeof callFunction>[1]['fn'],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<CommandResult> {
  const context = { resource, env, dir: node.dir, inputs: {}, changedFiles }
  const onLog = (text: string, level?: string): void =>
    log(text, level === 'error' || level === 'warn' ? level : 'info')
  const outcome = await callFunction(functions, { fn, context, timeoutMs: 0, onLog }, signal)
  if (!outcome.ok) {
    log(outcome.report.endsWith('\n') ? outcome.report : `${outcome.report}\n`, 'error')
    return { ok: false, error: outcome.message }
  }
  return { ok: true, ...(typeof outcome.value === 'string' && outcome.value !== '' && { ref: outcome.value }) }
}
