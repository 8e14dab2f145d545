import type {
  ArgSpec,
  ComposeProject,
  DependencySpec,
  EdgeKind,
  GraphSpec,
  LocalResourceNode,
  LocalResourceSpec,
  Place,
  ServeSpec,
  StepSpec,
} from '@tiltts/spec'
import { linkGraph } from './link-graph.js'
import type { LinkedGraph, LinkInputs } from './types.js'

export const mainPath = '/shop/tilt.config.ts'

export function at(line: number, column = 1, file: string = mainPath): Place {
  return { file, line, column }
}

export function step(command = 'true', more: Partial<StepSpec> = {}): StepSpec {
  return { command: { argv: ['sh', '-c', command], display: command }, dir: '/shop', env: {}, ...more }
}

export function serveStep(command = 'serve', more: Partial<ServeSpec> = {}): ServeSpec {
  return { ...step(command), probe: undefined, restart: 'never', stopGraceMs: 10_000, ...more }
}

export function dependsOn(name: string, edge: EdgeKind = 'first', place?: Place): DependencySpec {
  return { name, edge, place }
}

/** A resource that runs `true`. Names in `on` are dependencies of the plain kind. */
export function local(
  name: string,
  more: Partial<LocalResourceNode> & { on?: readonly string[] } = {},
): LocalResourceNode {
  const { on = [], ...rest } = more
  return {
    kind: 'local',
    name,
    place: undefined,
    labels: [],
    links: [],
    dependencies: on.map((other) => dependsOn(other)),
    triggerMode: undefined,
    autoInit: true,
    readyTimeoutMs: undefined,
    onDown: undefined,
    cmd: step(),
    serve: undefined,
    deps: [],
    ignores: [],
    outputs: [],
    allowParallel: false,
    ...rest,
  }
}

export function graphOf(resources: readonly LocalResourceNode[], more: Partial<GraphSpec> = {}): GraphSpec {
  return {
    mainPath,
    resources,
    images: [],
    compose: [],
    composeResources: [],
    settings: {},
    args: [],
    positionals: [],
    selection: { kind: 'all' },
    watchIgnores: [],
    secrets: [],
    env: {},
    ...more,
  }
}

export function resourcesArg(name: string, value: readonly string[], place?: Place): ArgSpec {
  return { name, type: 'resources', positional: false, description: undefined, choices: undefined, value, place }
}

/** A choice of the config's, written on one line. */
export function choose(...names: readonly string[]): Pick<GraphSpec, 'selection'> {
  return { selection: { kind: 'some', names: names.map((name, index) => ({ name, place: at(90, index + 1) })) } }
}

/** Links a graph that is in order. */
export function linkGood(graph: GraphSpec, given: Given = []): LinkedGraph {
  const { linked, diagnostics } = linkGraph(graph, inputsOf(given))
  if (linked === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join('\n'))
  return linked
}

/** What linking made of the one resource of a graph. */
export function linkOne(node: LocalResourceNode, more: Partial<GraphSpec> = {}): LocalResourceSpec {
  const spec = linkGood(graphOf([node], more)).resources[0]?.spec
  if (spec?.type !== 'local') throw new Error('nothing was linked')
  return spec
}

/** What compose reads, or all that was read. */
type Given = readonly (ComposeProject | undefined)[] | LinkInputs

function inputsOf(given: Given): LinkInputs {
  return 'map' in given ? { projects: given } : given
}

/** What is wrong with a graph, one line each: code, places, message. */
export function complaints(graph: GraphSpec, given: Given = []): readonly string[] {
  return linkGraph(graph, inputsOf(given)).diagnostics.map(({ code, severity, places, message }) => {
    const where = places.map((place) => `${place.file.replace('/shop/', '')}:${place.line}:${place.column}`).join(' ')
    return `${severity === 'error' ? '' : 'warning '}${code} ${where || '-'} ${message}`
  })
}

export function hintsOf(graph: GraphSpec, given: Given = []): readonly (string | undefined)[] {
  return linkGraph(graph, inputsOf(given)).diagnostics.map((diagnostic) => diagnostic.hint)
}
