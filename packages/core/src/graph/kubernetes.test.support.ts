import type {
  CustomDeployNode,
  ForwardNode,
  GraphSpec,
  KubernetesGraph,
  KubernetesManifest,
  KubernetesResourceNode,
  KubernetesResourceSpec,
  ManifestDocument,
  ManifestNode,
} from '@tiltts/spec'
import { at, graphOf, linkGood, step } from './graph.test.support.js'
import type { LinkContext, LinkedGraph, LinkInputs, ResolvedKubernetes } from './types.js'

export const manifestFile = '/shop/k8s.yaml'

/** Objects one below the other in a file, each on a line of its own: 10, 20, 30 … */
export function documents(...objects: readonly KubernetesManifest[]): readonly ManifestDocument[] {
  return objects.map((object, index) => ({ object, place: at(10 * (index + 1), 1, manifestFile) }))
}

export function service(
  name: string,
  selector?: Readonly<Record<string, string>>,
  namespace?: string,
): KubernetesManifest {
  const metadata = { name, ...(namespace !== undefined && { namespace }) }
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ...(selector && { selector }) } }
}

/** A call of k8sYaml on line 1. */
export function yaml(more: Partial<ManifestNode> = {}): ManifestNode {
  return { sources: [{ type: 'file', path: manifestFile }], allowDuplicates: false, place: at(1), ...more }
}

/** A call of k8sResource, of a workload unless it gathers objects. */
export function k8sResource(
  workload: string | undefined,
  more: Partial<KubernetesResourceNode> = {},
): KubernetesResourceNode {
  const place = more.place
  return {
    ...(workload !== undefined && { workload: { name: workload, place } }),
    portForwards: [],
    objects: [],
    extraPodSelectors: [],
    podReadiness: undefined,
    discoveryStrategy: undefined,
    readyWhen: undefined,
    labels: [],
    links: [],
    dependencies: [],
    triggerMode: undefined,
    autoInit: undefined,
    readyTimeoutMs: undefined,
    onDown: undefined,
    place,
    ...more,
  }
}

const base = {
  place: undefined,
  labels: [],
  links: [],
  dependencies: [],
  triggerMode: undefined,
  autoInit: true,
  readyTimeoutMs: undefined,
  onDown: undefined,
} as const

export function customDeploy(
  name: string,
  deploy: Partial<CustomDeployNode['deploy']> = {},
  more: Partial<CustomDeployNode> = {},
): CustomDeployNode {
  const commands = { apply: step('apply'), remove: step('remove') }
  return {
    ...base,
    kind: 'k8s-custom',
    name,
    deploy: { ...commands, deps: ['/shop/chart'], ignores: [], imageDeps: [], ...deploy },
    ...more,
  }
}

export function forward(name: string, more: Partial<ForwardNode> = {}): ForwardNode {
  return {
    ...base,
    kind: 'k8s-forward',
    name,
    target: { kind: 'service', name },
    portForwards: [{ localPort: 3000 }],
    ...more,
  }
}

/** A graph of one call of k8sYaml. */
export function clusterGraph(kubernetes: Partial<KubernetesGraph> = {}, more: Partial<GraphSpec> = {}): GraphSpec {
  const empty = { resources: [], forwards: [], customDeploys: [], kinds: [], imagePaths: [], allowedContexts: [] }
  return graphOf([], { kubernetes: { ...empty, manifests: [yaml()], ...kubernetes }, ...more })
}

/** What was read for it. */
export function read(objects: readonly KubernetesManifest[], more: Partial<ResolvedKubernetes> = {}): LinkInputs {
  return { kubernetes: { documents: [documents(...objects)], ...more } }
}

export function context(more: Partial<LinkContext> = {}): LinkContext {
  return { name: 'kind-shop', namespace: 'default', cluster: 'kind-shop', product: 'kind', isLocal: true, ...more }
}

/** Links manifests that are in order. */
export function linkManifests(
  objects: readonly KubernetesManifest[],
  kubernetes: Partial<KubernetesGraph> = {},
  more: Partial<GraphSpec> = {},
): LinkedGraph {
  return linkGood(clusterGraph(kubernetes, more), read(objects))
}

/** What linking made of a Kubernetes resource. */
export function clusterSpecOf({ resources }: LinkedGraph, name: string): KubernetesResourceSpec {
  const spec = resources.find((resource) => resource.name === name)?.spec
  if (spec?.type !== 'k8s') throw new Error(`no resource ${name}`)
  return spec
}

/** From names of resources to their objects, as `Kind/name`. */
export function groupsOf({ resources }: LinkedGraph): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    resources.map(({ name, spec }) => [
      name,
      (spec.kubernetes?.objects ?? []).map((object) => `${object.kind}/${object.metadata.name}`),
    ]),
  )
}
