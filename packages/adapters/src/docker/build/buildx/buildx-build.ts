import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuildEvent, BuildOutcome, ImageBuildRequest, Processes } from '@tiltts/runtime/ports'
import type { Diagnostic } from '@tiltts/spec'
import { readJson } from '../../connection/config-folder.js'
import type { EngineConnection } from '../../connection.js'
import { inspectImage } from '../../images.js'
import { problem } from '../check-request.js'
import { dockerfileName } from '../context/dockerfile-tree.js'
import { dockerfilePlaces } from '../failure/dockerfile-place.js'
import { explain } from '../failure/explain.js'
import type { AgentSockets } from '../session/ssh.js'
import { buildProgress } from '../trace/build-progress.js'
import { buildxArguments } from './arguments.js'
import { baseLayouts } from './base-layouts.js'
import { ignoreList } from './ignore-list.js'
import { rawJsonReader } from './raw-json.js'

export interface BuildxBuild {
  readonly connection: EngineConnection
  readonly request: ImageBuildRequest
  readonly processes: Pick<Processes, 'spawn'>
  readonly env: Readonly<Record<string, string>>
  /** The name of the builder. @default that which buildx takes by itself */
  readonly builder: string | undefined
  readonly agents: AgentSockets
  readonly onEvent: (event: BuildEvent) => void
  readonly signal: AbortSignal
}

interface Metadata {
  readonly 'containerimage.config.digest'?: string
  readonly 'containerimage.digest'?: string
}

/** From SIGTERM to SIGKILL, in milliseconds: so long buildx may take to call a build off. */
const graceMs = 5000

/** Builds by the buildx command, on a builder that may be anywhere, and loads the image into the engine. */
export async function buildByBuildx(build: BuildxBuild): Promise<BuildOutcome> {
  const { connection, request, env, signal } = build
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-buildx-'))
  try {
    const files = { dockerfile: join(folder, dockerfileName), metadata: join(folder, 'metadata.json') }
    await writeFile(files.dockerfile, request.dockerfile)
    // It stands in the place of the .dockerignore of the context, whose rules are in it.
    const ignored = await ignoreList(request.context).catch((error: Error) => problem(error.message))
    if ('severity' in ignored) return { ok: false, failure: ignored }
    await writeFile(`${files.dockerfile}.dockerignore`, `# What is left out.\n${ignored.join('\n')}\n`)
    signal.throwIfAborted()
    // The builder of the engine sees the engine's images.
    const bases = build.builder === undefined ? [] : await baseLayouts(connection, request, folder, signal)
    if ('severity' in bases) return { ok: false, failure: bases }
    const argv = buildxArguments(request, { builder: build.builder, agents: build.agents, bases, files, env })
    const failure = await runBuildx(build, argv, folder)
    signal.throwIfAborted()
    // Whatever buildx says of it: without the engine there is no image, and the build is tried again.
    if (failure) await connection.call((docker) => docker.ping(), { signal })
    if (failure) return { ok: false, failure }
    return await builtImage(build, files.metadata)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runBuildx(
  { connection, request, processes, builder, onEvent, signal }: BuildxBuild,
  argv: readonly string[],
  dir: string,
): Promise<Diagnostic | undefined> {
  const progress = buildProgress(onEvent, dockerfilePlaces(request))
  const said: string[] = []
  const reader = rawJsonReader(progress.push, (line) => void (line.trim() !== '' && said.push(line)))
  const running = processes.spawn({
    argv,
    dir,
    // Without attestations, which no engine loads.
    env: { ...connection.env, BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
    graceMs,
    oneOff: true,
    onOutput: reader.push,
  })
  const stop = (): void => void running.stop(graceMs)
  signal.addEventListener('abort', stop, { once: true })
  const { exitCode, reason } = await running.exited
  signal.removeEventListener('abort', stop)
  reader.end()
  if (exitCode === 0) return undefined
  const error = errorOf(said) ?? reason ?? `buildx ended with exit code ${exitCode}`
  if (isAboutBuilder(error)) {
    const name = builder === undefined ? 'of buildx' : `"${builder}"`
    const hint = `See docker buildx inspect ${builder ?? ''}`.trimEnd()
    return {
      code: 'docker/no-builder',
      severity: 'error',
      message: `the builder ${name} cannot be used: ${error}`,
      places: [],
      hint,
    }
  }
  return explain({ request, error, step: progress.failed() })
}

/** `ERROR: failed to solve: …`, after what may be an excerpt of the Dockerfile. */
function errorOf(lines: readonly string[]): string | undefined {
  const found = lines.findLast((line) => line.startsWith('ERROR: '))
  const text = found?.replace(/^ERROR: (failed to solve: )?/, '') ?? lines.findLast((line) => line.trim() !== '')
  return text?.trim() || undefined
}

/** The builder is not there, or went away: that says nothing about the Dockerfile. */
function isAboutBuilder(error: string): boolean {
  return aboutBuilder.some((words) => words.test(error))
}

const aboutBuilder = [
  /no builder ".*" found|failed to (find|initialize|get) (a )?(driver|builder)|no valid drivers found/i,
  /Cannot connect to the Docker daemon|unable to parse docker host|failed to list workers/i,
  /connection error: desc|code = Unavailable|error reading from server|^context deadline exceeded$|^(Canceled: )?context canceled$/i,
]

async function builtImage({ connection, request }: BuildxBuild, file: string): Promise<BuildOutcome> {
  const metadata = (await readJson<Metadata>(file)) ?? {}
  // An engine that keeps images in containerd calls them by their manifest, others by their config.
  const digests = [metadata['containerimage.config.digest'], metadata['containerimage.digest']]
  for (const digest of digests) {
    const image = digest === undefined ? undefined : await inspectImage(connection, digest)
    if (image) return { ok: true, imageId: image.id }
  }
  const why = `buildx has built ${request.name}, but the engine at ${connection.host} has no such image`
  return { ok: false, failure: problem(why, 'A build for several platforms cannot be loaded into most engines.') }
}
