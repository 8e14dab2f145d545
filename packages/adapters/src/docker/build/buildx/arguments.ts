import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import { givenBuildArgs } from '../options.js'
import type { AgentSockets } from '../session/ssh.js'

export interface BuildxFiles {
  readonly dockerfile: string
  readonly metadata: string
}

export interface BuildxSurroundings {
  /** @default that of the engine */
  readonly builder: string | undefined
  readonly agents: AgentSockets
  /** Images as `name=place`. */
  readonly bases: readonly string[]
  readonly files: BuildxFiles
  /** Build arguments without a value get theirs here. */
  readonly env: Readonly<Record<string, string>>
}

/** The command that builds an image and puts it into the engine. */
export function buildxArguments(
  request: ImageBuildRequest,
  { builder, agents, bases, files, env }: BuildxSurroundings,
): readonly string[] {
  const option = (name: string, values: readonly (string | undefined)[]): string[] =>
    values.flatMap((value) => (value === undefined ? [] : [name, value]))
  const pairs = (values: Readonly<Record<string, string>>): string[] =>
    Object.entries(values).map(([key, value]) => `${key}=${value}`)
  return [
    ...['docker', 'buildx', 'build', '--progress=rawjson', '--load'],
    ...option('--builder', [builder]),
    ...option('--metadata-file', [files.metadata]),
    ...option('--file', [files.dockerfile]),
    ...option('--build-arg', pairs(givenBuildArgs(request.buildArgs, env))),
    ...option('--label', pairs(request.labels)),
    ...option('--tag', request.tags),
    ...option('--target', [request.target]),
    ...option('--platform', [request.platform]),
    ...option('--network', [request.network]),
    ...option('--cache-from', request.cacheFrom),
    ...option('--add-host', request.extraHosts),
    ...option('--ssh', pairs(Object.fromEntries(agents))),
    ...option('--build-context', bases),
    ...option('--secret', request.secrets),
    ...(request.pull ? ['--pull'] : []),
    ...(request.noCache === true ? ['--no-cache'] : []),
    request.context.folder,
  ]
}
