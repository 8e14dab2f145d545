import type { CustomDeployNode, StepSpec } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { durationText, environment, image, oneOrMany, patterns, text, texts } from './call/expectations.js'
import { envOf, listOf } from './call/lists.js'
import { absolutePaths, warnOfPatterns } from './call/paths.js'
import { type Declaration, namedRef } from './collector/recorder.js'
import { type Command, command, keepCommand } from './command.js'
import { type Duration, parseDuration } from './duration.js'
import { handle, type ImageHandle, type ResourceHandle } from './handle.js'
import { givenIgnores, standingPatterns } from './image/ignore-rules.js'
import { refProblem } from './image/image-ref.js'
import type { LiveUpdate, Ordered, Steps } from './live-update.js'
import { keepLiveUpdate } from './live-update-spec.js'
import { declareResource, isResourceName } from './resource-name.js'
import { keepResourceOptions, type ResourceOptions, resourceExpectations } from './resource-options.js'
import type { Env, OneOrMany } from './values.js'

/** What {@link k8sCustomDeploy} takes. */
export interface K8sCustomDeployOptions<S extends Steps = Steps> extends ResourceOptions {
  /**
   * Deploys, and prints the objects of it as the cluster has them, with their `uid`, as YAML or JSON to its standard output:
   * `kubectl apply -o yaml` does. What it writes to standard error is shown. `$KUBECONFIG` is a file whose current context is that of
   * the session.
   *
   * A function returns these objects instead: as text (YAML or JSON), as one object, or as a list. One that returns nothing, or
   * objects without a `uid`, fails the update: without them no pods could be found. It finds `KUBECONFIG` in `ctx.env`.
   */
  readonly applyCmd: Command
  /**
   * How long `applyCmd` may take before it is stopped; 0: as long as it likes. @default `k8sUpsertTimeout` of
   * `updateSettings`, which is 30 s unless it says otherwise
   */
  readonly applyTimeout?: Duration | undefined
  /** Takes away what `applyCmd` has deployed. */
  readonly deleteCmd: Command
  /**
   * Files and folders (with all below) whose changes run `applyCmd` again, relative to the config's folder; but not what
   * `liveUpdate` syncs. Paths, not patterns.
   */
  readonly deps: OneOrMany<string>
  /** What of `deps` does not count, in .dockerignore syntax, relative to each folder in `deps`. */
  readonly ignore?: OneOrMany<string> | undefined
  /** Name of the image whose containers live updates go to. With `liveUpdate`, either this or `containerSelector` is needed. */
  readonly imageSelector?: string | undefined
  /** Name of the container that live updates go to. */
  readonly containerSelector?: string | undefined
  /**
   * Images that are built first, and pushed to where the cluster finds them. In this order, `$TILT_IMAGE_0`, `$TILT_IMAGE_1` …
   * hold the references of what was built, `$TILT_IMAGE_MAP_0` … the names as declared.
   */
  readonly imageDeps?: OneOrMany<ImageHandle> | undefined
  /** How running containers take over changed files, as in `dockerBuild`. */
  readonly liveUpdate?: LiveUpdate | Ordered<S> | undefined
  /** Environment of both commands, on top of the session's. Values become strings. */
  readonly env?: Env | undefined
  /** Folder of both commands. @default the config's folder */
  readonly dir?: string | undefined
  /** Of `applyCmd`, on top of `env`. */
  readonly applyEnv?: Env | undefined
  /** Of `applyCmd`. @default `dir` */
  readonly applyDir?: string | undefined
  /** Of `deleteCmd`, on top of `env`. */
  readonly deleteEnv?: Env | undefined
  /** Of `deleteCmd`. @default `dir` */
  readonly deleteDir?: string | undefined
}

const expectations: Expectations<K8sCustomDeployOptions> = {
  ...resourceExpectations,
  applyCmd: command,
  applyTimeout: durationText,
  deleteCmd: command,
  deps: texts,
  ignore: patterns,
  imageSelector: text,
  containerSelector: text,
  imageDeps: oneOrMany(image, 'a list of them'),
  // what is wrong with a live update is told step by step
  liveUpdate: { expected: 'a list of steps', fits: () => true },
  env: environment,
  dir: text,
  applyEnv: environment,
  applyDir: text,
  deleteEnv: environment,
  deleteDir: text,
}

