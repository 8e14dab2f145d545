import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseImageRef, readDockerfile } from '@tiltts/core/images'
import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { Diagnostic } from '@tiltts/spec'
import { readTar } from '../../../container-channel/tar-reader.js'
import { readJson } from '../../connection/config-folder.js'
import type { EngineConnection } from '../../connection.js'
import { inspectImage } from '../../images.js'
import { problem } from '../check-request.js'

interface LayoutIndex {
  readonly manifests?: readonly { readonly digest?: string }[]
}

/**
 * What the Dockerfile builds upon and only the engine has, since it was built a moment ago: written below a folder as the
 * layouts of OCI, as values of `--build-context`. A builder that is not in the engine knows none of its images; of the layers
 * it takes those that it does not have. An engine before 25 cannot write such layouts, which is a failure of the build.
 */
export async function baseLayouts(
  connection: EngineConnection,
  request: Pick<ImageBuildRequest, 'dockerfile' | 'buildArgs' | 'platform'>,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[] | Diagnostic> {
  const { images } = readDockerfile(request.dockerfile, request)
  const refs = [...new Set(images.map(({ ref }) => ref))].filter(isOfContent)
  const contexts: string[] = []
  for (const [index, ref] of refs.entries()) {
    const image = await inspectImage(connection, ref)
    if (image?.labels['dev.tilt.built'] !== 'true') continue
    const layout = join(folder, `base-${index}`)
    await save(connection, ref, layout, signal)
    const digest = (await readJson<LayoutIndex>(join(layout, 'index.json')))?.manifests?.[0]?.digest
    if (digest === undefined) {
      const { version } = connection.engine
      return problem(
        `the builder cannot be given the base image ${ref}: that takes Docker 25 or later, and this engine is ${version}`,
        'Push the base image to a registry, or build with the BuildKit of the engine.',
      )
    }
    contexts.push(`${ref}=oci-layout://${layout}@${digest}`)
  }
  return contexts
}

/** Tags by which images are known that were built here. */
function isOfContent(ref: string): boolean {
  return parseImageRef(ref)?.tag?.startsWith('tilt-') === true
}

async function save(connection: EngineConnection, ref: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    const answer = await connection.request({ method: 'GET', path: `/images/${ref}/get`, signal })
    for await (const { path, kind, body } of readTar(answer)) {
      if (kind !== 'file' || path.split('/').includes('..')) continue
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await pipeline(Readable.from(body), createWriteStream(file))
    }
  } catch (error) {
    throw connection.failure(error, signal)
  }
}
