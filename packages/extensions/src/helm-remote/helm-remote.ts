import { helm, k8sYaml, type OneOrMany, type Yaml } from '@tiltts/config'

/** What {@link helmRemote} takes. */
export interface HelmRemoteOptions {
  /** `https://…`, or `oci://…`. @default a repository that helm knows by `repoName` */
  readonly repoUrl?: string | undefined
  /** Name of a repository that helm knows, or `oci://…`. @default the chart's name */
  readonly repoName?: string | undefined
  /** @default the chart's name */
  readonly releaseName?: string | undefined
  /** Files of values, relative to the config's folder; the later ones win. */
  readonly values?: OneOrMany<string> | undefined
  /** `name=value`, as for `helm --set`. */
  readonly set?: OneOrMany<string> | undefined
  /** Of all objects that name none. @default that of the session */
  readonly namespace?: string | undefined
  /** An exact one is fetched once, others once a session. @default the newest */
  readonly version?: string | undefined
  readonly username?: string | undefined
  /** Kept out of logs and command lines. */
  readonly password?: string | undefined
  /** Let an object be declared that was declared before. @default false */
  readonly allowDuplicates?: boolean | undefined
  /** Have the namespace created as well. @default false */
  readonly createNamespace?: boolean | undefined
  /** Install what the chart's folder `crds` holds, before all else of it. @default true */
  readonly installCrds?: boolean | undefined
}

/**
 * Deploys a chart of a repository. Its workloads become resources by their names, as with `k8sYaml`.
 *
 * The chart is fetched and rendered by helm after the evaluation, and again only when its values, its options or helm have
 * changed; without an exact version also once in each session.
 *
 * @param chart Its name in the repository.
 * @example
 * ```ts
 * helmRemote('postgresql', { repoUrl: 'https://charts.example.com', version: '15.2.5', set: 'auth.database=shop' })
 * ```
 */
export function helmRemote(chart: string, options: HelmRemoteOptions = {}): void {
  const { namespace, createNamespace = false, allowDuplicates } = options
  if (createNamespace && namespace) {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    k8sYaml(object, { allowDuplicates: true })
  }
  k8sYaml(helmRemoteYaml(chart, options), { allowDuplicates })
}

/** What {@link helmRemote} would deploy, without the namespace; for `k8sYaml`, `filterYaml` and `renderYaml`. */
export function helmRemoteYaml(chart: string, options: HelmRemoteOptions = {}): Yaml {
  const { repoUrl, repoName = chart, releaseName = chart, installCrds = true } = options
  const { values, set, namespace, version, username, password } = options
  return helm(chart, {
    repo: repoUrl ?? repoName,
    name: releaseName,
    skipCrds: !installCrds,
    values,
    set,
    namespace,
    version,
    username,
    password,
  })
}
