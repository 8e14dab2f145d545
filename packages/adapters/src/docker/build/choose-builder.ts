import type { ImageBuildRequest, Processes } from '@tiltts/runtime/ports'
import type { Diagnostic } from '@tiltts/spec'
import type { EngineConnection } from '../connection.js'
import { selectedBuilder } from './buildx/selected-builder.js'
import { type BuildxVersion, buildxVersion } from './buildx/version.js'

/** What builds an image. */
export type ChosenBuilder =
  /** BuildKit in the engine; or the engine's builder without it. */
  | { readonly kind: 'engine' | 'legacy'; readonly description: string }
  /** The buildx command, with a builder of its own or that which is selected. */
  | { readonly kind: 'buildx'; readonly name: string | undefined; readonly description: string }
  | { readonly kind: 'none'; readonly failure: Diagnostic }

export interface Surroundings {
  readonly connection: EngineConnection
  readonly processes: Pick<Processes, 'spawn'>
  readonly env: Readonly<Record<string, string>>
}

/** The first version of the engine's API that has BuildKit. */
const buildKitSince = [1, 39] as const

/**
 * Chooses as the docker command does: `DOCKER_BUILDKIT`, then the builder of buildx that `BUILDX_BUILDER` names or
 * `docker buildx use` has selected, else BuildKit in the engine where that has it.
 *
 * @param request absent: what is chosen for most
 */
export async function chooseBuilder(
  { connection, processes, env }: Surroundings,
  request?: ImageBuildRequest,
): Promise<ChosenBuilder> {
  const { engine } = connection
  const wanted = env['DOCKER_BUILDKIT'] ?? ''
  const buildKit = wanted === '' ? undefined : booleanOf(wanted)
  if (wanted !== '' && buildKit === undefined) {
    return none(`DOCKER_BUILDKIT is "${wanted}", which is neither true nor false`, 'Set it to 1 or 0, or unset it.')
  }
  const name = `${engine.flavour} ${engine.version}`
  if (buildKit === false || engine.flavour === 'podman' || !hasBuildKit(engine.apiVersion)) {
    return { kind: 'legacy', description: `${name} without BuildKit` }
  }
  const here = { kind: 'engine', description: `BuildKit of ${name}` } as const
  // What is added to an image that is here already is added here.
  if (request?.context.extra !== undefined) return here
  const selected = await selectedBuilder(connection.host, env)
  if (selected === undefined && (request === undefined || !needsBuildx(request))) return here
  const version = await buildxVersion({ connection, processes })
  if (!isUsable(version))
    return none(
      version.problem,
      selected ? undefined : 'Install buildx, or build for one platform and with plain references in cacheFrom.',
    )
  const builder = selected ? `builder ${selected.name}${selected.driver ? ` (${selected.driver})` : ''}` : name
  return { kind: 'buildx', name: selected?.name, description: `buildx ${version.version}, ${builder}` }
}

function isUsable(version: BuildxVersion): version is Extract<BuildxVersion, { version: string }> {
  return 'version' in version
}

/** What the engine's own interface has no words for. */
function needsBuildx({ cacheFrom, platform }: ImageBuildRequest): boolean {
  return cacheFrom.some((from) => from.includes('=')) || platform?.includes(',') === true
}

/** As Go reads booleans. */
function booleanOf(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined
}

function hasBuildKit(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number)
  return major > buildKitSince[0] || (major === buildKitSince[0] && minor >= buildKitSince[1])
}

function none(message: string, hint?: string): ChosenBuilder {
  const failure = { code: 'docker/no-builder', severity: 'error', message, places: [], ...(hint && { hint }) } as const
  return { kind: 'none', failure }
}
