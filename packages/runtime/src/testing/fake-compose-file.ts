import { posix } from 'node:path'
import { parseIgnoreFile } from '@tiltts/core/paths'
import type {
  ComposeBuild,
  ComposeDependency,
  ComposePort,
  ComposeProject,
  ComposeProjectRef,
  ComposeService,
  Diagnostic,
  IgnoreRule,
  Place,
} from '@tiltts/spec'
import type { ComposeLoad } from '../ports/compose.js'
import { sha256 } from './fake-docker-tree.js'

/** A compose file, as far as the fake understands it. */
export interface FakeComposeFile {
  readonly name?: string
  readonly services: Readonly<Record<string, FakeComposeDefinition>>
}

export interface FakeComposeDefinition {
  readonly image?: string
  /** The context, relative to the project's folder, or more. */
  readonly build?: string | { readonly context?: string; readonly dockerfile?: string; readonly target?: string }
  readonly command?: string | readonly string[]
  readonly entrypoint?: string | readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: string | readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly depends_on?:
    | readonly string[]
    | Readonly<Record<string, { readonly condition?: string; readonly restart?: boolean; readonly required?: boolean }>>
  /** Any but `{ disable: true }`: the container starts unhealthy, until a test or its program says otherwise. */
  readonly healthcheck?: Readonly<Record<string, unknown>>
  readonly restart?: string
  /** `80`, `8080:80`, `127.0.0.1:8080:80/udp`. */
  readonly ports?: readonly (string | number)[]
  /** `./here:/there`, `name:/there`. */
  readonly volumes?: readonly string[]
  readonly tmpfs?: string | readonly string[]
  readonly network_mode?: string
  readonly profiles?: readonly string[]
  readonly scale?: number
  readonly stop_grace_period?: string
  readonly init?: boolean
}

export interface FakeComposeReading extends ComposeLoad {
  /** The definitions of active services, merged. */
  readonly definitions: ReadonlyMap<string, FakeComposeDefinition>
}

const keys = new Set(
  'image build command entrypoint environment env_file labels depends_on healthcheck restart ports volumes tmpfs network_mode profiles scale stop_grace_period init'.split(
    ' ',
  ),
)

/**
 * Reads a project from JSON texts.
 *
 * @param read the text of a file; `undefined` when there is none
 */
