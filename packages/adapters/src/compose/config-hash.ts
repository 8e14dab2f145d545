import { createHash } from 'node:crypto'
import type { ConfigHashPart } from '@tiltts/spec'
import type { ServiceJson } from './compose-json.js'

/**
 * The hashes that containers get as a label when each service is brought up without its dependencies. `config --hash` tells
 * others: those of services with their dependencies and, in some versions, without what stands in their env files. So they
 * are made here as Compose makes them, of the service as Go writes JSON, as long as that gives what `--hash` tells where
 * both must agree; if it never does, what `--hash` tells has to do.
 *
 * @param told by `config --hash`
 * @param withEnvFile services for which the two may differ
 */
export function containerHashes(
  services: Readonly<Record<string, ServiceJson>>,
  told: ReadonlyMap<string, string>,
  withEnvFile: ReadonlySet<string>,
): ReadonlyMap<string, ContainerHash> {
  const names = Object.keys(services)
  const agree = names.some((name) => hashOf(services[name] ?? {}, true) === told.get(name))
  return new Map(
    names.map((name): [string, ContainerHash] => {
      const service = services[name] ?? {}
      const made = hashOf(service, false)
      const hash = agree || withEnvFile.has(name) ? made : (told.get(name) ?? made)
      const parts = hashParts(hashedOf(service, false))
      return [name, { hash, parts: hash === made && parts.length > 1 ? parts : undefined }]
    }),
  )
}

export interface ContainerHash {
  readonly hash: string
  /** See `ComposeService.configHashParts`. */
  readonly parts: readonly ConfigHashPart[] | undefined
}

function hashOf(service: ServiceJson, withDependencies: boolean): string {
  return createHash('sha256')
    .update(goJson(hashedOf(service, withDependencies)))
    .digest('hex')
}

/** What does not make another container is left out: how it is built, pulled, and how many there are. */
function hashedOf(service: ServiceJson, withDependencies: boolean): Readonly<Record<string, unknown>> {
  const {
    build: _build,
    pull_policy: _pull,
    scale: _scale,
    depends_on: _on,
    deploy,
    ...rest
  } = service as ServiceJson & { readonly pull_policy?: string }
  const kept: Record<string, unknown> = {}
  // The order of the keys counts.
  for (const key of Object.keys(service)) {
    if (key in rest) kept[key] = rest[key as keyof typeof rest]
    else if (key === 'depends_on' && withDependencies) kept[key] = service.depends_on
    else if (key === 'deploy' && deploy) kept[key] = withoutReplicas(deploy)
  }
  return kept
}

/** What Compose hashes once it knows the containers that a service shares something with. */
function hashParts(service: Readonly<Record<string, unknown>>): readonly ConfigHashPart[] {
  const parts: ConfigHashPart[] = ['{']
  const add = (part: ConfigHashPart): void => {
    const last = parts.at(-1)
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part
    else parts.push(part)
  }
  Object.entries(service).forEach(([key, value], index) => {
    add(`${index === 0 ? '' : ','}${goJson(key)}:`)
    for (const part of memberParts(key, value)) add(part)
  })
  add('}')
  return parts
}

const sharing: ReadonlySet<string> = new Set(['network_mode', 'ipc', 'pid'])

function memberParts(key: string, value: unknown): readonly ConfigHashPart[] {
  if (sharing.has(key) && typeof value === 'string' && value.startsWith('service:'))
    return ['"container:', { containerOf: value.slice('service:'.length) }, '"']
  if (key !== 'volumes_from' || !Array.isArray(value)) return [goJson(value)]
  const volumes = value.flatMap((from, index): readonly ConfigHashPart[] => {
    const [first = '', second = ''] = String(from).split(':')
    const comma = index === 0 ? '' : ','
    // How they are mounted is not hashed.
    return first === 'container' ? [comma + goJson(second)] : [`${comma}"`, { containerOf: first }, '"']
  })
  return ['[', ...volumes, ']']
}

function withoutReplicas(deploy: NonNullable<ServiceJson['deploy']>): unknown {
  const { replicas: _replicas, ...rest } = deploy
  return rest
}

/** JSON as Go writes it. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return escaped(JSON.stringify(value))
  const members = keysOf(value).map(([key, member]) => `${escaped(JSON.stringify(key))}:${goJson(member)}`)
  return `{${members.join(',')}}`
}

/** JavaScript moves keys that are numbers to the front; only maps have such keys, and Go sorts those by their bytes. */
function keysOf(value: object): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(value)
  if (!entries.some(([key]) => /^\d+$/.test(key))) return entries
  return entries.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}

function escaped(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
