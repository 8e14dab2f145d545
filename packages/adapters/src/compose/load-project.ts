import { parseIgnoreFile } from '@tiltts/core/paths'
import type { ComposeLoad } from '@tiltts/runtime/ports'
import type { ComposeProjectRef, ComposeService, IgnoreRule, Place } from '@tiltts/spec'
import { InfraError } from '@tiltts/spec'
import { parse } from 'yaml'
import type { ComposeJson, ServiceJson } from './compose-json.js'
import type { ComposeSource } from './compose-source.js'
import { type ContainerHash, containerHashes } from './config-hash.js'
import { hasNoEngine, withoutEngine } from './engine-env.js'
import { explainFailure } from './explain-failure.js'
import { misnamedImages } from './image-names.js'
import type { LoadParts } from './load-parts.js'
import { ignoreFilesOf, mapBuild, mapService } from './map-service.js'
import { inactiveServices } from './profiles.js'
import { projectArgv, projectEnv } from './project-argv.js'
import { readSources, readsOf, textOf } from './project-sources.js'
import { type CommandRun, runCommand } from './run-command.js'
import { warningsOf } from './warnings.js'

export interface LoadedProject {
  readonly load: ComposeLoad
  /** All files that decided it, with what they held. */
  readonly texts: ReadonlyMap<string, string | undefined>
  /** Whether it is read from files of this machine only, so that the same files mean the same project. */
  readonly fromFiles: boolean
}

/** Reads a project as Compose does. */
export async function loadProject(
  parts: LoadParts,
  ref: ComposeProjectRef,
  signal: AbortSignal,
): Promise<LoadedProject> {
  const argv = [...parts.command, ...(await projectArgv(ref))]
  const env = projectEnv(ref, parts.env)
  const config = (...args: readonly string[]): Promise<CommandRun> =>
    runCommand(parts.processes, { argv: [...argv, 'config', ...args], dir: ref.dir, env, signal })
  // First, so that a change while Compose reads can be seen.
  const found = await readSources(ref, parts.env)
  const [told, hashes] = await Promise.all([config('--format', 'json'), config('--hash', '*')])
  // Compose 2.26 cannot write keys for SSH as JSON.
  const asYaml = told.exitCode !== 0 && /error calling MarshalJSON/.test(told.stderr)
  const json = asYaml ? await config() : told
  for (const { started, reason } of [json, hashes]) {
    if (!started) throw new InfraError('compose/missing', 'compose', `Docker Compose could not be started: ${reason}`)
  }
  const { texts, sources } = found
  const failed = [json, hashes].find(({ exitCode }) => exitCode !== 0)
  if (failed) {
    const elsewhere = hasNoEngine(failed.stderr) ? withoutEngine(parts.env) : parts.env
    if (elsewhere !== parts.env) return loadProject({ ...parts, env: elsewhere }, ref, signal)
    const diagnostics = await explainFailure(parts, ref, failed, found, signal)
    return { load: { project: undefined, diagnostics, reads: readsOf(texts) }, texts, fromFiles: false }
  }
  const warnings = warningsOf(json.stderr, sources)
  // Compose writes what it reads: a dollar is doubled.
  const text = json.stdout.replaceAll('$$', '$')
  const project = (asYaml ? parse(text) : JSON.parse(text)) as ComposeJson
  const misnamed = misnamedImages(project, sources)
  if (misnamed.length > 0)
    return {
      load: { project: undefined, diagnostics: [...warnings, ...misnamed], reads: readsOf(texts) },
      texts,
      fromFiles: false,
    }
  const ignores = await readIgnores(project)
  const withEnvFile = new Set(found.references.flatMap(({ kind, service }) => (kind === 'env_file' && service) || []))
  const toldHashes = hashesOf(hashes.stdout)
  const all = new Map([...texts, ...[...ignores.texts].sort()])
  const reads = readsOf(all)
  const load: ComposeLoad = {
    project: {
      name: project.name,
      services: mapServices(project, {
        hashes: containerHashes(project.services ?? {}, toldHashes, withEnvFile),
        ignores: ignores.rules,
        sources,
        env: parts.env,
        envFiles: found.envFiles,
      }),
      inactive: inactiveServices(sources, Object.keys(project.services ?? {})),
      reads,
    },
    diagnostics: warnings,
    reads,
  }
  return { load, texts: all, fromFiles: !found.remote }
}

interface Surroundings {
  readonly hashes: ReadonlyMap<string, ContainerHash>
  readonly ignores: ReadonlyMap<string, readonly IgnoreRule[]>
  readonly sources: readonly ComposeSource[]
  readonly env: Readonly<Record<string, string>>
  readonly envFiles: readonly string[]
}

function mapServices(
  json: ComposeJson,
  { hashes, ignores, sources, env, envFiles }: Surroundings,
): readonly ComposeService[] {
  const all = json.services ?? {}
  const separator = /^(1|true)$/i.test(env['COMPOSE_COMPATIBILITY'] ?? '') ? '_' : '-'
  return inOrder(all, sources).map(([name, service]) =>
    mapService({
      name,
      json: service,
      all,
      imageName: `${json.name}${separator}${name}`,
      configHash: hashes.get(name)?.hash ?? '',
      configHashParts: hashes.get(name)?.parts,
      ignores: ignores.get(name) ?? [],
      secrets: { declared: json.secrets ?? {}, env, envFiles },
      place: placeOf(sources, name),
    }),
  )
}

/** In the order they are written in. */
function inOrder(
  all: Readonly<Record<string, ServiceJson>>,
  sources: readonly ComposeSource[],
): readonly (readonly [string, ServiceJson])[] {
  const written = sources.flatMap(({ data }) => data).flatMap((data) => namesOf(data))
  const order = new Map([...new Set(written)].map((name, index) => [name, index]))
  const at = (name: string): number => order.get(name) ?? order.size
  return Object.entries(all).sort(([one], [other]) => at(one) - at(other))
}

function namesOf(data: unknown): readonly string[] {
  const services = typeof data === 'object' && data !== null && 'services' in data ? data.services : undefined
  return typeof services === 'object' && services !== null ? Object.keys(services) : []
}

function placeOf(sources: readonly ComposeSource[], service: string): Place | undefined {
  const way = ['services', service]
  return sources.find((source) => source.path !== undefined && source.has(way))?.placeOf(way)
}

interface Ignores {
  /** By service. */
  readonly rules: ReadonlyMap<string, readonly IgnoreRule[]>
  /** All files that were looked for. */
  readonly texts: ReadonlyMap<string, string | undefined>
}

/** What builds leave out: the first of their ignore files that is there says so. */
async function readIgnores(json: ComposeJson): Promise<Ignores> {
  const rules = new Map<string, readonly IgnoreRule[]>()
  const texts = new Map<string, string | undefined>()
  for (const [name, { build }] of Object.entries(json.services ?? {})) {
    if (!build) continue
    const mapped = mapBuild(build)
    for (const path of ignoreFilesOf(mapped)) {
      if (!texts.has(path)) texts.set(path, await textOf(path))
      const text = texts.get(path)
      if (text === undefined) continue
      rules.set(name, [{ basePath: mapped.context, patterns: parseIgnoreFile(text) }])
      break
    }
  }
  return { rules, texts }
}

/** A line for each service: its name and its hash. */
function hashesOf(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): [string, string] => {
        const [name = '', hash = ''] = line.trim().split(/\s+/)
        return [name, hash]
      }),
  )
}
