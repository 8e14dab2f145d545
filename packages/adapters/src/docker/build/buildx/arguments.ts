import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import { givenBuildArgs } from '../options.js'

export interface BuildxFiles {
  readonly dockerfile: string
  readonly metadata: string
}

/** The command that builds an image and puts it into the engine. */
export function buildxArguments(
  request: ImageBuildRequest,
  builder: string | undefined,
  files: BuildxFiles,
  env: Readonly<Record<string, string>>,
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
    ...option('--ssh', request.ssh),
    ...option('--secret', request.secrets),
    ...(request.pull ? ['--pull'] : []),
    ...(request.noCache === true ? ['--no-cache'] : []),
    request.context.folder,
  ]
}
