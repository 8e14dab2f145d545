import type { ComposeDependency, ComposeResourceNode, ComposeService, Diagnostic } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import type { LoadedProject } from './compose-projects.js'
import type { ServiceNode } from './declared.js'
import { placesOf } from './places.js'
import { type FoundService, serviceNode } from './service-node.js'

export interface ComposeServices {
  readonly nodes: readonly ServiceNode[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The services of all projects, with what `dcResource` says of each, wherever it is called.
 * @param complete Whether all projects are known; else a service that is missing may be in another.
 */
export function composeServices(
  loaded: readonly LoadedProject[],
  calls: readonly ComposeResourceNode[],
  complete: boolean,
): ComposeServices {
  const projects = loaded.map((from) =>
    from.project.services.map((service): FoundService => ({ from, service, calls: [] })),
  )
  const services = projects.flat()
  const index = indexByName(services, calls)
  const diagnostics: Diagnostic[] = []
  for (const call of calls) {
    const found = (index.get(call.service.name) ?? []).filter((service) => isMeant(service, call))
    const [one, ...others] = found
    if (one === undefined) {
      if (complete) diagnostics.push(unknownService(call, loaded))
    } else if (others.length > 0) diagnostics.push(ambiguousService(call, found))
    else one.calls.push(call)
  }
  const nodes = projects.flatMap((project) => {
    const names = new Map(project.map((found) => [found.service.name, resourceName(found)]))
    for (const { service, from } of project)
      diagnostics.push(...service.dependsOn.flatMap((on) => missingDependency(service, on, names, from)))
    return project.map((found) => serviceNode(found, names))
  })
  return { nodes, diagnostics }
}

function isMeant({ from }: FoundService, { projectName }: ComposeResourceNode): boolean {
  return projectName === undefined || from.project.name === projectName
}

function resourceName({ service, calls }: FoundService): string {
  return calls.findLast(({ newName }) => newName !== undefined)?.newName ?? service.name
}

/** By the name of the service; also by the one that a call gives it, where no service is called that. */
function indexByName(
  services: readonly FoundService[],
  calls: readonly ComposeResourceNode[],
): ReadonlyMap<string, readonly FoundService[]> {
  const index = new Map<string, FoundService[]>()
  const add = (name: string, found: FoundService): void => {
    const group = index.get(name)
    if (group === undefined) index.set(name, [found])
    else group.push(found)
  }
  for (const found of services) add(found.service.name, found)
  const own = new Set(index.keys())
  for (const call of calls) {
    if (call.newName === undefined || own.has(call.newName)) continue
    for (const found of index.get(call.service.name) ?? []) if (isMeant(found, call)) add(call.newName, found)
  }
  return index
}

function unknownService(
  { service, projectName, place }: ComposeResourceNode,
  loaded: readonly LoadedProject[],
): Diagnostic {
  const projects = loaded.map(({ project }) => project.name)
  const isProject = projectName === undefined || projects.includes(projectName)
  const inProject = loaded.filter(({ project }) => projectName === undefined || project.name === projectName)
  const names = inProject.flatMap(({ project }) => project.services.map((found) => found.name))
  const where = projectName === undefined ? 'no compose project' : `the compose project \`${projectName}\``
  return {
    code: 'compose/unknown-service',
    severity: 'error',
    message: !isProject
      ? `dcResource('${service.name}'): no compose project is called \`${projectName}\``
      : `dcResource('${service.name}'): ${where} has ${projectName === undefined ? 'a' : 'no'} service called that`,
    places: placesOf(service.place ?? place),
    hint: isProject
      ? (switchedOff(service.name, inProject) ??
        didYouMean(service.name, names) ??
        listed('services', names) ??
        'Call dockerCompose, too; check its profiles')
      : (didYouMean(projectName, projects) ?? listed('projects', projects)),
  }
}

/** Why a service that the compose files have is none of the project. */
function switchedOff(service: string, loaded: readonly LoadedProject[]): string | undefined {
  for (const { project } of loaded) {
    const found = project.inactive?.find(({ name }) => name === service)
    if (found === undefined) continue
    const profiles = found.profiles.map((profile) => `\`${profile}\``).join(' or ')
    return `\`${service}\` belongs to the profile ${profiles}, which is off: name it in \`profiles\` of dockerCompose`
  }
  return undefined
}

/** So many names are worth listing. */
const shown = 20

function listed(what: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const more = names.length - shown
  return `The ${what} are: ${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function ambiguousService({ service, place }: ComposeResourceNode, found: readonly FoundService[]): Diagnostic {
  const projects = found.map(({ from }) => `\`${from.project.name}\``)
  return {
    code: 'compose/unknown-service',
    severity: 'error',
    message: `dcResource('${service.name}'): several compose projects have a service called that: ${projects.join(', ')}`,
    places: placesOf(service.place ?? place, ...found.map(({ from }) => from.node.place)),
    hint: 'Say which with `projectName`',
  }
}

function missingDependency(
  service: ComposeService,
  on: ComposeDependency,
  names: ReadonlyMap<string, string>,
  from: LoadedProject,
): readonly Diagnostic[] {
  if (!on.required || names.has(on.service)) return []
  return [
    {
      code: 'config/unknown-resource',
      severity: 'error',
      message: `The service \`${service.name}\` depends on \`${on.service}\`, which its project does not have`,
      places: placesOf(service.place),
      hint:
        switchedOff(on.service, [from]) ??
        didYouMean(on.service, names.keys()) ??
        'Check the profiles, or write `required: false` at the dependency',
    },
  ]
}
