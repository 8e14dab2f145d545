import {
  fail,
  type ImageHandle,
  type K8sCustomDeployOptions,
  type K8sResourceOptions,
  k8sCustomDeploy,
  k8sResource,
  type OneOrMany,
  type ResourceHandle,
  type StepFunction,
  type Steps,
} from '@tiltts/config'
import { checkedKeys, type ImageKey, imageFlags } from './image-values.js'
import { releaseObjects, statusOf } from './release-objects.js'
import { runHelm } from './run-helm.js'

/** What is said by the chart: its commands, and where they run. */
type OwnOptions = 'applyCmd' | 'deleteCmd' | 'dir' | 'applyDir' | 'deleteDir'

/** What {@link helmResource} takes. */
export interface HelmResourceOptions<S extends Steps = Steps>
  extends Omit<K8sCustomDeployOptions<S>, OwnOptions | 'imageDeps' | 'deps'>,
    Pick<K8sResourceOptions, 'portForwards' | 'podReadiness'> {
  /** @default the resource's name */
  readonly releaseName?: string | undefined
  /** @default that of the session */
  readonly namespace?: string | undefined
  /** Have helm create the namespace. @default false */
  readonly createNamespace?: boolean | undefined
  /** Files of values; the later ones win. An edit upgrades the release. */
  readonly values?: OneOrMany<string> | undefined
  /** `name=value`, as for `helm --set`. */
  readonly set?: OneOrMany<string> | undefined
  /** Further files and folders whose changes upgrade the release. A chart's own folder is one already. */
  readonly deps?: OneOrMany<string> | undefined
  /** Images that are built first, and put into the chart's values by `imageKeys`. */
  readonly imageDeps?: readonly ImageHandle[] | undefined
  /**
   * For each of `imageDeps`, the value that takes it.
   *
   * @example
   * ```ts
   * imageKeys: ['image', ['worker.image.repository', 'worker.image.tag']]
   * ```
   */
  readonly imageKeys?: readonly ImageKey[] | undefined
  /** More words for `helm upgrade --install`: `['--timeout', '10m']` for hooks that take longer than 5 minutes. */
  readonly flags?: readonly string[] | undefined
  /** More words for `helm uninstall`. */
  readonly uninstallFlags?: readonly string[] | undefined
  /** Run `helm dependency update` first. @default false */
  readonly updateDependencies?: boolean | undefined
  /** Run `helm dependency build` first. @default false */
  readonly buildDependencies?: boolean | undefined
}

/**
 * A release of helm as one resource: `helm upgrade --install`, with the hooks of the chart run by helm, and `helm uninstall`
 * when it is taken away. Its objects are followed as any others. helm 3.13 or later must be in the PATH.
 *
 * @param chart A folder (`./charts/api`), `repository/chart`, or `oci://…`.
 * @returns A handle for `resourceDeps` and the like.
 * @throws When image keys do not fit the images; the error shows this call.
 * @example
 * ```ts
 * helmResource('api', './charts/api', {
 *   values: './values.dev.yaml',
 *   imageDeps: [image],
 *   imageKeys: [['image.repository', 'image.tag']],
 *   portForwards: 8080,
 * })
 * ```
 */
export function helmResource<const S extends Steps = readonly []>(
  name: string,
  chart: string,
  options: HelmResourceOptions<S> = {},
): ResourceHandle {
  const subject = `helmResource('${name}')`
  const { releaseName = name, namespace, createNamespace, values, set, deps, imageDeps = [], imageKeys = [] } = options
  const { flags = [], uninstallFlags = [], updateDependencies, buildDependencies } = options
  const { portForwards, podReadiness } = options
  if (typeof chart !== 'string' || chart === '') {
    fail(`${subject} needs a chart: a folder, repository/chart, or oci://…`)
  }
  checkedKeys(subject, imageDeps.length, imageKeys)
  const repeated = imageDeps.find((image, index) => imageDeps.findIndex((one) => one.name === image.name) < index)
  if (repeated !== undefined) fail(`${subject}: the image ${repeated.name} stands twice in imageDeps`)

  const isFolder = /^(\.{0,2}[\\/]|\.{1,2}$|[A-Za-z]:[\\/])/.test(chart)
  const files = listOf(values)
  const inNamespace = namespace ? ['--namespace', namespace] : []
  const upgrade = [
    ...['upgrade', '--install', releaseName, chart, ...inNamespace],
    ...(createNamespace ? ['--create-namespace'] : []),
    ...files.flatMap((file) => ['--values', file]),
    ...listOf(set).flatMap((one) => ['--set', one]),
    ...flags,
  ]
  const dependencies = updateDependencies ? 'update' : buildDependencies ? 'build' : undefined
  const deploy: StepFunction = async ({ exec, env }) => {
    if (dependencies !== undefined) await runHelm(exec, ['dependency', dependencies, chart, '--skip-refresh'])
    const images = imageKeys.flatMap((key, index) => imageFlags(key, env[`TILT_IMAGE_${index}`] ?? ''))
    await runHelm(exec, [...upgrade, ...images])
    return releaseObjects(await statusOf(exec, [releaseName, ...inNamespace]))
  }
  const deployOptions = Object.fromEntries(Object.entries(options).filter(([option]) => !own.has(option)))
  const handle = k8sCustomDeploy<S>(name, {
    ...(deployOptions as Partial<K8sCustomDeployOptions<S>>),
    applyCmd: deploy,
    // A function is told from another by its source; what it runs stands here, so that another option is another deploy.
    applyEnv: { ...options.applyEnv, TILTTS_HELM_UPGRADE: JSON.stringify([dependencies, upgrade, imageKeys]) },
    // helm ends by itself what takes longer than its own limit, as `--timeout` in `flags` says it.
    applyTimeout: options.applyTimeout ?? 0,
    deleteCmd: ['helm', 'uninstall', releaseName, ...inNamespace, '--ignore-not-found', ...uninstallFlags],
    deps: [...(isFolder ? [chart] : []), ...files, ...listOf(deps)],
    imageDeps,
  })
  if (portForwards !== undefined || podReadiness !== undefined) k8sResource(name, { portForwards, podReadiness })
  return handle
}

/** Options that are not those of the deploy. */
const own: ReadonlySet<string> = new Set<keyof HelmResourceOptions>([
  'releaseName',
  'namespace',
  'createNamespace',
  'values',
  'set',
  'deps',
  'imageDeps',
  'imageKeys',
  'flags',
  'uninstallFlags',
  'updateDependencies',
  'buildDependencies',
  'portForwards',
  'podReadiness',
])

function listOf(given: OneOrMany<string> | undefined): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  return list.filter((one): one is string => typeof one === 'string')
}
