import type { GraphSpec, LocalResourceNode, LocalResourceSpec, ResourceEdge, StepSpec } from '@tiltts/spec'
import type { DeclaredNode } from './declared.js'
import { serveHash, updateHash } from './definition-hash.js'
import { completeLink } from './options.js'
import type { LinkedResource } from './types.js'

/** What a resource gets from the graph it is in. */
export interface Context {
  readonly order: number
  readonly graph: GraphSpec
  readonly inputsFrom: readonly string[]
}

/** The part of a specification that does not depend on what runs the resource. */
type Base = Pick<
  LocalResourceSpec,
  | 'order'
  | 'labels'
  | 'links'
  | 'dependencies'
  | 'inputsFrom'
  | 'triggerMode'
  | 'autoInit'
  | 'readyTimeoutMs'
  | 'onDown'
  | 'place'
>

/** A node that runs here, with every default filled in. */
export function linkLocal(node: LocalResourceNode, context: Context): LinkedResource<LocalResourceSpec> {
  const base = linkBase(node, context)
  const { env } = context.graph
  const { links, onDown } = base
  const local = { ...node, links, onDown, cmd: withEnv(node.cmd, env), serve: withEnv(node.serve, env) }
  return {
    name: node.name,
    spec: {
      ...base,
      type: 'local',
      local,
      images: [],
      watches: node.deps.length > 0 ? [node.name] : [],
      updateHash: updateHash(local),
      serveHash: serveHash(local),
    },
  }
}

export function linkBase(node: DeclaredNode, { order, graph, inputsFrom }: Context): Base {
  return {
    order,
    labels: node.labels,
    links: node.links.flatMap((link) => completeLink(link) ?? []),
    dependencies: edgesOf(node),
    inputsFrom,
    triggerMode: node.triggerMode ?? graph.settings.triggerMode ?? 'auto',
    autoInit: node.autoInit,
    readyTimeoutMs: node.readyTimeoutMs,
    onDown: withEnv(node.onDown, graph.env),
    place: node.place,
  }
}

/** The dependencies, each once. */
function edgesOf(node: DeclaredNode): readonly ResourceEdge[] {
  const edges = new Map<string, ResourceEdge>()
  for (const { name, edge } of node.dependencies) edges.set(`${edge} ${name}`, { on: name, edge })
  return [...edges.values()]
}

function withEnv<T extends StepSpec>(step: T | undefined, env: Readonly<Record<string, string>>): T | undefined {
  return step === undefined ? undefined : stepWithEnv(step, env)
}

/** A command gets the environment of the whole config, below its own. */
export function stepWithEnv<T extends StepSpec>(step: T, env: Readonly<Record<string, string>>): T {
  return Object.keys(env).length === 0 ? step : { ...step, env: { ...env, ...step.env } }
}
