import { createHash } from 'node:crypto'
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
): ReadonlyMap<string, string> {
  const names = Object.keys(services)
  const agree = names.some((name) => hashOf(services[name] ?? {}, true) === told.get(name))
  return new Map(
    names.map((name): [string, string] => {
      const made = hashOf(services[name] ?? {}, false)
      return [name, agree || withEnvFile.has(name) ? made : (told.get(name) ?? made)]
    }),
  )
}

/** What does not make another container is left out: how it is built, pulled, and how many there are. */
function hashOf(service: ServiceJson, withDependencies: boolean): string {
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
  return createHash('sha256').update(goJson(kept)).digest('hex')
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
