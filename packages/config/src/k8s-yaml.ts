import { type KubernetesManifest, type ManifestSelector, UserError } from '@tiltts/spec'
import { type Call, declaring, reading } from './call/call.js'
import { checkedOptions, type Expectation, type Expectations } from './call/expect.js'
import { flag, textRecord } from './call/expectations.js'
import { track } from './collector/tracked.js'
import { keepTransform } from './kubernetes/config-functions.js'
import { manifestSources } from './kubernetes/manifest-sources.js'
import { patternText, selectorOf } from './kubernetes/selector.js'
import type { TypedObject } from './kubernetes/typed-object.js'
import { type KubernetesObject, keptYaml, type Yaml } from './kubernetes-object.js'
import type { OneOrMany } from './values.js'

export type { KubernetesMetadata, KubernetesObject, Yaml } from './kubernetes-object.js'

/**
 * Manifests: paths of files of YAML or JSON, relative to the config's folder, with `*`, `**`, `?`, `[…]` and `{…}` for many;
 * plain objects, whose fields the compiler checks for the built-in kinds of Kubernetes; or what `helm`, `kustomize`,
 * `filterYaml` and `` yaml`…` `` return.
 */
export type YamlSource<Version extends string = string, Kind extends string = string> = OneOrMany<
  string | Yaml | ({ readonly apiVersion: Version; readonly kind: Kind } & TypedObject<Version, Kind>)
>

/** What {@link k8sYaml} takes. */
export interface K8sYamlOptions {
  /**
   * Let an object be declared that was declared before; without it, that is an error which shows both places.
   * @default false
   */
  readonly allowDuplicates?: boolean | undefined
  /**
   * Changes each object before anything else looks at it: returns the object, changed or new, or `null` to leave it out.
   * It gets objects as the files and charts have them, one by one, in their order. What it throws is an error of the config
   * that names the object.
   *
   * @example
   * ```ts
   * transform: (o) => (o.kind === 'PodDisruptionBudget' ? null : { ...o, metadata: { ...o.metadata, namespace: 'dev' } })
   * ```
   */
  readonly transform?: ((object: KubernetesObject) => KubernetesObject | null) | undefined
}

const fn: Expectation = { expected: 'a function', fits: (value) => typeof value === 'function' }

const expectations: Expectations<K8sYamlOptions> = { allowDuplicates: flag, transform: fn }

/**
 * Deploys manifests. Every workload among them, such as a Deployment, a StatefulSet, a Job or what names an image, becomes a
 * resource of its name, and Services that select its pods join it; all else goes into the resource `uncategorized`, unless
 * {@link k8sResource} gathers it. Images that are declared with `dockerBuild` or `customBuild` are built and put in wherever
 * an object names them.
 *
 * Files are read as kubectl reads them, after the evaluation; a change of one evaluates the config again, and only what is
 * not the same any more is applied. Many documents in a file and lists are taken apart, and `status` is left out.
 *
 * Errors are recorded and shown with all others: nothing given, a file that is not there, an object without `apiVersion`,
 * `kind` or `metadata.name`, YAML that cannot be read, at its line, and an object that was declared before.
 *
 * @example
 * ```ts
 * k8sYaml(['./k8s/*.yaml', ci && './k8s/ci.yaml', helm('./charts/redis')])
 * k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { mode: 'dev' } })
 * ```
 */
export function k8sYaml<Version extends string = string, Kind extends string = string>(
  source: YamlSource<Version, Kind>,
  options?: K8sYamlOptions,
): void {
  const call = declaring('k8sYaml')
  const { allowDuplicates = false, transform } = checkedOptions(call, 'k8sYaml()', options, expectations)
  const sources = manifestSources(call, source)
  const kept = transform && keepTransform(call, transform)
  if (sources.length === 0) return
  call.recorder.draft.kubernetes.manifests.push((finish) => ({
    sources,
    allowDuplicates,
    transform: kept?.(finish),
    place: finish.place(call.at),
  }))
}

/**
 * What objects are meant: all that is given must match. A text is a regular expression; none cares about case, and each is
 * found anywhere: `'api'` matches `api-gateway`, `'^api$'` only `api`.
 */
export interface YamlSelector {
  /** All of them must be there, with these values. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly name?: string | RegExp | undefined
  /** Objects without a namespace count as those in `default`. */
  readonly namespace?: string | RegExp | undefined
  readonly kind?: string | RegExp | undefined
  /** `apps/v1` */
  readonly apiVersion?: string | RegExp | undefined
}

const selectorExpectations: Expectations<YamlSelector> = {
  labels: textRecord,
  name: patternText,
  namespace: patternText,
  kind: patternText,
  apiVersion: patternText,
}

/**
 * Parts manifests into those that match and the rest. Errors: nothing given, a file that is not there, a regular expression
 * that cannot be read. A selector without anything in it matches all.
 *
 * @returns Two values for {@link k8sYaml}.
 * @example
 * ```ts
 * const [jobs, rest] = filterYaml(helm('./charts/shop'), { kind: '^job$', labels: { tier: 'backend' } })
 * k8sYaml(rest)
 * ```
 */
export function filterYaml(yaml: YamlSource, selector: YamlSelector): readonly [matching: Yaml, rest: Yaml] {
  const call = reading('filterYaml')
  const subject = 'filterYaml()'
  const { labels, ...patterns } = checkedOptions(call, subject, selector, selectorExpectations)
  const sources = manifestSources(call, yaml)
  const checked: ManifestSelector = { ...selectorOf(call, subject, patterns), ...(labels && { labels: { ...labels } }) }
  const part = (keep: 'matching' | 'rest'): Yaml => keptYaml({ type: 'filter', sources, selector: checked, keep })
  return [part('matching'), part('rest')]
}

/**
 * What {@link k8sYaml} would apply, as objects to look at or loop over: files read, charts and kustomizations rendered.
 * A change of what was read evaluates the config again.
 *
 * Must be awaited; a call that nobody awaits is an error of the evaluation.
 *
 * @throws What is wrong with the manifests, at its line in them.
 * @example
 * ```ts
 * for (const { metadata } of await renderYaml(helm('./charts/shop'))) k8sResource(metadata.name, { labels: 'shop' })
 * ```
 */
export function renderYaml(source: YamlSource): Promise<readonly KubernetesObject[]> {
  const call = reading('renderYaml')
  return track(call.recorder, 'renderYaml', call.at, rendered(call, source))
}

async function rendered(call: Call, source: YamlSource): Promise<readonly KubernetesManifest[]> {
  const { recorder } = call
  const sources = manifestSources(call, source)
  // what is wrong has been recorded
  if (sources.length === 0) return []
  if (recorder.options.render === undefined) {
    throw call.failure('config/failed', 'renderYaml() works only while the config is evaluated')
  }
  const { documents, diagnostics, reads } = await recorder.options.render(sources)
  for (const read of reads) recorder.recordRead(read)
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    const places = recorder.placesOf(call.at)
    throw new UserError(diagnostics.map((found) => ({ ...found, places: [...found.places, ...places] })))
  }
  if (recorder.isOpen()) recorder.draft.findings.push(...diagnostics.map((found) => ({ ...found, at: call.at })))
  return documents.map(({ object }) => object)
}