export function readFakeProject(
  ref: ComposeProjectRef,
  read: (path: string) => string | undefined,
  envProfiles: readonly string[],
): FakeComposeReading {
  const diagnostics: Diagnostic[] = []
  const merged = new Map<string, FakeComposeDefinition>()
  const places = new Map<string, Place>()
  const reads = new Set([...ref.files, ...(ref.envFile ? [ref.envFile] : [])])
  let name: string | undefined

  const invalid = (message: string, place: Place | undefined): void => {
    diagnostics.push({ code: 'compose/invalid', severity: 'error', message, places: place ? [place] : [] })
  }
  const take = (text: string, path: string | undefined): void => {
    let file: FakeComposeFile
    try {
      file = JSON.parse(text) as FakeComposeFile
    } catch (error) {
      invalid((error as Error).message, path === undefined ? undefined : placeAt(path, text, ''))
      return
    }
    name = file.name ?? name
    for (const [service, definition] of Object.entries(file.services ?? {})) {
      const place = path === undefined ? undefined : placeAt(path, text, `"${service}"`)
      if (place && !places.has(service)) places.set(service, place)
      for (const key of Object.keys(definition)) {
        if (keys.has(key)) continue
        const at = path === undefined ? undefined : placeAt(path, text, `"${key}"`)
        invalid(`services.${service} Additional property ${key} is not allowed`, at)
      }
      merged.set(service, mergeDefinitions(merged.get(service) ?? {}, definition))
      for (const path of listOf(definition.env_file)) reads.add(posix.resolve(ref.dir, path))
    }
  }

  for (const path of ref.files) {
    const text = read(path)
    if (text === undefined) invalid(`no such file: ${path}`, undefined)
    else take(text, path)
  }
  for (const text of ref.inline?.split('\n---\n') ?? []) take(text, undefined)
  if (ref.files.length === 0 && ref.inline === undefined) invalid('no compose file is given', undefined)

  const profiles = ref.profiles ?? envProfiles
  const active = [...merged].filter(
    ([, { profiles: own = [] }]) =>
      own.length === 0 || own.some((one) => profiles.includes(one) || profiles.includes('*')),
  )
  const definitions = new Map(active)
  for (const [service, definition] of active) {
    if (definition.image === undefined && definition.build === undefined) {
      invalid(`service "${service}" has neither an image nor a build context specified`, places.get(service))
    }
    for (const { service: other, required } of dependenciesOf(definition)) {
      if (required && !definitions.has(other)) {
        invalid(`service "${service}" depends on undefined service "${other}"`, places.get(service))
      }
    }
  }

  const ignores = new Map<string, readonly IgnoreRule[]>()
  for (const [service, definition] of active) {
    const build = buildOf(ref.dir, definition)
    if (build === undefined) continue
    const path = posix.join(build.context, '.dockerignore')
    reads.add(path)
    const text = read(path)
    if (text !== undefined) ignores.set(service, [{ basePath: build.context, patterns: parseIgnoreFile(text) }])
  }
  const fileReads = [...reads].map((path) => ({ path, kind: 'file' as const }))
  if (diagnostics.length > 0) return { project: undefined, diagnostics, reads: fileReads, definitions }
  const projectName = ref.name ?? name ?? projectNameOf(posix.basename(ref.dir))
  const project: ComposeProject = {
    name: projectName,
    services: active.map(([service, definition]) =>
      serviceOf({
        ref,
        project: projectName,
        name: service,
        definition,
        all: definitions,
        ignores: ignores.get(service) ?? [],
        place: places.get(service),
      }),
    ),
    inactive: [...merged].flatMap(([service, { profiles: own = [] }]) =>
      definitions.has(service) ? [] : [{ name: service, profiles: own }],
    ),
    reads: fileReads,
  }
  return { project, diagnostics, reads: fileReads, definitions }
}

interface ServiceParts {
  readonly ref: ComposeProjectRef
  readonly project: string
  readonly name: string
  readonly definition: FakeComposeDefinition
  readonly all: ReadonlyMap<string, FakeComposeDefinition>
  readonly ignores: readonly IgnoreRule[]
  readonly place: Place | undefined
}

function serviceOf({ ref, project, name, definition, all, ignores, place }: ServiceParts): ComposeService {
  const { build: _build, depends_on: _dependencies, scale, profiles: _profiles, ...own } = definition
  const hashed = JSON.stringify([name, own])
  const build = buildOf(ref.dir, definition)
  const ports = (definition.ports ?? []).map(portOf)
  const shared = [...all.values()].some(({ network_mode }) => network_mode === `service:${name}`)
  return {
    name,
    image: definition.image ?? `${project}-${name}`,
    build: build && { ...build, ignores },
    dependsOn: dependenciesOf(definition),
    hasHealthcheck: definition.healthcheck !== undefined && definition.healthcheck['disable'] !== true,
    restart: definition.restart ?? 'no',
    ports,
    mounts: (definition.volumes ?? []).flatMap((volume) => {
      const [source = ''] = volume.split(':')
      return /^[./]/.test(source) ? [posix.resolve(ref.dir, source)] : []
    }),
    scale: scale ?? 1,
    mustStay: shared || definition.tmpfs !== undefined || ports.some(({ published }) => published === undefined),
    overridesEntrypoint: definition.entrypoint !== undefined,
    configHash: sha256(hashed),
    configHashParts: hashPartsOf(hashed, definition),
    definitionHash: sha256(JSON.stringify([name, definition])),
    place,
  }
}

