import type { ImageInfo } from '@tiltts/runtime/ports'
import type Dockerode from 'dockerode'
import type { EngineConnection } from './connection.js'
import { orMissing } from './containers.js'

export async function inspectImage(connection: EngineConnection, ref: string): Promise<ImageInfo | undefined> {
  return await orMissing(async () => imageInfo(await connection.call((docker) => docker.getImage(ref).inspect())))
}

export async function tagImage(connection: EngineConnection, imageId: string, ref: string): Promise<void> {
  const { repository, tag } = splitTag(ref)
  await connection.call((docker, abortSignal) => docker.getImage(imageId).tag({ repo: repository, tag, abortSignal }))
}

/** `127.0.0.1:5000/shop/api:dev` is a repository and a tag; without one it is `latest`. */
export function splitTag(ref: string): { readonly repository: string; readonly tag: string } {
  const [, repository = ref, tag = 'latest'] = /^(.*):([^/:]+)$/.exec(ref) ?? []
  return { repository, tag }
}

/** The host of the registry that a name belongs to. */
export function registryOf(ref: string): string {
  const [first = '', ...rest] = ref.split('/')
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  return isHost ? first : 'docker.io'
}

function imageInfo(image: Dockerode.ImageInspectInfo): ImageInfo {
  // An image that only holds files has no config to speak of.
  const config: Partial<Dockerode.ImageInspectInfo['Config']> = image.Config ?? {}
  const { Entrypoint } = config
  const variant = 'Variant' in image && typeof image.Variant === 'string' && image.Variant !== '' ? image.Variant : ''
  return {
    id: image.Id,
    tags: image.RepoTags ?? [],
    digests: image.RepoDigests ?? [],
    labels: config.Labels ?? {},
    entrypoint: typeof Entrypoint === 'string' ? [Entrypoint] : (Entrypoint ?? []),
    cmd: config.Cmd ?? [],
    user: config.User ?? '',
    platform: [image.Os, image.Architecture, variant].filter(Boolean).join('/'),
    createdAt: Date.parse(image.Created),
  }
}