/**
 * Deploys by commands of yours, for what `k8sYaml` cannot say: an operator's own tool, a Helm release. Its pods are found by
 * the objects that `applyCmd` prints, and are followed as any others: logs, readiness, port forwards by `k8sResource(name)`.
 *
 * Errors: no command, no deps, a live update without exactly one selector, a name that another resource has.
 *
 * @returns A handle for `resourceDeps` and the like.
 * @example
 * ```ts
 * k8sCustomDeploy('redis', {
 *   applyCmd: 'helm upgrade --install redis ./charts/redis >&2 && helm get manifest redis | kubectl get -o yaml -f -',
 *   deleteCmd: 'helm uninstall redis',
 *   deps: './charts/redis',
 * })
 * ```
 */
export function k8sCustomDeploy<const S extends Steps = readonly []>(
  name: string,
  options: K8sCustomDeployOptions<S>,
): ResourceHandle
export function k8sCustomDeploy(name: string, options: K8sCustomDeployOptions): ResourceHandle {
  const call = declaring('k8sCustomDeploy')
  const subject = `k8sCustomDeploy(${describe(name)})`
  const good = checkedOptions(call, subject, options, expectations)
  checkThere(call, subject, options)
  warnOfPatterns(call, subject, 'deps', listOf(good.deps), 'Name the folder, and leave files out with ignore')
  const node = nodeOf(call, subject, name, good)
  if (isResourceName(call, name) && node !== undefined) {
    declareResource(call, { name, kind: 'custom deploy', at: call.at, node })
  }
  return handle('resource', String(name))
}

function nodeOf(
  call: Call,
  subject: string,
  name: string,
  good: Partial<K8sCustomDeployOptions>,
): Declaration<CustomDeployNode> | undefined {
  const { applyCmd, deleteCmd, imageSelector, containerSelector, env, dir = '.' } = good
  const { base, dependencies } = keepResourceOptions(call, subject, good)
  const deps = absolutePaths(call, listOf(good.deps))
  const liveUpdate = keepLiveUpdate(call, subject, good.liveUpdate, deps)
  checkSelectors(call, subject, good, liveUpdate !== undefined)
  const imageDeps = listOf(good.imageDeps).map((dep) => ({ name: dep.name, at: call.at }))
  if (applyCmd === undefined || deleteCmd === undefined) return undefined
  const step = (part: string, given: Command, own: Env | undefined, folder: string): Declaration<StepSpec> => {
    const kept = keepCommand(call, `k8s:${name}/${part}`, given)
    const path = call.path(folder)
    return (finish) => ({ command: kept(finish), dir: path, env: envOf({ ...env, ...own }) })
  }
  const apply = step('apply', applyCmd, good.applyEnv, good.applyDir ?? dir)
  const remove = step('delete', deleteCmd, good.deleteEnv, good.deleteDir ?? dir)
  const onDown = good.onDown === undefined ? undefined : step('onDown', good.onDown, undefined, dir)
  const standing = deps.map((basePath) => ({ basePath, patterns: standingPatterns }))
  return (finish) => ({
    kind: 'k8s-custom',
    name,
    place: finish.place(call.at),
    ...base,
    dependencies: dependencies(finish),
    onDown: onDown?.(finish),
    deploy: {
      apply: apply(finish),
      remove: remove(finish),
      applyTimeoutMs: parseDuration(good.applyTimeout),
      deps,
      ignores: [...standing, ...givenIgnores(deps, listOf(good.ignore))],
      imageDeps: imageDeps.map((dep) => namedRef(finish, dep)),
      liveUpdate: liveUpdate?.(finish),
      imageSelector,
      containerSelector,
    },
  })
}

/** `given` tells what is absent from what was wrong and is reported already. */
function checkThere(call: Call, subject: string, given: Partial<K8sCustomDeployOptions> | undefined): void {
  const missing = (['applyCmd', 'deleteCmd', 'deps'] as const).filter((option) => given?.[option] === undefined)
  if (missing.length > 0) {
    call.error(
      'config/invalid-option',
      `${subject} has no ${missing.join(', no ')}`,
      'It needs applyCmd, deleteCmd and deps',
    )
  }
}

function checkSelectors(
  call: Call,
  subject: string,
  { imageSelector, containerSelector }: Partial<K8sCustomDeployOptions>,
  isLive: boolean,
): void {
  const given = [imageSelector, containerSelector].filter((selector) => selector !== undefined && selector !== '')
  const hint = 'With liveUpdate, name either the image (imageSelector) or the container (containerSelector)'
  if (given.length === 2) {
    call.error('config/live-update', `${subject} has both imageSelector and containerSelector`, hint)
  } else if (isLive && given.length === 0) {
    call.error('config/live-update', `${subject} has liveUpdate, but neither imageSelector nor containerSelector`, hint)
  }
  const problem = imageSelector === undefined ? undefined : refProblem(imageSelector)
  if (problem !== undefined) {
    call.error('config/invalid-image', `${subject}: \`imageSelector\`: ${problem.reason}`, problem.hint)
  }
}
