import type { ImageBuildRequest } from '../../ports/image-build.js'
import { builtLabels } from './built-labels.js'

/** A build of nothing but the container helper, as `helper` in its context, on top of what the Dockerfile names. */
export function helperBuild(
  file: string,
  given: Pick<ImageBuildRequest, 'name' | 'dockerfile' | 'platform' | 'tags'>,
): ImageBuildRequest {
  return {
    ...given,
    context: {
      folder: file.slice(0, file.lastIndexOf('/')),
      ignored: () => true,
      prunes: () => true,
      extra: [{ path: 'helper', file, mode: 0o755 }],
    },
    dockerfilePath: undefined,
    buildArgs: {},
    target: undefined,
    network: undefined,
    pull: false,
    cacheFrom: [],
    extraHosts: [],
    ssh: [],
    secrets: [],
    labels: builtLabels,
  }
}
