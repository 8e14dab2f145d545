import { statSync } from 'node:fs'
import type { HelmRemote, HelmSource } from '@tiltts/spec'
import { type Call, reading } from './call/call.js'
import { checkedOptions, describe, type Expectation, type Expectations } from './call/expect.js'
import { argv, flag, oneOrMany, text, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import { absolutePaths } from './call/paths.js'
import { keptYaml, type Yaml } from './kubernetes-object.js'
import type { OneOrMany } from './values.js'

/** What {@link helm} takes. */
export interface HelmOptions {
  /** Name of the release, which templates find in `.Release.Name`. @default 'chart' */
  readonly name?: string | undefined
  /** `.Release.Namespace`, and the namespace of all objects that name none. @default none */
  readonly namespace?: string | undefined
  /** Files of values, relative to the config's folder; the later ones win. */
  readonly values?: OneOrMany<string> | undefined
  /** `name=value`, as for `helm --set`; they win over files. */
  readonly set?: OneOrMany<string> | undefined
  /** Leave out what the chart's folder `crds` holds. @default false */
  readonly skipCrds?: boolean | undefined
  /** `.Capabilities.KubeVersion`: `1.32`. @default helm's own */
  readonly kubeVersion?: string | undefined
  /**
   * Where a chart is fetched from that is not in a folder: the URL of a repository, `oci://…`, or the name of a repository
   * that helm knows.
   */
  readonly repo?: string | undefined
  /** Of a chart that is fetched; an exact one, or a digest, is fetched once, others once a session. @default the newest */
  readonly version?: string | undefined
  /** For a `repo` that is a URL; needs a `password`. */
  readonly username?: string | undefined
  /** Kept out of logs, command lines and what the API tells. */
  readonly password?: string | undefined
}

const assignment: Expectation = {
  expected: 'a text of the form name=value',
  fits: (value) => text.fits(value) && /^[^=]+=/.test(String(value)),
}

const helmExpectations: Expectations<HelmOptions> = {
  name: text,
  namespace: text,
  values: texts,
  set: oneOrMany(assignment, 'a list of them'),
  skipCrds: flag,
  kubeVersion: text,
  repo: text,
  version: text,
  username: text,
  password: text,
}

/**
 * The manifests of a chart, as `helm template` makes them; for `k8sYaml`, `filterYaml` and `renderYaml`. Nothing is
 * installed: the objects are applied like others. Those of tests are left out. helm must be in the PATH.
 *
 * It is rendered after the evaluation, and anew only when the chart, its values or these options have changed. A change of
 * them evaluates the config again.
 *
 * Errors: no folder of a chart, a file of values that is not there, and what helm says is wrong.
 *
 * @param chart Folder, relative to the config's; `oci://…`, which may end in a digest; with `repo`, the chart's name there.
 * @example
 * ```ts
 * k8sYaml(helm('redis', { repo: 'https://charts.example.com', version: '18.1.0', namespace: 'dev' }))
 * k8sYaml(helm('oci://registry.example.com/charts/redis', { version: '18.1.0' }))
 * k8sYaml(helm('./charts/api', { name: 'api', values: './values.dev.yaml', set: ['replicas=1', `tag=${tag}`] }))
 * ```
 */
export function helm(chart: string, options?: HelmOptions): Yaml {
  const call = reading('helm')
  const subject = `helm(${describe(chart)})`
  const {
    name = 'chart',
    namespace,
    values,
    set,
    skipCrds = false,
    kubeVersion,
    repo,
    version,
    username,
    password,
  } = checkedOptions(call, subject, options, helmExpectations)
  const files = absolutePaths(call, listOf(values))
  for (const file of files) checkFile(call, subject, file)
  if (password) call.recorder.recordSecret({ value: password, replacement: '[redacted secret]' })
  const isOci = typeof chart === 'string' && chart.startsWith('oci://')
  if (isOci && repo !== undefined) {
    call.error('config/invalid-option', `${subject} says itself where the chart is: leave out \`repo\``)
  }
  checkAccess(call, subject, { repo: isOci ? chart : repo, version, username, password })
  return keptYaml({
    type: 'helm',
    ...(isOci
      ? { chart, remote: { version, username, password } }
      : repo === undefined
        ? { chart: folderOf(call, chart, 'the folder of a chart') }
        : remoteChart(chart, repo, { version, username, password })),
    name,
    namespace: namespace === '' ? undefined : namespace,
    values: files,
    set: listOf(set),
    skipCrds,
    kubeVersion,
  })
}

function checkAccess(
  call: Call,
  subject: string,
  { repo, version, username, password }: Pick<HelmOptions, 'repo' | 'version' | 'username' | 'password'>,
): void {
  if (repo === undefined) {
    if ((version ?? username ?? password) === undefined) return
    call.error('config/invalid-option', `${subject}: version, username and password are for charts of a \`repo\``)
  } else if ((username === undefined) !== (password === undefined)) {
    const [given, missing] = username === undefined ? ['password', 'username'] : ['username', 'password']
    call.error('config/invalid-option', `${subject} has a ${given}, but no ${missing}`)
  } else if (username !== undefined && !/^(https?|oci):/.test(repo)) {
    call.error(
      'config/invalid-option',
      `${subject}: username and password are for a \`repo\` that is a URL: helm knows how to get into ${describe(repo)}`,
    )
  }
}

function remoteChart(
  chart: string,
  repo: string,
  access: Omit<HelmRemote, 'repoUrl'>,
): Pick<HelmSource, 'chart' | 'remote'> {
  return /^https?:|^file:/.test(repo)
    ? { chart, remote: { repoUrl: repo, ...access } }
    : { chart: `${repo.replace(/\/$/, '')}/${chart}`, remote: access }
}

/** What {@link kustomize} takes. */
export interface KustomizeOptions {
  /** More words for `kustomize build`: `['--enable-helm']`. */
  readonly flags?: readonly string[] | undefined
  /** The program; one that is named must be there. @default 'kustomize', where there is none 'kubectl kustomize' */
  readonly bin?: string | undefined
}

const kustomizeExpectations: Expectations<KustomizeOptions> = { flags: argv, bin: text }

/**
 * The manifests of a kustomization, as `kustomize build` makes them; for `k8sYaml`, `filterYaml` and `renderYaml`.
 *
 * It is built after the evaluation, and anew only when a file that it refers to or these options have changed. A change of
 * them evaluates the config again.
 *
 * Errors: no such folder, a program that is not there, and what kustomize says is wrong.
 *
 * @param dir Folder of the kustomization, relative to the config's.
 * @example
 * ```ts
 * k8sYaml(kustomize('./k8s/overlays/dev'))
 * ```
 */
export function kustomize(dir: string, options?: KustomizeOptions): Yaml {
  const call = reading('kustomize')
  const subject = `kustomize(${describe(dir)})`
  const { flags = [], bin } = checkedOptions(call, subject, options, kustomizeExpectations)
  return keptYaml({ type: 'kustomize', dir: folderOf(call, dir, 'the folder of a kustomization'), flags, bin })
}

function folderOf(call: Call, given: unknown, what: string): string {
  if (typeof given !== 'string' || given === '') {
    call.error('config/invalid-option', `${call.builder}(): expected ${what}, got ${describe(given)}`)
    return call.folder()
  }
  const path = call.path(given)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) return path
  call.recorder.recordRead({ path, kind: 'file' })
  const why = found === undefined ? 'it does not exist' : 'it is a file'
  call.error('config/read-failed', `${call.builder}(): ${path} is not ${what}: ${why}`)
  return path
}

function checkFile(call: Call, subject: string, path: string): void {
  call.recorder.recordRead({ path, kind: 'file' })
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined && !found.isDirectory()) return
  const why = found === undefined ? 'it does not exist' : 'it is a folder'
  call.error('config/read-failed', `${subject}: ${path} in \`values\` cannot be read: ${why}`)
}
