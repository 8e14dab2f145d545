import type {
  CustomDeployNode,
  DependencySpec,
  ForwardNode,
  ForwardTarget,
  FunctionRef,
  KubernetesGraph,
  KubernetesManifest,
  KubernetesResourceNode,
  LiveUpdateSpec,
  ManifestNode,
  ManifestSource,
  PortForwardSpec,
  StepSpec,
  WorkloadId,
} from '@tiltts/spec'
import type { FakeConfig, FakeStep } from './fake-config.js'

/** What every resource of Kubernetes can be told here. */
interface SimulatedOptions
  extends Partial<Pick<ForwardNode, 'labels' | 'triggerMode' | 'autoInit' | 'readyTimeoutMs'>> {
  /** `db`, or with another edge than the plain one `ready:db`. */
  readonly needs?: readonly string[]
  readonly links?: readonly string[]
  /** A number is the port on both sides. */
  readonly forwards?: readonly (number | PortForwardSpec)[]
}

export interface SimulatedManifests {
  readonly allowDuplicates?: boolean
  readonly transform?: (object: KubernetesManifest) => KubernetesManifest | null
}

export interface SimulatedK8sResource
  extends SimulatedOptions,
    Partial<
      Pick<KubernetesResourceNode, 'newName' | 'objects' | 'extraPodSelectors' | 'podReadiness' | 'discoveryStrategy'>
    > {
  readonly image?: string
  readonly readyWhen?: (object: KubernetesManifest) => boolean
}

export interface SimulatedForward extends SimulatedOptions {
  readonly target: ForwardTarget
}

export interface SimulatedCustomDeploy extends SimulatedOptions {
  /** A shell command, or a function. */
  readonly apply: string | FakeStep
  /** A shell command. */
  readonly remove: string
  /** Of both commands. */
  readonly env?: Readonly<Record<string, string>>
  readonly dir?: string
  readonly deps?: readonly string[]
  readonly images?: readonly string[]
  readonly imageSelector?: string
  readonly containerSelector?: string
  readonly liveUpdate?: LiveUpdateSpec
}

/** The builders of Kubernetes. Paths are relative to the folder of the config. */
export interface SimulatedKubernetes {
  /** `k8sYaml`: paths, and objects as they are. */
  manifests(given: readonly (string | KubernetesManifest)[], options?: SimulatedManifests): void
  /** Without a workload, the objects are gathered under `newName`. */
  k8sResource(workload: string | undefined, options?: SimulatedK8sResource): void
  k8sForward(name: string, options: SimulatedForward): void
  k8sCustomDeploy(name: string, options: SimulatedCustomDeploy): void
  workloadToResourceFunction(name: (id: WorkloadId) => string): void
  allowK8sContexts(contexts: readonly string[]): void
}

export interface SimulatedKubernetesOptions {
  readonly config: FakeConfig
  readonly folder: string
  readonly dependency: (text: string) => DependencySpec
  readonly shell: (text: string, dir: string) => StepSpec
}

/** Builders that leave the nodes of real ones in the graph. */
export function simulatedKubernetes(options: SimulatedKubernetesOptions): SimulatedKubernetes {
  const { config, folder, dependency, shell } = options
  const absolute = (path: string): string => (path.startsWith('/') ? path : `${folder}/${path}`)
  let graph: KubernetesGraph = {
    manifests: [],
    resources: [],
    forwards: [],
    customDeploys: [],
    kinds: [],
    imagePaths: [],
    allowedContexts: [],
  }
  let functions = 0
  const add = (part: Partial<KubernetesGraph>): void => {
    graph = { ...graph, ...part }
    config.graph({ kubernetes: graph })
  }
  // a function of the config is called with plain data, though its type here is that of a step
  const fn = (what: string, given: (data: never) => unknown, source: unknown): FunctionRef => {
    functions += 1
    return config.fn(`k8s:${what}#${functions}`, given as FakeStep, String(source))
  }
  const base = ({
    labels = [],
    links = [],
    needs = [],
    triggerMode,
    autoInit = true,
    readyTimeoutMs,
  }: SimulatedOptions) => ({
    labels,
    links: links.map((url) => ({ url })),
    dependencies: needs.map(dependency),
    triggerMode,
    autoInit,
    readyTimeoutMs,
    onDown: undefined,
    place: undefined,
  })
  const forwardsOf = ({ forwards = [] }: SimulatedOptions): readonly PortForwardSpec[] =>
    forwards.map((one) => (typeof one === 'number' ? { localPort: one, containerPort: one } : one))
  const named = (name: string) => ({ name, place: undefined })

  return {
    manifests(given, { allowDuplicates = false, transform } = {}) {
      const sources = given.map(
        (one): ManifestSource =>
          typeof one === 'string' ? { type: 'file', path: absolute(one) } : { type: 'objects', objects: [one] },
      )
      const all = (objects: readonly KubernetesManifest[]): unknown => objects.map((object) => transform?.(object))
      const changed = transform && { transform: fn('transform', all, transform) }
      const node: ManifestNode = { sources, allowDuplicates, ...changed, place: undefined }
      add({ manifests: [...graph.manifests, node] })
    },
    k8sResource(workload, given = {}) {
      const { newName, image, objects = [], extraPodSelectors = [], podReadiness, discoveryStrategy, readyWhen } = given
      const node: KubernetesResourceNode = {
        ...base(given),
        workload: workload === undefined ? undefined : named(workload),
        newName,
        image: image === undefined ? undefined : named(image),
        portForwards: forwardsOf(given),
        objects,
        extraPodSelectors,
        podReadiness,
        discoveryStrategy,
        readyWhen: readyWhen && fn(`${workload ?? newName}/readyWhen`, readyWhen, readyWhen),
        // calls add up: what this one leaves out may stand in another
        autoInit: given.autoInit,
      }
      add({ resources: [...graph.resources, node] })
    },
    k8sForward(name, given) {
      const node: ForwardNode = {
        kind: 'k8s-forward',
        name,
        ...base(given),
        target: given.target,
        portForwards: forwardsOf(given),
      }
      add({ forwards: [...graph.forwards, node] })
    },
    k8sCustomDeploy(name, given) {
      const { apply, remove, deps = [], images = [], imageSelector, containerSelector, liveUpdate } = given
      const { env = {}, dir = '.' } = given
      const folderOf = dir === '.' ? folder : absolute(dir)
      const step = (command: string | FakeStep): StepSpec =>
        typeof command === 'string'
          ? { ...shell(command, folderOf), env }
          : { command: { fn: config.fn(`k8s:${name}/apply`, command), display: 'a function' }, dir: folderOf, env }
      const node: CustomDeployNode = {
        kind: 'k8s-custom',
        name,
        ...base(given),
        deploy: {
          apply: step(apply),
          remove: step(remove),
          deps: deps.map(absolute),
          ignores: [],
          imageDeps: images.map(named),
          imageSelector,
          containerSelector,
          liveUpdate,
        },
      }
      add({ customDeploys: [...graph.customDeploys, node] })
    },
    workloadToResourceFunction(name) {
      const all = (ids: readonly WorkloadId[]): unknown => ids.map(name)
      add({ nameWorkloads: { fn: fn('name', all, name), place: undefined } })
    },
    allowK8sContexts: (contexts) => add({ allowedContexts: [...graph.allowedContexts, ...contexts] }),
  }
}
