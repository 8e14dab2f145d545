import { createHash } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import type {
  ComposeBuild,
  ComposeCondition,
  ComposeDependency,
  ComposePort,
  ComposeService,
  IgnoreRule,
  Place,
} from '@tiltts/spec'
import { type BuildSecrets, buildSecrets, type SecretSources } from './build-secrets.js'
import type { BuildJson, PortJson, ServiceJson } from './compose-json.js'

export interface ServiceParts {
  readonly name: string
  readonly json: ServiceJson
  readonly all: Readonly<Record<string, ServiceJson>>
  readonly imageName: string
  readonly configHash: string
  readonly configHashParts?: ComposeService['configHashParts']
  readonly ignores: readonly IgnoreRule[]
  readonly secrets: SecretSources
  readonly place: Place | undefined
}

const conditions: readonly ComposeCondition[] = ['service_started', 'service_healthy', 'service_completed_successfully']

/** A service as the engine of tiltts sees it. */
export function mapService(parts: ServiceParts): ComposeService {
  const { name, json, configHash, ignores } = parts
  const secrets = buildSecrets(json.build ?? {}, parts.secrets)
  const ports = (json.ports ?? []).map(mapPort)
  return {
    name,
    image: json.image ?? parts.imageName,
    build: json.build ? { ...mapBuild(json.build), ...mapSecrets(secrets), ignores } : undefined,
    dependsOn: Object.entries(json.depends_on ?? {}).map(
      ([service, on]): ComposeDependency => ({
        service,
        condition: conditions.find((one) => one === on.condition) ?? 'service_started',
        restart: on.restart ?? false,
        required: on.required ?? true,
      }),
    ),
    hasHealthcheck: json.healthcheck ? !json.healthcheck.disable && json.healthcheck.test?.[0] !== 'NONE' : false,
    restart: restartOf(json),
    ports,
    mounts: (json.volumes ?? []).flatMap(({ type, source }) => (type === 'bind' && source ? [source] : [])),
    scale: json.scale ?? json.deploy?.replicas ?? 1,
    mustStay: ports.some(({ published }) => published === undefined) || usesTmpfs(json) || isShared(name, parts.all),
    overridesEntrypoint: json.entrypoint !== undefined && json.entrypoint !== null,
    configHash,
    configHashParts: parts.configHashParts,
    definitionHash: createHash('sha256')
      .update(JSON.stringify([json, configHash, ...secrets.values]))
      .digest('hex'),
    place: parts.place,
  }
}

/** Where the build of a service is; Compose gives absolute paths, and Dockerfiles relative to the context. */
export function mapBuild(build: BuildJson): ComposeBuild {
  const { context = '.', dockerfile = 'Dockerfile', dockerfile_inline, additional_contexts } = build
  const local = isAbsolute(context)
  return {
    context,
    dockerfile: dockerfile_inline === undefined && local ? resolve(context, dockerfile) : undefined,
    ...(dockerfile_inline !== undefined && { dockerfileText: dockerfile_inline }),
    additionalContexts: Object.values(additional_contexts ?? {}).filter(isAbsolute),
    ...(takesMore(build) && { takesMore: true }),
  }
}

function mapSecrets({ files, known }: BuildSecrets): Pick<ComposeBuild, 'secretFiles' | 'takesMore'> {
  return { ...(files.length > 0 && { secretFiles: files }), ...(!known && { takesMore: true }) }
}

/**
 * What is not in the files, so that only a build can tell whether it has changed. What is behind an SSH agent or key decides
 * only whether something may be read.
 */
function takesMore({ additional_contexts, args, pull, no_cache }: BuildJson): boolean {
  const others = Object.values(additional_contexts ?? {}).some((context) => !isAbsolute(context))
  const fromEnvironment = Object.values(args ?? {}).some((value) => value === null)
  return others || fromEnvironment || pull === true || no_cache === true
}

/** The files that may tell what a build leaves out, the one that counts first. */
export function ignoreFilesOf({ context, dockerfile }: ComposeBuild): readonly string[] {
  if (!isAbsolute(context)) return []
  return [...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]), join(context, '.dockerignore')]
}

/** Out of a range, or for 0, the engine chooses a port at each start. */
function mapPort({ target, published, host_ip, protocol = 'tcp' }: PortJson): ComposePort {
  const port = Number(published)
  return {
    target,
    published: Number.isInteger(port) && port > 0 ? port : undefined,
    hostIp: host_ip,
    protocol,
  }
}

function restartOf({ restart, deploy }: ServiceJson): string {
  if (restart) return restart
  const policy = deploy?.restart_policy
  if (!policy) return 'no'
  const { condition = 'any', max_attempts } = policy
  if (condition === 'none') return 'no'
  if (condition === 'on-failure') return max_attempts ? `on-failure:${max_attempts}` : 'on-failure'
  return condition === 'any' ? 'always' : condition
}

function usesTmpfs({ tmpfs, volumes }: ServiceJson): boolean {
  return (tmpfs ?? []).length > 0 || (volumes ?? []).some(({ type }) => type === 'tmpfs')
}

/** Whether another service lives in a part of its container, which a restart would pull from under it. */
function isShared(name: string, all: Readonly<Record<string, ServiceJson>>): boolean {
  const ref = `service:${name}`
  return Object.values(all).some(({ network_mode, pid, ipc }) => [network_mode, pid, ipc].includes(ref))
}
