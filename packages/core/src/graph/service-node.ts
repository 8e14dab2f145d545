import type {
  ComposeCondition,
  ComposePort,
  ComposeResourceNode,
  ComposeService,
  DependencySpec,
  EdgeKind,
  LinkSpec,
} from '@tiltts/spec'
import type { LoadedProject } from './compose-projects.js'
import type { ServiceNode } from './declared.js'

/** A service with the calls that are about it. */
export interface FoundService {
  readonly from: LoadedProject
  readonly service: ComposeService
  /** In order of calling. */
  readonly calls: ComposeResourceNode[]
}

/**
 * A service and all that is said of it as one node: lists join, of anything else the last call wins.
 * @param names From services of the project to names of their resources.
 */
export function serviceNode({ from, service, calls }: FoundService, names: ReadonlyMap<string, string>): ServiceNode {
  const last = <K extends keyof ComposeResourceNode>(key: K): ComposeResourceNode[K] | undefined =>
    calls.findLast((call) => call[key] !== undefined)?.[key]
  const { node, project } = from
  const inferred = last('inferLinks') === false ? [] : portLinks(service.ports)
  return {
    kind: 'docker-compose',
    name: names.get(service.name) ?? service.name,
    place: calls.at(-1)?.place ?? service.place ?? node.place,
    labels: [...new Set(calls.flatMap((call) => call.labels))],
    links: [...inferred, ...calls.flatMap((call) => call.links)],
    dependencies: [...composeDependencies(service, names), ...calls.flatMap((call) => call.dependencies)],
    triggerMode: last('triggerMode'),
    autoInit: last('autoInit') ?? true,
    readyTimeoutMs: last('readyTimeoutMs'),
    onDown: last('onDown'),
    service,
    project: { ...node.project, name: project.name, wait: node.wait },
    projectPlace: node.place,
    image: last('image'),
  }
}

/** What each condition of `depends_on` waits for, once, before the first start. */
const edgeOf: Readonly<Record<ComposeCondition, EdgeKind>> = {
  service_started: 'started',
  service_healthy: 'first',
  service_completed_successfully: 'completed',
}

function composeDependencies(service: ComposeService, names: ReadonlyMap<string, string>): readonly DependencySpec[] {
  return service.dependsOn.flatMap((on) => {
    const name = names.get(on.service)
    return name === undefined ? [] : [{ name, edge: edgeOf[on.condition], place: service.place }]
  })
}

/** A link to each port that is published under a fixed number and can be spoken to by a browser. */
function portLinks(ports: readonly ComposePort[]): readonly LinkSpec[] {
  const urls = ports
    .filter(({ published, protocol }) => published !== undefined && published > 0 && protocol === 'tcp')
    .map(({ published, hostIp }) => `http://${hostOf(hostIp)}:${published}/`)
  return [...new Set(urls)].map((url) => ({ url }))
}

/** A port that is bound to one address of the machine answers only there. */
function hostOf(hostIp: string | undefined): string {
  if (hostIp === undefined || hostIp === '' || /^(?:0\.0\.0\.0|127\.|::1?$)/.test(hostIp)) return 'localhost'
  return hostIp.includes(':') ? `[${hostIp}]` : hostIp
}