/** The text with the id of a container in the place of the service whose network it shares. */
function hashPartsOf(
  text: string,
  { network_mode: mode = '' }: FakeComposeDefinition,
): ComposeService['configHashParts'] {
  if (!mode.startsWith(sharedNetwork)) return undefined
  const [before = '', after = ''] = text.split(`"${mode}"`)
  return [`${before}"container:`, { containerOf: mode.slice(sharedNetwork.length) }, `"${after}`]
}

const sharedNetwork = 'service:'

function dependenciesOf(definition: FakeComposeDefinition): readonly ComposeDependency[] {
  const { depends_on: on = [], network_mode: mode = '' } = definition
  const declared = declaredDependencies(on)
  const shared = mode.startsWith(sharedNetwork) ? mode.slice(sharedNetwork.length) : undefined
  if (shared === undefined || declared.some(({ service }) => service === shared)) return declared
  return [...declared, { service: shared, condition: 'service_started', restart: true, required: true }]
}

function declaredDependencies(on: NonNullable<FakeComposeDefinition['depends_on']>): readonly ComposeDependency[] {
  const started = 'service_started'
  if (isList(on)) {
    return on.map((service) => ({ service, condition: started, restart: false, required: true }))
  }
  return Object.entries(on).map(([service, { condition = started, restart = false, required = true }]) => ({
    service,
    condition: condition as ComposeDependency['condition'],
    restart,
    required,
  }))
}

function buildOf(dir: string, { build }: FakeComposeDefinition): ComposeBuild | undefined {
  if (build === undefined) return undefined
  const { context = '.', dockerfile = 'Dockerfile' } = typeof build === 'string' ? { context: build } : build
  const folder = posix.resolve(dir, context)
  return { context: folder, dockerfile: posix.resolve(folder, dockerfile), additionalContexts: [] }
}

function portOf(port: string | number): ComposePort {
  const [numbers = '', protocol = 'tcp'] = String(port).split('/')
  const [target, published, hostIp] = numbers.split(':').reverse()
  // Out of a range it is open which.
  const fixed = Number(published)
  return {
    target: Number(target),
    published: Number.isInteger(fixed) && fixed > 0 ? fixed : undefined,
    hostIp,
    protocol,
  }
}

/** Names of volumes that the project makes. */
export function volumesOf(project: string, definition: FakeComposeDefinition): readonly string[] {
  return (definition.volumes ?? []).flatMap((volume) => {
    const [source = '', target] = volume.split(':')
    return target !== undefined && !/^[./]/.test(source) ? [`${project}_${source}`] : []
  })
}

export function argvOf(command: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof command === 'string' ? command.split(/\s+/) : command
}

/** As compose does: lower case, letters, digits, `-` and `_`, beginning with a letter or digit. */
export function projectNameOf(folder: string): string {
  return folder
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, '')
    .replace(/^[_-]+/, '')
}

function mergeDefinitions(below: FakeComposeDefinition, above: FakeComposeDefinition): FakeComposeDefinition {
  return {
    ...below,
    ...above,
    ...(below.environment && { environment: { ...below.environment, ...above.environment } }),
    ...(below.labels && { labels: { ...below.labels, ...above.labels } }),
    ...(below.ports && { ports: [...below.ports, ...(above.ports ?? [])] }),
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function isList(value: NonNullable<FakeComposeDefinition['depends_on']>): value is readonly string[] {
  return Array.isArray(value)
}

function placeAt(file: string, text: string, part: string): Place {
  const at = Math.max(0, text.indexOf(part))
  const before = text.slice(0, at).split('\n')
  const line = before.length
  const firstLine = Math.max(1, line - 2)
  const lines = text.split('\n').slice(firstLine - 1, line + 2)
  return { file, line, column: (before.at(-1)?.length ?? 0) + 1, excerpt: { firstLine, lines } }
}
