import type { ComposeNode, ComposeProject, ComposeProjectRef, Diagnostic, GraphSpec } from '@tiltts/spec'
import { placesOf } from './places.js'

/**
 * The compose projects of a config, to be read by compose. Calls for one project are one: their files come after each
 * other, each once; the file of variables is the last one given; profiles, waiting and folder are those of the first call.
 * Without a name, calls with one project folder are for one project.
 */
export function composeProjects(graph: Pick<GraphSpec, 'compose'>): readonly ComposeNode[] {
  const projects = new Map<string, ComposeNode>()
  for (const node of graph.compose) {
    const { name, dir } = node.project
    const key = name === undefined ? `dir ${dir}` : `name ${name}`
    const first = projects.get(key)
    projects.set(key, first === undefined ? node : { ...first, project: merge(first.project, node.project) })
  }
  return [...projects.values()]
}

function merge(first: ComposeProjectRef, next: ComposeProjectRef): ComposeProjectRef {
  const inline = [first.inline, next.inline].filter((text) => text !== undefined)
  return {
    ...first,
    files: [...new Set([...first.files, ...next.files])],
    // Compose merges the documents of one file like files.
    ...(inline.length > 0 && { inline: inline.join('\n---\n') }),
    envFile: next.envFile ?? first.envFile,
  }
}

/** A project as the config names it, and as compose reads it. */
export interface LoadedProject {
  readonly node: ComposeNode
  readonly project: ComposeProject
}

/** Two projects of one name would remove each other's containers. */
export function checkProjects(loaded: readonly LoadedProject[]): readonly Diagnostic[] {
  const first = new Map<string, LoadedProject>()
  return loaded.flatMap(({ node, project: { name } }) => {
    const before = first.get(name)
    if (before === undefined) {
      first.set(name, { node, project: { name, services: [], reads: [] } })
      return []
    }
    return [
      {
        code: 'config/invalid-option',
        severity: 'error',
        message: `Two compose projects are called \`${name}\``,
        places: placesOf(node.place, before.node.place),
        hint: `Give one of them another \`projectName\`, or both \`projectName: '${name}'\` to have them merged`,
      },
    ]
  })
}
